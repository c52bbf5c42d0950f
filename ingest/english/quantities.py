"""A question comes in; the dimensions of the quantity it asks for, and how a text writes quantities of each, go out."""

from __future__ import annotations

import re
from typing import Literal

Dimension = Literal[
    "time",
    "length",
    "area",
    "volume",
    "weight",
    "temperature",
    "speed",
    "power",
    "age",
    "share",
    "frequency",
    "margin",
]

_NUMBER_WORD = (
    r"(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    r"eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|dozen|"
    r"several|half)"
)
_FIGURE = rf"(?:\d[\d,.]*(?:\s?(?:million|billion|thousand|hundred))?|\b{_NUMBER_WORD}(?:[ -]{_NUMBER_WORD})*)[\s-]*"
_GAP = (
    r"(?:(?:and|to|or|–|-)\s*(?:\d[\d,.]*|an?\s\w+)\s*|"
    r"(?:full|square|cubic|nautical|light|metric|short|long|straight)[\s-]+)?"
)


def _unit(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?i){_FIGURE}{_GAP}(?:{words})(?![a-z])")


_LONG = (
    r"(?:kilo|centi|milli|deci|nano|micro)?met(?:re|er)s?|km|cm|mm|nm|m|miles?|mi|feet|foot|ft|inch(?:es)?|yards?|"
    r"fathoms?|leagues?|light[- ]years?|furlongs?|storeys?|stories"
)
_LASTING = (
    r"(?:nano|milli|micro)?seconds?|minutes?|hours?|days?|nights?|weeks?|fortnights?|months?|years?|decades?|"
    r"centur(?:y|ies)|generations?"
)
UNITS: dict[Dimension, re.Pattern[str]] = {
    "time": _unit(_LASTING),
    "length": _unit(_LONG),
    "area": _unit(rf"acres?|hectares?|ha|sq\.? ?\w+|square (?:{_LONG})|(?:{_LONG})(?:²|2)"),
    "volume": _unit(
        rf"(?:milli|hecto)?lit(?:re|er)s?|ml|gallons?|pints?|barrels?|cups?|cubic (?:{_LONG})|tonnes?|tons?"
    ),
    "weight": _unit(r"(?:kilo|milli|micro)?gram(?:me)?s?|kg|mg|g|kilos?|tonnes?|tons?|pounds?|lbs?|ounces?|oz|stone"),
    "temperature": re.compile(r"(?i)\d[\d,.]*\s*(?:°|º|degrees?\b|kelvin\b|celsius\b|fahrenheit\b|[CFK]\b)"),
    "speed": _unit(rf"knots?|mph|kph|km/h|m/s|mach|(?:{_LONG}) (?:per|an?|each) (?:hour|second|minute|day)|{_LASTING}"),
    "power": _unit(r"(?:kilo|mega|giga|tera)?watts?(?:[ -]hours?)?|[kMGT]Wh?|volts?|horsepower|hp|amps?"),
    "age": re.compile(
        rf"(?i){_FIGURE}(?:years?|months?|days?|centur(?:y|ies))[\s-]old|\baged? (?:of )?{_FIGURE}|"
        rf"(?<=[a-z]), \d{{1,3}},|\bborn\b|\bsince (?:[a-z]+ )?\d{{4}}|\bin (?:his|her|their) \w+ies\b|"
        rf"\b(?:is|was|turned|are|were) {_FIGURE}(?=[,.;]|\s(?:when|and|years?)\b)"
    ),
    "share": re.compile(
        rf"(?i)\d[\d,.]*\s?(?:%|per ?cent\b|percentage points?\b)|\b{_NUMBER_WORD} per ?cent\b|"
        rf"\b(?:\w+|\d+) (?:in|out of|of every) (?:every )?(?:\d+|{_NUMBER_WORD})\b|"
        r"\b(?:half|thirds?|quarters?|fifths?|tenths?|majority|most of)\b"
    ),
    "frequency": re.compile(
        r"(?i)\b\w+ (?:a|an|per|each|every) (?:day|night|week|month|year|hour|minute|season|decade)\b|"
        r"\b(?:hourly|daily|nightly|weekly|fortnightly|monthly|quarterly|yearly|annual(?:ly)?|biennial\w*)\b|"
        rf"\b(?:every|each) (?:other |second |{_NUMBER_WORD} |\d+ )?(?:\w*day|night|week|month|year|hour|minute)s?\b"
    ),
    "margin": re.compile(
        rf"(?i)\b(?:\d[\d,]*|{_NUMBER_WORD})\s?(?:–|-|to|votes? to)\s?(?:\d[\d,]*|{_NUMBER_WORD})\b|"
        rf"\bby {_FIGURE}|\d[\d,.]*\s?(?:%|votes?\b|points?\b)|\bmajority of\b|\bunanim\w+"
    ),
}  # fmt: skip

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
    """What the wanted quantity is measured in; () where the question asks for no quantity with a unit."""
    if _LASTS.search(question):
        return ("time",)
    return next((found for pattern, found in _ASKED if pattern.search(question)), ())
