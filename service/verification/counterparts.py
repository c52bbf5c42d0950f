"""Finds where a claim says of one of two things what its sentence says of the other: of the second figure what goes with
the first, of a man what his brother did."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from ingest.english import analyse
from ingest.english.attributed_speech import Attribution
from ingest.english.word_kinds import Term, TermKind
from service.verification.amount_checks import amounts
from service.verification.claim_reading import Reading
from service.verification.relations import LESS, MORE, SCOPE_END, SURE, verbs
from service.verification.role_swaps import deeds, meet
from service.verification.word_alignment import Alignment, Edit, likeness


def of_another(made: Alignment) -> Iterator[str]:
    """What the claim says of something else than the sentences do."""
    if _than_crossed(made):
        yield "compared the other way"
    if _stood_for(made) or _owner_for_owned(made):
        yield "head noun left out"
    if _put_in_another_mouth(made):
        yield "somebody else says it"


# Between the parts of a sentence that say alike things of two.
_PARTS = re.compile(
    r",?\s(?:and|but|while|whereas|though|although|against|versus|compared (?:with|to)|with)\s|;\s"
)


def crossed(made: Alignment) -> bool:
    """Whether the claim says of one of two figures what a sentence says of the other: "nine on weekdays and five on
    Sundays"."""
    if len(list(amounts(made.claim))) != 1:
        return False
    for s, quote in enumerate(made.quotes):
        kept = {term.start for term in made.kept(s)}
        for first, second in pairwise(amounts(quote)):
            cut = _PARTS.search(quote.lower, first.term.end, second.term.start + 1)
            if not cut or (first.unit != second.unit and first.unit and second.unit):
                continue
            end = SCOPE_END.search(quote.lower, second.term.end)
            spans = (
                (quote.segment(first.term.start)[0], cut.start()),
                (cut.end(), end.start() if end else len(quote.text)),
            )
            home, away = ([t for t in quote.content if a <= t.start < b] for a, b in spans)
            of_second = [t for t in away if t.start in kept]
            one = first.term.start in kept and second.term.start not in kept
            if one and not all(any(likeness(t, o) >= SURE for o in home) for t in of_second):
                return True
    return False


_THAN = re.compile(
    rf"\b(?P<more>{MORE}|rather|sooner)\b[^.;]*? than\b|\b(?P<less>{LESS})\b[^.;]*? than\b"
)


def _than_crossed(made: Alignment) -> bool:
    """Whether the claim prefers, or calls the greater, what the sentence calls the other."""
    mine = _THAN.search(made.claim.lower)
    if not mine:
        return False
    for quote in made.quotes:
        theirs = _THAN.search(quote.lower)
        if theirs is None:
            continue
        ours, others = _around(made.claim, mine), _around(quote, theirs)
        crossed = _likes(ours[0], others[1]) and _likes(ours[1], others[0])
        straight = _likes(ours[1], others[1])
        if crossed != straight and crossed == (mine.lastgroup == theirs.lastgroup):
            return True
    return False


def _around(reading: Reading, match: re.Match[str]) -> tuple[list[Term], list[Term]]:
    """The content words before a comparison, in its statement, and those right behind its "than"."""
    first, last = reading.segment(match.start())
    said = [
        t
        for t in reading.content
        if first <= t.start < match.end() and t.kind is not TermKind.NUMBER
    ]
    left = [t for t in said if not match.start() <= t.start < match.start() + 5]
    right = [t for t in reading.content if match.end() <= t.start < last][:2]
    return left, [] if right and right[0].kind is TermKind.NUMBER else right


def _likes(left: list[Term], right: list[Term]) -> bool:
    return any(likeness(a, b) >= 0.9 for a in left for b in right)


_SOMEBODY = (
    "brother|sister|son|daughter|wife|husband|widow|widower|lawyer|attorney|spokesman|spokeswoman|spokesperson|aide"
    "|agent|cousin|father|mother|uncle|aunt|nephew|niece|friend|neighbour|neighbor|adviser|advisor|colleague|secretary"
    "|predecessor|successor|partner|bodyguard|driver|biographer|doctor|brothers|sons|sisters|parents|children"
)
_OF_SOMEBODY = re.compile(
    rf"\b(?P<of>{_SOMEBODY}) of (?:(?:the|his|her|its|their|an?) )?|(?:'s|s') (?:(?!and\b)[\w-]+ )?(?P<owned>{_SOMEBODY})\b"
)


def _stood_for(made: Alignment) -> bool:
    """Whether the claim says of somebody what the sentence says of his brother, lawyer or widow."""
    subjects = {t for one in _phrases(made.claim) for t in one}
    for s, quote in enumerate(made.quotes):
        kept = {quote.content[p].start: n for n, ((s2, p), _) in made.pairs.items() if s2 == s}
        for match in _OF_SOMEBODY.finditer(quote.lower):
            name = "of" if match["of"] else "owned"
            noun = match.start(name)
            if noun in kept or match[name] in made.claim.lower:
                continue
            if match["of"]:
                owner = next((t for t in quote.content if t.start >= match.end()), None)
            else:
                owner = next(
                    (t for t in reversed(quote.content) if t.end <= match.start() + 1), None
                )
            if owner is None or owner.start not in kept:
                continue
            mine = made.claim.content[kept[owner.start]]
            alone = sum(likeness(mine, t) >= 0.9 for q in made.quotes for t in q.content) == 1
            if mine.start in subjects and alone:
                return True
    return False


@lru_cache(maxsize=4096)
def _phrases(reading: Reading) -> tuple[tuple[int, ...], ...]:
    """Where the words of each verb's subject begin."""
    analysis = analyse(reading.text)
    return tuple(
        tuple(analysis.tokens[n].start for n in one.subject) for one in analysis.statements
    )


_OWNS = re.compile(r"'s |(?<=s)' ")


def _owner_for_owned(made: Alignment) -> bool:
    """Whether the claim says of whom it names what the sentences say of what is his: of Buck, what "Buck's cousin" did."""
    for mine in deeds(made.claim):
        same = [d for q in made.quotes for d in deeds(q) if likeness(mine.verb, d.verb) >= SURE]
        for here, there in (
            (mine.doer, [(said, said.doer) for said in same]),
            (mine.done_to, [(said, said.done_to) for said in same]),
        ):
            parts = [_owned(said.sentence, phrase) for said, phrase in there]
            if _owned(made.claim, here)[0] or any(meet(here, owned) for _, owned in parts):
                continue
            if any(meet(here, owner) for owner, _ in parts):
                return True
    return False


def _owned(reading: Reading, phrase: Sequence[Term]) -> tuple[Sequence[Term], Sequence[Term]]:
    """Whose something is, and what it is."""
    for n in range(len(phrase) - 1, 0, -1):
        if _OWNS.match(reading.lower, phrase[n - 1].end):
            return phrase[:n], phrase[n:]
    return (), phrase


FEWEST_SAID = 2  # content words of what is said, from which the same words are known by them
MOST_OF_IT = 0.6  # of what the sentence puts into the other mouth, that the claim must have


def said_by_another(made: Alignment) -> bool:
    """Whether the claim puts words into one mouth of which the sentences put every one into another."""
    return _put_in_another_mouth(made, whole=True)


def _put_in_another_mouth(made: Alignment, *, whole: bool = False) -> bool:
    """Whether the claim puts into one mouth what the sentences put into another: most of its words, or
    the `whole` of them."""
    for mine in analyse(made.claim.text).attributions:
        who = _speakers(made.claim, mine)
        said = [
            n
            for n, t in enumerate(made.claim.content)
            if mine.scope_start <= t.start < mine.scope_end
        ]
        inside = [made.pairs[n][0] for n in said if n in made.pairs]
        if whole and (mine.kind != "say" or len(said) < FEWEST_SAID or len(inside) < len(said)):
            continue
        told = [(q, one) for q, one in _told(made, inside) if not whole or _kept_of(made, q, one)]
        others = [_speakers(quote, one) for quote, one in told]
        told_by_others = all(
            _named(them) and not any(likeness(a, b) >= SURE for a in who for b in them)
            for them in others
        )
        apart = not any(likeness(a, b) >= SURE for a in who for q, _ in told for b in q.content)
        several = apart and _several(made.claim, who)
        if others and told_by_others and (_named(who) or several):
            return True
    return False


def _kept_of(made: Alignment, quote: Reading, one: Attribution) -> bool:
    """Whether the claim has most of what a sentence puts into somebody's mouth."""
    said = [t for t in quote.content if one.scope_start <= t.start < one.scope_end]
    kept = {t.start for t in made.kept(made.quotes.index(quote))}
    return sum(t.start in kept for t in said) >= MOST_OF_IT * len(said)


def _told(
    made: Alignment, places: Sequence[tuple[int, int]]
) -> Iterator[tuple[Reading, Attribution]]:
    """The statements of the sentences that are put into somebody's mouth and hold most of these words."""
    for s, quote in enumerate(made.quotes):
        starts = [quote.content[place].start for s2, place in places if s2 == s]
        for one in analyse(quote.text).attributions:
            held = sum(one.scope_start <= start < one.scope_end for start in starts)
            if 2 * held > len(places):
                yield quote, one


def _named(phrase: Sequence[Term]) -> bool:
    return any(term.kind is TermKind.NAME for term in phrase)


_SEVERAL = re.compile(r"(?:police|people|\w+[^s\W]s)$")


def _several(reading: Reading, phrase: Sequence[Term]) -> bool:
    """Whether somebody is spoken of as several, "prosecutors", and so is nobody who is named."""
    return bool(phrase) and _SEVERAL.search(reading.lower[: phrase[-1].end]) is not None


_SENTENCE_ENDS = re.compile(r"[.!?]\s")


def _speakers(reading: Reading, one: Attribution) -> list[Term]:
    """The content words of whoever speaks."""
    analysis = analyse(reading.text)
    phrase = next(
        (s.subject for s in analysis.statements if analysis.tokens[s.verb].start == one.start), ()
    )
    starts = {analysis.tokens[n].start for n in phrase}
    if not starts and one.speaker:
        stop = _SENTENCE_ENDS.search(reading.text, one.speaker.end)
        last = stop.start() if stop else len(reading.text)
        end = one.start if one.speaker.start < one.start else last
        starts = {t.start for t in reading.content if one.speaker.start <= t.start < end}
    return [term for term in reading.content if term.start in starts]


def subject_moved(made: Edit) -> bool:
    """Whether a verb in a sentence's own words has another subject in the claim than in the sentence: of "a spokesman for
    the mayor said" the mayor, of "the yard that later sank" the ship."""
    place = {
        made.mine[k + n][1][0]: made.theirs[i + n][1][0]
        for tag, i, j, k, _ in made.codes
        if tag == "equal"
        for n in range(j - i)
    }
    theirs = verbs(made.quote)
    ours, tokens = analyse(made.claim.text).tokens, analyse(made.quote.text).tokens
    for start, mine in verbs(made.claim).items():
        said = theirs.get(place.get(start, -1))
        if said is None or not mine.subject or not said.subject or said.passive is not mine.passive:
            continue
        there = [tokens[n].start for n in said.subject]
        here = [place[ours[n].start] for n in mine.subject if ours[n].start in place]
        if not here or not made.cut.issuperset(there):
            continue
        between = made.quote.lower[min(there) : min(here)]
        verb = made.quote.lower[max(0, place[start] - 30) : place[start]]
        of_relative = _RELATIVE.search(verb) and not _RELATIVE.search(made.claim.lower[:start])
        is_one = _IS_ONE.search(made.quote.lower, max(here), min(there) + 1)
        if _HANGS_ON.search(between) or (of_relative and min(there) > max(here) and not is_one):
            return True
    return False


_HANGS_ON = re.compile(
    r"^[^.;()]*\b(?:of|for|to|by|with|from|against)\s(?:(?:the|an?|his|her|its|their)\s)?$"
)
_IS_ONE = re.compile(r"\b(?:is|was|are|were) (?:an?|the)\b")
_RELATIVE = re.compile(r"\b(?:that|which|who)\s(?:\w+\s){0,2}$")
