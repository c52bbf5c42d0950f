"""A question and its evidence come in; one row of numbers a sentence, and one for them all, go out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ingest.english.thesaurus import related
from ingest.english.words import stem, stems, words
from ingest.types import SentenceKind
from service.evidence.answer_types import bond, cue
from service.evidence.article_facts import states, title_words
from service.query.analysis import Query
from service.types import Evidence

Floats = NDArray[np.float64]

SENTENCE_FEATURES = (
    "cosine",  # of the question with "title: sentence", below the best one
    "coverage",  # share of the idf of the question's terms that title + sentence hold, below the best one
    "outside_title",  # the same of the sentence, without terms that stand in the title
    "carried",  # further share that the sentence before holds, where this one points back to it
    "names",  # share of the question's names in title + sentence
    "cue",  # holds a thing of the wanted type that the question does not, below the best one
    "pairs",  # share of the question's neighbouring terms that are neighbours here
    "neighbour",  # coverage by the better of the two sentences beside it
    "pronoun",  # opens with a pronoun or a pointer back
    "first",  # first sentence of its passage
    "passage",  # cosine of the question with the passage, below the best one
    "shortness",  # 1 at one word, 0 from 30 words on
    "not_body",  # title, heading, byline or date line, where the question asks about no article
    "about",  # the question asks about an article, and this sentence holds its author, outlet, date or title
    "article",  # share of the question's terms in title, author, outlet and family role of the article
    "alternative",  # holds one of the words between which the question wants a choice
)
QUESTION_FEATURES = (
    "passage_cosine",  # of the best sentence's passage
    "best_cosine",  # of any sentence
    "standout",  # best cosine above the mean of its passage
    "coverage",  # of the best sentence with its title
    "specific",  # share of the terms outside the title that the evidence of the best sentence's article holds
    "outside_title",  # of the best sentence
    "lead",  # cosine of the best sentence's passage above the mean of the best passages of the next families
    "typed",  # the question wants a person, a number, a place …
    "bond",  # then: how near a thing of that type stands to the question's own words, full from `CLOSE` on
    "lacks",  # a number or a sum is wanted: how far the best sentence is from holding one
    "titled",  # share of the title's words that the question has
)

_ACRONYM = re.compile(r"\b[A-Z]{2,5}\b")
CLOSE = 0.4
COUNTABLE = ("number", "money")
UNTITLED = 0.25  # share of a title's words in the question where there is no title, about the mean over the sample
RIVALS = 4  # families
NO_RIVAL = 0.2  # lead where nothing else was found, about the mean over CLAPNQ and the sample
PRONOUN = re.compile(
    r"(?i)^\W*(?:he|she|it|they|this|these|that|those|such|his|her|its|their|there|both|here|another|others|however|"
    r"also|then|the (?:former|latter|same))\b"
)


@dataclass(frozen=True, slots=True)
class Features:
    """Rows of `sentences` (n, 16) and `question` (n, 11) belong to the pieces of evidence, columns to the names above.

    A row of `question` says how well the evidence answers the question if that row's sentence is the best one.
    """

    sentences: Floats
    question: Floats


def measure(
    query: Query,
    evidence: Sequence[Evidence],
    question_vector: NDArray[np.floating],
    vectors: NDArray[np.floating],
    idf: Callable[[str], float],
) -> Features:
    """Features of every sentence against the question; vectors are unit length, `idf` takes a lower-case word."""
    weights = _weights(query, idf)
    rows = [[stem(word) for word in words(item.text)] for item in evidence]
    same = _same_words(query, rows)
    held = [
        frozenset(row).union(*(same[word] for word in row)) | _spelled_out(query, item.text)
        for row, item in zip(rows, evidence, strict=True)
    ]
    known = _with_what_came_before(evidence, held)
    titles = title_words(query, evidence)
    names = [frozenset(stem(word) for word in words(name)) for name in query.names]
    cosine = np.asarray(vectors @ question_vector, dtype=np.float64)
    passage = np.array([item.passage_score for item in evidence])
    own = np.array([_mass(weights, row) for row in held])
    coverage = np.array(
        [_mass(weights, row | title) for row, title in zip(held, titles, strict=True)]
    )
    carried = (
        np.array([_mass(weights, row | title) for row, title in zip(known, titles, strict=True)])
        - coverage
    )
    outside = np.array(
        [_mass(weights, row - title) for row, title in zip(held, titles, strict=True)]
    )
    cues = np.array([cue(query, item.text) for item in evidence])
    not_body = np.array(
        [float(query.about is None and item.kind is not SentenceKind.BODY) for item in evidence]
    )
    sentences = (
        cosine - cosine.max(),
        coverage - coverage.max(),
        outside,
        carried,
        np.array([_share(names, row | title) for row, title in zip(held, titles, strict=True)]),
        cues - cues.max(),
        np.array([_pairs(query, row) for row in rows]),
        _beside(evidence, own),
        np.array([float(bool(PRONOUN.match(item.text))) for item in evidence]),
        _first(evidence),
        passage - passage.max(),
        np.array([max(0.0, 1 - (len(row) - 1) / 29) for row in rows]),
        not_body,
        np.array([states(query, item) for item in evidence]),
        np.array([_mass(weights, title) for title in titles]),
        np.array([float(any(stem(word) in row for word in query.alternatives)) for row in held]),
    )
    question = (
        passage,
        np.full(len(evidence), cosine.max()),
        np.full(len(evidence), _standout(evidence, cosine)),
        coverage,
        _specific(weights, evidence, held, titles, together=query.several_articles),
        outside,
        _lead(evidence),
        np.full(len(evidence), float(_typed(query))),
        _bonds(query, evidence, weights, titles, same)
        if _typed(query)
        else np.zeros(len(evidence)),
        (1 - cues) * (query.wants in COUNTABLE),
        np.array([_titled(query, item) for item in evidence]),
    )
    return Features(np.stack(sentences, axis=1), np.stack(question, axis=1))


def _same_words(query: Query, rows: Sequence[Sequence[str]]) -> dict[str, frozenset[str]]:
    """For each word of the evidence the terms of the question that mean the same: "accord" holds "agreement"."""
    terms = [stemmed for _, stemmed in query.terms]
    vocabulary = {word for row in rows for word in row}
    return {word: frozenset(term for term in terms if related(term, word)) for word in vocabulary}


def _with_what_came_before(
    evidence: Sequence[Evidence], held: Sequence[frozenset[str]]
) -> list[frozenset[str]]:
    """The words of a sentence that opens with a pronoun, together with those of the sentence before it."""
    order = sorted(
        range(len(evidence)),
        key=lambda index: (evidence[index].article.article_id, evidence[index].start),
    )
    known = list(held)
    for left, right in pairwise(order):
        follows = evidence[left].article.article_id == evidence[right].article.article_id
        if follows and PRONOUN.match(evidence[right].text):
            known[right] = held[left] | held[right]
    return known


def _spelled_out(query: Query, text: str) -> frozenset[str]:
    """Terms of the question that the text has only as an acronym: "FDI" holds "foreign direct investment"."""
    acronyms = set(_ACRONYM.findall(text.replace(".", "")))
    found: set[str] = set()
    for length in range(2, 6):
        for start in range(len(query.terms) - length + 1):
            window = query.terms[start : start + length]
            if "".join(word[0] for word, _ in window).upper() in acronyms:
                found.update(stemmed for _, stemmed in window)
    return frozenset(found)


def _weights(query: Query, idf: Callable[[str], float]) -> dict[str, float]:
    """Each term's share of the question's idf; sums to 1."""
    raw = {stemmed: max(idf(word), 1e-6) for word, stemmed in query.terms}
    total = sum(raw.values()) or 1.0
    return {term: value / total for term, value in raw.items()}


def _mass(weights: dict[str, float], found: frozenset[str]) -> float:
    return sum(weight for term, weight in weights.items() if term in found)


def _share(names: Sequence[frozenset[str]], found: frozenset[str]) -> float:
    return (
        sum(len(name & found) / len(name) for name in names if name) / len(names) if names else 1.0
    )


def _standout(evidence: Sequence[Evidence], cosine: Floats) -> float:
    best = int(np.argmax(cosine))
    same = [
        index for index, item in enumerate(evidence) if item.passage_id == evidence[best].passage_id
    ]
    return float(cosine[best] - cosine[same].mean())


def _lead(evidence: Sequence[Evidence]) -> Floats:
    """What many articles are equally near to, none of them may answer."""
    best: dict[str, float] = {}
    for item in evidence:
        best[item.article.family.id] = max(
            item.passage_score, best.get(item.article.family.id, -1.0)
        )

    def lead(family: str) -> float:
        others = sorted((score for other, score in best.items() if other != family), reverse=True)[
            :RIVALS
        ]
        return best[family] - sum(others) / len(others) if others else NO_RIVAL

    leads = {family: lead(family) for family in best}
    return np.array([leads[item.article.family.id] for item in evidence])


def _specific(
    weights: dict[str, float],
    evidence: Sequence[Evidence],
    held: Sequence[frozenset[str]],
    titles: Sequence[frozenset[str]],
    together: bool,
) -> Floats:
    """Share of the question's terms outside an article's title that stand somewhere in its evidence, by idf.

    With `together` they may stand anywhere: a question over several articles spreads its words over them.

    Words that share their first four letters count: the question has "baptist", the article "baptism".
    """
    texts: dict[str, set[str]] = defaultdict(set)
    for item, row in zip(evidence, held, strict=True):
        texts[item.article.article_id] |= row
    if together:
        texts = defaultdict(set, dict.fromkeys(texts, set().union(*texts.values())))
    beginnings = {
        article: {word[:4] for word in row if len(word) >= 4} for article, row in texts.items()
    }

    def share(article: str, title: frozenset[str]) -> float:
        wanted = {term: weight for term, weight in weights.items() if term not in title}
        found = sum(
            weight
            for term, weight in wanted.items()
            if term in texts[article] or (len(term) >= 5 and term[:4] in beginnings[article])
        )
        return found / sum(wanted.values()) if wanted else 1.0

    shares = {
        item.article.article_id: share(item.article.article_id, title)
        for item, title in zip(evidence, titles, strict=True)
    }
    return np.array([shares[item.article.article_id] for item in evidence])


def _typed(query: Query) -> bool:
    return query.wants not in (None, "reason")


def _bonds(
    query: Query,
    evidence: Sequence[Evidence],
    weights: dict[str, float],
    titles: Sequence[frozenset[str]],
    same: dict[str, frozenset[str]],
) -> Floats:
    """What stands in the title is what the whole article is about and binds nothing."""
    found = [
        bond(
            query,
            item.text,
            {term: weight for term, weight in weights.items() if term not in title},
            same,
        )
        for item, title in zip(evidence, titles, strict=True)
    ]
    return np.minimum(1.0, np.array(found) / CLOSE)


def _titled(query: Query, item: Evidence) -> float:
    title = stems(item.article.title) if item.article.title != item.article.source else frozenset()
    return len(title & {stemmed for _, stemmed in query.terms}) / len(title) if title else UNTITLED


def _pairs(query: Query, row: Sequence[str]) -> float:
    terms = [stemmed for _, stemmed in query.terms]
    pairs = set(pairwise(terms))
    return len(pairs & set(pairwise(row))) / len(pairs) if pairs else 0.0


def _beside(evidence: Sequence[Evidence], own: Floats) -> Floats:
    """Coverage of the better neighbour in the same article, by order of offsets; 0 where there is none."""
    order = sorted(
        range(len(evidence)),
        key=lambda index: (evidence[index].article.article_id, evidence[index].start),
    )
    result = np.zeros(len(evidence))
    for left, right in pairwise(order):
        if evidence[left].article.article_id == evidence[right].article.article_id:
            result[left] = max(result[left], own[right])
            result[right] = max(result[right], own[left])
    return result


def _first(evidence: Sequence[Evidence]) -> Floats:
    starts: dict[str, int] = {}
    for item in evidence:
        starts[item.passage_id] = min(item.start, starts.get(item.passage_id, item.start))
    return np.array([float(item.start == starts[item.passage_id]) for item in evidence])
