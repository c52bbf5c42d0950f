"""Tells who does what to whom: whether claim and sentence share subjects and objects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ingest.english import analyse
from ingest.english.word_kinds import HONORIFICS, Term, TermKind
from ingest.english.words import opposite, stem
from service.verification.claim_reading import Reading
from service.verification.word_alignment import Alignment, likeness

ALIKE = 0.6  # of two words, from which one is taken for the other

# The two parties of a deed, by its verb: who does it, to whom it is done, and the parties behind prepositions.
_PARTIES: dict[str, tuple[str, str, str, dict[str, str]]] = {
    stem(verb): (frame, doer, done_to, dict(pair.split("=") for pair in behind.split()))
    for frame, verbs, doer, done_to, behind in (
        ("contest", "win", "winner", "", "from=loser against=loser over=loser"),
        ("contest", "beat defeat overcome trounce unseat oust", "winner", "loser", ""),
        ("contest", "lose", "loser", "", "to=winner against=winner"),
        ("trade", "sell", "seller", "", "to=buyer"),
        ("trade", "buy acquire purchase", "buyer", "", "from=seller"),
        ("loan", "lend", "lender", "borrower", "to=borrower"),
        ("loan", "borrow", "borrower", "", "from=lender"),
        ("post", "succeed replace", "new", "old", ""),
        ("post", "follow", "new", "old", ""),
    )
    for verb in verbs.split()
}
_COMPARES = re.compile(
    r"\b(?P<word>more|less|half|twice|worse|better|\w+er)\b(?=[^,;.]* (?:than|as)\b)"
)
_LESS = re.compile(r"less|fewer|half|lower|smaller|shorter|slower|younger|cheaper|later|worse")
_PARTICLES = frozenset("away back down off out over up".split())
# A verb and its particle that say what one verb says
_PHRASAL = {
    (stem(verb), particle): stem(single)
    for verb, particle, single in map(
        str.split,
        (
            "turn down reject",
            "throw out reject",
            "call off cancel",
            "put off postpone",
            "give up abandon",
            "shut down close",
            "break off end",
            "pull out withdraw",
            "let off acquit",
            "take over acquire",
            "go up rise",
            "go down fall",
        ),
    )
}
_INDEFINITE = re.compile(r"\b(?:an?|another) (?:[a-z-]+ )?$")
_SPEECH = frozenset(map(stem, "say write tell add announce report".split()))  # "wrote Ostrow"


@dataclass(frozen=True, slots=True)
class Deed:
    """A verb, its subject, who does it, to whom, and what it is compared with.

    `beside` is what stands behind prepositions; `parties` are those of `_PARTIES`. `loose`: who does it may as well be
    whom it is done to ("the car sold on Monday").
    """

    verb: Term
    subject: Sequence[Term]
    doer: Sequence[Term]
    done_to: Sequence[Term]
    than: Sequence[Term]
    beside: Sequence[Term]
    parties: Mapping[str, Sequence[Term]]
    loose: bool
    sentence: Reading

    @property
    def newly_named(self) -> bool:
        """Whether somebody does it who is spoken of for the first time: "a diver"."""
        before = self.sentence.lower[: self.doer[0].start] if self.doer else ""
        return _INDEFINITE.search(before) is not None


@lru_cache(maxsize=4096)
def deeds(reading: Reading) -> tuple[Deed, ...]:
    """What a text says that anybody does, in the order of its verbs."""
    analysis = analyse(reading.text)

    def terms(phrase: Iterable[int]) -> list[Term]:
        starts = [analysis.tokens[n].start for n in phrase]
        return [t for t in reading.content if any(t.start <= s < t.end for s in starts)]

    found = []
    for one in analysis.statements:
        token = analysis.tokens[one.verb]
        verb = terms([one.verb]) or [Term(TermKind.FUNCTION, "be", token.start, token.end)]
        joined = (_PHRASAL.get((verb[0].value, word)) for word, _ in one.others)
        if single := next(filter(None, joined), None):
            verb = [replace(verb[0], value=single)]
        subject, done_to = terms(one.subject), terms(one.object)
        agent = [term for word, phrase in one.others if word == "by" for term in terms(phrase)]
        than = next((terms(p) for word, p in one.others[::-1] if word in ("than", "as")), [])
        doer, done_to = (agent, subject) if one.passive else (subject, done_to)
        beside = [t for _, phrase in one.others for t in terms(phrase)]
        moved = [t for word, phrase in one.others if word in _PARTICLES for t in terms(phrase)]
        done_to = done_to or moved  # "turned down a post"
        _, does, bears, behind = _PARTIES.get(verb[0].value, ("", "", "", {}))
        parties = {
            name: who
            for name, who in (
                (does, doer),
                (bears, done_to),
                *((behind.get(word, ""), terms(phrase)) for word, phrase in one.others),
            )
            if name and who
        }
        if than or verb[0].kind is TermKind.WORD:
            found.append(
                Deed(
                    verb[0],
                    subject,
                    doer,
                    done_to,
                    than,
                    beside,
                    parties,
                    one.passive is None and not moved,
                    reading,
                )
            )
    return tuple(found)


def turned(made: Alignment) -> bool:
    """Whether a verb of the claim has another subject or object wherever the sentences have it."""
    said = [deed for quote in made.quotes for deed in deeds(quote)]
    for mine in deeds(made.claim):
        told = [deed for deed in said if deed.verb.value == mine.verb.value] or said
        if any(_trade_places(mine, deed) for deed in told) and not any(
            _keep_places(mine, deed) for deed in told
        ):
            return True
        same = [deed for deed in said if likeness(mine.verb, deed.verb) >= ALIKE]
        kept = any(meet(mine.done_to, deed.done_to) for deed in same)
        if not kept and any(_traded(mine, deed) for deed in same):
            return True
        if mine.verb.value not in _SPEECH and same:
            agree = [_agrees(mine, deed) for deed in same]
            if False in agree and True not in agree:
                return True
    return False


def _traded(mine: Deed, said: Deed) -> bool:
    """Whether two verbs have each other's objects: "took the title but turned down the post"."""
    return any(
        meet(mine.done_to, d.done_to) for d in deeds(said.sentence) if d is not said
    ) and any(meet(said.done_to, d.done_to) for d in deeds(mine.sentence) if d is not mine)


def _frame(deed: Deed) -> str:
    return _PARTIES.get(deed.verb.value, ("",))[0]


def _trade_places(mine: Deed, said: Deed) -> bool:
    """Whether a party of one deed is the other party of the same deed told from its other side."""
    if not mine.parties or _frame(mine) != _frame(said) or _keep_places(mine, said):
        return False
    return any(
        name != other and meet(who, them)
        for name, who in mine.parties.items()
        for other, them in said.parties.items()
    )


def _keep_places(mine: Deed, said: Deed) -> bool:
    return _frame(mine) == _frame(said) and any(
        meet(who, said.parties.get(name, ())) for name, who in mine.parties.items()
    )


def _agrees(mine: Deed, said: Deed) -> bool | None:
    """Whether both are done by and to the same; None where that cannot be told."""
    if mine.than and said.than:
        return _compares_alike(mine, said)
    doer, done_to = said.doer, said.done_to
    if mine.loose or said.loose:
        if meet(mine.doer, said.beside) and meet(mine.beside, said.doer):
            return meet(mine.doer, said.doer)  # "the deputy apologised to Echter"
        return meet([*mine.doer, *mine.done_to], [*doer, *done_to]) or None
    by_same, to_same = meet(mine.doer, doer), meet(mine.done_to, done_to)
    if to_same and not doer:
        return True  # "the readers' editor can be reached" by readers
    if not (doer or mine.doer or to_same) and _is_another(mine, said):
        return False  # "Enright, whose father was struck" is no word of Enright's being struck
    named = all(any(t.kind is TermKind.NAME for t in who) for who in (mine.doer, doer))
    if named and not by_same and not said.subject:  # "it was set by Ostmere" of what Lund did
        return False
    if (
        mine.doer
        and not by_same
        and said.newly_named
        and not meet(mine.doer, said.sentence.content)
    ):
        return False  # "a diver found cracks" is no word of Keady's find
    if by_same and (to_same or not mine.done_to or not done_to):
        return True
    if not to_same and meet(mine.done_to, doer):
        return False
    if not by_same and (
        meet(mine.doer, done_to) or (doer and meet(mine.doer, said.sentence.content))
    ):
        return False
    return True if by_same or to_same else None


def _is_another(mine: Deed, said: Deed) -> bool:
    """Whether a deed is done to somebody whom the sentence names, and not as the one it is done to."""
    names = [t for t in mine.done_to if t.value not in HONORIFICS]
    if not said.done_to or not all(t.kind is TermKind.NAME and not t.demonym for t in names):
        return False
    first, last = said.done_to[0].start, said.verb.start
    named = [t for t in said.sentence.content if t.kind is TermKind.NAME]
    return meet(names, [t for t in named if t.start < first]) and not meet(
        names, [t for t in named if first <= t.start < last]
    )


def _compares_alike(mine: Deed, said: Deed) -> bool | None:
    """Whether both call the same of two things the greater one."""
    straight = meet(mine.doer, said.doer) or meet(mine.than, said.than)
    crossed = meet(mine.doer, said.than) or meet(mine.than, said.doer)
    found = [_COMPARES.search(one.sentence.lower, one.verb.end) for one in (mine, said)]
    if straight == crossed or not all(found):
        return None
    here, there = (one["word"] for one in found if one)
    less = _LESS.fullmatch(here) is None, _LESS.fullmatch(there) is None
    if less[0] != less[1] or opposite(*(stem(re.sub("i?er$", "", w)) for w in (here, there))):
        return crossed
    return straight if here == there else None


def meet(left: Sequence[Term], right: Sequence[Term]) -> bool:
    """Whether two phrases may stand for one thing: a name in common where both have one, else a word."""
    if all(any(term.kind is TermKind.NAME for term in side) for side in (left, right)):
        left, right = ([t for t in side if t.kind is TermKind.NAME] for side in (left, right))
    return any(likeness(a, b) >= ALIKE for a in left for b in right)


def opposed(made: Alignment) -> bool:
    """Whether claim and sentence say opposite verbs of one name, "lost" and "was elected"."""
    paired = {made.claim.content[n].start for n in made.pairs}
    return any(
        mine.verb.start not in paired
        and opposite(mine.verb.value, said.verb.value)
        and any(term.kind is TermKind.NAME for term in mine.subject)
        and meet(mine.subject, said.subject)
        for mine in deeds(made.claim)
        for quote in made.quotes
        for said in deeds(quote)
    )
