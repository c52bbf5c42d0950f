"""Whether one of two articles is a copy of the other, in the same or in other words, or a round-up that merely carries it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from ingest.copies.copy_roles import COPY_SHARED
from ingest.copies.near_duplicates import Copy, Flags, Prose, Shared, words_of
from ingest.copies.sentence_alignment import (
    SAME_COSINE,
    SAME_WORDS,
    Embed,
    chain,
    word_overlap,
)
from ingest.english import analyse, differences
from ingest.english.word_kinds import TermKind
from ingest.types import SentenceKind

# Measured on five articles with three copies, and on 1,937 unrelated passages.
LEAST_SHARED = 0.15  # of the shorter article's shingles
SHORT_SHINGLES = 40  # a text below this many is a copy only with COPY_SHARED
# Of the words of the shorter article's prose, those of sentences that stand for one another, each weighted by its share
# of common words: copies and later versions have .58 and more, follow-ups that repeat background paragraphs .51 at most
# (76 labelled pairs, 15 pairs of real pages).
LEAST_PROSE = 0.55
# Of the shorter article's sentences: rewrites reach .85 and more, reports of one event that were written independently
# .44, unrelated articles .28.
LEAST_ALIGNED = 0.6

_FEWEST_REWORDED = (
    5  # sentences, where no run of words is shared; two stubs have fewer alike by chance
)
_BEGINNING = 600  # sentences; enough of a book to tell whether it is another


def repeats(shared: Shared, shorter: int, left: Copy, right: Copy) -> bool:
    """The rule on shared words; `says_the_same` is the rule on shared meaning. `shorter` counts its shingles."""
    if shared.rare_containment < (LEAST_SHARED if shorter >= SHORT_SHINGLES else COPY_SHARED):
        return False
    ours, theirs = left.prose, right.prose
    if not ours.sentences or not theirs.sentences:  # lists and tables: only the whole page tells
        return shared.resemblance >= COPY_SHARED and not _is_shell(left, right)
    overlap = word_overlap(ours.sentences[:_BEGINNING], theirs.sentences[:_BEGINNING])
    best, back = overlap.argmax(axis=1), overlap.argmax(axis=0)
    # each other's best partners, in whatever order
    aligned = [
        (i, int(j)) for i, j in enumerate(best) if back[j] == i and overlap[i, j] >= SAME_WORDS
    ]
    covered = max(  # of the shares of the two articles the larger one
        sum(side.words[pair[n]] * float(overlap[pair]) for pair in aligned) / sum(side.words)
        for n, side in enumerate((ours, theirs))
    )
    return (
        covered >= LEAST_PROSE
        and _tell_one_event(ours, theirs, aligned)
        and not _list_other_things(left, right)
        and not _share_a_notice(left, right, aligned)
        and not _is_shell(left, right)
    )


def says_the_same(left: Copy, right: Copy, embed: Embed) -> bool:
    """The costly look: sentences are embedded only where enough of them share words."""
    ours, theirs = left.prose, right.prose
    a, b = ours.sentences[:_BEGINNING], theirs.sentences[:_BEGINNING]
    fewest = max(_FEWEST_REWORDED, LEAST_ALIGNED * min(len(a), len(b)))
    if min(len(a), len(b)) < _FEWEST_REWORDED:
        return False
    overlap = word_overlap(a, b)
    if len(chain(overlap, 0.3)) < _FROM_WORDS * fewest:
        return False
    vectors = embed([s.text for s in (*a, *b)])
    cosines = np.asarray(vectors[: len(a)] @ vectors[len(a) :].T, dtype=np.float64)
    cosines[overlap < _SOME_WORDS] = 0
    aligned = chain(cosines, SAME_COSINE)
    return (
        len(aligned) >= fewest
        and _share_facts(left, right)
        and _tell_one_event(ours, theirs, aligned)
        and not _share_a_notice(left, right, aligned)
        and not _is_shell(left, right)
    )


_FROM_WORDS = 0.6  # of the sentences that have to align, how many words alone must pair loosely
_SOME_WORDS = (
    0.2  # independent reports of one event have like-minded sentences with few words in common
)
_FEWEST_FACTS = 2
_MOST_CONFLICTING = (
    0.5  # of the aligned sentences: templated articles .6 and more, later versions .38 at most
)
_EXACT_DIGITS = 2


def _share_facts(left: Copy, right: Copy) -> bool:
    """Copies have names, dates or exact figures in common."""
    found = []
    for side in (left, right):
        read = [analyse(s.text) for s in side.sentences]
        exact = {
            number.value
            for one in read
            for number in one.numbers
            if sum(map(str.isdigit, number.value)) >= _EXACT_DIGITS
        }
        found.append(exact | {fact.value for one in read for fact in (*one.names, *one.dates)})
    return len(found[0] & found[1]) >= _FEWEST_FACTS


def _tell_one_event(ours: Prose, theirs: Prose, aligned: Sequence[tuple[int, int]]) -> bool:
    """Reports of one kind (matches, markets, weather) share their sentences and differ in nearly all their facts."""
    conflicting = sum(
        any(
            d.kind in ("name", "number", "date")
            for d in differences(ours.sentences[i].text, theirs.sentences[j].text)
        )
        for i, j in aligned
    )
    return conflicting < _MOST_CONFLICTING * max(1, len(aligned))


def _list_other_things(left: Copy, right: Copy) -> bool:
    """Whether one text introduces two long lists that have little in common: one form, filled in twice."""
    listed = []
    for side in (left, right):
        running = {s.start for s in side.prose.sentences}
        listed.append([s.text for s in side.sentences if s.start not in running])
    if min(map(len, listed)) < _LONG_LIST:
        return False
    one, other = map(_stems, listed)
    return 2 * len(one & other) < _SAME_LIST * (len(one) + len(other))


_LONG_LIST = 15  # lines
_SAME_LIST = 0.5  # of the words of both


def _share_a_notice(left: Copy, right: Copy, aligned: Sequence[tuple[int, int]]) -> bool:
    """Whether what two articles share is a footer, an invitation or a disclaimer: both begin with something else, of
    which neither the other article nor the shared text speaks."""
    ours, theirs = left.prose, right.prose
    shared = [ours.sentences[i] for i, _ in aligned]
    if sum(ours.words[i] for i, _ in aligned) > _LONGEST_NOTICE:
        return False
    taken = {i for i, _ in aligned}, {j for _, j in aligned}
    rests = [
        [s for n, s in enumerate(side.sentences) if n not in used]
        for side, used in zip((ours, theirs), taken, strict=True)
    ]
    if 0 in taken[0] | taken[1] or not all(rests):
        return False
    common = _stems(s.text for s in shared)
    one, other = (
        _stems([side.article.title or "", *(s.text for s in rest)])
        for side, rest in zip((left, right), rests, strict=True)
    )
    return (
        2 * len(one & other) < _UNRELATED * (len(one) + len(other))
        and len(one & common) < _SPOKEN_OF * len(one)
        and len(other & common) < _SPOKEN_OF * len(other)
    )


# Of 76 labelled pairs: around shared notices .08 and .16 at most, in later versions of one story .11 and .17 at least.
_UNRELATED, _SPOKEN_OF = 0.1, 0.2
_LONGEST_NOTICE = 200  # words


def _is_shell(left: Copy, right: Copy) -> bool:
    """Whether two pages of one outlet are what a site shows in place of an article (a consent form, a survey): the same
    text under two headlines of which it says nothing."""
    sides = left, right
    titles = [side.article.title or "" for side in sides]
    told = [[s.text for s in side.sentences if s.kind is SentenceKind.BODY] for side in sides]
    outlets = {side.article.publisher for side in sides}
    if titles[0] == titles[1] or told[0] != told[1] or len(outlets) > 1 or None in outlets:
        return False
    common = _stems(told[0])
    return all(len((words := _stems([t])) & common) < _NAMED * len(words) for t in titles)


_NAMED = 0.5  # of the words of a headline


def _stems(texts: Iterable[str]) -> frozenset[str]:
    return frozenset().union(*(analyse(text).stems for text in texts))


# Cosine between the mean vectors of what is shared and of the rest, measured on the sentences beside the border of a
# third of 500 Wikipedia passages, against what stood around it and against other passages put around it: 96 % of the
# parts lie above, 99 % of the strangers below.
CONTINUED_COSINE = 0.35
SAME_TITLE = 0.75  # share of the words of both
# sentences, and of all: a notice or a note on the author is no other story
_FEWEST_LEFT, _LEAST_LEFT = 4, 0.15


def carries(holder: Copy, item: Copy, embed: Embed) -> bool:
    """Whether `holder` tells of something else before and after what it has of `item`, under another headline.

    A fragment is continued by its article; a round-up turns to something else, and would link articles that have
    nothing to do with one another. An article without a headline of its own is no item.
    """
    title = item.article.title
    if not title or same_title(holder.article.title, title):
        return False
    headline = _subjects(holder.article.title or "")
    told = frozenset().union(*(_subjects(s.text) for s in item.sentences))
    if len(headline & told) >= max(_FEWEST_SPOKEN_OF, _LEAST_SPOKEN_OF * len(headline)):
        return False  # it is what the holder's own headline speaks of: a part of its story
    headings = (s.text for s in holder.sentences if s.kind is SentenceKind.HEADING)
    if (item.article.publisher or item.article.published_on) and any(
        same_title(heading, title) for heading in headings
    ):
        return True  # it stands there complete, under its own headline
    body = holder.prose.sentences[:_BEGINNING]
    if not body:
        return False
    theirs = item.sentences[:_BEGINNING]
    overlap = word_overlap(body, theirs)
    if not _has_rest(overlap.max(axis=1, initial=0) >= SAME_WORDS):
        return False
    vectors = embed([s.text for s in (*body, *theirs)])
    cosines = vectors[: len(body)] @ vectors[len(body) :].T
    shared = (overlap.max(axis=1, initial=0) >= SAME_WORDS) | (
        cosines.max(axis=1, initial=0) >= SAME_COSINE
    )
    if not shared.any() or not _has_rest(shared):
        return False
    own, rest = (vectors[: len(body)][part].mean(axis=0) for part in (shared, ~shared))
    return float(own @ rest) < CONTINUED_COSINE * float(np.linalg.norm(own) * np.linalg.norm(rest))


def _subjects(text: str) -> frozenset[str]:
    """Names and plain words; a digest is headed by its day."""
    return frozenset(
        t.value for t in analyse(text).terms if t.kind in (TermKind.NAME, TermKind.WORD)
    )


_FEWEST_SPOKEN_OF, _LEAST_SPOKEN_OF = 2, 0.4  # words of a headline, and of all of them


def _has_rest(shared: Flags) -> bool:
    """Whether a holder has enough besides."""
    return int((~shared).sum()) >= max(_FEWEST_LEFT, _LEAST_LEFT * len(shared))


def same_title(one: str | None, other: str | None) -> bool:
    """Whether two headlines have nearly the same words; False where one is missing."""
    words = set(words_of(one or "")), set(words_of(other or ""))
    return 2 * len(words[0] & words[1]) >= SAME_TITLE * max(1, len(words[0]) + len(words[1]))
