"""Accepts a follow-up that a model rewrote, if nothing in it was made up."""

from __future__ import annotations

from ingest.english import analyse
from ingest.injection.hidden import visible
from ingest.injection.recognition import looks_like_orders
from service.drafting.prompts import NO_ANSWER
from service.types import LONGEST_QUESTION, Question

NEW_STEMS = 4  # content words that nobody said; "the" and "who" are none, "cost" for "much" may be


def accepted(rewritten: str, question: Question) -> str | None:
    """The rewritten question, or None where the rule has to serve instead.

    It is one line of 2 to `LONGEST_QUESTION` characters without brackets, addresses and orders.
    Every number, date and name in it stands in the question or in the conversation, and of other
    words at most `NEW_STEMS` are new.
    """
    text = " ".join(visible(rewritten).split()).strip('"“”')
    if not 2 <= len(text) <= LONGEST_QUESTION or "\n" in rewritten.strip() or NO_ANSWER in text:
        return None
    if any(sign in text for sign in ("[", "]", "<", ">", "://", "www.", "`")) or looks_like_orders(
        text
    ):
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
