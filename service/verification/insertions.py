"""Finds what a claim put into a sentence's words, or exchanged, that says otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.english.quantities import CARDINALS
from ingest.english.word_kinds import TermKind
from ingest.english.words import irregular, opposite, stands_for
from service.verification.amount_checks import UNITS
from service.verification.claim_reading import CORE, LIGHT, Reading
from service.verification.omissions import ONCE, RANK
from service.verification.word_alignment import Edit, bare, carries, words

# Shares of the claim's words that stand in the sentence in its order, from which an exchange is
# one: farther from the
# sentence's words another word is a paraphrase. Chosen on the fit half of `evals/suites/claims`.
ONE_WORD = 0.85  # a verb in place of a longer stretch
SLOT = 0.8  # one or two words in place of one or two
SMALL = 0.75  # a negation or a condition; words that moved
LONGEST_SLOT = 2  # words
MOST_CARD_WORDS = 2  # words, names not counted, that may be taken from the article's title
LONGEST_MODAL = 8  # words that a modal and its verb may take

_SCALES = frozenset("bn b m mn tn k thousand million billion trillion".split())
_RELATIONS = frozenset(
    "more less fewer before after since until by to from than above below although because though "
    "despite against for with "
    "without earliest latest under over still formerly once again first last and".split()
)
_ALIKE = {
    frozenset(pair.split())
    for pair in (
        "and to", "for to", "although though", "after once", "by from", "with from", "over for", "above over", "below under",
        "because since", "because for", "although despite", "after since", "for from", "for with",
    )
}  # fmt: skip
_BE_HAVE = frozenset("has have is are was were".split())
_LEVELS = (
    (3, re.compile(r"\b(?:may|might|could|possibly|perhaps)\b")),
    (
        2,
        re.compile(
            r"\b(?:hopes?|plans?|planned|intends?|expect(?:ed|s)|likely|wants?|tried|tries|trying"
            r"|aims?|seeks?|sought"
            r"|considering|proposed|threatened)\b"
        ),
    ),
    (1, re.compile(r"\b(?:will|shall|is to|are to|to be|should|due)\b")),
)


def put_in(made: Edit, others: Sequence[Reading], card: Reading) -> Iterator[str]:
    """Words of the claim that say something the sentence does not; `others` are the other sentences
    it cites."""
    rest = {bare(word) for reading in (made.quote, *others) for word, _ in words(reading)}
    around = {bare(word) for word, _ in words(card)}
    cut = {bare(word) for word, span in made.theirs if span[0] in made.cut and carries(word)}
    restated = _restated(made)
    borrowed = 0
    for tag, i, j, k, m in made.codes:
        if tag == "equal":
            continue
        theirs = [word for word, _ in made.theirs[i:j]]
        slot = [bare(word) for word in theirs if carries(word)]
        for word, (start, _) in made.mine[k:m]:
            if (
                start in restated
                or not carries(word)
                or word[0].isdigit()
                or word in _SCALES
                or word in CARDINALS
            ):
                continue
            mine = bare(word)
            if mine in rest or mine in LIGHT or any(stands_for(mine, other) for other in cut):
                continue
            if any(opposite(mine, other) for other in slot) and word.removesuffix("s") not in UNITS:
                if not CORE["negation"].search(" ".join(theirs)):  # "not legal", "illegal"
                    yield "an antonym"
            elif mine in around and not slot:
                borrowed += not made.claim.text[start].isupper()
            elif (
                tag == "replace"
                and slot
                and (  # it took the place of another, everything around it being the same
                    (made.share >= SLOT and max(j - i, m - k) <= LONGEST_SLOT)
                    or (
                        made.share >= ONE_WORD
                        and m - k == 1
                        and (word.endswith("ed") or irregular(word))
                    )
                )
            ):
                yield "another word"
    speaks = made.claim.has_core("report") and any(term.quoted for term in made.claim.content)
    if speaks and any(
        not term.quoted
        and term.kind is TermKind.WORD
        and term.value not in rest | around | LIGHT
        and not any(stands_for(term.value, other) for other in rest)
        for term in made.claim.content
    ):
        yield "a speaker who is not there"
    ranks = {match[0] for match in RANK.finditer(made.claim.lower)}
    told = " ".join(reading.lower for reading in (made.quote, *others))
    if made.share >= SLOT and ranks and not RANK.search(told) and not ONCE.search(told):
        yield "rank put in"
    if borrowed > MOST_CARD_WORDS:
        yield "words of the title"


def _restated(made: Edit) -> set[int]:
    """Where the claim has an operator of a kind that the sentence has too: "could" for "may"."""
    return {
        place
        for kind, pattern in CORE.items()
        if made.quote.has_core(kind)
        for match in pattern.finditer(made.claim.lower)
        for place in range(match.start(), match.end())
    }


def small_words(made: Edit, others: Sequence[Reading]) -> Iterator[str]:
    """Negations, conditions, causes, rates, quantities and relations that the claim put in or
    exchanged."""
    quotes = (made.quote, *others)
    fresh = {span[0] for _, span in made.put_in}
    loose = (
        made.share < SMALL
        or made.quote.has("denial", "condition")
        or made.quote.has_core("question")
        or "earliest" in made.quote.lower
    )
    for kind in ("negation", "condition", "source"):
        if kind in ("negation", "condition") and loose:
            continue
        starts = {match.start() for match in CORE[kind].finditer(made.claim.lower)}
        if starts & fresh and not any(quote.has_core(kind) for quote in quotes):
            yield f"{kind} put in"
    ever = re.search(r"\b(?:most|\w+est|first|only)\b[^,;]* ever\b", made.claim.lower)
    if ever and not any("ever" in quote.lower for quote in quotes):
        yield "ever put in"
    for tag, i, j, k, m in made.codes:
        ours = {word for word, _ in made.theirs[i:j]} & _RELATIONS
        mine = {word for word, _ in made.mine[k:m]} & _RELATIONS
        one = tag == "replace" and max(j - i, m - k) <= 3 and len(ours) == len(mine) == 1
        if one and ours != mine and ours | mine not in _ALIKE:
            yield "relation exchanged"


_WAS = frozenset("was were had did".split())
_IS = frozenset("is are has have does do".split())


def moved_to_now(made: Edit) -> bool:
    """Whether the claim says that it is where the sentence says that it was."""
    now = {word for word, _ in made.theirs} & _IS
    return not now and any(
        tag == "replace"
        and any(word in _WAS for word, _ in made.theirs[i:j])
        and any(word in _IS for word, _ in made.mine[k:m])
        for tag, i, j, k, m in made.codes
    )


def surer(made: Edit) -> bool:
    """Whether a modal gave way to a surer word: "plans to open" became "opened", "may" became
    "will"."""
    for tag, i, j, k, m in made.codes:
        if tag != "replace" or j - i > LONGEST_MODAL:
            continue
        mine = " ".join(word for word, _ in made.mine[k:m])
        theirs, level = _level(" ".join(word for word, _ in made.theirs[i:j])), _level(mine)
        if level < theirs and (
            level == 1
            or any(w in _BE_HAVE or w.endswith("ed") or irregular(w) for w in mine.split())
        ):
            return True
    return False


def _level(stretch: str) -> int:
    """How far from a fact: 0 a fact, 1 what will be, 2 what is planned or expected, 3 what may
    be."""
    return next((level for level, pattern in _LEVELS if pattern.search(stretch)), 0)
