"""Checked sentences in, numbered text out: claims, citations and the deltas that make up an answer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.types import Citation, Claim, ClaimReleased, Delta, Evidence, Support

BRACKETED_NUMBER = re.compile(r"\s*\[\s*\d+\s*\]")
SPACES = re.compile(r"\s+")
SENTENCE_END = re.compile(r"([.!?…]+)([\"'”’»)\]]*)$")
ABBREVIATION_END = re.compile(r"(?:\b\w\.){2,}$|\b(?:Jr|Sr|Inc|Ltd|Co|Corp|etc|No|St)\.$")


class Composer:
    """Builds one answer. Numbers run in order of first use; the same span is numbered once."""

    def __init__(self) -> None:
        self.text = ""
        self.claims: list[Claim] = []
        self.citations: list[Citation] = []
        self.cited: list[Evidence] = []
        self._numbers: dict[tuple[str, int, int], int] = {}

    def add(
        self, sentence: str, evidence: Sequence[Evidence], support: Support
    ) -> tuple[ClaimReleased, Delta]:
        """One more claim, resting on `evidence` (at least one); bracketed numbers and stray white space are dropped."""
        new: list[Citation] = []
        numbers = sorted({self._number(item, new) for item in evidence})
        start = len(self.text) + bool(self.text)
        text = _marked(plain(sentence), numbers)
        claim = Claim(
            text,
            start,
            start + len(text),
            tuple(numbers),
            support,
            len({item.article.family.id for item in evidence}),
        )
        delta = (" " if self.text else "") + text
        self.text += delta
        self.claims.append(claim)
        self.citations.extend(new)
        return ClaimReleased(claim, tuple(new)), Delta(delta)

    def _number(self, item: Evidence, new: list[Citation]) -> int:
        place = (item.article.article_id, item.start, item.end)
        if place not in self._numbers:
            self._numbers[place] = len(self._numbers) + 1
            self.cited.append(item)
            new.append(cite(item, self._numbers[place]))
        return self._numbers[place]


def cite(item: Evidence, number: int | None) -> Citation:
    return Citation(number, item.passage_id, item.text, item.start, item.end, item.article)


def plain(sentence: str) -> str:
    """Words only: white space runs to one space, bracketed numbers dropped, for they would read as our markers."""
    before = None
    while before != sentence:
        before, sentence = sentence, BRACKETED_NUMBER.sub("", sentence)
    return SPACES.sub(" ", sentence).strip()


def _marked(sentence: str, numbers: Sequence[int]) -> str:
    """`Words [1][2].`: markers stand before the closing punctuation, which is added where it is missing."""
    marks = "".join(f"[{n}]" for n in numbers)
    end = SENTENCE_END.search(sentence)
    if ABBREVIATION_END.search(
        sentence
    ):  # this full stop belongs to the word: “… with the U.S. [1].”
        return f"{sentence} {marks}."
    if end is None:
        return f"{sentence.rstrip(':;,')} {marks}."
    return f"{sentence[: end.start()]}{end[2]} {marks}{end[1]}"
