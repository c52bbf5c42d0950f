"""What was so when an article told it and a later one says has ended: "is still missing" until somebody is found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from ingest.english import analyse, word_tables
from ingest.english.words import STOP_WORDS
from ingest.types import SentenceKind
from service.types import Evidence
from service.verification.claim_reading import read

SHARED = 0.6  # of what a state is said of, its names among them, that the later sentence or its title must have

_NOW = (
    r"\b(?:(?:is|are|am|['’]s|remains?|stays?|keeps?|(?:has|have) been|still|continues?(?: to be)?)"
    r"(?: (?:still|now|currently|being|all|reported|feared|listed as|kept|under|on|in|at|the|not|without))*)\s"
)
_STATES = [
    (re.compile(rf"(?i){_NOW}(?:{state})\b"), re.compile(rf"\b(?:{end})\b"))
    for state, end in word_tables.rows("states.tsv")
]
_AT_A_TIME = re.compile(r"(?i)\b(?:then|at the time|had been|\d{4}|yesterday|until)\b")
_TO_COME = re.compile(r"\b(?:will|would|to|until|before|can|could)\s+(?:be )?$")
_NOT_SO = ("negation", "question", "possible", "likely", "intend", "condition")


def ended(statement: str, told: Sequence[Evidence]) -> Evidence | None:
    """The latest sentence that says that what the statement says of now has ended; None where there is none, or a
    sentence as late says that it is so."""
    for state, end in _STATES:
        now = state.search(statement)
        if not now or _AT_A_TIME.search(statement):
            continue
        subject = frozenset(_stems(f"{statement[: now.start()]} {statement[now.end() :]}"))
        dated = []
        for item in told:
            said = set(_stems(item.text))
            known = subject & (said | set(_stems(item.article.title)))
            of_it = not subject.isdisjoint(said) and len(known) >= SHARED * len(subject)
            if item.article.published_on and item.kind is SentenceKind.BODY and of_it:
                dated.append(item)
        held = [_day(item) for item in dated if state.search(item.text)]
        last = max((i for i in dated if _says(i.text, end)), key=_day, default=None)
        if last is not None and held and _day(last) > max(held):
            return last
    return None


def _day(item: Evidence) -> date:
    return item.article.published_on or date.min


def _says(text: str, end: re.Pattern[str]) -> bool:
    """Whether the end is told as a fact: it is not denied, hoped for or asked about before it in its part of the
    sentence."""
    reading = read(text)
    return any(
        not read(reading.lower[reading.segment(match.start())[0] : match.start()]).has_core(
            *_NOT_SO
        )
        and not _TO_COME.search(reading.lower[: match.start()])
        for match in end.finditer(reading.lower)
    )


def _stems(text: str) -> Iterator[str]:
    return (t.stem for t in analyse(text).tokens if t.lower not in STOP_WORDS and not t.stop)
