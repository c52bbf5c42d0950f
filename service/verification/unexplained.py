"""Finds what a claim says of its own over words that it has from its sentences: a verb, another who did it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.english import analyse
from ingest.english.word_kinds import Term, TermKind
from service.verification.claim_reading import Reading
from service.verification.relations import SURE
from service.verification.word_alignment import Alignment

FEW = 5  # content words of a claim, chosen on the fit half of `evals/suites/claims`: 8 true ones of 319 lose by it


def of_its_own(made: Alignment) -> Iterator[str]:
    """What the claim says over the words of its sentences that none of them says."""
    if _verb_put_over(made):
        yield "verb put in"
    if _somebody_else(made):
        yield "somebody else"


_OVER = re.compile(r" (?:not )?to (?:be |have )?| that (?:[\w'-]+ ){0,8}| (?=[\w-]+ing\b)")
_IT_IS = re.compile(r"\bit (?:is|was) $")


def _verb_put_over(made: Alignment) -> bool:
    """Whether a verb of a sentence stands in the claim below a word that no sentence has: "considered buying", "it is
    untrue that"."""
    claim = made.claim
    verbs = _verbs(claim)
    denied = [side.has("negation", "denial") for side in (claim, *made.quotes)]
    if claim.has_core("intend", "likely", "possible") or (denied[0] and any(denied[1:])):
        return False
    speech = any(quote.has("report") or '"' in quote.text for quote in made.quotes)
    for n, over in enumerate(claim.content):
        below = _OVER.match(claim.lower, over.end)
        leads = over in verbs or _IT_IS.search(claim.lower[: over.start])
        if n in made.pairs or not leads or not below or (speech and "that" in below[0]):
            continue
        under = next(
            (m for m, t in enumerate(claim.content) if t.start >= over.end and m in made.pairs),
            None,
        )
        if (
            under is not None
            and claim.content[under].start <= below.end()
            and _is_said(made, under)
        ):
            return True
    return False


def _is_said(made: Alignment, n: int) -> bool:
    """Whether a word of the claim is a verb of a sentence."""
    if n not in made.pairs or made.pairs[n][1] < SURE:
        return False
    (s, place), _ = made.pairs[n]
    quote = made.quotes[s]
    return any(t.start == quote.content[place].start for t in _verbs(quote))


def _verbs(reading: Reading) -> list[Term]:
    analysis = analyse(reading.text)
    places = {analysis.tokens[one.verb].start for one in analysis.statements}
    return [t for t in reading.content if t.start in places]


def _somebody_else(made: Alignment) -> bool:
    """Whether whom the claim names as the subject of a verb is named in no sentence, and the sentence names somebody
    else there."""
    analysis = analyse(made.claim.text)
    known = {t.start: n for n, t in enumerate(made.claim.content)}
    for one in analysis.statements:
        verb = known.get(analysis.tokens[one.verb].start)
        found = made.pairs.get(verb) if verb is not None else None
        mine = [known[s] for n in one.subject if (s := analysis.tokens[n].start) in known]
        named = [n for n in mine if made.claim.content[n].kind is TermKind.NAME]
        if found is None or found[1] < SURE or not named or any(n in made.pairs for n in mine):
            continue
        (s, place), _ = found
        quote = made.quotes[s]
        there = analyse(quote.text)
        for other in there.statements:
            if there.tokens[other.verb].start != quote.content[place].start:
                continue
            starts = {there.tokens[n].start for n in other.subject}
            if any(t.kind is TermKind.NAME and t.start in starts for t in quote.content):
                return True
    return False


def verbs_unexplained(made: Alignment) -> bool:
    """Whether the claim has few words, verbs among them, and the sentences none of these verbs: they are what it says."""
    known = {t.start: n for n, t in enumerate(made.claim.content)}
    verbs = [known[t.start] for t in _verbs(made.claim)]
    return len(verbs) > 0 and len(known) <= FEW and not any(n in made.pairs for n in verbs)
