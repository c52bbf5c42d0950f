"""What people said of a run's cases comes in; how far its scores agree with them goes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from evals.metrics.intervals import CONFIDENCE, RESAMPLES, SEED, Interval, share_interval
from evals.metrics.scores import SCORES
from evals.replies import fault
from evals.results import Scored
from ingest.errors import WrongUsage

Pair = tuple[bool, bool]  # what a person said, what the score says


class Label(BaseModel):
    """One line: what a person says of one case, on one score of yes or no."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, StringConstraints(min_length=1)]
    score: str = "right"
    value: bool


def agreement(labels: Path, rows: Mapping[str, Scored]) -> dict[str, dict[str, Interval]]:
    """By score: the share of cases on which person and score agree, and Cohen's kappa, each with its interval.

    Raises WrongUsage naming the file and line of a label that fits no case of the run.
    """
    pairs: dict[str, list[Pair]] = {}
    for number, line in enumerate(_lines(labels), 1):
        if not line.strip():
            continue
        where = f"{labels} line {number}"
        try:
            label = Label.model_validate_json(line)
        except ValidationError as error:
            raise WrongUsage(f"{where} is no label: {fault(error)}; correct it") from error
        row = rows.get(label.id)
        if row is None:
            raise WrongUsage(f'{where}: the run has no case "{label.id}"; label a case of this run')
        value = row.scores.get(label.score)
        if value not in (0, 1):
            known = ", ".join(s.name for s in SCORES if row.scores.get(s.name) in (0, 1))
            raise WrongUsage(
                f'{where}: "{label.score}" says neither yes nor no of "{label.id}"; use one of {known}'
            )
        pairs.setdefault(label.score, []).append((label.value, bool(value)))
    if not pairs:
        raise WrongUsage(
            f'{labels} holds no labels: write one a line, such as {{"id": "a", "value": true}}'
        )
    return {
        name: {"agreement": share_interval([a == b for a, b in found]), "kappa": kappa(found)}
        for name, found in pairs.items()
    }


def kappa(pairs: Sequence[Pair]) -> Interval:
    """Cohen's kappa (1960) with a percentile bootstrap over cases; None where one answer is all that anybody gave."""
    if not pairs:
        return Interval(None, 0, None, None)
    both = np.asarray(pairs, dtype=bool)
    count = len(both)
    draws = np.random.default_rng(SEED).integers(0, count, (RESAMPLES, count))
    values = _kappa(both[draws])
    values = values[~np.isnan(values)]
    value = float(_kappa(both[None])[0])
    if np.isnan(value) or not len(values):
        return Interval(None, count, None, None)
    tail = (1 - CONFIDENCE) / 2 * 100
    low, high = np.percentile(values, [tail, 100 - tail])
    return Interval(value, count, min(float(low), value), max(float(high), value))


def as_json(found: Mapping[str, Mapping[str, Interval]]) -> dict[str, Any]:
    return {
        name: {
            measure: {"value": i.value, "n": i.n, "low": i.low, "high": i.high}
            for measure, i in measures.items()
        }
        for name, measures in found.items()
    }


def _kappa(pairs: np.ndarray) -> np.ndarray:
    """(resamples, cases, 2) in, one kappa a resample out; NaN where chance alone explains everything."""
    people, scores = pairs[..., 0], pairs[..., 1]
    observed = (people == scores).mean(axis=1)
    yes_people, yes_scores = people.mean(axis=1), scores.mean(axis=1)
    chance = yes_people * yes_scores + (1 - yes_people) * (1 - yes_scores)
    left = np.where(chance < 1, 1 - chance, np.nan)
    return np.asarray((observed - chance) / left)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUsage(f"cannot read {path}: name a JSONL file of labels") from error
