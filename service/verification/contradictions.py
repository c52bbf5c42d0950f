"""Tells a sentence that says otherwise than a claim from one that only does not say it."""

from __future__ import annotations

from ingest.english.word_kinds import TermKind
from service.types import Evidence
from service.verification.claim_reading import read
from service.verification.objections import (
    NEAR,
    NEGATION,
    NEGATION_LEFT_OUT,
    ROLES_EXCHANGED,
    another,
    objections,
)
from service.verification.verify import comparable
from service.verification.word_alignment import align, edit

# Of what speaks against a claim, that which both cannot be true of; the rest is only not said.
OTHER_NUMBER = "the archive gives another number"
_EXCLUDES = {
    NEGATION: "the archive says the opposite",
    NEGATION_LEFT_OUT: "the archive says the opposite",
    ROLES_EXCHANGED: "the archive says it of others",
    another("number"): OTHER_NUMBER,
    another("date"): "the archive gives another date",
    another("name"): "the archive gives another name",
    another("antonym"): "the archive says the opposite",
    another("quantifier"): "the archive says it of another share",
}
_DENIALS = (NEGATION, NEGATION_LEFT_OUT)
# Chosen on the fit half of `evals/suites/claims` (docs/quality.md).
LEAST_SHARED = 3  # content words that both have, where the sentence lacks one
MOST_MISSING = 1  # things of the claim that the sentence lacks; the words of a name are one


def contradiction(claim: str, item: Evidence) -> str | None:
    """What the archive says instead, in words for people; None where the sentence does not exclude
    the claim, or speaks of something else."""
    mine, quote = read(comparable(claim)), read(comparable(item.text))
    if not is_near(claim, item):
        return None
    made = align(mine, [quote])
    missing = [term for n, term in enumerate(mine.content) if n not in made.pairs]
    names = sum(term.kind is TermKind.NAME for term in missing)
    if len(missing) - max(0, names - 1) > MOST_MISSING:
        return None
    if missing and len(made.pairs) < LEAST_SHARED:
        return None
    for reason in objections(mine, [quote], read(comparable(item.article.title))):
        if reason in _EXCLUDES and (reason not in _DENIALS or denial_is_plain(claim, item)):
            return _EXCLUDES[reason]
    return None


def is_near(claim: str, item: Evidence) -> bool:
    """Whether a claim is nearly in a sentence's own words."""
    return edit(read(comparable(claim)), read(comparable(item.text))).share >= NEAR


def denial_is_plain(claim: str, item: Evidence) -> bool:
    """Whether one of both denies and the other does not; "no evidence that", "unless" and two
    denials in other words are for people to read."""
    sides = (read(comparable(claim)), read(comparable(item.text)))
    denies = [s.has("negation", "denial", "condition") or s.has_core("error") for s in sides]
    return denies.count(True) == 1
