"""A sentence comes in; whether it gives orders to a machine that reads it goes out, and what hides in it unseen."""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from ingest.injection.exfiltration import LEAKS
from ingest.injection.languages import LATIN, OTHER_SCRIPTS
from ingest.injection.patterns import ENGLISH, Rows
from ingest.injection.role_markers import MARKERS
from ingest.types import Sentence, SentenceKind

# Sentences behind an order that are taken to be a part of it, for an order is seldom alone: those of its own paragraph,
# and of the next where the order is a short line without an end, such as a forged mark.
FOLLOWING = 2
LONGEST_MARK = 30  # characters

Compiled = tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]


@lru_cache(maxsize=8192)
def looks_like_orders(text: str) -> bool:
    """Whether a sentence speaks to a model or program instead of to readers, in any of some thirty languages.

    True for orders to drop or show instructions, to play a role, to answer or cite in a given way or to send things
    away; for role and template markers; and for text that is hidden in tag characters, variation selectors or base64.
    """
    shown = visible(text)
    if _SMUGGLED.search(text) or _LETTERS_APART.search(shown):
        return True
    return (
        _ordering(shown)
        or any(_ordering(unfolded) for unfolded in _unfolded(shown))
        or _encoded(shown)
    )


def marked(text: str, sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """The sentences of a text, orders among them marked as such: each that looks like one, two neighbours that only
    together do, and the next `FOLLOWING`. Offsets and texts stay as they are."""
    found: set[int] = set()
    for index, sentence in enumerate(sentences):
        after = sentences[index + 1] if index + 1 < len(sentences) else None
        if looks_like_orders(sentence.text):
            found |= {index, *_following(text, sentences, index)}
        elif after is not None and _joined(sentence, after):
            found |= {index, index + 1, *_following(text, sentences, index + 1)}
    return tuple(
        replace(s, kind=SentenceKind.ORDERS) if n in found else s for n, s in enumerate(sentences)
    )


def visible(text: str) -> str:
    """Text on one line, without characters that nobody sees: controls, zero-width, direction and tag characters,
    fillers, variation selectors, private use, lone surrogates."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSEEN.sub("", _SPACE.sub(" ", text))


_SPACE = re.compile(r"\s")  # with line breaks and separators of every kind
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800"
    "\u3164\ud800-\udfff\ue000-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U0010ffff]"
)
# Tag characters outside the flag of a region, and runs of variation selectors, carry text that no reader sees.
_SMUGGLED = re.compile(
    "(?<![\U0001f3f4\U000e0020-\U000e007e])[\U000e0000-\U000e007e]|[\ufe00-\ufe0f\U000e0100-\U000e01ef]{3}"
)


def _ordering(text: str) -> bool:
    plain = " ".join(unicodedata.normalize("NFKC", text).translate(_APOSTROPHES).split())
    if _any(_MARKERS, text) or (plain != text and _any(_MARKERS, plain)):
        return True
    lower = plain.lower()
    if _any(_LATIN, lower):
        return True
    return _OTHER_SCRIPT.search(lower) is not None and any(
        shape.search(lower) for shape in _OTHER_SCRIPTS
    )


def _any(rows: Compiled, text: str) -> bool:
    for words, shape in rows:
        for (
            word
        ) in words:  # loops, not any(): three hundred look-ups a sentence, at a tenth of the time
            if word in text:
                if shape.search(text):
                    return True
                break
    return False


def _compiled(rows: Rows) -> Compiled:
    return tuple((tuple(words.split("|")), re.compile(shape)) for words, shape in rows)


_APOSTROPHES = str.maketrans("’‘ʼ＇", "''''")
_LATIN = _compiled((*ENGLISH, *LEAKS, *LATIN))
_MARKERS = _compiled(MARKERS)
_OTHER_SCRIPTS = tuple(map(re.compile, OTHER_SCRIPTS))
_OTHER_SCRIPT = re.compile("[\u0370-\u1dff\u2e80-\ud7ff\uf900-\ufaff]")


def _unfolded(text: str) -> list[str]:
    """What a text says once look-alike letters, d1g1ts and s p a c e d letters are resolved."""
    found = []
    if _FOREIGN.search(text) and any(_mixed(word) for word in _WORD.findall(text)):
        found.append(text.translate(_LOOKALIKES))
    if _SPACED.search(text):
        found.append(_SPACED.sub(lambda run: _GAP.sub("", run.group()), text))
    if _DIGIT_INSIDE.search(text):
        found.append(_DIGIT_WORD.sub(lambda word: word.group().translate(_DIGITS_AS_LETTERS), text))
    return found


def _mixed(word: str) -> bool:
    """Whether Latin letters stand in one word with letters of another script that look like them."""
    return any(map(str.isascii, word)) and any(ord(letter) in _LOOKALIKES for letter in word)


_WORD = re.compile(r"[^\W\d_]{3,}")
_FOREIGN = re.compile("[\u0261\u0391-\u04ff\u0501-\u0578]")
_LOOKALIKES = str.maketrans(
    "аеорсухіјѕԁһӏոսɡαεορυικАЕОРСХІЈЅВНМТКΑΒΕΗΙΚΜΝΟΡΤΥΧ",
    "aeopcyxijsdhlnugaeopuikAEOPCXIJSBHMTKABEHIKMNOPTYX",
)
_DIGIT_INSIDE = re.compile(r"[^\W\d_][0134578@$]+[^\W\d_]{2}")
_DIGIT_WORD = re.compile(r"[\w@$]*[^\W\d_][\w@$]*")
_DIGITS_AS_LETTERS = str.maketrans("0134578@$", "oieastbas")
_SPACED = re.compile(r"(?<!\w)(?:\w[ ._*-]){5,}\w(?!\w)")
_LETTERS_APART = re.compile(
    r"(?<!\w)(?:[^\W\d_][ ._*-]{1,3}){14,}[^\W\d_](?!\w)"
)  # no prose spaces out a phrase
_GAP = re.compile(r"(?<=\w)[ ._*-](?=\w)")


def _encoded(text: str) -> bool:
    """Whether words are hidden in base64; what decodes to a number or a name by chance has no spaces."""
    return any(_decoded(run).count(" ") >= 2 for run in _BASE64.findall(text))


def _decoded(run: str) -> str:
    try:
        said = base64.urlsafe_b64decode(run.translate(_URL_SAFE) + "=" * (-len(run) % 4)).decode(
            "utf-8"
        )
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return said if said.isprintable() else ""


_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{24,}")
_URL_SAFE = str.maketrans("+/", "-_")


def _joined(first: Sentence, second: Sentence) -> bool:
    """Whether two neighbours are an order once the stop between them is gone, and neither is by itself."""
    if len(first.text) + len(second.text) > _LONGEST_PAIR or not _FIRST_HALF.search(
        first.text.lower()
    ):
        return False
    together = f"{first.text.rstrip('.!?…:;, ')} {second.text}"
    return not looks_like_orders(second.text) and looks_like_orders(together)


_LONGEST_PAIR = 400  # characters; an order that is cut in two is short
_FIRST_HALF = re.compile(
    r"ignor|disregard|forget|overrid|previous|prior|you are|from now|answer|reply|respond|print|reveal|cite|tell|send|"
    r"system|prompt|assistant|user:|human:|vergiss|oubli|olvid|dimentic|игнор|забудь|忽略|無視"
)


def _following(text: str, sentences: Sequence[Sentence], index: int) -> list[int]:
    found: list[int] = []
    order = sentences[index].text
    open_end = len(order) <= LONGEST_MARK and order[-1:] not in '.!?…。！？"”’'
    for after in range(index + 1, min(index + 1 + FOLLOWING, len(sentences))):
        if "\n" in text[sentences[after - 1].end : sentences[after].start] and not (
            open_end and after == index + 1
        ):
            break
        found.append(after)
    return found
