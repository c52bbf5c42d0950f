"""Words that count from a day ("last month", "three weeks ago") come in; the first and last day they mean go out."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta

from ingest.english.lexicon import MONTHS, NUMBER_WORDS

Days = tuple[date, date]  # first and last, both inclusive


def counted(text: str, today: date) -> Iterator[tuple[re.Match[str], Days]]:
    """Every such stretch of words, in order, with its days; what would begin before the calendar does is left out."""
    for match in COUNTED.finditer(text):
        days = _days(match, today)
        if days:
            yield match, (days[0], today) if match[0].lower().startswith("since") else days


def end_of_month(day: date) -> date:
    """The last day of the month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def part_of_year(part: str, year: int) -> Days:
    """The months of a season, a quarter or "early" in a year; winter runs into the next."""
    first, last = PARTS[part]
    return date(year, first, 1), end_of_month(date(year + (last < first), last, 1))


def _days(match: re.Match[str], today: date) -> Days | None:
    try:
        if match["yesterday"]:
            ago = {"yesterday": 1, "last night": 1}.get(match["yesterday"].lower(), 2)
            return today - timedelta(ago), today - timedelta(ago)
        if match["unit"]:
            return _unit(match["which"].lower(), match["unit"].lower(), today)
        if match["count"]:
            return _back(_number(match["count"]), match["counted"].lower().rstrip("s"), today)
        if match["ago"]:
            return _ago(_number(match["ago"]), match["ago_unit"].lower().rstrip("s"), today)
        back = (today.weekday() - _WEEKDAYS.index(match["weekday"].lower()[:3])) % 7 or 7
        return today - timedelta(back), today - timedelta(back)
    except (OverflowError, ValueError):  # "9,999 years ago" is before the calendar begins
        return None


def _unit(which: str, unit: str, today: date) -> Days:
    """The calendar week, month or year beside today's; "the past week" is the seven days up to today."""
    step = {"last": -1, "previous": -1, "this": 0, "next": 1}.get(which)
    if step is None:
        return _back(1, unit, today)
    if unit in MONTHS:
        month = MONTHS[unit]
        year = today.year if which == "this" or month < today.month else today.year - 1
        if which == "next":
            year = today.year + (month <= today.month)
        first = date(year, month, 1)
        return first, end_of_month(first)
    if unit == "week":
        monday = today - timedelta(today.weekday() - 7 * step)
        return monday, monday + timedelta(6)
    if unit == "weekend":
        saturday = today - timedelta((today.weekday() - 5) % 7 if step else today.weekday() - 5)
        return saturday, saturday + timedelta(1)
    if unit == "month":
        months = today.year * 12 + today.month - 1 + step
        first = date(months // 12, months % 12 + 1, 1)
        return first, end_of_month(first)
    if unit in PARTS:
        return _season(unit, which, today)
    return date(today.year + step, 1, 1), date(today.year + step, 12, 31)


def _season(season: str, which: str, today: date) -> Days:
    year = today.year + (which == "next")
    if which == "last" and part_of_year(season, year)[1] >= today:
        year -= 1
    return part_of_year(season, year)


def _back(count: int, unit: str, today: date) -> Days:
    """The last so many units up to today."""
    return _earlier(today, count, unit), today


def _ago(count: int, unit: str, today: date) -> Days:
    """The day, week, month or year that was so many before."""
    day = _earlier(today, count, unit)
    if unit == "year":
        return date(day.year, 1, 1), date(day.year, 12, 31)
    if unit == "month":
        return day.replace(day=1), end_of_month(day)
    slack = timedelta(3 if unit == "week" else 0)
    return day - slack, day + slack


def _earlier(today: date, count: int, unit: str) -> date:
    if unit in ("day", "week", "fortnight"):
        return today - timedelta(count * {"day": 1, "week": 7, "fortnight": 14}[unit])
    months = (
        today.year * 12 + today.month - 1 - count * {"month": 1, "year": 12, "decade": 120}[unit]
    )
    year, month = divmod(months, 12)
    return date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))


def _number(written: str) -> int:
    small = written.lower()
    return (
        1
        if small in ("a", "an", "one")
        else 2
        if small in ("couple", "couple of")
        else _figure(small)
    )


def _figure(small: str) -> int:
    return int(small) if small.isdigit() else NUMBER_WORDS[small]


_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PARTS: dict[str, tuple[int, int]] = {
    "early": (1, 4), "mid": (4, 9), "late": (9, 12), "the beginning of": (1, 3), "the start of": (1, 3),
    "the end of": (10, 12), "spring": (3, 6), "summer": (6, 9), "autumn": (9, 12), "fall": (9, 12), "winter": (12, 3),
    "first quarter": (1, 3), "second quarter": (4, 6), "third quarter": (7, 9), "fourth quarter": (10, 12),
    "q1": (1, 3), "q2": (4, 6), "q3": (7, 9), "q4": (10, 12), "first half": (1, 6), "second half": (7, 12),
}  # fmt: skip
_COUNT = rf"\d{{1,3}}|an?|couple(?:\s+of)?|{'|'.join(w for w, n in NUMBER_WORDS.items() if 1 <= n <= 20)}"
_UNIT = "days?|weeks?|fortnights?|months?|years?|decades?"
_MONTH_NAMES = "|".join(name for name in MONTHS if len(name) > 3 or name == "may")
COUNTED = re.compile(
    r"(?i)\b(?:(?P<yesterday>(?:the\s+)?day\s+before\s+yesterday|yesterday|last\s+night)"
    r"|(?:(?:in|over|during|within|since|for|earlier|later)\s+)?(?:the\s+)?"
    rf"(?:(?P<which>last|past|this|previous|next)\s+(?P<unit>week(?:end)?|month|year|decade|spring|summer|autumn|winter|"
    rf"{_MONTH_NAMES})\b"
    rf"|(?:last|past|previous)\s+(?P<count>{_COUNT})\s+(?P<counted>{_UNIT})\b)"
    rf"|(?P<ago>{_COUNT})\s+(?P<ago_unit>{_UNIT})\s+ago\b"
    r"|(?:on|last)\s+(?P<weekday>(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b)"
)
