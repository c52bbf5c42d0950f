"""Chooses a digest: the lead sentence of each story about a subject or a time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from ingest.english import analyse
from ingest.english.words import STOP_WORDS, stem, words
from ingest.storage.catalogue import Snapshot, StoredArticle
from ingest.storage.passage_filters import matching_articles, permitted_articles
from ingest.types import Role, Sentence, SentenceKind
from service.evidence.fiction import asks_for, is_fiction
from service.evidence.gathering import passage_at
from service.evidence.ranking import Selection
from service.query.question_kinds import Digest, Order
from service.retrieval.retriever import Retriever, card, filter_of, voice_of
from service.types import Evidence, Question

LONGEST_DIGEST = 5  # sentences; where there are fewer stories the first ones get more each
STORIES_READ = 20  # families looked at for a subject
LEAD_SENTENCES = 3  # of the body: what stands behind them is no longer what a story is about
NAMED_SHARE = 2 / 3  # least share of a subject's words that title and lead have
# the same of the nearest stories, where else nothing would be answered: "the clock thief"
NEAR_SHARE, NEAREST = 1 / 2, 3
SHORTEST_LEAD = 5  # words; "TARNMOUTH, Sorrenia." is no account

_SENTENCE_END = re.compile(r"[.!…][\"'”’»)\]]*$")
_POINTS_BACK = re.compile(  # among the first words: "On Friday they agreed on a cable."
    r"(?i)^\W*(?:\w+\W+){0,3}(?:he|she|they|his|hers?|their|these|those|such)\b|^\W*(?:it|its|this)\b"
)
_CORRECTION = re.compile(  # says what a story no longer says; the story itself comes behind it
    r"(?i)^\W*(?:correct(?:ion|ed)|clarification|editor['’]s note)\s*[:(–—-]"
)
_ON_ANOTHER = re.compile(  # "Our report of 2 June said that …", "An article on 3 March misstated …"
    r"(?i)^\W*(?:our|an)\b[^.]{0,20}\b(?:article|report|story|item)\b[^.]*\b"
    r"(?:said|stated|gave|misstated|contained|wrongly|incorrectly)\b"
)
_NAMED = re.compile(r"\b[A-Z]\w+")
_QUOTATION = re.compile(r"^\s*[\"“‘']")
_ABOUT_ITSELF = re.compile(
    r"(?i)^\W*(?:this|the following) (?:article|story|report|page)\b|^\W*updates on this page\b"
)


@dataclass(frozen=True, slots=True)
class _Story:
    stored: StoredArticle
    sentence: Sentence


def digest(asked: Digest, selection: Selection, retriever: Retriever) -> tuple[Evidence, ...]:
    """At most five sentences, of as many families as there are; () where no story is about the subject.

    Where there are fewer than five stories, the most relevant ones are told by several sentences in a row.

    A story is told by its outlet's correction, else its canonical copy, or the best one that dates
    and filters permit, and never by an altered copy. Where the question names a time, only what
    was published in it is told, and as it was corrected since.
    """
    snapshot = selection.snapshot
    question = selection.query.question
    voices = (
        stored
        for stored in _voices(asked, selection, retriever)
        if asks_for(question, stored.article) or not _made_up(stored, snapshot)
    )
    if asked.subject:
        near = list(voices)
        found = list(_stories(asked.subject, near, snapshot))
        if not found and not selection.decision.answer:
            # its names, and the word that the fewest passages have: "clock" of "clock thief"
            frequency = retriever.archive.text_index.document_frequency
            known = {word: count for word in words(asked.subject) if (count := frequency(word))}
            rarest = min(known, key=known.__getitem__, default=asked.subject)
            needed = _stems(rarest).union(*map(_stems, _NAMED.findall(asked.subject)))
            found = list(_stories(asked.subject, near[:NEAREST], snapshot, NEAR_SHARE, needed))
    else:  # they come in order, and an archive has many
        found = list(islice(_stories("", voices, snapshot), LONGEST_DIGEST))
    if asked.order == "newest":
        found.sort(key=lambda story: _day(story, date.min), reverse=True)
    told = [
        _account(story, number, len(found[:LONGEST_DIGEST]), snapshot, asked.order)
        for number, story in enumerate(found[:LONGEST_DIGEST])
    ]
    if asked.order == "time":
        told.sort(key=lambda account: _day(account[0], date.max))
    shown = [story for account in told for story in account]
    return tuple(_evidence(story, number, snapshot) for number, story in enumerate(shown))


def _stories(
    subject: str,
    voices: Iterable[StoredArticle],
    snapshot: Snapshot,
    share: float = NAMED_SHARE,
    needed: frozenset[str] = frozenset(),
) -> Iterator[_Story]:
    """The articles about a subject, each with the sentence that tells its story; title and lead have
    a share of its words, its names and those that are `needed`."""
    stems = _stems(subject)
    needed |= {one for name in analyse(subject).names for one in _stems(str(name.value))}
    for stored in voices:
        sentence = _told(stems, needed, stored, snapshot, share)
        if sentence is not None:
            yield _Story(stored, sentence)


def _account(
    story: _Story, number: int, stories: int, snapshot: Snapshot, order: Order
) -> list[_Story]:
    """The sentence that tells one of so many stories, and those behind it that there is room for: the
    next ones, or in a timeline first those that state a day, a year or an hour."""
    room = LONGEST_DIGEST // stories + (number < LONGEST_DIGEST % stories)
    body = _body(story.stored, snapshot)
    behind = body[body.index(story.sentence) + 1 :]
    if order == "time":
        behind.sort(key=lambda one: not _states_when(one.text))
    told = [story.sentence, *behind[: room - 1]]
    return [_Story(story.stored, one) for one in sorted(told, key=lambda one: one.start)]


def _states_when(text: str) -> bool:
    reading = analyse(text)
    days = any(any(map(str.isdigit, one.value)) for one in reading.dates)
    quoted = text.lstrip().startswith(("“", '"'))  # when somebody spoke is no event
    return days or (not quoted and any(":" in one.value for one in reading.numbers))


def _day(story: _Story, undated: date) -> date:
    return story.stored.article.published_on or undated


def _voices(asked: Digest, selection: Selection, retriever: Retriever) -> Iterator[StoredArticle]:
    """One article a family, most relevant first; of a time alone, the most carried stories first."""
    snapshot = selection.snapshot
    narrowed = list(_narrowed(selection))
    families: dict[str, None] = {}
    if asked.subject:
        for one in narrowed:
            about = replace(one, text=asked.subject)
            for hit in retriever.candidates(about, snapshot, families=STORIES_READ):
                families.setdefault(hit.article.family.id)
        for item in selection.considered:
            families.setdefault(item.article.family.id)
    else:
        carried: dict[str, int] = {}
        for one in narrowed:
            for row in matching_articles(snapshot, filter_of(one)):
                carried[row.family_id] = carried.get(row.family_id, 0) + 1
        newest_first = list(carried)
        families = dict.fromkeys(
            newest_first
            if asked.order == "newest"
            else sorted(newest_first, key=lambda family: -carried[family])
        )
    for family_id in families:
        voice = _voice(family_id, selection.query.question, narrowed, snapshot)
        if voice is not None:
            yield voice


def _narrowed(selection: Selection) -> Iterator[Question]:
    """The question put to what was published in each time asked about."""
    query = selection.query
    filters = query.question.filters
    if not query.periods:
        yield query.question
    for period in query.periods:
        yield replace(
            query.question,
            filters=replace(filters, published_after=period.first, published_before=period.last),
        )


def _voice(
    family_id: str, asked: Question, narrowed: Sequence[Question], snapshot: Snapshot
) -> StoredArticle | None:
    """Who tells a story that was published in a time asked about: its correction, if later too."""
    family = snapshot.family(family_id)
    members = (
        {m.article_id: m.role for m in family.members if m.role != Role.ALTERED} if family else {}
    )
    permitted = [
        stored
        for question in narrowed
        for stored in permitted_articles(snapshot, list(members), filter_of(question))
    ]
    if permitted:
        corrections = [each for each, role in members.items() if role is Role.UPDATED]
        permitted += permitted_articles(snapshot, corrections, filter_of(asked))
    return voice_of(permitted)


def _told(
    stems: frozenset[str],
    needed: frozenset[str],
    stored: StoredArticle,
    snapshot: Snapshot,
    share: float,
) -> Sentence | None:
    """The sentence that tells a story: its lead, or the best one that names the subject.

    None where title and lead are not about the subject.
    """
    article = stored.article
    body = _body(stored, snapshot)
    if not body or _ON_ANOTHER.match(body[0].text):
        return None  # a note on another article, which tells the story itself
    lead = next(filter(_stands_alone, body[:LEAD_SENTENCES]), body[0])
    if not stems:
        return lead
    opening = _stems(" ".join([article.title or "", *(s.text for s in body[:LEAD_SENTENCES])]))
    if len(stems & opening) < share * len(stems) or not needed <= opening:
        return None
    named = stems & _stems(lead.text)
    if named and (not needed or needed & named):
        return lead
    best = max(  # the first of the best
        body,
        key=lambda s: (bool(stems & _stems(s.text)), _stands_alone(s), len(stems & _stems(s.text))),
    )
    return best if stems & _stems(best.text) else lead


def _body(stored: StoredArticle, snapshot: Snapshot) -> list[Sentence]:
    sentences = snapshot.sentences(stored.article.article_id)
    return [s for s in sentences if s.kind is SentenceKind.BODY and _tells(s)]


def _stands_alone(sentence: Sentence) -> bool:
    text = sentence.text
    repeats = _CORRECTION.search(text) or analyse(text).withdrawn
    return not (_POINTS_BACK.match(text) or _QUOTATION.match(text) or repeats)


def _tells(sentence: Sentence) -> bool:
    text = sentence.text.strip()
    return bool(
        _SENTENCE_END.search(text)
        and len(words(text)) >= SHORTEST_LEAD
        and not _ABOUT_ITSELF.match(text)
    )


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words(text) if word not in STOP_WORDS)


def _evidence(story: _Story, number: int, snapshot: Snapshot) -> Evidence:
    sentence, article_id = story.sentence, story.stored.article.article_id
    return Evidence(
        key=f"digest{number + 1}",
        text=sentence.text,
        start=sentence.start,
        end=sentence.end,
        kind=sentence.kind,
        passage_id=passage_at(snapshot.passages_of(article_id), sentence.start),
        passage_score=0.0,
        article=card(story.stored),
        fiction=_made_up(story.stored, snapshot),
    )


def _made_up(stored: StoredArticle, snapshot: Snapshot) -> bool:
    return is_fiction(stored.article, snapshot.sentences(stored.article.article_id))
