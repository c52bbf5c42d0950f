"""Makes false claims out of a true one and its passage, each by a named operation, always the same."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from itertools import combinations

from evals.lab.words import hedges, opposites

_MONTHS = (
    "January February March April June July August September October November December".split()
)
_MONTH = re.compile(rf"\b(?:{'|'.join(_MONTHS)})\b")  # "May" is also a verb
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_FIGURE = re.compile(r"(?<![\d.,:-])\d+(?:,\d{3})*(?:\.\d+)?(?![\d:-]|[.,]\d)")
_NUMBER_WORDS = "two three four five six seven eight nine ten eleven twelve".split()
_NUMBER_WORD = re.compile(rf"\b(?:{'|'.join(_NUMBER_WORDS)})\b")
_NAME = re.compile(
    r"(?<![.!?“]\s)(?<!^)\b[A-Z][a-zà-ÿ]+(?:['’-]?[A-Z]?[a-zà-ÿ]+)*"
    r"(?:\s+[A-Z][a-zà-ÿ]+(?:-[A-Z][a-zà-ÿ]+)*)*\b"
)
_AUXILIARY = re.compile(
    r"\b(?:is|are|was|were|can|could|will|would|should|must|may|might|has|have|had)\b"
    r"(?! not\b|n't)"
)
_NEGATED = re.compile(
    r"\b(is|are|was|were|can|could|will|would|should|did|does|do|has|have|had) not\b|\b(never) ",
    re.IGNORECASE,
)
_FOREIGN = (
    "Harold Pemberton", "Lucia Fontana", "Zagreb", "Ingrid Solberg", "Montevideo", "Okafor",
    "Tobias Krantz", "Wellington Marsh", "Bratislava", "Yusuf Demir", "Paraguay", "Helena Voss",
    "Nairobi", "Calloway", "Estonia", "Priya Raman",
)  # fmt: skip

Spans = Sequence[re.Match[str]]


def perturb(claim: str, passage: str) -> dict[str, str]:
    """Every operation that fits the claim, with the false claim that it makes."""
    chance = random.Random(claim)
    operations: dict[str, Callable[[str, str, random.Random], str | None]] = {
        "number": _number,
        "date": _date,
        "foreign_name": _foreign_name,
        "passage_name": _passage_name,
        "role_swap": _role_swap,
        "negation": _negation,
        "antonym": _antonym,
    }
    made = {name: make(claim, passage, chance) for name, make in operations.items()}
    return {name: false for name, false in made.items() if false is not None and false != claim}


def hedged(sentence: str) -> str:
    """The sentence behind words that take some of it back: whoever cites it must not leave them out."""
    hedge = random.Random(sentence).choice(hedges())
    first = sentence.split(maxsplit=1)[0]
    small = first.lower() in ("a", "an", "the", "it", "its", "he", "she", "they", "this", "in")
    rest = sentence[0].lower() + sentence[1:] if small else sentence
    comma = "" if hedge.endswith((" that", " suggest")) else ","
    return f"{hedge[0].upper()}{hedge[1:]}{comma} {rest}"


def _number(claim: str, passage: str, chance: random.Random) -> str | None:
    figures = [m for m in _FIGURE.finditer(claim) if not _YEAR.fullmatch(m[0])]
    found = [*figures, *_NUMBER_WORD.finditer(claim)]
    if not found:
        return None
    old = chance.choice(found)
    if old[0].isalpha():
        fresh = [word for word in _NUMBER_WORDS if not re.search(rf"\b{word}\b", passage)]
        return _swap(claim, old, chance.choice(fresh)) if fresh else None
    value = float(old[0].replace(",", ""))
    places = len(old[0].partition(".")[2])
    for _ in range(20):
        new = (
            value + chance.choice((-3, -2, -1, 1, 2, 3, 5, 10))
            if value < 50
            else value * chance.choice((0.5, 0.8, 1.1, 1.3, 2))
        )
        text = f"{new:,.{places}f}" if "," in old[0] else f"{new:.{places}f}"
        if new > 0 and not re.search(rf"(?<!\d){re.escape(text)}(?!\d)", passage):
            return _swap(claim, old, text)
    return None


def _date(claim: str, passage: str, chance: random.Random) -> str | None:
    found = [*_YEAR.finditer(claim), *_MONTH.finditer(claim)]
    if not found:
        return None
    old = chance.choice(found)
    years = [str(int(old[0]) + by) for by in (-10, -2, -1, 1, 2, 10)] if old[0].isdigit() else []
    fresh = [date for date in years or _MONTHS if date not in passage]
    return _swap(claim, old, chance.choice(fresh)) if fresh else None


def _foreign_name(claim: str, passage: str, chance: random.Random) -> str | None:
    names = list(_NAME.finditer(claim))
    fresh = [name for name in _FOREIGN if name not in passage]
    return _swap(claim, chance.choice(names), chance.choice(fresh)) if names and fresh else None


def _passage_name(claim: str, passage: str, chance: random.Random) -> str | None:
    """A name gives way to another of the same passage that the claim does not have."""
    others = {m[0] for m in _names(passage) if not set(m[0].split()) & set(claim.split())}
    pairs = [
        (old, new)
        for old in _names(claim)
        for new in sorted(others)
        if len(old[0].split()) == len(new.split())
    ]
    return _swap(claim, *chance.choice(pairs)) if pairs else None


def _role_swap(claim: str, passage: str, chance: random.Random) -> str | None:
    """Two names with more than "and" between them change places."""
    pairs = [
        (a, b)
        for a, b in combinations(_names(claim), 2)
        if not set(a[0].split()) & set(b[0].split())
        and not re.fullmatch(r",?\s*(?:and|or|,)?\s*", claim[a.end() : b.start()])
    ]
    if not pairs:
        return None
    a, b = chance.choice(pairs)
    return claim[: a.start()] + b[0] + claim[a.end() : b.start()] + a[0] + claim[b.end() :]


def _negation(claim: str, passage: str, chance: random.Random) -> str | None:
    negated = _NEGATED.search(claim)
    if negated:
        return _swap(claim, negated, negated[1] or "")
    verbs = list(_AUXILIARY.finditer(claim))
    if not verbs:
        return None
    verb = chance.choice(verbs)
    return _swap(claim, verb, f"{verb[0]} {chance.choice(('not', 'not', 'never'))}")


def _antonym(claim: str, passage: str, chance: random.Random) -> str | None:
    found = [m for m in re.finditer(r"\b[a-z]+\b", claim) if m[0] in opposites()]
    if not found:
        return None
    old = chance.choice(found)
    return _swap(claim, old, opposites()[old[0]])


def _names(text: str) -> Spans:
    return [m for m in _NAME.finditer(text) if m[0] not in _MONTHS]


def _swap(claim: str, old: re.Match[str], new: str) -> str:
    return claim[: old.start()] + new + claim[old.end() :]
