"""The newest of several accounts: who holds an office now, how a thing stands, what became of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from ingest.english import analyse
from ingest.english.word_tables import lists
from ingest.english.words import stem
from ingest.types import SentenceKind
from service.conflicts.answer_values import both_name_what_is_asked, subject_terms, terms_held
from service.conflicts.provenance import SUPERSEDED_DAYS, asks_about_now, of_the_present
from service.drafting import wanted_things
from service.evidence.answer_types import cue, new_names
from service.evidence.leading import tells
from service.query.question_analysis import Query
from service.types import Evidence

ANEW = 0.4  # share of the shorter sentence's stems from which a later one tells the same thing anew
AT_ALL = 0.003  # of the best relevance: such a sentence was seldom written in the question's words
OF_IT = 0.05  # of the best relevance, of what a later article tells of a thing's state
FOLLOWS_WITHIN = 800  # characters behind what tells that somebody goes

_LEAVES = re.compile(
    r"(?i)\b(?:resign\w*|stepp?(?:s|ed|ing)? down|quits?|dismissed|sacked|retir(?:es?|ed|ing)|leav(?:es|ing)|left|died)\b"
)
_FOLLOWS = re.compile(
    r"(?i)\b(?:acting|interim|new|replac\w+|succe(?:ed|ss)\w*|t(?:ake|akes|ook) over|will (?:lead|run|head|take))\b"
)
_FATE = re.compile(
    r"(?i)\b(?:(?:end|wind|finish)(?:s|ed)? up|wound up|(?:became|become|becomes) of|fate of)\b"
)
_CHOSEN = re.compile(
    r"(?i)^\W*who(?:m|'s)?\b.*\b(?:appoint|hire|elect|choose|chose|chosen|pick|name|replace|succeed)(?:e?d|s)?\b"
)
_NONE = frozenset[str]()
_OFFICES = frozenset(map(stem, lists("question_words.tsv")["office"]))
_AT_HAND = frozenset(map(stem, ("next", "new", "current", "latest", "present")))
_RUNS = re.compile(r"(?i)\b(?:runs|leads|heads|chairs|in charge)\b")
_NO_LONGER = re.compile(r"(?i)\b(?:former|ex|late|then|past|outgoing)\b[ -]$")
_NOTE = re.compile(
    r"^\W*(?:(?:NOTE|UPDATE|CORRECTION)\b|(?:Editor['’]s note|Correction|Clarification)\b)[^.:]{0,30}:"
)
_STILL = re.compile(
    r"(?i)^\W*(?:is|are|do|does|has|have|can|will)\b.*\b(?:still|yet|any ?more|any longer|now|currently|these days)\b"
)


def told(query: Query, best: Evidence, usable: Sequence[Evidence]) -> list[Evidence]:
    """The newest sentence that tells anew what the best one tells, of an article of a later month; [] where
    nothing that changes is asked for, or a time is asked about.
    """
    if following := _successor(query, best, usable):
        return following
    if query.periods or best.article.published_on is None:
        return []
    if query.wants == "person" and (of_the_present(query) or _CHOSEN.match(query.text)):
        found = _holders(query, best, usable)
    elif asks_of_a_state(query):
        found = _states(query, best, usable)
    else:
        found = _anew(query, best, usable)
    return sorted(found, key=lambda item: (_day(item), item.relevance))[-1:]


def own_note(query: Query, best: Evidence, usable: Sequence[Evidence]) -> list[Evidence]:
    """What a note at the end of the best one's article says of what is asked: how it begins, and the
    sentences with a word of the question; [] where none has one.
    """
    own = [
        item
        for item in usable
        if item.article.article_id == best.article.article_id
        and item.kind is SentenceKind.BODY
        and item.start > best.start
    ]
    first = next((item for item in own if _NOTE.match(item.text)), None)
    behind = sorted((i for i in own if first and i.start > first.start), key=lambda i: i.start)
    subject = subject_terms(query)
    of_it = [i for i in (first, *behind) if i and not subject.isdisjoint(analyse(i.text).stems)]
    if first is None or not of_it:
        return []
    return [first, *(item for item in of_it if item is not first)]


def asks_of_a_state(query: Query) -> bool:
    """Whether a question asks how a thing stands now, or what became of it."""
    still = query.kind == "yes_no" and _STILL.search(query.text)
    return bool(still or _FATE.search(query.text)) and query.wants in (None, "place")


def outdated(query: Query, item: Evidence, lead: Evidence) -> bool:
    """Whether a sentence is of a month before the leading one where the present is asked for, and states
    no day itself: it would be read as how things stand."""
    if not (asks_about_now(query) or asks_of_a_state(query)) or query.compares:
        return False
    mine, day = item.article.published_on, lead.article.published_on
    if mine is None or day is None or (day - mine).days < SUPERSEDED_DAYS:
        return False
    dated = any(one.value[:4].isdigit() for one in analyse(item.text).dates)
    return asks_of_a_state(query) or not dated


def _later(best: Evidence, usable: Sequence[Evidence], share: float) -> Iterator[Evidence]:
    """What stands in an article of a later month and has this share of the best one's relevance."""
    since = _day(best) + timedelta(SUPERSEDED_DAYS)
    return (
        item
        for item in usable
        if item.kind is SentenceKind.BODY
        and item.relevance >= share * best.relevance
        and item.article.published_on is not None
        and item.article.published_on >= since
    )


def _anew(query: Query, best: Evidence, usable: Sequence[Evidence]) -> list[Evidence]:
    """What has a thing of the wanted type, and much in the same words."""
    typed = query.wants not in (None, "reason") or (query.kind == "yes_no" and query.numbers)
    if not typed or not of_the_present(query):
        return []

    def as_typed(text: str) -> bool:
        return (
            cue(query, text) >= cue(query, best.text)
            if query.wants
            else bool(analyse(text).numbers)
        )

    return [
        item
        for item in _later(best, usable, AT_ALL)
        if as_typed(item.text) and _in_the_same_words(best, item)
    ]


def _holders(query: Query, best: Evidence, usable: Sequence[Evidence]) -> list[Evidence]:
    """What names somebody with the office that is asked for, in an article that has named whose it is."""
    asked = subject_terms(query) - _AT_HAND
    offices = asked & _OFFICES
    if not offices and _RUNS.search(query.text):
        asked, offices = frozenset(), _OFFICES
    return [
        item
        for item in _later(best, usable, AT_ALL)
        if _has_office(item.text, offices)
        and asked <= terms_held(query, item.text)
        and (query.names or tells(query, item))
        and wanted_things.gives(query, item.text) >= wanted_things.GIVEN
        and both_name_what_is_asked(query, usable, item, item)
    ]


def _has_office(text: str, offices: frozenset[str]) -> bool:
    """Whether one of these offices is named, and not as somebody's who held it before."""
    tokens = analyse(text).tokens
    return any(
        token.stem in offices and not _NO_LONGER.search(text[: token.start]) for token in tokens
    )


def _states(query: Query, best: Evidence, usable: Sequence[Evidence]) -> list[Evidence]:
    """What is told of the thing: it is named there, or it is told much in the same words."""
    return [
        item
        for item in _later(best, usable, OF_IT)
        if tells(query, item) and (query.names or _in_the_same_words(best, item, _named(best)))
    ]


def _in_the_same_words(best: Evidence, item: Evidence, besides: frozenset[str] = _NONE) -> bool:
    one, two = (analyse(each.text).stems - besides for each in (best, item))
    return len(one & two) >= ANEW * min(len(one), len(two))


def _named(item: Evidence) -> frozenset[str]:
    return frozenset(stem(word) for n in analyse(item.text).names for word in n.value.split())


def _successor(query: Query, best: Evidence, usable: Sequence[Evidence]) -> list[Evidence]:
    """Where the best sentence tells that whoever holds an office leaves it, the nearest one behind it
    that names who follows."""
    if query.wants != "person" or not of_the_present(query) or not _LEAVES.search(best.text):
        return []
    gone = {word for name in new_names(query, best.text) for word in analyse(name).words}
    following = [
        item
        for item in usable
        if item.article.article_id == best.article.article_id
        and 0 < item.start - best.end <= FOLLOWS_WITHIN
        and _FOLLOWS.search(item.text)
        and any(gone.isdisjoint(analyse(name).words) for name in new_names(query, item.text))
    ]
    return sorted(following, key=lambda item: item.start)[:1]


def _day(item: Evidence) -> date:
    return item.article.published_on or date.min
