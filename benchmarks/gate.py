"""How often the gate fails where nothing changed, and how often it catches a true drop: `python -m benchmarks.gate`."""

from __future__ import annotations

import argparse
import random

from evals.compare import compare
from evals.gate import Thresholds, checks
from evals.metrics.intervals import share_interval
from evals.metrics.scores import SCORES
from evals.results import Scored

CASES = 300
UNSTEADY = 0.02  # share of the cases that end another way in each run though nothing changed
DROP = 0.05  # share of all cases that end wrong after a true drop and ended right before
PARTLY = ("citation_recall", "ndcg_at_10", "token_f1")  # scores that are no mere yes or no


def errors(comparisons: int, seed: int = 7) -> dict[str, float]:
    """Shares of simulated comparisons: `false_alarms` where nothing changed, `caught` after a drop of 5 points."""
    draw = random.Random(seed)
    alarms = sum(_fails(draw, 0.0) for _ in range(comparisons))
    caught = sum(_fails(draw, DROP) for _ in range(comparisons))
    return {"false_alarms": alarms / comparisons, "caught": caught / comparisons}


def _fails(draw: random.Random, drop: float) -> bool:
    """Whether the gate fails one pair of runs over the same cases."""
    steady = [draw.random() < 0.7 for _ in range(CASES)]
    right = [n for n, one in enumerate(steady) if one]
    dropped = set(draw.sample(right, round(drop * CASES)))
    base = _run(draw, steady)
    new = _run(draw, [one and n not in dropped for n, one in enumerate(steady)])
    found = checks(compare(base, new), new, Thresholds(), {})
    return any(check.faults for check in found)


def _run(draw: random.Random, steady: list[bool]) -> dict[str, Scored]:
    rows = {}
    for n, one in enumerate(steady):
        right = one != (draw.random() < UNSTEADY)
        rows[str(n)] = Scored(
            id=str(n), kind="factoid", question="", case="", error=None, violations=(),
            scores={score.name: _value(draw, score.name, right, score.promised, score.better) for score in SCORES},
        )  # fmt: skip
    return rows


def _value(draw: random.Random, name: str, right: bool, promised: bool, better: str) -> float:
    """Promises hold; every other score mostly follows whether the case ended right, or goes its own way."""
    if promised:
        return 1.0 if better == "higher" else 0.0
    good = right if name == "right" or draw.random() < 0.97 else draw.random() < 0.7
    share = 0.5 if name in PARTLY and draw.random() < 0.3 else 1.0
    return share * float(good) if better == "higher" else 1 - share * float(good)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--comparisons", type=int, default=400)
    count = options.parse_args().comparisons
    for name, share in errors(count).items():
        found = share_interval([True] * round(share * count) + [False] * round((1 - share) * count))
        print(f"{name}: {share:.1%} of {count}, 95 % interval {found.low:.1%} to {found.high:.1%}")


if __name__ == "__main__":
    main()
