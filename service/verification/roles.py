"""Tells who does what to whom: whether claim and sentence share subjects and objects."""

from __future__ import annotations

import re

from ingest.english.terms import Term, TermKind
from ingest.english.words import irregular, opposite, stem
from service.verification.alignment import Alignment
from service.verification.reading import Reading

FARTHEST = 5  # content words before a verb among which its subject is
NEAREST = 3  # content words after it among which its object is

# of two verbs on one line the subject of one is the object of the other
_CONVERSE = {
    frozenset(map(stem, pair.split()))
    for pair in "buy sell,win lose,beat lose,defeat lose,lend borrow,purchase sell,acquire sell".split(
        ","
    )
}
_SPEECH = frozenset(map(stem, "say write tell add announce report".split()))  # "wrote Ostrow"
_UNCHANGED = frozenset("beat hit cut put set shut cost let quit split hurt".split())  # in the past
_BE = frozenset("is are was were be been being".split())
_PARTICIPLE = (
    (
        "ed en wn ld ght ft id nt de ne ut un ung ot et at it"  # endings of regular and irregular participles
    ).split()
)
_ARTICLES = frozenset("the a an its his her their".split())
_ADJUNCT = frozenset(
    "in on at for during with of after before since until under near among within through about "
    "as into over around "
    "like between without despite than when while".split()
)
_CLAUSE = re.compile(
    r"[,;:.]|\b(?:who|which|that|whose|and|but|after|before|when|while|because|for|in|on|at|with"
    r"|over|during|of|about|off|into)\b"
)


def turned(made: Alignment, *, strict: bool = False) -> bool:
    """Whether more subjects and objects changed places than stayed; passives are counted in.

    `strict` looks only at verbs that have both on both sides.
    """
    wrong = right = 0
    for n, ((s, place), _) in made.pairs.items():
        claim, quote = made.claim, made.quotes[s]
        verb, other = claim.content[n], quote.content[place]
        repeated = sum(t.value == other.value for one in made.quotes for t in one.content) > 1
        if (
            repeated
            or verb.value in _SPEECH
            or not (_is_verb(claim, verb) and _is_verb(quote, other))
        ):
            continue
        theirs = _arguments(quote, place)
        converse = frozenset((verb.value, other.value)) in _CONVERSE
        if (_is_passive(claim, verb) != _is_passive(quote, other)) != converse:
            theirs = theirs[::-1]
        values = [{quote.content[m].value for m in side} for side in theirs]
        ours = _arguments(claim, n)
        if strict and not (all(ours) and all(theirs)):
            continue
        for side, mine in enumerate(ours):
            if side == 0 and _other_names(claim, mine, quote, theirs[side]):
                wrong += 2
            for m in mine:
                if m in made.pairs and made.pairs[m][0][0] == s:
                    value = made.partner(m).value
                    right += value in values[side]
                    wrong += value not in values[side] and value in values[1 - side]
    return wrong > right or wrong > 1


def opposed(made: Alignment) -> bool:
    """Whether claim and sentence say opposite verbs of one name: "lost" and "was elected"."""
    for n, mine in enumerate(made.claim.content):
        doer = _name_before(made.claim, n)
        if n in made.pairs or doer is None or not _is_verb(made.claim, mine):
            continue
        for quote in made.quotes:
            for place, other in enumerate(quote.content):
                denies = opposite(mine.value, other.value) and _is_verb(quote, other)
                if denies and _name_before(quote, place) == doer:
                    return True
    return False


def _name_before(reading: Reading, n: int) -> str | None:
    """The last name before a word, None where another verb or no name stands there."""
    for term in reversed(reading.content[:n]):
        if term.kind is TermKind.NAME:
            return term.value
        if _is_verb(reading, term):
            return None
    return None


def _arguments(reading: Reading, n: int) -> tuple[set[int], set[int]]:
    """The words of the noun phrase before a verb, and of that after it, as places among the
    content."""
    left: set[int] = set()
    for m in range(n - 1, max(-1, n - 1 - FARTHEST), -1):
        term = reading.content[m]
        gap = reading.lower[term.end : reading.content[m + 1].start]
        relative = left and re.search(r",|\b(?:and|but|who|which|that|whose)\b", gap)
        if re.search(r"[;:.]", gap) or relative or _is_verb(reading, term):
            break
        if _preposition(reading, term) not in _ADJUNCT:
            left.add(m)
    right: set[int] = set()
    for m in range(n + 1, min(len(reading.content), n + 1 + NEAREST)):
        gap = reading.lower[reading.content[m - 1].end : reading.content[m].start]
        if _CLAUSE.search(gap) or reading.content[m].kind in (TermKind.NUMBER, TermKind.DATE):
            break
        right.add(m)
    return left, right


def _other_names(claim: Reading, mine: set[int], quote: Reading, theirs: set[int]) -> bool:
    """Whether both are named and have no name in common."""
    here, there = (
        {one.content[m].value for m in places if one.content[m].kind is TermKind.NAME}
        for one, places in ((claim, mine), (quote, theirs))
    )
    return bool(here and there) and not here & there


def _preposition(reading: Reading, term: Term) -> str:
    """The preposition that governs a noun, "" where none stands close before it."""
    begun = False  # the noun phrase, at its article
    before: list[str] = re.findall(r"[\w']+|[,;:]", reading.lower[: term.start])
    for word in reversed(before[-4:]):
        if word in _ADJUNCT or word in ("by", "to", "from", "against"):
            return word
        ends = word in ",;:" or (word.endswith(("ed", "s")) and word not in _ARTICLES)
        if begun or ends:
            return ""
        begun = word in _ARTICLES
    return ""


def _is_verb(reading: Reading, term: Term) -> bool:
    """Whether a word is used as a verb, as far as its ending and what follows tell."""
    word = reading.lower[term.start : term.end]
    before = (reading.lower[: term.start].split() or [""])[-1]
    if term.kind is not TermKind.WORD or before in _ARTICLES:
        return False
    if irregular(word) or word in _UNCHANGED:
        return True
    after = reading.text[term.end :].split(maxsplit=1)
    return word.endswith("ed") or (word.endswith("s") and bool(after) and after[0][0].isupper())


def _is_passive(reading: Reading, term: Term) -> bool:
    word = reading.lower[term.start : term.end]
    before = reading.lower[: term.start].split()[-3:]
    by = re.match(r",?\s+by\s", reading.lower[term.end :])
    return word.endswith(tuple(_PARTICIPLE)) and (by is not None or bool(_BE & set(before)))
