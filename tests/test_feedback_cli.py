"""`dateline feedback`: ratings in the terminal, and as a suite that an eval run takes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from processes import command
from running import running
from test_conversations import asked, begun
from test_feedback import COST

from evals.cases import read_suite
from evals.feedback_cli import cases_of, in_a_line
from ingest.pipeline import ingest
from ingest.settings import Settings

CHESS = "Who won the chess tournament in Reykjavik?"


@pytest.fixture
def rated(settings: Settings, newsroom: Path) -> Iterator[dict[str, str]]:
    """Answers by name: a fact and a follow-up and a refusal rated up, others not fit for a case."""
    with running(settings) as (url, service), httpx2.Client(base_url=url, timeout=60) as http:
        ingest(service.archive, [newsroom])
        first = begun(http, "When did the Orvel bridge open?")
        history = [{"role": "user", "content": "When did the Orvel bridge open?"}]
        answers = {
            "fact": asked(http, COST),
            "follow-up": asked(
                http, "How much did it cost?", conversation_id=first["conversation_id"]
            ),
            "refusal": asked(http, CHESS),
            "down": asked(http, "Who conducts the choir?"),
            "counted": asked(http, "How many articles are there?"),
            "lost": asked(http, "How much did it cost?", history=history),
        }
        for name, answer in answers.items():
            sent = {"answer_id": answer["id"], "rating": "down" if name == "down" else "up"}
            assert http.post("/v1/feedback", json=sent).status_code == 204
    yield {name: answer["id"] for name, answer in answers.items()}


@pytest.mark.slow
def test_ratings_become_a_suite_that_is_run_and_passed(
    settings: Settings, newsroom: Path, rated: dict[str, str], tmp_path: Path
) -> None:
    listed = json.loads(command(settings, "feedback", "list", "--json").stdout)["feedback"]
    assert {one["answer"]["id"] for one in listed} == set(rated.values())
    shown = command(settings, "feedback", "list").stdout
    assert len(shown.splitlines()) == len(rated) and COST in shown

    suite = tmp_path / "rated.jsonl"
    done = command(settings, "feedback", "export", str(suite))
    assert done.returncode == 0 and done.stdout == f"3 cases in {suite}\n"
    for why in ("rated down", "counts change", "not kept"):
        assert why in done.stderr
    cases = {case.id: case for case in read_suite(str(suite)).cases}
    assert set(cases) == {rated["fact"], rated["follow-up"], rated["refusal"]}
    assert cases[rated["refusal"]].expect == "abstain"
    assert len(cases[rated["follow-up"]].history) == 2

    ran = command(settings, "eval", "run", str(suite), "--articles", str(newsroom), "--json",
                  "--out", str(tmp_path / "results"))  # fmt: skip
    scores = json.loads(ran.stdout)["scores"]
    assert scores["right"]["value"] == scores["evidence_cited"]["value"] == 1.0, ran.stderr


def test_with_nothing_rated_up_no_file_is_written(settings: Settings, tmp_path: Path) -> None:
    suite = tmp_path / "none.jsonl"
    done = command(settings, "feedback", "export", str(suite))
    assert done.returncode == 1 and "rate good answers up" in done.stderr and not suite.exists()


def rating(verdict: str) -> dict[str, Any]:
    family = {"id": "f1", "size": 1, "role": "original", "canonical": True}
    citation = {
        "number": 1, "article_id": "a", "start": 0, "end": 5, "quote": "It  is.",
        "source": "a.txt", "family": family,
    }  # fmt: skip
    claim = {"text": "It is [1].", "citations": [1], "support": "exact"}
    answer = {
        "id": "ans_1", "question": "?", "text": "It is [1].", "outcome": "answered",
        "claims": [claim], "citations": [citation], "conflicts": [], "as_of": None,
        "made_from": {"turns": 0},
    }  # fmt: skip
    return {"rating": verdict, "comment": None, "history": [], "answer": answer}


def test_an_answer_that_one_person_rated_down_is_no_case() -> None:
    cases, left_out = cases_of(iter([rating("up"), rating("down")]))
    assert cases == [] and sum(left_out.values()) == 1


def test_two_ratings_of_one_answer_make_one_case() -> None:
    cases, _ = cases_of(iter([rating("up"), rating("up")]))
    assert [case["accept"] for case in cases] == [["It is."]]
    assert cases[0]["evidence"] == [{"file": "a.txt", "quote": "It  is."}]


def test_an_answer_whose_article_was_removed_is_no_case() -> None:
    gone = rating("up")
    gone["answer"]["citations"][0]["quote"] = ""
    assert cases_of(iter([gone]))[0] == []


def test_what_a_reader_wrote_does_nothing_to_a_terminal() -> None:
    assert in_a_line("a\x1b]0;b\x07\n  c\u202ed") == "a]0;b cd"
