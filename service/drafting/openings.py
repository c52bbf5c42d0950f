"""What is ours to say in front of a copied sentence: yes or no, and whose words they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.english import Token, analyse
from ingest.english.periods import in_words
from ingest.english.words import AUXILIARIES
from ingest.text.segmentation import TURN
from ingest.types import SentenceKind
from service.answer_text import undated
from service.evidence.answer_types import CORRECTS
from service.evidence.leading import in_own_voice
from service.query.question_analysis import Query
from service.types import Draft, Evidence
from service.verification.later_states import ended
from service.verification.stance import yes_or_no
from service.verification.verify import names_something_foreign

_ASKED = re.compile(
    rf"(?i)^\W*(?:(?:and|but|so|then|now|please)\W+)*(?P<led>{AUXILIARIES}|may|might|must) (?P<rest>.+?)[\s?!.]*$"
)
_IS_IT_TRUE = re.compile(
    r"(?i)^it (?:true|right|correct|the case|a fact)(?: to say)?,? (?:that )?(?=\w)"
)
# "did anybody ever see it" asks whether somebody saw it
_SOME = {"anyone": "someone", "anybody": "somebody", "anything": "something"}
_ASKING = re.compile(r"(?i)\b(?:ever|any|really|actually|in fact) ")
_PRONOUNS = frozenset("i we you he she it they".split())
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
    leads = (n for n in range(1, len(tokens)) if _leads(rest, tokens, n, asked["led"]))
    place = 1 if tokens[0].lower in _PRONOUNS else next(leads, 0)
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
    if tokens[0].lower in ("there", "this", "that"):
        return 1
    if names:
        return sum(token.end <= names[0].end + 2 for token in tokens)
    return next((n for n, token in enumerate(tokens) if not token.stop), 0) + 1


_WE = re.compile(r"\b(?:[Ww]e|[Oo]ur) [a-z]")


def answered(query: Query, shown: Sequence[Evidence], drafts: Sequence[Draft]) -> Sequence[Draft]:
    """The draft that says yes or no to the question alone, with that word in front; all of them as
    they are where none does, or they say both. What has ended since is told by whoever says so."""
    asked = statement(query)
    if asked is None:
        return drafts
    if (since := ended(asked, shown)) is not None:
        return [Draft(undated(since.text), (since.key,), "No: ")]
    known = {item.key: item for item in shown}
    words: dict[str, Draft] = {}
    for draft in drafts:
        word = yes_or_no(asked, known[draft.keys[0]])
        if word == "No" or (word == "Yes" and not query.periods):
            words.setdefault(word, draft)
    if len(words) != 1:
        return drafts
    return [replace(draft, opening=f"{word}: ") for word, draft in words.items()]


def attributed(
    shown: Sequence[Evidence], drafts: Sequence[Draft], *, dated: bool = False
) -> list[Draft]:
    """The drafts, with the name of whoever speaks in front of what is said in an interview, of what
    the writer of an opinion says, and of what an outlet says of itself; fiction is called so.

    `dated`: and before all of this the day on which an article reported it, of the first sentence of
    each that states no day itself.
    """
    known = {item.key: item for item in shown}
    told: set[str] = set()  # articles whose day is said
    opened = []
    for draft in drafts:
        item = known[draft.keys[0]]
        day = _reported(item) if dated and item.article.article_id not in told else ""
        told.add(item.article.article_id)
        opened.append(replace(draft, opening=day + draft.opening + _voice(item, shown)))
    return opened


def _reported(item: Evidence) -> str:
    """ "Reported on 9 June 2022: "; "" where the sentence states a year, or nobody knows.

    "On Thursday" and "in March" alone tell a later reader nothing.
    """
    day = item.article.published_on
    stated = any(one.value[:4].isdigit() for one in analyse(item.text).dates)
    return "" if day is None or stated else f"Reported on {in_words(day)}: "


def _voice(item: Evidence, shown: Sequence[Evidence]) -> str:
    """ "Solheim: " or "Karl Reuter writes: "; "" where the sentence says itself whose words it is, or
    that is not known."""
    if item.fiction:
        return "In a work of fiction: "
    own = [one for one in shown if one.article.article_id == item.article.article_id]
    first = item  # of its paragraph
    while before := next((one for one in own if one.end + 1 == first.start), None):
        first = before
    turn = TURN.match(first.text)
    if turn and not CORRECTS.match(turn[0]):
        return "" if first is item else turn[0]
    card = item.article
    writer = None
    if in_own_voice(item, shown):
        writer = card.author
    elif CORRECTS.search(card.title) and _WE.search(item.text):
        writer = card.publisher
    if item.kind is not SentenceKind.BODY or not writer or names_something_foreign(writer, ()):
        return ""
    return f"{writer} writes: "
