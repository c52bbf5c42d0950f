"""The scored rows of two runs come in; how they differ case by case, and what got worse, go out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from evals.metrics.intervals import Interval, mean_interval
from evals.metrics.scores import SCORES, Score
from evals.report import aligned, percent
from evals.results import Scored

CASES_NAMED = 8  # ids spelled out in a message


@dataclass(frozen=True, slots=True)
class Flip:
    """One case whose value on a score changed."""

    case_id: str
    base: float
    new: float


@dataclass(frozen=True, slots=True)
class Difference:
    """One score over the cases it applies to in both runs; `gain` is new − base, turned so that more is better."""

    score: Score
    base: float
    new: float
    gain: Interval
    flips: tuple[Flip, ...]

    @property
    def worse(self) -> bool:
        """The interval of the gain lies wholly below 0."""
        return self.gain.high is not None and self.gain.high < 0


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


def regressions(
    comparison: Comparison, new: Mapping[str, Scored], tolerances: Mapping[str, float]
) -> list[str]:
    """One sentence for everything that must not pass; [] where nothing got worse.

    `tolerances`: how far a score's mean may fall (0 to 1), by its name; "" stands for every score not named. Without
    one only a paired interval wholly below 0 counts: a few flipped cases of a small suite are chance.
    """
    found = [*_broken(new), *(_worse(d) for d in comparison.differences if d.worse)]
    for difference in comparison.differences:
        allowed = tolerances.get(difference.score.name, tolerances.get(""))
        gain = difference.gain.value or 0.0
        if allowed is not None and not difference.worse and gain < -allowed - 1e-9:
            found.append(
                f"{_change(difference)}, more than the {percent(allowed)} points allowed{_lost(difference)}"
            )
    if comparison.missing:
        found.append(
            f"{len(comparison.missing)} cases of the base were not run: {_named(comparison.missing)}"
        )
    if not comparison.paired:
        found.append("the two runs share no case: gate a run against one of the same suite")
    return found


def table(comparison: Comparison) -> list[str]:
    """Lines for people: every score in both runs with its paired difference, then the cases that flipped."""
    rows = [["score", "base", "new", "gain", "95 % interval", "n", "better", "worse"]]
    for d in comparison.differences:
        better = sum(_gain(d.score, flip.base, flip.new) > 0 for flip in d.flips)
        name = d.score.name + (" ↓" if d.score.better == "lower" else "")
        span = f"{_signed(d.gain.low)} to {_signed(d.gain.high)}"
        counts = [str(d.gain.n), str(better), str(len(d.flips) - better)]
        rows.append([name, percent(d.base), percent(d.new), _signed(d.gain.value), span, *counts])
    return [*aligned(rows), *_flips(comparison), *notes(comparison)]


def notes(comparison: Comparison) -> list[str]:
    """What could not be paired."""
    kinds = (
        ("only in the base", comparison.missing),
        ("only in the new run", comparison.added),
        ("another question or other gold", comparison.changed),
    )
    return [f"not compared, {why}: {_named(ids)}" for why, ids in kinds if ids]


def _difference(score: Score, pairs: list[tuple[Scored, Scored]]) -> Difference | None:
    valued = [(b.id, b.scores.get(score.name), n.scores.get(score.name)) for b, n in pairs]
    both = [(case_id, b, n) for case_id, b, n in valued if b is not None and n is not None]
    if not both:
        return None
    gain = mean_interval([_gain(score, b, n) for _, b, n in both])
    flips = tuple(Flip(case_id, b, n) for case_id, b, n in both if b != n)
    return Difference(
        score, _mean([b for _, b, _ in both]), _mean([n for _, _, n in both]), gain, flips
    )


def _gain(score: Score, base: float, new: float) -> float:
    return new - base if score.better == "higher" else base - new


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _broken(new: Mapping[str, Scored]) -> Iterator[str]:
    """Scores whose best value the contract promises, where a case of the new run falls short."""
    for score in SCORES:
        if not score.promised:
            continue
        best = 1.0 if score.better == "higher" else 0.0
        short = [row for row in new.values() if row.scores.get(score.name) not in (None, best)]
        if short:
            why = next(
                (reason for row in short for reason in (*row.violations, row.error) if reason),
                score.meaning,
            )
            yield f"{score.name}: {len(short)} of {len(new)} cases break it: {_named([r.id for r in short])} ({why})"


def _worse(difference: Difference) -> str:
    gain = difference.gain
    return f"{_change(difference)}, 95 % interval {_signed(gain.low)} to {_signed(gain.high)}{_lost(difference)}"


def _change(difference: Difference) -> str:
    d = difference
    return f"{d.score.name}: {percent(d.base)} became {percent(d.new)} over {d.gain.n} cases"


def _lost(difference: Difference) -> str:
    return f" (lost: {_named([f.case_id for f in difference.flips if _gain(difference.score, f.base, f.new) < 0])})"


def _flips(comparison: Comparison) -> Iterator[str]:
    flipped = [d for d in comparison.differences if d.flips]
    if not flipped:
        yield "\nno case changed"
        return
    yield "\ncases that changed:"
    for d in flipped:
        changes = (f"{flip.case_id} {percent(flip.base)} → {percent(flip.new)}" for flip in d.flips)
        yield f"  {d.score.name}: {', '.join(changes)}"


def _named(ids: list[str] | tuple[str, ...]) -> str:
    more = f" and {len(ids) - CASES_NAMED} more" if len(ids) > CASES_NAMED else ""
    return ", ".join(ids[:CASES_NAMED]) + more


def _signed(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:+.1f}"
