"""Reads amounts with their units, and tells what kind of amount a question asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, cast

from ingest.english import word_tables
from ingest.english.numbers import CARDINALS

if TYPE_CHECKING:
    from ingest.english.sentence_analysis import Analysis, Span
    from ingest.english.words import Token

Dimension = Literal[
    "time", "length", "area", "volume", "weight", "temperature", "speed", "power", "age", "share",
    "frequency", "margin",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount with its unit, `text[start:end]`: "£1.38bn" is 1380000000 `gbp`.

    `dimension` is one of `data/units.tsv` (money, length, time …), age, share, points, order
    ("third"), multiple ("twice"), clock or count; the unit of a count is the stem of the word
    after it.
    """

    value: Decimal
    unit: str
    dimension: str
    start: int
    end: int


_UNITS = {
    form: (dimension, unit)
    for dimension, unit, _, forms in word_tables.rows("units.tsv")
    for form in forms.split("; ")
    if dimension not in ("money", "share", "points")
}


def _any(forms: list[str]) -> str:
    escaped = (
        re.escape(form).replace("\\ ", r"[\s-]") for form in sorted(forms, key=len, reverse=True)
    )
    return "|".join(escaped)


_SIZES = {
    (dimension, unit): Decimal(size)
    for dimension, unit, size, _ in word_tables.rows("units.tsv")
    if dimension not in ("money", "share", "points")
}
_CONVERTED = Decimal("0.02")  # a conversion may be rounded by this share of it


def is_converted(left: Quantity, right: Quantity) -> bool:
    """Whether two amounts are one in other units: "18 months" and "a year and a half"."""
    sizes = [_SIZES.get((one.dimension, one.unit)) for one in (left, right)]
    if left.dimension != right.dimension or None in sizes or left.unit == right.unit:
        return False
    here, there = (size * one.value for size, one in zip(sizes, (left, right), strict=True) if size)
    return abs(here - there) <= _CONVERTED * max(here, there)


_SYMBOLS = _any([form for form in _UNITS if len(form) < 4])
_NAMES = _any([form for form in _UNITS if len(form) > 3])
_UNIT = re.compile(
    rf"[\s-]{{0,2}}(?:(?P<power>(?i:square|sq|cubic))\.?[\s-])?(?P<form>(?i:{_NAMES})|{_SYMBOLS})(?![^\W\d_])"
    r"(?:\s?(?:/|(?i:per|an?|each)\s)\s?(?P<per>(?i:hour|second|minute|day))\b)?"
)
_SEVERAL = re.compile(rf"\b(?i:an?|several)(?=\s(?:(?i:{_NAMES}))\b)")
_AND_A_HALF = re.compile(r" and a half\b", re.IGNORECASE)
_OLD = re.compile(r"[\s-]old\b", re.IGNORECASE)
_RANGE = re.compile(r"\s*(?:to|and|or|by|[-–—])\s*", re.IGNORECASE)
_NEXT_WORD = re.compile(r"[\s-]([^\W\d_]+)")
_TALL = re.compile(r"m[\s-](?:tall|long|high|wide|deep|thick|away|above|below|race|sprint|dash)\b")
_VALUE = re.compile(r"(?:(?P<currency>[a-z]+) |(?P<mark>[#x]))?(?P<amount>-?[\d.]+)(?P<unit>%|pp)?")


def quantities(text: str, numbers: Sequence[Span], tokens: Sequence[Token]) -> tuple[Quantity, ...]:
    """Every amount of a text in order; in "5 to 10 km" both numbers have the unit."""
    found = [_read(text, number, tokens) for number in numbers]
    for at in range(len(found) - 2, -1, -1):
        one, two = found[at], found[at + 1]
        joined = _RANGE.fullmatch(text, one.end, two.start)
        if joined and one.dimension == "count" and two.dimension != "count":
            found[at] = replace(two, value=one.value, start=one.start, end=one.end)
    taken = [(one.start, one.end) for one in found]
    for match in _SEVERAL.finditer(text):
        unit = _UNIT.match(text, match.end())
        inside = any(start <= match.start() < end for start, end in taken)
        if unit and not inside:
            one = _measured(Decimal(1), unit, match.start())
            if half := _AND_A_HALF.match(text, one.end):
                one = replace(one, value=Decimal("1.5"), end=half.end())
                found = [other for other in found if not one.start <= other.start < one.end]
            found.append(one)
    return tuple(sorted(found, key=lambda one: one.start))


def _read(text: str, number: Span, tokens: Sequence[Token]) -> Quantity:
    value, start, end = number.value, number.start, number.end
    if ":" in value:
        return Quantity(
            Decimal(60 * int(value[:2]) + int(value[3:])), "minute", "clock", start, end
        )
    if "/" in value or text[start:end].lower() == "half":
        over, _, under = value.partition("/")
        return Quantity(Decimal(over) / Decimal(under or 1), "fraction", "share", start, end)
    found = _VALUE.fullmatch(value)
    assert found is not None, value
    amount = Decimal(found["amount"])
    if found["currency"]:
        return Quantity(amount, found["currency"], "money", start, end)
    if kind := {"#": "order", "x": "multiple", "%": "share", "pp": "points"}.get(
        found["mark"] or found["unit"]
    ):
        return Quantity(amount, found["unit"] or kind, kind, start, end)
    if _TALL.match(text, end - 1):  # "a 94m-long cable" and not 94 million
        return Quantity(amount / 1_000_000, "metre", "length", start, end)
    if unit := _UNIT.match(text, end):
        return _measured(amount, unit, start)
    return Quantity(amount, _counted(text, number, tokens), "count", start, end)


def _measured(amount: Decimal, unit: re.Match[str], start: int) -> Quantity:
    form = unit["form"]
    dimension, name = _UNITS.get(form) or _UNITS[re.sub(r"[\s-]", " ", form.lower())]
    end = unit.end() if unit["per"] and dimension == "length" else unit.end("form")
    if unit["power"] and dimension == "length":
        power = "cubic" if unit["power"].lower() == "cubic" else "square"
        dimension, name = ("volume" if power == "cubic" else "area"), f"{power} {name}"
    elif unit["per"] and dimension == "length":
        dimension, name = "speed", f"{name} per {unit['per'].lower()}"
    elif dimension == "time" and (old := _OLD.match(unit.string, end)):
        dimension, end = "age", old.end()
    return Quantity(amount, name, dimension, start, end)


def _counted(text: str, number: Span, tokens: Sequence[Token]) -> str:
    """The stem of the word right after a number."""
    after = _NEXT_WORD.match(text, number.end)
    token = after and next((t for t in tokens if t.start == after.start(1)), None)
    return token.stem if token and not token.stop else ""


_SPAN = "day|night|week|month|year|hour|minute"
# How a text writes what has no unit of its own.
_FREQUENCY = re.compile(
    rf"(?i)\b\w+ (?:an?|per|each|every) (?:{_SPAN}|season|decade)\b|"
    r"\b(?:hour|dai|night|week|fortnight|month|quarter|year)ly\b|\bannual(?:ly)?\b|\bbiennial\w*|"
    rf"\b(?:every|each) (?:\w+ )?(?:\w*{_SPAN})s?\b"
)
_AGE = re.compile(
    r"(?i)\baged? (?:of )?\w+|(?<=[a-z]), \d{1,3},|\bborn\b|\bin (?:his|her|their) \w+ies\b|"
    r"\bsince (?:[a-z]+ )?\d{4}|\b(?:is|was|turned|are|were) \d{1,3}(?=[,.;]|\s(?:when|and|years?)\b)"
)
_SHARE = re.compile(
    r"(?i)\b\w+ (?:in|out of|of every) (?:every )?(?:\d+|ten|five|four|three|a hundred)\b|\b(?:majority|most of)\b"
)
_COUNT = rf"(?:\d[\d,]*|{'|'.join(CARDINALS)})"
_MARGIN = re.compile(
    rf"(?i)\b{_COUNT}\s?(?:–|-|to|votes? to)\s?{_COUNT}\b|\bby \w+|\bvotes?\b|\bpoints?\b|\bmajority of\b|\bunanim\w+"
)
_WORDED = {"frequency": _FREQUENCY, "age": _AGE, "share": _SHARE, "margin": _MARGIN}
_MEASURED_AS = {"time": ("time", "age"), "volume": ("volume", "weight"),
                "power": ("power", "energy"),
                "speed": ("speed", "time"), "margin": ("share", "points")}  # fmt: skip


@lru_cache(maxsize=4096)
def measures(analysis: Analysis, dimensions: tuple[Dimension, ...]) -> tuple[tuple[int, int], ...]:
    """Offsets of every amount of these dimensions, and of words that stand for one ("weekly")."""
    found: list[tuple[int, int]] = []
    for dimension in dimensions:
        kinds: Sequence[str] = _MEASURED_AS.get(dimension, (dimension,))
        found += [(one.start, one.end) for one in analysis.quantities if one.dimension in kinds]
        if worded := _WORDED.get(dimension):
            found += [match.span() for match in worded.finditer(analysis.text)]
    return tuple(found)


_LASTS = re.compile(
    r"(?i)\bhow long (?:ago|until|before|after|did|do(?:es)?|ha[sd]|have|can|could|should|must|may)\b|"
    r"\bhow long\b[^?]*\b(?:tak|took|last|stay|serv|liv|wait)\w*"
)
_BY_HOW_MUCH = re.compile(r"(?i)\bby how (?:much|many|far)\b")
_OF_IT = (
    r"(?:(?:is|was|are|were) )?(?:the )?(?!caus|affect|determin|happen|mak|led|explain)(?:\w+ )?"
)


def _asked() -> Iterator[tuple[re.Pattern[str], tuple[Dimension, ...]]]:
    """Patterns of questions with what they ask for; the first that fits counts."""
    for found, after_how, nouns in word_tables.rows("asked.tsv"):
        how = rf"\bhow (?:{'|'.join(after_how.split('; '))})\b"
        what = rf"\b(?:what|which) {_OF_IT}(?:{'|'.join(nouns.split('; '))})\b"
        pattern = "|".join([how] * (after_how != "-") + [what] * (nouns != "-"))
        yield (
            re.compile(pattern, re.IGNORECASE),
            cast("tuple[Dimension, ...]", tuple(found.split())),
        )


_ASKED = tuple(_asked())


def dimensions(question: str) -> tuple[Dimension, ...]:
    """What the wanted quantity is measured in; () where the question asks for none with a unit."""
    if _LASTS.search(question):
        return ("time",)
    if _BY_HOW_MUCH.search(question):
        return ("margin",)
    return next((found for pattern, found in _ASKED if pattern.search(question)), ())
