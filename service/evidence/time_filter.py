"""Keeps the evidence that may answer for the times that a question asks about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from ingest.english.date_mentions import WEEKDAYS
from ingest.english.periods import RELATIVE_WORDS, Period, in_words, periods, spoken
from ingest.english.words import stems
from service.query.question_analysis import PAST, Query
from service.types import Evidence

# background: an article of the period tells of other days
Placed = Literal["inside", "outside", "open", "background"]

PREFERRED = (
    3.0  # times the relevance of a sentence that stands inside, when sentences are put in order
)
# Share of the relevance of a better sentence of another time from which one that stands inside, or open, still answers:
# below it the archive speaks of the matter at another time, and of something else at this one. Set on the sample.
CLOSE: dict[str, float] = {"inside": 0.08, "open": 0.3}
CLOSE_WITH_ALL_TERMS = 0.02  # where what stands inside holds every term of the question
LATE_DAYS = 14  # after a period, within which what an article says of no other day is taken to be of the period
# before a week: "this week" asked on Friday may be what is told since last Thursday
EARLY_DAYS = 2
BEFORE = 3  # sentences before one that may tell its time for it


def within(
    ranked: Sequence[Evidence], query: Query
) -> tuple[tuple[Evidence, ...], Evidence | None]:
    """Evidence that may answer for the periods asked about, best first, and the best that is passed over.

    What stands outside every strict period is left out, what stands inside comes first. The best that is kept takes
    over the relevance of the best there was if it comes `CLOSE` to it, so that the decision to answer is as it was;
    else its own stays, and what was better is passed over. Of years that may be part of a name ("the 2024 race") only
    what a dated article tells of other years is left out, and of what else is not strict nothing. What an article of
    the period tells of other days may answer, save for a figure or a date: who took office in spring holds it in summer.
    """
    asked = query.periods
    if not asked or not ranked:
        return tuple(ranked), None
    strict = [period for period in asked if period.strict or query.compares]
    apart = ("outside", "background") if query.wants in _DATED_WANTS else ("outside",)
    of_years = not query.compares and all(_YEAR.search(period.words) for period in asked)
    terms = {stemmed for _, stemmed in query.terms}
    dropped: Evidence | None = None
    kept: list[tuple[float, Placed, Evidence]] = []
    happened = _HAPPENED.search(query.question.text) and not _PLANNED.search(query.question.text)
    for item in ranked:
        day = item.article.published_on
        told = stated_periods(item.text, day) if happened and day else ()
        ahead = [one for one in told if one.first and day and one.first > day]
        if any(period.meets(one) for period in asked for one in ahead):
            continue  # that lay ahead when the article was published
        told_elsewhere = strict and all(placed(item, period, ranked) in apart for period in strict)
        of_others = of_years and day is not None
        if told_elsewhere or (
            of_others and all(placed(item, period, ranked) == "outside" for period in asked)
        ):
            dropped = dropped or item
            continue
        place: Placed = (
            "inside"
            if any(placed(item, period, ranked) == "inside" for period in asked)
            else "open"
        )
        kept.append((item.relevance * (PREFERRED if place == "inside" else 1.0), place, item))
    if not kept:
        return (), dropped
    kept.sort(key=lambda row: -row[0])
    weight, place, first = kept[0]
    highest = max(item.relevance for _, _, item in kept)
    if dropped is not None and dropped.relevance > highest:
        all_terms = place == "inside" and terms <= stems(f"{first.article.title} {first.text}")
        share = CLOSE_WITH_ALL_TERMS if all_terms else CLOSE[place]
        close = first.relevance >= share * dropped.relevance
        highest, dropped = (dropped.relevance, None) if close else (highest, dropped)
    else:
        dropped = None
    scale = highest / max(weight, 1e-12)
    return tuple(replace(item, relevance=own * scale) for own, _, item in kept), dropped


def placed(item: Evidence, asked: Period, beside: Sequence[Evidence] = ()) -> Placed:
    """Where a sentence stands to a period: by the days that it states, else by those before it, else by its article's.

    A date that only serves a comparison ("since 2014") states nothing of the sentence's own time. An article
    cannot tell what happened after it was published. Of an earlier time it says so, somewhere: where another sentence
    of it names the period, the place is open, as it is where the article has no date.
    """
    published = item.article.published_on
    if asked.published:
        return "open" if published is None else "inside" if asked.holds(published) else "outside"
    stated = stated_periods(item.text, published)
    titled = (  # a year in a title places an article in that year, and in no week of it
        p
        for p in periods(item.article.title, None)
        if all(day is not None and asked.holds(day) for day in (p.first, p.last))
    )
    if any(asked.meets(period) for period in (*stated, *titled)):
        return "inside"
    # only compared with: "up from three in 2021" tells of 2021 too, "since 1998" of 1998 and of now
    compared = (p for p in periods(item.text, published) if p.first and p.last and asked.meets(p))
    if any(not _lead(p) or (p.first and asked.holds(p.first)) for p in compared):
        return "open"
    if published is None:
        return (
            "open" if asked.named and not stated else "outside"
        )  # "last month" asks for what is known to be recent
    if _of_the_time(published, asked):
        return "inside" if not stated else "open" if _GOES_ON.search(item.text) else "background"
    if stated or (asked.first is not None and published < asked.first):
        return "outside"
    own = [other for other in beside if other.article.article_id == item.article.article_id]
    named = [
        other for other in own if any(asked.meets(p) for p in stated_periods(other.text, published))
    ]
    earlier = sorted(
        (other for other in own if other.end <= item.start), key=lambda other: -other.start
    )[:BEFORE]
    if any(other in named for other in earlier if other.passage_id == item.passage_id):
        return "inside"
    return "open" if named else "outside"


def _of_the_time(published: date, asked: Period) -> bool:
    """Whether an article appeared in a period, soon after it, or a day or two before a week counted from today."""
    week = not asked.named and asked.first and asked.last == asked.first + timedelta(6)
    early = timedelta(EARLY_DAYS if week else 0)
    return (asked.first is None or asked.first - early <= published) and (
        asked.last is None or published <= asked.last + timedelta(LATE_DAYS)
    )


def time_of(item: Evidence) -> str:
    """The time that a sentence speaks of, as people write it; "" where it is not known."""
    stated = stated_periods(item.text, item.article.published_on)
    if stated:
        return spoken(stated[0])
    return in_words(item.article.published_on) if item.article.published_on else ""


@lru_cache(maxsize=4096)  # each sentence is placed several times in an answer
def stated_periods(text: str, published: date | None) -> tuple[Period, ...]:
    """The periods that a sentence states of its own time, counted from the day its article was published."""
    found = periods(text, published)
    if published is not None:
        found = tuple(period if period.named else _nearest(period, published) for period in found)
    whole = [period for period in found if period.first is not None and period.last is not None]
    return tuple(
        period for period in whole if not _COMPARES.search(text[: period.start] + _lead(period))
    )


def _lead(period: Period) -> str:
    """The period's own preposition is a cue too: "since 2014"."""
    first = period.words.split()[0].lower()
    return first + " " if first in ("since", "from") else ""


_WEEKDAY = re.compile(rf"(?i)on (?:{'|'.join(WEEKDAYS)})$")


def _nearest(period: Period, published: date) -> Period:
    """A month or day without a year: of the year that brings it nearest to the publication, for much is announced.

    "On Monday" in Monday's paper is that day, not the week before.
    """
    if period.last == published - timedelta(7) and _WEEKDAY.match(period.words):
        return replace(period, first=published, last=published)
    if period.first is None or period.last is None or RELATIVE_WORDS.search(period.words):
        return period
    if (published - period.first) < timedelta(190):
        return period
    try:
        first, last = (day.replace(year=day.year + 1) for day in (period.first, period.last))
    except ValueError:  # 29 February
        return period
    return replace(period, first=first, last=last)


# asks what happened, and not what was to happen
_HAPPENED = re.compile(rf"(?i)\b(?:{PAST}|has|have|[a-z]{{3,}}ed)\b")
_PLANNED = re.compile(
    r"(?i)\b(?:will|would|going to|due|planned|plans?|expect\w*|suppos\w*|propos\w*|promis\w*|want\w*|announc\w*|"
    r"schedul\w*|said|agreed|hope\w*|meant|forecast|predict\w*|set|intend\w*|told)\b"
)
_YEAR = re.compile(r"\b\d{4}\b")
_DATED_WANTS = ("number", "money", "date")
_COMPARES = re.compile(
    r"(?i)\b(?:than|since|from|compared (?:with|to)|against|up on|down on|(?:un)?like|after|until|as (?:in|of)|"
    r"reduced to|record (?:set|of)|founded|established|born)"
    r"(?:\s+(?:in|on|the|it|was|to|of|its|their|his|her|\d[\d,.]*|level|time|figure|year|summer|spring|autumn|winter))*\s*$"
)
_GOES_ON = re.compile(
    r"(?i)\b(?:now|currently|today|will|is|are|expected|plans?|planned|due|must|still)\b"
)
