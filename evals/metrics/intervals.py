"""Confidence intervals: Wilson's for shares, the bootstrap for other means."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

RESAMPLES = 2000
SEED = 20240417  # fixed, so that the same values always give the same interval
CONFIDENCE = 0.95
DRAWS_AT_ONCE = 4_000_000  # integers held in memory while resampling


@dataclass(frozen=True, slots=True)
class Interval:
    """The mean of n values with its 95 % confidence interval; all None where n is 0."""

    value: float | None
    n: int
    low: float | None
    high: float | None


def interval(values: Sequence[float]) -> Interval:
    """A share (every value is 0 or 1) gets Wilson's interval, any other mean the bootstrap's."""
    return share_interval(values) if set(values) <= {0.0, 1.0} else mean_interval(values)


def share_interval(values: Sequence[bool] | Sequence[float]) -> Interval:
    """Wilson's score interval (Wilson 1927): it has a width even where all cases agree."""
    n = len(values)
    if not n:
        return Interval(None, 0, None, None)
    share = sum(values) / n
    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return Interval(
        share, n, max(0.0, min(middle - half, share)), min(1.0, max(middle + half, share))
    )


def mean_interval(values: Sequence[float]) -> Interval:
    """Percentile bootstrap over cases (Efron 1979): 2,000 resamples, fixed seed.

    For differences of paired cases use this one: a share's interval would be one-sided around 0.
    """
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


def _resampled_means(sample: np.ndarray) -> np.ndarray:
    random = np.random.default_rng(SEED)
    size = len(sample)
    rows = max(1, DRAWS_AT_ONCE // size)
    means = [
        sample[random.integers(0, size, (min(rows, RESAMPLES - start), size))].mean(axis=1)
        for start in range(0, RESAMPLES, rows)
    ]
    return np.concatenate(means)
