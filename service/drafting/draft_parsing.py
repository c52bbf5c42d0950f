"""Cuts what a model writes into sentences, each with the keys it names."""

from __future__ import annotations

import re

from ingest.injection.hidden import visible
from ingest.text.clean import clean
from ingest.text.sentences import split
from service.types import Draft

LONGEST_CLAIM = (
    2000  # characters looked at before a key; what is longer is no sentence with a citation
)
LONGEST_KEYS = 160  # characters between two brackets

KEY = re.compile(r"(?i:(?<![0-9a-z])s[0-9a-f]{5}(?![0-9a-z]))")
_OPEN, _CLOSE = r"\[【［〔", r"\]】］〕"
_INSIDE = rf"[^{_OPEN}{_CLOSE}(){{}}\n]{{0,{LONGEST_KEYS}}}?"
# [s1a2b3], [s1a2b3, s9f8e7], [see s1a2b3], 【s1a2b3†source】; between round or curly brackets keys
# and nothing else
_GROUP = (
    rf"(?:[{_OPEN}]{_INSIDE}{KEY.pattern}{_INSIDE}[{_CLOSE}]"
    rf"|[({{]\s?{KEY.pattern}(?:[\s,;/&]{{1,3}}(?:and\s)?{KEY.pattern}){{0,9}}\s?[)}}])"
)
KEYS = re.compile(
    rf"{_GROUP}[.!?。,;]*(?:\s*{_GROUP}[.!?。,;]*)*"
)  # a run of groups; some put a full stop after each
# What may follow a run that is still growing: nothing, white space, a bracket that is not closed
# yet.
_GROWING = re.compile(rf"\s*(?:[{_OPEN}({{][^{_OPEN}{_CLOSE}(){{}}\n]{{0,{LONGEST_KEYS}}})?")


def take(buffer: str, *, final: bool = False) -> tuple[list[Draft], str]:
    """Finished drafts at the head of what has been written, and the rest, in which half a key may
    still be growing.

    However a text is cut into pieces, the drafts are the same. `final`: nothing more comes; what
    has no key becomes drafts without keys, which nothing supports.
    """
    drafts: list[Draft] = []
    position = 0
    for run in KEYS.finditer(buffer):
        if not final and _GROWING.fullmatch(buffer, run.end()):
            return drafts, buffer[position:]
        drafts.extend(_sentences(buffer[position : run.start()], _keys(run[0])))
        position = run.end()
    rest = buffer[position:]
    if final:
        return [*drafts, *_sentences(rest, ())], ""
    return drafts, rest[-2 * LONGEST_CLAIM :] if len(rest) > 3 * LONGEST_CLAIM else rest


def _keys(run: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key.lower() for key in KEY.findall(run)))


def _sentences(text: str, keys: tuple[str, ...]) -> list[Draft]:
    """A model may put one run of keys behind two sentences: each is checked against them by itself.

    Of a text that is too long the end is read, from the first sentence that begins in it.
    """
    cut = len(text) > LONGEST_CLAIM
    sentences = split(words(text[-LONGEST_CLAIM:]))
    return [Draft(s.text, keys) for s in sentences[cut:] if any(map(str.isalnum, s.text))]


def words(text: str) -> str:
    """What a model wrote, without markup: links become their words; images, tags, bullets and
    made-up numbers in brackets go, and so do characters that nobody sees. Paragraphs stay.
    """
    plain = clean(_MADE_UP.sub("", _IMAGE.sub("", text)))
    lines = (_BULLET.sub("", visible(_TAG.sub("", line))).strip() for line in plain.split("\n"))
    return "\n".join(lines).strip()


_IMAGE = re.compile(r"!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])")
_MADE_UP = re.compile(
    rf"\s?[{_OPEN}][^\s{_OPEN}{_CLOSE}]{{0,20}}\d[^\s{_OPEN}{_CLOSE}]{{0,20}}[{_CLOSE}]"
)
_TAG = re.compile(r"</?[A-Za-z!?][^<>]{0,300}>")
_BULLET = re.compile(r"^\s*(?:[-*+•>#]+\s+)+")
