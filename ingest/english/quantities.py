"""Reads amounts with their units, and tells what kind of amount a question asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from ingest.english import tables
from ingest.english.numbers import CARDINALS

if TYPE_CHECKING:
    from ingest.english.analysis import Analysis, Span

Dimension = Literal[
    "time", "length", "area", "volume", "weight", "temperature", "speed", "power", "age", "share",
    "frequency", "margin",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount with its unit, `text[start:end]`; scale and sign applied: "£1.38bn" is 1380000000 `gbp`.

    `dimension` is one of `data/units.tsv` (money, length, time …), share, points, order ("third"), multiple
    ("twice"), clock or count; the unit of a count is the stem of the word after it. `size` is the value in the
    base unit of its dimension (metres, seconds, degrees Celsius, 1 for a whole), `slack` how far rounding may
    have moved it.
    """

    value: Decimal
    unit: str
    dimension: str
    size: Decimal
    slack: Decimal
    start: int
    end: int

    def agrees(self, other: Quantity) -> bool:
        """Whether both can be one amount: 94 km and 58 miles, a third and 33 %, but not $5 and £5."""
        if self.dimension != other.dimension:
            return False
        if self.unit == other.unit:
            return self.value == other.value
        if self.dimension in ("money", "count"):
            return self.dimension == "count" and self.value == other.value
        return abs(self.size - other.size) <= max(self.slack, other.slack)


_UNITS = {
    form: (dimension, unit, Decimal(size))
    for dimension, unit, size, forms in tables.rows("units.tsv")
    for form in forms.split("; ")
    if dimension not in ("money", "share", "points")
}


def _any(forms: list[str]) -> str:
    escaped = (
        re.escape(form).replace("\\ ", r"[\s-]") for form in sorted(forms, key=len, reverse=True)
    )
    return "|".join(escaped)


_SYMBOLS = _any([form for form in _UNITS if len(form) < 4])
_NAMES = _any([form for form in _UNITS if len(form) > 3])
_UNIT = re.compile(
    rf"[\s-]{{0,2}}(?:(?P<power>(?i:square|sq|cubic))\.?[\s-])?(?P<form>(?i:{_NAMES})|{_SYMBOLS})(?![^\W\d_])"
    r"(?:\s?(?:/|(?i:per|an?|each)\s)\s?(?P<per>(?i:hour|second|minute|day))\b)?"
)
_SEVERAL = re.compile(rf"\b(?i:an?|several)(?=\s(?:(?i:{_NAMES}))\b)")
_OLD = re.compile(r"[\s-]old\b", re.IGNORECASE)
_RANGE = re.compile(r"\s*(?:to|and|or|by|[-–—])\s*", re.IGNORECASE)
_TALL = re.compile(r"m[\s-](?:tall|long|high|wide|deep|thick|away|above|below|race|sprint|dash)\b")
_VALUE = re.compile(r"(?:(?P<currency>[a-z]+) |(?P<mark>[#x]))?(?P<amount>-?[\d.]+)(?P<unit>%|pp)?")
_MOST_SLACK = Decimal(
    "0.015"
)  # share of a round number: "100 miles" may be 160 km, "58 miles" is 93 to 94


def quantities(analysis: Analysis) -> tuple[Quantity, ...]:
    """Every amount of a text in order; the first number of "5 to 10 km" has the unit of the second."""
    text = analysis.text
    found = [_read(analysis, number) for number in analysis.numbers]
    for at in range(len(found) - 2, -1, -1):
        one, two = found[at], found[at + 1]
        joined = _RANGE.fullmatch(text, one.end, two.start)
        if joined and one.dimension == "count" and two.dimension != "count" and two.value:
            size = one.value * two.size / two.value
            found[at] = replace(two, value=one.value, size=size, start=one.start, end=one.end)
    taken = [(one.start, one.end) for one in found]
    for match in _SEVERAL.finditer(text):
        unit = _UNIT.match(text, match.end())
        inside = any(start <= match.start() < end for start, end in taken)
        if unit and not inside:
            found.append(_measured(Decimal(1), Decimal(0), unit, match.start()))
    return tuple(sorted(found, key=lambda one: one.start))


def _read(analysis: Analysis, number: Span) -> Quantity:
    text, value = analysis.text, number.value
    if ":" in value:
        minutes = Decimal(60 * int(value[:2]) + int(value[3:]))
        return Quantity(minutes, "clock", "clock", minutes, Decimal(0), number.start, number.end)
    if "/" in value or text[number.start : number.end].lower() == "half":
        over, _, under = value.partition("/")
        share = Decimal(over) / Decimal(under or 1)
        return Quantity(share, "fraction", "share", share, Decimal(0), number.start, number.end)
    found = _VALUE.fullmatch(value)
    assert found is not None, value
    amount = Decimal(found["amount"])
    if found["currency"]:
        return Quantity(
            amount, found["currency"], "money", amount, Decimal(0), number.start, number.end
        )
    if found["mark"]:
        kind = "order" if found["mark"] == "#" else "multiple"
        return Quantity(amount, kind, kind, amount, Decimal(0), number.start, number.end)
    slack = _slack(text[number.start : number.end], amount)
    if found["unit"]:
        kind = "share" if found["unit"] == "%" else "points"
        return Quantity(
            amount, found["unit"], kind, amount / 100, slack / 100, number.start, number.end
        )
    if _TALL.match(text, number.end - 1):  # "a 94m-long cable" and not 94 million
        metres = amount / 1_000_000
        return Quantity(
            metres, "metre", "length", metres, slack / 1_000_000, number.start, number.end
        )
    unit = _UNIT.match(text, number.end)
    if unit:
        return _measured(amount, slack, unit, number.start)
    return Quantity(
        amount, _counted(analysis, number), "count", amount, slack, number.start, number.end
    )


def _measured(amount: Decimal, slack: Decimal, unit: re.Match[str], start: int) -> Quantity:
    dimension, name, size = (
        _UNITS.get(unit["form"]) or _UNITS[re.sub(r"[\s-]", " ", unit["form"].lower())]
    )
    end = unit.end() if unit["per"] and dimension == "length" else unit.end("form")
    if unit["power"] and dimension == "length":
        cubic = unit["power"].lower() == "cubic"
        dimension, name = ("volume", f"cubic {name}") if cubic else ("area", f"square {name}")
        size = size**3 * 1000 if cubic else size**2  # volumes count in litres
    elif unit["per"] and dimension == "length":
        seconds = _UNITS[unit["per"].lower()][2]
        dimension, name, size = "speed", f"{name} per {unit['per'].lower()}", size / seconds
    elif dimension == "time" and (old := _OLD.match(unit.string, end)):
        dimension, end = "age", old.end()
    converted = amount * size - (
        Decimal("17.7778") if name == "fahrenheit" else 273 if name == "kelvin" else 0
    )
    return Quantity(amount, name, dimension, converted, slack * size, start, end)


def _slack(written: str, amount: Decimal) -> Decimal:
    """Half a unit of the last figure that is no closing zero, at most `_MOST_SLACK` of the amount."""
    figures = re.sub(r"[^\d.]", "", written)
    if not figures or not amount:
        return Decimal(0)
    whole, _, decimals = figures.partition(".")
    place = Decimal(10) ** (-len(decimals) if decimals else len(whole) - len(whole.rstrip("0")))
    scale = abs(amount) / (Decimal(figures) or 1)
    return min(place * scale / 2, abs(amount) * _MOST_SLACK)


def _counted(analysis: Analysis, number: Span) -> str:
    """The stem of the word right after a number."""
    after = re.compile(r"[\s-]([^\W\d_]+)").match(analysis.text, number.end)
    token = after and next((t for t in analysis.tokens if t.start == after.start(1)), None)
    return token.stem if token and not token.stop else ""


# How a text writes what has no unit of its own.
_FREQUENCY = re.compile(
    r"(?i)\b\w+ (?:an?|per|each|every) (?:day|night|week|month|year|hour|minute|season|decade)\b|"
    r"\b(?:hour|dai|night|week|fortnight|month|quarter|year)ly\b|\bannual(?:ly)?\b|\bbiennial\w*|"
    r"\b(?:every|each) (?:\w+ )?(?:\w*day|night|week|month|year|hour|minute)s?\b"
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


def measures(analysis: Analysis, dimension: Dimension) -> Iterator[tuple[int, int]]:
    """Offsets of every amount of this dimension, and of words that stand for one ("weekly")."""
    kinds: Sequence[str] = _MEASURED_AS.get(dimension, (dimension,))
    yield from ((one.start, one.end) for one in analysis.quantities if one.dimension in kinds)
    if worded := _WORDED.get(dimension):
        yield from (match.span() for match in worded.finditer(analysis.text))


_LASTS = re.compile(
    r"(?i)\bhow long (?:ago|until|before|after|did|does|do|has|have|had|can|could|should|must|may)\b|"
    r"\bhow long\b[^?]*\b(?:take|takes|took|last|lasts|lasted|stay|stays|stayed|serve|served|live|lived|wait|waited)\b"
)
_OF_IT = (
    r"(?:(?:is|was|are|were) )?(?:the )?(?!caus|affect|determin|happen|mak|led|explain)(?:\w+ )?"
)
_PATTERNS: tuple[tuple[str, tuple[Dimension, ...]], ...] = (
    (r"\bhow long\b|\bwhat (?:is|was|are|were) the (?:\w+ )?length\b", ("time", "length")),
    (r"\bhow (?:far|tall|deep|wide|thick|broad|short|close|near)\b", ("length",)),
    (r"\bhow (?:high|low)\b", ("length", "share", "temperature")),
    (r"\bhow (?:big|large)\b|\bwhat (?:is|was) the size\b", ("area", "length", "volume", "weight")),
    (rf"\b(?:what|which) {_OF_IT}(?:distance|height|depth|width|thickness|diameter)\b", ("length",)),
    (r"\bhow old\b|\bat what age\b|\bwhat (?:is|was) (?:the |his |her |their )?(?:\w+ ){0,3}?age\b", ("age",)),
    (r"\bhow heavy\b|\b(?:how much|what) (?:\w+ ){1,6}?weigh\b|\bwhat (?:is|was) the (?:\w+ )?weight\b",
     ("weight",)),
    (rf"\bhow (?:hot|cold|warm)\b|\bwhat {_OF_IT}temperature\b", ("temperature",)),
    (rf"\bhow (?:fast|quickly)\b|\bwhat {_OF_IT}speed\b", ("speed",)),
    (r"\bhow (?:often|frequently|regularly)\b|\bhow many times (?:a|per|each|every)\b", ("frequency",)),
    (rf"\bhow powerful\b|\bhow much (?:power|electricity|energy)\b|\bwhat {_OF_IT}(?:capacity|output)\b",
     ("power", "weight", "volume")),
    (rf"\b(?:what|which) {_OF_IT}(?:share|proportion|percentage|percent|per cent|fraction|rate)\b|"
     r"\bhow much of\b", ("share", "length")),
    (r"\bhow much (?:water|oil|gas|milk|rain|fuel|wine|beer|blood)\b", ("volume", "weight", "length")),
    (r"\bwhat (?:\w+ )?(?:margin|score|majority)\b|\bby how (?:much|many|far)\b", ("margin",)),
    (r"\bwhat (?:is|was) the (?:\w+ )?area of\b", ("area",)),
)  # fmt: skip
_ASKED = tuple((re.compile(pattern, re.IGNORECASE), found) for pattern, found in _PATTERNS)


def dimensions(question: str) -> tuple[Dimension, ...]:
    """What the wanted quantity is measured in; () where the question asks for none with a unit."""
    if _LASTS.search(question):
        return ("time",)
    return next((found for pattern, found in _ASKED if pattern.search(question)), ())
