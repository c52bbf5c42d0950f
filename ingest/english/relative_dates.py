"""Finds words that count from a day ("last month", "three weeks ago"), and the days they mean."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta

from ingest.english.date_mentions import MONTHS, WEEKDAYS
from ingest.english.numbers import CARDINALS, spelled

Days = tuple[date, date]  # first and last, both inclusive


def counted(text: str, today: date) -> Iterator[tuple[re.Match[str], Days]]:
    """Every such stretch of words with its days, in order; what leaves the calendar is left out."""
    for match in COUNTED.finditer(text):
        try:
            first, last = _days(match, today)
        except (OverflowError, ValueError):  # "9,999 years ago" is before the calendar begins
            continue
        if match[0].lower().startswith("since"):
            last = today
        if first <= last:
            yield match, (first, last)


def end_of_month(day: date) -> date:
    """The last day of the month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def part_of_year(part: str, year: int) -> Days:
    """The months of a season, a quarter, a half or "early" in a year; winter runs into the next."""
    first, last = PARTS[part]
    return date(year, first, 1), end_of_month(date(year + (last < first), last, 1))


def part_of_month(part: str, month: date) -> Days:
    """The days of "early January", "the first half of January", "the end of January"."""
    last = end_of_month(month)
    days = {"early": (1, 10), "mid": (11, 20), "late": (21, last.day), "first half": (1, 15)}
    days |= {"second half": (16, last.day), "the beginning of": (1, 10), "the start of": (1, 10)}
    days |= {"the end of": (21, last.day)}
    first_day, last_day = days.get(part, (1, last.day))
    return month.replace(day=first_day), month.replace(day=last_day)


def _days(match: re.Match[str], today: date) -> Days:
    if match["yesterday"]:
        ago = {"yesterday": 1, "last night": 1}.get(match["yesterday"].lower(), 2)
        return today - timedelta(ago), today - timedelta(ago)
    if match["unit"]:
        return _unit(match["which"].lower(), match["unit"].lower(), today)
    if match["count"]:
        return _earlier(today, _number(match["count"]), match["counted"].lower()), today
    if match["ago"]:
        return _ago(_number(match["ago"]), match["ago_unit"].lower(), today)
    back = (today.weekday() - WEEKDAYS[match["weekday"].capitalize()]) % 7 or 7
    return today - timedelta(back), today - timedelta(back)


def _unit(which: str, unit: str, today: date) -> Days:
    """The calendar week, month, quarter or year beside today's.

    "The past month" runs up to today, and so does "this week": it is the seven days that end
    today, because readers who ask on a Monday do not mean that Monday alone.
    """
    step = {"this": 0, "next": 1}.get(which, -1)
    if unit.capitalize() in MONTHS:
        month = MONTHS[unit.capitalize()]
        late = month >= today.month if step < 0 else step > 0 and month <= today.month
        first = date(today.year + step * late, month, 1)
        return first, end_of_month(first)
    if unit == "weekend":
        ahead = (5 - today.weekday()) % 7 if step > 0 else 5 - today.weekday()
        saturday = today + timedelta(ahead - 7 * (step < 0 and ahead >= 0))
        return saturday, saturday + timedelta(1)
    if unit in PARTS:
        year = today.year + (which == "next")
        if which not in ("this", "next") and part_of_year(unit, year)[1] >= today:
            year -= 1
        return part_of_year(unit, year)
    if which == "past" or (which, unit) == ("this", "week"):
        return _earlier(today, 1, unit) + timedelta(which == "this"), today
    if unit in ("week", "fortnight"):
        monday = today - timedelta(today.weekday() - 7 * step)
        return monday, monday + timedelta(6)
    length = _MONTHS_IN[unit]
    months = (today.year * 12 + today.month - 1) // length * length + step * length
    first, last = date(months // 12, months % 12 + 1, 1), months + length - 1
    return first, end_of_month(date(last // 12, last % 12 + 1, 1))


def _ago(count: int, unit: str, today: date) -> Days:
    """The day, week, month or year that was so many before."""
    day, unit = _earlier(today, count, unit), unit.rstrip("s")
    if unit == "year":
        return date(day.year, 1, 1), date(day.year, 12, 31)
    if unit == "month":
        return day.replace(day=1), end_of_month(day)
    slack = timedelta(3 if unit == "week" else 0)
    return day - slack, day + slack


def _earlier(today: date, count: int, unit: str) -> date:
    unit = unit.rstrip("s")
    if unit in _DAYS_IN:
        return today - timedelta(count * _DAYS_IN[unit])
    year, month = divmod(today.year * 12 + today.month - 1 - count * _MONTHS_IN[unit], 12)
    return date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))


def _number(written: str) -> int:
    small = written.lower()
    return (
        int(small) if small.isdigit() else 2 if small.startswith("couple") else int(spelled(small))
    )


_DAYS_IN = {"day": 1, "week": 7, "weekend": 7, "fortnight": 14}
_MONTHS_IN = {"month": 1, "quarter": 3, "year": 12, "decade": 120}
_QUARTERS = ("first", "second", "third", "fourth")
PARTS: dict[str, tuple[int, int]] = {
    "early": (1, 4), "mid": (4, 9), "late": (9, 12), "the beginning of": (1, 3), "the start of": (1, 3),
    "the end of": (10, 12), "spring": (3, 6), "summer": (6, 9), "autumn": (9, 12), "fall": (9, 12), "winter": (12, 3),
    **{name: (3 * n - 2, 3 * n) for n, nth in enumerate(_QUARTERS, 1) for name in (f"{nth} quarter", f"q{n}")},
    "first half": (1, 6), "second half": (7, 12),
}  # fmt: skip
RELATIVE_WORDS = re.compile(r"(?i)\b(?:last|this|next|past|previous|ago|night|\w+day)\b")
_SEASONS = "spring|summer|autumn|fall|winter"
_COUNT = rf"\d{{1,3}}|an?|couple(?:\s+of)?|{'|'.join(w for w, n in CARDINALS.items() if n >= 1)}"
_UNIT = "days?|weeks?|weekends?|fortnights?|months?|quarters?|years?|decades?"
COUNTED = re.compile(
    r"(?i)\b(?:(?P<yesterday>(?:the\s+)?day\s+before\s+yesterday|yesterday|last\s+night)"
    r"|(?:(?:in|over|during|within|since|for|earlier|later)\s+)?(?:the\s+)?"
    rf"(?:(?P<which>last|past|this|previous|next)\s+(?P<unit>week(?:end)?|fortnight|month|quarter|year|decade|{_SEASONS}|"
    rf"{'|'.join(MONTHS)})\b"
    rf"|(?:last|past|previous)\s+(?P<count>{_COUNT})\s+(?P<counted>{_UNIT})\b)"
    rf"|(?P<ago>{_COUNT})\s+(?P<ago_unit>{_UNIT})\s+ago\b"
    rf"|(?:on|last)\s+(?P<weekday>{'|'.join(WEEKDAYS)})\b)"
)
