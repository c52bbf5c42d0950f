"""Two ranked lists with scores of their own in, one score a passage out; then the first of them by their sentences."""

from __future__ import annotations

import math
from collections.abc import Mapping

# Both lists are scaled over their best WINDOW, however many were fetched: so the same passages stand on top whether ten
# were asked for or a thousand. Scaled over 1,600, the pool loses .5 of nDCG@10 at equal share (docs/quality.md).
WINDOW = 100
TAIL = 0.01
# The first passages are ranked anew by their best sentence; 8 or 50 of them gain no less and no more. A larger share
# gains the pool another .1 of nDCG@10 and costs Vaswani, cut into pieces, up to 1.4 of MAP (docs/quality.md).
RERANKED = 20
SENTENCE_SHARE = 0.3


def fuse(
    dense: Mapping[str, float], words: Mapping[str, float], dense_share: float
) -> dict[str, float]:
    """Weighted min-max fusion of cosines and BM25 scores: above 0, at most 1.

    `dense_share` (0 to 1) is the weight of the cosines. What only one list has takes the other's lowest place.
    """
    scaled_dense, scaled_words = _scaled(dense, floor=None), _scaled(words, floor=0.0)
    least_dense = min(scaled_dense.values(), default=0.0)
    least_words = min(0.0, min(scaled_words.values(), default=0.0))
    mixed = {
        i: dense_share * scaled_dense.get(i, least_dense)
        + (1 - dense_share) * scaled_words.get(i, least_words)
        for i in {**dense, **words}
    }
    # what stands behind the window keeps its order below TAIL and never reaches 0
    return {i: s if s >= TAIL else TAIL * math.exp(s - TAIL) for i, s in mixed.items()}


def leaders(scores: Mapping[str, float]) -> list[str]:
    """The RERANKED best, best first; of equal ones the lower id."""
    return sorted(scores, key=lambda i: (-scores[i], i))[:RERANKED]


def rerank(scores: Mapping[str, float], sentences: Mapping[str, float]) -> dict[str, float]:
    """`scores` with those of `sentences` mixed with the cosines that it gives their best sentences.

    The cosines are scaled to the range of the same passages' scores, so what is not in `sentences` keeps its place.
    """
    if not sentences:
        return dict(scores)
    fused = [scores[i] for i in sentences]
    low, high = min(fused), max(fused)
    worst, best = min(sentences.values()), max(sentences.values())
    spread = (high - low) / (best - worst) if best > worst else 0.0
    mixed = {
        i: (1 - SENTENCE_SHARE) * scores[i] + SENTENCE_SHARE * (low + spread * (cosine - worst))
        for i, cosine in sentences.items()
    }
    return {**scores, **mixed}


def _scaled(scores: Mapping[str, float], floor: float | None) -> dict[str, float]:
    """Best to 1, the last in the window to 0. `floor` is the score of what is not in a list shorter than the window."""
    ordered = sorted(scores.values(), reverse=True)[:WINDOW]
    if not ordered:
        return {}
    low, high = ordered[-1], ordered[0]
    if floor is not None and len(ordered) < WINDOW:
        low = floor
    return {i: (s - low) / (high - low) if high > low else 1.0 for i, s in scores.items()}
