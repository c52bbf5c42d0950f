"""What a question takes for granted and the archive contradicts.

"Why did X resign in 2023?" says that X resigned, and when. Where a sentence tells of the same with
another number, day or name, or denies it, and no sentence bears the question
out, that sentence is the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from ingest.english import analyse
from ingest.english.date_mentions import dates_conflict, dates_share
from ingest.english.word_kinds import Term, TermKind
from ingest.english.words import STOP_WORDS, stem, synonyms
from ingest.report_in_words import quoted
from ingest.types import SentenceKind
from service.answer_text import plain
from service.query.question_analysis import Query
from service.types import Draft, Evidence

# Set so that no question of CLAPNQ and QED as asked is corrected (`python -m evals.premises`). A
# term is a number, a date, a word of a name or a plain content word.
WEIGHED = 12  # best sentences that may correct a question
LEAST_RELEVANCE = 0.2  # of the best sentence's, that such a sentence must have
ANTECEDENTS = 2  # sentences before it that may name for it what it speaks of
FEWEST_SHARED = 3  # terms of the question in the sentence, its title or its antecedents
FEWEST_OWN = 2  # of these in the sentence itself
LOOSE = 1  # terms that it may put otherwise where it denies, or counts the same
NEIGHBOURS = 2  # terms beside a name that must be the same on both sides
BEARS_OUT = (
    0.4  # share of the other terms with which a sentence that has the doubted one bears it out
)
BEARS_OUT_DENIED = 0.2  # the same of a word that is denied elsewhere: accounts may disagree

_NEVER_CORRECTED = ("list",)  # takes nothing for granted
_HAPPENED_ONCE = ("why", "how", "when", "where")  # others ask for the count or winner of a year
_MUST_STAND_ITSELF = (TermKind.NUMBER, TermKind.DATE)  # no title says them for a sentence
_TERMS = (*_MUST_STAND_ITSELF, TermKind.NAME, TermKind.WORD)


@dataclass(frozen=True, slots=True)
class Premise:
    """What the question says and what the archive says instead, both as they are written there."""

    kind: Literal["number", "date", "name", "negation"]
    asked: str
    found: str
    evidence: Evidence

    @property
    def sentence(self) -> str:
        """Tells a reader that the question is corrected."""
        takes = f"says {quoted(self.asked)}"
        if self.kind == "negation":
            takes = f"takes {quoted(self.asked)} for granted"
        return f"The question {takes}, but the archive says {quoted(self.found)}."

    @property
    def draft(self) -> Draft:
        return Draft(plain(self.evidence.text), (self.evidence.key,))


def contradicted(
    query: Query, admitted: Sequence[Evidence], considered: Sequence[Evidence]
) -> Premise | None:
    """The first contradiction between a question and one of the best sentences that speak of the
    same.

    `admitted` are the sentences that may answer for the times asked about, best first; only they
    correct a question, save that its date is corrected by any that was `considered`: what happened
    in another year stands outside the year asked about. Everything else that the question says must
    be in that sentence or around it, and nothing considered may bear the question out. Altered
    sentences correct nobody.
    """
    if query.kind in _NEVER_CORRECTED or query.about or query.several_articles or not considered:
        return None
    said = _said(query)
    least = LEAST_RELEVANCE * considered[0].relevance
    allowed = {item.key for item in admitted}
    for item in considered[:WEIGHED]:
        if item.altered or item.kind is not SentenceKind.BODY or item.relevance < least:
            continue
        found = next(_contradictions(query, said, item, _around(item, considered)), None)
        if found is None or (item.key not in allowed and found.kind != "date"):
            continue
        if not _borne_out(said, found, considered):
            return found
    return None


def _said(query: Query) -> list[Term]:
    """The terms of a question, without the noun that it asks for ("which party")."""
    question = query.question.text
    return [
        term
        for term in analyse(question).terms
        if term.kind in _TERMS
        and question[term.start : term.end].lower() not in STOP_WORDS
        and not (term.kind is TermKind.WORD and term.value == query.noun)
    ]


def _around(item: Evidence, considered: Sequence[Evidence]) -> tuple[Term, ...]:
    """The terms of a sentence's title and of the sentences right before it."""
    before = [
        other
        for other in considered
        if other.passage_id == item.passage_id
        and other.end <= item.start
        and other.kind is SentenceKind.BODY
    ]
    nearest = sorted(before, key=lambda other: -other.end)[:ANTECEDENTS]
    texts = (item.article.title, *(other.text for other in nearest))
    return tuple(term for text in texts for term in analyse(text).terms)


def _contradictions(
    query: Query, said: Sequence[Term], item: Evidence, around: Sequence[Term]
) -> Iterator[Premise]:
    question = query.question.text
    analysis = analyse(item.text)
    told = [
        term
        for term in analysis.terms
        if term.kind is not TermKind.FUNCTION
        and not any(wrong.said <= term.start < wrong.end for wrong in analysis.withdrawn)
    ]
    missing = [
        term
        for term in said
        if not _among(term, told if term.kind in _MUST_STAND_ITSELF else (*told, *around))
    ]
    shared = [term for term in said if term not in missing]
    own = [term for term in shared if _among(term, told)]
    if len(shared) < FEWEST_SHARED or len(own) < FEWEST_OWN:
        return
    loose = sum(term.kind is not TermKind.NAME for term in missing)
    asks = query.kind == "yes_no"  # whether it is so, and takes only its details for granted
    if not asks and (not loose or (loose <= LOOSE and _DOES.search(question))):
        yield from _denied(question, said, item, told)
    doubted = _only_one(missing)
    if doubted is None and len(shared) > FEWEST_SHARED:
        doubted = _number_of(missing)
    if doubted is None:
        return
    start = missing[0].start if doubted.kind is TermKind.NAME else doubted.start
    asked = question[start : doubted.end]
    match doubted.kind:
        case TermKind.NUMBER:
            yield from _other_number(question, asked, doubted, said, item, told)
        case TermKind.DATE if query.kind in _HAPPENED_ONCE:
            dates = [term for term in told if term.kind is TermKind.DATE]
            published = item.article.published_on
            if published and dates_share(doubted.value, published.isoformat()):
                return  # what it tells of may be of that day
            all_conflict = all(dates_conflict(doubted.value, term.value) for term in dates)
            if dates and all_conflict and dates[0].value[:4].isdigit():
                yield Premise("date", asked, item.text[dates[0].start : dates[0].end], item)
        case TermKind.NAME:
            yield from _other_name(asked, missing, said, item, told)


def _denied(
    question: str, said: Sequence[Term], item: Evidence, told: Sequence[Term]
) -> Iterator[Premise]:
    """A word that the question says and the sentence denies, and says nowhere else. Names are
    denied of nobody.
    """
    if analyse(question).negations:
        return
    words = [term for term in told if term.kind is TermKind.WORD]
    for index, term in enumerate(told):
        if term.kind is not TermKind.NEGATION and term.value not in ("none", "few"):
            continue
        head = next((t for t in told[index + 1 :] if t.kind is not TermKind.NEGATION), None)
        if head is None or head.kind is not TermKind.WORD:
            continue
        mine = next((t for t in said if t.kind is TermKind.WORD and _same(t, head)), None)
        if mine is not None and not any(_same(mine, other) for other in words if other != head):
            denial = item.text[term.start : head.end]
            yield Premise("negation", question[mine.start : mine.end], denial, item)


def _only_one(missing: Sequence[Term]) -> Term | None:
    """The one thing that a sentence lacks of a question; words of one name are one thing."""
    if len(missing) > 1 and all(term.kind is TermKind.NAME for term in missing):
        gaps = [right.start - left.end for left, right in pairwise(missing)]
        return missing[-1] if max(gaps) <= 1 else None
    return missing[0] if len(missing) == 1 else None


def _number_of(missing: Sequence[Term]) -> Term | None:
    """The number, where a sentence lacks but `LOOSE` words beside it: it counts the same thing in
    other words.
    """
    numbers = [term for term in missing if term.kind is TermKind.NUMBER]
    others = [term for term in missing if term.kind is not TermKind.NUMBER]
    loose = len(others) <= LOOSE and all(term.kind is TermKind.WORD for term in others)
    return numbers[0] if len(numbers) == 1 and loose else None


def _other_number(
    question: str,
    asked: str,
    doubted: Term,
    said: Sequence[Term],
    item: Evidence,
    told: Sequence[Term],
) -> Iterator[Premise]:
    """A number of the same unit, or one that counts the same thing. A rank tells which is meant and
    is never wrong; "of the six largest banks" says how many there are, not how many did it.
    """
    counted = next((t for t in said if t.start >= doubted.end and t.kind is TermKind.WORD), None)
    adjoins = counted is not None and not question[doubted.end : counted.start].strip(" -")
    unit = _unit(doubted.value)
    for index, term in enumerate(told):
        if term.kind is not TermKind.NUMBER or unit == "#" or _unit(term.value) != unit:
            continue
        after = [other for other in told[index + 1 : index + 3] if other.kind is TermKind.WORD]
        whole = _OUT_OF.search(item.text, 0, term.start) and not _OUT_OF.search(
            question, 0, doubted.start
        )
        if unit or (counted and adjoins and _among(counted, after) and not whole):
            yield Premise("number", asked, item.text[term.start : term.end], item)


def _unit(value: str) -> str:
    """`usd`, `%`, `#` for a rank, `:` for an hour and so on; "" for a plain number."""
    if ":" in value:
        return ":"
    head, _, amount = value.partition(" ")
    if amount:
        return head
    return "#" if value.startswith("#") else "%" if value.endswith(("%", "pp")) else ""


def _other_name(
    asked: str,
    missing: Sequence[Term],
    said: Sequence[Term],
    item: Evidence,
    told: Sequence[Term],
) -> Iterator[Premise]:
    """A name between the same neighbours as the doubted one has in the question."""
    first, last = said.index(missing[0]), said.index(missing[-1])
    after = said[last + 1 : last + 1 + NEIGHBOURS]
    before = said[max(0, first - NEIGHBOURS) : first]
    # A preposition between them makes the name a place or time: "in Life of Pi".
    follows_at_once = bool(before) and missing[0].start - before[-1].end <= 1
    for index, term in enumerate(told):
        if term.kind is not TermKind.NAME or _among(term, said):
            continue
        left = right = index
        while right + 1 < len(told) and told[right + 1].kind is TermKind.NAME:
            right += 1
        while left > 0 and told[left - 1].kind is TermKind.NAME:
            left -= 1
        in_front = follows_at_once and _same_row(before[::-1], told[:left][::-1])
        if in_front or _same_row(after, told[right + 1 :]):
            yield Premise("name", asked, item.text[told[left].start : told[right].end], item)


def _same_row(wanted: Sequence[Term], there: Sequence[Term]) -> bool:
    """Whether all neighbours stand there, in this order; one at least is no name."""
    in_place = all(_same(one, other) for one, other in zip(wanted, there, strict=False))
    has_word = any(term.kind is TermKind.WORD for term in wanted)
    return len(wanted) == NEIGHBOURS <= len(there) and in_place and has_word


def _borne_out(said: Sequence[Term], premise: Premise, considered: Sequence[Evidence]) -> bool:
    """Whether another sentence says what the question says: the doubted words, and enough of the
    rest.
    """
    doubted = [term for term in analyse(premise.asked).terms if term.kind in _TERMS]
    denial = premise.kind == "negation"
    enough = BEARS_OUT_DENIED if denial else BEARS_OUT
    rest = [term for term in said if not _among(term, doubted)]
    for item in considered:
        told = analyse(item.text).terms
        denies = denial and bool(analyse(item.text).negations)
        itself = item.key == premise.evidence.key or item.altered
        if itself or denies or not all(_among(term, told) for term in doubted):
            continue
        known = (*told, *analyse(item.article.title).terms) if denial else told
        if sum(_among(term, known) for term in rest) >= enough * max(1, len(rest)):
            return True
    return False


def _among(term: Term, others: Sequence[Term]) -> bool:
    return any(_same(term, other) for other in others)


def _same(left: Term, right: Term) -> bool:
    if left.kind is right.kind is TermKind.DATE:
        return dates_share(left.value, right.value)
    if left.kind is right.kind is TermKind.WORD:
        return right.value in synonyms(left.value)
    # "Seven Locks" is no name where everything is written small.
    worded = {left.kind, right.kind} <= {TermKind.WORD, TermKind.NAME}
    return left.value == right.value or (worded and stem(left.value) == stem(right.value))


_DOES = re.compile(r"(?i)\b(?:did|does|do|will|would|has|have|had|can|could)\b")
_OUT_OF = re.compile(
    r"(?i)\b(?:(?:of|from) (?:all )?(?:the|its|his|her|their|our|these|those|all)|among(?:st)?|out of)"
    r"(?: the| its| their| all)? $"
)
