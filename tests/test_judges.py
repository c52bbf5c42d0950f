"""A model judges the answers of a run: beside the scores, recorded and replayed, and never in the gate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fake_openai import FakeOpenAI, Script
from test_execution import dateline, lasting, model, rows, suite
from typer.testing import CliRunner

from dateline import app
from evals.report import judge_table, judged

__all__ = ["model", "suite"]  # fixtures


def opinion(body: dict[str, Any]) -> str | None:
    """Which of LlamaIndex's evaluators asks; None where the service does."""
    prompt = str(body["messages"])
    signs = {"Reference Answer": "correctness", "Query and Response": "relevancy"}
    if "supported by the context" in prompt and "Context:" in prompt:
        return "faithfulness"
    return next((name for sign, name in signs.items() if sign in prompt), None)


@pytest.fixture(autouse=True)
def extractive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_ANSWERER", "extractive")


@pytest.fixture
def judge(model: FakeOpenAI) -> FakeOpenAI:
    """A judge that doubts what is said of the conductor, and never speaks of the dam at all."""

    def reply(body: dict[str, Any]) -> Script:
        prompt, asked = str(body["messages"]), opinion(body)
        assert asked, "the answers are extractive"
        if "2 June 2025" in prompt:
            return Script([""])
        if "71" in prompt:
            return Script(["2.0\nToo old." if asked == "correctness" else "NO"])
        return Script(["**5**" if asked == "correctness" else "Yes, it is."])

    model.reply = reply
    return model


def test_a_judge_stands_beside_the_scores_and_is_replayed_without_a_network(
    suite: Path, served: str, judge: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = dateline(suite, "--url", served, "--judge", "--out", "first")
    assert done.exit_code == 0, done.stderr
    by_id = {row["id"]: row["judged"] for row in rows("first")}
    assert by_id == {
        "cost": {"faithfulness": 1, "relevancy": 1, "correctness": 1},
        "vehicles": {"faithfulness": 1, "relevancy": 1, "correctness": 1},
        "closed": {"faithfulness": None, "relevancy": None, "correctness": None},
        "conductor": {"faithfulness": 0, "relevancy": 0, "correctness": 0.25},
    }
    summary = json.loads(Path("first/summary.json").read_text("utf-8"))
    told = summary["judged"]["faithfulness"]
    assert (told["n"], told["value"], told["rule"]) == (3, 0.666667, "citation_recall")
    assert (told["agreement"]["n"], told["agreement"]["value"]) == (3, 0.666667)
    assert told["kappa"]["value"] == 0 and told["kappa"]["n"] == 3, "the rule says yes to all"
    assert "judged by a model" in done.stdout and "judged" not in summary["scores"]
    assert "Judged by a model" in Path("first/report.html").read_text("utf-8")
    asked = len(judge.requests)
    assert asked == 12
    monkeypatch.delenv("OPENAI_BASE_URL")
    again = dateline("--replay", "first", "--out", "second")
    assert again.exit_code == 0, again.stderr
    assert len(judge.requests) == asked
    assert lasting("second") == lasting("first")


def test_without_the_flag_nobody_judges(suite: Path, served: str, judge: FakeOpenAI) -> None:
    assert dateline(suite, "--url", served, "--out", "out").exit_code == 0
    assert judge.requests == [] and not any("judged" in row for row in rows("out"))
    assert "judged" not in json.loads(Path("out/summary.json").read_text("utf-8"))


def test_no_verdict_of_a_judge_fails_the_gate(suite: Path, served: str, judge: FakeOpenAI) -> None:
    for name, word in (("base", "YES"), ("new", "NO")):
        judge.reply = lambda body, word=word: Script([word])
        assert dateline(suite, "--url", served, "--judge", "--out", name).exit_code == 0
    assert rows("base")[0]["judged"] != rows("new")[0]["judged"]
    done = CliRunner().invoke(app, ["eval", "gate", "new", "--against", "base"])
    assert (done.exit_code, done.stdout) == (0, "no regression over 4 cases\n")


def test_a_judge_that_fails_is_told_and_costs_no_case(
    suite: Path, served: str, judge: FakeOpenAI
) -> None:
    judge.reply = lambda body: Script(status=401)
    done = dateline(suite, "--url", served, "--judge", "--out", "out")
    assert done.exit_code == 0
    assert "the judge failed on 4 cases, the first with: http 401 from the model" in done.stderr
    assert all(row["scores"]["right"] for row in rows("out"))
    assert all(row["error"] is None for row in rows("out"))


def test_what_a_judge_reads_counts_against_the_most_a_run_may_cost(
    suite: Path, served: str, judge: FakeOpenAI
) -> None:
    """Three calls of 11 tokens read and 7 written a case, 0.000054 USD at a dollar a million."""
    most = ("--price", "1,1", "--max-cost", "0.0001", "--concurrency", "1")
    done = dateline(suite, "--url", served, "--judge", "--out", "out", *most)
    assert done.exit_code == 1 and "stopped after 2 cases" in done.stderr
    assert [row["judge_cost_usd"] for row in rows("out")] == [5.4e-05] * 2


def test_a_judge_wants_a_model(suite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = dateline(suite, "--url", "http://127.0.0.1:9", "--judge")
    assert done.exit_code == 2
    assert "--judge asks a model: set OPENAI_API_KEY or OPENAI_BASE_URL" in done.stderr


def test_agreement_is_counted_where_both_judge() -> None:
    def row(judged: float | None, rule: float | None) -> dict[str, Any]:
        return {"judged": {"correctness": judged}, "scores": {"answer_hit": rule, "citation_recall": None}}  # fmt: skip

    pairs = [(1.0, 1), (0.75, 1), (0.7, 0), (0.5, 1), (None, 1), (1.0, None)]
    told = judged([row(*pair) for pair in pairs])["judged"]
    assert told["correctness"]["n"] == 5 and told["correctness"]["agreement"]["n"] == 4
    assert told["correctness"]["agreement"]["value"] == 0.75
    assert told["correctness"]["kappa"]["value"] == 0.5
    assert told["faithfulness"]["kappa"] == {"value": None, "n": 0, "low": None, "high": None}
    assert "0.50 (" in "\n".join(judge_table(told))
