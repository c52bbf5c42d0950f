"""Scored rows come in; a summary, a readable report and a results directory go out, and rows come back from one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

from evals.cases import KINDS
from evals.metrics.figures import figures, refusals
from evals.metrics.intervals import interval
from evals.metrics.scores import SCORES
from evals.results import SUMMARY
from evals.run import Row, Run

REPORT = "report.md"
BY_KIND = (
    "right",
    "answer_hit",
    "evidence_cited",
    "evidence_recall_at_5",
    "guarantees",
)  # columns of the report
Scores = dict[str, dict[str, Any]]


def summarise(suite: str, run: Run, cases_file: Path) -> dict[str, Any]:
    """The object that `dateline eval run --json` prints."""
    kinds = [kind for kind in KINDS if any(row["kind"] == kind for row in run.rows)]
    return {
        "suite": suite,
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


def write(directory: Path, summary: Mapping[str, Any], run: Run, made_by: str) -> None:
    """The summary as JSON and the report for people, beside the cases."""
    text = json.dumps(summary, ensure_ascii=False, indent=2) + "\n"
    (directory / SUMMARY).write_text(text, encoding="utf-8", errors="backslashreplace")
    page = "\n".join(_page(summary, run, made_by)) + "\n"
    (directory / REPORT).write_text(page, encoding="utf-8", errors="backslashreplace")


def table(scores: Scores) -> list[str]:
    """Lines for people: score, value, interval, n, meaning; as a Markdown table that reads well on a terminal too."""
    rows = [["score", "value", "95 % interval", "n", "meaning"]]
    for score in SCORES:
        if found := scores.get(score.name):
            name = score.name + (" ↓" if score.better == "lower" else "")
            span = f"{percent(found['low'])} to {percent(found['high'])}"
            rows.append([name, percent(found["value"]), span, str(found["n"]), score.meaning])
    return aligned(rows)


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


def _page(summary: Mapping[str, Any], run: Run, made_by: str) -> Iterator[str]:
    waits = [row["seconds"]["answer"] for row in run.rows]
    yield f"# Eval of the suite “{summary['suite']}”\n"
    yield f"{summary['n']} cases, generation {summary['generation'] or 'unknown'}, made by `{made_by}`."
    yield f"Median answer {median(waits) * 1000:.0f} ms, slowest {max(waits) * 1000:.0f} ms.\n"
    yield "Percentages; ↓ means lower is better. Intervals: Wilson's for shares, else a bootstrap over cases of 2,000 resamples.\n"
    yield from table(summary["scores"])
    yield "\n## By kind\n"
    yield from _kinds(summary["by_kind"])
    wrong = wrong_rows(run.rows)
    yield f"\n## Cases to look at: {len(wrong)} of {summary['n']}"
    for row in wrong:
        yield from _case(row)
    if run.warnings:
        yield "\n## Warnings\n"
        yield from (f"- {warning}" for warning in run.warnings)


def _kinds(by_kind: Mapping[str, Scores]) -> list[str]:
    rows = [["kind", "n", *BY_KIND]]
    for kind, scores in by_kind.items():
        cells = (scores.get(name, {}).get("value") for name in BY_KIND)
        rows.append([kind, str(scores["right"]["n"]), *map(percent, cells)])
    return aligned(rows)


def _case(row: Row) -> Iterator[str]:
    """What was asked, what should have happened, and what did."""
    yield f"\n### {row['id']} ({row['kind']}, expects {row['expect'].replace('_', ' ')})\n"
    yield f"- asked: {row['question']}"
    if row["error"]:
        yield f"- failed: {row['error']}"
    if row["answer"]:
        yield f"- {row['answer'].get('outcome', 'came back')}: {' '.join(str(row['answer'].get('text')).split())}"
    yield from (f"- breaks guarantee {violation}" for violation in row["violations"])
    for side in row["evidence"]:
        rank = f"passage {side['rank']}" if side["rank"] else "not among the passages"
        cited = (
            "cited" if side["cited"] else "in conflicts" if side["in_conflicts"] else "not cited"
        )
        yield f"- evidence in {side['file']}: {rank}, {cited}"


def _rounded(value: float | int | None) -> float | int | None:
    return round(value, 6) if isinstance(value, float) else value
