"""A run, the run before it and thresholds come in; what must not pass goes out: for people, for CI, for a pull request."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from xml.etree import ElementTree

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from evals.cases import KINDS, Kind
from evals.compare import Comparison, Difference, named, signed, worst
from evals.metrics.intervals import interval
from evals.metrics.scores import SCORES
from evals.metrics.significance import holm, lowest_chance
from evals.replies import fault
from evals.report import aligned, percent
from evals.results import Scored
from ingest.errors import WrongUsage

ALPHA = 0.05
MAIN_SCORES = ("right",)
SHOWN_CHARACTERS = 600  # of an answer in a summary

Share = Annotated[float, Field(ge=0, le=1)]


class Limits(BaseModel):
    """What a score's mean must not undercut or exceed, and how far it may get worse; 0 to 1."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    least: Share | None = None
    most: Share | None = None
    may_lose: Share | None = None


class FigureLimits(BaseModel):
    """Upper bounds of a figure of the summary: of its mean, median, 95th percentile, sum."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: float | None = None
    median: float | None = None
    p95: float | None = None
    sum: float | None = None


class Thresholds(BaseModel):
    """What a gate asks for. Without a file: the guarantees, and nothing got worse beyond chance."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    alpha: Annotated[float, Field(gt=0, lt=1)] = ALPHA  # share of unchanged runs that may fail
    main: tuple[str, ...] = MAIN_SCORES  # scores that four fifths of alpha are kept for
    may_lose: Share | None = None  # of every score that is not named below
    scores: Mapping[str, Limits] = {}
    by_kind: Mapping[Kind, Mapping[str, Limits]] = {}
    figures: Mapping[str, FigureLimits] = {}

    @field_validator("main", "scores")
    @classmethod
    def _known(cls, names: Any) -> Any:
        for name in names:
            if name not in {score.name for score in SCORES}:
                raise ValueError(f"there is no score {name}")
        return names


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at, and what is wrong with it; () where nothing is."""

    name: str
    faults: tuple[str, ...]


def read_thresholds(path: Path | None) -> Thresholds:
    """From TOML or YAML, by the file's ending; raises WrongUsage naming the file and the fault."""
    if path is None:
        return Thresholds()
    try:
        text = path.read_text("utf-8")
        read = tomllib.loads(text) if path.suffix == ".toml" else yaml.safe_load(text)
        return Thresholds.model_validate(read or {})
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUsage(f"cannot read {path}: name a TOML or YAML file of thresholds") from error
    except (tomllib.TOMLDecodeError, yaml.YAMLError) as error:
        raise WrongUsage(f"{path}: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        raise WrongUsage(f"{path}: {fault(error)}; correct it") from error


def checks(
    comparison: Comparison,
    new: Mapping[str, Scored],
    thresholds: Thresholds,
    figures: Mapping[str, Any],
) -> list[Check]:
    """Everything that is looked at: cases, guarantees, each score of both runs, limits by kind, figures.

    A score that fell fails where chance alone makes that in less than `alpha` of all comparisons, all scores taken
    together (sign-flip tests, corrected by Holm), or where it fell further than it may.
    """
    found = [Check("cases", tuple(_missing(comparison)))]
    found += [Check(f"promise {name}", tuple(told)) for name, told in _promises(new)]
    chances = chances_of_loss(comparison, thresholds)
    for d in comparison.differences:
        limits = thresholds.scores.get(d.score.name, Limits(may_lose=thresholds.may_lose))
        told = [*_fell(d, chances.get(d.score.name, 1.0), thresholds.alpha, limits)]
        found.append(Check(d.score.name, tuple(told)))
    compared = {d.score.name for d in comparison.differences}
    for name, limits in thresholds.scores.items():
        found.append(Check(f"{name} limits", tuple(_beyond(name, limits, new.values()))))
        if limits.may_lose is not None and name not in compared:
            found.append(Check(name, (f"{name}: applies to no case of both runs",)))
    for kind in (kind for kind in KINDS if kind in thresholds.by_kind):
        rows = [row for row in new.values() if row.kind == kind]
        for name, limits in thresholds.by_kind[kind].items():
            told = [f"{kind}: {one}" for one in _beyond(name, limits, rows)]
            found.append(Check(f"{kind} {name}", tuple(told)))
    for name, bounds in thresholds.figures.items():
        found.append(Check(name, tuple(_above(name, bounds, figures))))
    return found


def chances_of_loss(comparison: Comparison, thresholds: Thresholds) -> dict[str, float]:
    """Corrected p by score; one of which too few cases moved to ever tell anything takes no part."""
    able = {
        d.score.name: d.chance_of_loss
        for d in comparison.differences
        if lowest_chance(d.gains) <= thresholds.alpha
    }
    return holm(able, thresholds.main)


def junit(suite: str, found: Sequence[Check]) -> str:
    """JUnit XML: one test case a check."""
    failed = sum(bool(check.faults) for check in found)
    root = ElementTree.Element(
        "testsuite", name=f"dateline eval gate {suite}", tests=str(len(found)), failures=str(failed)
    )
    for check in found:
        case = ElementTree.SubElement(root, "testcase", classname="dateline.eval", name=check.name)
        for told in check.faults:
            ElementTree.SubElement(case, "failure", message=_printable(told)).text = _printable(
                told
            )
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def markdown(
    comparison: Comparison,
    found: Sequence[Check],
    base: Mapping[str, Scored],
    new: Mapping[str, Scored],
    chances: Mapping[str, float],
) -> str:
    """A summary for a pull request: the verdict, the scores that moved, the cases that lost most."""
    faults = [told for check in found for told in check.faults]
    lines = [f"## Eval gate: {'failed' if faults else 'passed'}", ""]
    lines += [f"- {told}" for told in faults] or [
        f"Nothing got worse over {comparison.paired} cases."
    ]
    rows = [["score", "base", "new", "gain", "95 % interval", "p of a loss (Holm)", "n"]]
    for d in (d for d in comparison.differences if any(d.gains)):
        chance = chances.get(d.score.name)
        span = f"{signed(d.gain.low)} to {signed(d.gain.high)}"
        told = "–" if chance is None else f"{chance:.3f}"
        cells = [d.score.name, percent(d.base), percent(d.new), signed(d.gain.value), span, told]
        rows.append([*cells, str(d.gain.n)])
    if len(rows) > 1:
        lines += ["", *aligned(rows)]
    for loss in worst(base, new):
        lost = ", ".join(f"{name} {percent(b)} → {percent(n)}" for name, b, n in loss.scores)
        lines += [
            "",
            f"<details><summary>{_html(loss.case_id)}: {_html(loss.question)}</summary>",
            "",
        ]
        lines += [lost, "", f"**Base:** {_html(loss.base)}", "", f"**New:** {_html(loss.new)}", ""]
        lines += ["</details>"]
    return "\n".join(lines) + "\n"


def _missing(comparison: Comparison) -> Iterator[str]:
    if comparison.missing:
        ids = named(comparison.missing)
        yield f"{len(comparison.missing)} cases of the base were not run: {ids}"


def _promises(new: Mapping[str, Scored]) -> Iterator[tuple[str, list[str]]]:
    """Scores whose best value the contract promises, and whether a case of the new run falls short."""
    for score in SCORES:
        if not score.promised:
            continue
        best = 1.0 if score.better == "higher" else 0.0
        short = [row for row in new.values() if row.scores.get(score.name) not in (None, best)]
        why = next(
            (reason for row in short for reason in (*row.violations, row.error) if reason),
            score.meaning,
        )
        ids = named([row.id for row in short])
        told = f"{score.name}: {len(short)} of {len(new)} cases break it: {ids} ({why})"
        yield score.name, [told] if short else []


def _fell(d: Difference, chance: float, alpha: float, limits: Limits) -> Iterator[str]:
    change = f"{d.score.name}: {percent(d.base)} became {percent(d.new)} over {len(d.gains)} cases"
    lost = f" (lost: {named(d.lost)})"
    gain = sum(d.gains) / len(d.gains)
    if gain < 0 and chance < alpha:
        yield f"{change}, by chance in {chance:.4f} of all comparisons{lost}"
    elif limits.may_lose is not None and gain < -limits.may_lose - 1e-9:
        yield f"{change}, more than the {percent(limits.may_lose)} points allowed{lost}"


def _beyond(name: str, limits: Limits, rows: Any) -> Iterator[str]:
    values = [row.scores[name] for row in rows if row.scores.get(name) is not None]
    mean = interval(values).value
    if mean is None:
        if limits.least is not None or limits.most is not None:
            yield f"{name}: applies to no case"
        return
    if limits.least is not None and mean < limits.least - 1e-9:
        yield f"{name}: {percent(mean)} is less than the {percent(limits.least)} asked for"
    if limits.most is not None and mean > limits.most + 1e-9:
        yield f"{name}: {percent(mean)} is more than the {percent(limits.most)} allowed"


def _above(name: str, bounds: FigureLimits, figures: Mapping[str, Any]) -> Iterator[str]:
    if name not in figures:
        yield f"{name}: the run has no such figure; it has {', '.join(figures) or 'none'}"
        return
    for part, most in bounds.model_dump(exclude_none=True).items():
        if figures[name][part] > most:
            yield f"{name}: {part} {figures[name][part]:g} is more than the {most:g} allowed"


def _printable(text: str) -> str:
    """Without what XML cannot hold."""
    return "".join(c if c.isprintable() else " " for c in text)


def _html(text: str) -> str:
    short = " ".join(text.split())[:SHOWN_CHARACTERS]
    return short.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
