"""A gold quote and the text of articles come in; where the quote stands, and whether a citation covers it, go out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from ingest.text.clean import clean

ENOUGH = 0.5  # share of the shorter of two spans that must overlap; a gold quote is often part of a sentence
SAME_SENTENCE = 0.8  # share of a gold quote's words that its sentence in a reworded copy must have, and all numbers

_TOKEN = re.compile(r"[^\W_]+")
_LINK_END = re.compile(
    r"\]\([^)\s]*(?:\s+\"[^\"]*\")?\)"
)  # a quote may begin inside the link's words

Span = tuple[int, int]


def find(quote: str, text: str) -> tuple[Span, ...]:
    """Every place `[start, end)` of a raw quote in a cleaned text; () where it does not stand there.

    Compared word by word, so markup, white space, dashes and the shape of quotation marks do not matter.
    """
    wanted = [word for word, _, _ in words(_unmarked(quote))]
    there = words(text)
    if not wanted:
        return ()
    size = len(wanted)
    return tuple(
        (there[at][1], there[at + size - 1][2])
        for at in range(len(there) - size + 1)
        if there[at][0] == wanted[0] and [word for word, _, _ in there[at : at + size]] == wanted
    )


def covers(cited: Span, gold: Span) -> bool:
    """Whether two spans of one text mean the same words: they overlap by at least half of the shorter one."""
    shorter = min(cited[1] - cited[0], gold[1] - gold[0])
    overlap = min(cited[1], gold[1]) - max(cited[0], gold[0])
    return shorter > 0 and overlap >= ENOUGH * shorter


def same_sentence(copied: str, quote: str) -> bool:
    """Whether a sentence of another copy is the gold one in other words: nearly all its words, and every number."""
    there = Counter(word for word, _, _ in words(copied))
    wanted = Counter(word for word, _, _ in words(_unmarked(quote)))
    missing = wanted - there
    if not wanted or any(word.isdigit() for word in missing):
        return False
    return 1 - missing.total() / wanted.total() >= SAME_SENTENCE


@lru_cache(maxsize=4096)
def words(text: str) -> Sequence[tuple[str, int, int]]:
    """The words of a text without case, each with its place; anything but letters and digits separates them."""
    return tuple(
        (match[0].casefold(), match.start(), match.end()) for match in _TOKEN.finditer(text)
    )


def _unmarked(quote: str) -> str:
    """A quote of a raw file, cleaned as its article was, and without half a link that it was cut out with."""
    return _LINK_END.sub(" ", clean(quote))
