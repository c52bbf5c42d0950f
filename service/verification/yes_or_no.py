"""Says whether a sentence answers with yes or with no to a statement that somebody asks about."""

from __future__ import annotations

from typing import Literal

from ingest.english import analyse
from ingest.english.word_kinds import TermKind
from ingest.english.words import BE
from service.types import Draft, Evidence
from service.verification.claim_reading import Reading, read
from service.verification.contradictions import OTHER_NUMBER, contradiction
from service.verification.objections import NEGATION, NEGATION_LEFT_OUT, another, objections
from service.verification.relations import verbs
from service.verification.verify import comparable, verify
from service.verification.word_alignment import Alignment, align

_DENIALS = (NEGATION, NEGATION_LEFT_OUT, another("antonym"))
LEAST_HELD = 0.5  # share of the statement's content in a sentence that denies it
_WHOLE = ("exact", "supported")
# what keeps a sentence from saying yes, whatever it says besides
_DENIES = ("negation", "denial", "condition", "fiction")
_LEAVES_OPEN = ("question", "possible", "likely", "intend", "error", "claim")
_BEING = frozenset((*BE.split("|"), "been", "remains", "remain"))


def yes_or_no(statement: str, item: Evidence) -> Literal["Yes", "No"] | None:
    """What the sentence says to the statement; None where it does neither bear it out as a whole nor
    deny it. It bears a statement out by the statement's own verb alone."""
    claim, quote, card = (read(comparable(t)) for t in (statement, item.text, item.article.title))
    made = align(claim, [quote])
    known = {word for term in card.content for word in term.value.split()}
    held = [
        n in made.pairs or (term.kind is TermKind.NAME and term.value in known)
        for n, term in enumerate(claim.content)
    ]
    denied = any(reason in _DENIALS for reason in objections(claim, [quote], card))
    if denied and sum(held) > LEAST_HELD * len(held) and not quote.has_core("condition"):
        return "No"
    if contradiction(statement, item) == OTHER_NUMBER:
        return "No"
    open_ = quote.has(*_DENIES) or quote.has_core(*_LEAVES_OPEN) or _is_hearsay(item.text)
    if not all(held) or open_ or not _same_verb(made, claim, quote):
        return None
    verdict = verify(Draft(statement, (item.key,)), {item.key: item})
    return "Yes" if verdict.support in _WHOLE else None


def _is_hearsay(text: str) -> bool:
    """Whether what is said opens with who says it: "Readers tell us that the bridge has fallen"."""
    return any(one.start < one.scope_start for one in analyse(text).attributions)


def _same_verb(made: Alignment, claim: Reading, quote: Reading) -> bool:
    """Whether a verb of the sentence stands for the statement's own, "be" for "be"."""
    tokens = analyse(claim.text).tokens
    main = next((tokens[one.verb] for one in analyse(claim.text).statements), None)
    if main is None:
        return False
    if main.lower in _BEING:
        told = analyse(quote.text)
        return any(told.tokens[one.verb].lower in _BEING for one in told.statements)
    place = next((n for n, term in enumerate(claim.content) if term.start == main.start), None)
    return place in made.pairs and made.partner(place).start in verbs(quote)
