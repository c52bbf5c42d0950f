"""Scored rows come in; a summary, and tables for a terminal, go out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from evals.cases import KINDS, Suite
from evals.metrics.figures import figures, refusals
from evals.metrics.intervals import interval
from evals.metrics.scores import SCORES
from evals.run import Row, Run
from ingest import terminal

WARNINGS_SHOWN = 20

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
            found[score.name] = {
                name: _rounded(value) for name, value in asdict(interval(values)).items()
            }
    return found


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


def _rounded(value: float | int | None) -> float | int | None:
    return round(value, 6) if isinstance(value, float) else value
