"""Selects the sentences that answer a question, and decides whether they do."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from itertools import zip_longest
from typing import NamedTuple

import numpy as np

from ingest.english.periods import Period
from ingest.storage.archive import Archive
from ingest.storage.catalogue import Snapshot
from service.evidence import gathering, ranking, time_filter
from service.evidence.corrections import TakenBack, in_their_place, taken_back
from service.evidence.neural_reader import Reader
from service.query.question_analysis import Query
from service.retrieval.retriever import Retriever
from service.types import Evidence, Hit, Question

# Days after its newest article from which on an archive is of the past and no longer kept.
ENDED_DAYS = 30

Decide = Callable[[Query, Sequence[Evidence]], ranking.Decision]


@dataclass(frozen=True, slots=True)
class Selection:
    """The sentences found for a question, and whether they answer it."""

    snapshot: Snapshot
    query: Query
    considered: tuple[Evidence, ...]  # all there was, best first
    evidence: tuple[Evidence, ...]  # of these what may answer for the times asked about, best first
    passed_over: Evidence | None  # the best that would have answered at another time
    decision: ranking.Decision
    taken_back: tuple[TakenBack, ...] = ()  # what an outlet's note corrects; it is in none of these

    @property
    def sound(self) -> tuple[Evidence, ...]:
        return tuple(item for item in self.evidence if not item.altered)

    @property
    def no_such_day(self) -> str:
        """The day asked about that no calendar has; "" without one, or where an article names it."""
        words = self.query.no_such_day
        named = any(words in f"{item.article.title} {item.text}" for item in self.considered)
        return "" if named else words

    @property
    def nearest_time(self) -> str:
        """The time of which the archive does speak where another was asked about; "" where none is known."""
        return time_filter.time_of(self.passed_over) if self.passed_over else ""


class Gathered(NamedTuple):
    """What `ranking.rank` needs besides the query: (n,) sentences, (d,) and (n, d) unit vectors, rarity by
    word, and the reader."""

    evidence: tuple[Evidence, ...]
    question_vector: np.ndarray
    vectors: np.ndarray
    idf: Callable[[str], float]
    reader: Reader


class Selector:
    """Selects from one archive."""

    def __init__(self, archive: Archive, retriever: Retriever, decide: Decide = ranking.decide):
        self.archive = archive
        self.retriever = retriever
        self.decide = decide
        self.reader = Reader(archive.local_embedder)

    def select(self, query: Query, snapshot: Snapshot) -> Selection:
        """Retrieve, gather, rank, place in time and decide, all in one generation."""
        query = _in_an_ended_archive(query, snapshot)
        ranked = ranking.rank(query, *self.gather(query, snapshot))
        wrong = taken_back(ranked)
        evidence, passed_over = time_filter.within(ranked, query)
        if passed_over is not None and not self.decide(query, ranked).answer:
            passed_over = None
        decision = self.decide(query, evidence)
        ranked, evidence = (in_their_place(each, wrong, query.wants) for each in (ranked, evidence))
        return Selection(snapshot, query, ranked, evidence, passed_over, decision, wrong)

    def gather(self, query: Query, snapshot: Snapshot) -> Gathered:
        """The sentences worth ranking, with the vectors and the rarity of words that ranking goes by."""
        meaning = self.archive.sentence_cache
        vector = meaning.embedder.embed_question(query.text)
        known = meaning is self.archive.vector_cache and query.text == query.question.text
        hits = self._hits(query, snapshot, vector if known else None)
        evidence = gathering.gather(
            query.question, snapshot, hits, meaning.embed, about_articles=query.about is not None
        )
        vectors = gathering.title_vectors(snapshot, evidence, self.archive.sentence_vectors)
        return Gathered(evidence, vector, vectors, self._rarity(), self.reader)

    def _hits(self, query: Query, snapshot: Snapshot, vector: np.ndarray | None) -> list[Hit]:
        """Passages by relevance; where a time is asked about, every other one of an article of that time."""
        hits = self.retriever.candidates(query.question, snapshot, vector=vector)
        narrowed = [_published_in(query.question, period) for period in query.periods]
        timely = [
            hit
            for one in narrowed
            for hit in self.retriever.candidates(one, snapshot, vector=vector)
        ]
        mixed = {
            hit.passage_id: hit
            for pair in zip_longest(timely, hits)
            for hit in pair
            if hit is not None
        }
        return list(mixed.values()) if timely else hits

    def _rarity(self) -> Callable[[str], float]:
        """Inverse document frequency over passages, log(1 + N / (1 + n)); a word that stands nowhere weighs most."""
        total = max(1, self.archive.text_index.count())

        @cache
        def rarity(word: str) -> float:
            return math.log(1 + total / (1 + self.archive.text_index.document_frequency(word)))

        return rarity


def _in_an_ended_archive(query: Query, snapshot: Snapshot) -> Query:
    """The query; "this week" leaves nothing out where the archive ended long before this week.

    An archive of 2024 answers for none of today's weeks, and whoever asks it knows that. The answer
    says of what day it is (`staleness.note`). With `as_of` there is a week that is meant.
    """
    counted = [p for p in query.periods if p.strict and not p.named and p.first]
    newest = snapshot.newest_day() if counted and query.question.as_of is None else None
    if newest is None:
        return query
    end = newest + timedelta(ENDED_DAYS)
    ended = [period for period in counted if period.first and period.first > end]
    return replace(
        query,
        periods=tuple(replace(p, strict=p.strict and p not in ended) for p in query.periods),
    )


def _published_in(question: Question, period: Period) -> Question:
    """The same question put to the articles of a period, and of the days after it in which they tell of it."""
    last = period.last
    if (
        last is not None
        and not period.published
        and last <= date.max - timedelta(time_filter.LATE_DAYS)
    ):
        last += timedelta(time_filter.LATE_DAYS)
    return replace(
        question,
        filters=replace(question.filters, published_after=period.first, published_before=last),
    )
