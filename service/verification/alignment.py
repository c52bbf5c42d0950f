"""Aligns a claim with the sentences it cites: which of their words each of its words stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from ingest.english.date_mentions import dates_share
from ingest.english.numbers import numbers_match
from ingest.english.terms import Term, TermKind
from ingest.english.thesaurus import opposite, related
from ingest.english.words import stem
from service.verification.reading import Reading

SAME_ROOT = (
    5  # letters that two words must begin with to be taken for one, where their stems differ
)
NEIGHBOURS = 2  # words on either side whose partners draw a word to a place near them
FAR = 8  # content words; whatever stands farther off is equally far

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
    """The best partner of each content word; of equally good ones that nearest to its neighbours'
    partners."""
    choices = [_choices(term, quotes) for term in claim.content]
    settled = {n: found[0][0] for n, found in enumerate(choices) if len(found) == 1}
    taken = set(settled.values())
    pairs: dict[int, tuple[Place, float]] = {}
    for n, found in enumerate(choices):
        if not found:
            continue

        def fit(choice: tuple[Place, float], n: int = n) -> float:
            repeated = n not in settled and choice[0] in taken
            return choice[1] - 0.02 * _distance(n, choice[0], settled) - 0.3 * repeated

        pairs[n] = max(found, key=fit)
        settled[n] = pairs[n][0]
        taken.add(pairs[n][0])
    return Alignment(claim, quotes, pairs)


def _choices(term: Term, quotes: Sequence[Reading]) -> list[tuple[Place, float]]:
    return [
        ((s, place), score)
        for s, quote in enumerate(quotes)
        for place, other in enumerate(quote.content)
        if (score := likeness(term, other))
    ]


def _distance(n: int, place: Place, settled: dict[int, Place]) -> int:
    """How far a place stands from the partners of the two nearest words that have one, in content
    words."""
    beside = chain.from_iterable((n - step, n + step) for step in range(1, NEIGHBOURS + 1))
    near = [settled[m] for m in beside if m in settled][:2]
    return sum(min(FAR, abs(place[1] - p)) if s == place[0] else FAR for s, p in near)
