"""Reads numbers with units and bounds, and tells whether those of a sentence bear out a claim's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import combinations

from ingest.english import analyse, word_tables
from ingest.english.quantities import CARDINALS, SCALES
from ingest.english.word_kinds import Term, TermKind
from service.verification.claim_reading import Reading

ABOUT = 0.06  # an amount said to be "about" another may differ by this share of it
BOUNDED = 0.2  # "more than 2,300" may be said of 2,316, not of 3,000
CONVERTED = 0.012  # 40 miles are "64 kilometres"

# written unit → dimension, and its size in the dimension's base unit
UNITS: dict[str, tuple[str, float]] = (
    {
        form: (dimension, float(size))
        for dimension, _, size, forms in word_tables.rows("units.tsv")
        if dimension not in ("money", "share", "points")
        for form in forms.split("; ")
    }
    | {
        f"{power} {form}": (dimension, factor * float(size) ** exponent)
        for power, dimension, exponent, factor in (
            ("square", "area", 2, 1.0),
            ("cubic", "volume", 3, 1000.0),
        )
        for measure, _, size, forms in word_tables.rows("units.tsv")
        if measure == "length"
        for form in forms.split("; ")
    }
    | {
        f"{form} {per} hour": ("speed", float(size) / 3600)
        for measure, _, size, forms in word_tables.rows("units.tsv")
        if measure == "length"
        for form in forms.split("; ")
        for per in ("an", "per")
    }
)
_RATES = (12, 52, 7, 24, 60, 365)  # "£500 a month" of £6,000 a year
EACH = re.compile(
    r"\b(?:each|every|apiece|per|an? (?:head|acre|hectare|year|month|week|day|hour|night|tonne|mile))\b"
)
_SMALL_COUNT = rf"\d{{1,3}}|{'|'.join(CARDINALS)}"
_OUT_OF = re.compile(rf"\b(?P<part>an?|{_SMALL_COUNT})\s+(?:in|out of)\s+(?:every\s+)?$")
_PART_OF = re.compile(
    rf"\s+(?:in|out of)\s+(?:every\s+)?(?P<whole>{_SMALL_COUNT})\b(?:\s+(?P<noun>[a-z]+))?"
)
_BETWEEN = re.compile(r"\s?[a-z]*,?(?: and)?\s")  # "2 hours and 30 minutes"
_RATE = re.compile(r"\ba (?:month|week|day|hour)\b|\ban hour\b|\b(?:month|week|dai|hour)ly\b")
_RANGE = re.compile(rf"\s?(?:or|to|[-–])\s?(?:{_SMALL_COUNT}|[\d.,]*\d)(?=[\s-][a-z°])")
_OLD = re.compile(r"[\s-]years?[\s-]old")  # an age is written without its unit too
_LONG_RATE = re.compile(
    r"\ba (?:year|month|week|day)\b|\b(?:year|annual|month|week)ly\b|\bannual\b"
)
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}

_IMPLIED = re.compile(r"\b(?:an?|the|per|last|next|one)\s+(?P<noun>[a-z]+)(?: (?P<next>[a-z]+))?\b")

_BOUNDS = {
    "nearly": "nearly|almost|just under|just short of|close to|just less than|barely|not quite|all but",
    "over": "just over|slightly more than|a little over|a little more than|just above|slightly over",
    "about": "about|around|some|roughly|approximately|or so|nearer|circa|estimated",
    "most": "no more than|not more than|at most|up to|maximum of|capped at|as little as|within"
    "|(?<!twice )(?<!half )(?<!times )as (?:much|many|long|far|high|large|late|often) as",
    "least": "at least|no fewer than|no less than|not less than|minimum of|as early as",
    "more": "more than|over|above|in excess of|upwards of|longer than|greater than|exceed(?:s|ed)?|pass(?:es|ed)?"
    "|top(?:s|ped)|farther than|beyond|higher than|larger than",
    "less": "less than|fewer than|under|below|lower than|short of|smaller than",
}
_BEFORE = {
    name: re.compile(rf"(?:^|\W)(?:{words})[\s-]+(?:an?\s|[£$€])?\s*$")
    for name, words in _BOUNDS.items()
}
_AFTER = re.compile(
    r"^\s*(?:[a-z]+\s+)?(?:(?:or|and) (?P<or>so|more|less|fewer|over)|at (?P<at>most|least))\b"
)
# words that may as well bound nothing: "over two nights", "extends over", "as long as"
_MAY_BOUND = re.compile(
    r"(?<!just )(?<!little )(?<!slightly )\b(?:over|as \w+ as)\W+(?:an?\s|[£$€])?\s*$"
)
_DENIED = re.compile(r"(?:\b(?:no|not|never|none|cannot)\b|n't\b)(?:(?!\bthat\b)[^,;.]){0,60}$")
_OPPOSITE = {"more": "most", "less": "least"}  # "no game went beyond four hours"
_BELOW_ZERO = re.compile(r"[\s-]degrees? (?:[a-z]+ )?below (?:zero|freezing)\b|[\s-]below zero\b")
_OF_A_UNIT = re.compile(r"\s+(?:of )?an? ([a-z]+)\b")  # "three quarters of an hour"
_HALF_UNIT = re.compile(r"[\s-](?:an? )?([a-z]+)\b")
_AFTERWARDS = {"so": "about", "more": "least", "over": "least", "less": "most", "fewer": "most"}


@dataclass(frozen=True, slots=True)
class Amount:
    """`value` in the base of `unit` (a dimension, a currency, %, pp, times, or ""), which is
    `factor` of it.

    `bound` is "" or one of nearly, over, about, most, least, more, less.
    """

    value: float
    unit: str
    factor: float
    bound: str
    term: Term
    loose: bool = False  # it may as well have no bound

    @property
    def written(self) -> float:
        return self.value / self.factor


@lru_cache(maxsize=4096)
def amounts(reading: Reading) -> tuple[Amount, ...]:
    """The numbers of a sentence that measure or count something: no ordinals, no times of day."""
    return tuple(_amounts(reading))


def _amounts(reading: Reading) -> Iterator[Amount]:
    for term in analyse(reading.text).terms:
        after = reading.lower[term.end :]
        if term.kind is TermKind.NUMBER and not re.match(
            r"\s+(?:in the (?:morning|afternoon|evening)|at night|o'clock)", after
        ):
            ranged = _RANGE.match(after)
            made = _amount(reading, term, after[ranged.end() :] if ranged else after)
            if made is not None:
                yield made
    for match in re.finditer(r"(?<![\w.])(\d+(?:\.\d+)?)p\b", reading.lower):
        term = Term(TermKind.NUMBER, match[0], match.start(), match.end())
        yield Amount(float(match[1]) / 100, "gbp", 1.0, _bound(reading, term), term)


def implied(reading: Reading) -> Iterator[Amount]:
    """Amounts that a sentence gives without a figure: "a fortnight", "the eastern third", "all but
    one"."""
    for match in _IMPLIED.finditer(reading.lower):
        term = Term(TermKind.NUMBER, match[0], match.start(), match.end())
        for word in (match["noun"], match["next"] or ""):
            dimension, size = UNITS.get(word, ("", 0.0))
            if dimension in ("time", "length", "weight"):
                yield Amount(size, dimension, size, "", term)
            if word in _PARTS:
                yield Amount(100 / _PARTS[word], "%", 1.0, _bound(reading, term), term)
    for match in re.finditer(r"\b(?:most|majority) of\b", reading.lower):
        yield Amount(50.0, "%", 1.0, "more", Term(TermKind.NUMBER, "", match.start(), match.end()))
    years = [int(t.value[:4]) for t in reading.content if re.fullmatch(r"\d{4}-+", t.value)]
    span = UNITS["year"][1]
    for start, end in combinations(sorted(set(years)), 2):
        term = Term(TermKind.NUMBER, "", 0, 0)
        yield Amount((end - start) * span, "time", span, "", term)
        yield Amount(end - start, "", 1.0, "", term)  # "aged 41"
    for match in re.finditer(
        rf"\b(?:all but|except|only) ({'|'.join(CARDINALS)})\b", reading.lower
    ):
        term = Term(TermKind.NUMBER, match[1], match.start(1), match.end())
        yield Amount(float(CARDINALS[match[1]]), "", 1.0, "", term)


def joined(found: Sequence[Amount], reading: Reading) -> Iterator[Amount]:
    """Amounts with those put together that are written in two units: "2 hours 30 minutes", "1 euro 10"."""
    held: Amount | None = None
    for one in found:
        gap = "" if held is None else reading.lower[held.term.end : one.term.start]
        if held and _BETWEEN.fullmatch(gap) and _completes(held, one):
            small = one.value / 100 if one.unit in ("", "cent") else one.value
            term = Term(TermKind.NUMBER, held.term.value, held.term.start, one.term.end)
            held = Amount(held.value + small, held.unit, held.factor, held.bound, term)
            continue
        if held:
            yield held
        held = one
    if held:
        yield held


def _completes(large: Amount, small: Amount) -> bool:
    money = large.unit in ("eur", "usd", "gbp")
    if money and small.written < 100:
        return small.unit in ("", "cent") or (small.unit == large.unit == "gbp" and small.value < 1)
    return bool(large.unit) and small.unit == large.unit and small.factor < large.factor


def _amount(reading: Reading, term: Term, after: str) -> Amount | None:
    value, unit = _value(term.value)
    if value is None:
        return None
    before, written, factor = (
        reading.lower[: term.start],
        reading.lower[term.start : term.end],
        1.0,
    )
    if written == "half" and re.search(rf"\b(?:{_SMALL_COUNT}) and a $", before):
        return None  # it belongs to "two and a half"
    if written == "half" and not re.match(r"\s+an?\s", after):
        value, unit = 50.0, "%"
        whole = re.search(r"\b(?:an?|one) ([a-z]+) and a $", before)
        if whole and whole[1] in UNITS:  # "a year and a half"
            dimension, factor = UNITS[whole[1]]
            return Amount(1.5 * factor, dimension, factor, "", term)
    if after.startswith(" and a half"):
        scale = re.match(r" and a half (thousand|million|billion|trillion)\b", after)
        value = (value + 0.5) * float(SCALES[scale[1]] if scale else 1)
        after = after[scale.end() :] if scale else after.removeprefix(" and a half")
    part, whole = _OUT_OF.search(before), _PART_OF.match(after)
    if part and value:
        said = replace(term, start=part.start("part"))  # "about two in five"
        return Amount(100 * _counted(part["part"]) / value, "%", 1.0, _bound(reading, said), term)
    if whole and value < _counted(whole["whole"]) and whole["noun"] not in UNITS:
        return None  # "nine out of ten pupils" is said by its "ten"
    part_of = (_OF_A_UNIT if "/" in term.value else _HALF_UNIT).match(after)
    if part_of and unit == "%" and part_of[1] in UNITS:  # "three quarters of an hour", "half a day"
        dimension, factor = UNITS[part_of[1]]
        return Amount(value / 100 * factor, dimension, factor, _bound(reading, term), term)
    if _BELOW_ZERO.match(after):
        value = -value
    if written == "zero" and re.search(r"\b(?:above|below) $", before):
        return None
    loose = _MAY_BOUND.search(before) is not None
    if not unit and not _OLD.match(after):
        unit, factor = _unit(re.sub(r"^ an? ", " ", after) if written == "half" else after)
    size = value * factor
    if unit == "temperature" and factor < 1 and not before.endswith("by "):
        size -= 32 * factor  # a reading in Fahrenheit, not a change
    return Amount(size, unit, factor, _bound(reading, term), term, loose)


def _counted(word: str) -> float:
    return float(word) if word.isdigit() else float(CARDINALS.get(word, 1))


def _value(normal: str) -> tuple[float | None, str]:
    """The number and the unit of a normal form: `13.4%`, `usd 12`, `x2`, `1/3`; None where it
    counts nothing."""
    unit = ""
    if normal[0] == "#" or ":" in normal:
        return None, ""
    for ending in ("%", "pp"):
        if normal.endswith(ending):
            normal, unit = normal.removesuffix(ending), ending
    if normal[0] == "x":
        normal, unit = normal[1:], "times"
    elif " " in normal:
        unit, normal = normal.split(" ", 1)
    try:
        value = float(Fraction(normal))
    except (ValueError, ZeroDivisionError):
        return None, ""
    if "/" in normal and not unit:
        return 100 * value, "%"
    return (
        (value / 100, "gbp" if unit == "penny" else unit)
        if unit in ("penny", "cent")
        else (value, unit)
    )


def _unit(after: str) -> tuple[str, float]:
    """The dimension and size of the unit that is written right behind a number."""
    words = re.findall(r"[a-z°/²]+", re.match(r"[\s-]*(?:[a-z°/²]+[\s-]?){0,3}", after)[0])  # type: ignore[index]
    for size in (3, 2, 1):
        form = " ".join(words[:size])
        if form.removesuffix("s") == "metric ton":
            form = "tonne"
        if form in UNITS:
            return UNITS[form]
    return "", 1.0


def _bound(reading: Reading, term: Term) -> str:
    before = reading.lower[max(0, term.start - 28) : term.start]
    for name, pattern in _BEFORE.items():
        found = pattern.search(before)
        if found:
            denied = _DENIED.search(reading.lower[: term.start - len(found[0])])
            return _OPPOSITE.get(name, name) if denied else name
    after = _AFTER.match(reading.lower[term.end : term.end + 24])
    return "" if after is None else after["at"] or _AFTERWARDS[after["or"]]


def bears_out(said: Amount, mine: Amount) -> bool:
    """Whether an amount of a sentence bears out the claim's: the same, or a bound that holds and is
    not far off."""
    if not _comparable(said, mine):
        return False
    if said.loose and bears_out(replace(said, bound="", loose=False), mine):
        return True
    if mine.loose and bears_out(said, replace(mine, bound="", loose=False)):
        return True
    if said.bound == mine.bound and _close(said.value, mine.value, 0.005):
        return True
    near = _close(said.value, mine.value, BOUNDED)
    match mine.bound:
        case "":
            slack = CONVERTED if said.factor != mine.factor else 0.001
            return said.bound in ("", "about") and _close(said.value, mine.value, slack)
        case "about":
            return said.bound not in ("more", "less", "most", "least") and _close(
                said.value, mine.value, ABOUT
            )
        case "nearly":
            return near and (said.bound in ("nearly", "less", "most") or said.value < mine.value)
        case "over":
            return near and (said.bound in ("over", "more") or said.value > mine.value)
        case "more" | "least":
            exact = mine.bound == "more" and not said.bound and said.value == mine.value
            up = said.bound in ("", "more", "least", "over", "about")
            return near and up and said.value >= mine.value * (1 - 1e-9) and not exact
    exact = mine.bound == "less" and not said.bound and said.value == mine.value
    down = said.bound in ("", "less", "most", "nearly", "about")
    return near and down and said.value <= mine.value * (1 + 1e-9) and not exact


def _comparable(said: Amount, mine: Amount) -> bool:
    """Whether two amounts are of one unit, or one leaves the unit unsaid and has the other's
    figure."""
    if said.unit == mine.unit:
        return True
    if not mine.unit or not said.unit:
        return said.written == mine.written
    pair = {said.unit, mine.unit}
    return (said.unit == "%" and mine.unit == "pp") or (
        "cent" in pair and bool(pair & {"eur", "usd", "cad", "aud"})
    )


def derived(mine: Amount, said: Sequence[Amount], claim: str) -> bool:
    """Whether an amount of the claim is reckoned from those that are said: a rest, a difference, a
    sum, a ratio."""
    return any(
        _follows(mine, a, claim)
        or any(_follows_from_two(mine, a, b, claim) for b in said if b is not a)
        for a in said
        if a.value
    )


def _follows(mine: Amount, a: Amount, claim: str) -> bool:
    """83 % of a fall by 17 %, half of "halved", £500 a month of £6,000 a year."""
    parts = (a.value, 1 - a.value, 1 / a.value) if a.unit == "times" else ()
    shares = [100 * part for part in parts] + ([a.value, 100 - a.value] if a.unit == "%" else [])
    if mine.unit == "%":
        half = mine.bound in ("more", "less")  # "more than half" is not half
        return any(_close(x, mine.value, 0.04) and (x != mine.value or not half) for x in shares)
    if mine.unit == "times":
        return any(
            _close(share / 100, mine.value, ABOUT)
            or (share > 0 and _close(100 / share, mine.value, ABOUT))
            for share in shares
        )
    if not a.unit or a.unit != mine.unit:
        return False
    shorter, longer = _RATE.search(claim) is not None, _LONG_RATE.search(claim) is not None
    return any(
        (shorter and _close(a.value / rate, mine.value, 0.01))
        or (longer and _close(a.value * rate, mine.value, 0.01))
        for rate in _RATES
    )


def _follows_from_two(mine: Amount, a: Amount, b: Amount, claim: str) -> bool:
    units = {"%" if x.unit == "pp" else x.unit for x in (a, b, mine)} - {""}
    if mine.unit == "cent" and a.unit == b.unit:
        units = set()
    if len(units) <= 1:
        bare = not (a.unit and b.unit and mine.unit)
        left, right, wanted = (x.written if bare else x.value for x in (a, b, mine))
        if (left > right and _close(left - right, wanted, 0.02)) or _close(
            left + right, wanted, 0.005
        ):
            return True
    if b.unit in ("%", "times") and a.unit == mine.unit and b.value:  # a third of £7.2 million
        part = b.value / (100 if b.unit == "%" else 1)
        if _close(a.value * part, mine.value, 0.01) or _close(a.value / part, mine.value, 0.005):
            return True
        before_or_after = (1 + part, 1 / (1 + part), 1 - part, 1 / (1 - part) if part < 1 else 1)
        if b.unit == "%" and any(_close(a.value * x, mine.value, 0.005) for x in before_or_after):
            return True
    if not b.unit and a.unit == mine.unit and b.value > 1:  # £500 for each of 12
        each = EACH.search(claim) is not None
        if _close(a.value / b.value if each else a.value * b.value, mine.value, 0.005):
            return True
    if mine.unit not in ("%", "times") or not b.value or (a.unit != b.unit and a.unit and b.unit):
        return False
    ratio = a.value / b.value * (100 if mine.unit == "%" else 1)
    if mine.unit == "%" and not mine.bound and _close(abs(100 - ratio), mine.value, 0.02):
        return True  # from 40 to 60
    return (
        _close(ratio, mine.value, 0.1 if mine.bound else ABOUT)
        or (mine.bound in ("more", "over", "least") and mine.value <= ratio <= 1.5 * mine.value)
        or (mine.bound in ("less", "nearly", "most") and 0.7 * mine.value <= ratio <= mine.value)
    )


def _close(left: float, right: float, share: float) -> bool:
    return abs(left - right) <= share * max(abs(left), abs(right), 1e-9)
