"""Any text comes in; its words in order, their stems, and what is too common to carry meaning go out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from ingest.english import thesaurus

_WORD = re.compile(
    r"(?:(?P<america>\bUSA?\b|\bU\.S\.(?:A\.)?(?!\w)|\b(?:United States|united states)(?: of America)?\b)"
    r"|(?P<acronym>\b(?:[A-Za-z]\.){2,}(?!\w))"
    r"|[^\W_]+(?:[.,](?=\d)[^\W_]+)*)(?:['’][^\W_]+)?"
)
_POSSESSIVE = re.compile(r"['’](?:s|S)?$")

STOP_WORDS = frozenset(
    """a about above after again against all also although am among an and any are as at be became because become been
    before being below between both but by came can come could did do does doing done down during each either else
    ever few for from further get gets give given got had has have having he her here hers herself him himself his how
    however i if in into is it its itself just let like made make many may me might more most much must my myself
    neither no nor not now of off on once one only or other our ours out over own per s said same say says she should
    since so some such t take taken than that the their theirs them themselves then there these they this those
    through thus to too under until up upon us use used very via was we were what when where whether which while who
    whom whose why will with within without would yet you your yours""".split()
)


def spans(text: str) -> Iterator[tuple[str, int, int]]:
    """Every word in its normal form with its offsets, in order."""
    before = ""
    for match in _WORD.finditer(text):
        word = _POSSESSIVE.sub("", match[0]).lower()
        if match["acronym"]:
            word = word.replace(".", "")
        if match["america"] or (before == "the" and word in ("us", "usa")):
            word = "usa"
        yield word, match.start(), match.end()
        before = word


def words(text: str) -> tuple[str, ...]:
    """Lower-case words in order; "U.S.", "US" and "United States" are one word, hyphens part words, "'s" is dropped.

    >>> words("Japan's fifth-largest U.S. partner paid $1,200.50")
    ('japan', 'fifth', 'largest', 'usa', 'partner', 'paid', '1,200.50')
    """
    return tuple(word for word, _, _ in spans(text))


def stems(text: str) -> frozenset[str]:
    """The stems of the words that are not stop words."""
    return frozenset(stem(word) for word in words(text) if word not in STOP_WORDS)


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """What a word shares with those derived from it ("election", "elected"); coarser than what facts compare."""
    return thesaurus.root(thesaurus.stem(word))
