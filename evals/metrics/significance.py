"""Paired differences come in; how likely chance alone makes them, also for many scores at once, goes out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from evals.metrics.intervals import SEED

FLIPS = 4_999  # random signs where differences are of several sizes


def chance_of_loss(gains: Sequence[float]) -> float:
    """One-sided p of a sign-flip test (Fisher 1935): how often a sum as low comes of random signs; 1 where nothing moved.

    Exact where all that moved moved by as much (a sign test), else over 4,999 draws with a fixed seed.
    """
    moved = np.asarray([gain for gain in gains if gain], dtype=np.float64)
    count = len(moved)
    if not count:
        return 1.0
    if np.ptp(np.abs(moved)) < 1e-12:
        gained = int((moved > 0).sum())
        return float(sum(math.comb(count, k) for k in range(gained + 1)) / 2**count)
    lost = np.random.default_rng(SEED).integers(0, 2, (FLIPS, count), dtype=np.int8)
    sizes = np.abs(moved)
    sums = sizes.sum() - 2 * (lost.astype(np.float32) @ sizes.astype(np.float32))
    as_low = int((sums <= moved.sum() + 1e-5).sum())
    return (1 + as_low) / (1 + FLIPS)


def lowest_chance(gains: Sequence[float]) -> float:
    """The least p that so many differences could have had, whatever their signs."""
    return float(2.0 ** -sum(1 for gain in gains if gain))


def holm(
    chances: Mapping[str, float], main: Sequence[str] = (), main_share: float = 0.8
) -> dict[str, float]:
    """p-values corrected for their number (Holm 1979): any below alpha is wrong in at most alpha of all comparisons.

    `main` names the scores that share `main_share` of alpha (Holm's weighted procedure), so that what matters most is
    not lost among many.
    """
    first = [name for name in chances if name in main]
    rest = [name for name in chances if name not in main]
    share = main_share if first and rest else 1.0
    weights = {name: share / len(first) for name in first}
    weights |= {name: (1 - share if first else 1.0) / len(rest) for name in rest}
    corrected: dict[str, float] = {}
    left, highest = 1.0, 0.0
    for name in sorted(chances, key=lambda name: chances[name] / weights[name]):
        highest = max(highest, min(1.0, chances[name] * left / weights[name]))
        corrected[name] = highest
        left -= weights[name]
    return corrected
