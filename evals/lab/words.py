"""Words with which sentences are altered: none of them stands in the lists by which an alteration is found.

They were written by somebody who had not seen those lists; `tests/test_perturbation.py` keeps the two apart.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
_VOWELS = "aeiou"


@cache
def opposites() -> dict[str, str]:
    """Word → its opposite, both ways, in every form that both words of a pair have."""
    found: dict[str, str] = {}
    for left, right, part in _rows("opposites.tsv"):
        for a, b in zip(_forms(left, part), _forms(right, part), strict=True):
            found |= {a: b, b: a}
    return found


@cache
def hedges() -> tuple[str, ...]:
    """Phrases that stand in front of a sentence and take back some of what it says."""
    return tuple(row[0] for row in _rows("hedges.txt"))


@cache
def paraphrases() -> dict[str, str]:
    """Words and phrases of news → others that mean the same."""
    return dict(_rows("paraphrases.tsv"))


@cache
def planted(kind: str) -> tuple[str, ...]:
    """What a stress test puts into articles: a thing, a person, an order with places to fill."""
    return tuple(word for found, word in _rows("planted.tsv") if found == kind)


def _rows(name: str) -> list[list[str]]:
    return [line.split("\t") for line in (DATA / name).read_text("utf-8").splitlines()]


def _forms(word: str, part: str) -> list[str]:
    """The word; a noun in singular and plural; a regular verb in its four forms."""
    sibilant = word.endswith(("s", "x", "z", "ch", "sh"))
    changes_y = word.endswith("y") and word[-2] not in _VOWELS
    plural = f"{word[:-1]}ies" if changes_y else f"{word}es" if sibilant else f"{word}s"
    if part == "noun":
        return [word, plural]
    if part != "verb":
        return [word]
    root = word.removesuffix("e")
    past = f"{word[:-1]}ied" if changes_y else f"{root}ed"
    return [word, plural, past, f"{root}ing"]
