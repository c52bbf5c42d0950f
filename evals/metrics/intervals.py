"""Per-case values come in; their mean with a bootstrap interval goes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

RESAMPLES = 2000
SEED = 20240417  # fixed, so that the same values always give the same interval
CONFIDENCE = 0.95
DRAWS_AT_ONCE = 4_000_000  # integers held in memory while resampling


@dataclass(frozen=True, slots=True)
class Interval:
    """The mean of n values and where it would lie in 95 of 100 samples; all None where n is 0."""

    value: float | None
    n: int
    low: float | None
    high: float | None


def interval(values: Sequence[float]) -> Interval:
    """Percentile bootstrap over cases (Efron 1979): 2,000 resamples, 2.5th and 97.5th percentile, fixed seed."""
    if not values:
        return Interval(None, 0, None, None)
    sample = np.asarray(values, dtype=np.float64)
    if np.ptp(sample) == 0:  # every resample has the same mean; rounding must not move it
        return Interval(float(sample[0]), len(sample), float(sample[0]), float(sample[0]))
    means = _resampled_means(sample)
    tail = (1 - CONFIDENCE) / 2 * 100
    low, high = np.percentile(means, [tail, 100 - tail])
    mean = float(sample.mean())
    return Interval(mean, len(sample), min(float(low), mean), max(float(high), mean))


def wilson(hits: Sequence[bool]) -> Interval:
    """A share with its 95 % score interval (Wilson 1927), which stays honest near 0, 1 and for small n."""
    n = len(hits)
    if not n:
        return Interval(None, 0, None, None)
    share, z2 = sum(hits) / n, 1.959964**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    return Interval(
        share, n, max(0.0, min(middle - half, share)), min(1.0, max(middle + half, share))
    )


def _resampled_means(sample: np.ndarray) -> np.ndarray:
    random = np.random.default_rng(SEED)
    size = len(sample)
    rows = max(1, DRAWS_AT_ONCE // size)
    means = [
        sample[random.integers(0, size, (min(rows, RESAMPLES - start), size))].mean(axis=1)
        for start in range(0, RESAMPLES, rows)
    ]
    return np.concatenate(means)
