"""The running prose of an article: the sentences by which a copy is told from another account of the same thing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.copies.shingles import words_of
from ingest.types import Sentence, SentenceKind

FEWEST_WORDS = 5  # outside quotation marks; less is an aside, a label or the frame of a quotation


@dataclass(frozen=True, slots=True)
class Prose:
    """Sentences in the order of the article, without what stands in quotation marks, and the words of each.

    Lists, tables, headings, links, schedules and quotations are the same in every account of one event, and so is what
    one speaker said; only sentences that a reporter put together tell who copied whom.
    """

    sentences: tuple[Sentence, ...]
    words: tuple[int, ...]


def prose(sentences: Sequence[Sentence]) -> Prose:
    """Of an article's sentences those that run: a whole sentence of the body, and no item of a list."""
    kept, words = [], []
    for sentence in sentences:
        if sentence.kind is not SentenceKind.BODY or not _RUNS.match(sentence.text):
            continue
        told = _QUOTED.sub(" ", sentence.text)
        if (count := len(words_of(told))) >= FEWEST_WORDS:
            kept.append(Sentence(sentence.start, sentence.end, told, sentence.kind))
            words.append(count)
    return Prose(tuple(kept), tuple(words))


_QUOTED = re.compile(r"[\"“„«][^\"“”„«»]*[\"”»]")
# Begins with no bullet or number of an item, ends as a sentence ends.
_RUNS = re.compile(
    r"(?!\s*(?:[-–—*•‣◦▪·]\s|\(?\d{1,3}[.)]\s|[^.!?]{1,40}:\S)).*[.!?…][\"'”’»)\]]*\s*$", re.DOTALL
)
