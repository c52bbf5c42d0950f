"""Two articles' sentences in; which of them say the same thing, and in what order, out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from ingest.copies.near_duplicates import words_of
from ingest.english.words import STOP_WORDS as FUNCTION_WORDS
from ingest.english.words import stem
from ingest.types import Sentence

Embed = Callable[[Sequence[str]], npt.NDArray[np.float32]]
Matrix = npt.NDArray[np.float64]

# Sentences of at least this cosine say the same: .94 of the sentences of a real rewrite, .28 of unrelated articles.
SAME_COSINE = 0.6
# The share of words that two sentences have in common from which no model has to be asked.
SAME_WORDS = 0.5


def word_overlap(left: Sequence[Sentence], right: Sequence[Sentence]) -> Matrix:
    """For every pair of sentences the share of content stems they have in common (Dice), 0 to 1."""
    ours, theirs = [_stems(s.text) for s in left], [_stems(s.text) for s in right]
    places = {word: n for n, word in enumerate(sorted(set().union(*ours, *theirs)))}
    a, b = _indicator(ours, places), _indicator(theirs, places)
    sizes = a.sum(axis=1)[:, None] + b.sum(axis=1)[None, :]
    overlap: Matrix = 2 * (a @ b.T) / np.maximum(sizes, 1)
    return overlap


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(w) for w in words_of(text) if w not in FUNCTION_WORDS)


def _indicator(bags: Sequence[frozenset[str]], places: dict[str, int]) -> Matrix:
    rows = np.zeros((len(bags), len(places)))
    for n, bag in enumerate(bags):
        rows[n, [places[word] for word in bag]] = 1
    return rows


def chain(similarity: Matrix, least: float) -> list[tuple[int, int]]:
    """The longest increasing run of pairs whose similarity is at least `least` and the best of their row or column."""
    if not similarity.size:
        return []
    good = (similarity >= least) & (
        (similarity == similarity.max(axis=1, keepdims=True))
        | (similarity == similarity.max(axis=0))
    )
    return increasing(np.where(good, 1 + 0.01 * similarity, 0))


def increasing(weights: Matrix) -> list[tuple[int, int]]:
    """The heaviest run of cells that goes down and right; cells of weight 0 are not taken."""
    rows, columns = weights.shape
    best = np.zeros((rows + 1, columns + 1))
    for i in range(rows - 1, -1, -1):
        taken = weights[i] + best[i + 1, 1:]
        row = np.maximum(best[i + 1, :-1], np.where(weights[i] > 0, taken, 0))
        best[i, :-1] = np.maximum.accumulate(row[::-1])[::-1]
    pairs, i, j = [], 0, 0
    while i < rows and j < columns:
        if weights[i, j] > 0 and best[i, j] == weights[i, j] + best[i + 1, j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i, j] == best[i + 1, j]:
            i += 1
        else:
            j += 1
    return pairs
