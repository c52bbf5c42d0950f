"""The scored rows of two runs come in; how they differ case by case, and what got worse, go out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from evals import results
from evals.metrics.intervals import Interval, mean_interval
from evals.metrics.outcome import Score
from evals.metrics.scores import SCORES
from evals.metrics.significance import chance_of_loss, holm
from evals.report import aligned, percent
from evals.results import Scored
from ingest.errors import WrongUsage

CASES_NAMED = 8  # ids spelled out in a message
WORST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Flip:
    """One case whose value on a score changed."""

    case_id: str
    base: float
    new: float


@dataclass(frozen=True, slots=True)
class Difference:
    """One score over the cases it applies to in both runs; a gain is new − base, turned so that more is better."""

    score: Score
    base: float
    new: float
    flips: tuple[Flip, ...]
    gains: tuple[float, ...]  # of every case that both runs have, turned so that more is better
    chance_of_loss: float  # one-sided p of a fall, of this score alone
    chance: float  # two-sided p

    @property
    def gain(self) -> Interval:
        """The mean gain with its interval."""
        return mean_interval(self.gains)

    @property
    def lost(self) -> list[str]:
        return [f.case_id for f in self.flips if _gain(self.score, f.base, f.new) < 0]


@dataclass(frozen=True, slots=True)
class Loss:
    """One case that got worse, with both answers; `scores` are name, base and new of those that fell."""

    case_id: str
    question: str
    base: str
    new: str
    scores: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    differences: tuple[Difference, ...]
    paired: int
    missing: tuple[str, ...]  # cases of the base that the new run lacks
    added: tuple[str, ...]
    changed: tuple[str, ...]  # same id, another question or other gold: not compared


def compare(base: Mapping[str, Scored], new: Mapping[str, Scored]) -> Comparison:
    """Pairs the runs case by case: the same questions decide, so chance in the choice of questions cancels out."""
    shared = [case_id for case_id in base if case_id in new]
    paired = [case_id for case_id in shared if base[case_id].case == new[case_id].case]
    pairs = [(base[case_id], new[case_id]) for case_id in paired]
    differences = (_difference(score, pairs) for score in SCORES)
    return Comparison(
        tuple(difference for difference in differences if difference is not None),
        len(paired),
        tuple(case_id for case_id in base if case_id not in new),
        tuple(case_id for case_id in new if case_id not in base),
        tuple(case_id for case_id in shared if case_id not in set(paired)),
    )


def worst(
    base: Mapping[str, Scored], new: Mapping[str, Scored], most: int = WORST_SHOWN
) -> list[Loss]:
    """The cases that lost most, those first that ended right and no longer do."""
    found = []
    for case_id in (i for i in base if i in new and base[i].case == new[i].case):
        b, n = base[case_id], new[case_id]
        both = ((score, b.scores.get(score.name), n.scores.get(score.name)) for score in SCORES)
        fell = [
            (score.name, x, y, _gain(score, x, y))
            for score, x, y in both
            if x is not None and y is not None and _gain(score, x, y) < 0
        ]
        if fell:
            loss = Loss(case_id, n.question, b.said, n.said, tuple(one[:3] for one in fell))
            found.append(
                (any(one[0] == "right" for one in fell), -sum(one[3] for one in fell), loss)
            )
    found.sort(key=lambda one: one[:2], reverse=True)
    return [loss for _, _, loss in found[:most]]


def read_pair(base: Path, new: Path) -> tuple[Comparison, dict[str, Scored], dict[str, Scored]]:
    """Both runs and how they differ; raises WrongUsage where they share no case."""
    earlier, later = results.read_rows(base), results.read_rows(new)
    comparison = compare(earlier, later)
    if not comparison.paired:
        path = base / results.CASES if base.is_dir() else base
        what = "with other gold" if comparison.changed else "not at all"
        raise WrongUsage(
            f'{path} line 1: the case "{next(iter(earlier))}" stands {what} in {new}: name a run of '
            "the same suite"
        )
    return comparison, earlier, later


def as_json(
    comparison: Comparison, base: Mapping[str, Scored], new: Mapping[str, Scored]
) -> dict[str, Any]:
    """What `--json` prints."""
    return {
        "n": comparison.paired,
        "scores": {
            d.score.name: {
                "base": d.base,
                "new": d.new,
                "gain": asdict(d.gain),
                "p": d.chance,
                "p_holm": corrected(comparison).get(d.score.name, 1.0),
                "better": d.score.better,
                "flips": [
                    {"id": flip.case_id, "base": flip.base, "new": flip.new} for flip in d.flips
                ],
            }
            for d in comparison.differences
        },
        "worst": [asdict(loss) for loss in worst(base, new)],
        "missing": list(comparison.missing),
        "added": list(comparison.added),
        "changed": list(comparison.changed),
    }


def corrected(comparison: Comparison) -> dict[str, float]:
    """Two-sided p of every score that moved, corrected for their number."""
    return holm({d.score.name: d.chance for d in comparison.differences if any(d.gains)})


def table(
    comparison: Comparison, base: Mapping[str, Scored], new: Mapping[str, Scored]
) -> list[str]:
    """Lines for people: every score in both runs with its paired difference, then the cases that flipped,
    and those that lost most with both answers."""
    rows = [["score", "base", "new", "gain", "95 % interval", "p (Holm)", "n", "better", "worse"]]
    chances = corrected(comparison)
    for d in comparison.differences:
        better = sum(_gain(d.score, flip.base, flip.new) > 0 for flip in d.flips)
        name = d.score.name + (" ↓" if d.score.better == "lower" else "")
        span = f"{signed(d.gain.low)} to {signed(d.gain.high)}"
        chance = chances.get(d.score.name)
        told = "–" if chance is None else f"{chance:.3f}"
        counts = [told, str(d.gain.n), str(better), str(len(d.flips) - better)]
        rows.append([name, percent(d.base), percent(d.new), signed(d.gain.value), span, *counts])
    lost = [line for loss in worst(base, new) for line in _told(loss)]
    return [*aligned(rows), *_flips(comparison), *lost, *notes(comparison)]


def notes(comparison: Comparison) -> list[str]:
    """What could not be paired."""
    kinds = (
        ("only in the base", comparison.missing),
        ("only in the new run", comparison.added),
        ("another question or other gold", comparison.changed),
    )
    return [f"not compared, {why}: {named(ids)}" for why, ids in kinds if ids]


def _difference(score: Score, pairs: list[tuple[Scored, Scored]]) -> Difference | None:
    valued = [(b.id, b.scores.get(score.name), n.scores.get(score.name)) for b, n in pairs]
    both = [(case_id, b, n) for case_id, b, n in valued if b is not None and n is not None]
    if not both:
        return None
    gains = [_gain(score, b, n) for _, b, n in both]
    fell, rose = chance_of_loss(gains), chance_of_loss([-gain for gain in gains])
    flips = tuple(Flip(case_id, b, n) for case_id, b, n in both if b != n)
    return Difference(
        score,
        _mean([b for _, b, _ in both]),
        _mean([n for _, _, n in both]),
        flips,
        tuple(gains),
        fell,
        min(1.0, 2 * min(fell, rose)),
    )


def _gain(score: Score, base: float, new: float) -> float:
    return new - base if score.better == "higher" else base - new


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _flips(comparison: Comparison) -> Iterator[str]:
    flipped = [d for d in comparison.differences if d.flips]
    if not flipped:
        yield "\nno case changed"
        return
    yield "\ncases that changed:"
    for d in flipped:
        changes = (f"{flip.case_id} {percent(flip.base)} → {percent(flip.new)}" for flip in d.flips)
        yield f"  {d.score.name}: {', '.join(changes)}"


def _told(loss: Loss) -> Iterator[str]:
    yield f"\n{loss.case_id}: {loss.question}"
    yield f"  base: {' '.join(loss.base.split())}"
    yield f"  new:  {' '.join(loss.new.split())}"


def named(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - CASES_NAMED} more" if len(ids) > CASES_NAMED else ""
    return ", ".join(ids[:CASES_NAMED]) + more


def signed(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:+.1f}"
