"""Runs that are stopped, resumed, recorded and replayed: by the real command, with a model on loopback."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fake_openai
import pytest
from fake_openai import FakeOpenAI, Script, evidence_of
from processes import DATELINE
from typer.testing import CliRunner, Result

from dateline import app

QUESTIONS = {
    "cost": ("How much did the Orvel bridge cost?", "38 million", "bridge.txt"),
    "vehicles": ("How many vehicles use the Orvel bridge every day?", "9,000", "bridge.txt"),
    "closed": ("When was the dam at Orvel closed?", "2 June 2025", "dam.txt"),
    "conductor": ("How old is the conductor Piotr Hale?", "71", "choir.txt"),
}


def case(name: str, **more: Any) -> dict[str, Any]:
    question, words, file = QUESTIONS[name]
    return {
        "id": name,
        "question": question,
        "kind": "factoid",
        "answer": words,
        "accept": [words],
        "evidence": [{"file": file, "quote": words}],
        **more,
    }


@pytest.fixture(autouse=True)
def suite(tmp_path: Path, model_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Four questions about the newsroom, in a directory of their own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATELINE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DATELINE_MODEL_CACHE", str(model_cache))
    return written(tmp_path / "four.jsonl", *map(case, QUESTIONS))


def written(path: Path, *cases: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in cases), "utf-8")
    return path


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOpenAI]:
    """A model that says the evidence which holds the words of one of the answers."""

    def reply(body: dict[str, Any]) -> Script:
        wanted = {words for question, words, _ in QUESTIONS.values() if question in str(body)}
        said = [
            f"{text} [{key}]" for key, text in evidence_of(body) if any(w in text for w in wanted)
        ]
        return Script(said[:1] or ["NO_ANSWER"])

    with fake_openai.running() as fake:
        fake.reply = reply
        monkeypatch.setenv("OPENAI_BASE_URL", fake.url)
        yield fake


def dateline(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["eval", "run", *map(str, arguments)])


def rows(directory: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(directory, "cases.jsonl").read_text().splitlines()]


def lasting(directory: str) -> list[dict[str, Any]]:
    """The rows without what is another at every run: seconds and the ids of answers."""
    found = rows(directory)
    for row in found:
        del row["seconds"]
        for name in ("id", "timings_ms"):
            (row["answer"] or {}).pop(name, None)
    return found


def test_a_recorded_run_is_replayed_without_the_model_and_gives_the_same_rows(
    suite: Path, newsroom: Path, model: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret-of-the-desk")
    done = dateline(suite, "--articles", newsroom, "--out", "first")
    assert done.exit_code == 0, done.stderr
    assert {row["answer"]["answerer"] for row in rows("first")} == {"openai"}
    asked = len(model.requests)
    assert asked == len(list(Path("first/calls").glob("*.json"))) >= 4
    assert "secret-of-the-desk" not in "".join(
        p.read_text() for p in Path("first").rglob("*.json*")
    )
    monkeypatch.delenv("OPENAI_BASE_URL")
    monkeypatch.delenv("OPENAI_API_KEY")
    again = dateline("--replay", "first", "--out", "second")
    assert again.exit_code == 0, again.stderr
    assert len(model.requests) == asked
    assert lasting("second") == lasting("first")


def test_a_replay_that_misses_a_call_names_it_and_the_line_of_the_suite(
    suite: Path, newsroom: Path, model: FakeOpenAI
) -> None:
    assert dateline(suite, "--articles", newsroom, "--out", "first").exit_code == 0
    (lost,) = [p for p in Path("first/calls").iterdir() if QUESTIONS["closed"][0] in p.read_text()]
    lost.unlink()
    again = dateline("--replay", "first", "--out", "second")
    assert again.exit_code == 1
    assert again.stderr.splitlines()[-1] == (
        "dateline: first/calls holds no reply to POST /chat/completions, "
        f'for {suite} line 3 ("closed")'
    )


def test_embeddings_from_a_model_are_recorded_and_replayed_too(
    suite: Path, newsroom: Path, model: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_EMBEDDING_MODEL", "text-embedding-3-small")
    monkeypatch.setenv("DATELINE_ANSWERER", "extractive")
    assert dateline(suite, "--articles", newsroom, "--out", "first").exit_code == 0
    asked = len(model.embedding_requests)
    assert asked
    assert dateline("--replay", "first", "--out", "second").exit_code == 0
    assert len(model.embedding_requests) == asked
    assert lasting("second") == lasting("first")


def test_what_a_service_at_a_url_said_is_recorded_and_replayed_byte_for_byte(
    suite: Path, served: str
) -> None:
    assert dateline(suite, "--url", served, "--out", "first").exit_code == 0
    gone = Path("first/run.json")
    gone.write_text(gone.read_text().replace(served, "http://127.0.0.1:9"))
    again = dateline("--replay", "first", "--out", "second")
    assert again.exit_code == 0, again.stderr
    assert [row["answer"] for row in rows("second")] == [row["answer"] for row in rows("first")]


def test_max_cost_stops_between_cases_and_the_run_goes_on_where_it_stopped(
    suite: Path, newsroom: Path, model: FakeOpenAI
) -> None:
    """Each answer costs 11 tokens read and 7 written, 0.000018 USD at a dollar a million."""
    most = ("--max-cost", "0.00003", "--concurrency", "1")
    done = dateline(suite, "--articles", newsroom, "--out", "out", "--price", "1,1", *most)
    assert done.exit_code == 1
    assert "stopped after 2 cases: $0.0000 spent of --max-cost 3e-05" in done.stderr
    assert [row["cost_usd"] for row in rows("out")] == [1.8e-05] * 2
    assert dateline("--resume", "out").exit_code == 0
    assert [row["id"] for row in rows("out")] == list(QUESTIONS)
    assert len(model.requests) == 4


def test_a_run_that_died_within_a_line_goes_on_and_asks_only_what_is_missing(
    suite: Path, served: str
) -> None:
    assert dateline(suite, "--url", served, "--out", "out").exit_code == 0
    whole, cases = lasting("out"), Path("out/cases.jsonl")
    lines = cases.read_bytes().splitlines(keepends=True)
    cases.write_bytes(b"".join(lines[:2]) + lines[2][:200])
    assert dateline("--resume", "out").exit_code == 0
    assert cases.read_bytes().splitlines(keepends=True)[:2] == lines[:2]
    assert lasting("out") == whole


@pytest.mark.slow
def test_a_run_killed_at_twenty_points_and_resumed_gives_the_same_scores(
    tmp_path: Path, served: str
) -> None:
    many = written(
        tmp_path / "many.jsonl",
        *(case(name) | {"id": f"{name}-{n}"} for n in range(30) for name in QUESTIONS),
    )
    assert dateline(many, "--url", served, "--out", "whole").exit_code == 0
    random.seed(7)
    command = [*DATELINE, "eval", "run", str(many), "--url", served, "--out", "killed"]
    kills = 0
    while kills < 20:
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        before = count()
        more = random.randrange(1, 6)
        while process.poll() is None and count() < before + more:
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        kills += 1
        command = [*DATELINE, "eval", "run", "--resume", "killed"]
    subprocess.run(command, check=True, capture_output=True)
    first, second = (json.loads(Path(d, "summary.json").read_text()) for d in ("whole", "killed"))
    assert second["scores"] == first["scores"]
    assert second["by_kind"] == first["by_kind"]
    assert [row["id"] for row in rows("killed")] == [row["id"] for row in rows("whole")]


def count() -> int:
    path = Path("killed/cases.jsonl")
    return path.read_bytes().count(b"\n") if path.exists() else 0


def test_a_sample_is_drawn_by_its_seed(suite: Path, served: str) -> None:
    drawn = set()
    for seed in range(6):
        done = dateline(suite, "--url", served, "--sample", 2, "--seed", seed, "--out", f"s{seed}")
        assert done.exit_code == 0, done.stderr
        drawn.add(tuple(row["id"] for row in rows(f"s{seed}")))
    assert len(drawn) > 1
    assert dateline(suite, "--url", served, "--sample", 2, "--seed", 5, "--out", "t").exit_code == 0
    assert [row["id"] for row in rows("t")] == [row["id"] for row in rows("s5")]


def test_a_quote_that_the_articles_do_not_hold_is_told_with_its_line(
    tmp_path: Path, newsroom: Path, served: str
) -> None:
    lost = case("closed", evidence=[{"file": "dam.txt", "quote": "words that stand nowhere"}])
    broken = written(tmp_path / "broken.jsonl", case("cost"), lost)
    done = dateline(broken, "--articles", newsroom, "--out", "out")
    assert done.exit_code == 2
    assert done.stderr == (
        f'dateline: {broken} line 2 (closed): the quote "words that stand nowhere" does not stand '
        "in the text of dam.txt; correct the suite or the articles\n"
    )
    assert not Path("out").exists()
    away = dateline(broken, "--url", served, "--out", "out")  # may hold other versions
    assert away.exit_code == 0
    assert "warning: line 2 (closed): the quote" in away.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--resume", "none"], "none holds no run"),
        (["--replay", "none"], "none holds no run"),
        (["--resume", "out", "--replay", "out"], "leave --out and --replay away"),
        (["--resume", "out", "--url", "http://127.0.0.1"], "knows what it asks about"),
        (["sample", "--price", "cheap"], "such as 0.15,0.60"),
        (["sample", "--url", "http://127.0.0.1", "--max-cost", "1"], "add --price"),
    ],
)
def test_an_order_that_contradicts_itself_is_wrong_usage(arguments: list[str], said: str) -> None:
    done = dateline(*arguments)
    assert done.exit_code == 2
    assert said in done.stderr


def test_a_suite_that_changed_meanwhile_is_not_resumed(suite: Path, served: str) -> None:
    assert dateline(suite, "--url", served, "--out", "out").exit_code == 0
    written(suite, *map(case, reversed(QUESTIONS)))
    done = dateline("--resume", "out")
    assert done.exit_code == 2
    assert "was changed since out was begun" in done.stderr
