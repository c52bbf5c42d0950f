"""What readers do not see of a text, and what a text says to those who see through its disguise."""

from __future__ import annotations

import base64
import html
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote


def visible(text: str) -> str:
    """Text on one line without characters that nobody sees: controls, zero-width, direction and tag characters,
    fillers, variation selectors, private use, lone surrogates."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSEEN.sub("", _SPACE.sub(" ", text))


_SPACE = re.compile(r"\s")  # with line breaks and separators of every kind
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u2800\u3164\ud800-\udfff\ue000-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U0010ffff]"
)


def smuggles(text: str) -> bool:
    """Whether a text carries words in characters that nobody sees, or in a code that nobody reads.

    Tag characters outside the flag of a region, runs of variation selectors, spaced-out phrases, and base64, percent
    signs or character references that decode to at least three words.
    """
    if _LETTERS_APART.search(text) or (not text.isascii() and _SMUGGLED.search(text)):
        return True
    said = [unquote(run) for run in _PERCENT.findall(text)]
    said += [html.unescape(run) for run in _REFERENCES.findall(text)]
    said += [
        base64.b64decode(run).decode("utf-8", "replace")
        for word in text.split()
        if len(word) >= _LONG
        for run in _BASE64.findall(word.translate(_URL_SAFE))
    ]
    return any(words.isprintable() and words.count(" ") >= 2 for words in said)


_LONG = 24  # characters of base64, in which three words stand
_SMUGGLED = re.compile(
    "(?<![\U0001f3f4\U000e0020-\U000e007e])[\U000e0000-\U000e007e]|[\ufe00-\ufe0f\U000e0100-\U000e01ef]{3}"
)
_LETTERS_APART = re.compile(
    r"(?<!\w)(?:[^\W\d_][\s._*\u200b-]{1,3}){14,}[^\W\d_](?!\w)"
)  # no prose spaces out a phrase
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2}){8,}")
_REFERENCES = re.compile(r"(?:&#x?[0-9A-Fa-f]{1,6};){8,}")
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4}){6,}")
_URL_SAFE = str.maketrans("-_", "+/")


def readings(text: str) -> Iterator[str]:
    """A text in small letters as it stands and, where it may be disguised, with look-alike letters, d1g1ts, ROT13 or
    its direction undone."""
    lines = (unicodedata.normalize("NFKC", visible(line)) for line in text.splitlines())
    plain = "\n".join(" ".join(line.translate(_APOSTROPHES).split()).lower() for line in lines)
    yield plain
    if not plain.isascii() and _MIXED.search(plain):
        yield plain.translate(_LOOKALIKES)
    if _DIGIT_INSIDE.search(plain):
        yield plain.translate(_DIGITS_AS_LETTERS)
    if _TURNED.search(plain):
        yield plain.translate(_ROTATED)
        yield plain[::-1]


_APOSTROPHES = str.maketrans("’‘ʼ＇", "''''")
_LOOKALIKES = str.maketrans("аеорсухіјѕԁһӏոսɡαεορυικвнмт", "aeopcyxijsdhlnugaeopuikbhmt")
_MIXED = re.compile(
    r"[a-z][\u0261\u0391-\u04ff\u0501-\u0578]|[\u0261\u0391-\u04ff\u0501-\u0578][a-z]"
)
_DIGITS_AS_LETTERS = str.maketrans("0134578@$", "oieastbas")
_DIGIT_INSIDE = re.compile(r"[^\W\d_][0134578@$]+[^\W\d_]")
_ROTATED = str.maketrans("abcdefghijklmnopqrstuvwxyz", "nopqrstuvwxyzabcdefghijklm")
_TURNED = re.compile(r"(?:gur|naq|gung|vtaber|eht|dna|taht|erongi)\b")  # the, and, that, ignore
