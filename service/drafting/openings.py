"""What is ours to say in front of a copied sentence: yes or no, and whose words they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.text.sentences import TURN
from ingest.types import SentenceKind
from service.evidence.answer_types import CORRECTS
from service.query.question_analysis import Query
from service.query.statement import statement
from service.types import Draft, Evidence
from service.verification.verify import names_something_foreign
from service.verification.yes_or_no import yes_or_no

_QUOTED = re.compile(r"“[^”]*”?|\"[^\"]*\"?")
# Whoever says "I" in the first sentences is the writer; further on it may be whom he interviews.
LEAD = 2  # sentences
LONGEST_HEAD = 500  # characters, of a title and a byline before them
# "I believe", and not "Charles I was"; "we said", an outlet of itself
_I = re.compile(r"(?:^|[^\w\s]\s?|\b[a-z]\w* )(?:I(?:['’]\w+)?|[Mm]y) [a-z]")
_WE = re.compile(r"\b(?:[Ww]e|[Oo]ur) [a-z]")
_OPINION = re.compile(
    r"(?i)^\W*(?:opinion|comment|column|editorial|viewpoint|leader|letters?(?: to the editor)?)\s*[:|–—-]"
)


def answered(query: Query, shown: Sequence[Evidence], drafts: Sequence[Draft]) -> Sequence[Draft]:
    """The draft that says yes or no to the question alone, with that word in front; all of them as
    they are where none does, or they say both."""
    asked = statement(query)
    if asked is None:
        return drafts
    known = {item.key: item for item in shown}
    words: dict[str, Draft] = {}
    for draft in drafts:
        word = yes_or_no(asked, known[draft.keys[0]])
        if word == "No" or (word == "Yes" and not query.periods):
            words.setdefault(word, draft)
    if len(words) != 1:
        return drafts
    return [replace(draft, opening=f"{word}: ") for word, draft in words.items()]


def attributed(shown: Sequence[Evidence], drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts, with the name of whoever speaks in front of what is said in an interview, of what
    the writer of an opinion says, and of what an outlet says of itself."""
    known = {item.key: item for item in shown}
    return [
        replace(draft, opening=draft.opening + _voice(known[draft.keys[0]], shown))
        for draft in drafts
    ]


def _voice(item: Evidence, shown: Sequence[Evidence]) -> str:
    """ "Solheim: " or "Karl Reuter writes: "; "" where the sentence says itself whose words it is, or
    that is not known."""
    own = [one for one in shown if one.article.article_id == item.article.article_id]
    first = item  # of its paragraph
    while before := next((one for one in own if one.end + 1 == first.start), None):
        first = before
    turn = TURN.match(first.text)
    if turn and not CORRECTS.match(turn[0]):
        return "" if first is item else turn[0]
    card = item.article
    body = sorted((one for one in own if one.kind is SentenceKind.BODY), key=lambda one: one.start)
    opens = [_QUOTED.sub(" ", one.text) for one in body[:LEAD] if one.start <= LONGEST_HEAD]
    writer = None
    if _OPINION.match(card.title) or any(map(_I.search, opens)):
        writer = card.author
    elif CORRECTS.search(card.title) and _WE.search(item.text):
        writer = card.publisher
    if item.kind is not SentenceKind.BODY or not writer or names_something_foreign(writer, ()):
        return ""
    return f"{writer} writes: "
