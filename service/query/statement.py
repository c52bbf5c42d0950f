"""Turns a question to be answered with yes or no into the statement that it asks about."""

from __future__ import annotations

import re

from ingest.english import Token, analyse
from ingest.english.words import AUXILIARIES
from service.query.question_analysis import Query

_ASKED = re.compile(
    rf"(?i)^\W*(?:(?:and|but|so|then|now|please)\W+)*(?P<led>{AUXILIARIES}|may|might|must) (?P<rest>.+?)[\s?!.]*$"
)
_IS_IT_TRUE = re.compile(
    r"(?i)^it (?:true|right|correct|the case|a fact)(?: to say)?,? (?:that )?(?=\w)"
)
# "did anybody ever see it" asks whether somebody saw it
_SOME = {"anyone": "someone", "anybody": "somebody", "anything": "something"}
_ASKING = re.compile(r"(?i)\b(?:ever|any|really|actually|in fact) ")
_BETWEEN = frozenset("be been being also still already now once soon even just always".split())


def statement(query: Query) -> str | None:
    """ "Did the council approve the plan in May?" as "the council did approve the plan in May"; None
    where a question leaves a choice, denies something, or is none of yes or no."""
    asked = _ASKED.match(query.text)
    if query.kind != "yes_no" or query.alternatives or query.parts or not asked:
        return None
    rest = _ASKING.sub("", asked["rest"])
    if found := _IS_IT_TRUE.match(rest):
        return rest[found.end() :]
    rest = re.sub(r"(?i)\bany(?:one|body|thing)\b", lambda one: _SOME[one[0].lower()], rest)
    tokens = analyse(rest).tokens
    if not tokens:
        return None
    place = next((n for n in range(1, len(tokens)) if _leads(rest, tokens, n, asked["led"])), 0)
    place = place or _behind_subject(rest, tokens)
    if not 0 < place <= len(tokens) or analyse(rest).negations:
        return None
    at = tokens[place].start if place < len(tokens) else len(rest)
    return f"{rest[:at].rstrip()} {asked['led'].lower()} {rest[at:]}".strip()


def _leads(rest: str, tokens: tuple[Token, ...], place: int, led: str) -> bool:
    """Whether the auxiliary in this place leads the word behind it, which is then a verb."""
    at = tokens[place].start
    said = analyse(f"{rest[:at]}{led} {rest[at:]}").statements
    behind = place + 1
    while behind < len(tokens) and tokens[behind - 1].lower in _BETWEEN:
        behind += 1
    return any(one.verb == behind and one.subject for one in said)


def _behind_subject(rest: str, tokens: tuple[Token, ...]) -> int:
    """The number of words of the noun phrase that a text opens with: "Ingrid Vasse", "the museum"."""
    names = [name for name in analyse(rest).names if name.start <= tokens[0].end + 4]
    if tokens[0].lower in ("there", "it", "he", "she", "they", "this", "that"):
        return 1
    if names:
        return sum(token.end <= names[0].end + 2 for token in tokens)
    return next((n for n, token in enumerate(tokens) if not token.stop), 0) + 1
