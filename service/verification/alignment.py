"""Aligns a claim with the sentences it cites: which of their words each of its words stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.english.date_mentions import dates_share
from ingest.english.numbers import numbers_match
from ingest.english.terms import Term, TermKind
from ingest.english.thesaurus import opposite, related
from ingest.english.words import stem
from service.verification.reading import Reading

# letters that two words must begin with to be taken for one, where their stems differ
SAME_ROOT = 5

Place = tuple[int, int]  # sentence, and position among its content words


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
    alike = related(left.value, right.value) and not opposite(left.value, right.value)
    return 0.6 if alike else 0.0


def align(claim: Reading, quotes: Sequence[Reading]) -> Alignment:
    """The best partner of each content word; of equally good ones the first."""
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
