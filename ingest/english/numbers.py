"""Reads numbers into one normal form: "13.4 per cent" is `13.4%`, "CHF 40m" is `chf 40000000`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from ingest.english import word_tables
from ingest.english.words import Token


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
_CURRENCIES = {
    form: unit
    for dimension, unit, _, forms in word_tables.rows("units.tsv")
    for form in forms.split("; ")
    if dimension == "money"
}


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_CODES = {unit for unit in _CURRENCIES.values() if len(unit) == 3} | {"rs", "rmb"}
_GAP = r"[\s-]{1,2}"
_TENS = _any(word for word, n in CARDINALS.items() if n >= 20)
_UNITS = _any(word for word, n in CARDINALS.items() if 0 < n < 10)
_BELOW_HUNDRED = rf"(?:(?:{_TENS}){_GAP}(?:{_UNITS})\b|(?:{_any(CARDINALS)})\b)"
_SCALED = rf"{_GAP}(?:{_any(SCALES)})\b(?:{_GAP}(?:and\s)?{_BELOW_HUNDRED})?"
_BEFORE = _any(form for form in _CURRENCIES if not form.isalpha() or form in _CODES)
_AFTER = _any(form for form in _CURRENCIES if form.isalpha())
_SYMBOLS = _any(
    form
    for dimension, _, _, forms in word_tables.rows("units.tsv")
    for form in forms.split("; ")
    if dimension != "money" and len(form) < 4
)
_UNIT = (
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
    rf"|\b(?P<numerator>an?|[1-9]|{_UNITS}){_GAP}"
    rf"(?P<denominator>{_any(_PARTS)})s?\b(?=\s+of\b|(?<=s))"
    r"|(?<![\d/.,])\b(?P<upper>[1-9])/(?P<lower>[2-9]|10)\b(?![/\d])"
    r"|(?P<sign>(?<![^\s(])(?:[-−]|minus\s)(?=[\d$€£]))?"
    rf"(?:(?P<before>(?<![A-Za-z])(?:{_BEFORE}))\.?\s?)?"
    r"(?<![\w.])(?P<digits>\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d+)?|\d+(?:\.\d+)?)"
    rf"(?:(?P<letter>{_any(_LETTERS)})\b|\s(?P<spaced_letter>bn|mn|tn|trn)\b"
    rf"|(?P<scale>(?:[\s-](?:{_any(SCALES)})\b){{1,2}}))?{_UNIT.format('')}"
    rf"(?!\d)(?:(?![A-Za-z])|(?=(?:{_SYMBOLS})(?!\w)))"
    rf"|\b(?P<spelled>(?:an?|half\san?){_SCALED}(?:{_SCALED})*|{_BELOW_HUNDRED}(?:{_SCALED})*)"
    rf"{_UNIT.format('spelled_')}"
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
