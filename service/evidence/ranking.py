"""Evidence comes in; the same evidence, best answer first with its relevance, and the decision to answer go out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ingest.english import analyse
from ingest.english.words import words
from service.evidence.features import (
    QUESTION_FEATURES,
    SENTENCE_FEATURES,
    Features,
    Floats,
    measure,
)
from service.query.analysis import Query
from service.types import Evidence

# Set by hand to what a feature should be worth against the others. Measured, not fitted, on QED (n 632): answer in the
# top sentence 70 % of the gold paragraph, 66 % of five retrieved ones; weights fitted on CLAPNQ's choices gave 67 %.
SENTENCE_WEIGHTS: dict[str, float] = {
    "cosine": 8.0, "coverage": 3.0, "outside_title": 2.0, "carried": 1.5, "names": 0.5, "cue": 1.5, "pairs": 0.5,
    "neighbour": 0.3, "pronoun": -0.2, "first": 0.3, "passage": 3.0, "shortness": -0.8, "not_body": -2.0, "about": 6.0,
    "article": 1.0, "alternative": 1.0,
}  # fmt: skip

# A logistic regression on CLAPNQ and on questions about the bundled archive (`python -m evals.lab.fitting`), whose news
# articles speak of more than one thing. Over ten folds its AUROC is .89 against passages of the same page (n 294), .92
# without the gold passage (n 302) and .77 on questions about the bundled archive that it cannot answer (n 139). The
# intercept is raised from -5.2, where as much weighs against answering as for it, to where 97 % of CLAPNQ's answerable
# questions are answered, and 80 % of those in the suite `sample`; `specific` is raised from .6 with it.
QUESTION_WEIGHTS: dict[str, float] = {
    "passage_cosine": 2.9, "best_cosine": 1.3, "standout": 3.1, "coverage": 0.6, "specific": 0.9, "outside_title": 2.3,
    "lead": 4.2, "typed": -0.4, "bond": 0.9, "lacks": -2.5, "titled": 0.9,
}  # fmt: skip
INTERCEPT = -4.45
SEVERAL_ARTICLES = 0.8  # added where each article holds only a part of what is asked
THRESHOLD = 0.5  # least relevance of the best sentence that is an answer
NOTHING_ALIKE = (
    0.15  # below this relevance the archive is silent on the matter rather than close to it
)
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
) -> tuple[Evidence, ...]:
    """Evidence with `relevance` set, best first.

    `question_vector` (384,) and `vectors` (n, 384) of "title: sentence" are unit length; `idf` gives the rarity, at
    least 0, of a lower-case word; `passage_score` is the cosine of question and passage. The relevance of the best
    sentence is the chance that it answers the question at all; that of others falls off with their distance to it.
    """
    if not evidence:
        return ()
    features = measure(query, evidence, question_vector, vectors, idf)
    scores = _below_sound(
        evidence, vectors, features.sentences @ _column(SENTENCE_WEIGHTS, SENTENCE_FEATURES)
    )
    order = np.argsort(-scores, kind="stable")
    best = order[0]
    answers = chance(query, features)[best]
    return tuple(
        replace(evidence[i], relevance=float(answers * np.exp(scores[i] - scores[best])))
        for i in order
    )


def chance(query: Query, features: Features) -> Floats:
    """(n,) chance from 0 to 1 that the question is answered, for each sentence as if it were the best one."""
    if query.about is not None:
        holds, meant = (
            features.sentences[:, SENTENCE_FEATURES.index(name)] for name in ("about", "article")
        )
        return np.asarray(
            np.where((holds >= STATES) & (meant >= MEANT), 0.9, 0.1), dtype=np.float64
        )
    doubt = features.question @ _column(QUESTION_WEIGHTS, QUESTION_FEATURES) + INTERCEPT
    doubt += SEVERAL_ARTICLES * query.several_articles
    return np.asarray(1 / (1 + np.exp(-doubt)), dtype=np.float64)


def decide(query: Query, ranked: Sequence[Evidence]) -> Decision:
    """Answer if the best sentence is relevant enough, else say whether the archive is silent or merely near."""
    score = ranked[0].relevance if ranked else 0.0
    if _unheard_of(query, ranked):
        return Decision(False, "no_match", min(score, NOTHING_ALIKE))
    if score >= THRESHOLD:
        return Decision(True, None, score)
    return Decision(False, "no_match" if score < NOTHING_ALIKE else "not_supported", score)


def _unheard_of(query: Query, ranked: Sequence[Evidence]) -> bool:
    """Whether the question names somebody or something of whom no evidence, title or byline has a single word."""
    names = [set(name.value.split()) for name in analyse(query.text).names]
    if not names:
        return False
    known: set[str] = set()
    for text in {
        part
        for item in ranked
        for part in (item.text, item.article.title, item.article.author, item.article.publisher)
    }:
        known.update(word for name in analyse(text or "").names for word in name.value.split())
        known.update(words(text or ""))
    return any(not name & known for name in names)


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
