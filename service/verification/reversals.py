"""Finds what a claim negates or exchanges where a cited sentence has it otherwise.

`ingest.english.differences` forgives words that only moved, as it must between sentences of two articles. A claim that
swaps who did what to whom moves words too: here the place counts, function words included.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from ingest.english import analyse
from ingest.english.word_kinds import Term, TermKind
from ingest.english.words import BE, opposite, stem, synonyms

LONGEST = 5  # words; a longer stretch that differs is another wording, not another value
FLANK = 2  # words that must be the same beside a slot, on both sides together
REACH = 3  # content words after a negation that it may bear on; of a claim's, the first that a quote has decides
FRAME = 3  # words and names in a row, at least one no name, that make a name's place certain

_FIXED = (TermKind.NUMBER, TermKind.DATE, TermKind.NAME)

# words that only exclude each other when one stands in the place of the other
_OPPOSITES = {
    frozenset(pair.split())
    for pair in (
        "up down", "over under", "in out", "on off", "into from", "to from", "for against", "with without",
        "since until", "he she", "his her", "him her", "himself herself", "former latter", "all some", "all few",
        "all none", "most few", "many few", "both neither", "always never", "often rarely", "everyone nobody",
        "same different", "similar different", "day night", "near far", "common rare",
    )
}  # fmt: skip

_PASSIVE = re.compile(
    rf"(?i)\b(?:{BE}|be|been|being|got)\s+(?:\w+\s+)?\w+\s+by\b|\b\w+(?:ed|en|own)\s+by\b"
)

_NONE = frozenset(("none", "few"))

# what it is aligned by, the words of a name, first and last term
Token = tuple[str, frozenset[str], int, int]


def displaced(quotes: Sequence[str], claim: str) -> str | None:
    """`name`, `number`, `date` or `antonym` where the claim fills a slot of a quote with something
    else; else None.

    A slot is a stretch of at most `LONGEST` words beside words that both have. What a claim has in
    common with another quote, in a row, is at home there.
    """
    theirs = analyse(claim).terms
    found: list[tuple[str, set[int]]] = []
    at_home: set[int] = set()
    for quote in quotes:
        ours = analyse(quote).terms
        matcher = SequenceMatcher(None, [t.value for t in ours], [t.value for t in theirs])
        codes = matcher.get_opcodes() or [("equal", 0, 0, 0, 0)]
        for before, (tag, a, b, c, d), after in zip(
            [None, *codes[:-1]], codes, [*codes[1:], None], strict=True
        ):
            flank = sum(
                code[2] - code[1]
                for code in (before, after)
                if code is not None and code[0] == "equal"
            )
            if tag == "equal" and b - a > FLANK:
                at_home.update(range(c, d))
            if tag == "replace" and max(b - a, d - c) <= LONGEST and flank >= FLANK:
                kind = _clash(ours[a:b], theirs[c:d], quote, claim)
                if kind:
                    found.append((kind, set(range(c, d))))
    return next((kind for kind, places in found if not places <= at_home), None) or _traded(
        quotes, claim
    )


def _clash(ours: Sequence[Term], theirs: Sequence[Term], quote: str, claim: str) -> str | None:
    for kind in _FIXED:
        mine, other = (
            {t.value for t in ours if t.kind is kind},
            {t.value for t in theirs if t.kind is kind},
        )
        if mine and other and not mine & other:
            return str(kind)
    if any(t.kind is TermKind.NEGATION for t in ours) != any(
        t.kind is TermKind.NEGATION for t in theirs
    ):
        return None  # "not legal" is "illegal"; a plain "not" is for `flipped`
    for a in ours:
        for b in theirs:
            left, right = quote[a.start : a.end].lower(), claim[b.start : b.end].lower()
            if frozenset((left, right)) in _OPPOSITES or opposite(stem(left), stem(right)):
                return "antonym"
    return None


def _traded(quotes: Sequence[str], claim: str) -> str | None:
    """`name` where, all names taken for one another, a row of words has another name in it than the
    quote's row has.

    A name is at home if any quote has it in a row as long. Who is beaten *by* whom trades places
    without a change.
    """
    theirs = _tokens(claim)
    wrong: dict[int, int] = {}
    right: dict[int, int] = {}
    passive = bool(_PASSIVE.search(claim))
    for quote in quotes:
        ours = _tokens(quote)
        for size, pairs in _rows(ours, theirs):
            for mine, other in pairs:
                kept = bool(_listed(ours, mine) & theirs[other][1])
                if kept or bool(_PASSIVE.search(quote)) == passive:
                    place = right if kept else wrong
                    place[other] = max(size, place.get(other, 0))
    return "name" if any(size > right.get(place, 0) for place, size in wrong.items()) else None


def _rows(
    ours: Sequence[Token], theirs: Sequence[Token]
) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Rows of at least `FRAME` tokens that both have: their length, and the places of the names in
    them."""
    matcher = SequenceMatcher(None, [t[0] for t in ours], [t[0] for t in theirs])
    for a, b, size in matcher.get_matching_blocks():
        names = [(a + n, b + n) for n in range(size) if ours[a + n][1]]
        if size >= FRAME and names and len(names) < size:
            yield size, names


def _listed(tokens: Sequence[Token], place: int) -> frozenset[str]:
    """The words of a name and of those listed with it: a claim may pick one out of "Spain, Italy
    and Malta"."""
    found = tokens[place][1]
    for step in (-1, 1):
        at = place
        while (
            0 <= at + 2 * step < len(tokens)
            and tokens[at + step][0] in ("and", "or")
            and tokens[at + 2 * step][1]
        ):
            at += 2 * step
            found |= tokens[at][1]
    return found


def _tokens(text: str) -> list[Token]:
    """The terms of a text, neighbouring name words as one token that every other name equals."""
    tokens: list[Token] = []
    for index, term in enumerate(analyse(text).terms):
        if term.kind is not TermKind.NAME:
            tokens.append((term.value, frozenset(), index, index))
        elif tokens and tokens[-1][1] and tokens[-1][3] == index - 1:
            tokens[-1] = ("", tokens[-1][1] | set(term.value.split()), tokens[-1][2], index)
        else:
            tokens.append(("", frozenset(term.value.split()), index, index))
    return tokens


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
        or (term.kind is other.kind is TermKind.WORD and other.value in synonyms(term.value))
        for other in others
    )


def _opposed(heads: Sequence[Term], others: Sequence[Term]) -> bool:
    return any(
        opposite(head.value, other.value)
        for head in heads
        for other in others
        if other.kind is TermKind.WORD
    )
