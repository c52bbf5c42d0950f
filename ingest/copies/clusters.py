"""Prints of articles in; which of them are copies of one another out, as lists of positions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from ingest.copies.alterations import Copy
from ingest.copies.copy_roles import COPY_SHARED
from ingest.copies.likeness import LEAST_SHARED, SHORT_SHINGLES, repeats, says_the_same
from ingest.copies.near_duplicates import Flags, Indices, Shared, Sharing, topical
from ingest.copies.roundups import carries, same_title
from ingest.copies.sentence_alignment import Embed
from ingest.copies.shingles import Hashes, Print

Read = Callable[[int], Copy]  # the article at a position, with its sentences

_NEAREST = 3
_SAME_TOPIC = 0.3  # cosine of idf-weighted words


def clusters(
    prints: Sequence[Print], standing: Sequence[int], active: Flags, read: Read, embed: Embed
) -> list[list[int]]:
    """Positions of the articles of each family, each list ascending.

    `standing` gives for each article the position of the first of its family, as far as it is known; what two articles
    that are not `active` are to each other is not asked again. Articles are read only where their prints meet.
    """
    if not active.any():
        return _Clusters(prints, np.zeros(0, np.int64), standing, read, embed).lists()
    shared = Sharing(_Part(prints, lambda p: p.shingles), active, least=LEAST_SHARED)
    found = _Clusters(prints, shared.sizes, standing, read, embed)
    for _ in range(2):  # text that copies share with each other is no template
        found.link_repeated(shared.under(found.tops()))
    stems = _Part(prints, lambda p: p.stems if len(p.shingles) >= SHORT_SHINGLES else p.stems[:0])
    found.link_rewritten(topical(stems, active, nearest=_NEAREST, least=_SAME_TOPIC))
    return found.lists()


@dataclass(frozen=True, slots=True)
class _Part(Sequence[Hashes]):
    """One list of each print, read when it is asked for."""

    prints: Sequence[Print]
    part: Callable[[Print], Hashes]

    def __len__(self) -> int:
        return len(self.prints)

    def __getitem__(self, n: Any) -> Any:
        return self.part(self.prints[n])

    def __iter__(self) -> Iterator[Hashes]:
        return map(self.part, self.prints)


class _Clusters:
    """Articles by position, united step by step; a round-up never unites what it carries."""

    def __init__(
        self,
        prints: Sequence[Print],
        sizes: Indices,
        standing: Sequence[int],
        read: Read,
        embed: Embed,
    ):
        self._sizes = sizes
        self._prints = prints
        self._parents = list(standing)
        self._members: dict[int, list[int]] = defaultdict(list)
        for n, top in enumerate(standing):
            self._members[top].append(n)
        self._read, self._embed = read, embed
        self._carried: dict[tuple[int, int], bool] = {}

    def tops(self) -> list[int]:
        return [self._top(n) for n in range(len(self._parents))]

    def lists(self) -> list[list[int]]:
        return [sorted(members) for _, members in sorted(self._members.items())]

    def link_repeated(self, pairs: Sequence[Shared]) -> None:
        """Unites what repeats the same words: what is nearly all the same or has one headline first, as no round-up is
        among it; the rest by the result of that, so that few pairs of many copies have to be compared."""
        rest = []
        for pair in pairs:
            titles = [self._read(n).article.title for n in (pair.left, pair.right)]
            if pair.resemblance < COPY_SHARED and not same_title(*titles):
                rest.append(pair)
            elif (
                self._apart(pair.left, pair.right)
                and self._repeats(pair)
                and not self._carries(pair.left, pair.right)
                and not self._carries(pair.right, pair.left)
            ):
                self._unite(pair.left, pair.right)
        same = self.tops()
        by_cluster: dict[tuple[int, int], list[Shared]] = defaultdict(list)
        for pair in rest:
            if self._apart(pair.left, pair.right):
                by_cluster[same[pair.left], same[pair.right]].append(pair)
        closest = (
            next(filter(self._repeats, some[:_MOST_TRIED]), None) for some in by_cluster.values()
        )
        self._link([(pair.left, pair.right) for pair in closest if pair])

    def link_rewritten(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Unites what says the same in other words."""
        self._link(
            (left, right)
            for left, right in pairs
            if self._apart(left, right)
            and says_the_same(self._read(left), self._read(right), self._embed)
        )

    def _repeats(self, pair: Shared) -> bool:
        shorter = min(self._sizes[pair.left], self._sizes[pair.right])
        return repeats(pair, shorter, self._read(pair.left), self._read(pair.right))

    def _link(self, copies: Iterable[tuple[int, int]]) -> None:
        """Unites pairs of copies; those of a round-up last, when it is known what belongs to what it carries."""
        links = [
            pair for pair in copies if not self._carries(*pair) and not self._carries(*pair[::-1])
        ]
        carriers = {holder for (holder, _), carried in self._carried.items() if carried}
        for left, right in sorted(links, key=lambda pair: not carriers.isdisjoint(pair)):
            if self._apart(left, right):
                # no family carries the other: their longest articles with a headline are asked
                ours, theirs = self._representatives(left), self._representatives(right)
                pairs = [(a, b) for a in ours for b in theirs]
                if not any(self._carries(*pair) or self._carries(*pair[::-1]) for pair in pairs):
                    self._unite(left, right)

    def _representatives(self, n: int) -> list[int]:
        longest = sorted(self._members[self._top(n)], key=lambda m: (-self._sizes[m], m))
        return list(islice((m for m in longest if self._read(m).article.title), _MOST_ASKED))

    def _carries(self, holder: int, item: int) -> bool:
        known = self._carried.get((holder, item))
        if known is None:
            ours, theirs = self._prints[holder].shingles, self._prints[item].shingles
            shared = len(np.intersect1d(ours, theirs, assume_unique=True))
            known = shared >= LEAST_SHARED * min(len(ours), len(theirs)) and carries(
                self._read(holder), self._read(item), self._embed
            )
            self._carried[holder, item] = known
        return known

    def _apart(self, left: int, right: int) -> bool:
        return self._top(left) != self._top(right)

    def _top(self, n: int) -> int:
        while self._parents[n] != n:
            self._parents[n] = self._parents[self._parents[n]]
            n = self._parents[n]
        return n

    def _unite(self, left: int, right: int) -> None:
        first, second = sorted((self._top(left), self._top(right)))
        self._parents[second] = first
        self._members[first] += self._members.pop(second)


_MOST_TRIED = 3  # pairs of two groups of nearly the same text
_MOST_ASKED = 2  # articles of a family
