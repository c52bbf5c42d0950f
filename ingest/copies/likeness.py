"""Two articles that share words in; whether one is a copy of the other, in the same or in other words, out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ingest.copies.alignment import SAME_COSINE, Embed, Matrix, chain, word_overlap
from ingest.copies.alterations import Copy
from ingest.copies.candidates import Shared
from ingest.copies.roles import COPY_SHARED
from ingest.english import Analysis, Span, analyse, differences
from ingest.types import Sentence

# Measured on five articles with three copies, and on 1,937 unrelated passages.
LEAST_SHARED = 0.15  # of the shorter article's shingles
SHORT_SHINGLES = 40  # a text below this many is a copy only with COPY_SHARED
# Of the shorter article's sentences, in one ordered chain: rewrites reach .85 and more, unrelated articles .28,
# reports of one event that were written independently .44.
LEAST_ALIGNED = 0.6

# Two sentences that share this much of their words say the same in other words.
_REWORDED = 0.4
_FEWEST_ALIGNED = 3  # sentences; two stubs of one kind have two alike by chance
_FEWEST_REWORDED = 5  # sentences, where no run of words is shared
_LONG_SHARED = 120  # shingles; less than this in common may be a notice, if nothing else is
_BEGINNING = 600  # sentences; enough of a book to tell whether it is another
_UNRELATED = 0.1  # word overlap of what two articles do not share


def repeats(shared: Shared, shorter: int, left: Copy, right: Copy) -> bool:
    """The rule on shared words; `says_the_same` is the rule on shared meaning. `shorter` counts its shingles."""
    share = shared.rare_containment
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
    return (shorter >= _LONG_SHARED or _share_facts(left, right)) and _tell_one_event(
        left, right, overlap
    )


def says_the_same(left: Copy, right: Copy, embed: Embed) -> bool:
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
    return (
        len(aligned) >= fewest
        and _share_facts(left, right)
        and _tell_one_event(left, right, cosines)
    )


_FROM_WORDS = 0.6  # of the sentences that have to align, how many words alone must pair loosely
_SOME_WORDS = (
    0.2  # independent reports of one event have like-minded sentences with few words in common
)


_FEWEST_FACTS = 2
_MOST_CONFLICTING = 0.6  # of the aligned sentences


def _share_facts(left: Copy, right: Copy) -> bool:
    """Copies have names, dates or exact figures in common; site notices that stand alone in two articles have none."""
    found = [
        {fact.value for s in side.sentences for fact in _telling(analyse(s.text))}
        for side in (left, right)
    ]
    return len(found[0] & found[1]) >= _FEWEST_FACTS


def _telling(found: Analysis) -> Iterator[Span]:
    yield from found.names
    yield from found.dates
    yield from (
        number for number in found.numbers if sum(map(str.isdigit, number.value)) >= _EXACT_DIGITS
    )


_EXACT_DIGITS = 2


def _tell_one_event(left: Copy, right: Copy, similarity: Matrix) -> bool:
    """Reports of one kind (matches, markets, weather) share their sentences and differ in nearly all their facts."""
    pairs = chain(similarity, _REWORDED)
    conflicting = sum(
        any(
            d.kind in ("name", "number", "date")
            for d in differences(left.sentences[i].text, right.sentences[j].text)
        )
        for i, j in pairs
    )
    return conflicting < _MOST_CONFLICTING * max(1, len(pairs))


def _rests_are_related(
    left: Sequence[Sentence], right: Sequence[Sentence], overlap: Matrix
) -> bool:
    """Whether the sentences two articles do not share still speak of the same: those around a common notice do not."""
    rests = [
        " ".join(
            s.text
            for s, best in zip(side, overlap.max(axis=axis), strict=True)
            if best < COPY_SHARED
        )
        for side, axis in ((left, 1), (right, 0))
    ]
    if not all(rests):
        return True
    sides = [[Sentence(0, 0, rest)] for rest in rests]
    return bool(word_overlap(sides[0], sides[1])[0, 0] >= _UNRELATED)
