"""Scored rows come in; a summary, and tables for a terminal, go out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from evals.agreement import kappa
from evals.cases import KINDS, Suite
from evals.metrics.figures import figures, refusals
from evals.metrics.intervals import Interval, interval, share_interval
from evals.metrics.scores import SCORES
from evals.run import Row, Run
from ingest import terminal

WARNINGS_SHOWN = 20
# by what a model judges: the score that says the same by rule, and from where on the model says yes
JUDGED = {
    "faithfulness": ("citation_recall", 1.0),
    "relevancy": ("answer_hit", 1.0),
    "correctness": ("answer_hit", 0.75),  # 4 of 5
}

Scores = dict[str, dict[str, Any]]


def summarise(suite: Suite, run: Run, cases_file: Path) -> dict[str, Any]:
    """The object that `dateline eval run --json` prints."""
    kinds = [kind for kind in KINDS if any(row["kind"] == kind for row in run.rows)]
    return {
        "suite": suite.name,
        "held": suite.held,
        "n": len(run.rows),
        "generation": run.generation,
        "scores": scores_of(run.rows),
        "by_kind": {
            kind: scores_of([row for row in run.rows if row["kind"] == kind]) for kind in kinds
        },
        **judged(run.rows),
        "figures": figures(run.rows),
        "refusals": refusals(run.rows),
        "stopped": run.stopped,
        "cases_file": str(cases_file),
    }


def scores_of(rows: Sequence[Row]) -> Scores:
    """Every score over the rows it applies to; one that applies to none is left out."""
    found: Scores = {}
    for score in SCORES:
        values = [
            row["scores"][score.name] for row in rows if row["scores"].get(score.name) is not None
        ]
        if values:
            found[score.name] = _told(interval(values))
    return found


def judged(rows: Sequence[Row]) -> dict[str, Scores]:
    """`judged`: what a model thinks of the answers, and how far a score agrees with it; {} where none was asked."""
    if not any("judged" in row for row in rows):
        return {}
    found: Scores = {}
    for name, (rule, passes) in JUDGED.items():
        both = [(row["judged"].get(name), row["scores"][rule]) for row in rows if "judged" in row]
        values = [value for value, _ in both if value is not None]
        pairs = [(v >= passes, s >= 1) for v, s in both if v is not None and s is not None]
        agreement = {
            "agreement": share_interval([a == b for a, b in pairs]),
            "kappa": kappa(pairs),
        }
        found[name] = {
            **_told(interval(values)),
            "rule": rule,
            **{measure: _told(one) for measure, one in agreement.items()},
        }
    return {"judged": found}


def judge_table(found: Scores) -> list[str]:
    """Lines for people: what the model thinks, and how far it agrees with the score in the same row."""
    rows = [["judged by a model", "value", "95 % interval", "n", "score", "agreement", "kappa"]]
    for name, one in found.items():
        spans = [f"{percent(i['low'])} to {percent(i['high'])}" for i in (one, one["agreement"])]
        k = one["kappa"]
        kappa_told = "–" if k["value"] is None else f"{k['value']:.2f} ({k['low']:.2f} to {k['high']:.2f})"  # fmt: skip
        agree = f"{percent(one['agreement']['value'])} ({spans[1]})"
        rows.append([name, percent(one["value"]), spans[0], str(one["n"]), one["rule"], agree, kappa_told])  # fmt: skip
    return aligned(rows)


def table(scores: Scores) -> list[str]:
    """Lines for people: score, value, interval, n, meaning; as a Markdown table that reads well on a terminal too."""
    rows = [["score", "value", "95 % interval", "n", "meaning"]]
    for score in SCORES:
        if found := scores.get(score.name):
            name = score.name + (" ↓" if score.better == "lower" else "")
            span = f"{percent(found['low'])} to {percent(found['high'])}"
            rows.append([name, percent(found["value"]), span, str(found["n"]), score.meaning])
    return aligned(rows)


def warn(warnings: Sequence[str], page: Path) -> None:
    """The first of a run's warnings on stderr; `page` has all of them."""
    for warning in warnings[:WARNINGS_SHOWN]:
        terminal.say(f"warning: {warning}")
    if len(warnings) > WARNINGS_SHOWN:
        terminal.say(f"… and {len(warnings) - WARNINGS_SHOWN} more warnings, in {page}")


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """A Markdown table with its columns padded; the first row is its head."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [rows[0], ["-" * width for width in widths], *rows[1:]]
    padded = ([cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in lines)
    return [f"| {' | '.join(cells)} |" for cells in padded]


def percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.1f}"


def wrong_rows(rows: Sequence[Row]) -> list[Row]:
    """Cases that did not end as they should, or broke a promise."""
    return [row for row in rows if not row["scores"]["right"] or row["violations"] or row["error"]]


def _told(found: Interval) -> dict[str, Any]:
    return {name: _rounded(value) for name, value in asdict(found).items()}


def _rounded(value: float | int | None) -> float | int | None:
    return round(value, 6) if isinstance(value, float) else value
