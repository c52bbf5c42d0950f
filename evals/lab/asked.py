"""The questions that models of evidence are fitted on, each with the sentences that the service gathers for it."""

from __future__ import annotations

import hashlib
import pickle
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.asker import service_over
from evals.cases import Case, articles_of, read_suite
from evals.metrics.words import says
from evals.passages import read_selqa
from evals.pool import open_pool
from ingest.settings import read_settings
from service.evidence import time_filter
from service.evidence.ranking import never_answers
from service.evidence.ranking_features import Features, measure
from service.query.question_analysis import Query, analyse
from service.types import Evidence, Question
from service.wiring import Service

SUITES = ("newsroom-fit", "sample-fit")
WRITTEN_IN = Path(__file__).parent / "data" / "newsroom"
_ARTICLES = tuple((WRITTEN_IN / "articles").glob("*.md"))
_OF_SUITE = (WRITTEN_IN / "quiz-articles.txt").read_text("utf-8").split()
# Written to be trained on, by people who had not seen the code: questions with the articles that are asked.
WRITTEN = {
    "questions": _ARTICLES,
    "quiz": (*_ARTICLES, *(articles_of("newsroom-fit") / name for name in _OF_SUITE)),
}
RETRIEVED = 5  # sections
TODAY = date(2026, 11, 28)  # the day on which the questions of the suites were written
SELQA_WEIGHT = 1.0  # of a question, against one of news
REMOVED_WEIGHT = 0.3  # of a SelQA question whose section is taken out
SELQA_EVERY = 4  # questions of SelQA are so many for one that is fitted on
STRANGERS = 5  # every so many questions are put to another archive too, which answers none of them


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with its sentences, their features, and which of them answer it."""

    source: str
    group: str  # story or title; never split between folds
    weight: float
    question: str
    accept: tuple[str, ...]  # words that answer, where any of them will do
    evidence: tuple[Evidence, ...]
    features: Features
    right: NDArray[np.bool_]
    open: NDArray[np.bool_]  # may answer for the time that is asked about
    never: NDArray[np.bool_]  # is no answer by its kind
    about: bool = False  # the question is about an article itself; then nothing is read


def held_back(one: Asked) -> bool:
    """Whether the reader is not trained on the question's story: a third of all."""
    return hashlib.sha256(one.group.encode()).digest()[0] % 3 == 0


def gathered(kept: Path) -> list[Asked]:
    """The questions about news; they are gathered once and kept in a file."""
    if not kept.exists():
        kept.write_bytes(pickle.dumps(list(of_suites())))
    found: list[Asked] = pickle.loads(kept.read_bytes())  # noqa: S301  our own file
    return found


def of_suites() -> Iterator[Asked]:
    suites = {suite: read_suite(suite).cases for suite in SUITES}
    for suite, cases in suites.items():
        strange = [case for other in SUITES if other != suite for case in suites[other]]
        with service_over(articles_of(suite), read_settings()) as service:
            for case in cases:
                yield from of_case(service, case, suite)
            for case in strange[::STRANGERS]:
                yield from of_case(service, replace(case, expect="abstain"), "strangers")
    for name, articles in WRITTEN.items():
        with tempfile.TemporaryDirectory() as folder:
            for path in articles:
                shutil.copy(path, folder)
            with service_over(Path(folder), read_settings()) as service:
                for case in read_suite(str(WRITTEN_IN / f"{name}.jsonl")).cases:
                    yield from of_case(service, case, name)


def of_case(service: Service, case: Case, source: str) -> Iterator[Asked]:
    query = analyse(Question(case.question, case.history, case.as_of), TODAY)
    with service.archive.catalogue.live() as snapshot:
        found = service.answerer.selector.gather(query, snapshot)
    if found.evidence:
        features = measure(query, *found[:4])
        never = never_answers(query, found.evidence, features).astype(bool)
        accept = tuple(words for words in case.accept if isinstance(words, str))
        yield Asked(
            source,
            case.story or case.id,
            1.0,
            query.text,
            accept,
            found.evidence,
            features,
            answers(case, found.evidence),
            in_time(query, found.evidence),
            never,
            query.about is not None,
        )


def in_time(query: Query, evidence: Sequence[Evidence]) -> NDArray[np.bool_]:
    kept, _ = time_filter.within(evidence, query)
    keys = {item.key for item in kept}
    return np.array([item.key in keys for item in evidence])


def answers(case: Case, evidence: Sequence[Evidence]) -> NDArray[np.bool_]:
    """Which sentences answer: those of the gold quotes, and those of the same articles that say what is accepted."""
    if case.expect == "abstain":
        return np.zeros(len(evidence), bool)
    quotes = [_plain(gold.quote) for gold in case.evidence]
    families = {
        item.article.family.id
        for item in evidence
        for gold in case.evidence
        if item.article.source.endswith(gold.file)
    }
    found = []
    for item in evidence:
        text = _plain(item.text)
        quoted = any(text in quote or quote in text for quote in quotes)
        said = not case.wants_parts and says(item.text, case.accept)
        found.append(quoted or (said and (not families or item.article.family.id in families)))
    return np.array(found)


def of_selqa(folder: Path, cache: Path) -> Iterator[Asked]:
    """Each question with its section among those that are searched, and without it."""
    passages, askings = read_selqa(folder)
    pool = open_pool(passages, cache)
    for asking in askings[::SELQA_EVERY]:
        query = analyse(Question(asking.text), None)
        chosen = {f"{asking.passage_id}:{n}" for n in asking.longs[0].selected}
        title = passages[asking.passage_id].title
        for source, without, weight in (
            ("selqa", None, SELQA_WEIGHT),
            ("selqa without", asking.passage_id, REMOVED_WEIGHT),
        ):
            evidence = pool.found(query, RETRIEVED, without)
            right = np.array([item.key in chosen for item in evidence])
            features = measure(
                query,
                evidence,
                pool.vector(query.text),
                pool.sentence_vectors(evidence),
                pool.rarity,
            )
            never = never_answers(query, evidence, features).astype(bool)
            every = np.ones(len(evidence), bool)
            yield Asked(
                source,
                title,
                weight,
                query.text,
                (),
                tuple(evidence),
                features,
                right,
                every,
                never,
            )


def _plain(text: str) -> str:
    return " ".join(text.split())
