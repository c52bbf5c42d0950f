"""Articles in; their fingerprints and the pairs that share enough words to be worth comparing out. No model."""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ingest.meanings import fold, stem
from ingest.types import Article, Sentence, SentenceKind

Hashes = npt.NDArray[np.uint64]
Indices = npt.NDArray[np.int64]
Weights = npt.NDArray[np.float64]

WORDS_IN_SHINGLE = 3
_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:['’][^\W_]+)*|\d+(?:[.,]\d+)*")


def words_of(text: str) -> list[str]:
    """The words of a text in small letters, without accents, possessives and the points of abbreviations."""
    return [re.sub(r"['’](s|S)$|[.,’']", "", word) for word in _WORD.findall(fold(text))]


def fingerprint(article: Article, sentences: Sequence[Sentence]) -> Hashes:
    """The distinct 64-bit hashes of an article's three-word shingles, ascending; boilerplate left out.

    Stable over processes and machines, so that it may be stored. Falls back to the whole text if `sentences` is empty.
    """
    kept = [s.text for s in sentences if s.kind is not SentenceKind.BOILERPLATE] or [article.text]
    return shingles([word for text in kept for word in words_of(text)])


def shingles(words: Sequence[str]) -> Hashes:
    """The distinct hashes of a run of words, ascending."""
    if len(words) < WORDS_IN_SHINGLE:
        return np.empty(0, dtype=np.uint64)
    hashed = np.fromiter((_hash(word) for word in words), dtype=np.uint64, count=len(words))
    mixed = np.zeros(len(words) - WORDS_IN_SHINGLE + 1, dtype=np.uint64)
    for place in range(WORDS_IN_SHINGLE):
        mixed = (mixed ^ hashed[place : place + len(mixed)]) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return np.unique(mixed)


@lru_cache(maxsize=200_000)
def _hash(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


# A hash that more articles share than this pairs them only with its first few: the pairs stay linear in the copies.
_CROWD = 24
_FIRST = 6


@dataclass(frozen=True, slots=True)
class Shared:
    """Two articles by position, and the share of shingles in common; `rare` leaves out template text."""

    left: int
    right: int
    containment: float
    rare_containment: float


def sharing(prints: Sequence[Hashes], families: Sequence[int], *, least: float) -> Iterator[Shared]:
    """The pairs whose shared shingles are at least `least` of the shorter article's.

    `families` numbers the family each article is known to be in so far: a shingle in `_TEMPLATE` of them is
    template text.
    """
    if not prints:
        return
    sizes = np.array([len(p) for p in prints])
    keys, owners = _postings(prints)
    common = _template_hashes(keys, owners, np.asarray(families))
    for left, right in _pairs(keys, owners, sizes, least):
        shared = np.intersect1d(prints[left], prints[right], assume_unique=True)
        shorter = prints[left] if sizes[left] <= sizes[right] else prints[right]
        containment = len(shared) / max(1, len(shorter))
        if containment >= least:
            yield Shared(left, right, containment, _rare(shared, shorter, common))


_TEMPLATE = 4  # families
_LONG_RUN = 120  # shingles; a notice that many articles carry is shorter than this


def _rare(shared: Hashes, shorter: Hashes, common: Hashes) -> float:
    """Containment without template text; two articles that are nothing but the same text stay the same text."""
    shared_common = np.isin(shared, common, assume_unique=True)
    if shared_common.sum() >= _LONG_RUN:
        return len(shared) / len(shorter)
    rest = len(shorter) - int(np.isin(shorter, common, assume_unique=True).sum())
    if rest < 0.1 * len(shorter):
        return len(shared) / len(shorter)
    return float((~shared_common).sum()) / rest


def _postings(prints: Sequence[Hashes]) -> tuple[Hashes, Indices]:
    keys = np.concatenate(prints)
    owners = np.repeat(np.arange(len(prints)), [len(p) for p in prints])
    order = np.lexsort((owners, keys))
    return keys[order], owners[order]


def _template_hashes(keys: Hashes, owners: Indices, families: Indices) -> Hashes:
    pairs = np.unique(np.stack((keys, families[owners].astype(np.uint64))), axis=1) if len(keys) else np.empty((2, 0))
    found, counts = np.unique(pairs[0], return_counts=True)
    return found[counts >= _TEMPLATE].astype(np.uint64)


def _pairs(keys: Hashes, owners: Indices, sizes: Indices, least: float) -> list[tuple[int, int]]:
    lefts, rights = _together(keys, owners)
    if not len(lefts):
        return []
    codes, counts = np.unique(lefts * len(sizes) + rights, return_counts=True)
    lefts, rights = codes // len(sizes), codes % len(sizes)
    # crowded hashes are not counted for every pair, so that the first look is more generous than the rule
    enough = counts >= 0.5 * least * np.minimum(sizes[lefts], sizes[rights])
    return [(int(a), int(b)) for a, b in zip(lefts[enough], rights[enough], strict=True)]


def _together(keys: Hashes, owners: Indices) -> tuple[Indices, Indices]:
    """Every pair of owners that stand next to each other under one key, once a key; smaller owner first."""
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]]) if len(keys) else np.empty(0, dtype=np.int64)
    lengths = np.diff(np.r_[starts, len(keys)])
    lefts, rights = [], []
    for length in np.unique(lengths[lengths > 1]):
        rows = owners[starts[lengths == length][:, None] + np.arange(length)]
        first, second = np.triu_indices(int(length), 1)
        if length > _CROWD:
            first, second = first[first < _FIRST], second[first < _FIRST]
        lefts.append(rows[:, first].ravel())
        rights.append(rows[:, second].ravel())
    if not lefts:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    return np.concatenate(lefts), np.concatenate(rights)


def topical(word_lists: Sequence[Sequence[str]], *, nearest: int, least: float) -> list[tuple[int, int]]:
    """Pairs that share many rare words: cosine of idf-weighted stems at least `least`, each article's `nearest` best.

    Rewrites keep names and terms when they keep no three words in a row; whether one is a rewrite is decided elsewhere.
    """
    total = len(word_lists)
    bags = [Counter(stem(w) for w in words if len(w) > 3) for words in word_lists]
    found = Counter(word for bag in bags for word in bag)
    keys, owners, weights = [], [], []
    norms = np.zeros(total)
    for n, bag in enumerate(bags):
        for word, count in bag.items():
            weight = (1 + math.log(count)) * math.log((total + 1) / found[word] + 1)
            norms[n] += weight * weight
            if 1 < found[word] <= max(_CROWD, total // 20):
                keys.append(_hash(word))
                owners.append(n)
                weights.append(weight)
    if not keys:
        return []
    hashed = np.array(keys, dtype=np.uint64)
    return _nearest(hashed, np.array(owners), np.array(weights), np.sqrt(norms), nearest, least)


def _nearest(
    keys: Hashes, owners: Indices, weights: Weights, norms: Weights, nearest: int, least: float
) -> list[tuple[int, int]]:
    order = np.lexsort((owners, keys))
    entries = np.arange(len(keys))
    lefts, rights = _together(keys[order], entries)
    lefts, rights = order[lefts], order[rights]
    codes, places = np.unique(owners[lefts] * len(norms) + owners[rights], return_inverse=True)
    dots = np.bincount(places, weights=weights[lefts] * weights[rights])
    a, b = codes // len(norms), codes % len(norms)
    cosines = dots / (norms[a] * norms[b])
    chosen: set[tuple[int, int]] = set()
    taken: Counter[int] = Counter()
    for n in np.argsort(-cosines, kind="stable"):
        if cosines[n] < least:
            break
        pair = (int(a[n]), int(b[n]))
        if min(taken[pair[0]], taken[pair[1]]) < nearest:
            taken.update(pair)
            chosen.add(pair)
    return sorted(chosen)
