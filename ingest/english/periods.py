"""Finds the stretches of time that a question names, by the calendar or counted from a day ("last month")."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

from ingest.english.date_mentions import MONTH, MONTHS, WEEKDAYS, Mention, mentions
from ingest.english.quantities import CARDINALS, spelled
from ingest.english.words import AUXILIARIES, QUESTION_WORDS


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time named in a text, `text[start:end] == words`.

    Both days are inclusive, None where it is open. `named`: by the calendar ("in April 2024");
    else counted from a day ("last month", a month without a year). `strict`: tells when that
    happened which is asked for; else it may be part of a name or of an aside. `as_of`: what
    was known then is asked for. `published`: it tells when a report appeared, not when the
    thing happened.
    """

    first: date | None
    last: date | None
    words: str
    start: int
    end: int
    named: bool
    strict: bool = False
    as_of: bool = False
    published: bool = False

    def meets(self, other: Period) -> bool:
        """Whether the two have a day in common."""
        ends_before = self.last is not None and other.first is not None and self.last < other.first
        begins_after = self.first is not None and other.last is not None and self.first > other.last
        return not ends_before and not begins_after

    def holds(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@lru_cache(maxsize=4096)  # of a sentence or title, each answer asks several times
def periods(text: str, today: date | None) -> tuple[Period, ...]:
    """Every period of a text, in its order; words that count from today ("last week") need `today`.

    "before the election" names no day and gives nothing; "today" and "now" ask for the present
    state, not for what happened today, and give nothing either. A month or day without its
    year is the last such one up to `today`, the next one in a question about what lies ahead
    ("next week", "will").
    """
    relative = (
        Period(*days, match[0], match.start(), match.end(), False)
        for match, days in (counted(text, today) if today else ())
        if not (match["weekday"] and _BEFORE_DATE.match(text, match.end()))
    )
    taken: list[Period] = []
    for found in (*_pairs(text, today), *_single(text, today), *relative):
        if all(found.end <= other.start or found.start >= other.end for other in taken):
            taken.append(found)
    return tuple(
        replace(
            found,
            # Counted words tell when; a month without its year may be one of any year.
            strict=_tells_when(text, found) if found.named else bool(COUNTED.search(found.words)),
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
    """A period as people write it: `May 2024`, `2019 to 2021`, `the time up to 12 May 2024`."""
    first, last = period.first, period.last
    if first is None or last is None:
        up_to = f"the time up to {in_words(last)}" if last else ""
        return f"the time from {in_words(first)} on" if first else up_to
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return str(first.year) if first.year == last.year else f"{first.year} to {last.year}"
    if first.day == 1 and last == end_of_month(first):
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
        joins = _JOINS.fullmatch(text, one.end, two.start)
        if opens and joins and right and right.first and right.last:
            if left is None or (one.latest is None and left.first):  # "from March to June 2020"
                left = _of_mention(text, replace_year(one, right.first.year), today)
            if left and left.first and left.first <= right.last:
                start, end = opens.start(), two.end
                named = two.day is not None
                yield Period(left.first, right.last, text[start:end], start, end, named)


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
                yield replace(
                    named, last=today if today and bare.first and bare.first <= today else None
                )
            case "after":
                after = bare.last and bare.last < date.max and bare.last + timedelta(1)
                yield replace(named, first=after or None, last=None)
            case "before" | "prior to":
                before = bare.first and bare.first > date.min and bare.first - timedelta(1)
                yield replace(named, first=None, last=before or None)
            case "as of" | "as at" | "as on":
                yield replace(named, first=None, as_of=True)
            case "until" | "till" | "up to" | "by":
                yield replace(named, first=None)
            case _:
                yield named


def _of_mention(text: str, mention: Mention, today: date | None) -> Period | None:
    """The days that a date can mean; without its year it is the one nearest to `today`."""
    start, end, first, last = mention.start, mention.end, mention.day, mention.latest
    if first is None or last is None:
        first = last = _nearest_such(mention, today, bool(_AHEAD.search(text))) if today else None
    if first is None or last is None:
        return None
    if mention.precision in ("year", "decade"):
        first = date(first.year, 1, 1)
        last = date(last.year + (9 if mention.precision == "decade" else 0), 12, 31)
    elif mention.precision == "month":
        last = end_of_month(last)
    return Period(first, last, text[start:end], start, end, mention.day is not None)


def replace_year(mention: Mention, year: int) -> Mention:
    """A month or day that takes its year from the date it is paired with."""
    try:
        day = date(year, mention.month, mention.of_month)
    except ValueError:
        return mention
    return replace(mention, day=day, latest=day)


def _nearest_such(mention: Mention, today: date, ahead: bool) -> date | None:
    """The last such day up to today, or the next one from today on."""
    years = (
        range(today.year, min(9999, today.year + 5))
        if ahead
        else range(today.year, max(0, today.year - 5), -1)
    )
    for year in years:
        try:
            day = date(year, mention.month, mention.of_month)
        except ValueError:
            continue
        last = end_of_month(day) if mention.precision == "month" else day
        if (ahead and last >= today) or (not ahead and day <= today):
            return day
    return None


def _narrowed(text: str, period: Period) -> Period:
    """ "early 2024", "the summer of 2023", "the third quarter of 2022", "mid-1990s", "late May"."""
    found = _PART.search(text, 0, period.start)
    if found is None or period.first is None or period.last is None or period.first.day != 1:
        return period
    part = " ".join(found["part"].lower().split())
    year = period.first.year
    if (period.last.year, period.last.month) == (year, period.first.month):
        first, last = part_of_month(part, period.first)
    elif part in _PARTS_OF_DECADE and period.last.year - year == 9:
        from_year, to_year = _PARTS_OF_DECADE[part]
        first, last = date(year + from_year, 1, 1), date(year + to_year, 12, 31)
    elif (period.first.month, period.last.year) == (1, year):
        first, last = part_of_year(part, year)
    else:
        return period
    start, end = found.start(), period.end
    return Period(first, last, text[start:end], start, end, period.named)


_PARTS_OF_DECADE = {"early": (0, 3), "mid": (4, 6), "late": (7, 9)}
_AHEAD = re.compile(r"(?i)\b(?:next (?:week|weekend|month|quarter|year)|will|upcoming)\b")


def _tells_when(text: str, found: Period) -> bool:
    """Whether a date of the calendar says when that happened which is asked for.

    It does by itself, after a preposition or at an end of the question, and in no clause about
    something else.
    """
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


_NAMES = list(MONTHS)
_JOINS = re.compile(r"(?i)\s*(?:and|to|until|till|through|[-–—])\s*")
_OPENS = re.compile(r"(?i)\b(?:between|from)\s+(?:the\s+)?$")
_WHEN = "since|from|after|before|until|till|by|in|on|during|throughout|within|over|for"
_LEAD = re.compile(
    rf"(?i)\b(?P<word>{_WHEN}|prior\s+to|up\s+to|as\s+of|as\s+at|as\s+on)\s+(?:the\s+(?:(?:year|month|end|start|beginning)(?:\s+of)?\s+)?)?$"
)
_PART = re.compile(
    r"(?i)\b(?P<part>early|mid|late|the\s+(?:beginning|start|end)\s+of|spring|summer|autumn|fall|winter|q[1-4]|"
    r"(?:first|second|third|fourth)\s+quarter|(?:first|second)\s+half)(?:\s+(?:of|in))?[\s-]+$"
)
_PREPOSITION = re.compile(rf"(?i)(?:{_WHEN}|prior|up|as|between|early|mid|late)\b")
_GOES_ON = re.compile(
    r"(?i)\s+(?:and|or|to|by|at|in|on|for|with|from|about|as|than|that|alone|according|compared|"
    rf"{QUESTION_WORDS}|{AUXILIARIES})\b"
)
_ASIDE = re.compile(
    r"(?i)\b(?:when|after|before|while|once|because|that|which|who|whose|whom|where|until|if|whether)\b"
)
# "on Sunday, Jan. 7", "on Sunday 7 January" are one day
_BEFORE_DATE = re.compile(rf"[\s,]+(?:{MONTH}\.?\s+\d|(?i:\d{{1,2}}(?:st|nd|rd|th)?)\s+{MONTH}\b)")
_PUBLISHED = re.compile(
    r"(?i)\b(?:published|reported|reports?|reporting|coverage|wrote|written|articles?|stories|news|headlines?)\s+"
    r"(?:(?:about|on|of)\s+[^,?]{1,60}\s+)?$|\b(?:report|write|publish)\s+(?:[^?]{1,60}\s+)?$"
)


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
