"""Reads what a model writes: sentences, each with the keys it names, or a question rewritten."""

from __future__ import annotations

import re

from ingest.english import analyse
from ingest.injection.hidden_text import visible
from ingest.injection.recognition import looks_like_orders
from ingest.text.clean import clean
from ingest.text.segmentation import split
from service.drafting.prompts import NO_ANSWER
from service.types import LONGEST_QUESTION, Draft, Question

# characters looked at before a key; what is longer is no sentence with a citation
LONGEST_CLAIM = 2000
LONGEST_KEYS = 160  # characters between two brackets
NEW_STEMS = 4  # content words that nobody said; "the" and "who" are none, "cost" for "much" may be

KEY = re.compile(r"(?i:(?<![0-9a-z])s[0-9a-f]{5}(?![0-9a-z]))")
_OPEN, _CLOSE = r"\[【［〔", r"\]】］〕"
_INSIDE = rf"[^{_OPEN}{_CLOSE}(){{}}\n]{{0,{LONGEST_KEYS}}}?"
# [s1a2b3], [s1a2b3, s9f8e7], [see s1a2b3], 【s1a2b3†source】; between round or curly brackets keys
# and nothing else
_GROUP = (
    rf"(?:[{_OPEN}]{_INSIDE}{KEY.pattern}{_INSIDE}[{_CLOSE}]"
    rf"|[({{]\s?{KEY.pattern}(?:[\s,;/&]{{1,3}}(?:and\s)?{KEY.pattern}){{0,9}}\s?[)}}])"
)
# a run of groups; some put a full stop after each
KEYS = re.compile(rf"{_GROUP}[.!?。,;]*(?:\s*{_GROUP}[.!?。,;]*)*")
_CLOSES = re.compile(rf"[{_CLOSE})}}]")
# What may follow a run that is still growing: nothing, white space, a bracket that is not closed
# yet.
_GROWING = re.compile(rf"\s*(?:[{_OPEN}({{][^{_OPEN}{_CLOSE}(){{}}\n]{{0,{LONGEST_KEYS}}})?")


def take(buffer: str, *, final: bool = False) -> tuple[list[Draft], str]:
    """Finished drafts at the head of what has been written, and the rest: half a key may be in it.

    However a text is cut into pieces, the drafts are the same. `final`: nothing more comes; what
    has no key becomes drafts without keys, which nothing supports.
    """
    drafts: list[Draft] = []
    position = 0
    # most pieces of a sentence close no bracket yet
    for run in KEYS.finditer(buffer) if _CLOSES.search(buffer) else ():
        if not final and _GROWING.fullmatch(buffer, run.end()):
            return drafts, buffer[position:]
        keys = tuple(dict.fromkeys(key.lower() for key in KEY.findall(run[0])))
        drafts.extend(_sentences(buffer[position : run.start()], keys))
        position = run.end()
    rest = buffer[position:]
    if final:
        return [*drafts, *_sentences(rest, ())], ""
    return drafts, rest[-2 * LONGEST_CLAIM :] if len(rest) > 3 * LONGEST_CLAIM else rest


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


def accepted(rewritten: str, question: Question) -> str | None:
    """A follow-up that a model rewrote to stand alone; None where it made something up.

    It is one line of 2 to `LONGEST_QUESTION` characters without brackets, addresses and orders.
    Every number, date and name in it stands in the question or in the conversation, and of other
    words at most `NEW_STEMS` are new.
    """
    text = " ".join(visible(rewritten).split()).strip('"“”')
    if not 2 <= len(text) <= LONGEST_QUESTION or "\n" in rewritten.strip() or NO_ANSWER in text:
        return None
    signs = ("[", "]", "<", ">", "://", "www.", "`")
    if any(sign in text for sign in signs) or looks_like_orders(text):
        return None
    said = " ".join([*(turn.content for turn in question.history), question.text])
    mine, theirs = analyse(text), analyse(said)
    known = (
        {word for fact in theirs.names for word in fact.value.split()}
        | set(said.casefold().split())
        | theirs.content
    )
    values = {fact.value for fact in (*theirs.numbers, *theirs.dates)}
    if any(fact.value not in values for fact in (*mine.numbers, *mine.dates)):
        return None
    if any(word not in known for fact in mine.names for word in fact.value.split()):
        return None
    return text if len(mine.stems - theirs.stems) <= NEW_STEMS else None


_IMAGE = re.compile(r"!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])")
_MADE_UP = re.compile(
    rf"\s?[{_OPEN}][^\s{_OPEN}{_CLOSE}]{{0,20}}\d[^\s{_OPEN}{_CLOSE}]{{0,20}}[{_CLOSE}]"
)
_TAG = re.compile(r"</?[A-Za-z!?][^<>]{0,300}>")
_BULLET = re.compile(r"^\s*(?:[-*+•>#]+\s+)+")
