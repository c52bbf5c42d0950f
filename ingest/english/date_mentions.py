"""Finds the dates that a text names: the stretch of words, and the days it can mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ingest.english import word_tables

Precision = Literal["day", "month", "year", "decade"]


@dataclass(frozen=True, slots=True)
class Mention:
    """A date as words of a text, `text[start:end]`.

    `day` is the first day it can mean, `latest` the last first-day it can mean where the words
    can be read two ways (03/04/2025); both are None where the year is missing, and `month` and
    `of_month` say the rest.
    """

    start: int
    end: int
    precision: Precision
    day: date | None
    latest: date | None
    month: int = 1
    of_month: int = 1


def mentions(text: str) -> Iterator[Mention]:
    """Every date named in a text, in order, without overlaps."""
    for _, mention in _found(text):
        yield mention


def dated(text: str) -> list[tuple[int, int, str]]:
    """Offsets and normal form of every date: `2024-04-10`, `-----04-10`, `1990s`, `mon`.

    Both ends of a range are dates ("4-6 March 2024"); what can be read as two days
    (03/04/2025) is none.
    """
    found = [(*match.span(), match[0].lower()[:3]) for match in _WEEKDAY.finditer(text)]
    for match, mention in _found(text):
        shape, start, end = match.lastgroup or "", mention.start, mention.end
        if mention.precision == "decade" and mention.day:
            found.append((start, end, f"{mention.day.year}s"))
            continue
        ambiguous = shape in ("figures", "numeric") and mention.day != mention.latest
        # 1200 is more often a number than a year, unless a preposition leads to it
        early = shape == "year" and mention.day is not None and mention.day.year < 1500
        if ambiguous or (early and not _LEADS.search(text, max(0, start - 12), start)):
            continue
        year = f"{mention.day.year:04d}" if mention.day else "----"
        month = (
            f"{(mention.day or mention).month:02d}"
            if mention.precision in ("day", "month")
            else "--"
        )
        day = mention.day.day if mention.day else mention.of_month
        other = match[f"{shape}_other"] if shape in _RANGES else None
        if other and mention.precision == "day":
            day = int(match[f"{shape}_day"])
            place = match.span(f"{shape}_other")
            found.append((*place, f"{year}-{month}-{int(other):02d}"))
            if place[0] < match.start(f"{shape}_day"):
                start = match.start(f"{shape}_day")
            else:
                end = match.end(f"{shape}_day")
        elif shape == "year":
            end = match.end("year_year")
            if mention.latest and mention.latest != mention.day:
                found.append((*match.span("year_last"), f"{mention.latest.year}------"))
        on = f"{day:02d}" if mention.precision == "day" else "--"
        found.append((start, end, f"{year}-{month}-{on}"))
    return sorted(found)


def dates_conflict(left: str, right: str) -> bool:
    """Whether two normal forms cannot be the same day: a field that both state differs."""
    if left == right or len(left) == 3 != len(right) or len(right) == 3 != len(left):
        return False
    if len(left) == 3 or (left.endswith("s") and right.endswith("s")):
        return True
    if left.endswith("s") or right.endswith("s"):
        decade, day = (left, right) if left.endswith("s") else (right, left)
        return not day.startswith("----") and day[:3] != decade[:3]
    pairs = zip(_fields(left), _fields(right), strict=True)
    return any(a != b for a, b in pairs if "-" not in a and "-" not in b)


def dates_share(left: str, right: str) -> bool:
    """Whether two normal forms agree in at least one stated field and conflict in none."""
    if left == right:
        return True
    if dates_conflict(left, right) or 3 in (len(left), len(right)) or "s" in left + right:
        return False
    return any(a == b for a, b in zip(_fields(left), _fields(right), strict=True) if "-" not in a)


def _fields(date: str) -> tuple[str, str, str]:
    return date[:4], date[5:7], date[8:10]


def _found(text: str) -> Iterator[tuple[re.Match[str], Mention]]:
    position = 0
    for anchor in _ANCHOR.finditer(text):
        if anchor.start() < position:
            continue
        match = _DATE.match(text, anchor.start())
        mention = match and _mention(match)
        if match and mention:
            position = match.end()
            yield match, mention


def _mention(match: re.Match[str]) -> Mention | None:
    shape = match.lastgroup or ""
    year = int(match[f"{shape}_year"]) if shape in _DATED else 0
    start, end = match.span()
    if shape == "decade":
        return Mention(start, end, "decade", date(year, 1, 1), date(year, 1, 1))
    if shape in ("year", "ad"):
        # the second year of `2024-25` or `2024–2026`; a range may run at most a century
        end_year = match["year_last"] or str(year)
        last = int(end_year) if len(end_year) == 4 else year // 100 * 100 + int(end_year)
        last = last if year < last <= year + 100 else year
        return Mention(start, end, "year", date(year, 1, 1), date(last, 1, 1)) if year else None
    if shape in ("iso", "short", "figures", "numeric"):
        return _in_figures(match, shape, year)
    month = _MONTHS[(match[f"{shape}_month"] or match["bare_other"]).lower()]
    if shape == "my":
        return Mention(start, end, "month", date(year, month, 1), date(year, month, 1))
    if shape == "bare":
        if match["bare_other"] and not _LEADS.search(match.string, max(0, start - 12), start):
            return None
        return Mention(start, end, "month", None, None, month)
    of_month = int(match[f"{shape}_day"])
    other = int(match[f"{shape}_other"] or of_month)
    if shape in ("dm", "md"):
        of_month = max(of_month, other)
        return Mention(start, end, "day", None, None, month, of_month) if of_month <= 31 else None
    day = day_of(year, month, of_month)
    if day is None:
        return Mention(start, end, "month", date(year, month, 1), date(year, month, 1))
    return Mention(start, end, "day", day, day_of(year, month, max(of_month, other)) or day)


def _in_figures(match: re.Match[str], shape: str, year: int) -> Mention | None:
    """`2024-04-17`, `17-Apr-24`, `17/04/2024`, `17/04/24`: each order that the calendar has."""
    full = (
        year if year > 99 else year + (1900 if year >= 69 else 2000)
    )  # two figures as POSIX reads them
    if shape == "short":
        orders = [(full, _MONTHS[match["short_month"].lower()], int(match["short_day"]))]
    elif shape == "iso":
        orders = [(year, int(match["iso_month"]), int(match["iso_day"]))]
    else:
        a, b = int(match[f"{shape}_a"]), int(match[f"{shape}_b"])
        orders = [(full, b, a), (full, a, b)]
        if shape == "figures":
            orders.append((a + (1900 if a >= 69 else 2000), b, year))
    days = sorted(day for order in orders if (day := day_of(*order)))
    if days:
        return Mention(*match.span(), "day", days[0], days[-1])
    if shape in ("iso", "numeric"):
        return Mention(*match.span(), "year", date(year, 1, 1), date(year, 1, 1))
    return None


def impossible_day(text: str) -> str:
    """The first day named in a text that no calendar has, as it is written; "" where there is none.

    Without its year 29 February is possible. A number beside a month may count something ("in
    June 31 boats sailed"): it is a day after "on" or at an end of the text.
    """
    named = _LOWER_MONTH.sub(lambda found: found[0].capitalize(), text)
    position = 0
    for anchor in _ANCHOR.finditer(named):
        match = _DATE.match(named, anchor.start()) if anchor.start() >= position else None
        if match is None:
            continue
        position = match.end()
        if _is_impossible(match):
            return text[match.start() : match.end()]
    return ""


def _is_impossible(match: re.Match[str]) -> bool:
    shape = match.lastgroup or ""
    if shape == "iso":
        year, month, day = (int(match[f"iso_{part}"]) for part in ("year", "month", "day"))
        return 1 <= month <= 12 and day_of(year, month, day) is None
    if shape == "numeric":
        found = _in_figures(match, shape, int(match["numeric_year"]))
        return found is not None and found.precision == "year"
    if shape not in _RANGES:
        return False
    last = max(int(match[f"{shape}_day"]), int(match[f"{shape}_other"] or 0))
    year = int(match[f"{shape}_year"]) if shape in _DATED else 2000  # a leap year
    month = _MONTHS[match[f"{shape}_month"].lower()]
    led = re.search(r"(?i)\bon\s+(?:the\s+)?$", match.string[: match.start()])
    ends = re.match(r"\W*$", match.string[match.end() :])
    is_day = shape in _DATED or led or ends or (shape == "dm" and last <= 31)
    return bool(is_day) and day_of(year, month, last) is None


def day_of(year: int, month: int, of_month: int) -> date | None:
    """The day, None where the calendar has none such."""
    try:
        return date(year, month, of_month)
    except ValueError:
        return None


def _named(kind: str) -> dict[str, int]:
    return {
        name: int(first) + (n if kind in ("month", "weekday") else 0)
        for row_kind, first, names in word_tables.rows("calendar.tsv")
        for n, name in enumerate(names.split())
        if row_kind == kind
    }


def _either(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


MONTHS = _named("month")  # "January" to "December"
WEEKDAYS = _named("weekday")  # "Monday" is 0
_ENGLISH = {**MONTHS, **_named("short")}
MONTH = f"(?:{_either(_ENGLISH)})"  # a pattern of their names, short ones too
_FOREIGN = _named("foreign")
_MONTHS = {name.lower(): number for name, number in (*_ENGLISH.items(), *_FOREIGN.items())}
_CASED = _either([*_ENGLISH, *map(str.upper, _ENGLISH)])
# Months that are also common words count by themselves only after a word that makes them dates.
_WORDS_TOO = ("March", "May", "MARCH", "MAY")
_LOWER_MONTH = re.compile(rf"\b(?:{_either({m.lower() for m in MONTHS} - {'march', 'may'})})\b")
_PLAIN = _either({*MONTHS, *map(str.upper, MONTHS)} - {*_WORDS_TOO})
_LEADS = re.compile(
    r"\b(?:in|since|until|till|by|from|during|last|next|this|early|late|mid|of|before|after|and|to|between|through)"
    r"[\s-]+$",
    re.IGNORECASE,
)
_YEAR = r"(?:1\d{3}|20\d{2}|2100)(?!\d)"
_DAY = r"\d{1,2}"
_NTH = r"(?:st|nd|rd|th|er|º|\.)?"
_TO = r"\s*(?:[-–—&]|and|to|or)\s*"
_COMMA = r"(?:\s*,\s*|\s+)"
_MONEY = r"(?<![$€£¥₹])(?<!USD\s)(?<!EUR\s)(?<!GBP\s)(?<!No\.\s)"
_COUNTED = _either(
    form
    for dimension, _, _, forms in word_tables.rows("units.tsv")
    for form in forms.split("; ")
    if dimension not in ("time", "speed") and (len(form) > 3 or form == "%")
)
_AMOUNT = (
    rf"\s*-?\s*(?:{_COUNTED}|(?:bn|m|k[mgW]|[MG]W)\b|million|billion|trillion|thousand|hundred|people|times|troops|"
    r"soldiers|jobs|homes|houses|households|votes|residents|workers|students|seats|copies|hours|pages)"
)
# Each shape names its own groups; a date with a year has one called <shape>_year.
_SHAPES = {
    "iso": rf"(?<![\d-])(?P<iso_year>{_YEAR})(?P<iso_mark>[-/.])(?P<iso_month>{_DAY})(?P=iso_mark)(?P<iso_day>{_DAY})"
    r"(?!\d)",
    "short": rf"(?<![\d-])(?P<short_day>{_DAY})(?:(?P<short_mark>-)|\s+)(?P<short_month>{_CASED})\b"
    r"(?(short_mark)-|\s+['’])"
    r"(?P<short_year>(?:19|20)\d{2}|\d{2})(?!\d)",
    "figures": rf"(?<![\d/.-])(?P<figures_a>{_DAY})/(?P<figures_b>{_DAY})/(?P<figures_year>\d{{2}})(?![\d/])",
    "dmy": rf"(?<!\d)(?:(?P<dmy_other>{_DAY}){_NTH}{_TO})?(?P<dmy_day>{_DAY}){_NTH}\s+(?:of\s+|de\s+)?"
    rf"(?P<dmy_month>(?i:{_either([*_ENGLISH, *_FOREIGN])}))\b\.?{_COMMA}(?:del?\s+)?(?P<dmy_year>{_YEAR})",
    "mdy": rf"\b(?P<mdy_month>(?i:{_either(_ENGLISH)}))\b\.?\s+(?P<mdy_day>{_DAY}){_NTH}"
    rf"(?:{_TO}(?P<mdy_other>{_DAY}){_NTH})?{_COMMA}(?P<mdy_year>{_YEAR})",
    "my": rf"\b(?P<my_month>{_CASED})\b\.?{_COMMA}(?:of\s+)?(?P<my_year>{_YEAR})",
    "dm": rf"(?<![\d.,:])(?:(?P<dm_other>{_DAY}){_NTH}{_TO})?(?P<dm_day>{_DAY}){_NTH}\s+(?:of\s+)?"
    rf"(?P<dm_month>{_CASED})\b",
    "md": rf"\b(?P<md_month>{_CASED})\b\.?\s+(?P<md_day>{_DAY}){_NTH}(?:{_TO}(?P<md_other>{_DAY}){_NTH})?"
    rf"(?![\d,.:]*\d|{_AMOUNT})",
    "numeric": rf"(?<![\d/.-])(?P<numeric_a>{_DAY})(?P<numeric_mark>[/.-])(?P<numeric_b>{_DAY})(?P=numeric_mark)"
    rf"(?P<numeric_year>{_YEAR})",
    "bare": rf"\b(?:(?P<bare_month>{_PLAIN})|(?P<bare_other>{_either(_WORDS_TOO)}))\b",
    "decade": r"\b(?P<decade_year>(?:1\d|20)\d0)['’]?s\b",
    "ad": r"\bAD\s(?P<ad_year>\d{1,4})\b",
    "year": rf"(?:(?<![\w.,])|(?<=FY)){_MONEY}(?P<year_year>{_YEAR})(?![.,]\d)(?!{_AMOUNT})"
    r"(?:[-–/](?P<year_last>\d{4}|\d{2})(?![\d-]))?(?:\sAD\b)?",
}
_DATED = frozenset(_SHAPES) - {"dm", "md", "bare"}
_RANGES = ("dm", "dmy", "md", "mdy")  # shapes that may name a first and a last day
_DATE = re.compile("|".join(f"(?P<{name}>{shape})" for name, shape in _SHAPES.items()))
_WEEKDAY = re.compile(rf"\b(?:{_either(WEEKDAYS)})(?=s?\b)")
# Every shape begins with a figure or a month: trying them only there is ten times faster.
_ANCHOR = re.compile(r"\d+|\bAD\s|\b[JFMASONDjfmasond](?i:an|eb|ar|pr|ay|u[nlg]|ep|ct|ov|ec)")
