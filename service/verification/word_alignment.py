"""Lays a claim beside the sentences it cites: the partner of each word, and what was cut, put in and exchanged."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property, lru_cache

from ingest.english.date_mentions import dates_share
from ingest.english.quantities import numbers_match
from ingest.english.word_kinds import Term, TermKind
from ingest.english.words import STOP_WORDS, stands_for, stem
from service.verification.claim_reading import Reading, Span

# letters that two words must begin with to be taken for one, where their stems differ
SAME_ROOT = 5

Place = tuple[int, int]  # sentence, and position among its content words
_TOKEN = re.compile(r"[£$€¥%]|(?<![\w-])[-−](?=\d)|\d[\d,.]*\d|[^\W_]+(?:'[^\W_]+)?")
SIGNS = frozenset("£$€¥%-−")


@dataclass(frozen=True, slots=True)
class Alignment:
    """`pairs` has, for each content word of the claim that has a partner, its place and how alike
    they are."""

    claim: Reading
    quotes: Sequence[Reading]
    pairs: dict[int, tuple[Place, float]]

    def partner(self, index: int) -> Term:
        (sentence, place), _ = self.pairs[index]
        return self.quotes[sentence].content[place]

    def kept(self, sentence: int) -> list[Term]:
        """The content words of a sentence that the claim keeps."""
        content = self.quotes[sentence].content
        return [content[place] for (s, place), _ in self.pairs.values() if s == sentence]

    @property
    def held(self) -> float:
        """Share of the claim's content words that have a partner, weighed by how alike they are."""
        return sum(score for _, score in self.pairs.values()) / (len(self.claim.content) or 1)


def likeness(left: Term, right: Term) -> float:
    """How well two words stand for one another: 1 the same, 0 not at all."""
    if left.value == right.value:
        return 1.0
    kinds = {left.kind, right.kind}
    if kinds == {TermKind.DATE}:
        return 0.9 if dates_share(left.value, right.value) else 0.0
    if kinds == {TermKind.NUMBER}:
        return 0.8 if numbers_match(left.value, right.value) else 0.0
    if kinds <= {TermKind.WORD, TermKind.NAME} and stem(left.value) == stem(right.value):
        return 0.95
    if kinds != {TermKind.WORD}:
        return 0.0
    short, long = sorted((left.value, right.value), key=len)
    if len(short) >= SAME_ROOT and long.startswith(short[: max(SAME_ROOT, len(short) - 1)]):
        return 0.7
    return 0.6 if stands_for(left.value, right.value) else 0.0


def align(claim: Reading, quotes: Sequence[Reading]) -> Alignment:
    """The best partner of each content word; of equally good ones the first."""
    return _aligned(claim, tuple(quotes))


@lru_cache(maxsize=1024)
def _aligned(claim: Reading, quotes: tuple[Reading, ...]) -> Alignment:
    pairs: dict[int, tuple[Place, float]] = {}
    for n, term in enumerate(claim.content):
        found = [
            ((s, place), score)
            for s, quote in enumerate(quotes)
            for place, other in enumerate(quote.content)
            if (score := likeness(term, other))
        ]
        if found:
            pairs[n] = max(found, key=lambda partner: partner[1])
    return Alignment(claim, quotes, pairs)


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


def is_run(claim: Reading, quote: Reading) -> bool:
    """Whether the claim's words, figures and signs stand in a row in the sentence."""
    mine, theirs = ([word for word, _ in words(side)] for side in (claim, quote))
    starts = range(len(theirs) - len(mine) + 1)
    return bool(mine) and any(theirs[n : n + len(mine)] == mine for n in starts)


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
