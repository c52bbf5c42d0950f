"""Gives the reasons why a claim says something else than the sentences it cites.

A claim that is nearly a sentence's own words is held to them: whatever it cut, put in or exchanged
must leave what is said as it was. A claim in other words is held to what can be told of any
wording: names, dates, amounts, negations, fictions and claims that somebody else makes, causes, and
how much of it is there at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.english import analyse, differences
from ingest.english.word_kinds import Term, TermKind
from ingest.english.words import AUXILIARIES, QUESTION_WORDS, stem
from service.verification.amount_checks import (
    UNITS,
)
from service.verification.claim_reading import CORE, WIDE, Reading, read
from service.verification.counterparts import crossed, of_another, subject_moved
from service.verification.denials import denial_dropped, denial_put_in
from service.verification.figures import figures_otherwise
from service.verification.insertions import (
    MOST_CARD_WORDS,
    moved_to_now,
    put_in,
    small_words,
    surer,
)
from service.verification.omissions import (
    cut_bound,
    cut_figure,
    cut_frame,
    cut_head,
    cut_opening,
    cut_operators,
    cut_rank,
    cut_rival,
    cut_source,
    denied_later,
    left_out,
)
from service.verification.operator_scope import makes_up
from service.verification.relations import otherwise_bound
from service.verification.reversals import displaced, flipped
from service.verification.role_swaps import opposed, turned
from service.verification.unexplained import of_its_own, only_subject
from service.verification.who_is_what import of_somebody_else
from service.verification.word_alignment import Alignment, Edit, align, edit, is_run

# Shares of a claim's words that stand in a sentence in its order. Chosen on the fit half of
# `evals/suites/claims`.
NEAR = 0.6  # from here the claim is held to the sentence's own words
SLOTTED = 0.7  # from here words can be compared slot by slot
# Shares of a claim's content words
HELD = 0.25  # that the cited sentences must hold
MOST_JOINED = 5  # sentences that are read as one text; more hold any words in any order
SAME_WORDS = 0.9  # from which they hold all of it, if in another order
FROM_CARD = 0.5  # that may stand in the article's title, outlet or byline alone
CAUSE_HELD = 0.7  # of a cause or purpose, that the sentences must hold
IN_SCOPE = 0.5  # of what is kept, that must lie in an operator's scope

# Reasons that also tell a contradiction from what is only not said.
NEGATION = "negation"
NEGATION_LEFT_OUT = left_out(NEGATION)
ROLES_EXCHANGED = "roles exchanged"
FIGURE_MISSING = "number not in the cited sentences"
TYPED = frozenset(("number", "date", "name", "quantifier", "antonym", "quotation"))
_GIVES_CAUSE = re.compile(r"\b(?:because(?: of)?|in order to)\b|(?<!or )\bso that\b")
_CAUSES = re.compile(
    r"because|so that|due to|caused|led to|result|reason|owing to|blam|to \w+ for|drove|prompt"
    r"|\b(?:since|thanks to|in order|lest)\b|\bfor (?:\w+ )?\w+ing\b"
)

_ASKS = re.compile(r"\?|\b(?:ask|question|wonder)")
_QUESTION = re.compile(
    r"(?:(?<=[.!?] )|(?<=[.!?]. )|^)"
    rf"[\"“]?(?:{AUXILIARIES}|{QUESTION_WORDS})\b[^.!?]*\?"
)
_MODAL = re.compile(r"\b(?:will|would|shall|must|should|can|could|may|might)\s+(?:be\s+)?$")
_DAYS = re.compile(r"\b(?:yesterday|tomorrow|tonight)\b")
_ADJUNCT = re.compile(r",?\s+(?:in|with|amid|despite|by|for|after|under|over|out of)\s")


def another(kind: str) -> str:
    """The reason that something of a kind, of TYPED, stands where a sentence has another."""
    return f"another {kind}"


def objections(claim: Reading, quotes: Sequence[Reading], card: Reading) -> Iterator[str]:
    """What speaks against a claim, the plainest first; `card` is the title, author and outlet of
    what it cites.

    The words are kinds of failure for the log, never words of an article.
    """
    texts = list(quotes)
    if 1 < len(quotes) <= MOST_JOINED:
        texts.append(read(" ".join(quote.text for quote in quotes)))
    nearest = max((edit(claim, text) for text in texts), key=lambda one: one.share)
    aligned = align(claim, quotes)
    asks = _ASKS.search(claim.lower) or claim.has_core("question")
    if not asks and any("?" in quote.text for quote in quotes) and _asked(aligned):
        yield "question left out"
    if nearest.share < NEAR:
        yield from _of_other_words(aligned, card)
        yield from _of_any_words(aligned)
        return
    yield from cut_operators(nearest)
    runs = is_run(claim, nearest.quote)
    if not runs and denial_dropped(aligned):
        yield NEGATION_LEFT_OUT
    if cut_rank(nearest):
        yield "rank left out"
    if cut_bound(nearest):
        yield "bound left out"
    if cut_rival(nearest):
        yield "bound left out"
    if (runs and cut_head(nearest)) or subject_moved(nearest):
        yield "head noun left out"
    if denied_later(nearest):
        yield "denial left out"
    if cut_source(nearest):
        yield "source left out"
    if cut_frame(nearest):
        yield "frame left out"
    if cut_opening(nearest):
        yield "opening left out"
    if not runs:
        if cut_figure(nearest) or crossed(aligned):
            yield "number of another part"
        yield from _of_own_words(nearest, aligned, card)
        yield from _of_any_words(aligned)


def _of_any_words(made: Alignment) -> Iterator[str]:
    if only_subject(made):
        yield "too little of it"
    if _taken_back(made):
        yield left_out("error")
    if denial_put_in(made):
        yield "negation put in"
    plain = not any(side.has("negation") for side in (made.claim, *made.quotes))
    if plain and not made.claim.has("denial") and opposed(made):
        yield another("antonym")
    yield from otherwise_bound(made)
    yield from of_another(made)
    yield from of_its_own(made)
    if of_somebody_else(made):
        yield "title of somebody else"


def _of_own_words(made: Edit, aligned: Alignment, card: Reading) -> Iterator[str]:
    others = [quote for quote in aligned.quotes if quote is not made.quote]
    yield from _ungrounded(aligned, card)
    if _rests_on_card(aligned, card):
        yield "rests on the title"
    yield from put_in(made, others, card)
    yield from small_words(made, others)
    if surer(made) or moved_to_now(made):
        yield "surer than said"
    if _other_cause(aligned):
        yield "another cause"
    if _adds_at_the_end(aligned, card):
        yield "more than is said"
    if turned(aligned):
        yield ROLES_EXCHANGED
    if made.share >= SLOTTED and made.put_in:
        yield from _by_slots(made.claim, aligned.quotes, card)


def _adds_at_the_end(made: Alignment, card: Reading) -> bool:
    """Whether the claim says what the sentences say and then goes on in words of its own: "resigned in shame"."""
    around = {stem(word) for term in card.content for word in term.value.split()}
    own = [n not in made.pairs for n in range(len(made.claim.content))]
    if not own or not own[-1] or all(own):
        return False
    first = len(own) - own[::-1].index(False)
    added = made.claim.content[first:]
    plain = all(t.kind is TermKind.WORD and stem(t.value) not in around for t in added)
    gap = made.claim.lower[made.claim.content[first - 1].end : added[0].start]
    return plain and not any(own[:first]) and _ADJUNCT.match(gap) is not None


def _by_slots(claim: Reading, quotes: Sequence[Reading], card: Reading) -> Iterator[str]:
    """What stands in a slot of a sentence where it has something else."""
    texts = [quote.text for quote in quotes]
    if displaced(texts, claim.text):
        yield "another value"
    asked = claim.has_core("question") and any(quote.has_core("question") for quote in quotes)
    turned_round = any("unless" in side.lower for side in (claim, *quotes))  # "if ... not"
    if (
        not asked
        and not turned_round
        and "without" not in claim.lower
        and flipped(texts, claim.text)
    ):
        yield NEGATION
    around = {word for term in card.content for word in term.value.split()}
    for found in differences(" ".join(texts), claim.text):
        names = analyse(claim.text[found.right_start : found.right_end]).names
        told = all(word in around for name in names for word in name.value.split())
        if found.kind in TYPED and not (found.kind == "name" and told):
            yield another(found.kind)


def _of_other_words(made: Alignment, card: Reading) -> Iterator[str]:
    claim, quotes = made.claim, made.quotes
    if made.held < HELD:
        yield "too little of it"
    if _rests_on_card(made, card):
        yield "rests on the title"
    yield from _ungrounded(made, card)
    if _GIVES_CAUSE.search(claim.lower) and not any(
        _CAUSES.search(quote.lower) for quote in quotes
    ):
        yield "a cause nobody states"
    if _other_cause(made):
        yield "another cause"
    if not claim.has("claim", "report", "denial") and _within(made, "allegation") > IN_SCOPE:
        yield "source left out"
    work = any(term.quoted for term in claim.content)  # the title of a book or film
    if not work and not claim.has("fiction", "denial") and _within(made, "fiction") > IN_SCOPE:
        yield "fiction left out"
    if (
        not (claim.has_core("question") or claim.has("condition", "claim"))
        and _within(made, "question") > IN_SCOPE
    ):
        yield "question left out"
    if denial_dropped(made):
        yield NEGATION_LEFT_OUT
    if turned(made):
        yield ROLES_EXCHANGED


def _other_cause(made: Alignment) -> bool:
    """Whether the cause or purpose that the claim gives is not what the sentences hold."""
    cause = _GIVES_CAUSE.search(made.claim.lower)
    if cause is None:
        return False
    given = [n for n, term in enumerate(made.claim.content) if term.start >= cause.end()]
    held = sum(n in made.pairs for n in given)
    return held < CAUSE_HELD * len(given)


def _ungrounded(made: Alignment, card: Reading) -> Iterator[str]:
    """Names, dates and amounts of the claim that nothing it cites has."""
    known = {w for one in (*made.quotes, card) for term in one.content for w in term.value.split()}
    missing = [term for n, term in enumerate(made.claim.content) if n not in made.pairs]
    for term in missing:
        if term.kind is TermKind.NAME and term.value not in UNITS and not _known(made, term, known):
            yield "name not in the cited sentences"
        if term.kind is TermKind.DATE and term.value not in known:
            yield "date not in the cited sentences"
    days = {day for quote in made.quotes for day in _DAYS.findall(quote.lower)}
    if set(_DAYS.findall(made.claim.lower)) - days:
        yield "day not in the cited sentences"
    yield from figures_otherwise(made)


def _known(made: Alignment, name: Term, known: set[str]) -> bool:
    """Whether a name belongs to one that is known: "Sarnian" to Sarnia, "Agata" to "Brun"; not
    "Brandt Works" to "Tellin Works"."""
    word = name.value
    if word in known or any(len(other) > 3 and word.startswith(other[:5]) for other in known):
        return True
    beside = {term.value for term in _names_beside(made.claim, name)} & known
    taken = any(
        _names_beside(quote, term)
        for quote in made.quotes
        for term in quote.content
        if term.value in beside
    )
    return bool(beside) and not taken


def _names_beside(reading: Reading, name: Term) -> list[Term]:
    return [
        term
        for term in reading.content
        if term.kind is TermKind.NAME
        and (0 <= term.start - name.end <= 1 or 0 <= name.start - term.end <= 1)
    ]


def _rests_on_card(made: Alignment, card: Reading) -> bool:
    """Whether the claim takes from a title, outlet or byline more than whom or what the sentences
    speak of."""
    around = {stem(word) for term in card.content for word in term.value.split()}
    taken = [
        term
        for n, term in enumerate(made.claim.content)
        if n not in made.pairs and any(stem(word) in around for word in term.value.split())
    ]
    plain = [term for term in taken if term.kind is TermKind.WORD]
    beyond = (made.partner(n) for n in made.pairs)
    if plain and all(any(stem(w) in around for w in term.value.split()) for term in beyond):
        return True  # what the sentences hold of it stands in the title too
    if any(_MODAL.search(made.claim.lower[: term.start]) for term in plain):
        return True  # "will close": what happens is said by the title alone
    share = len(taken) / (len(made.claim.content) or 1)
    verb = any(made.claim.lower[term.start : term.end].endswith(("ed", "ing")) for term in plain)
    return (
        share > FROM_CARD
        or len(plain) > MOST_CARD_WORDS
        or (verb and made.held < FROM_CARD and share > 0.2)
    )


def _within(made: Alignment, kind: str) -> float:
    """The largest share of what is kept of a sentence that an operator of a kind bears on."""
    found = 0.0
    for s, quote in enumerate(made.quotes):
        kept = made.kept(s)
        for match in (CORE if kind == "question" else WIDE)[kind].finditer(quote.lower):
            first, last = quote.segment(match.start())
            first = match.start() if kind in ("allegation", "question") else first
            if kind == "fiction" and not makes_up(quote.lower, match):
                continue
            outside = [t for t in kept if not match.start() <= t.start < match.end()]
            if len(outside) < len(kept):
                continue  # the operator itself is kept, in whatever form
            inside = [t for t in outside if first <= t.start < last]
            if kind != "question" or len(inside) > 1:
                found = max(found, len(inside) / (len(outside) or 1))
    return found


def _taken_back(made: Alignment) -> bool:
    """Whether most of what is kept repeats what was wrong, and the claim says it as if it were not."""
    claim = made.claim
    if claim.has("denial", "negation", "report", "claim") or claim.has_core("error"):
        return False
    places = [
        (one, term.start)
        for s, quote in enumerate(made.quotes)
        for one in analyse(quote.text).withdrawn
        for term in made.kept(s)
    ]
    inside = [one.said <= start < one.end for one, start in places]
    right = any(start >= one.end for one, start in places)  # it keeps what is said instead
    return sum(inside) > IN_SCOPE * len(made.pairs) and not right


def _asked(made: Alignment) -> bool:
    """Whether most of what is kept stands in a question, and the claim asks nothing."""
    kept = asked = 0
    for s, quote in enumerate(made.quotes):
        spans = [match.span() for match in _QUESTION.finditer(quote.lower)]
        starts = [term.start for term in made.kept(s)]
        kept += len(starts)
        asked += sum(any(a <= start < b for a, b in spans) for start in starts)
    return asked > IN_SCOPE * kept
