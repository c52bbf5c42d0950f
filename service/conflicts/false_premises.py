"""A question and ranked evidence come in; what it takes for granted and a sentence contradicts goes out.

"Why did X resign in 2023?" says that X resigned, and when. Where a sentence tells of the same with another number, day,
name or the opposite word, or denies it, and no sentence bears the question out, that sentence answers it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from ingest.english import analyse
from ingest.english.date_mentions import dates_conflict, dates_share
from ingest.english.terms import Term, TermKind
from ingest.english.thesaurus import opposite, related
from ingest.english.words import STOP_WORDS, stem
from ingest.types import SentenceKind
from service.answer_text import plain
from service.query.analysis import Kind, Query
from service.types import Draft, Evidence
from service.verification.negations import denied_heads

Contradiction = Literal["number", "date", "name", "antonym", "negation"]

WEIGHED = 12  # best sentences that may contradict
ANTECEDENTS = 2  # sentences before one that may name for it what it speaks of
ROW = 2  # terms beside a name that make its place certain
SUPPORTS = 0.4  # share of the question's other terms beside the one in doubt, from which a sentence bears it out
SUPPORTS_A_DENIED = 0.2  # the same, of a word that another sentence denies: accounts may disagree
LOOSE = (
    1  # words of the question that a sentence may put otherwise where it denies, or counts the same
)
FEWEST_SHARED = (
    3  # terms that question and sentence have in common, the sentence's title among them
)
FEWEST_SAID = 2  # of these, terms that the sentence itself has
NEAR = 6  # terms, at most, between an opposite word and a word of the question: it must be said of the same thing
LEAST_RELEVANCE = (
    0.2  # of the best sentence's, for one that corrects: it must be about what is asked
)

# Of these, another date than the question's is no correction but another case: a count or a winner of another year.
_ONCE: frozenset[Kind] = frozenset(("why", "how", "when", "where"))
_NO_PREMISE: frozenset[Kind] = frozenset(("yes_no", "list"))
_TOLD_ITSELF = (TermKind.NUMBER, TermKind.DATE)  # what no title or sentence before says for another
_VALUES = (TermKind.NUMBER, TermKind.DATE, TermKind.NAME, TermKind.WORD)


@dataclass(frozen=True, slots=True)
class Premise:
    """What the question says and what the archive says instead; both as they are written there."""

    kind: Contradiction
    asked: str
    found: str
    evidence: Evidence

    @property
    def sentence(self) -> str:
        """What tells a reader that the question is corrected."""
        if self.kind == "negation":
            return f"The question takes “{self.asked}” for granted, but the archive says “{self.found}”."
        return f"The question says “{self.asked}”, but the archive says “{self.found}”."

    @property
    def draft(self) -> Draft:
        return Draft(plain(self.evidence.text), (self.evidence.key,))


def contradicted(
    query: Query, admitted: Sequence[Evidence], considered: Sequence[Evidence]
) -> Premise | None:
    """The first contradiction between a question and one of the best sentences that speak of the same.

    `admitted` are the sentences that may answer for the times asked about, best first; only they correct a question,
    save that its date is corrected by any that was `considered`: what happened in another year stands outside the year
    asked about. Everything else that the question says must be in that sentence or around it, and nothing considered
    may bear the question out. Altered sentences correct nobody.
    """
    plain_question = query.about is None and not query.several_articles
    if query.kind in _NO_PREMISE or not plain_question or not considered:
        return None
    said = _content(query, query.question.text)
    least = LEAST_RELEVANCE * considered[0].relevance
    allowed = {item.key for item in admitted}
    for item in considered[:WEIGHED]:
        if item.altered or item.kind is not SentenceKind.BODY or item.relevance < least:
            continue
        around = _around(item, considered)
        found = next(_between(query, query.question.text, said, item, around), None)
        permitted = found is not None and (item.key in allowed or found.kind == "date")
        if found is not None and permitted and not _borne_out(said, found, considered):
            return found
    return None


def _around(item: Evidence, ranked: Sequence[Evidence]) -> tuple[Term, ...]:
    """What a sentence need not say again: its title's terms and those of the sentences right before it."""
    before = [
        other
        for other in ranked
        if other.article.article_id == item.article.article_id
        and other.passage_id == item.passage_id
        and other.end <= item.start
        and other.kind is SentenceKind.BODY
    ]
    nearest = sorted(before, key=lambda other: -other.end)[:ANTECEDENTS]
    return tuple(
        term
        for text in (item.article.title, *(other.text for other in nearest))
        for term in analyse(text).terms
    )


def _between(
    query: Query, question: str, said: Sequence[Term], item: Evidence, around: Sequence[Term]
) -> Iterator[Premise]:
    told = [term for term in analyse(item.text).terms if term.kind is not TermKind.FUNCTION]
    missing = [
        term
        for term in said
        if not _among(term, told if term.kind in _TOLD_ITSELF else (*told, *around))
    ]
    shared = [term for term in said if term not in missing]
    own = [term for term in shared if _among(term, told)]
    if len(shared) < FEWEST_SHARED or len(own) < FEWEST_SAID:
        return
    loose = sum(term.kind is not TermKind.NAME for term in missing)
    if not loose or (loose <= LOOSE and _DOES.search(question)):
        yield from _denial(question, said, item)
    doubted = _one(missing)
    if doubted is None and len(shared) > FEWEST_SHARED:
        doubted = _number_among(missing)
    if doubted is None:
        return
    written = question[
        (doubted if doubted.kind is not TermKind.NAME else missing[0]).start : doubted.end
    ]
    match doubted.kind:
        case TermKind.NUMBER:
            other = _number_instead(question, doubted, said, item, told)
            if other is not None:
                yield Premise("number", written, other, item)
        case TermKind.DATE if query.kind in _ONCE:
            dates = [term for term in told if term.kind is TermKind.DATE]
            if (
                dates
                and all(dates_conflict(doubted.value, term.value) for term in dates)
                and _whole(dates[0])
            ):
                yield Premise("date", written, item.text[dates[0].start : dates[0].end], item)
        case TermKind.NAME:
            other = _name_instead(missing, said, item, told)
            if other is not None:
                yield Premise("name", written, other, item)
        case TermKind.WORD:
            other = (
                None
                if _attributive(question, doubted)
                else _opposite_instead(doubted, own, item, told)
            )
            if other is not None:
                yield Premise("antonym", written, other, item)


def _one(missing: Sequence[Term]) -> Term | None:
    """The one thing that a sentence lacks of a question; words of one name are one thing."""
    if len(missing) > 1 and all(term.kind is TermKind.NAME for term in missing):
        gaps = [right.start - left.end for left, right in pairwise(missing)]
        return missing[-1] if all(gap <= 1 for gap in gaps) else None
    return missing[0] if len(missing) == 1 else None


def _number_among(missing: Sequence[Term]) -> Term | None:
    """The number beside which a sentence lacks but `LOOSE` words: it counts the same, and that is said otherwise."""
    numbers = [term for term in missing if term.kind is TermKind.NUMBER]
    others = [term for term in missing if term.kind is not TermKind.NUMBER]
    loose = len(others) <= LOOSE and all(term.kind is TermKind.WORD for term in others)
    return numbers[0] if len(numbers) == 1 and loose else None


def _number_instead(
    question: str, doubted: Term, said: Sequence[Term], item: Evidence, told: Sequence[Term]
) -> str | None:
    """The number that counts in the sentence what the doubted one counts in the question."""
    counted = next(
        (term for term in said if term.start >= doubted.end and term.kind is TermKind.WORD), None
    )
    unit = _unit(doubted.value)
    if unit == "#":
        return None  # "the third series" is another than the second
    for index, term in enumerate(told):
        if term.kind is not TermKind.NUMBER or _unit(term.value) != unit:
            continue
        after = [other for other in told[index + 1 : index + 3] if other.kind is TermKind.WORD]
        if unit or (
            counted is not None
            and not question[doubted.end : counted.start].strip(" -")
            and any(_same(counted, other) for other in after)
        ):
            return item.text[term.start : term.end]
    return None


def _name_instead(
    missing: Sequence[Term], said: Sequence[Term], item: Evidence, told: Sequence[Term]
) -> str | None:
    """The name that stands where the doubted one stands in the question: beside the same `ROW` terms."""
    first, last = said.index(missing[0]), said.index(missing[-1])
    after, before = said[last + 1 : last + 1 + ROW], said[max(0, first - ROW) : first]
    adjoins = (
        bool(before) and missing[0].start - before[-1].end <= 1
    )  # "in Life of Pi" is where, not who
    for index, term in enumerate(told):
        if term.kind is not TermKind.NAME or _among(term, said):
            continue
        left, right = _name_at(told, index)
        if _row(after, told[right + 1 :]) or (adjoins and _row(before[::-1], told[:left][::-1])):
            return item.text[told[left].start : told[right].end]
    return None


def _row(wanted: Sequence[Term], there: Sequence[Term]) -> bool:
    """Whether the terms stand there, in this order and with nothing between them; one of them at least is no name."""
    in_place = all(_same(one, other) for one, other in zip(wanted, there, strict=False))
    words = any(term.kind is TermKind.WORD for term in wanted)
    return len(wanted) == ROW <= len(there) and in_place and words


def _name_at(told: Sequence[Term], index: int) -> tuple[int, int]:
    """First and last term of the name that the term at this place is part of."""
    left = right = index
    while right + 1 < len(told) and told[right + 1].kind is TermKind.NAME:
        right += 1
    while left > 0 and told[left - 1].kind is TermKind.NAME:
        left -= 1
    return left, right


def _attributive(question: str, doubted: Term) -> bool:
    """ "the smallest lake" is another than the largest: only what is said of something can be wrong."""
    if _TELLS_WHICH.fullmatch(question[doubted.start : doubted.end]):
        return True
    terms = analyse(question).terms
    at = terms.index(doubted)
    before, after = terms[max(0, at - 1) : at], terms[at + 1 : at + 2]
    follows = any(t.kind in (TermKind.WORD, TermKind.NAME) for t in after)
    return follows and any(t.kind is TermKind.FUNCTION or t.kind is TermKind.NAME for t in before)


def _opposite_instead(
    doubted: Term, own: Sequence[Term], item: Evidence, told: Sequence[Term]
) -> str | None:
    """The opposite of the doubted word, said near something that the question names, and not itself denied."""
    for index, term in enumerate(told):
        if any(other.kind is TermKind.NEGATION for other in told[max(0, index - ROW) : index]):
            continue
        if (
            term.kind is TermKind.WORD
            and doubted.value not in _CALENDAR
            and opposite(doubted.value, term.value)
            and not _among(term, own)
        ):
            near = [
                other
                for other in told[max(0, index - NEAR) : index + NEAR + 1]
                if other is not term
            ]
            if sum(_among(other, near) for other in own) >= FEWEST_SAID:
                return item.text[term.start : term.end]
    return None


def _denial(question: str, said: Sequence[Term], item: Evidence) -> Iterator[Premise]:
    """What the sentence denies and the question says plainly, of verbs and the like; names are denied of nobody."""
    plain_words = [term for term in said if term.kind is TermKind.WORD]
    if any(term.kind is TermKind.NEGATION for term in analyse(question).terms):
        return
    for negation, head in denied_heads(item.text):
        mine = next((term for term in plain_words if _same(term, head)), None)
        elsewhere = [
            t for t in analyse(item.text).terms if t.kind is TermKind.WORD and t.start != head.start
        ]
        if mine is not None and not any(_same(mine, other) for other in elsewhere):
            found = item.text[negation.start : head.end]
            yield Premise("negation", question[mine.start : mine.end], found, item)


def _borne_out(said: Sequence[Term], premise: Premise, ranked: Sequence[Evidence]) -> bool:
    """Whether some sentence says what the question says, the doubted words in it and most of the rest."""
    doubted = [term for term in analyse(premise.asked).terms if term.kind in _VALUES]
    enough = SUPPORTS_A_DENIED if premise.kind == "negation" else SUPPORTS
    rest = [term for term in said if not _among(term, doubted)]
    for item in ranked:
        told = analyse(item.text).terms
        denies = premise.kind == "negation" and any(term.kind is TermKind.NEGATION for term in told)
        itself = item.key == premise.evidence.key or item.altered
        if itself or denies or not all(_among(term, told) for term in doubted):
            continue
        known = (*told, *analyse(item.article.title).terms) if premise.kind == "negation" else told
        if sum(_among(term, known) for term in rest) >= enough * max(1, len(rest)):
            return True
    return False


def _content(query: Query, question: str) -> list[Term]:
    """What a question says: its content words, without what only asks, such as the noun after "which"."""
    return [
        term
        for term in analyse(question).terms
        if term.kind in _VALUES
        and (word := question[term.start : term.end].lower()) not in STOP_WORDS
        and (query.noun is None or term.kind is not TermKind.WORD or stem(word) != query.noun)
    ]


def _whole(term: Term) -> bool:
    return term.value[:4].isdigit()


def _unit(value: str) -> str:
    """`usd`, `%`, `#` and so on; "" for a plain number."""
    head, _, amount = value.partition(" ")
    if amount:
        return head
    return "#" if value.startswith("#") else "%" if value.endswith(("%", "pp")) else ""


def _among(term: Term, others: Sequence[Term]) -> bool:
    return any(_same(term, other) for other in others)


def _same(left: Term, right: Term) -> bool:
    if left.kind is TermKind.DATE and right.kind is TermKind.DATE:
        return dates_share(left.value, right.value)
    if left.kind is right.kind is TermKind.WORD:
        return related(left.value, right.value)
    worded = {left.kind, right.kind} <= {
        TermKind.WORD,
        TermKind.NAME,
    }  # "Seven Locks" is no name where all is small
    return left.value == right.value or (worded and stem(left.value) == stem(right.value))


# These exclude each other as measures, and are said of one and the same time.
_CALENDAR = frozenset(map(stem, "hour day week month year decade century".split()))
_DOES = re.compile(r"(?i)\b(?:did|does|do|will|would|has|have|had|can|could)\b")
_TELLS_WHICH = re.compile(
    r"(?i)\w+est|first|last|(?:fe)?male|(?:wo)?m[ae]n|boys?|girls?|new|old|young|northern|southern|eastern|"
    r"western|north|south|east|west|major|minor|senior|junior|former|current|next|previous"
)
