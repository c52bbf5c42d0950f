"""A true claim and its passage come in; false ones, each by a named operation, go out. Seeded by the claim itself."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

OPERATIONS = ("number", "date", "foreign_name", "passage_name", "role_swap", "negation", "antonym")

_MONTHS = (
    "January February March April May June July August September October November December".split()
)
_MONTH = re.compile(rf"\b(?:{'|'.join(_MONTHS)})\b")
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_FIGURE = re.compile(r"(?<![\d.,:-])\d+(?:,\d{3})*(?:\.\d+)?(?![\d:-]|[.,]\d)")
_NUMBER_WORDS = "two three four five six seven eight nine ten eleven twelve".split()
_NUMBER_WORD = re.compile(rf"\b(?:{'|'.join(_NUMBER_WORDS)})\b")
_NAME = re.compile(
    r"(?<![.!?“]\s)(?<!^)\b[A-Z][a-zà-ÿ]+(?:['’-]?[A-Z]?[a-zà-ÿ]+)*(?:\s+[A-Z][a-zà-ÿ]+(?:-[A-Z][a-zà-ÿ]+)*)*\b"
)
_AUXILIARY = re.compile(
    r"\b(?:is|are|was|were|can|could|will|would|should|must|may|might|has|have|had)\b(?! not\b|n't)"
)
_NEGATED = re.compile(
    r"\b(is|are|was|were|can|could|will|would|should|did|does|do|has|have|had) not\b|\b(never) ",
    re.I,
)
_FOREIGN = (
    "Harold Pemberton", "Lucia Fontana", "Zagreb", "Ingrid Solberg", "Montevideo", "Tobias Krantz", "Okafor",
    "Wellington Marsh", "Bratislava", "Yusuf Demir", "Paraguay", "Helena Voss", "Nairobi", "Calloway", "Estonia",
    "Priya Raman",
)  # fmt: skip
_OPPOSITES = (
    "first last", "before after", "above below", "more less", "most least", "increase decrease",
    "increased decreased", "increases decreases", "larger smaller", "largest smallest", "large small", "high low",
    "higher lower", "highest lowest", "early late", "earlier later", "north south", "northern southern",
    "east west", "eastern western", "northwest southeast", "northeast southwest", "old new", "oldest newest",
    "older younger", "long short", "longer shorter", "longest shortest", "best worst", "better worse", "good bad",
    "positive negative", "public private", "male female", "men women", "man woman", "his her", "father mother",
    "son daughter", "brother sister", "husband wife", "king queen", "won lost", "win lose", "begins ends",
    "began ended", "beginning end", "opened closed", "open closed", "left right", "inside outside", "upper lower",
    "top bottom", "front back", "internal external", "domestic foreign", "legal illegal", "possible impossible",
    "allowed forbade", "accepted rejected", "supported opposed", "support oppose", "created destroyed",
    "built demolished", "born died", "rise fall", "rose fell", "strong weak", "hot cold", "warm cool", "day night",
    "same different", "major minor", "many few", "all none", "always never", "often rarely", "usually rarely",
    "common rare", "natural artificial", "modern ancient", "rich poor", "wide narrow", "deep shallow", "fast slow",
    "thick thin", "heavy light", "hard soft", "white black", "alive dead", "true false", "full empty",
    "maximum minimum", "major minor", "direct indirect", "formal informal", "temporary permanent",
    "similar different", "successful unsuccessful", "popular unpopular", "included excluded", "includes excludes",
    "gained lost", "arrived departed", "attack defense", "victory defeat", "success failure", "majority minority",
    "buy sell", "bought sold", "export import", "young old", "near far", "up down",
)  # fmt: skip
_ANTONYM = {a: b for pair in _OPPOSITES for a, b in (pair.split(), pair.split()[::-1])}


def perturb(claim: str, passage: str) -> dict[str, str]:
    """Every operation that fits the claim, with the false claim it makes."""
    chance = random.Random(claim)
    makers: dict[str, Callable[[], str | None]] = {
        "number": lambda: _number(claim, passage, chance),
        "date": lambda: _date(claim, passage, chance),
        "foreign_name": lambda: _foreign_name(claim, passage, chance),
        "passage_name": lambda: _passage_name(claim, passage, chance),
        "role_swap": lambda: _role_swap(claim, chance),
        "negation": lambda: _negation(claim, chance),
        "antonym": lambda: _antonym(claim, chance),
    }
    made = {name: make() for name, make in makers.items()}
    return {name: false for name, false in made.items() if false is not None and false != claim}


def _number(claim: str, passage: str, chance: random.Random) -> str | None:
    figures = [m for m in _FIGURE.finditer(claim) if not _YEAR.fullmatch(m[0])] + list(
        _NUMBER_WORD.finditer(claim)
    )
    if not figures:
        return None
    old = chance.choice(figures)
    if old[0].isalpha():
        fresh = [word for word in _NUMBER_WORDS if not re.search(rf"\b{word}\b", passage)]
        return _swap(claim, old, chance.choice(fresh)) if fresh else None
    value = float(old[0].replace(",", ""))
    for _ in range(20):
        new = (
            value + chance.choice((-3, -2, -1, 1, 2, 3, 5, 10))
            if value < 50
            else value * chance.choice((0.5, 0.8, 1.1, 1.3, 2))
        )
        text = (
            f"{new:,.{len(old[0].partition('.')[2])}f}"
            if "," in old[0]
            else f"{new:.{len(old[0].partition('.')[2])}f}"
        )
        if new > 0 and not re.search(rf"(?<!\d){re.escape(text)}(?!\d)", passage):
            return _swap(claim, old, text)
    return None


def _date(claim: str, passage: str, chance: random.Random) -> str | None:
    dates = [*_YEAR.finditer(claim), *(m for m in _MONTH.finditer(claim) if m[0] != "May")]
    if not dates:
        return None
    old = chance.choice(dates)
    choices = (
        [str(int(old[0]) + by) for by in (-10, -2, -1, 1, 2, 10)] if old[0].isdigit() else _MONTHS
    )
    fresh = [date for date in choices if date not in passage and date != "May"]
    return _swap(claim, old, chance.choice(fresh)) if fresh else None


def _foreign_name(claim: str, passage: str, chance: random.Random) -> str | None:
    names = list(_NAME.finditer(claim))
    fresh = [name for name in _FOREIGN if name not in passage]
    return _swap(claim, chance.choice(names), chance.choice(fresh)) if names and fresh else None


def _passage_name(claim: str, passage: str, chance: random.Random) -> str | None:
    """A name of the claim gives way to another of the same passage that the claim does not have."""
    names = [m for m in _NAME.finditer(claim) if m[0] not in _MONTHS]
    others = {
        m[0]
        for m in _NAME.finditer(passage)
        if m[0] not in _MONTHS and not set(m[0].split()) & set(claim.split())
    }
    pairs = [
        (m, other)
        for m in names
        for other in sorted(others)
        if len(m[0].split()) == len(other.split())
    ]
    if not pairs:
        return None
    old, new = chance.choice(pairs)
    return _swap(claim, old, new)


def _role_swap(claim: str, chance: random.Random) -> str | None:
    names = [m for m in _NAME.finditer(claim) if m[0] not in _MONTHS]
    pairs = [
        (a, b)
        for i, a in enumerate(names)
        for b in names[i + 1 :]
        if not set(a[0].split()) & set(b[0].split())
        and not re.fullmatch(r",?\s*(?:and|or|,)?\s*", claim[a.end() : b.start()])
    ]
    if not pairs:
        return None
    a, b = chance.choice(pairs)
    return claim[: a.start()] + b[0] + claim[a.end() : b.start()] + a[0] + claim[b.end() :]


def _negation(claim: str, chance: random.Random) -> str | None:
    negated = _NEGATED.search(claim)
    if negated:
        return _swap(claim, negated, negated[1] or "")
    verbs = list(_AUXILIARY.finditer(claim))
    if not verbs:
        return None
    verb = chance.choice(verbs)
    return _swap(claim, verb, f"{verb[0]} {chance.choice(('not', 'not', 'never'))}")


def _antonym(claim: str, chance: random.Random) -> str | None:
    found = [m for m in re.finditer(r"\b[a-z]+\b", claim) if m[0] in _ANTONYM]
    if not found:
        return None
    old = chance.choice(found)
    return _swap(claim, old, _ANTONYM[old[0]])


def _swap(claim: str, old: re.Match[str], new: str) -> str:
    return claim[: old.start()] + new + claim[old.end() :]
