"""Compares a claim with the sentence it is nearest to: what it cut, put in and exchanged."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import cached_property, lru_cache

from ingest.english.words import STOP_WORDS, stem
from service.verification.reading import Reading, Span

_TOKEN = re.compile(r"[£$€¥%]|\d[\d,.]*\d|[^\W_]+(?:'[^\W_]+)?")
SIGNS = frozenset("£$€¥%")


class Edit:
    """The words of a claim and of the sentence it is nearest to, and how one is turned into the
    other.

    `codes` are those of `difflib`: (tag, from and to in `theirs`, from and to in `mine`).
    """

    def __init__(self, claim: Reading, quote: Reading) -> None:
        self.claim, self.quote = claim, quote
        self.mine, self.theirs = words(claim), words(quote)
        self.codes = SequenceMatcher(
            None,
            [word.replace(",", "") for word, _ in self.theirs],
            [word.replace(",", "") for word, _ in self.mine],
            autojunk=False,
        ).get_opcodes()
        self.kept = sum(j - i for tag, i, j, _, _ in self.codes if tag == "equal")

    @property
    def share(self) -> float:
        """Share of the claim's words that stand in the sentence in the same order."""
        return self.kept / (len(self.mine) or 1)

    @property
    def is_run(self) -> bool:
        """Whether the claim's words stand in a row in the sentence."""
        runs = sum(tag == "equal" for tag, *_ in self.codes)
        return runs == 1 and self.kept == len(self.mine)

    @cached_property
    def kept_spans(self) -> list[Span]:
        """Where the words that the claim kept stand in the sentence."""
        return [
            self.theirs[n][1]
            for tag, i, j, _, _ in self.codes
            if tag == "equal"
            for n in range(i, j)
        ]

    @cached_property
    def cut(self) -> frozenset[int]:
        """Where the words that the claim left out begin in the sentence."""
        return frozenset(span[0] for _, span in self.theirs) - {a for a, _ in self.kept_spans}

    @cached_property
    def put_in(self) -> list[tuple[str, Span]]:
        """The words that the claim has and the sentence has not in this place."""
        return [
            self.mine[n] for tag, _, _, k, m in self.codes if tag != "equal" for n in range(k, m)
        ]

    def kept_after(self, place: int, end: int | None = None) -> list[Span]:
        last = len(self.quote.text) if end is None else end
        return [span for span in self.kept_spans if place <= span[0] < last]


def carries(word: str) -> bool:
    """Whether a word has a content of its own."""
    return word not in STOP_WORDS and word not in SIGNS


def bare(word: str) -> str:
    """The stem of a word without its possessive ending."""
    return stem(re.sub(r"'s?$", "", word))


@lru_cache(maxsize=4096)
def words(reading: Reading) -> list[tuple[str, Span]]:
    """The words, figures and signs of a text in small letters, each with its place."""
    return [(match[0], match.span()) for match in _TOKEN.finditer(reading.lower)]


@lru_cache(maxsize=4096)
def edit(claim: Reading, quote: Reading) -> Edit:
    return Edit(claim, quote)
