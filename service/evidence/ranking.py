"""Selects the sentences that answer a question: ranks them, and decides whether the best one does."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.english.periods import Period
from ingest.storage.archive import Archive
from ingest.storage.catalogue import Snapshot
from ingest.types import SentenceKind
from service.evidence import gathering, time_filter
from service.evidence.corrections import TakenBack, in_their_place, taken_back
from service.evidence.leading import called_off, led
from service.evidence.neural_reader import SIGNS, Reader
from service.evidence.ranking_features import (
    QUESTION_FEATURES,
    SENTENCE_FEATURES,
    Features,
    Floats,
    measure,
)
from service.evidence.subject_match import of_another, of_the_opposite
from service.query.question_analysis import Query
from service.retrieval.retriever import Retriever
from service.types import Evidence, Hit, Question

# Weights by name of feature; `python -m evals.lab.fitting` makes the file and says what they reach.
MODEL: dict[str, dict[str, float]] = json.loads(
    Path(__file__).with_name("model.json").read_text(encoding="utf-8")
)
ANSWERING = (
    *QUESTION_FEATURES,
    "share",  # of exp(score) that the best sentence has among all
    "ahead",  # of the next best score
)
RANKING = ("features", *SIGNS)  # the score by features, and what the reader saw
DECIDING = (
    "features",  # log odds by features that this sentence answers
    *SIGNS,
    "most_held",  # the most that any sentence which was read holds of the question
    "most_points",
    "sureness",
    "share",  # logarithm of the share that the best sentence has of exp(score)
    "ahead",
)
# Sentences, the best by features, that the reader reads; some 10 ms of CPU each. Sixteen answer no
# better: 58.8 % right against 58.0 with these two (newsroom-fit, n 250).
READ = 8
READ_OF_A_TIME = 12  # where a time is asked about, of which some of the best may not be
FAR_AHEAD = 5.0
NO_ANSWER = 20.0  # taken off the score of what is never an answer: below all prose
_NO_PROSE = (SentenceKind.HEADING, SentenceKind.BYLINE, SentenceKind.DATELINE)
THRESHOLD = (
    0.57  # least relevance of the best sentence that is an answer: a wrong one costs more than none
)
# the same of a comparison, of which no sentence says more than one side
SIDE_THRESHOLD = 0.35
# and of a reason: of eight questions between this and the other, seven were answered right (newsroom-fit
# and sample-fit, n 82)
REASON_THRESHOLD = 0.5
NOTHING_ALIKE = (
    0.15  # below this relevance the archive is silent on the matter rather than close to it
)
MOST_LACKING = 0.7  # from here a sentence is without a number of the kind that is asked for
WITHOUT_NUMBER = 0.4  # the most chance of one where a number or a sum is asked for
STATES = 0.5  # a question about an article: least degree to which the sentence states what is asked
MEANT = 0.5  # and least share of the question's terms that name the article
ALTERED_SHARE = 0.5  # of the relevance of the closest unaltered sentence, at most
SAME_SENTENCE = 0.6  # cosine from which two sentences of a family say the same (docs/quality.md)


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether the evidence answers the question; `score` is the relevance of the best sentence, 0 to 1."""

    answer: bool
    reason: Literal["no_match", "not_supported"] | None
    score: float


def rank(
    query: Query,
    evidence: Sequence[Evidence],
    question_vector: NDArray[np.floating],
    vectors: NDArray[np.floating],
    idf: Callable[[str], float],
    reader: Reader,
) -> tuple[Evidence, ...]:
    """Evidence with `relevance` set, best first.

    `question_vector` (384,) and `vectors` (n, 384) of "title: sentence" are unit length; `idf` gives the rarity, at
    least 0, of a lower-case word; `passage_score` is the cosine of question and passage. The relevance of the best
    sentence is the chance that it answers the question at all; that of others falls off with their distance to it.
    """
    if not evidence:
        return ()
    features = measure(query, evidence, question_vector, vectors, idf)
    by_features = features.sentences @ _column(MODEL["ranking"], SENTENCE_FEATURES)
    never = NO_ANSWER * never_answers(query, evidence, features)
    if query.about is not None:
        scores = _below_sound(evidence, vectors, by_features - never)
        best = features.sentences[np.argmax(scores)]
        holds, meant = (best[SENTENCE_FEATURES.index(name)] for name in ("about", "article"))
        answers = 0.9 if holds >= STATES and meant >= MEANT else 0.1
    else:
        count = READ_OF_A_TIME if query.periods else READ
        read = read_best(query.text, evidence, by_features, never, reader, count)
        scores = _below_sound(evidence, vectors, read.scores(MODEL["reading"]) - never)
        answers = _chance(features, read, scores, int(np.argmax(scores)))
    order = np.argsort(-scores, kind="stable")
    return tuple(
        replace(evidence[i], relevance=float(answers * np.exp(scores[i] - scores[order[0]])))
        for i in order
    )


@dataclass(frozen=True, slots=True)
class Read:
    """The scores (n,) of sentences by features, and what was read of the best of them."""

    by_features: Floats
    signs: Floats  # (n, SIGNS); what was not read has of every sign the least that was read
    sureness: Floats  # (n,)

    def scores(self, weights: dict[str, float]) -> Floats:
        rows = np.column_stack([self.by_features, self.signs])
        return np.asarray(rows @ _column(weights, RANKING))

    def deciding(self, chances: Floats, scores: Floats, best: int) -> Floats:
        """What the decision goes by, in the order of `DECIDING`; `chances` (n,) are those by features."""
        share = np.exp(scores - scores[best])
        second = np.sort(scores)[::-1][1] if len(scores) > 1 else -np.inf
        by_features = np.clip(chances[best], 1e-4, 1 - 1e-4)
        return np.array(
            [
                np.log(by_features / (1 - by_features)),
                *self.signs[best],
                self.signs[:, SIGNS.index("held")].max(),
                self.signs[:, SIGNS.index("points")].max(),
                self.sureness[best],
                -np.log(share.sum()),
                np.clip(scores[best] - second, -FAR_AHEAD, FAR_AHEAD),
            ]
        )


def read_best(
    question: str,
    evidence: Sequence[Evidence],
    by_features: Floats,
    never: Floats,
    reader: Reader,
    count: int = READ,
) -> Read:
    """Have the best `count` sentences by features read; `never` (n,) is taken off what is no answer."""
    rows = np.argsort(never - by_features, kind="stable")[:count]
    reading = reader.read(question, [evidence[row] for row in rows])
    signs = np.tile(reading.signs.min(axis=0), (len(evidence), 1))
    sureness = np.zeros(len(evidence))
    signs[rows], sureness[rows] = reading.signs, reading.sureness
    return Read(by_features, signs, sureness)


def by_features_alone(features: Features, scores: Floats, model: dict[str, float]) -> Floats:
    """(n,) chance from 0 to 1 that the question is answered, for each sentence as if it were the best one."""
    doubt = answering_rows(features, scores) @ _column(model, ANSWERING) + model["intercept"]
    return np.asarray(1 / (1 + np.exp(-doubt)))


def answering_rows(features: Features, scores: Floats) -> Floats:
    """(n, features) what the decision goes by, for each sentence as if it were the best one."""
    share = np.exp(scores - scores.max())
    first, second = np.sort(scores)[::-1][:2] if len(scores) > 1 else (scores[0], -np.inf)
    ahead = scores - np.where(scores == first, second, first)
    return np.column_stack(
        [features.question, share / share.sum(), np.clip(ahead, -FAR_AHEAD, FAR_AHEAD)]
    )


def decide(query: Query, ranked: Sequence[Evidence]) -> Decision:
    """Answer if the best sentence is relevant enough and tells of what is named; else say whether the
    archive is silent or merely near."""
    score = ranked[0].relevance if ranked else 0.0
    least = SIDE_THRESHOLD if query.compares else THRESHOLD
    least = min(least, REASON_THRESHOLD) if query.wants == "reason" else least
    if score >= least and not of_another(query, ranked):
        return Decision(True, None, score)
    return Decision(False, "no_match" if score < NOTHING_ALIKE else "not_supported", score)


def _chance(features: Features, read: Read, scores: Floats, best: int) -> float:
    """The chance that the best sentence answers; where a number is asked for and it has none, that is small."""
    chances = by_features_alone(features, read.by_features, MODEL["answering"])
    model = MODEL["deciding"]
    doubt = read.deciding(chances, scores, best) @ _column(model, DECIDING) + model["intercept"]
    lacking = features.question[best, QUESTION_FEATURES.index("lacks_number")] >= MOST_LACKING
    return min(float(1 / (1 + np.exp(-doubt))), WITHOUT_NUMBER if lacking else 1.0)


def never_answers(query: Query, evidence: Sequence[Evidence], features: Features) -> Floats:
    """Questions, headings, bylines and date lines, where no article itself is asked about; titles that
    hold nothing of the kind that is asked for; and the men's race where the women's is."""
    if query.about is not None:
        return np.zeros(len(evidence))
    lacks = features.question[:, QUESTION_FEATURES.index("lacks")]
    return np.array(
        [
            float(
                item.kind in _NO_PROSE
                or item.text.rstrip("”\"' ").endswith("?")
                or (item.kind is SentenceKind.TITLE and lacking >= 1)
                or of_the_opposite(query, item.text)
            )
            for item, lacking in zip(evidence, lacks, strict=True)
        ]
    )


def _below_sound(
    evidence: Sequence[Evidence], vectors: NDArray[np.floating], scores: Floats
) -> Floats:
    """An altered sentence ends up below every unaltered one of its family that says the same."""
    scores = scores.copy()
    for index, item in enumerate(evidence):
        if item.altered:
            for other, sound in enumerate(evidence):
                same_family = (
                    not sound.altered and sound.article.family.id == item.article.family.id
                )
                if same_family and float(vectors[index] @ vectors[other]) >= SAME_SENTENCE:
                    scores[index] = min(scores[index], scores[other] + np.log(ALTERED_SHARE))
    return scores


def _column(weights: dict[str, float], names: Sequence[str]) -> Floats:
    return np.array([weights[name] for name in names])


# Days after its newest article from which on an archive is of the past and no longer kept.
ENDED_DAYS = 30

Decide = Callable[[Query, Sequence[Evidence]], Decision]


@dataclass(frozen=True, slots=True)
class Selection:
    """The sentences found for a question, and whether they answer it."""

    snapshot: Snapshot
    query: Query
    considered: tuple[Evidence, ...]  # all there was, best first
    evidence: tuple[Evidence, ...]  # of these what may answer for the times asked about, best first
    passed_over: Evidence | None  # the best that would have answered at another time
    decision: Decision
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
    """What `rank` needs besides the query: (n,) sentences, (d,) and (n, d) unit vectors, rarity by
    word, and the reader."""

    evidence: tuple[Evidence, ...]
    question_vector: np.ndarray
    vectors: np.ndarray
    idf: Callable[[str], float]
    reader: Reader


class Selector:
    """Selects from one archive."""

    def __init__(self, archive: Archive, retriever: Retriever, decide: Decide = decide):
        self.archive = archive
        self.retriever = retriever
        self.decide = decide
        self.reader = Reader(archive.local_embedder)

    def select(self, query: Query, snapshot: Snapshot) -> Selection:
        """Retrieve, gather, rank, place in time and decide, all in one generation."""
        query = _in_an_ended_archive(query, snapshot)
        ranked = rank(query, *self.gather(query, snapshot))
        wrong = taken_back(ranked)
        evidence, passed_over = ranked, None
        if query.periods:
            evidence, passed_over = time_filter.within(ranked, query)
        if passed_over is not None and not self.decide(query, ranked).answer:
            passed_over = None
        decision = self.decide(query, evidence)
        if wrong:
            ranked, evidence = (
                in_their_place(each, wrong, query.wants) for each in (ranked, evidence)
            )
        if off := called_off(query, evidence, answered=decision.answer):
            evidence, decision = off, Decision(True, None, THRESHOLD)
        evidence = led(query, evidence)
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
    says of what day it is (`provenance.age`). With `as_of` there is a week that is meant.
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
