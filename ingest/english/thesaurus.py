"""Which stems mean nearly the same, and which exclude each other."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from ingest.english import tables
from ingest.english.words import stem

_NONE: frozenset[int] = frozenset()


@lru_cache(maxsize=262144)
def related(left: str, right: str) -> bool:
    """Whether two stems are one, or stand together in the list of synonyms."""
    return left == right or bool(_SYNONYMS.get(left, _NONE) & _SYNONYMS.get(right, _NONE))


def related_words(words: Iterable[str], others: Iterable[str]) -> dict[str, frozenset[str]]:
    """For each stem of `words` those of `others` that are related to it; one call for two texts."""
    wanted = frozenset(others)
    return {word: wanted & (_synonyms(word) | {word}) for word in set(words)}


@lru_cache(maxsize=65536)
def opposite(left: str, right: str) -> bool:
    """Whether two stems exclude each other: listed opposites, "legal" and "illegal"."""
    if left == right:
        return False
    if _OPPOSITES.get(left, _NONE) & _OPPOSITES.get(right, _NONE):
        return True
    short, long = sorted((left, right), key=len)
    if len(short) >= 3 and long.endswith(short) and long not in _NOT_NEGATED:
        prefix = long[: -len(short)]
        return prefix in ("un", "dis", "non") or (
            len(short) >= 4 and prefix in ("in", "im", "il", "ir", "mis")
        )
    return long in (f"{short}less", f"{short}les")


def _groups(name: str) -> dict[str, frozenset[int]]:
    """Stem → the numbers of the groups it stands in: lines, or the pairs across a "/"; "|" parts phrases."""
    found: dict[str, set[int]] = {}
    groups: list[str] = []
    for (line,) in tables.rows(name):
        left, _, right = line.partition(" / ")
        pairs = [f"{a} {b}" for a in left.split() for b in right.split()]
        groups += pairs or [line]
    for number, line in enumerate(groups):
        for member in line.split("|") if "|" in line else line.split():
            found.setdefault(member if " " in member else stem(member), set()).add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}


_OPPOSITES = _groups("opposites.txt")
_SYNONYMS = _groups("synonyms.txt")
_MEMBERS: dict[int, frozenset[str]] = {
    number: frozenset(word for word, groups in _SYNONYMS.items() if number in groups)
    for number in set().union(*_SYNONYMS.values())
}
# looks like a negating prefix and is none
_NOT_NEGATED = frozenset(
    stem(word)
    for word in (
        "import improve impress inform increase income invest indeed inside intent discount discover display"
    ).split()
)


@lru_cache(maxsize=16384)
def _synonyms(word: str) -> frozenset[str]:
    return frozenset[str]().union(*(_MEMBERS[number] for number in _SYNONYMS.get(word, _NONE)))
