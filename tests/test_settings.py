"""Settings: the range of every number, and a bad value is named without its text."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ingest.errors import WrongUsage
from ingest.settings import Settings, read_settings

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("variable", "taken", "refused"),
    [
        ("DATELINE_PASSAGE_TOKENS", "40", "39"),
        ("DATELINE_PASSAGE_TOKENS", "220", "221"),
        ("DATELINE_MAX_ARTICLE_MB", "0.001", "0"),
        ("DATELINE_DENSE_SHARE", "0", "-0.01"),
        ("DATELINE_DENSE_SHARE", "1", "1.01"),
        ("DATELINE_EVIDENCE_TOKENS", "200", "199"),
        ("DATELINE_MAX_BODY_KB", "16", "15"),
        ("DATELINE_LLM_TIMEOUT_SECONDS", "0.1", "0"),
        ("DATELINE_ANSWER_TIMEOUT_SECONDS", "0.1", "0"),
        ("DATELINE_KEEP_DAYS", "0", "-1"),
        ("DATELINE_KEEP_DAYS", "36500", "36501"),
        ("DATELINE_FETCH_SECONDS", "600", "601"),
        ("DATELINE_FETCH_SECONDS", "0.1", "0"),
        ("DATELINE_FETCH_A_MINUTE", "0", "-1"),
        ("DATELINE_FETCH_A_MINUTE", "100000", "100001"),
        ("DATELINE_FETCH_PAGES", "1", "0"),
        ("DATELINE_FETCH_PAGES", "1000000", "1000001"),
        ("DATELINE_ANSWERER", "openai", "openia"),
    ],
)
def test_a_value_at_the_edge_is_taken_and_one_beyond_is_named(
    variable: str, taken: str, refused: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(variable, taken)
    read_settings()
    monkeypatch.setenv(variable, refused)
    with pytest.raises(WrongUsage, match=variable):
        read_settings()


def test_the_numbers_of_the_documentation_are_the_defaults(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATELINE_MODEL_CACHE", raising=False)
    known = read_settings()
    assert (known.max_article_mb, known.passage_tokens, known.evidence_tokens) == (5, 160, 2400)
    assert (known.dense_share, known.max_body_kb) == (0.5, 1024)
    assert (known.llm_timeout_seconds, known.answer_timeout_seconds) == (30, 60)
    assert (known.fetch_seconds, known.fetch_a_minute, known.fetch_pages) == (30, 60, 1000)
    assert known.model_dir == Path(".dateline/models")


def test_a_bad_key_is_not_repeated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATELINE_MAX_BODY_KB", "sk-secret")
    with pytest.raises(WrongUsage) as told:
        read_settings()
    assert "secret" not in str(told.value)


def test_a_setting_that_is_empty_counts_as_not_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATELINE_DATA_DIR", "")
    assert read_settings().data_dir == Path(".dateline")


@pytest.mark.parametrize("in_file", [False, True])
@pytest.mark.parametrize(
    ("written", "meant"),
    [("DATELINE_API_KEY", "DATELINE_API_KEYS"), ("DATELINE_DATADIR", "DATELINE_DATA_DIR")],
)
def test_a_misspelt_setting_is_told_with_the_one_that_is_meant(
    written: str, meant: str, in_file: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATELINE_TEST_DATASETS", "elsewhere")  # near nothing: of another program
    read_settings()
    if in_file:
        (tmp_path / ".env").write_text(f"{written}=secret\n", "utf-8")
    else:
        monkeypatch.setenv(written, "secret")
    with pytest.raises(WrongUsage, match=f"{written} is no setting; did you mean {meant}") as told:
        read_settings()
    assert "secret" not in str(told.value)


@pytest.mark.parametrize("variable", ["DATELINE_PRICE", "DATELINE_CORS_ORIGINS"])
def test_a_value_of_the_wrong_form_is_told_in_words(
    variable: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(variable, "cheap")
    with pytest.raises(WrongUsage, match="such as") as told:
        read_settings()
    assert "pattern" not in str(told.value)


def test_the_containers_are_given_settings_that_there_are() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]
    known = {
        field.alias or f"DATELINE_{name.upper()}" for name, field in Settings.model_fields.items()
    }
    for one in services.values():
        given = {str(item).partition("=")[0] for item in one.get("environment", ())}
        assert {name for name in given if name.startswith(("DATELINE_", "OPENAI_"))} <= known
    scale = {name for name, one in services.items() if one.get("profiles") == ["scale"]}
    assert {"replica-one", "replica-two", "proxy", "worker", "postgres", "chroma", "redis"} <= scale
    assert set(services) - scale == {"dateline"}
