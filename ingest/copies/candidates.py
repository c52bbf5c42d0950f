"""Prints of articles in; the pairs that share enough words to be worth comparing out, closest first. No model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ingest.copies.shingles import Hashes

Indices = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Weights = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shared:
    """Two articles by position, and what their shingles have in common.

    `containment` is a share of the shorter article's, `rare_containment` leaves out template text, `resemblance` is a
    share of all of both.
    """

    left: int
    right: int
    containment: float
    rare_containment: float
    resemblance: float


def sharing(
    prints: Sequence[Hashes], families: Sequence[int], active: Flags, *, least: float
) -> list[Shared]:
    """The pairs whose shared shingles are at least `least` of the shorter article's; one of the two is `active`.

    `families` numbers the family each article is known to be in so far: a shingle in `_TEMPLATE` of them is template
    text. Only shingles of active articles are looked up: 10 articles among 20,000 take half a second.
    """
    sizes = np.array([len(p) for p in prints])
    pairs = _pairs(prints, sizes, active, least)
    common = _template_hashes(
        prints, np.asarray(families), sorted({n for pair in pairs for n in pair})
    )
    found = []
    for left, right in pairs:
        shared = np.intersect1d(prints[left], prints[right], assume_unique=True)
        shorter = prints[left] if sizes[left] <= sizes[right] else prints[right]
        containment = len(shared) / max(1, len(shorter))
        if containment >= least:
            resemblance = len(shared) / max(1, sizes[left] + sizes[right] - len(shared))
            found.append(
                Shared(left, right, containment, _rare(shared, shorter, common), resemblance)
            )
    return sorted(found, key=lambda s: (-s.resemblance, s.left, s.right))


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


def _template_hashes(
    prints: Sequence[Hashes], families: Indices, involved: Sequence[int]
) -> Hashes:
    """Those of the hashes of the involved articles that many families have."""
    if not involved:
        return np.empty(0, dtype=np.uint64)
    keys, owners = _postings(prints, np.unique(np.concatenate([prints[n] for n in involved])))
    pairs = np.unique(np.stack((keys, families[owners].astype(np.uint64))), axis=1)
    found, counts = np.unique(pairs[0], return_counts=True)
    return found[counts >= _TEMPLATE]


def _postings(lists: Sequence[Hashes], wanted: Hashes) -> tuple[Hashes, Indices]:
    """Every wanted hash with the position of every list that has it; `wanted` is ascending."""
    keys = np.concatenate(lists)
    owners = np.repeat(np.arange(len(lists)), [len(p) for p in lists])
    if not len(wanted):
        return keys[:0], owners[:0]
    places = np.minimum(np.searchsorted(wanted, keys), len(wanted) - 1)
    kept = wanted[places] == keys
    return keys[kept], owners[kept]


def _of_active(lists: Sequence[Hashes], active: Flags) -> Hashes:
    chosen = [p for p, one in zip(lists, active, strict=True) if one]
    return np.unique(np.concatenate(chosen)) if chosen else np.empty(0, dtype=np.uint64)


def _pairs(
    prints: Sequence[Hashes], sizes: Indices, active: Flags, least: float
) -> list[tuple[int, int]]:
    keys, owners = _postings(prints, _of_active(prints, active))
    lefts, rights, _ = _together(keys, owners, active)
    codes, counts = np.unique(lefts * len(sizes) + rights, return_counts=True)
    lefts, rights = codes // len(sizes), codes % len(sizes)
    # crowded hashes are not counted for every pair, so that the first look is more generous than the rule
    enough = counts >= 0.5 * least * np.minimum(sizes[lefts], sizes[rights])
    return [(int(a), int(b)) for a, b in zip(lefts[enough], rights[enough], strict=True)]


# A hash that more articles share than this pairs them only with its first few: the pairs stay linear in the copies.
_CROWD = 24
_FIRST = 6


def _together(keys: Hashes, owners: Indices, active: Flags) -> tuple[Indices, Indices, Hashes]:
    """Every pair of owners of one key, once a key, one of them active; smaller owner first, with the key."""
    order = np.lexsort((owners, ~active[owners], keys))
    keys, owners = keys[order], owners[order]
    starts = (
        np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
        if len(keys)
        else np.empty(0, dtype=np.int64)
    )
    lengths = np.diff(np.r_[starts, len(keys)])
    lefts, rights, shared = (
        [np.empty(0, np.int64)],
        [np.empty(0, np.int64)],
        [np.empty(0, np.uint64)],
    )
    for length in np.unique(lengths[lengths > 1]):
        begins = starts[lengths == length]
        rows = owners[begins[:, None] + np.arange(length)]
        first, second = np.triu_indices(int(length), 1)
        if length > _CROWD:
            first, second = first[first < _FIRST], second[first < _FIRST]
        one, other = rows[:, first].ravel(), rows[:, second].ravel()
        kept = active[one]  # the active ones stand first under their key
        lefts.append(np.minimum(one, other)[kept])
        rights.append(np.maximum(one, other)[kept])
        shared.append(np.repeat(keys[begins], len(first))[kept])
    return np.concatenate(lefts), np.concatenate(rights), np.concatenate(shared)


def topical(
    stems: Sequence[Hashes], active: Flags, *, nearest: int, least: float
) -> list[tuple[int, int]]:
    """Pairs that share many rare words, one of them active: cosine of idf weights at least `least`, the `nearest` best
    of each article.

    Rewrites keep names and terms when they keep no three words in a row; whether one is a rewrite is decided elsewhere.
    """
    total = len(stems)
    if not sum(map(len, stems)):
        return []
    known, inverse, counts = np.unique(
        np.concatenate(stems), return_inverse=True, return_counts=True
    )
    rarity = np.log((total + 1) / counts + 1) ** 2
    owners = np.repeat(np.arange(total), [len(s) for s in stems])
    norms = np.sqrt(np.bincount(owners, weights=rarity[inverse], minlength=total))
    telling = known[(counts > 1) & (counts <= max(_CROWD, total // 20))]
    wanted = _of_active(stems, active)
    keys, owners = _postings(stems, wanted[np.isin(wanted, telling, assume_unique=True)])
    lefts, rights, shared = _together(keys, owners, active)
    codes, places = np.unique(lefts * total + rights, return_inverse=True)
    dots = np.bincount(places, weights=rarity[np.searchsorted(known, shared)], minlength=len(codes))
    a, b = codes // total, codes % total
    return _nearest(a, b, dots / np.maximum(norms[a] * norms[b], 1e-9), nearest, least)


def _nearest(
    a: Indices, b: Indices, cosines: Weights, nearest: int, least: float
) -> list[tuple[int, int]]:
    chosen = []
    taken: Counter[int] = Counter()
    for n in np.argsort(-cosines, kind="stable"):
        if cosines[n] < least:
            break
        pair = (int(a[n]), int(b[n]))
        if min(taken[pair[0]], taken[pair[1]]) < nearest:
            taken.update(pair)
            chosen.append(pair)
    return chosen
