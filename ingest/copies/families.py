"""Articles with their sentences in; families of copies out, with each member's role and what it altered."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import islice
from typing import Any

import numpy as np

from ingest.copies.copy_roles import COPY_SHARED, members
from ingest.copies.likeness import (
    LEAST_SHARED,
    SHORT_SHINGLES,
    carries,
    repeats,
    same_title,
    says_the_same,
)
from ingest.copies.near_duplicates import (
    Copy,
    Flags,
    Hashes,
    Indices,
    Print,
    Shared,
    Sharing,
    print_of,
    read_copy,
    topical,
)
from ingest.copies.sentence_alignment import Embed
from ingest.types import Article, Family, Member, Sentence

Split = tuple[Article, Sequence[Sentence]]


@dataclass(frozen=True, slots=True)
class Prints:
    """Prints of articles, which need not all be in memory."""

    ids: AbstractSet[str]
    some: Callable[[Sequence[str]], Mapping[str, Print]]  # of those that are asked for

    @classmethod
    def of(cls, known: Mapping[str, Print]) -> Prints:
        return cls(known.keys(), lambda ids: {i: known[i] for i in ids})


@dataclass(frozen=True, slots=True)
class Standing:
    """The articles that are grouped already and stay, as far as new ones have to be compared with them."""

    prints: Prints  # those of the new ones may stand here too
    families: Sequence[Family]  # as they were, with the members that go
    read: Callable[[str], Split]  # an article by its id; asked for few
    # ids of articles that a desk took out of the family they would be in, and in whose they are
    placed: Mapping[str, str] = field(default_factory=dict)


def group(
    articles: Sequence[Article],
    sentences: Mapping[str, Sequence[Sentence]],
    embed: Embed,
    known_ids: Mapping[str, str] | None = None,
) -> tuple[Family, ...]:
    """Every article in exactly one family, ordered by `family_id`; the order of `articles` makes no difference.

    Two articles are copies if they share enough three-word shingles, template text left out, and their sentences align
    in order; or if their sentences align by meaning although the words do not. `sentences` maps `article_id` to the
    article's sentences. `known_ids` maps `article_id` to the family it was in before: a family keeps the id most of its
    members had; a new one is named after its canonical member.
    """
    return _grouped([(a, sentences[a.article_id]) for a in articles], None, known_ids or {}, embed)


def regroup(fresh: Sequence[Split], standing: Standing, embed: Embed) -> tuple[Family, ...]:
    """The families of `fresh` and the standing articles together, ordered by `family_id`.

    Only new articles, and those whose family loses a member, are compared with others; a family that none of them
    touches stays as it is. An article of `standing.families` that is not new and has no print is gone.
    """
    known = {m.article_id: family.family_id for family in standing.families for m in family.members}
    return _grouped(fresh, standing, known, embed)


def _grouped(
    fresh: Sequence[Split], standing: Standing | None, known: Mapping[str, str], embed: Embed
) -> tuple[Family, ...]:
    new = {article.article_id: (article, sentences) for article, sentences in fresh}
    stored = standing.prints if standing else Prints.of({})
    own = dict(stored.some([i for i in new if i in stored.ids]))
    own |= {i: print_of(*split) for i, split in new.items() if i not in own}
    ids = sorted(stored.ids | own.keys())
    if not ids:  # the last article is gone
        return ()
    place = {i: n for n, i in enumerate(ids)}
    staying = stored.ids - new.keys()
    whole = [  # whose members are all still there, one of them the canonical one
        family
        for family in (standing.families if standing else ())
        if all(m.article_id in staying for m in family.members)
        and sum(m.canonical for m in family.members) == 1
    ]
    desk = standing.placed if standing else {}
    placed = {place[i]: place.get(other, place[i]) for i, other in desk.items() if i in place}
    tops = list(range(len(ids)))
    for family in whole:
        places_of_it = {place[m.article_id] for m in family.members} - placed.keys()
        for n in places_of_it:
            tops[n] = min(places_of_it)
    untouched = {m.article_id for family in whole for m in family.members}

    @cache
    def read(n: int) -> Copy:
        split = new.get(ids[n])
        if split is None:
            assert standing is not None
            split = standing.read(ids[n])
        return read_copy(*split)

    ordered = _Ordered(ids, own, stored)
    active = np.array([i not in untouched for i in ids], dtype=np.bool_)
    same = {frozenset(m.article_id for m in family.members): family for family in whole}
    found: list[Family] = []
    changed: list[tuple[Member, ...]] = []
    for places in _as_placed(clusters(ordered, tops, active, read, embed), placed):
        if family_before := same.get(frozenset(ids[n] for n in places)):
            found.append(family_before)
        else:
            changed.append(
                members([read(n) for n in places], [ordered[n].shingles for n in places], embed)
            )
    named = _named(changed, known, {family.family_id for family in found})
    return tuple(sorted([*found, *named], key=lambda f: f.family_id))


class _Ordered(Sequence[Print]):
    """Prints by position; those of articles that stay are read in passing."""

    def __init__(self, ids: Sequence[str], own: Mapping[str, Print], stored: Prints):
        self._ids, self._own, self._stored = ids, own, stored
        self._kept = lru_cache(maxsize=MOST_KEPT)(lambda i: stored.some([i])[i])

    def __len__(self) -> int:
        return len(self._ids)

    def __getitem__(self, n: Any) -> Any:
        one = self._ids[n]
        return self._own[one] if one in self._own else self._kept(one)

    def __iter__(self) -> Iterator[Print]:
        for start in range(0, len(self._ids), READ_AT_ONCE):
            some = self._ids[start : start + READ_AT_ONCE]
            found = self._stored.some([i for i in some if i not in self._own])
            yield from (self._own[i] if i in self._own else found[i] for i in some)


READ_AT_ONCE = 1_000  # prints of 3 kB each
MOST_KEPT = 2_000  # prints that were asked for singly


def _as_placed(found: Sequence[list[int]], placed: Mapping[int, int]) -> list[list[int]]:
    """The families with each placed article in that of another one, or in one of its own."""
    parted = [[n for n in family if n not in placed] for family in found]
    homes = {n: family for family in [*parted, *([n] for n in placed)] for n in family}
    for n, other in placed.items():
        if homes[n] is not homes[other]:
            joined = sorted(homes[n] + homes[other])
            homes |= dict.fromkeys(joined, joined)
    return list({id(family): family for _, family in sorted(homes.items())}.values())


def _named(
    families: Sequence[tuple[Member, ...]], known: Mapping[str, str], taken: set[str]
) -> list[Family]:
    """Larger shares of an earlier family keep its id first; an id is given once."""
    claims = []
    for n, family in enumerate(families):
        for family_id, count in Counter(
            known[m.article_id] for m in family if m.article_id in known
        ).items():
            claims.append((-count, family_id, n))
    named: dict[int, str] = {}
    for _, family_id, n in sorted(claims):
        if n not in named and family_id not in taken:
            named[n] = family_id
            taken.add(family_id)
    found = []
    for n, family in enumerate(families):
        fresh = f"fam_{next(m.article_id for m in family if m.canonical)}"
        while n not in named and fresh in taken:
            fresh += "x"
        taken.add(named.setdefault(n, fresh))
        found.append(Family(named[n], family))
    return found


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
