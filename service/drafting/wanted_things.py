"""Whether a sentence gives a thing of the kind that a question wants, and which sentence beside the best
one does where that one does not."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.english import Analysis, Span, analyse
from ingest.english.quantities import measures
from ingest.english.word_kinds import is_ordinary
from ingest.english.words import stem, stems
from ingest.types import SentenceKind
from service.conflicts.answer_values import may_be_a_person, terms_held
from service.conflicts.counts import counted, counts, put_at
from service.evidence.answer_types import cue
from service.query.question_analysis import Query
from service.types import Evidence

# From here a sentence gives what is wanted: "4.5 million krin" is a sum, a bare name no place.
GIVEN = 0.45
SURE, LIKELY, UNLIKELY = 1.0, 0.6, 0.3
BEHIND, BEFORE = 2, 1  # sentences behind the best one and before it that may give it instead
SEVERAL = 2  # names that make a list

_ASKS_HOUR = re.compile(r"(?i)\b(?:what|which) (?:time|hour)\b")
_HOUR = re.compile(r"(?i)\b(?:noon|midday|midnight|o['’]clock)\b")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_DIGITS = re.compile(r"\d+")
_POINTS = re.compile(r"(?i)\b(?:it|its|he|she|they|them|their|his|her|this|these|those|ones?)\b")
# "in the former Kessaw Cannery", "under a bridge"
_SOMEWHERE = re.compile(
    r"\b(?:in|at|on|near|below|under|beneath|behind|beside|inside|outside) "
    r"(?:an?|the|his|her|its|their) (?:[a-z]+ )?\w+"
)
# "Police named the dead as …"
_NAMED = re.compile(r"(?i)\b(?:named|identified) (?:\w+ ){0,3}as\b")
# "a retired postman …" is told of before, where "Tobiah Stone said" comes with no word on who that is
_DOES = re.compile(r" (?!of\b|from\b|and\b|who\b|for\b|in\b|at\b)[a-z]")


def gives(query: Query, text: str) -> float:
    """How surely, 0 to 1, a sentence gives a thing of the wanted kind that the question does not name.

    Unlike `cue`, it knows an hour from a day, a person from an institution or a weekday, a list of
    names from one, and what a number counts.
    """
    told = analyse(text)
    if _asks_hour(query):
        clock = any(one.dimension == "clock" for one in told.quantities)
        return float(clock or bool(_HOUR.search(text)))
    if query.kind == "list" and query.wants == "name":
        return SURE if len(_names(query, told)) >= SEVERAL else UNLIKELY
    if query.wants == "person":
        people = [
            name
            for name in _names(query, told)
            if may_be_a_person(told.text, name) and not all(map(is_ordinary, name.value.split()))
        ]
        return SURE if any(" " in name.value for name in people) else LIKELY * bool(people)
    if query.wants == "number" and query.dimensions:
        found = (set(_DIGITS.findall(text[a:b])) for a, b in measures(told, query.dimensions))
        return float(any(not digits & query.numbers for digits in found))
    if query.wants == "number" and query.noun:
        return max(cue(query, text) // 1, LIKELY * _counts(query, told))
    if query.wants == "place":
        return max(cue(query, text), LIKELY * bool(_SOMEWHERE.search(text)))
    return cue(query, text)


def beside(query: Query, best: Evidence, usable: Sequence[Evidence]) -> list[Evidence]:
    """Where the best sentence gives nothing of the wanted kind, the nearest one of its article that does
    and goes on about the same; where it tells of one of two things to choose from, that of the other."""
    own = [
        item
        for item in usable
        if item.article.article_id == best.article.article_id
        and item.kind is SentenceKind.BODY
        and not item.text.endswith("?")
    ]
    own.sort(key=lambda item: item.start)
    if best not in own or query.parts or query.about:
        return []
    at = own.index(best)
    near = [*own[at + 1 : at + 1 + BEHIND], *own[max(0, at - BEFORE) : at]]
    if rival := _counted_otherwise(query, best, own):
        return rival
    if other := _other_choice(query, best):
        return [item for item in near if other in analyse(item.text).all_stems][:1]
    if query.wants in (None, "reason") or (has := gives(query, best.text)) >= GIVEN:
        return []
    return [
        item
        for item in near
        if gives(query, item.text) > max(has, GIVEN) and _goes_on(query, best, item)
    ][:1]


def _counted_otherwise(query: Query, best: Evidence, own: Sequence[Evidence]) -> list[Evidence]:
    """What somebody else in the article puts the number at: "The union put the turnout at 9,000"."""
    if query.wants != "number" or not counted(query, best.text, best.article.title, 1.0):
        return []
    if put_at(query, best.text):
        return []
    given = {number.value for number, _ in counts(best.text)}
    return [
        item for item in own if (number := put_at(query, item.text)) and number.value not in given
    ][:1]


def _other_choice(query: Query, best: Evidence) -> str:
    """The stem of "2024" where "2018 or 2024?" is asked and the best sentence tells of 2018; or ""."""
    told = analyse(best.text).all_stems
    missing = [word for word in query.alternatives if stem(word) not in told]
    named = query.text.casefold()
    if len(missing) != 1:
        return ""
    at = named.rfind(missing[0])
    told_apart = missing[0].isdigit() or query.text[at : at + 1].isupper()
    return stem(missing[0]) if told_apart else ""


def _goes_on(query: Query, best: Evidence, item: Evidence) -> bool:
    """Whether a sentence near the best one goes on about what that tells: in words of the question that
    its title has not, or by pointing back."""
    names = analyse(" ".join(query.names)).stems
    if terms_held(query, item.text) - terms_held(query, item.article.title) - names:
        return True
    if item.start < best.start or _asks_hour(query):
        return item.start > best.start
    points, told = _POINTS.search(item.text), analyse(item.text)
    if query.wants not in ("person", "name"):
        return bool(points)
    name = next(iter(_names(query, told)), None)
    before = item.text[: name.start] if name else item.text
    opens = name and not before and _DOES.match(item.text, name.end)
    # "The baker, Tobiah Stone, …"
    again = before.startswith("The ") and analyse(before).stems & analyse(best.text).stems
    back = points and points.start() < len(before)
    return bool(back or opens or again or _NAMED.search(item.text))


def _asks_hour(query: Query) -> bool:
    return query.wants == "date" and bool(_ASKS_HOUR.search(query.text))


def _names(query: Query, told: Analysis) -> list[Span]:
    """Names without a word of the question, but of countries' people."""
    known = {stemmed for _, stemmed in query.terms}
    new = (name for name in told.names if known.isdisjoint(stems(name.value)))
    return [name for name in new if name not in told.demonyms]


def _counts(query: Query, told: Analysis) -> bool:
    """Whether there is a number of people, or of what it does not say: "88,000 of them"."""

    def written(start: int, end: int) -> str:
        return told.text[start:end].replace(",", "")

    return any(
        one.dimension == "count"
        and one.unit in ("", "peopl")
        and not _YEAR.fullmatch(told.text[one.start : one.end])
        and written(one.start, one.end) not in query.numbers
        for one in told.quantities
    )
