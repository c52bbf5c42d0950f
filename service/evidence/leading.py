"""Which sentence leads, where a question's kind wants another one than is ranked best."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.english import analyse
from ingest.types import SentenceKind
from service.evidence.answer_types import cue
from service.evidence.time_filter import stated_periods
from service.query.question_analysis import Query
from service.types import Evidence

WEIGHED = 12  # sentences, the best, among which another leader is looked for
AS_OPEN = 0.1  # share of the best relevance with which a sentence tells that the cause is not known
ANSWERS_IT = 0.003  # and of the account that a later article gives: its words are others
REPORTS = 0.05  # the same of a report that goes before a columnist's own words
BARE = 5  # words that a sentence adds to the question, at most, if it tells only what happened
BESIDE = 0.5  # share of its relevance that the sentence behind it then gets
PARAGRAPH_GAP = 4  # characters of white space, at most, between neighbouring sentences
HELD = 0.5  # least share of a question's terms that such a sentence and its title have
# Whoever says "I" in the first sentences is the writer; further on it may be whom he interviews.
LEAD = 2  # sentences
LONGEST_HEAD = 500  # characters, of a title and a byline before them

_LEFT_OPEN = re.compile(
    r"(?i)\b(?:unclear|unknown|unexplained|uncertain|mystery|remains? to be seen|(?:under|being) investigat\w+|"
    r"(?:not|n['’]t|no one|nobody|yet to|cannot)(?: \w+){0,2} (?:clear|know[ns]?|knew|say|said|explain\w*|"
    r"establish\w*|determined?|found))\b"
)
_CALLED_OFF = re.compile(
    r"(?i)\b(?:is|are|was|were|been)(?: \w+)? (?:cancell?ed|called off|postponed|abandoned|scrapped|voided)\b"
)
_QUOTED = re.compile(r"“[^”]*”?|\"[^\"]*\"?")
# "I believe", and not "Charles I was"
_I = re.compile(r"(?:^|[^\w\s]\s?|\b[a-z]\w* )(?:I(?:['’]\w+)?|[Mm]y) [a-z]")
_OPINION = re.compile(
    r"(?i)^\W*(?:opinion|comment|column|editorial|viewpoint|leader|letters?(?: to the editor)?)\s*[:|–—-]"
)


def led(query: Query, ranked: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The evidence, best first, with the sentence in front that its reader would want there.

    A cause that a later article gives takes the place of sentences that leave it open, and what a
    report says to yes or no goes before what somebody thinks. The leader gets the best one's
    relevance.
    """
    if not ranked or query.about is not None:
        return tuple(ranked)
    reason = query.wants == "reason"
    cause = _later_cause(query, ranked) if reason or query.kind == "how" else None
    first = _report(query, ranked) if query.kind == "yes_no" else cause
    if first is None:
        return _explained(query, ranked) if reason else tuple(ranked)
    behind = (item for item in ranked if item is not first)
    if cause is not None:
        behind = (item for item in behind if not _LEFT_OPEN.search(item.text))
    return (replace(first, relevance=ranked[0].relevance), *behind)


def _explained(query: Query, ranked: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The evidence, with the sentence behind the best one next to it, where that tells little more than
    the question and gives no reason: "The club sacked him on Monday. It had lost nine matches."
    """
    best = ranked[0]
    new = analyse(best.text).stems - analyse(query.text).stems
    behind = next(
        (
            item
            for item in ranked
            if item.article.article_id == best.article.article_id
            and item.kind is SentenceKind.BODY
            and 0 <= item.start - best.end <= PARAGRAPH_GAP
        ),
        None,
    )
    if behind is None or len(new) > BARE or cue(query, best.text):
        return tuple(ranked)
    beside = replace(behind, relevance=max(behind.relevance, BESIDE * best.relevance))
    return (best, beside, *(item for item in ranked[1:] if item is not behind))


def called_off(
    query: Query, evidence: Sequence[Evidence], *, answered: bool = False
) -> tuple[Evidence, ...]:
    """The sentence that tells that what is asked about did not take place at the time asked about;
    () where none of the evidence for that time does.

    `answered`: where the best sentence answers, only one of its article that states the time asked
    about, which the best one does not: "The 2020 fair was called off. This year Lund won."
    """
    if not query.periods or not query.names or query.kind == "yes_no":
        return ()
    told = (
        item
        for item in evidence[:WEIGHED]
        if item.kind is SentenceKind.BODY
        and not item.altered
        and _CALLED_OFF.search(item.text)
        and not analyse(item.text).negations
        and (
            _of_another_time(query, evidence[0], item) if answered else _names(query) <= _held(item)
        )
    )
    return tuple(told)[:1]


def _of_another_time(query: Query, best: Evidence, item: Evidence) -> bool:
    """Whether a sentence states a time asked about that the best one of its article is not of."""
    day = best.article.published_on
    if day is None or item.article.article_id != best.article.article_id:
        return False
    mine, its = (stated_periods(one.text, day) for one in (best, item))
    return any(
        not asked.holds(day) and any(map(asked.meets, its)) and not any(map(asked.meets, mine))
        for asked in query.periods
    )


def in_own_voice(item: Evidence, shown: Sequence[Evidence]) -> bool:
    """Whether the article of a sentence is its writer's opinion: its title says so, or one of its
    first sentences says "I"."""
    own = (one for one in shown if one.article.article_id == item.article.article_id)
    body = sorted((one for one in own if one.kind is SentenceKind.BODY), key=lambda one: one.start)
    opens = [_QUOTED.sub(" ", one.text) for one in body[:LEAD] if one.start <= LONGEST_HEAD]
    return bool(_OPINION.match(item.article.title)) or any(map(_I.search, opens))


def _later_cause(query: Query, ranked: Sequence[Evidence]) -> Evidence | None:
    """What a later article of the same event says of the cause that an earlier one leaves open."""
    best = ranked[0]
    if in_own_voice(best, ranked):
        return None
    day = max(
        (
            item.article.published_on
            for item in ranked[:WEIGHED]
            if item.relevance >= AS_OPEN * best.relevance
            and item.article.published_on
            and _LEFT_OPEN.search(item.text)
        ),
        default=None,
    )
    if day is None:
        return None
    later = (
        item
        for item in ranked[:WEIGHED]
        if item.relevance >= ANSWERS_IT * best.relevance
        and item.article.published_on
        and item.article.published_on > day
        and tells(query, item)
        and not _LEFT_OPEN.search(item.text)
        and (cue(query, item.text) or analyse(item.text).attributions)
    )
    return next(later, None)


def _report(query: Query, ranked: Sequence[Evidence]) -> Evidence | None:
    """The best sentence of a report, where a columnist's leads and he is not asked about."""
    best = ranked[0]
    author = analyse(best.article.author or "").stems
    asked = analyse(query.text).stems
    if author & asked or not in_own_voice(best, ranked):
        return None
    reports = (
        item
        for item in ranked[1:WEIGHED]
        if item.relevance >= REPORTS * best.relevance
        and tells(query, item)
        and not in_own_voice(item, ranked)
    )
    return next(reports, None)


def tells(query: Query, item: Evidence) -> bool:
    """Whether a sentence, with its title, is about what the question is about."""
    terms, held = {stemmed for _, stemmed in query.terms}, _held(item)
    sound = item.kind is SentenceKind.BODY and not item.altered and not item.text.endswith("?")
    sound = sound and not terms.isdisjoint(analyse(item.text).stems)
    return sound and _names(query) <= held and len(terms & held) >= HELD * len(terms)


def _held(item: Evidence) -> frozenset[str]:
    return analyse(item.text).stems | analyse(item.article.title).stems


def _names(query: Query) -> frozenset[str]:
    return frozenset[str]().union(*(analyse(name).stems for name in query.names))
