"""`dateline eval publish`: what readers see changes where the gate holds, and stays where it does not."""

from __future__ import annotations

import json
from pathlib import Path

import httpx2
import pytest
from conftest import DAM, FERRY
from processes import served_process
from typer.testing import CliRunner, Result

from dateline import app
from ingest.change_detection import contents
from ingest.errors import InvalidRequest
from ingest.pipeline import ingest, rollback
from ingest.settings import Settings
from ingest.storage.archive import Archive

QUESTIONS = {
    "cost": ("How much did the Orvel bridge cost?", "38 million", "bridge.txt"),
    "closed": ("When was the dam at Orvel closed?", "2 June 2025", "dam.txt"),
    "ferry": ("From when does the ferry to Tarn sail again?", "1 July 2025", "ferry.txt"),
}


@pytest.fixture(autouse=True)
def _place(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATELINE_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("DATELINE_MODEL_CACHE", str(settings.model_cache))
    cases = [
        {"id": name, "question": question, "kind": "factoid", "accept": [words],
         "evidence": [{"file": file, "quote": words}]}
        for name, (question, words, file) in QUESTIONS.items()
    ]  # fmt: skip
    Path("suite.jsonl").write_text("".join(json.dumps(one) + "\n" for one in cases), "utf-8")
    Path("strict.toml").write_text("may_lose = 0", "utf-8")


def publish(*arguments: object) -> Result:
    told = ["eval", "publish", *map(str, arguments), "--suite", "suite.jsonl", "--json"]
    return CliRunner().invoke(app, told)


def live(settings: Settings) -> tuple[str, set[str]]:
    with Archive(settings) as archive, archive.catalogue.live() as snapshot:
        return snapshot.generation, {one.article.source for one in snapshot.everything()}


@pytest.mark.slow
def test_articles_that_cost_an_answer_do_not_go_live(settings: Settings, newsroom: Path) -> None:
    with Archive(settings) as archive:
        ingest(archive, [newsroom])
    before = live(settings)
    (newsroom / "dam.txt").unlink()
    done = publish(newsroom, "--prune", "--thresholds", "strict.toml", "--out", "out")
    assert done.exit_code == 1, done.stderr
    told = json.loads(done.stdout)
    assert (told["published"], told["report"]) == (False, None)
    flips = {flip["id"]: flip["new"] for flip in told["scores"]["right"]["flips"]}
    assert flips == {"closed": 0.0}
    assert any(one.startswith("right: ") for one in told["regressions"])
    assert "readers see what they saw; both runs are in out" in done.stderr
    assert live(settings) == before
    assert [path.name for path in (settings.data_dir / "aside").iterdir()] == ["owner.lock"]


@pytest.mark.slow
def test_articles_that_cost_nothing_go_live_and_are_rolled_back(
    settings: Settings, newsroom: Path
) -> None:
    first = publish(newsroom, "--out", "first")  # into an archive that holds nothing
    assert first.exit_code == 0, first.stderr
    before = live(settings)
    assert before[0] == "g000001"
    (newsroom / "ferry.txt").write_text(FERRY, "utf-8")
    done = publish(newsroom, "--thresholds", "strict.toml", "--out", "out")
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["published"], told["report"]["added"], told["regressions"]) == (True, 1, [])
    assert live(settings) == ("g000002", before[1] | {"ferry.txt"})
    again = publish(newsroom, "--out", "again")
    assert again.exit_code == 0
    assert not Path("again").exists(), "nothing new, nothing asked"
    with Archive(settings) as archive:
        rollback(archive)
    assert live(settings) == ("g000003", before[1])


@pytest.mark.slow
def test_a_running_service_goes_over_to_what_was_tried(settings: Settings, newsroom: Path) -> None:
    with Archive(settings) as archive:
        ingest(archive, [newsroom])
    (newsroom / "ferry.txt").write_text(FERRY, "utf-8")
    with served_process(settings) as (url, _):
        done = publish(newsroom, "--out", "out")
        assert done.exit_code == 0, done.stderr
        asked = {"question": QUESTIONS["ferry"][0]}
        assert "1 July 2025" in httpx2.post(f"{url}/v1/answers", json=asked).json()["text"]


def test_what_changed_since_it_was_tried_is_not_taken_in(filled: Archive, newsroom: Path) -> None:
    with filled.catalogue.live() as snapshot:
        before = contents(snapshot)
    assert ingest(filled, [newsroom], expecting=before).unchanged == 3
    (newsroom / "dam.txt").write_text(DAM.replace("eleven", "twelve"), "utf-8")
    with pytest.raises(InvalidRequest, match="nothing was taken in; try again"):
        ingest(filled, [newsroom], expecting=before)
    with filled.catalogue.live() as snapshot:
        assert contents(snapshot) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "there is nothing at nowhere"),
        ([".", "--suite", "none.jsonl"], "there is no suite none.jsonl"),
        ([".", "--thresholds", "none.toml"], "cannot read none.toml"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_copied(
    settings: Settings, arguments: list[str], said: str
) -> None:
    done = CliRunner().invoke(app, ["eval", "publish", "--suite", "suite.jsonl", *arguments])
    assert done.exit_code == 2
    assert said in done.stderr
    assert not settings.data_dir.exists()
