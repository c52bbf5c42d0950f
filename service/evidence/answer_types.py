"""A question and a sentence come in; whether the sentence holds a thing of the wanted type, and how near to the
question's own words, 0 to 1, goes out."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from ingest.english import analyse
from ingest.english.date_mentions import MONTH, WEEKDAYS
from ingest.english.quantities import CARDINALS, ORDINALS, SCALES, measures
from ingest.english.word_kinds import GIVEN_NAMES, HONORIFICS
from ingest.english.words import STOP_WORDS, stem, stems, synonyms, words
from service.query.question_analysis import Query

_DATE = re.compile(
    rf"\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{MONTH}\b(?:,? \d{{4}}\b)?|\b{MONTH}\.?\s+\d{{1,4}}\b(?:, \d{{4}}\b)?|"
    r"\b\d{4}-\d{2}-\d{2}\b|\b(?:1[0-9]|20)\d\d(?:s|–\d\d(?:\d\d)?)?\b|\b\d+ (?:BC|AD|BCE|CE)\b|"
    r"\b\d{1,2}(?:st|nd|rd|th) century\b"
)
_VAGUE_DATE = re.compile(
    rf"\b{MONTH}\b|(?i:\b(?:{'|'.join(WEEKDAYS)})\b|"
    r"\b(?:this|next|last) (?:spring|summer|autumn|fall|winter|week|month|year)\b|"
    r"\b(?:spring|summer|autumn|winter|yesterday|tomorrow|today|century|annually|decade)\b|\b\d{1,2} ?[ap]\.?m\b)"
)
_ASKS_YEAR = re.compile(r"(?i)\b(?:what|which) year\b")
_ASKS_DAY = re.compile(r"(?i)\b(?:what|which) (?:exact |calendar )?(?:date|day)\b")
_EXACT = {
    _ASKS_YEAR: re.compile(r"\d{4}"),
    _ASKS_DAY: re.compile(
        rf"\d{{1,2}}\D{{0,6}}{MONTH}|{MONTH}\D{{0,2}}\d{{1,2}}\b|\d{{4}}-\d\d-\d\d"
    ),
}
_NUMBER_WORDS = frozenset(
    (*CARDINALS, *SCALES, *ORDINALS, "half", "quarter", "twice", "double", "triple")
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*|\b[A-Za-z]+\b")  # or another word
_TIME_OF_DAY = re.compile(r"(?i)\b\d{1,2}(?:[.:]\d\d)? ?[ap]\.?m\b")
_YEAR = re.compile(r"^(?:1[5-9]|20)\d\d$")
_MONEY = re.compile(
    r"(?i)[$£€¥]\s?\d[\d.,]*|\b(?:usd|eur|gbp|jpy|us\$)\s?\d|\d[\d.,]*\s?(?:hundred|thousand|million|billion|trillion|bn|m)?\s?"
    r"(?:dollars?|euros?|pounds?|yen|yuan|francs?|rupees?|pesos?|cents?|crowns?|per ?cent)\b|"
    r"\b\w+ (?:million|billion|thousand) (?:dollars|euros|pounds)\b"
)
_LARGE = re.compile(r"(?i)\s?(?:thousand|million|billion|trillion|bn|m)\b")
_CAPITALS = re.compile(
    r"(?<![\w'’-])[A-Z][\w'’.&-]*(?:\s+(?:of |the |de |van |von |al |and )?[A-Z][\w'’.&-]*)*"
)
_PLACE = re.compile(
    r"\b(?:in|at|from|near|to|on|of|around|outside|inside|across|off|via|between|through)\s+(?:the\s+|\w+(?:ern|ral)\s+)?"
    r"[A-Z]\w+"
)
_REASON = re.compile(
    r"(?i)\b(?:because|since|due to|owing to|thanks to|as a result|result(?:s|ed|ing)? (?:in|from)|caus(?:e|es|ed|ing)|"
    r"lead(?:s|ing)? to|led to|so that|in order to|therefore|thus|hence|reasons?|why|means that|allow(?:s|ed|ing)?|"
    r"prevents?|purpose|aim(?:s|ed)? to|for fear|blam(?:e|ed|es|ing)|objections?|explain(?:s|ed)?)\b"
)
CORRECTS = re.compile(r"(?i)\b(?:correct(?:ions?|ed|s)?|clarifications?)\b")
_RATHER = re.compile(r"(?i)\b(?:not|instead of|rather than)\b.*?(?=[;,.!](?: |$)|$)")
_KIND_OF = re.compile(r"(?i)\b(?:what|which) (?:kind|sort|type)s? of\b")
READINGS = 4096  # sentences that are kept as they were read for one question, for the next
PLAIN = 0.7  # worth from which a thing is marked as the answer
_NEAR_WORDS = 6.0  # words over which a thing's bond with a word of the question falls to a third


@dataclass(frozen=True, slots=True)
class Thing:
    """Something in a sentence that could be what was asked for: `text[start:end]`, `worth` 0 to 1."""

    start: int
    end: int
    worth: float


def cue(query: Query, text: str) -> float:
    """1 where `text` plainly holds a thing of the wanted type that is not in the question, lower where it may; 0 where
    it does not or where the question wants no type. Graded by how often such a thing is the answer, not measured."""
    return most(things(query, text))


def most(found: Iterable[Thing]) -> float:
    """The worth of the best of them; 0 of none."""
    return max((thing.worth for thing in found), default=0.0)


def bond(
    found: Sequence[Thing], text: str, weights: Mapping[str, float], same: Mapping[str, Set[str]]
) -> float:
    """How near, 0 to 1, the best thing of the wanted type stands to the words of the question, each by its weight.

    `found` are the things of `text`, `weights` are of the question's terms that count, `same` gives for a stem of the
    text the terms that it stands for.
    0 where there is no such thing or word; the cue alone where no term counts.
    """
    total = sum(weights.values())
    if not found or not total:
        return most(found)
    places: dict[str, list[int]] = {}
    starts, stemmed_words = _stemmed(text)
    for number, stemmed in enumerate(stemmed_words):
        if stemmed in weights:
            places.setdefault(stemmed, []).append(number)
        for term in same.get(stemmed, ()):
            places.setdefault(term, []).append(number)
    best = 0.0
    for thing in found:
        first = bisect_left(starts, thing.start)
        last = max(first, bisect_left(starts, thing.end) - 1)
        near = 0.0
        for term, weight in weights.items():
            gaps = [max(first - at, at - last, 0) for at in places.get(term, ())]
            near += weight * math.exp(-min(gaps) / _NEAR_WORDS) if gaps else 0.0
        best = max(best, thing.worth * near / total)
    return best


@lru_cache(READINGS)
def _stemmed(text: str) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Where each word of a sentence starts, and its stem."""
    found = list(_WORD.finditer(text))
    bare = (match[0].lower().removesuffix("'s").removesuffix("’s") for match in found)
    return tuple(match.start() for match in found), tuple(map(stem, bare))


@lru_cache(READINGS)
def _numerals(text: str) -> tuple[tuple[int, int, str, frozenset[str]], ...]:
    """Start, end and small letters of each number of a sentence, and the stems of what follows it."""
    found = ((*match.span(), match[0].lower()) for match in _NUMBER.finditer(text))
    return tuple(
        (start, end, number, frozenset(map(stem, words(text[end : end + 60])[:4])))
        for start, end, number in found
        if not number.isalpha() or number in _NUMBER_WORDS
    )


@dataclass(frozen=True, slots=True)
class _Name:
    """A name in a sentence, `text[start:end]`."""

    start: int
    end: int
    stems: frozenset[str]  # without stop words
    words: int
    parts: frozenset[str]  # the stems of all its words


@lru_cache(READINGS)
def _capitalised(text: str) -> tuple[_Name, ...]:
    """Each name of a sentence; a lone capital may only open it."""
    names = []
    for match in _CAPITALS.finditer(text):
        run = match[0].split()
        kept = list(run)
        while kept and kept[0].lower() in STOP_WORDS:
            kept = kept[1:]
        opens = match.start() == 0 or text[: match.start()].rstrip().endswith((".", "“", '"'))
        if not kept or (opens and len(kept) == len(run) == 1 and not kept[0].isupper()):
            continue
        start = match.end() - len(match[0][match[0].index(kept[0]) :])
        own = words(text[start : match.end()])
        parts = frozenset(map(stem, own))
        names.append(_Name(start, match.end(), stems(" ".join(kept)), len(own), parts))
    return tuple(names)


@lru_cache(READINGS)
def _followed(text: str) -> tuple[tuple[int, int, str, tuple[str, ...]], ...]:
    """Where one word stands right before another, the second one's stem, and those of the first."""
    return tuple(
        (before.start(), named.end(), stem(named[0].lower()), new)
        for before, named in pairwise(_WORD.finditer(text))
        if text[before.end() : named.start()] in (" ", "-")
        and not before[0].endswith(("'s", "’s"))
        and (new := tuple(stem(w) for w in words(before[0]) if w not in STOP_WORDS))
    )


_WORD = re.compile(r"[^\W_]+(?:[.,](?=\d)[^\W_]+)*(?:['’][^\W_]+)?")


def things(query: Query, text: str) -> Iterator[Thing]:
    """Everything in `text` of the wanted type, with what it is worth."""
    match query.wants:
        case "date":
            yield from _dates(query, text)
        case "number":
            yield from _numbers(query, text)
        case "money":
            money = [Thing(*match.span(), 1.0) for match in _MONEY.finditer(text)]
            yield from money
            if not money:
                for one in _numbers(query, text):  # a currency may be unknown: "4.5 million krin"
                    share = 0.6 if _LARGE.match(text, one.end) else 0.3
                    yield Thing(one.start, one.end, share * one.worth)
        case "person":
            yield from _people(query, text)
        case "organisation" | "name":
            yield from _names(query, text, several_words=0.6, one_word=0.5)
        case "place":
            yield from _places(query, text)
        case "reason":
            yield from (Thing(*match.span(), 1.0) for match in _REASON.finditer(text))
        case None if query.dimensions:
            yield from _numbers(query, text)
        case None if query.noun and _KIND_OF.search(query.text):
            yield from _kinds(query, query.noun, text)
        case None if query.noun:
            yield from (one for one in _names(query, text, 0.0, 0.0) if one.worth)


def words_that_answer(query: Query, text: str) -> tuple[int, int] | None:
    """Where the thing of the wanted type stands; None without one, or where others are as likely.

    A name of one word is never marked: one that opens the sentence may have been read over. Nor is
    what a correction says was said before.
    """
    rather = _RATHER.finditer(text) if CORRECTS.search(text) else ()
    before = [(one.start, one.end) for one in analyse(text).withdrawn]
    before += [match.span() for match in rather]
    if query.wants == "number":
        before += [(day.start, day.end) for day in analyse(text).dates]
    found = [
        thing
        for thing in (() if query.wants == "reason" else things(query, text))
        if not any(start <= thing.start < end for start, end in before)
    ]
    best = max(found, key=lambda thing: thing.worth, default=None)
    if best is None or best.worth < PLAIN:
        return None
    rivals = [one for one in found if one.worth == best.worth]
    apart = any(one.end <= best.start or one.start >= best.end for one in rivals)
    named = query.wants in ("person", "organisation", "name", "place")
    alone = named and " " not in text[best.start : best.end]
    return None if apart or alone else (best.start, best.end)


def new_names(query: Query, text: str) -> tuple[str, ...]:
    """Runs of capitalised words of `text` that hold a word the question does not; a lone capital may only open it."""
    return tuple(text[name.start : name.end] for name in _new_names(query, text))


def _new_names(query: Query, text: str) -> Iterator[_Name]:
    asked_stems = {stemmed for _, stemmed in query.terms}
    return (name for name in _capitalised(text) if not name.stems <= asked_stems)


def _people(query: Query, text: str) -> Iterator[Thing]:
    for one in _new_names(query, text):
        start, end = one.start, one.end
        name = text[start:end].replace(".", "").lower().split()
        known = name[0] in HONORIFICS or name[0] in GIVEN_NAMES
        if len(name) > 1:
            placed = text[:start].lower().endswith((" the ", " in ", " at "))
            yield Thing(start, end, 0.7 if placed and not known else 1.0)
        else:
            yield Thing(start, end, 0.7)


def _names(query: Query, text: str, several_words: float, one_word: float) -> Iterator[Thing]:
    """Best where a name holds the noun that was asked for: "which party", "the Liberal Democratic Party"."""
    for name in _new_names(query, text):
        if name.words > 1 and query.noun in name.parts:
            yield Thing(name.start, name.end, 1.0)
        else:
            yield Thing(name.start, name.end, several_words if name.words > 1 else one_word)


def _dates(query: Query, text: str) -> Iterator[Thing]:
    exact = (
        _ASKS_YEAR
        if _ASKS_YEAR.search(query.text)
        else _ASKS_DAY
        if _ASKS_DAY.search(query.text)
        else None
    )
    for match in _DATE.finditer(text):
        if not set(re.findall(r"\d+", match[0])) <= query.numbers:
            yield Thing(
                *match.span(), 1.0 if exact is None or _EXACT[exact].search(match[0]) else 0.4
            )
    if exact is None:
        asked_stems = {stemmed for _, stemmed in query.terms}
        for match in _VAGUE_DATE.finditer(text):
            if stem(match[0].lower()) not in asked_stems:
                yield Thing(*match.span(), 0.5)


def _numbers(query: Query, text: str) -> Iterator[Thing]:
    """Best where the number counts what was asked for, "five ships" for "how many boats", or has a unit of its kind."""
    measured = [
        (start, end)
        for start, end in (measures(analyse(text), query.dimensions) if query.dimensions else ())
        if not set(re.findall(r"\d+", text[start:end])) & query.numbers
    ]
    yield from (Thing(start, end, 1.0) for start, end in measured)
    if "age" in query.dimensions:
        return  # whoever is 52 is not as old as the 88th minute
    share = 0.4 if query.dimensions else 1.0
    hours = [match.span() for match in _TIME_OF_DAY.finditer(text)]
    asked_words = {word for word, _ in query.terms}
    counted: Set[str] = set()  # the stems of what is counted
    if query.noun is not None and query.kind == "how_many" and not query.dimensions:
        counted = synonyms(query.noun)
    for start, end, number, following in _numerals(text):
        if not counted.isdisjoint(following):
            yield Thing(start, end, 1.0)
        elif any(first <= start < last for first, last in hours):
            continue
        elif number.replace(",", "") not in query.numbers and number not in asked_words:
            plain = 0.2 if _YEAR.match(number) else 0.8 if number[0].isdigit() else 0.6
            yield Thing(start, end, share * plain)


def _kinds(query: Query, noun: str, text: str) -> Iterator[Thing]:
    """What stands right before the noun and is not in the question: "a state visit" for "what kind of visit"."""
    asked_stems = {stemmed for _, stemmed in query.terms}
    for start, end, named, before in _followed(text):
        if named == noun and not asked_stems.issuperset(before):
            yield Thing(start, end, 1.0)


def _places(query: Query, text: str) -> Iterator[Thing]:
    asked_stems = {stemmed for _, stemmed in query.terms}
    found = [
        Thing(*match.span(), 1.0)
        for match in _PLACE.finditer(text)
        if stem(words(match[0])[-1]) not in asked_stems and not re.search(rf"{MONTH}$", match[0])
    ]
    yield from found or _names(query, text, several_words=0.4, one_word=0.4)
