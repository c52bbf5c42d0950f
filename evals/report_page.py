"""A run, and maybe the run before it, come in; one HTML file that needs nothing else goes out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from evals import plots, results
from evals.cases import Suite
from evals.compare import compare, corrected, signed, worst
from evals.metrics.quotes import find
from evals.metrics.scores import SCORES
from evals.report import percent, summarise
from evals.results import Made, Scored
from evals.run import Row, Run
from ingest.errors import WrongUsage

TEMPLATE = "report_page.html"
KIND_SCORES = ("right", "answer_hit", "evidence_cited", "evidence_recall_at_5", "citation_recall")


@dataclass(frozen=True, slots=True)
class Shown:
    """One run as the page shows it."""

    name: str
    rows: dict[str, Row]
    summary: Mapping[str, Any]
    made: Made | None


def read_run(directory: Path) -> Shown:
    """Raises WrongUsage where the directory holds no results."""
    scored = results.read_rows(directory)
    path = directory / results.CASES
    lines = [json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip()]
    rows = {row["id"]: row for row in lines}
    try:
        made = results.read_made(directory)
        summary = json.loads((directory / results.SUMMARY).read_text("utf-8"))
    except (OSError, ValueError, WrongUsage):
        made, ran = None, Run(tuple(rows.values()), None, ())
        summary = summarise(Suite(directory.name, ()), ran, path)
    assert scored.keys() == rows.keys()
    return Shown(directory.name, rows, summary, made)


def page(new: Shown, base: Shown | None = None, warnings: Sequence[str] = ()) -> str:
    """The whole page; with `base`, every case shows both runs side by side."""
    pair = (_scored(base), _scored(new)) if base else None
    comparison = compare(*pair) if pair else None
    paired = {"name": base.name, "paired": comparison.paired} if base and comparison else None
    fell = {loss.case_id: loss.scores for loss in worst(*pair, len(new.rows))} if pair else {}
    return (
        _TEMPLATES.get_template(TEMPLATE).render(
            summary=new.summary,
            made=new.made,
            base=paired,
            warnings=warnings,
            scores=list(_scores(new, comparison)),
            kind_scores=KIND_SCORES,
            plots=list(_plots(new, base)),
            cases=[_case(row, base, fell) for row in new.rows.values()],
        )
        + "\n"
    )


def _scored(run: Shown) -> dict[str, Scored]:
    return {case_id: Scored.model_validate(row) for case_id, row in run.rows.items()}


def _scores(new: Shown, comparison: Any) -> Iterator[dict[str, Any]]:
    differences = {d.score.name: d for d in comparison.differences} if comparison else {}
    chances = corrected(comparison) if comparison else {}
    for score in SCORES:
        found = new.summary["scores"].get(score.name)
        if not found:
            continue
        d = differences.get(score.name)
        before = d.base if d else None
        drawing = plots.whisker(found["value"], found["low"], found["high"], before)
        yield {
            **found,
            "name": score.name,
            "meaning": score.meaning,
            "better": score.better,
            "drawing": Markup(drawing),  # noqa: S704  numbers alone
            "before": before,
            "gain": d.gain.value if d else None,
            "p": f"{chances[score.name]:.3f}" if score.name in chances else "–",
        }


def _plots(new: Shown, base: Shown | None) -> Iterator[dict[str, Any]]:
    runs = [run for run in (new, base) if run]
    risks, refused = [], []
    for run in runs:
        curve = run.summary.get("refusals", {}).get("curve", [])
        if curve:
            risks.append((run.name, [(p["coverage"], p["risk"]) for p in curve]))
        both = [p for p in curve if None not in (p["wrong_refusals"], p["right_refusals"])]
        if both:
            refused.append((run.name, [(p["wrong_refusals"], p["right_refusals"]) for p in both]))
    dashed = f" Dashed: “{base.name}”." if base else ""
    if risks:
        told = "Risk by coverage: the share of wrong answers if only the surest are given."
        drawing = plots.curve(risks, told, "cases answered", "wrong among them")
        yield {"drawing": Markup(drawing), "caption": told + dashed}  # noqa: S704
    if refused:
        auroc = new.summary["refusals"]["auroc"]
        told = f"Right refusals against wrong ones at every threshold; area {auroc:.3f}."
        drawing = plots.curve(refused, told, "wrong refusals", "right refusals")
        yield {"drawing": Markup(drawing), "caption": told + dashed}  # noqa: S704
    waits = [row["seconds"]["answer"] * 1000 for row in new.rows.values()]
    told = "How long answers took, in milliseconds, several asked at a time."
    drawing = plots.histogram(waits, told, "milliseconds")
    yield {"drawing": Markup(drawing), "caption": told}  # noqa: S704


def _case(row: Row, base: Shown | None, fell: Mapping[str, Any]) -> dict[str, Any]:
    before = base.rows.get(row["id"]) if base else None
    states = [] if row["scores"]["right"] else ["wrong"]
    if before is not None and before["scores"] != row["scores"]:
        states.append("changed")
    if row["id"] in fell:
        states.append("lost")
    told = [f"{name} {percent(b)} → {percent(n)}" for name, b, n in fell.get(row["id"], ())]
    sides = [_side(before, base.name)] if base and before else []
    return {
        **{name: row[name] for name in ("id", "kind", "question", "as_of", "evidence")},
        "expect": row["expect"].replace("_", " "),
        "right": bool(row["scores"]["right"]),
        "failed": bool(row["error"]),
        "states": " ".join(states),
        "fell": ", ".join(told),
        "sides": [*sides, _side(row, "this run" if sides else "")],
    }


def _side(row: Row, name: str) -> dict[str, Any]:
    answer = row["answer"] if isinstance(row["answer"], dict) else {}
    citations = answer.get("citations") if isinstance(answer.get("citations"), list) else []
    gold = [evidence["quote"] for evidence in row["evidence"]]
    return {
        "name": name,
        "error": row["error"],
        "text": str(answer.get("text") or ""),
        "declined": answer.get("outcome") == "declined",
        "violations": row["violations"],
        "quotes": [_quote(c, gold) for c in citations or () if isinstance(c, dict)],
    }


def _quote(citation: Mapping[str, Any], gold: Sequence[str]) -> dict[str, Any]:
    """A cited quote cut into parts, those of the gold evidence apart."""
    text = str(citation.get("quote") or "")
    spans = sorted(
        span
        for quote in gold
        for span in (find(quote, text) or ([(0, len(text))] if find(text, quote) else []))
    )
    parts, at = [], 0
    for start, end in spans:
        if start >= at:
            parts += [(text[at:start], False), (text[start:end], True)]
            at = end
    family = citation.get("family")
    return {
        **{name: citation.get(name) for name in ("number", "source", "published_on")},
        "role": family.get("role") if isinstance(family, dict) else "original",
        "parts": [*parts, (text[at:], False)],
    }


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.4g}"


_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters.update(percent=percent, signed=signed, number=_number)
