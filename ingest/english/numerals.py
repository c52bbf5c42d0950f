"""A written number or date in, one normal form out: "13.4 per cent" is "13.4%", "Apr. 10" is "10 April"."""

from __future__ import annotations

import re
from decimal import Decimal

from ingest.english.lexicon import (
    AMOUNTS,
    CURRENCIES,
    MONTHS,
    MULTIPLES,
    NUMBER_WORDS,
    ORDINAL_WORDS,
    SCALE_LETTERS,
    SCALES,
    WEEKDAYS,
)


def _any(words: object) -> str:
    return "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True))  # type: ignore[call-overload]


_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
# A bare "May" is a month only where a preposition or a moment leads to it.
_LONE_MONTH = (
    r"(?:January|February|March|April|June|July|August|September|October|November|December"
    r"|(?:(?<=in )|(?<=of )|(?<=by )|(?<=last )|(?<=since )|(?<=until )|(?<=next )|(?<=this )|(?<=early )"
    r"|(?<=late ))May"
    r")\b"
)
_YEAR = r"(?:1[0-9]{3}|20[0-9]{2})"
_COUNTED = r"\s*(?:%|percent|per cent|people|km\b|kilomet|met(?:er|re)s|mil(?:es|lion)|billion|trillion|dollars|euros|times)"
DATE_PATTERN = (
    r"(?P<date>"
    rf"(?P<iso>\b{_YEAR}-\d\d-\d\d\b)"
    rf"|\b(?P<month_first>{_MONTH})\s*(?P<day_second>\d{{1,2}})(?:st|nd|rd|th)?\b(?![,.:]\d|{_COUNTED})"
    rf"(?:\s*,?\s*(?P<year_third>{_YEAR})\b)?"
    rf"|\b(?P<day_first>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month_second>{_MONTH})"
    rf"(?:\s*,?\s*(?P<year_last>{_YEAR})\b)?"
    rf"|\b(?P<month_year>{_MONTH})\s*,?\s*(?P<year_second>{_YEAR})\b(?!,\d)"
    rf"|\b(?P<month_alone>{_LONE_MONTH})"
    r"|\b(?P<decade>(?:1[0-9]{2}|20[0-9])0)['’]?s\b"
    rf"|(?<![\d$€£¥₹.,:/])\b(?P<year_alone>1[5-9][0-9]{{2}}|20[0-9]{{2}})\b(?![,.:]\d|{_COUNTED})"
    r"|\b(?P<weekday>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)s?\b"
    r")"
)

_UNIT = f"(?:{_any(NUMBER_WORDS)})"
_TENS = _any(w for w, n in NUMBER_WORDS.items() if n >= 20)
_BELOW_HUNDRED = rf"(?:(?:{_TENS})[\s-]{{1,2}}(?:{_any(w for w, n in NUMBER_WORDS.items() if 0 < n < 10)})\b|{_UNIT})"
_HUNDREDS = (
    rf"(?:an?|{_BELOW_HUNDRED})[\s-]{{1,2}}(?:hundred|thousand)(?:[\s-](?:and\s)?{_BELOW_HUNDRED})?"
)
_SPELLED = rf"(?:{_HUNDREDS}|{_BELOW_HUNDRED})"
_SYMBOLS = r"(?:US|NZ|HK|A|C|S)?\$|[€£¥₹₩₽]|(?:USD|EUR|GBP|JPY|CNY|INR|AUD|CAD|CHF|RMB|NZD)\b"
_AFTER = "dollars?|euros?|pounds?|yen|yuan|renminbi|rupees?|roubles?|rubles?|francs?|pesos?|cents?|pence|USD|EUR|GBP"
NUMBER_PATTERN = (
    r"(?P<number>(?i:"
    r"\b(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d))?\s?(?P<half_day>[ap])\.?m\b\.?"
    r"|\b(?P<clock>\d{1,2}:\d\d)\b"
    r"|\b(?P<ordinal>\d{1,3}(?:,\d{3})*)(?:st|nd|rd|th)\b"
    rf"|\b(?P<fold>\d+|{_UNIT})(?:[\s-]?fold\b|\s+times\b|x\b)"
    rf"|\b(?P<multiple>{_any(MULTIPLES)})\b"
    rf"|\b(?P<tens>{_TENS})[\s-]{{1,2}}(?P<ordinal_tail>{_any(ORDINAL_WORDS)})\b"
    rf"|\b(?P<ordinal_word>{_any(ORDINAL_WORDS)})(?!\s+of\s+a\s+second)\b(?!-hand)"
    r"|\b(?P<numerator>an?|one|two|three|four|five|[1-9])[\s-]{1,2}"
    r"(?P<denominator>third|quarter|fifth|sixth|eighth|tenth)s?\b(?=\s+of\b|(?<=s))"
    r"|(?<![\d/.,])\b(?P<upper>[1-9])/(?P<lower>[2-9]|10)\b(?![/\d])"
    rf"|(?:(?P<symbol>(?<![A-Za-z]){_SYMBOLS})\s?)?(?<![\w.])(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    rf"(?:(?P<letter>{_any(SCALE_LETTERS)})\b|\s(?P<spaced_letter>bn|mn|tn|trn)\b"
    rf"|[\s-](?P<scale>{_any(SCALES)}|dozen)\b)?(?:[\s-]?(?:(?P<percent>%|percent\b|per\s?cent\b)|(?P<points>percentage[\s-]points?\b|pp\b)"
    rf"|(?P<after>(?:{_AFTER})\b)))?(?![A-Za-z])"
    rf"|\b(?P<spelled>{_SPELLED}|an?|half\san?)(?:[\s-]{{1,2}}(?P<spelled_scale>million|billion|trillion|dozen))"
    rf"(?:\s(?P<spelled_scale_after>(?:{_AFTER})\b))?\b"
    rf"|\b(?P<spelled_alone>{_SPELLED})(?:[\s-]{{1,2}}(?:(?P<spelled_percent>percent\b|per\s?cent\b)"
    rf"|(?P<spelled_points>percentage[\s-]points?\b)|(?P<spelled_after>(?:{_AFTER})\b)))?\b"
    r"|\b(?P<amount>half|dozen)\b"
    r"))"
)


def read_date(match: re.Match[str]) -> str | None:
    """`year-month-day` with dashes for what is not said, `1990s`, or a weekday's three letters; None if not a date."""
    found = match.groupdict()
    if found["date"] is None:
        return None
    if found["iso"]:
        return found["iso"]
    if found["decade"]:
        return f"{found['decade']}s"
    if found["weekday"]:
        return WEEKDAYS[found["weekday"].lower()]
    month = (
        found["month_first"] or found["month_second"] or found["month_year"] or found["month_alone"]
    )
    year = found["year_third"] or found["year_last"] or found["year_second"] or found["year_alone"]
    day = found["day_second"] or found["day_first"]
    numbered = f"{MONTHS[month.rstrip('.').lower()]:02d}" if month else "--"
    return f"{year or '----'}-{numbered}-{f'{int(day):02d}' if day else '--'}"


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


def read_number(match: re.Match[str]) -> str | None:
    """`12`, `13.4%`, `5pp`, `usd 120000000000`, `#20` (ordinal), `x4` (multiple), `17:00`; None if it is no number."""
    found = match.groupdict()
    if found["number"] is None:
        return None
    return _time(found) or _order(found) or _quantity(found)


def _time(found: dict[str, str | None]) -> str | None:
    if found["clock"]:
        return found["clock"].zfill(5)
    if not found["hour"]:
        return None
    hour = int(found["hour"]) % 12 + (12 if found["half_day"] == "p" else 0)
    return f"{hour:02d}:{found['minute'] or '00'}"


def numbers_match(left: str, right: str) -> bool:
    """Whether two normal forms can be one amount: one leaves the unit unsaid ("10 to 12 %"), or is "4.30" o'clock."""
    if ":" in left or ":" in right:
        return _times_match(left, right)
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


def _times_match(left: str, right: str) -> bool:
    clock, plain = (left, right) if ":" in left else (right, left)
    hour, point, minute = plain.partition(".")
    if not point or not (hour + minute).isdigit():
        return left == right
    return int(clock[:2]) % 12 == int(hour) % 12 and clock[3:] == minute.ljust(2, "0")


def _order(found: dict[str, str | None]) -> str | None:
    """Ordinals and multiples."""
    if found["ordinal"]:
        return "#" + found["ordinal"].replace(",", "")
    if found["ordinal_word"]:
        return f"#{ORDINAL_WORDS[found['ordinal_word'].lower()]}"
    if found["tens"] and found["ordinal_tail"]:
        return (
            f"#{NUMBER_WORDS[found['tens'].lower()] + ORDINAL_WORDS[found['ordinal_tail'].lower()]}"
        )
    if found["multiple"]:
        return f"x{MULTIPLES[found['multiple'].lower()]}"
    if found["fold"]:
        return f"x{NUMBER_WORDS.get(found['fold'].lower(), found['fold'])}"
    return None


_DENOMINATORS = {"third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}


def _quantity(found: dict[str, str | None]) -> str | None:
    if found["digits"]:
        amount = Decimal(found["digits"].replace(",", ""))
        unit = (found["letter"] or found["spaced_letter"] or found["scale"] or "").lower()
        amount *= SCALE_LETTERS.get(unit) or SCALES.get(unit) or (12 if unit == "dozen" else 1)
        return _with_unit(
            amount, found["symbol"] or found["after"], found["percent"], found["points"]
        )
    if found["denominator"]:
        numerator = str(found["numerator"]).lower()
        over = {"a": 1, "an": 1}.get(numerator) or NUMBER_WORDS.get(numerator) or numerator
        return f"{over}/{_DENOMINATORS[found['denominator'].lower()]}"
    if found["upper"]:
        return f"{found['upper']}/{found['lower']}"
    if found["amount"]:
        return AMOUNTS[found["amount"].lower()]
    if found["spelled_scale"]:
        scale = (
            12
            if found["spelled_scale"].lower() == "dozen"
            else SCALES[found["spelled_scale"].lower()]
        )
        return _with_unit(
            _spelled(str(found["spelled"])) * scale, found["spelled_scale_after"], None, None
        )
    if found["spelled_alone"]:
        amount = _spelled(found["spelled_alone"])
        return _with_unit(
            amount, found["spelled_after"], found["spelled_percent"], found["spelled_points"]
        )
    return None


def _spelled(words: str) -> Decimal:
    """ "two hundred and five" is 205; "half a" is 0.5."""
    total = Decimal(0)
    for word in re.split(r"[\s-]+", words.lower()):
        if word == "half":
            return Decimal("0.5")
        if word in ("a", "an"):
            total = Decimal(1)
        elif word in SCALES:
            total *= SCALES[word]
        elif word in NUMBER_WORDS:
            total += NUMBER_WORDS[word]
    return total


def _with_unit(
    amount: Decimal, currency: str | None, percent: str | None, points: str | None
) -> str:
    plain = format(amount, "f")
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    if currency:
        return f"{CURRENCIES[currency.strip().lower()]} {plain}"
    return plain + ("%" if percent else "pp" if points else "")
