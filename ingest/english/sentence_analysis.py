"""The one reading of an English text: its words, numbers, dates, names and what qualifies them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

from ingest.english import attributed_speech, clauses
from ingest.english import word_kinds as typed_terms
from ingest.english import words as word_forms
from ingest.english.attributed_speech import Attribution, Quotation, Withdrawn
from ingest.english.clauses import Statement
from ingest.english.quantities import Quantity, quantities
from ingest.english.word_kinds import Term, TermKind
from ingest.english.words import Token


@dataclass(frozen=True, slots=True)
class Span:
    """A value that a text writes as `text[start:end]`; it is the same for every spelling.

    Numbers: `12`, `-5`, `13.4%`, `5pp`, `usd 120000000`, `#20` (ordinal), `x4` (multiple),
    `1/3`, `17:30`. Dates: `2024-04-10` with dashes for what is not said (`-----04-10`),
    `1990s`, `mon`. Names: small letters, no accents; a country by its key.
    """

    value: str
    start: int
    end: int


@dataclass(frozen=True)
class Analysis:
    """What one text says, by rules alone; spans stand in text order.

    Every field is computed at its first use and kept. All of them take about 1 ms for thirty words.
    """

    text: str

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """Every word in order, punctuation left out; hyphens part words."""
        return tuple(word_forms.tokens(self.text))

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The normal forms of the words, in order."""
        return tuple(token.lower for token in self.tokens)

    @cached_property
    def all_stems(self) -> frozenset[str]:
        """The stems of all words, stop words included."""
        return frozenset(token.stem for token in self.tokens)

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of the words that are not stop words."""
        return frozenset(token.stem for token in self.tokens if not token.stop)

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """Numbers, dates, names, negations, quantifiers, modals, plain and function words."""
        return typed_terms.read(self.text, self.tokens)

    @cached_property
    def content(self) -> frozenset[str]:
        """The stems of plain words: no names, numbers, dates or function words."""
        return frozenset(t.value for t in self.terms if t.kind is TermKind.WORD)

    @cached_property
    def numbers(self) -> tuple[Span, ...]:
        return self._of_kind(TermKind.NUMBER)

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """The numbers as amounts with units that can be compared."""
        return quantities(self.text, self.numbers, self.tokens)

    @cached_property
    def dates(self) -> tuple[Span, ...]:
        return self._of_kind(TermKind.DATE)

    @cached_property
    def negations(self) -> tuple[Span, ...]:
        return self._of_kind(TermKind.NEGATION)

    @cached_property
    def quantifiers(self) -> tuple[Span, ...]:
        return self._of_kind(TermKind.QUANTIFIER)

    @cached_property
    def modals(self) -> tuple[Span, ...]:
        """`can`, `must` or `will`."""
        return self._of_kind(TermKind.MODAL)

    @cached_property
    def demonyms(self) -> tuple[Span, ...]:
        """Those of the names that are a country's adjective or people."""
        return tuple(Span(t.value, t.start, t.end) for t in self.terms if t.demonym)

    @cached_property
    def names(self) -> tuple[Span, ...]:
        """Names without honorifics and possessives; "Japanese" is `japan`.

        Neighbouring name words are one name, but a country stands for itself.
        """
        names: list[Span] = []
        open_name = False
        for term in self.terms:
            if term.kind is not TermKind.NAME:
                open_name = False
                continue
            country = (
                term.demonym
                or " " in term.value
                or term.value != self.text[term.start : term.end].lower()
            )
            if open_name and not country and not self.text[names[-1].end : term.start].strip(" -"):
                names[-1] = Span(f"{names[-1].value} {term.value}", names[-1].start, term.end)
            else:
                names.append(Span(term.value, term.start, term.end))
            open_name = not country
        return tuple(names)

    @cached_property
    def quotations(self) -> tuple[Quotation, ...]:
        """What stands between quotation marks, with its speaker where one is named."""
        return attributed_speech.quotations(self)

    @cached_property
    def attributions(self) -> tuple[Attribution, ...]:
        """What somebody is said to say, claim, deny, ask or be accused of."""
        return attributed_speech.attributions(self)

    @cached_property
    def withdrawn(self) -> tuple[Withdrawn, ...]:
        """Stretches that repeat what the outlet itself said before and takes back."""
        return attributed_speech.withdrawn(self)

    def is_withdrawn(self, span: Span) -> bool:
        """Whether a value stands in such a stretch."""
        return any(one.start <= span.start < one.end for one in self.withdrawn)

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """Who does what: the verbs, each with its subject, its object and what else it joins."""
        return clauses.statements(self)

    def _of_kind(self, kind: TermKind) -> tuple[Span, ...]:
        return tuple(Span(t.value, t.start, t.end) for t in self.terms if t.kind is kind)


@lru_cache(maxsize=4096)
def analyse(text: str) -> Analysis:
    """The reading of a sentence or question; the same text gives the same object."""
    return Analysis(text)
