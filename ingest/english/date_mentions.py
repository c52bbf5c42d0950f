"""A text comes in; every date it names goes out, as words of the text and as days."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

Precision = Literal["day", "month", "year"]


@dataclass(frozen=True, slots=True)
class Mention:
    """A date as words of a text, `text[start:end]`.

    `day` is the first day it can mean, `latest` the last first-day it can mean where the words can be read two ways
    (03/04/2025); both are None where the year is missing, and `month` and `of_month` say the rest.
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
    position = 0
    for anchor in _ANCHOR.finditer(text):
        if anchor.start() < position:
            continue
        match = _DATE.match(text, anchor.start())
        if match is None:
            continue
        mention = _mention(match)
        if mention is not None:
            position = match.end()
            yield mention


def _mention(match: re.Match[str]) -> Mention | None:
    shape = match.lastgroup or ""
    year = int(match[f"{shape}_year"]) if shape in _DATED else 0
    start, end = match.span()
    if shape == "figures":
        return _figures(match)
    if shape == "short":
        year, month = _whole_year(year), _MONTHS[match["short_month"].lower()]
        day = day_of(year, month, int(match["short_day"]))
        return Mention(start, end, "day", day, day) if day else None
    if shape == "numeric":
        return _numeric(match, year)
    if shape == "iso":
        day = day_of(year, int(match["iso_month"]), int(match["iso_day"]))
        return Mention(start, end, "day", day, day) if day else _year_only(match, year)
    if shape == "year":
        last = _last_year(year, match["year_last"])
        return Mention(start, end, "year", date(year, 1, 1), date(last, 1, 1))
    month = _MONTHS[(match[f"{shape}_month"] or match["bare_other"]).lower()]
    if shape == "my":
        return Mention(start, end, "month", date(year, month, 1), date(year, month, 1))
    if shape == "bare":
        if match["bare_other"] and not _LEADS.search(match.string, max(0, start - 12), start):
            return None
        return Mention(start, end, "month", None, None, month)
    of_month = int(match[f"{shape}_day"])
    other = match[f"{shape}_other"]
    if shape in ("dm", "md"):
        of_month = max(of_month, int(other or 0))
        return Mention(start, end, "day", None, None, month, of_month) if of_month <= 31 else None
    day, last_day = (
        day_of(year, month, of_month),
        day_of(year, month, max(of_month, int(other or 0))),
    )
    if day is None:
        return Mention(start, end, "month", date(year, month, 1), date(year, month, 1))
    return Mention(start, end, "day", day, last_day or day)


def _figures(match: re.Match[str]) -> Mention | None:
    """Three pairs of figures, `17/04/24`: the year stands last or first, and day and month in either order."""
    a, b, c = (int(match[f"figures_{part}"]) for part in ("a", "b", "year"))
    orders = ((c, b, a), (c, a, b), (a, b, c))
    readings = sorted(
        day for year, month, of in orders if (day := day_of(_whole_year(year), month, of))
    )
    return Mention(*match.span(), "day", readings[0], readings[-1]) if readings else None


def _whole_year(year: int) -> int:
    """The year of two figures, by the rule of POSIX: 69 is 1969, 68 is 2068."""
    return year if year > 99 else year + (1900 if year >= 69 else 2000)


def _numeric(match: re.Match[str], year: int) -> Mention:
    """Day and month in figures: read as either order where both can be."""
    a, b = int(match["numeric_a"]), int(match["numeric_b"])
    readings = sorted(day for day in {day_of(year, a, b), day_of(year, b, a)} if day)
    if not readings:
        return _year_only(match, year)
    return Mention(*match.span(), "day", readings[0], readings[-1])


def _year_only(match: re.Match[str], year: int) -> Mention:
    return Mention(*match.span(), "year", date(year, 1, 1), date(year, 1, 1))


def _last_year(year: int, last: str | None) -> int:
    """The second year of `2024-25` or `2024–2026`; a range may run at most a century."""
    if not last:
        return year
    other = int(last) if len(last) == 4 else year // 100 * 100 + int(last)
    return other if year < other <= year + 100 else year


def day_of(year: int, month: int, of_month: int) -> date | None:
    """The day, None where the calendar has none such."""
    try:
        return date(year, month, of_month)
    except ValueError:
        return None


_ENGLISH = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_SHORT = {
    "Jan": 1,
    "Feb": 2,
    "Mar": 3,
    "Apr": 4,
    "Jun": 6,
    "Jul": 7,
    "Aug": 8,
    "Sep": 9,
    "Sept": 9,
    "Oct": 10,
    "Nov": 11,
    "Dec": 12,
}
_FOREIGN = {
    "janvier": 1,
    "février": 2,
    "mars": 3,
    "avril": 4,
    "mai": 5,
    "juin": 6,
    "juillet": 7,
    "août": 8,
    "septembre": 9,
    "octobre": 10,
    "novembre": 11,
    "décembre": 12,
    "januar": 1,
    "februar": 2,
    "märz": 3,
    "juni": 6,
    "juli": 7,
    "oktober": 10,
    "dezember": 12,
    "enero": 1,
    "febrero": 2,
    "marzo": 3,
    "abril": 4,
    "mayo": 5,
    "junio": 6,
    "julio": 7,
    "agosto": 8,
    "septiembre": 9,
    "octubre": 10,
    "noviembre": 11,
    "diciembre": 12,
}
_MONTHS = {name.lower(): number for number, name in enumerate(_ENGLISH, 1)}
_MONTHS |= {name.lower(): number for name, number in _SHORT.items()} | _FOREIGN


def _either(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_CASED = _either([*_ENGLISH, *map(str.upper, _ENGLISH), *_SHORT, *map(str.upper, _SHORT)])
_UNCASED = _either([*_ENGLISH, *_SHORT, *_FOREIGN])
# Months that are also common words count by themselves only after a word that makes them dates.
_PLAIN = _either(
    [
        name
        for name in (*_ENGLISH, *map(str.upper, _ENGLISH))
        if name.lower() not in ("march", "may")
    ]
)
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
_MONEY = r"(?<![$€£¥])(?<!USD\s)(?<!EUR\s)(?<!GBP\s)(?<!No\.\s)"
_AMOUNT = (
    r"\s*-?\s*(?:%|bn\b|m\b|million|billion|trillion|thousand|hundred|per\s?cent|people|k[mgW]\b|met(?:er|re)s|miles|"
    r"feet|tonn?es|tons|dollars|euros|pounds|yen|[MG]W\b|hectares|acres|troops|soldiers|jobs|homes|houses|households|"
    r"votes|residents|workers|students|seats|copies|hours|pages|lit(?:er|re)s)"
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
    rf"(?P<dmy_month>(?i:{_UNCASED}))\b\.?{_COMMA}(?:del?\s+)?(?P<dmy_year>{_YEAR})",
    "mdy": rf"\b(?P<mdy_month>(?i:{_either([*_ENGLISH, *_SHORT])}))\b\.?\s+(?P<mdy_day>{_DAY}){_NTH}"
    rf"(?:{_TO}(?P<mdy_other>{_DAY}){_NTH})?{_COMMA}(?P<mdy_year>{_YEAR})",
    "my": rf"\b(?P<my_month>{_CASED})\b\.?{_COMMA}(?:of\s+)?(?P<my_year>{_YEAR})",
    "dm": rf"(?<![\d.,:])(?:(?P<dm_other>{_DAY}){_NTH}{_TO})?(?P<dm_day>{_DAY}){_NTH}\s+(?:of\s+)?"
    rf"(?P<dm_month>{_CASED})\b",
    "md": rf"\b(?P<md_month>{_CASED})\b\.?\s+(?P<md_day>{_DAY}){_NTH}(?:{_TO}(?P<md_other>{_DAY}){_NTH})?"
    r"(?![\d,.:]*\d|\s*%)",
    "numeric": rf"(?<![\d/.-])(?P<numeric_a>{_DAY})(?P<numeric_mark>[/.-])(?P<numeric_b>{_DAY})(?P=numeric_mark)"
    rf"(?P<numeric_year>{_YEAR})",
    "bare": rf"\b(?:(?P<bare_month>{_PLAIN})|(?P<bare_other>March|May|MARCH|MAY))\b",
    "year": rf"(?:(?<![\w.,])|(?<=FY)){_MONEY}(?P<year_year>{_YEAR})(?![.,]\d)(?!{_AMOUNT})"
    r"(?:[-–/](?P<year_last>\d{4}|\d{2})(?![\d-]))?",
}
_DATED = frozenset(_SHAPES) - {"dm", "md", "bare"}
_DATE = re.compile("|".join(f"(?P<{name}>{shape})" for name, shape in _SHAPES.items()))
# Every shape begins with a figure or a month: trying all of them only there is ten times faster than everywhere.
_ANCHOR = re.compile(r"\d+|\b[JFMASONDjfmasond](?i:an|eb|ar|pr|ay|u[nlg]|ep|ct|ov|ec)")
