"""A question comes in; what the archive holds on it, in order, and whether that answers it, goes out."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from itertools import zip_longest

import numpy as np

from ingest.english.periods import Period, periods, without
from ingest.storage.archive import Archive
from ingest.storage.catalogue import Snapshot
from service.evidence import gathering, ranking, temporal
from service.query import analysis
from service.query.coreference import standing_alone
from service.retrieval.retriever import Retriever, searched
from service.types import Evidence, Filters, Hit, Question, Reason


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found for a question, and whether it answers."""

    snapshot: Snapshot
    question: Question  # standing alone, with the day as of which it is asked, even where only its words say so
    asked: analysis.Asked
    periods: tuple[Period, ...]
    considered: tuple[Evidence, ...]  # all there was, best first
    kept: temporal.Kept  # of these what may answer for those periods, and the best that may not
    decision: ranking.Decision

    @property
    def ranked(self) -> tuple[Evidence, ...]:
        """Evidence that may answer, best first."""
        return self.kept.evidence

    @property
    def sound(self) -> tuple[Evidence, ...]:
        return tuple(item for item in self.ranked if not item.altered)


class Reader:
    """Reads one archive. `today` gives the day from which "last month" is counted, where no `as_of` is asked for."""

    def __init__(self, archive: Archive, retriever: Retriever, today: Callable[[], date]):
        self.archive = archive
        self.retriever = retriever
        self.today = today

    def read(self, question: Question, snapshot: Snapshot | None = None) -> Reading:
        """Retrieve, gather, rank, place in time and decide, all in one generation."""
        snapshot = snapshot or self.archive.catalogue.live()
        question = replace(question, text=standing_alone(question), history=())
        found = self._periods(question)
        question = _as_of(question, found)
        found = tuple(period for period in found if not period.as_of)
        asked = self._understood(question, found)
        meaning = self.archive.sentence_cache
        vector = meaning.embedder.embed_question(asked.text)
        known = meaning is self.archive.vector_cache and asked.text == searched(question)
        hits = self._hits(question, found, snapshot, vector if known else None)
        gathered = gathering.gather(
            question, snapshot, hits, meaning.embed, about_articles=asked.about is not None
        )
        vectors = gathering.title_vectors(snapshot, gathered, self.archive.sentence_vectors)
        ranked = ranking.rank(asked, gathered, vector, vectors, self._rarity())
        kept = temporal.within(ranked, found, asked)
        if kept.passed_over is not None and not ranking.decide(asked, ranked).answer:
            kept = replace(kept, passed_over=None)
        decision = ranking.decide(asked, kept.evidence)
        return Reading(snapshot, question, asked, found, ranked, kept, decision)

    def why_not(self, reading: Reading) -> Reason:
        """Why nothing is said; the first reason that holds."""
        question, decision = reading.question, reading.decision
        if not decision.answer and reading.kept.passed_over is not None:
            return "outside_dates"
        if question.as_of or question.filters != Filters():
            dates = replace(question.filters, published_after=None, published_before=None)
            open_question = replace(question, as_of=None, filters=dates)
            if not decision.answer and self.read(open_question, reading.snapshot).decision.answer:
                return "outside_dates"
        if reading.ranked and reading.ranked[0].altered and decision.answer:
            return "only_altered_copies"
        return "not_supported" if decision.answer else decision.reason or "no_match"

    def _periods(self, question: Question) -> tuple[Period, ...]:
        """The periods that a question asks about; none where a filter gives dates, or where it is about an article."""
        given = question.filters.published_after or question.filters.published_before
        if given or analysis.understand(question.text).about is not None:
            return ()
        return periods(question.text, question.as_of or self.today())

    def _understood(self, question: Question, found: Sequence[Period]) -> analysis.Asked:
        """What is asked for; words that only tell when are no words that a sentence must hold, for its date tells."""
        told = tuple(
            period
            for period in periods(question.text, question.as_of or self.today())
            if period.strict
        )
        return analysis.understand(
            without(question.text, told) if found or question.as_of else question.text
        )

    def _hits(
        self,
        question: Question,
        found: Sequence[Period],
        snapshot: Snapshot,
        vector: np.ndarray | None,
    ) -> list[Hit]:
        """Passages by relevance; where a period is asked about, every other one of an article of that time."""
        hits = self.retriever.candidates(question, snapshot, vector=vector)
        narrowed = [_published_in(question, period) for period in found]
        timely = [
            hit
            for one in narrowed
            for hit in self.retriever.candidates(one, snapshot, vector=vector)
        ]
        if not timely:
            return hits
        mixed = {
            hit.passage_id: hit
            for pair in zip_longest(timely, hits)
            for hit in pair
            if hit is not None
        }
        return list(mixed.values())

    def _rarity(self) -> Callable[[str], float]:
        """Inverse document frequency over passages, log(1 + N / (1 + n)); a word that stands nowhere weighs most."""
        total = max(1, self.archive.text_index.count())

        @cache
        def rarity(word: str) -> float:
            return math.log(1 + total / (1 + self.archive.text_index.document_frequency(word)))

        return rarity


def _as_of(question: Question, found: Sequence[Period]) -> Question:
    """The question with the day that its own words give ("as of 12 May 2024"), where the caller gives none."""
    said = tuple(period for period in found if period.as_of and period.last)
    if not said or question.as_of is not None:
        return question
    return replace(question, text=without(question.text, said), as_of=said[0].last)


def _published_in(question: Question, period: Period) -> Question:
    """The same question put to the articles of a period, and of the days after it in which they tell of it."""
    last = period.last
    if (
        last is not None
        and not period.published
        and last <= date.max - timedelta(temporal.LATE_DAYS)
    ):
        last += timedelta(temporal.LATE_DAYS)
    return replace(
        question,
        filters=replace(question.filters, published_after=period.first, published_before=last),
    )
