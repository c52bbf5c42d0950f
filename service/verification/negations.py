"""Finds words that one of claim and sentence negates and the other states plainly."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.english import analyse
from ingest.english.terms import Term, TermKind
from ingest.english.thesaurus import opposite, related

REACH = 3  # content words after a negation that it may bear on; of a claim's, the first that a quote has decides

_NONE = frozenset(("none", "few"))


def flipped(quotes: Sequence[str], claim: str) -> bool:
    """Whether a word is negated on one side and stands there plainly on the other.

    A quote's negation counts only where the claim has the negated word, for a claim may leave whole
    clauses out. A word that is negated in one quote and plain in another decides nothing, and "not
    legal" is "illegal".
    """
    mine = _content(claim)
    theirs = [_content(quote) for quote in quotes]
    denied = [heads for row in theirs for heads in _denied(row)]
    first = [heads[0] for heads in denied]
    said = [term for row in theirs for term in _plain(row)]
    for heads in _denied(mine):
        head = next((term for term in heads if _among(term, said) or _among(term, first)), None)
        if head and not _among(head, first) and not _opposed(heads, said):
            return True
    here, plainly = [heads[0] for heads in _denied(mine)], _plain(mine)
    return any(
        _among(head, plainly) and not _among(head, here) and not _among(head, said)
        for head in first
    )


def _content(text: str) -> list[Term]:
    return [term for term in analyse(text).terms if term.kind is not TermKind.FUNCTION]


def _denied(row: Sequence[Term]) -> list[list[Term]]:
    """For each negation the content words after it, or the one before it where nothing follows."""
    found = []
    for index, term in enumerate(row):
        if term.kind is TermKind.NEGATION or (
            term.kind is TermKind.QUANTIFIER and term.value in _NONE
        ):
            after = [other for other in row[index + 1 :] if other.kind is not TermKind.NEGATION][
                :REACH
            ]
            found.append(after or list(row[max(0, index - 1) : index]))
    return [heads for heads in found if heads]


def _plain(row: Sequence[Term]) -> list[Term]:
    """Content words that are not the first one after a negation."""
    return [
        term
        for index, term in enumerate(row)
        if term.kind is not TermKind.NEGATION
        and (index == 0 or row[index - 1].kind is not TermKind.NEGATION)
    ]


def _among(term: Term, others: Sequence[Term]) -> bool:
    return any(
        term.value == other.value
        or (term.kind is other.kind is TermKind.WORD and related(term.value, other.value))
        for other in others
    )


def _opposed(heads: Sequence[Term], others: Sequence[Term]) -> bool:
    return any(
        opposite(head.value, other.value)
        for head in heads
        for other in others
        if other.kind is TermKind.WORD
    )
