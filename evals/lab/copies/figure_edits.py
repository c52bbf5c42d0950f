"""A sentence comes in; the same with another number, date or listed word goes out, as a change."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from evals.lab.copies.vocabulary import MONTHS


@dataclass(frozen=True, slots=True)
class Change:
    """`sentence[start:end]` gives way to `new`; the new words stand at `[start, start + len(new))`."""

    start: int
    end: int
    new: str


Make = Callable[
    [str, random.Random, Sequence[str]], "Change | None"
]  # a sentence, chance, names of its article


_FIGURE = re.compile(r"(?<![\w.,:/-])[$£€]?(\d+(?:,\d{3})*(?:\.\d+)?)(?![\w:/-]|[.,]\d)")
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b(?!s)")
_MONTH = re.compile(rf"\b(?:{'|'.join(MONTHS)}|May)\b")


def _figures(sentence: str) -> list[tuple[int, int]]:
    """Numbers in digits that are neither years nor days of a month."""
    found = [m.span(1) for m in _FIGURE.finditer(sentence) if not _YEAR.fullmatch(m[1])]
    return [
        (a, b)
        for a, b in found
        if not _MONTH.search(sentence, max(0, a - 12), min(len(sentence), b + 14))
    ]


def _figure(
    sentence: str, chance: random.Random, turn: Callable[[str], str | None]
) -> Change | None:
    for start, end in chance.sample(found := _figures(sentence), len(found)):
        new = turn(sentence[start:end])
        if new is not None and new != sentence[start:end]:
            return Change(start, end, new)
    return None


def _written(value: float, like: str) -> str:
    places = len(like.partition(".")[2])
    return f"{value:,.{places}f}" if "," in like or value < 1000 else f"{value:.{places}f}"


def digits_swapped(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
    """46 becomes 64."""

    def turn(figure: str) -> str | None:
        places = [
            n
            for n in range(len(figure) - 1)
            if figure[n : n + 2].isdigit() and figure[n] != figure[n + 1]
        ]
        places = [n for n in places if n or figure[1] != "0"]
        if not places:
            return None
        n = chance.choice(places)
        return figure[:n] + figure[n + 1] + figure[n] + figure[n + 2 :]

    return _figure(sentence, chance, turn)


def tenfold(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
    return _figure(
        sentence, chance, lambda figure: _written(float(figure.replace(",", "")) * 10, figure)
    )


def nudged(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
    """One to three more or less, of large figures up to a third."""

    def turn(figure: str) -> str | None:
        value = float(figure.replace(",", ""))
        step, factor = chance.choice((-3, -2, -1, 1, 2, 3)), chance.choice((0.7, 0.9, 1.1, 1.3))
        new = value + step if value < 60 else value * factor
        return _written(new, figure) if new > 0 else None

    return _figure(sentence, chance, turn)


def digit_dropped(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
    """4,600 becomes 460."""

    def turn(figure: str) -> str | None:
        value = float(figure.replace(",", ""))
        return _written(value // 10, figure) if value >= 10 else None

    return _figure(sentence, chance, turn)


def from_list(words: Sequence[str]) -> Make:
    """A word of the list gives way to another of it."""
    pattern = re.compile(
        rf"(?<![\w-])(?:{'|'.join(sorted(words, key=len, reverse=True))})(?![\w-])"
    )

    def make(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
        found = list(pattern.finditer(sentence))
        if not found:
            return None
        old = chance.choice(found)
        return Change(*old.span(), chance.choice([w for w in words if w not in sentence]))

    return make


def instead(table: Mapping[str, str], at: str = "") -> Make:
    """A phrase of the table gives way to its entry; `at` is a pattern that has to follow."""
    keys = "|".join(re.escape(key) for key in sorted(table, key=len, reverse=True))
    pattern = re.compile(rf"(?<![\w-])(?:{keys})(?![\w-]){at}")

    def make(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
        found = list(pattern.finditer(sentence))
        if not found:
            return None
        old = chance.choice(found)
        return Change(*old.span(), table[old[0]])

    return make


def shifted_year(by: Sequence[int]) -> Make:
    def make(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
        found = list(_YEAR.finditer(sentence))
        if not found:
            return None
        old = chance.choice(found)
        years = [str(int(old[0]) + n) for n in by if str(int(old[0]) + n) not in sentence]
        return Change(*old.span(), chance.choice(years)) if years else None

    return make


def day_of_month(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
    found = [*_DAY_BEFORE.finditer(sentence), *_DAY_AFTER.finditer(sentence)]
    if not found:
        return None
    old = chance.choice(found)
    return Change(
        *old.span("day"), chance.choice([str(n) for n in range(1, 29) if str(n) != old["day"]])
    )


_DAY_BEFORE = re.compile(rf"\b(?P<day>\d{{1,2}}) (?:{'|'.join(MONTHS)})\b")
_DAY_AFTER = re.compile(rf"\b(?:{'|'.join(MONTHS)}) (?P<day>\d{{1,2}})\b(?!,\d|[\d%])")


def decade(sentence: str, chance: random.Random, _: Sequence[str]) -> Change | None:
    found = list(re.finditer(r"\b(1[5-9]|20)(\d)0(?=s\b)", sentence))
    if not found:
        return None
    old = chance.choice(found)
    others = [f"{old[1]}{n}0" for n in range(10) if str(n) != old[2]]
    return Change(*old.span(), chance.choice(others))
