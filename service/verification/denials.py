"""Tells whether a claim says as done what its sentences deny, refuse or leave undecided, or denies what they say was
done."""

from __future__ import annotations

import re

from ingest.english.words import opposite
from service.verification.claim_reading import CORE, WIDE, Reading, Span
from service.verification.relations import HEADS, REACH, SCOPE_END, SURE, verbs
from service.verification.word_alignment import Alignment

# verbs after which an action was not done
_REFUSES = re.compile(
    r"\b(?:refus|fail|declin|neglect|forg[eo]t)\w*\b[^,;:.]{0,20}?\bto\b|\b(?:unable|unwilling|yet) to\b"
)
_UNTIL = re.compile(r"\b(?:until|till|before|first|only)\b")


def denial_dropped(made: Alignment) -> bool:
    """Whether what the sentences deny stands in a part of the claim that denies nothing."""
    claim = made.claim
    unless = any("unless" in quote.lower for quote in made.quotes)
    if unless or claim.has("condition") or claim.has_core("question", "error"):
        return False
    for part in claim.segments:
        if (
            _part_denies(claim, part)
            and sum(part[0] <= t.start < part[1] for t in claim.content) < 2
        ):
            return False  # "but it did not"
    for s, quote in enumerate(made.quotes):
        kept = {
            quote.content[place].start: claim.content[n].start
            for n, ((s2, place), score) in made.pairs.items()
            if s2 == s and score >= SURE
        }
        denials = (*WIDE["negation"].finditer(quote.lower), *_REFUSES.finditer(quote.lower))
        for match in denials:
            end = SCOPE_END.search(quote.lower, match.end())
            last = end.start() if end else len(quote.text)
            open_ = quote.lower.find("whether ", match.end(), last)  # "not decided whether to"
            begins = max(match.end(), open_)
            heads = [t.start for t in quote.content if begins <= t.start < last][:HEADS]
            turns = quote.lower.startswith(
                "but", last
            )  # "did not vote on the sale but on the lease"
            least = len(heads) - (not turns)
            if not heads or heads[0] not in kept or sum(h in kept for h in heads) < least:
                continue
            first = next(t for t in quote.content if t.start == heads[0])
            if any(opposite(first.value, t.value) for t in claim.content):
                continue  # "close no branches", "stay open"
            if _UNTIL.search(quote.lower, match.end(), last) and _UNTIL.search(claim.lower):
                continue  # "did not speak until 1971", "it was 1971 before they spoke"
            if not _part_denies(claim, claim.segment(kept[heads[0]])):
                return True
    return False


_PUTS_DENIAL = re.compile(
    r"\b(?:(?:refus|fail|declin|forg[eo]t)\w* to|den(?:y|ies|ied) that|untrue that|(?:not|never)(?: to)?|nobody|no one)\s|n't\s"
)


def denial_put_in(made: Alignment) -> bool:
    """Whether the claim says that somebody did not do, refused or failed to do what the sentences say he did."""
    claim = made.claim
    if claim.has_core("condition", "question", "error"):
        return False
    kept = {claim.content[n].start: place for n, (place, k) in made.pairs.items() if k >= SURE}
    if _denies_more_than_a_cause(made):
        return True
    for match in _PUTS_DENIAL.finditer(claim.lower):
        first = next((t.start for t in claim.content if t.start >= match.end()), None)
        told = match[0].endswith("that ")
        if first in kept and (told or (first in verbs(claim) and first - match.end() < REACH)):
            s, place = kept[first]
            others = [quote for n, quote in enumerate(made.quotes) if n != s]
            if not _bound(made.quotes[s], place) and not any(map(_binds_at_all, others)):
                return True
    return False


_CONTRAST = re.compile(r"(?:, (?:and )?|[—–(] ?)not (?:[\w'-]+ ){0,4}?[\w'-]+(?=[,;.)—–]|$)")
_PLAIN_NOT = re.compile(r"\b(?:not|never)\b|n't\b")


def _denies_more_than_a_cause(made: Alignment) -> bool:
    """Whether the claim denies a word that no sentence has, and all that they deny is one side of a
    contrast: of "software, not engines" that the engines were sound."""
    told = [quote.lower for quote in made.quotes]
    denied = [(len(WIDE["negation"].findall(t)), len(_CONTRAST.findall(t))) for t in told]
    if not any(n for n, _ in denied) or any(n != m for n, m in denied):
        return False
    heads = (
        next((n for n, t in enumerate(made.claim.content) if t.start >= match.end()), None)
        for match in _PLAIN_NOT.finditer(made.claim.lower)
    )
    return any(head is not None and head not in made.pairs for head in heads)


_BOUND = ("negation", "denial", "condition")


def _bound(quote: Reading, place: int) -> bool:
    """Whether what stands before a word in its statement may deny it, or make it depend, or ask."""
    start = quote.content[place].start
    first, last = quote.segment(start)
    before, part = quote.lower[first:start], quote.lower[first:last]
    led = any(WIDE[kind].search(before) for kind in _BOUND)
    return led or any(CORE[kind].search(part) for kind in ("condition", "question"))


def _binds_at_all(quote: Reading) -> bool:
    return quote.has(*_BOUND) or quote.has_core("question")


def _part_denies(claim: Reading, part: Span) -> bool:
    text = claim.lower[part[0] : part[1]]
    return WIDE["negation"].search(text) is not None or any(
        match[0] not in ("ruled out", "against") for match in WIDE["denial"].finditer(text)
    )
