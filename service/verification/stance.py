"""Says whether a sentence answers yes or no to a statement, excludes it, or only does not say it."""

from __future__ import annotations

import re
from typing import Literal

from ingest.english import analyse
from ingest.english.word_kinds import TermKind
from ingest.english.words import BE
from service.types import Draft, Evidence
from service.verification.claim_reading import Reading, read
from service.verification.counterparts import said_by_another
from service.verification.objections import (
    FIGURE_MISSING,
    NEAR,
    NEGATION,
    NEGATION_LEFT_OUT,
    ROLES_EXCHANGED,
    another,
    objections,
)
from service.verification.omissions import left_out
from service.verification.relations import (
    says_all_of_a_counted_part,
    says_other_outcome,
    verbs,
)
from service.verification.verify import comparable, verify
from service.verification.who_is_what import held_by_another
from service.verification.word_alignment import Alignment, align, edit

# Of what speaks against a claim, that which both cannot be true of; the rest is only not said.
OTHER_NUMBER = "the archive gives another number"
OTHER_NAME = "the archive gives another name"
OF_A_PART = "the archive says it of a part only"
OF_OTHERS = "the archive says it of others"
_EXCLUDES = {
    NEGATION: "the archive says the opposite",
    NEGATION_LEFT_OUT: "the archive says the opposite",
    ROLES_EXCHANGED: OF_OTHERS,
    another("number"): OTHER_NUMBER,
    another("date"): "the archive gives another date",
    another("name"): OTHER_NAME,
    another("antonym"): "the archive says the opposite",
    another("quantifier"): "the archive says it of another share",
    another("relation"): "the archive relates it otherwise",
    another("direction"): "the archive says the opposite",
    "compared the other way": "the archive says the opposite",
    "all of a part": OF_A_PART,
    "negation put in": "the archive says the opposite",
    "title of somebody else": OF_OTHERS,
}
# and where the sentence has every word of the claim
_LEFT_OUT = {
    another("value"): "the archive says something else in its place",
    "bound left out": "the archive bounds what it says of it",
    "number of another part": "the archive gives the number of something else",
    "rank left out": "the archive gives another rank",
    "head noun left out": OF_OTHERS,
}
_UNREAL = {
    left_out("error"): "the archive says that this is wrong",
    left_out("fiction"): "the archive tells it of no real event",
}
_DENIALS = (NEGATION, NEGATION_LEFT_OUT)
# Chosen on the fit half of `evals/suites/claims` (docs/quality.md).
LEAST_HELD = 0.5  # share of the statement's content in a sentence that denies it
LEAST_SHARED = 3  # content words that both have, where the sentence lacks one
MOST_MISSING = 1  # things of the claim that the sentence lacks; the words of a name are one


_ENDS = re.compile(r"[.!][\"”')]*$")


def contradiction(claim: str, item: Evidence) -> str | None:
    """What the archive says instead, in words for people; None where the sentence does not exclude
    the claim, or speaks of something else."""
    mine, quote = read(comparable(claim)), read(comparable(item.text))
    made = align(mine, [quote])
    if made.held >= LEAST_HELD and says_all_of_a_counted_part(made):
        return OF_A_PART
    if made.held >= LEAST_HELD and says_other_outcome(made):
        return "the archive says the opposite"
    if said_by_another(made):
        return "the archive gives these words to somebody else"
    if held_by_another(made):
        return OTHER_NAME
    if not is_near(claim, item) or not (verbs(mine) or _ENDS.search(mine.text)):
        return None  # no statement, as a heading is none
    missing = [term for n, term in enumerate(mine.content) if n not in made.pairs]
    names = sum(term.kind is TermKind.NAME for term in missing)
    if len(missing) - max(0, names - 1) > MOST_MISSING:
        return None
    if missing and len(made.pairs) < LEAST_SHARED:
        return None
    for reason in objections(mine, [quote], read(comparable(item.article.title))):
        if reason in _DENIALS and not denial_is_plain(claim, item):
            continue
        if reason in _EXCLUDES or (reason in _LEFT_OUT and not missing) or _unreal(reason, made):
            return (_EXCLUDES | _LEFT_OUT | _UNREAL)[reason]
        if reason == FIGURE_MISSING and _figures_differ(made):
            return OTHER_NUMBER
    return None


def _unreal(reason: str, made: Alignment) -> bool:
    """Whether the sentence tells as an error or a fiction what the claim says, and does not deny, itself."""
    denies = made.claim.has("negation", "denial")
    return reason in _UNREAL and len(made.pairs) == len(made.claim.content) and not denies


def _figures_differ(made: Alignment) -> bool:
    """Whether the sentence has a figure that the claim has not, or the claim's own in another unit."""
    (quote,) = made.quotes
    kept = {term.start for term in made.kept(0)}
    theirs = [t for t in quote.content if t.kind is TermKind.NUMBER]
    mine = [n for n, t in enumerate(made.claim.content) if t.kind is TermKind.NUMBER]
    return any(t.start not in kept for t in theirs) or all(n in made.pairs for n in mine)


def is_near(claim: str, item: Evidence) -> bool:
    """Whether a claim is nearly in a sentence's own words."""
    return edit(read(comparable(claim)), read(comparable(item.text))).share >= NEAR


def denial_is_plain(claim: str, item: Evidence) -> bool:
    """Whether one of both denies and the other does not; "no evidence that", "unless" and two
    denials in other words are for people to read."""
    sides = (read(comparable(claim)), read(comparable(item.text)))
    denies = [s.has("negation", "denial", "condition") or s.has_core("error") for s in sides]
    return denies.count(True) == 1


_OPPOSITES = (*_DENIALS, another("antonym"))
_WHOLE = ("exact", "supported")
# what keeps a sentence from saying yes, whatever it says besides
_DENIES = ("negation", "denial", "condition", "fiction")
_LEAVES_OPEN = ("question", "possible", "likely", "intend", "error", "claim")
_POINTS = re.compile(r"^(?:We|They|It)(?: (are|were)\b|\b)")
_OF_ONE = {"are": " is", "were": " was", None: ""}
_BEING = frozenset((*BE.split("|"), "been", "remains", "remain"))


def yes_or_no(statement: str, item: Evidence) -> Literal["Yes", "No"] | None:
    """What the sentence says to the statement; None where it does neither bear it out as a whole nor
    deny it. It bears a statement out by the statement's own verb alone."""
    told = _spelled_out(item.text, statement, item.article.title)
    claim, quote, card = (read(comparable(t)) for t in (statement, told, item.article.title))
    made = align(claim, [quote])
    known = {word for term in card.content for word in term.value.split()}
    held = [
        n in made.pairs or (term.kind is TermKind.NAME and term.value in known)
        for n, term in enumerate(claim.content)
    ]
    denied = any(reason in _OPPOSITES for reason in objections(claim, [quote], card))
    if denied and sum(held) > LEAST_HELD * len(held) and not quote.has_core("condition"):
        return "No"
    if contradiction(statement, item) == OTHER_NUMBER:
        return "No"
    open_ = quote.has(*_DENIES) or quote.has_core(*_LEAVES_OPEN)
    # who says it stands in front: "Readers tell us that the bridge has fallen"
    open_ = open_ or any(one.start < one.scope_start for one in analyse(item.text).attributions)
    if not all(held) or open_ or not _same_verb(made, claim, quote):
        return None
    verdict = verify(Draft(statement, (item.key,)), {item.key: item})
    return "Yes" if verdict.support in _WHOLE else None


def _spelled_out(text: str, statement: str, title: str) -> str:
    """The sentence with the statement's subject for "we" or "it", where the title names that: "We are
    closed on Sundays", below "New hours at the library"."""
    opens = _POINTS.match(text)
    tokens = analyse(statement).tokens
    subject = next((one.subject for one in analyse(statement).statements), ())
    if not opens or not subject or not {tokens[n].stem for n in subject} <= analyse(title).stems:
        return text
    named = statement[tokens[subject[0]].start : tokens[subject[-1]].end]
    return f"The {named}{_OF_ONE[opens[1]]}{text[opens.end() :]}"


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
