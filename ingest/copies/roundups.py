"""Two articles that share text in; whether the longer is a round-up that merely carries the shorter, out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ingest.copies.alterations import Copy
from ingest.copies.sentence_alignment import SAME_COSINE, SAME_WORDS, Embed, word_overlap
from ingest.copies.shingles import words_of
from ingest.english import analyse
from ingest.english.word_kinds import TermKind
from ingest.types import SentenceKind

Flags = npt.NDArray[np.bool_]

# Cosine between the mean vectors of what is shared and of the rest, measured on the sentences beside the border of a
# third of 500 Wikipedia passages, against what stood around it and against other passages put around it: 96 % of the
# parts lie above, 99 % of the strangers below.
CONTINUED_COSINE = 0.35
SAME_TITLE = 0.75  # share of the words of both
# sentences, and of all: a notice or a note on the author is no other story
_FEWEST_LEFT, _LEAST_LEFT = 4, 0.15
_BEGINNING = 600  # sentences


def carries(holder: Copy, item: Copy, embed: Embed) -> bool:
    """Whether `holder` tells of something else before and after what it has of `item`, under another headline.

    A fragment is continued by its article; a round-up turns to something else, and would link articles that have
    nothing to do with one another. An article without a headline of its own is no item.
    """
    title = item.article.title
    if not title or same_title(holder.article.title, title) or _is_headline_of(holder, item):
        return False
    if _is_headed(holder, item):
        return True
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


def _is_headline_of(holder: Copy, item: Copy) -> bool:
    """Whether the longer article's own headline speaks of what stands in the other: a part of its story, then."""
    words = _subjects(holder.article.title or "")
    told = frozenset().union(*(_subjects(s.text) for s in item.sentences))
    return len(words & told) >= max(_FEWEST_SPOKEN_OF, _SPOKEN_OF * len(words))


def _subjects(text: str) -> frozenset[str]:
    """Names and plain words; a digest is headed by its day."""
    return frozenset(
        t.value for t in analyse(text).terms if t.kind in (TermKind.NAME, TermKind.WORD)
    )


_FEWEST_SPOKEN_OF, _SPOKEN_OF = 2, 0.4  # words of a headline, and of all of them


def _has_rest(shared: Flags) -> bool:
    """Whether a holder has enough besides."""
    return int((~shared).sum()) >= max(_FEWEST_LEFT, _LEAST_LEFT * len(shared))


def _is_headed(holder: Copy, item: Copy) -> bool:
    """Whether a complete article, with its outlet or date, stands under its own headline within the other."""
    article = item.article
    if not article.title or not (article.publisher or article.published_on):
        return False
    return any(
        same_title(s.text, article.title)
        for s in holder.sentences
        if s.kind is SentenceKind.HEADING
    )


def same_title(one: str | None, other: str | None) -> bool:
    """Whether two headlines have nearly the same words; False where one is missing."""
    words = set(words_of(one or "")), set(words_of(other or ""))
    return 2 * len(words[0] & words[1]) >= SAME_TITLE * max(1, len(words[0]) + len(words[1]))
