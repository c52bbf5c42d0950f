"""Articles with their sentences in; families of copies out, with each member's role and what it altered."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from ingest.alignment import SAME_COSINE, Embed, Matrix, chain, word_overlap
from ingest.alterations import Copy, read_copy
from ingest.facts import differences, facts
from ingest.roles import COPY_SHARED, members
from ingest.shingles import Hashes, Shared, fingerprint, sharing, topical, words_of
from ingest.types import Article, Family, Member, Sentence

__all__ = ["Embed", "fingerprint", "group"]

# Measured on five articles with three copies, and on 1,937 unrelated passages.
LEAST_SHARED = 0.15  # of the shorter article's shingles
SHORT_SHINGLES = 40  # a text below this many is a copy only with COPY_SHARED
# Of the shorter article's sentences, in one ordered chain: rewrites reach .85 and more, unrelated articles .28,
# reports of one event that were written independently .44.
LEAST_ALIGNED = 0.6


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
    ordered = sorted(articles, key=lambda a: a.article_id)
    copies = [read_copy(a, sentences[a.article_id]) for a in ordered]
    prints = [fingerprint(a, sentences[a.article_id]) for a in ordered]
    families = []
    for places in _clusters(copies, prints, embed):
        found = members([copies[n] for n in places], [prints[n] for n in places], embed)
        families.append((found, [copies[n].article.article_id for n in places]))
    return _named(families, known_ids or {})


def _named(families: Sequence[tuple[tuple[Member, ...], list[str]]], known: Mapping[str, str]) -> tuple[Family, ...]:
    """Larger shares of an earlier family keep its id first; an id is given once."""
    claims = []
    for n, (_, ids) in enumerate(families):
        for family_id, count in Counter(known[i] for i in ids if i in known).items():
            claims.append((-count, family_id, n))
    named: dict[int, str] = {}
    taken: set[str] = set()
    for _, family_id, n in sorted(claims):
        if n not in named and family_id not in taken:
            named[n] = family_id
            taken.add(family_id)
    found = []
    for n, (family, _) in enumerate(families):
        canonical = next(m.article_id for m in family if m.canonical)
        fresh = f"fam_{canonical}"
        while n not in named and fresh in taken:
            fresh += "x"
        taken.add(named.setdefault(n, fresh))
        found.append(Family(named[n], family))
    return tuple(sorted(found, key=lambda f: f.family_id))


def _clusters(copies: Sequence[Copy], prints: Sequence[Hashes], embed: Embed) -> list[list[int]]:
    """Positions of the articles of each family. Two rounds: text that copies share with each other is no template."""
    parents = list(range(len(copies)))
    for _ in range(2):
        for shared in sharing(prints, [_top(parents, n) for n in range(len(copies))], least=LEAST_SHARED):
            if _top(parents, shared.left) != _top(parents, shared.right) and _are_copies(shared, copies, prints):
                _unite(parents, shared.left, shared.right)
    for left, right in _possible_rewrites(copies, prints):
        if _top(parents, left) != _top(parents, right) and _say_the_same(copies[left], copies[right], embed):
            _unite(parents, left, right)
    found: dict[int, list[int]] = defaultdict(list)
    for n in range(len(copies)):
        found[_top(parents, n)].append(n)
    return list(found.values())


def _top(parents: list[int], n: int) -> int:
    while parents[n] != n:
        parents[n] = parents[parents[n]]
        n = parents[n]
    return n


def _unite(parents: list[int], left: int, right: int) -> None:
    left, right = _top(parents, left), _top(parents, right)
    parents[max(left, right)] = min(left, right)


# Two sentences that share this much of their words say the same in other words.
_REWORDED = 0.4
_FEWEST_ALIGNED = 3  # sentences; two stubs of one kind have two alike by chance
_FEWEST_REWORDED = 5  # sentences, where no run of words is shared
_LONG_SHARED = 120  # shingles; less than this in common may be a notice, if nothing else is
_BEGINNING = 600  # sentences; enough of a book to tell whether it is another
_UNRELATED = 0.1  # word overlap of what two articles do not share


def _are_copies(shared: Shared, copies: Sequence[Copy], prints: Sequence[Hashes]) -> bool:
    """The rule on shared words; `_say_the_same` is the rule on shared meaning."""
    shorter = min(len(prints[shared.left]), len(prints[shared.right]))
    share = shared.rare_containment
    left, right = copies[shared.left], copies[shared.right]
    if share >= COPY_SHARED:
        return True
    if shorter < SHORT_SHINGLES or share < LEAST_SHARED:
        return False
    sentences = left.sentences[:_BEGINNING], right.sentences[:_BEGINNING]
    overlap = word_overlap(*sentences)
    aligned = len(chain(overlap, _REWORDED))
    if aligned < LEAST_ALIGNED * min(overlap.shape) or (share < 0.5 and aligned < _FEWEST_ALIGNED):
        return False
    if share * shorter < _LONG_SHARED and not _rests_are_related(*sentences, overlap):
        return False
    return _share_facts(left, right) and _tell_one_event(left, right, overlap)


_FEWEST_FACTS = 2
_MOST_CONFLICTING = 0.6  # of the aligned sentences


def _share_facts(left: Copy, right: Copy) -> bool:
    """Copies name the same people and places; site notices that stand alone in two articles name nobody."""
    names = [{fact.value for s in side.sentences for fact in facts(s.text).names} for side in (left, right)]
    return len(names[0] & names[1]) >= _FEWEST_FACTS


def _tell_one_event(left: Copy, right: Copy, similarity: Matrix) -> bool:
    """Reports of one kind (matches, markets, weather) share their sentences and differ in nearly all their facts."""
    pairs = chain(similarity, _REWORDED)
    conflicting = sum(
        any(d.kind in ("name", "number", "date") for d in differences(left.sentences[i].text, right.sentences[j].text))
        for i, j in pairs
    )
    return conflicting < _MOST_CONFLICTING * max(1, len(pairs))


def _rests_are_related(left: Sequence[Sentence], right: Sequence[Sentence], overlap: Matrix) -> bool:
    """Whether the sentences two articles do not share still speak of the same: those around a common notice do not."""
    rests = [
        " ".join(s.text for s, best in zip(side, overlap.max(axis=axis), strict=True) if best < COPY_SHARED)
        for side, axis in ((left, 1), (right, 0))
    ]
    if not all(rests):
        return True
    sides = [[Sentence(0, 0, rest)] for rest in rests]
    return bool(word_overlap(sides[0], sides[1])[0, 0] >= _UNRELATED)


_NEAREST = 3
_SAME_TOPIC = 0.3  # cosine of idf-weighted words


def _possible_rewrites(copies: Sequence[Copy], prints: Sequence[Hashes]) -> list[tuple[int, int]]:
    """Pairs of long enough articles that share rare words: candidates for a comparison by meaning."""
    long_enough = [n for n, p in enumerate(prints) if len(p) >= SHORT_SHINGLES]
    words = [[w for s in copies[n].sentences for w in words_of(s.text)] for n in long_enough]
    return [(long_enough[a], long_enough[b]) for a, b in topical(words, nearest=_NEAREST, least=_SAME_TOPIC)]


def _say_the_same(left: Copy, right: Copy, embed: Embed) -> bool:
    """The costly look: sentences are embedded only where enough of them share words."""
    ours, theirs = left.sentences[:_BEGINNING], right.sentences[:_BEGINNING]
    overlap = word_overlap(ours, theirs)
    fewest = max(_FEWEST_REWORDED, LEAST_ALIGNED * min(overlap.shape))
    if len(chain(overlap, 0.3)) < _FROM_WORDS * fewest:
        return False
    vectors = embed([s.text for s in (*ours, *theirs)])
    cosines = np.asarray(vectors[: len(ours)] @ vectors[len(ours) :].T, dtype=np.float64)
    cosines[overlap < _SOME_WORDS] = 0
    aligned = chain(cosines, SAME_COSINE)
    return len(aligned) >= fewest and _share_facts(left, right) and _tell_one_event(left, right, cosines)


_FROM_WORDS = 0.6  # of the sentences that have to align, how many words alone must pair loosely
_SOME_WORDS = 0.2  # independent reports of one event have like-minded sentences with few words in common
