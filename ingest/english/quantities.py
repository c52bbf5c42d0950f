"""Reads numbers and amounts with their units, and tells what kind of amount a question asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, cast

from ingest.english import word_tables
from ingest.english.words import Token

if TYPE_CHECKING:
    from ingest.english.sentence_analysis import Analysis, Span


def _numbered(kind: str) -> dict[str, Decimal]:
    """The words of one kind with their numbers, longest first."""
    found = {
        word: Decimal(first) + n * Decimal(step)
        for row_kind, first, step, words in word_tables.rows("numbers.tsv")
        for n, word in enumerate(words.split())
        if row_kind == kind
    }
    return dict(sorted(found.items(), key=lambda entry: -len(entry[0])))


CARDINALS = _numbered("cardinal")  # "zero" to "ninety"
SCALES = _numbered("scale")  # "hundred" to "trillion", "lakh", "crore", "dozen"
_LETTERS = _numbered("letter")
ORDINALS = _numbered("ordinal")
_MULTIPLES = _numbered("multiple")
_PARTS = _numbered("part")
_AMOUNTS = _numbered("amount")
_FORMS = [  # of "units.tsv": dimension, unit and its size, with each form of its own
    (dimension, unit, size, form)
    for dimension, unit, size, forms in word_tables.rows("units.tsv")
    for form in forms.split("; ")
]
_CURRENCIES = {form: unit for dimension, unit, _, form in _FORMS if dimension == "money"}


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_CODES = {unit for unit in _CURRENCIES.values() if len(unit) == 3} | {"rs", "rmb"}
_GAP = r"[\s-]{1,2}"
_TENS = _any(word for word, n in CARDINALS.items() if n >= 20)
_ONES = _any(word for word, n in CARDINALS.items() if 0 < n < 10)
_BELOW_HUNDRED = rf"(?:(?:{_TENS}){_GAP}(?:{_ONES})\b|(?:{_any(CARDINALS)})\b)"
_SCALED = rf"{_GAP}(?:{_any(SCALES)})\b(?:{_GAP}(?:and\s)?{_BELOW_HUNDRED})?"
_BEFORE = _any(form for form in _CURRENCIES if not form.isalpha() or form in _CODES)
_AFTER = _any(form for form in _CURRENCIES if form.isalpha())
_SIGNS = _any(form for dimension, *_, form in _FORMS if dimension != "money" and len(form) < 4)
_MEASURE = (
    rf"(?:[\s-]?(?:(?P<{{0}}percent>%|percent\b|per\s?cent\b|pct\b)"
    rf"|(?P<{{0}}points>percentage[\s-]points?\b|pp\b)|(?P<{{0}}after>(?:{_AFTER}|[€£])(?!\w))))?"
)
_NUMBER = re.compile(
    r"(?i)"
    r"\b(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d))?\s?(?P<half_day>[ap])\.?m\b\.?"
    r"|\b(?P<clock>\d{1,2}:\d\d)\b"
    # what opens an entry of a live page: "14.20 Police have …"
    r"|(?P<stamp>(?:\A|(?<=\*\*)|(?<=\n))(?:[01]\d|2[0-3])\.[0-5]\d"
    rf"(?=\*\*|(?::|\s[-–—])?\s(?!(?:{_AFTER})\b)(?-i:[A-Z]|\d)))"
    r"|\b(?P<ordinal>\d{1,3}(?:,\d{3})*)(?:st|nd|rd|th)\b"
    rf"|\b(?P<fold>\d+|{_any(CARDINALS)})(?:[\s-]?fold\b|\s+times\b|x\b)"
    rf"|\b(?P<multiple>{_any(_MULTIPLES)})\b"
    rf"|\b(?P<tens>{_TENS}){_GAP}(?P<ordinal_tail>{_any(ORDINALS)})\b"
    rf"|\b(?P<ordinal_word>{_any(ORDINALS)})(?!\s+of\s+a\s+second)\b(?!-hand)"
    rf"|\b(?P<numerator>an?|[1-9]|{_ONES}){_GAP}"
    rf"(?P<denominator>{_any(_PARTS)})s?\b(?=\s+of\b|(?<=s))"
    r"|(?<![\d/.,])\b(?P<upper>[1-9])/(?P<lower>[2-9]|10)\b(?![/\d])"
    r"|(?P<sign>(?<![^\s(])(?:[-−]|minus\s)(?=[\d$€£]))?"
    rf"(?:(?P<before>(?<![A-Za-z])(?:{_BEFORE}))\.?\s?)?"
    r"(?<![\w.])(?P<digits>\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d+)?|\d+(?:\.\d+)?)"
    rf"(?:(?P<letter>{_any(_LETTERS)})\b|\s(?P<spaced_letter>bn|mn|tn|trn)\b"
    rf"|(?P<scale>(?:[\s-](?:{_any(SCALES)})\b){{1,2}}))?{_MEASURE.format('')}"
    rf"(?!\d)(?:(?![A-Za-z])|(?=(?:{_SIGNS})(?!\w)))"
    rf"|\b(?P<spelled>(?:an?|half\san?){_SCALED}(?:{_SCALED})*|{_BELOW_HUNDRED}(?:{_SCALED})*)"
    rf"{_MEASURE.format('spelled_')}"
    rf"|\b(?P<amount>{_any(word for word in _AMOUNTS if word.isalpha())})\b|(?P<sign_amount>[½¼¾])"
)

# A number is looked for where one can begin: trying everywhere takes three times as long.
_LEAD = re.compile(rf"(?i)(?:(?<![^\s(])(?:[-−]|minus\s))?(?:(?<![A-Za-z])(?:{_BEFORE})\.?\s?)?$")
_LONGEST_LEAD = 12
_OPENING_WORDS = frozenset(("a", "an", *CARDINALS, *ORDINALS, *_MULTIPLES, *_AMOUNTS))


def numbers(
    text: str, tokens: Iterable[Token], taken: Iterable[tuple[int, int]] = ()
) -> list[tuple[int, int, str]]:
    """Offsets and normal form of every number outside the stretches `taken`, which stand in order.

    `12`, `-5`, `13.4%`, `5pp`, `usd 120000000`, `#20` (ordinal), `x4` (multiple), `1/3`, `17:30`.
    """
    gaps = iter((*taken, (len(text), len(text))))
    gap_end, next_start = next(gaps)
    reached = 0
    found = []
    for token in tokens:
        while token.start >= gap_end and gap_end < len(text):
            reached = max(reached, next_start)
            gap_end, next_start = next(gaps)
        opens = (
            token.lower in _OPENING_WORDS
            or token.text[0].isnumeric()
            or token.lower.endswith("fold")
        )
        if token.start < reached or not opens:
            continue
        lead = _LEAD.search(text, max(reached, token.start - _LONGEST_LEAD), token.start)
        match = _NUMBER.match(text, lead.start() if lead else token.start, gap_end)
        match = match or _NUMBER.match(text, token.start, gap_end)  # "plus or minus two"
        if match:
            reached = match.end()
            found.append((match.start(), match.end(), _value(match.groupdict())))
    return found


def numbers_match(left: str, right: str) -> bool:
    """Whether two normal forms can be one amount: "10 to 12 %" leaves a unit unsaid."""
    if ":" in left or ":" in right:
        clock, plain = (left, right) if ":" in left else (right, left)
        hour, point, minute = plain.partition(".")
        if not point or not (hour + minute).isdigit():
            return left == right
        return int(clock[:2]) % 12 == int(hour) % 12 and clock[3:] == minute.ljust(2, "0")
    shares = _share(left), _share(right)
    if left.endswith("%") != right.endswith("%") and shares[0] and shares[1]:
        return abs(shares[0] - shares[1]) < _ROUNDED
    bare = [re.sub(r"^[a-z]+ |%$|pp$", "", number) for number in (left, right)]
    return bare[0] == bare[1] and (left == bare[0] or right == bare[1])


_ROUNDED = Decimal("0.006")  # a third is 33 per cent


def _share(number: str) -> Decimal | None:
    """ "20%" and "1/5" are shares of a whole; what is neither, or more than all, is none."""
    over, _, under = number.partition("/")
    if under.isdigit() and over.isdigit():
        return Decimal(over) / Decimal(under)
    if re.fullmatch(r"\d+(?:\.\d+)?%", number):
        return Decimal(number[:-1]) / 100
    return Decimal(number) if re.fullmatch(r"0\.\d+", number) else None


def _value(found: dict[str, str | None]) -> str:
    """The normal form of one match, by the group that matched."""
    low = {name: text.lower() for name, text in found.items() if text}
    if clock := low.get("clock") or low.get("stamp"):
        return clock.replace(".", ":").zfill(5)
    if "hour" in low:
        hour = int(low["hour"]) % 12 + (12 if low["half_day"] == "p" else 0)
        return f"{hour:02d}:{low.get('minute', '00')}"
    if "ordinal" in low:
        return "#" + low["ordinal"].replace(",", "")
    if "ordinal_word" in low:
        return f"#{ORDINALS[low['ordinal_word']]}"
    if "tens" in low:
        return f"#{CARDINALS[low['tens']] + ORDINALS[low['ordinal_tail']]}"
    if "multiple" in low:
        return f"x{_MULTIPLES[low['multiple']]}"
    if "fold" in low:
        return f"x{CARDINALS.get(low['fold'], low['fold'])}"
    if "denominator" in low:
        over = "1" if low["numerator"] in ("a", "an") else low["numerator"]
        return f"{CARDINALS.get(over, over)}/{_PARTS[low['denominator']]}"
    if "upper" in low:
        return f"{low['upper']}/{low['lower']}"
    if "amount" in low or "sign_amount" in low:
        return str(_AMOUNTS[low.get("amount") or low["sign_amount"]])
    if "spelled" in low:
        return _with_unit(spelled(low["spelled"]), low, "spelled_")
    amount = Decimal(low["digits"].replace(",", ""))
    amount *= _LETTERS.get(low.get("letter") or low.get("spaced_letter") or "", 1)
    for scale in re.split(r"[\s-]", low.get("scale", ""))[1:]:
        amount *= SCALES[scale]
    return _with_unit(-amount if "sign" in low else amount, low, "")


def spelled(words: str) -> Decimal:
    """A number in small words: "two hundred and five" is 205, "half a" is 0.5, "three" is 3."""
    total = part = Decimal(0)
    for word in re.split(r"[\s-]+", words):
        if word in ("half", "a", "an"):
            part = part or (_AMOUNTS["half"] if word == "half" else Decimal(1))
        elif word in SCALES and SCALES[word] > 100:
            total, part = (
                (total + part * SCALES[word], Decimal(0)) if part else (total * SCALES[word], part)
            )
        elif word in SCALES:
            part *= SCALES[word]
        elif word in CARDINALS:
            part += CARDINALS[word]
    return total + part


def _with_unit(amount: Decimal, low: dict[str, str], group: str) -> str:
    plain = format(amount, "f")
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    currency = low.get("before") if not group else None
    if currency := currency or low.get(f"{group}after"):
        return f"{_CURRENCIES[currency]} {plain}"
    return plain + ("%" if f"{group}percent" in low else "pp" if f"{group}points" in low else "")


Dimension = Literal[
    "time", "length", "area", "volume", "weight", "temperature", "speed", "power", "age", "share",
    "frequency", "margin", "money", "points",
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


_MEASURES = [row for row in _FORMS if row[0] not in ("money", "share", "points")]
_UNITS = {form: (dimension, unit) for dimension, unit, _, form in _MEASURES}
_SIZES = {(dimension, unit): Decimal(size) for dimension, unit, size, _ in _MEASURES}
_CONVERTED = Decimal("0.02")  # a conversion may be rounded by this share of it


def is_converted(left: Quantity, right: Quantity) -> bool:
    """Whether two amounts are one in other units: "18 months" and "a year and a half"."""
    sizes = [_SIZES.get((one.dimension, one.unit)) for one in (left, right)]
    if left.dimension != right.dimension or None in sizes or left.unit == right.unit:
        return False
    here, there = (size * one.value for size, one in zip(sizes, (left, right), strict=True) if size)
    return abs(here - there) <= _CONVERTED * max(here, there)


_SYMBOLS, _NAMES = (
    _any(form for form in _UNITS if (len(form) > 3) == named).replace("\\ ", r"[\s-]")
    for named in (False, True)
)
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
    after = _NEXT_WORD.match(text, end)
    counted = after and next((t for t in tokens if t.start == after.start(1)), None)
    stem = counted.stem if counted and not counted.stop else ""
    return Quantity(amount, stem, "count", start, end)


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


_SPAN = "day|night|week|month|year|hour|minute"
# How a text writes what has no unit of its own.
_FREQUENCY = re.compile(
    rf"(?i)\b\w+ (?:an?|per|each|every) (?:{_SPAN}|season|decade)\b|"
    r"\b(?:hour|dai|night|week|fortnight|month|quarter|year)ly\b|\bannual(?:ly)?\b|\bbiennial\w*|"
    rf"\b(?:every|each) (?:\w+ )?(?:\w*{_SPAN})s?\b"
)
_AGE = re.compile(
    r"(?i)\baged? (?:of )?\w+|(?<=[a-z]), \d{1,3},|\bborn\b|\bin (?:his|her|their) \w+ies\b|"
    r"\b(?:since|(?:built|made|founded|laid|planted) in|dat(?:es|ed|ing) (?:from|back to)) (?:[a-z]+ )?\d{4}|"
    r"\bat \d{1,3}(?=[,.;]|$)|\b(?:is|was|turned|are|were) \d{1,3}(?=[,.;]|\s(?:when|and|years?)\b)"
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
