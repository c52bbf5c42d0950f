"""Reads a sentence for verification: its content words, its segments, and the operators that change
what it says.

An operator is a word or phrase that keeps a statement from being a plain fact: a negation, a
condition, a question, a fiction, somebody's claim, a degree of certainty.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path

from ingest.english import analyse
from ingest.english.word_kinds import Term, TermKind
from ingest.english.words import stem

CONTENT = frozenset((TermKind.WORD, TermKind.NAME, TermKind.NUMBER, TermKind.DATE))

Span = tuple[int, int]  # [start, end) of the text

LIGHT = frozenset(
    map(
        stem,
        "be have do say get make take go come give put as more most less many much such other".split(),
    )
)
_MODAL = "has have had is are was were will would can could may might"
_ABRUPT = "won took lost gave made left got sold bought paid ran met led kept put set cut hit sent told found saw"
# where a new statement begins within a text: between sentences, before "but", and before an "and"
# that a verb follows
_SEGMENT = re.compile(
    r";|:(?!\d)|[.!?][\"”’)]*\s(?=[\"“‘(]?\w)|\s[—–]\s"
    r"|,?\s(?=(?:but|although|though|while|whereas|whilst|even though)\s)|,\s(?=(?:and|or|so)\s)"
    rf"|\s(?=and\s(?:(?:{'|'.join(_MODAL.split())}|not|never|also|then|later|he|she|it|they|that"
    rf"|who"
    rf"|which|there|no|said|says)\s|\w{{3,}}ed\s|(?:{'|'.join(_ABRUPT.split())})\s))"
)


def _operators(sense: str) -> dict[str, re.Pattern[str]]:
    """The phrases of each kind of operator as one pattern, the longest first."""
    found: dict[str, list[str]] = {}
    table = (Path(__file__).parent / "operators.tsv").read_text(encoding="utf-8")
    for row in table.splitlines():
        if row and not row.startswith("#"):
            kind, group, phrases = row.split("\t")
            if group in (sense, "both"):
                found.setdefault(kind, []).extend(phrases.split("; "))
    any_of = {
        kind: "|".join(sorted(map(re.escape, phrases), key=len, reverse=True))
        for kind, phrases in found.items()
    }
    return {
        kind: re.compile(rf"(?<!\w)(?:{phrases})(?!\w)".replace("\\*", r"\w*"))
        for kind, phrases in any_of.items()
    }


CORE = _operators("core")
WIDE = _operators("wide")


class Reading:
    """One sentence, or several in a row. Offsets are those of `text`; `lower` has straight
    apostrophes."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lower = text.lower().replace("’", "'")
        if len(self.lower) != len(text):  # "İ" has two small letters
            self.lower = "".join(c.lower()[0] for c in text).replace("’", "'")
        self.lower = re.sub(r"\bno(?=\. ?\d)", "nr", self.lower)  # "Furnace No. 2"

    @cached_property
    def content(self) -> tuple[Term, ...]:
        """Words, names, numbers and dates; no function words and none as light as "make" or
        "such"."""
        terms = analyse(self.text).terms
        return tuple(t for t in terms if t.kind in CONTENT and t.value not in LIGHT)

    @cached_property
    def segments(self) -> tuple[Span, ...]:
        """The text cut where a new statement begins."""
        marks = _SEGMENT.finditer(self.lower)
        cuts = [m.end() if self.lower[m.start()] in ";:.!?" else m.start() for m in marks]
        return tuple((a, b) for a, b in pairwise((0, *cuts, len(self.text))) if a < b)

    def segment(self, place: int) -> Span:
        return next((s for s in self.segments if s[0] <= place < s[1]), (0, len(self.text)))

    def has_core(self, *kinds: str) -> bool:
        return any(CORE[kind].search(self.lower) for kind in kinds)

    def has(self, *kinds: str) -> bool:
        """Whether it has an operator of one of these kinds, or words that may stand for one."""
        return any(WIDE[kind].search(self.lower) for kind in kinds)


@lru_cache(maxsize=4096)
def read(text: str) -> Reading:
    """The reading of a text; kept, because one sentence is cited by many claims."""
    return Reading(text)
