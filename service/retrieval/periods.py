"""A question and a day to count from come in; the stretches of time that it names, and how it names them, go out."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from ingest.facts.lexicon import MONTHS, NUMBER_WORDS
from ingest.text.mentions import Mention, mentions


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time named in a text, `text[start:end] == words`; both days inclusive, None where it is open."""

    first: date | None
    last: date | None
    words: str
    start: int
    end: int
    named: bool  # by the calendar ("in April 2024"); else counted from a day ("last month", a month without a year)
    strict: bool = False  # tells when that happened which is asked for; else it may be part of a name or of an aside
    as_of: bool = False  # "as of 12 May 2024": what was known then is asked for
    published: bool = False  # "reported in May 2024": when it stood in the paper, not when it happened

    def meets(self, other: Period) -> bool:
        """Whether the two have a day in common."""
        ends_before = self.last is not None and other.first is not None and self.last < other.first
        begins_after = self.first is not None and other.last is not None and self.first > other.last
        return not ends_before and not begins_after

    def holds(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


def periods(text: str, today: date | None) -> tuple[Period, ...]:
    """Every period of a text, in its order. Words that count from today ("last week") are left alone without one.

    "before the election" names no day and gives nothing; "today" and "now" ask for the present state, not for what
    happened today, and give nothing either. A month or day without its year is the last such one up to `today`.
    """
    taken: list[Period] = []
    for found in (*_pairs(text, today), *_single(text, today), *(_counted(text, today) if today else ())):
        if all(found.end <= other.start or found.start >= other.end for other in taken):
            taken.append(found)
    return tuple(
        replace(
            found,
            strict=(found.named and _tells_when(text, found)) or (not found.named and _is_relative(found)),
            published=bool(_PUBLISHED.search(text[: found.start])),
        )
        for found in sorted(taken, key=lambda p: p.start)
        if found.first or found.last
    )


def without(text: str, found: tuple[Period, ...]) -> str:
    """The text without the words of these periods; as it is where nothing would be left."""
    rest = text
    for period in sorted(found, key=lambda p: -p.start):
        rest = rest[: period.start].rstrip(" ,") + " " + rest[period.end :].lstrip(" ,")
    rest = " ".join(rest.split()).replace(" ?", "?")
    return rest if re.search(r"\w{3}", rest) else text


def spoken(period: Period) -> str:
    """A period as people write it: `12 May 2024`, `May 2024`, `2024`, `2019 to 2021`, `the time up to 12 May 2024`."""
    first, last = period.first, period.last
    if first is None or last is None:
        day = first or last
        return "" if day is None else f"the time {'from' if first else 'up to'} {in_words(day)}{' on' if first else ''}"
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return str(first.year) if first.year == last.year else f"{first.year} to {last.year}"
    if first.day == 1 and (first.year, first.month) == (last.year, last.month) and last == _month(first).last:
        return f"{_NAMES[first.month - 1]} {first.year}"
    return in_words(first) if first == last else f"{in_words(first)} to {in_words(last)}"


def in_words(day: date) -> str:
    """`12 May 2024`, whatever the locale."""
    return f"{day.day} {_NAMES[day.month - 1]} {day.year}"


def _pairs(text: str, today: date | None) -> Iterator[Period]:
    """ "between 2019 and 2021", "from March to June 2020"."""
    found = [(m, _of_mention(text, m, today)) for m in mentions(text)]
    for (one, left), (two, right) in pairwise(found):
        opens = _OPENS.search(text, 0, one.start)
        joins = re.fullmatch(r"\s*(?:and|to|until|till|through|[-–—])\s*", text[one.end : two.start], re.IGNORECASE)
        if opens and joins and right and right.first and right.last:
            if left is None or (one.latest is None and left.first):  # "from March to June 2020"
                left = _of_mention(text, replace_year(one, right.first.year), today)
            if left and left.first and left.first <= right.last:
                yield Period(
                    left.first, right.last, text[opens.start() : two.end], opens.start(), two.end, two.day is not None
                )


def _single(text: str, today: date | None) -> Iterator[Period]:
    for mention in mentions(text):
        bare = _of_mention(text, mention, today)
        if bare is None:
            continue
        bare = _narrowed(text, bare)
        lead = _LEAD.search(text, 0, bare.start)
        start = lead.start() if lead else bare.start
        named = replace(bare, start=start, words=text[start : bare.end])
        match lead["word"].lower() if lead else "":
            case "since" | "from":
                yield replace(named, last=today if today and bare.first and bare.first <= today else None)
            case "after":
                yield replace(named, first=_next(bare.last), last=None)
            case "before" | "prior to":
                yield replace(named, first=None, last=_day_before(bare.first))
            case "as of" | "as at" | "as on":
                yield replace(named, first=None, as_of=True)
            case "until" | "till" | "up to" | "by":
                yield replace(named, first=None)
            case _:
                yield named


def _of_mention(text: str, mention: Mention, today: date | None) -> Period | None:
    """The days that a date can mean; without its year it is the last one up to `today`."""
    words, named = text[mention.start : mention.end], True
    day, latest = mention.day, mention.latest
    if day is None or latest is None:
        day = latest = _last_such(mention, today) if today else None
        named = False
    if day is None or latest is None:
        return None
    end = mention.end
    if mention.precision == "year":
        last = date(latest.year, 12, 31)
        if re.match(r"['’]?s\b", text[end:]) and day.year % 10 == 0:
            last, end = date(min(9999, day.year + 9), 12, 31), end + (2 if text[end] in "'’" else 1)
        return Period(date(day.year, 1, 1), last, text[mention.start : end], mention.start, end, named)
    if mention.precision == "month":
        return Period(day, _month(latest).last, words, mention.start, end, named)
    return Period(day, latest, words, mention.start, end, named)


def replace_year(mention: Mention, year: int) -> Mention:
    """A month or day that takes its year from the date it is paired with."""
    try:
        day = date(year, mention.month, mention.of_month)
    except ValueError:
        return mention
    return replace(mention, day=day, latest=day)


def _last_such(mention: Mention, today: date) -> date | None:
    for year in range(today.year, today.year - 5, -1):
        try:
            day = date(year, mention.month, mention.of_month)
        except ValueError:
            continue
        if day <= today:
            return day
    return None


def _narrowed(text: str, period: Period) -> Period:
    """ "early 2024", "the summer of 2023", "the third quarter of 2022": a part of the year."""
    found = _PART.search(text, 0, period.start)
    if found is None or period.first is None or (period.first.month, period.first.day) != (1, 1):
        return period
    part, year = found["part"].lower(), period.first.year
    months = _PARTS.get(part) or _PARTS.get(part.split()[0]) or _PARTS[f"q{part[1]}" if part[0] == "q" else part]
    first, last = months
    end = _month(date(year + (last < first), last, 1)).last
    return Period(date(year, first, 1), end, text[found.start() : period.end], found.start(), period.end, period.named)


def _counted(text: str, today: date) -> Iterator[Period]:
    """ "last month", "three weeks ago", "in the past two years", "yesterday", "on Monday"."""
    for match in _RELATIVE.finditer(text):
        span = _span(match, today)
        if span:
            first, last = span
            last = today if match[0].lower().startswith("since") else last
            yield Period(first, last, match[0], match.start(), match.end(), False)


def _span(match: re.Match[str], today: date) -> tuple[date, date] | None:
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


def _unit(which: str, unit: str, today: date) -> tuple[date, date]:
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
        return first, _month(first).last
    if unit == "week":
        monday = today - timedelta(today.weekday() - 7 * step)
        return monday, monday + timedelta(6)
    if unit == "weekend":
        saturday = today - timedelta((today.weekday() - 5) % 7 if step else today.weekday() - 5)
        return saturday, saturday + timedelta(1)
    if unit == "month":
        months = today.year * 12 + today.month - 1 + step
        found = _month(date(months // 12, months % 12 + 1, 1))
        return found.first, found.last
    if unit in _PARTS:
        return _season(unit, which, today)
    return date(today.year + step, 1, 1), date(today.year + step, 12, 31)


def _season(season: str, which: str, today: date) -> tuple[date, date]:
    first, last = _PARTS[season]
    year = today.year + (which == "next")
    begins = date(year, first, 1)
    if which == "last" and _month(date(year + (last < first), last, 1)).last >= today:
        begins = date(year - 1, first, 1)
    return begins, _month(date(begins.year + (last < first), last, 1)).last


def _back(count: int, unit: str, today: date) -> tuple[date, date]:
    """The last so many units up to today."""
    return _earlier(today, count, unit), today


def _ago(count: int, unit: str, today: date) -> tuple[date, date]:
    """The day, week, month or year that was so many before."""
    day = _earlier(today, count, unit)
    if unit == "year":
        return date(day.year, 1, 1), date(day.year, 12, 31)
    if unit == "month":
        found = _month(day)
        return found.first, found.last
    slack = timedelta(3 if unit == "week" else 0)
    return day - slack, day + slack


def _earlier(today: date, count: int, unit: str) -> date:
    if unit in ("day", "week", "fortnight"):
        return today - timedelta(count * {"day": 1, "week": 7, "fortnight": 14}[unit])
    months = today.year * 12 + today.month - 1 - count * {"month": 1, "year": 12, "decade": 120}[unit]
    year, month = divmod(months, 12)
    return date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True)
class _Month:
    first: date
    last: date


def _month(day: date) -> _Month:
    return _Month(day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1]))


def _next(day: date | None) -> date | None:
    return None if day is None or day == date.max else day + timedelta(1)


def _day_before(day: date | None) -> date | None:
    return None if day is None or day == date.min else day - timedelta(1)


def _number(written: str) -> int:
    small = written.lower()
    return 1 if small in ("a", "an", "one") else 2 if small in ("couple", "couple of") else _figure(small)


def _figure(small: str) -> int:
    return int(small) if small.isdigit() else NUMBER_WORDS[small]


def _is_relative(found: Period) -> bool:
    """Counted words tell when; a month without its year may be one of any year."""
    return bool(_RELATIVE.search(found.words))


def _tells_when(text: str, found: Period) -> bool:
    """Whether a date of the calendar says when what is asked for happened: it stands by itself, after a preposition or
    at an end of the question, and in no clause about something else."""
    before, after = text[: found.start], text[found.end :]
    if re.match(r"\s+[^\W\d_]", after) and not _GOES_ON.match(after):
        return False  # "the 2022 Winter Olympics", "in 2022 prices"
    led = bool(_PREPOSITION.match(found.words)) or bool(
        re.search(r"(?i)\b(?:in|on|during|for|throughout|of)\s*$", before)
    )
    if re.search(r"(?i)\bof\s+(?:the\s+)?$", before) and not _PART.search(found.words):
        return False  # "the storm of 1893"
    if not led and before.strip(" ,") and after.strip(" ,.?!"):
        return False
    return not _ASIDE.search(re.sub(r"(?i)^\W*\w+", "", before))


_NAMES = [name.capitalize() for name in MONTHS if len(name) > 3 or name == "may"][:12]
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PARTS: dict[str, tuple[int, int]] = {
    "early": (1, 4), "mid": (4, 9), "late": (9, 12), "the beginning of": (1, 3), "the start of": (1, 3),
    "the end of": (10, 12), "spring": (3, 6), "summer": (6, 9), "autumn": (9, 12), "fall": (9, 12), "winter": (12, 3),
    "first quarter": (1, 3), "second quarter": (4, 6), "third quarter": (7, 9), "fourth quarter": (10, 12),
    "q1": (1, 3), "q2": (4, 6), "q3": (7, 9), "q4": (10, 12), "first half": (1, 6), "second half": (7, 12),
}  # fmt: skip
_COUNT = rf"\d{{1,3}}|an?|couple(?:\s+of)?|{'|'.join(w for w, n in NUMBER_WORDS.items() if 1 <= n <= 20)}"
_UNIT = "days?|weeks?|fortnights?|months?|years?|decades?"
_MONTH_NAMES = "|".join(name for name in MONTHS if len(name) > 3 or name == "may")
_RELATIVE = re.compile(
    r"(?i)\b(?:(?P<yesterday>(?:the\s+)?day\s+before\s+yesterday|yesterday|last\s+night)"
    r"|(?:(?:in|over|during|within|since|for|earlier|later)\s+)?(?:the\s+)?"
    rf"(?:(?P<which>last|past|this|previous|next)\s+(?P<unit>week(?:end)?|month|year|decade|spring|summer|autumn|winter|"
    rf"{_MONTH_NAMES})\b"
    rf"|(?:last|past|previous)\s+(?P<count>{_COUNT})\s+(?P<counted>{_UNIT})\b)"
    rf"|(?P<ago>{_COUNT})\s+(?P<ago_unit>{_UNIT})\s+ago\b"
    r"|(?:on|last)\s+(?P<weekday>(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b)"
)
_OPENS = re.compile(r"(?i)\b(?:between|from)\s+(?:the\s+)?$")
_LEAD = re.compile(
    r"(?i)\b(?P<word>since|from|after|before|prior\s+to|until|till|up\s+to|by|as\s+of|as\s+at|as\s+on|in|on|during|"
    r"throughout|within|over|for)\s+(?:the\s+(?:(?:year|month|end|start|beginning)(?:\s+of)?\s+)?)?$"
)
_PART = re.compile(
    r"(?i)\b(?P<part>early|mid|late|the\s+(?:beginning|start|end)\s+of|spring|summer|autumn|fall|winter|q[1-4]|"
    r"(?:first|second|third|fourth)\s+quarter|(?:first|second)\s+half)(?:\s+(?:of|in))?[\s-]+$"
)
_PREPOSITION = re.compile(
    r"(?i)(?:in|on|during|since|from|after|before|prior|until|till|up|by|as|between|throughout|within|over|for|early|"
    r"mid|late)\b"
)
_GOES_ON = re.compile(
    r"(?i)\s+(?:and|or|to|by|at|in|on|for|with|from|about|as|than|that|what|who|how|where|when|which|why|did|was|were|is|are|"
    r"has|had|have|do|does|alone|according|compared)\b"
)
_ASIDE = re.compile(
    r"(?i)\b(?:when|after|before|while|once|because|that|which|who|whose|whom|where|until|if|whether)\b"
)
_PUBLISHED = re.compile(
    r"(?i)\b(?:published|reported|reports?|reporting|coverage|wrote|written|articles?|stories|news|headlines?)\s+"
    r"(?:(?:about|on|of)\s+[^,?]{1,60}\s+)?$|\b(?:report|write|publish)\s+(?:[^?]{1,60}\s+)?$"
)
