"""Parts a text into words, gives each its stem, and says which stems mean nearly the same or exclude each other."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import Stemmer

from ingest.english import word_tables

STOP_WORDS = word_tables.words("stop_words.txt")
# alternatives for patterns
QUESTION_WORDS = "who|whom|whose|when|where|why|how|which|what"
BE = "is|are|was|were"
AUXILIARIES = f"{BE}|do|does|did|has|have|had|can|could|will|would|should"

_WORD = re.compile(
    r"(?:(?P<america>\bUSA?\b|\bU\.S\.(?:A\.)?(?!\w)|\b(?:United States|united states)(?: of America)?\b)"
    r"|(?P<acronym>\b(?:[A-Za-z]\.){2,}(?!\w))"
    r"|[^\W_]+(?:[.,](?=\d)[^\W_]+)*)(?:['’][^\W_]+)*"
)
_POSSESSIVE = re.compile(r"['’](?:s|S)?$")


@dataclass(frozen=True, slots=True)
class Token:
    """One word; `text[token.start:token.end] == token.text`.

    `lower` is its normal form ("U.S." and "United States" are `usa`, a possessive ending is
    dropped).
    """

    text: str
    lower: str
    stem: str
    start: int
    end: int
    stop: bool  # too common to carry meaning


def tokens(text: str) -> Iterator[Token]:
    """Every word in order, punctuation left out; hyphens part words."""
    before = ""
    for match in _WORD.finditer(text):
        written = match[0]
        word = _POSSESSIVE.sub("", written).lower()
        if match["acronym"]:
            word = word.replace(".", "")
        if match["america"] or (before == "the" and word in ("us", "usa")):
            word = "usa"
        yield Token(written, word, stem(word), match.start(), match.end(), word in STOP_WORDS)
        before = word


def words(text: str) -> tuple[str, ...]:
    """The normal forms of the words of a text, in order.

    >>> words("Japan's fifth-largest U.S. partner paid $1,200.50")
    ('japan', 'fifth', 'largest', 'usa', 'partner', 'paid', '1,200.50')
    """
    return tuple(token.lower for token in tokens(text))


def stems(text: str) -> frozenset[str]:
    """The stems of the words that are not stop words."""
    return frozenset(token.stem for token in tokens(text) if not token.stop)


def fold(word: str) -> str:
    """Small letters without accents."""
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", word.lower())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """What inflections, near derivations and both spellings of a word share, by Snowball's stemmer.

    "organised" and "organization" are `organiz`; "authority" stays apart from "author". Not
    always a word.
    """
    word = fold(word)
    word = _SPELLINGS.get(word, word)
    if word in _KEPT:
        return _KEPT[word]
    word = INFLECTIONS.get(word, word)
    # American spelling: -ise and -isation with a z, -our as -or, -tre as -ter
    word = re.sub(r"(?<=\w{3})is(?=(?:e[ds]?|ers?|ing|ations?)$)", "iz", word)
    word = re.sub(r"([tb])re(s?)$", r"\1er\2", word[:2] + word[2:].replace("our", "or"))
    stemmed: str = _snowball.stemWord(word)
    return stemmed.replace("ll", "l")


def irregular(word: str) -> bool:
    """Whether a small-letter word is a listed irregular form: "sold", "women"."""
    return word in INFLECTIONS


def _forms(kind: str) -> dict[str, str]:
    """Each form of one kind with the word that it is a form of."""
    rows = (row for row in word_tables.rows("spellings.tsv") if row[0] == kind)
    return {form: row[1] for row in rows for form in row[2].split()}


_SPELLINGS = _forms("spelling")
INFLECTIONS = _forms("inflection")
_KEPT = _forms("keep")
NAME_SPELLINGS = _forms("name")
_snowball = Stemmer.Stemmer(
    "english", 0
)  # holds the interpreter's lock while it stems: threads may share it


_NONE: frozenset[int] = frozenset()


@lru_cache(maxsize=16384)
def synonyms(word: str) -> frozenset[str]:
    """The stems that stand for a stem: itself, and those beside it in the list of synonyms."""
    return frozenset((word,)).union(*(_MEMBERS[number] for number in _SYNONYMS.get(word, _NONE)))


def stands_for(left: str, right: str) -> bool:
    """Whether one stem may stand in the place of another: the same, or a synonym that does not exclude it."""
    return right in synonyms(left) and not opposite(left, right)


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
    for (line,) in word_tables.rows(name):
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
_NOT_NEGATED = frozenset(map(stem, word_tables.lists("function_words.tsv")["no negating prefix"]))
