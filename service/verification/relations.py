"""Compares what binds a claim's words with what binds their partners: after or before, if or unless, may or does, denied
or not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from ingest.english import analyse
from ingest.english.clauses import Statement
from ingest.english.quantities import CARDINALS
from ingest.english.word_kinds import Term, TermKind
from ingest.english.words import irregular, opposite
from service.verification.claim_reading import CORE, WIDE, Reading
from service.verification.word_alignment import Alignment, likeness

HEADS = 3  # content words behind a relation or a denial that it is said of
REACH = 40  # characters between a word of doubt and its verb
SURE = 0.7  # likeness from which a word of the claim is held to what its partner is bound by

LESS = "less|fewer|lower|smaller|shorter|slower|younger|cheaper|later|worse|narrower|weaker|lighter|poorer"
MORE = "more|greater|higher|larger|bigger|longer|faster|quicker|older|dearer|earlier|better|wider|stronger|heavier|richer"
# What one side of a group says of a phrase, no other side says of it.
_GROUPS = {
    "order": ("before|prior to|ahead of|until|till", "after|following|since|once"),
    "condition": (
        "if|provided|provided that|providing|as long as|so long as|on condition(?: that)?|in the event(?: that| of)?",
        "unless",
        "whether or not|even if|regardless of|no matter|whatever",
    ),
    "ground": (
        "despite|in spite of|although|though|even though|notwithstanding",
        "because(?: of)?|thanks to|owing to|due to|as a result of|with",
        "without|lacking",
    ),
    "than": (rf"(?:{MORE}) than", rf"(?:{LESS}) than"),
    "level": ("above|over|exceed(?:s|ed|ing)?|beyond", "below|under|short of|beneath"),
}
_RELATION = re.compile(
    r"\b(?:"
    + "|".join(
        rf"(?P<{group}{n}>{words})"
        for group, sides in _GROUPS.items()
        for n, words in enumerate(sides)
    )
    + r")\b"
)
SCOPE_END = re.compile(r"[,;:.!?—–()\"“”](?!\d)|\b(?:and|but|that)\b")


def otherwise_bound(made: Alignment) -> Iterator[str]:
    """What the claim says of words that it has in common with the sentences and they say otherwise."""
    told = [quote.lower for quote in made.quotes]
    of_all = _ALL.search(made.claim.lower) and not made.claim.has("negation", "denial")
    if of_all and any(map(_PART.search, told)) and not any(map(_ALL.search, told)):
        yield "all of a part"  # "seven of them"
    elif says_all_of_a_counted_part(made):
        yield "all of a part"
    if _alone_put_in(made):
        yield "only put in"
    binds = _BINDS.search(made.claim.lower) and not made.claim.has("negation", "denial")
    if binds and not any(_BOUND_SAID.search(quote.lower) for quote in made.quotes):
        yield "a promise nobody makes"
    if _other_relation(made):
        yield "another relation"
    if _hedge_left_out(made) or _tense_moved(made):
        yield "surer than said"
    for kind, turn in _TURNS.items():
        # "nobody was killed" is not what a sentence says that tells of the hurt
        denied = kind != "harm" and made.claim.has("negation")
        if not denied and _turned(made, turn):
            yield f"another {kind}"


@dataclass(frozen=True, slots=True)
class Relation:
    """A side of one of `_GROUPS`, and the content words that it is said of."""

    group: str
    side: str
    heads: tuple[Term, ...]


@lru_cache(maxsize=4096)
def _relations(reading: Reading) -> tuple[Relation, ...]:
    found = []
    for match in _RELATION.finditer(reading.lower):
        name, end = str(match.lastgroup), SCOPE_END.search(reading.lower, match.end() + 1)
        last = end.start() if end else len(reading.text)
        heads = [t for t in reading.content if match.end() <= t.start < last]
        if heads:
            found.append(Relation(name[:-1], name[-1], tuple(heads[:HEADS])))
    return tuple(found)


_ALL = re.compile(
    r"(?<!at )(?<!in )\ball\b(?! told| in| but)|\b(?:every|each|everyone|everybody|entire|whole|always)\b"
)
_PART = re.compile(rf"\b(?:some|most|many|few|half|part|\d[\d,]*|{'|'.join(CARDINALS)}) of\b")


_OF_THE = re.compile(r"(?:^|\s+)of\s+(?:(?:the|its|his|her|their|all)\s+)?$")
_THEN = re.compile(r"(?: [\w'-]+){0,3},? (?:only |just )?")  # "of the four reactors, two"
_ALL_BEFORE = re.compile(
    r"\b(?:all|every one|each)(?: one)?(?: of)?(?: the| its| his| her| their)?\s+$"
)


def says_all_of_a_counted_part(made: Alignment) -> bool:
    """Whether the claim says of all 17 what the sentences say of 15 of the 17."""
    if made.claim.has("negation", "denial"):
        return False
    whole = {
        t.value
        for t in made.claim.content
        if t.kind is TermKind.NUMBER and _ALL_BEFORE.search(made.claim.lower[: t.start])
    }
    return any(
        (right.value in whole and _OF_THE.fullmatch(quote.lower[left.end : right.start]))
        or (
            left.value in whole
            and _OF_THE.search(quote.lower[: left.start])
            and _THEN.fullmatch(quote.lower[left.end : right.start])
        )
        for quote in made.quotes
        for left, right in pairwise(t for t in quote.content if t.kind is TermKind.NUMBER)
        if left.value != right.value
    )


_ALONE = re.compile(
    r"\b(?:only|solely|exclusively|alone|sole)\b(?!\s[£$€]?\d| (?:a|an|one|two|three|half)\b)"
)
_ALONE_SAID = re.compile(
    r"\b(?:only|solely|exclusively|alone|sole|just|merely|simply|single|unique|first|except|nothing|none|no|not|never"
    r"|without|neither|nor|unless|until|other)\b|n't\b"
)
_NOT_ALONE = re.compile(r"\bnot (?:only|just|merely|solely)\b")


def _alone_put_in(made: Alignment) -> bool:
    """Whether the claim says that it is one alone, or not one alone, and the sentences do not, or say that it is."""
    told = [quote.lower for quote in made.quotes]
    if _NOT_ALONE.search(made.claim.lower):
        return any(re.search(r"\bonly\b", t) and not _NOT_ALONE.search(t) for t in told)
    return bool(_ALONE.search(made.claim.lower)) and not any(map(_ALONE_SAID.search, told))


_BINDS = re.compile(r"\b(?:promis|pledg|vow|guarantee|agree|commit)(?:s|e[sd]?|ed|ted|d|ing)?\b")
_BOUND_SAID = re.compile(
    r"\b(?:promis|pledg|vow|guarant|agree|commit|accept|approv|back|deal|accord|offer|undert|sign|treat|contract|assur|vot|settl"
    r"|decid|decis)|\bwill\b"
)


def _other_relation(made: Alignment) -> bool:
    """Whether the claim has another side of a group for the same words, as much being denied on both sides."""
    negated = _denials(made.claim)
    if negated not in map(_denials, made.quotes):
        return False  # "unless it is signed" is "if it is not signed"
    theirs = [relation for quote in made.quotes for relation in _relations(quote)]
    for mine in _relations(made.claim):
        same = [other for other in theirs if other.group == mine.group and _meet(mine, other)]
        if same and all(other.side != mine.side for other in same):
            return True
    return False


def _denials(side: Reading) -> int:
    return len(WIDE["negation"].findall(side.lower.replace("or not", "")))


def _meet(left: Relation, right: Relation) -> bool:
    """Whether two relations are said of one thing, and not of opposites: "unless frozen" is "if thawed"."""
    if any(opposite(a.value, b.value) for a in left.heads for b in right.heads):
        return False
    return any(likeness(a, b) >= SURE for a in left.heads[:2] for b in right.heads[:2])


_HEDGES = ("possible", "likely", "intend", "condition", "question")
_MAYBE = re.compile(r"\b(?:would|should|could|may|might|can|if|unless|whether|asked)\b")
# "the opening of the station was put off": it has not opened
_NOT_YET = re.compile(
    r"\b(?:put off|postpon\w+|delay\w*|cancel\w*|called off|shelv\w+|scrap\w*|abandon\w*)\b"
)
_UNTOLD = re.compile(r"\b(?:to|for|in|of)\s+$")  # before a verb that nobody is said to have done
_TO_DO = re.compile(r"\bto (?:be )?(?=\w)")  # "a motion to ban dogs was rejected" tells of no ban
_WILL = re.compile(r"\bwill\s+(?:\w+\s+)?$")


@lru_cache(maxsize=4096)
def verbs(reading: Reading) -> dict[int, Statement]:
    """The verbs of a text by where they begin."""
    analysis = analyse(reading.text)
    return {analysis.tokens[one.verb].start: one for one in analysis.statements}


@lru_cache(maxsize=4096)
def _hedged(quote: Reading) -> dict[int, str]:
    """Where the verbs behind words of doubt or intent begin, and which of both it is."""
    told, found = verbs(quote), {}
    for kind in ("possible", "likely", "intend"):
        for match in CORE[kind].finditer(quote.lower):
            month = quote.text[match.start()].isupper() and match.start() > 0
            last = quote.segment(match.start())[1]
            head = next((t for t in quote.content if match.end() <= t.start < last), None)
            if month or head is None or head.start - match.end() > REACH:
                continue
            if head.start not in told and not match[0].endswith(" to"):
                continue
            if not WIDE["negation"].search(quote.lower, match.end(), head.start):
                found[head.start] = kind
    for match in _NOT_YET.finditer(quote.lower):
        first, last = quote.segment(match.start())
        for term in quote.content:
            if first <= term.start < last and term.start not in told and term.kind is TermKind.WORD:
                found.setdefault(term.start, "intend")
    for match in _TO_DO.finditer(quote.lower):
        first = quote.segment(match.start())[0]
        if not any(first <= place < match.start() for place in told):
            found.setdefault(match.end(), "intend")
    return found


def _hedge_left_out(made: Alignment) -> bool:
    """Whether the claim says as a fact what the sentences say may be, is likely or is intended."""
    claim = made.claim
    hedges = claim.has_core(*_HEDGES) or claim.has("condition", "claim")
    if hedges or _MAYBE.search(claim.lower):
        return False
    finite = verbs(claim)
    for n, ((s, place), score) in made.pairs.items():
        mine, partner = claim.content[n], made.quotes[s].content[place]
        kind = _hedged(made.quotes[s]).get(partner.start)
        if kind is None or score < SURE or mine.start not in finite:
            continue
        before = claim.lower[: mine.start]
        expected = _WILL.search(before) and kind != "possible"
        if not expected and not _UNTOLD.search(before) and _said_once(made, mine):
            return True
    return False


def _said_once(made: Alignment, mine: Term) -> bool:
    """Whether one word alone of all that is cited stands for a word of the claim."""
    return sum(likeness(mine, t) >= SURE for quote in made.quotes for t in quote.content) == 1


_FUTURE = re.compile(
    r"\b(?:will|shall|would|won't|(?:is|are) (?:to|due to|set to|going to))\s+(?:\w+\s+){0,2}$"
)


def _tense_moved(made: Alignment) -> bool:
    """Whether the claim tells as past what the sentences tell as present or to come: the plot of a film, a plan."""
    claim = made.claim
    if claim.has_core("report", "claim", *_HEDGES):
        return False
    told = verbs(claim)
    for n, ((s, place), score) in made.pairs.items():
        mine, quote = claim.content[n], made.quotes[s]
        theirs, word = quote.content[place], claim.lower[mine.start : mine.end]
        one = told.get(mine.start)
        if score < SURE or one is None or one.passive or not one.subject:
            continue
        if not (word.endswith("ed") or irregular(word)) or word.endswith("s"):
            continue
        other = quote.lower[theirs.start : theirs.end]
        present = other.endswith("s") and theirs.start in verbs(quote)
        if (present or _FUTURE.search(quote.lower[: theirs.start])) and _said_once(made, mine):
            return True
    return False


# Which way something went, and whether it still is so: a claim that has the one side alone, of sentences that have the
# other side alone, turns it round.
_TURNS = {
    "direction": re.compile(
        r"\b(?P<up>rose|risen|rises?|rising|climb\w*|grew|grow(?:s|n|ing|th)?|jump\w*|soar\w*|surg\w*|increas\w*"
        r"|widen\w*|(?:went|go|goes|gone|going) up|(?<!turned )up (?:by|from|\d+)|picked up|raised?|doubled|trebled"
        r"|tripled)\b"
        r"|\b(?P<down>fell|fall(?:s|en|ing)?|drop\w*|declin\w*|shrank|shrink\w*|shrunk|slump\w*|plung\w*|dip(?:s|ped)?"
        r"|decreas\w*|narrow(?:s|ed)|(?:went|go|goes|gone|going) down|(?<!turned )down (?:by|from|\d+)|halv\w+|cut"
        r"|reduc\w*|lowered)\b"
    ),
    "harm": re.compile(
        r"\b(?P<dead>kill(?:s|ed|ing|ings)?|died?|dies|dead|deaths?|fatal\w*|lost (?:his|her|its|their) (?:life|lives))\b"
        r"|\b(?P<hurt>injur\w+|hurt|wound(?:ed|s|ing))\b"
    ),
    "outcome": re.compile(
        r"\b(?P<won>(?:won|wins|win|allow\w*|upheld|succeed\w*)\b[^,.;]{0,20}\bappeal|appeal (?:was |is )?(?:allowed|upheld)"
        r"|overturn\w*|quash\w*)\b"
        r"|\b(?P<lost>(?:turned down|reject\w*|dismiss\w*|lost|lose\w*|threw out|refus\w*)\b[^,.;]{0,20}\bappeal"
        r"|appeal\b[^,.;]{0,40}\b(?:turned down|rejected|dismissed|failed|refused|thrown out)"
        r"|uph(?:olds?|eld)\b[^,.;]{0,20}\bconviction|conviction\b[^,.;]{0,20}\b(?:upheld|stands))\b"
    ),
    "time": re.compile(
        r"\b(?P<past>former|formerly|used to|no longer|previously|ex)\b"
        r"|\b(?P<present>still|now|current(?:ly)?|continues?)\b"
    ),
}


def says_other_outcome(made: Alignment) -> bool:
    """Whether an appeal ends one way in the claim and the other way in the sentences."""
    return not made.claim.has("negation") and _turned(made, _TURNS["outcome"])


def _turned(made: Alignment, turn: re.Pattern[str]) -> bool:
    mine = {match.lastgroup for match in turn.finditer(made.claim.lower)}
    theirs = {
        m.lastgroup
        for s, quote in enumerate(made.quotes)
        for m in turn.finditer(quote.lower)
        if m.lastgroup != "past"  # and then only where the claim has the word behind it
        or next((t for t in made.quotes[s].content if t.start >= m.end()), None) in made.kept(s)
    }
    return len(mine) == len(theirs) == 1 and mine != theirs
