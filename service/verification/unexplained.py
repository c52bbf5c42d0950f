"""Finds what a claim says of its own over words that it has from its sentences: a verb, another who did it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.english import analyse
from ingest.english.clauses import Statement
from ingest.english.word_kinds import Term, TermKind
from service.verification.claim_reading import Reading
from service.verification.relations import SURE, verbs
from service.verification.word_alignment import Alignment

FEW = 5  # content words of a claim, chosen on the fit half of `evals/suites/claims`: 8 true ones of 319 lose by it


def of_its_own(made: Alignment) -> Iterator[str]:
    """What the claim says over the words of its sentences that none of them says."""
    if _verb_put_over(made):
        yield "verb put in"
    if _somebody_else(made):
        yield "somebody else"


def only_subject(made: Alignment) -> bool:
    """Whether all that the sentences hold of the claim is whom or what it speaks of, a word and its names: of "Orla Pike
    was arrested" no more than the name. Figures count as held: others see to them."""
    tokens, found = analyse(made.claim.text).tokens, analyse(made.claim.text).statements
    content = made.claim.content
    held = [content[n] for n in made.pairs]
    words = [term for term in held if not _of_a_name(made.claim, term)]
    if len(words) > 1 or any(t.kind in (TermKind.NUMBER, TermKind.DATE) for t in content):
        return False
    if not found:  # a verb that is not read as one
        return not words
    subject = {tokens[n].start for one in found for n in one.subject}
    verb = min(tokens[one.verb].start for one in found)
    return all(term.start < verb or term.start in subject for term in held)


def _of_a_name(claim: Reading, term: Term) -> bool:
    """Whether a word is a name or stands with a capital in front of one: "Pastor Lyle Beck"."""
    following = (t.start for t in claim.content if t.kind is TermKind.NAME)
    before = claim.text[term.start].isupper() and term.end + 1 in following
    return term.kind is TermKind.NAME or before


def verbs_unexplained(made: Alignment) -> bool:
    """Whether the claim has few words, verbs among them, and the sentences none of these verbs: they are what it says."""
    content, said = made.claim.content, verbs(made.claim)
    own = [n for n, term in enumerate(content) if term.start in said]
    return bool(own) and len(content) <= FEW and not any(n in made.pairs for n in own)


def words_unheard(made: Alignment) -> bool:
    """Whether the sentences hold less than half of what the claim puts into somebody's mouth: they know him and not
    his words."""
    for one in analyse(made.claim.text).attributions:
        said = [
            n
            for n, t in enumerate(made.claim.content)
            if one.scope_start <= t.start < one.scope_end
        ]
        if 2 * sum(n in made.pairs for n in said) < len(said):
            return True
    return False


# What stands between a word and a verb below it.
_OVER = re.compile(r" (?:not )?to (?:be |have )?| that (?:[\w'-]+ ){0,8}| (?=[\w-]+ing\b)")
_IT_IS = re.compile(r"\bit (?:is|was) $")


def _verb_put_over(made: Alignment) -> bool:
    """Whether a verb of a sentence stands in the claim below a word that no sentence has: "considered buying", "it is
    doubtful that"."""
    claim, content = made.claim, made.claim.content
    denied = [side.has("negation", "denial") for side in (claim, *made.quotes)]
    if claim.has_core("intend", "likely", "possible") or (denied[0] and any(denied[1:])):
        return False
    spoken = any(quote.has("report") or '"' in quote.text for quote in made.quotes)
    told = spoken or claim.has_core("claim")  # whoever says that somebody says it says less
    for n, over in enumerate(content):
        below = _OVER.match(claim.lower, over.end)
        leads = over.start in verbs(claim) or _IT_IS.search(claim.lower[: over.start])
        if n in made.pairs or not leads or not below or (told and "that" in below[0]):
            continue
        under = next((m for m in range(n + 1, len(content)) if _partner(made, m)), None)
        if under is not None and content[under].start <= below.end():
            return True
    return False


def _somebody_else(made: Alignment) -> bool:
    """Whether no sentence has whom the claim says to do or be what somebody else does or is in it; a name is held
    against a name, other words against other words: "police counted" of what the organisers did."""
    claim = made.claim
    kept = {claim.content[n].start for n in made.pairs}
    for start, said in verbs(claim).items():
        found = _same_verb(made, start)
        if found is None:
            continue
        mine, theirs = _subject(claim, said), _subject(*found)
        if any(term.start in kept for term in mine) or not mine or not theirs:
            continue
        if _named(mine) and _named(theirs):
            return True
        active = said.passive is found[1].passive is False
        if active and all(term.kind is TermKind.WORD for term in (*mine, *theirs)):
            return True
    return False


def _same_verb(made: Alignment, start: int) -> tuple[Reading, Statement] | None:
    """The sentence, and the statement in it, that has a verb of the claim; of "is" the one right before what is said to
    be."""
    content = made.claim.content
    n = next((n for n, term in enumerate(content) if term.start >= start), None)
    if n is None or content[n].start == start:
        return None if n is None else _partner(made, n)
    if n not in made.pairs or made.pairs[n][1] < SURE:
        return None
    (s, place), _ = made.pairs[n]
    quote = made.quotes[s]
    first = quote.content[place - 1].end if place else 0
    last = quote.content[place].start
    between = [one for at, one in verbs(quote).items() if first <= at < last]
    return (quote, between[0]) if len(between) == 1 else None


def _partner(made: Alignment, n: int) -> tuple[Reading, Statement] | None:
    """The sentence, and the statement in it, of which a word of the claim is the verb."""
    if n not in made.pairs or made.pairs[n][1] < SURE:
        return None
    (s, place), _ = made.pairs[n]
    quote = made.quotes[s]
    said = verbs(quote).get(quote.content[place].start)
    return (quote, said) if said else None


def _subject(reading: Reading, said: Statement) -> list[Term]:
    """The content words of a statement's subject."""
    tokens = analyse(reading.text).tokens
    starts = {tokens[n].start for n in said.subject}
    return [term for term in reading.content if term.start in starts]


def _named(terms: list[Term]) -> bool:
    return any(term.kind is TermKind.NAME for term in terms)
