"""Measures every sentence against the question: what ranking and the decision to answer go by."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.english import analyse
from ingest.english.words import stem, synonyms, words
from ingest.types import SentenceKind
from service.evidence.answer_types import bond, most, things
from service.evidence.subject_match import states, title_words
from service.query.question_analysis import Query
from service.types import Evidence

Floats = NDArray[np.float64]

SENTENCE_FEATURES = (
    "cosine",  # of the question with "title: sentence"
    "passage",  # of the question with the passage
    "coverage",  # share of the idf of the question's terms that title + sentence hold
    "outside_title",  # the same of the sentence, without terms that stand in the title
    "carried",  # further share that the sentence before holds, where this one points back to it
    "names",  # share of the question's names in title + sentence
    "numbers",  # share of the question's numbers in sentence, title and date of publication
    "pairs",  # share of the question's neighbouring terms that are neighbours here
    "neighbour",  # coverage by the better of the two sentences beside it
    "pronoun",  # opens with a pronoun or a pointer back
    "first",  # first sentence of its passage
    "opening",  # among the first two sentences of its article
    "overview",  # and the question wants no thing of a type
    "shortness",  # 1 at one word, 0 from 30 words on
    "title",  # the article's title, where no article itself is asked about; likewise the next two
    "heading",
    "credit",  # a byline or date line
    "asks",  # a question
    "quoted",  # share of it between quotation marks
    "about",  # the question asks about an article, and this holds its author, outlet, date or title
    "article",  # share of the question's terms in title, author, outlet and family role of the article
    "alternative",  # holds one of the words between which the question wants a choice
    "bond",  # how near a thing of the wanted type stands to the question's own words
    "cue_person",  # holds a thing of the wanted type that the question does not, 0 to 1; by type
    "cue_name",
    "cue_place",
    "cue_date",
    "cue_number",
    "cue_money",
    "cue_reason",
    "cue_other",
    "newer",  # years, at most 6, by which the article is older than the newest, as a share below 0
    "newer_now",  # the same where the question asks for the present state
)
QUESTION_FEATURES = (
    "passage_cosine",  # of the best sentence's passage
    "best_cosine",  # of any sentence
    "cosine",  # of the best sentence
    "standout",  # best cosine above the mean of its passage
    "coverage",  # of the best sentence with its title
    "specific",  # share of the terms outside the title that the evidence of the best sentence's article holds
    "missing",  # share of the rarest term that this evidence does not hold in the heaviest one
    "outside_title",  # of the best sentence
    "lead",  # cosine of the best sentence's passage above the mean of the next families' best passages
    "names",  # share of the question's names that the evidence of the best sentence's article holds
    "unheard",  # the question has a name of which no evidence, title or byline has a single word
    "numbers",  # share of the question's numbers, likewise
    "typed",  # the question wants a person, a number, a place …
    "bond",  # then: how near a thing of that type stands to the question's own words
    "lacks",  # then: how far the best sentence is from holding one
    "lacks_number",  # the same for a number or a sum
    "titled",  # share of the title's words that the question has
    "asks",  # the best sentence is a question
    "yes_no",  # kinds of question
    "why",
    "how",
    "short",  # a question of at most three terms
)

CLOSE = 0.4  # bond from which it counts in full
SHORT = 3  # terms
OLDEST = 6.0  # years
UNDATED = 2.0  # years by which an article without a date is taken to be older than the newest
_QUOTATION = re.compile(r"“[^”]*|\"[^\"]*\"?")
_DIGITS = re.compile(r"\d+(?:\.\d+)?")
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
    """Rows of `sentences` and `question` belong to the pieces of evidence, columns to the names above.

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
    # each term's share of the question's idf; sums to 1
    raw = {stemmed: max(idf(word), 1e-6) for word, stemmed in query.terms}
    weights = {term: value / sum(raw.values()) for term, value in raw.items()}
    said = [_said(item.text) for item in evidence]
    rows = [one.stems for one in said]
    # the terms of the question that a word stands for: "accord" holds "agreement"
    same: dict[str, set[str]] = {}
    for _, term in query.terms:
        for word in synonyms(term):
            same.setdefault(word, set()).add(term)
    held = [frozenset(row).union(*(same[word] for word in row if word in same)) for row in rows]
    titles = title_words(query, evidence)
    typed = query.wants not in (None, "reason")
    found = [list(things(query, item.text)) for item in evidence]
    cues = np.array([most(one) for one in found])
    bonds = np.zeros(len(evidence))
    if typed:  # what stands in the title is what the whole article is about and binds nothing
        outside = [{t: w for t, w in weights.items() if t not in title} for title in titles]
        near = [  # without a thing of the type there is nothing to be near
            bond(own, item.text, words, same) if own else 0.0
            for item, words, own in zip(evidence, outside, found, strict=True)
        ]
        bonds = np.minimum(1.0, np.array(near) / CLOSE)
    by_type = {name: np.zeros(len(evidence)) for name in SENTENCE_FEATURES if name[:4] == "cue_"}
    by_type[_CUE_OF.get(query.wants, "cue_other")] = cues
    beside = set(pairwise(stemmed for _, stemmed in query.terms))
    sentences: dict[str, Floats] = {
        "cosine": np.asarray(vectors @ question_vector, dtype=np.float64),
        "passage": np.array([item.passage_score for item in evidence]),
        "pairs": np.array([len(beside & one.pairs) / max(1, len(beside)) for one in said]),
        "shortness": np.array([max(0.0, 1 - (len(row) - 1) / 29) for row in rows]),
        "bond": bonds,
        **by_type,
        **_by_words(query, evidence, weights, held, titles),
        **_by_form(query, evidence, said),
    }
    sentences["overview"] = sentences["opening"] * (not typed)
    whole = _by_article(evidence, held, together=query.several_articles)
    question: dict[str, Floats] = {
        **{name: sentences[name] for name in ("cosine", "coverage", "outside_title")},
        **{name: sentences[name] for name in ("numbers", "bond", "asks")},
        **_by_question(query, evidence, sentences["cosine"]),
        "specific": _specific(weights, whole, titles),
        "missing": _missing(weights, whole, titles),
        "names": _names(query, whole, titles),
        "typed": np.full(len(evidence), float(typed)),
        "lacks": (1 - cues) * typed,
        "lacks_number": (1 - cues) * (query.wants in COUNTABLE),
    }
    return Features(
        np.stack([sentences[name] for name in SENTENCE_FEATURES], axis=1),
        np.stack([question[name] for name in QUESTION_FEATURES], axis=1),
    )


class _Said(NamedTuple):
    """What a sentence is, whatever was asked."""

    stems: tuple[str, ...]
    pairs: frozenset[tuple[str, str]]  # of stems that are neighbours
    points_back: bool
    asks: bool
    quoted: float


@lru_cache(maxsize=4096)
def _said(text: str) -> _Said:
    stems = tuple(token.stem for token in analyse(text).tokens)
    return _Said(
        stems,
        frozenset(pairwise(stems)),
        bool(PRONOUN.match(text)),
        text.rstrip("”\"' ").endswith("?"),
        sum(map(len, _QUOTATION.findall(text))) / max(1, len(text)),
    )


_BEGINNING = itemgetter(slice(4))
_CUE_OF: dict[str | None, str] = {
    "person": "cue_person",
    "organisation": "cue_name",
    "name": "cue_name",
    "place": "cue_place",
    "date": "cue_date",
    "number": "cue_number",
    "money": "cue_money",
    "reason": "cue_reason",
}


def _by_words(
    query: Query,
    evidence: Sequence[Evidence],
    weights: dict[str, float],
    held: Sequence[frozenset[str]],
    titles: Sequence[frozenset[str]],
) -> dict[str, Floats]:
    """What a sentence, its title and its neighbours hold of the question's words, names and numbers."""

    def mass(found: Iterable[frozenset[str]]) -> Floats:
        each = list(weights.items())
        return np.array([sum([w for term, w in each if term in row]) for row in found])

    own = mass(held)
    known, neighbour = list(held), np.zeros(len(evidence))
    for left, right in _neighbours(evidence):
        if _said(evidence[right].text).points_back:  # to what the sentence before names
            known[right] = held[left] | held[right]
        neighbour[left] = max(neighbour[left], own[right])
        neighbour[right] = max(neighbour[right], own[left])
    coverage = mass(row | title for row, title in zip(held, titles, strict=True))
    choice = {stem(word) for word in query.alternatives}
    return {
        "coverage": coverage,
        "outside_title": mass(row - title for row, title in zip(held, titles, strict=True)),
        "carried": mass(r | t for r, t in zip(known, titles, strict=True)) - coverage,
        "names": _names(query, held, titles),
        "numbers": _numbers(query, evidence),
        "neighbour": neighbour,
        "article": mass(titles),
        "alternative": _flags(choice & row for row in held),
    }


def _by_form(
    query: Query, evidence: Sequence[Evidence], said: Sequence[_Said]
) -> dict[str, Floats]:
    """What a sentence is, where it stands in its article, and how old that is."""
    starts: dict[str, int] = {}
    body: dict[str, list[int]] = defaultdict(list)
    for item in evidence:
        starts[item.passage_id] = min(item.start, starts.get(item.passage_id, item.start))
        if item.kind is SentenceKind.BODY:
            body[item.article.article_id].append(item.start)
    openings = {article: sorted(found)[:2] for article, found in body.items()}
    plain = float(query.about is None)
    newer = _newer(evidence)
    return {
        "pronoun": _flags(one.points_back for one in said),
        "first": _flags(item.start == starts[item.passage_id] for item in evidence),
        "opening": _flags(e.start in openings.get(e.article.article_id, ()) for e in evidence),
        "title": plain * _flags(item.kind is SentenceKind.TITLE for item in evidence),
        "heading": plain * _flags(item.kind is SentenceKind.HEADING for item in evidence),
        "credit": plain * _flags(item.kind in _CREDITS for item in evidence),
        "asks": _flags(one.asks for one in said),
        "quoted": np.array([one.quoted for one in said]),
        "about": np.array([states(query, item) for item in evidence]),
        "newer": newer,
        "newer_now": newer * query.present,
    }


def _by_question(query: Query, evidence: Sequence[Evidence], cosine: Floats) -> dict[str, Floats]:
    """What the question is, and how far the best sentence and passage stand out from the others."""
    best = evidence[int(np.argmax(cosine))].passage_id
    same = [index for index, item in enumerate(evidence) if item.passage_id == best]
    for_all = {
        "best_cosine": cosine.max(),
        "standout": cosine.max() - cosine[same].mean(),
        "unheard": _unheard(query, evidence),
        "yes_no": query.kind == "yes_no",
        "why": query.kind == "why",
        "how": query.kind == "how",
        "short": len(query.terms) <= SHORT,
    }
    return {
        **{name: np.full(len(evidence), float(value)) for name, value in for_all.items()},
        "passage_cosine": np.array([item.passage_score for item in evidence]),
        "lead": _lead(evidence),
        "titled": _titled(query, evidence),
    }


_CREDITS = (SentenceKind.BYLINE, SentenceKind.DATELINE)


def _flags(found: Iterable[object]) -> Floats:
    return np.array([float(bool(one)) for one in found])


def _neighbours(evidence: Sequence[Evidence]) -> Iterator[tuple[int, int]]:
    """Places of two sentences that follow one another in an article, of those that were gathered."""
    order = sorted(
        range(len(evidence)), key=lambda i: (evidence[i].article.article_id, evidence[i].start)
    )
    for left, right in pairwise(order):
        if evidence[left].article.article_id == evidence[right].article.article_id:
            yield left, right


def _names(
    query: Query, rows: Sequence[frozenset[str]], titles: Sequence[frozenset[str]]
) -> Floats:
    """Mean share of each of the question's names that a row and its title hold; 1 where there is none."""
    names = [name for one in query.names if (name := frozenset(map(stem, words(one))))]
    if not query.names:
        return np.ones(len(rows))
    return np.array(
        [
            sum(
                len([word for word in name if word in row or word in title]) / len(name)
                for name in names
            )
            / len(query.names)
            for row, title in zip(rows, titles, strict=True)
        ]
    )


def _numbers(query: Query, evidence: Sequence[Evidence]) -> Floats:
    """The day of publication counts: "the 2021 rise" is the one reported in 2021."""
    if not query.numbers:
        return np.ones(len(evidence))
    held = []
    for item in evidence:
        day = item.article.published_on
        text = f"{item.text} {item.article.title} {day.year if day else ''}".replace(",", "")
        held.append(len(query.numbers & set(_DIGITS.findall(text))) / len(query.numbers))
    return np.array(held)


def _unheard(query: Query, evidence: Sequence[Evidence]) -> bool:
    said = analyse(query.text)
    names = [
        set(words(said.text[one.start : one.end])) for one in said.names if one not in said.demonyms
    ]
    if not names:
        return False
    cards = {item.article.article_id: item.article for item in evidence}.values()
    known = set[str]().union(*(analyse(item.text).words for item in evidence))
    for card in cards:
        known.update(analyse(f"{card.title} {card.author} {card.publisher}").words)
    return any(not name & known for name in names)


def _newer(evidence: Sequence[Evidence]) -> Floats:
    days = [item.article.published_on for item in evidence]
    newest = max((day for day in days if day), default=None)
    if newest is None:
        return np.zeros(len(evidence))
    ages = [(newest - day).days / 365.25 if day else UNDATED for day in days]
    return -np.minimum(ages, OLDEST) / OLDEST


def _by_article(
    evidence: Sequence[Evidence], held: Sequence[frozenset[str]], together: bool
) -> list[frozenset[str]]:
    """What the evidence of a sentence's article holds; with `together` what all of it holds, for a question over
    several articles spreads its words over them."""
    texts: dict[str, set[str]] = defaultdict(set)
    for item, row in zip(evidence, held, strict=True):
        texts["" if together else item.article.article_id] |= row
    whole = {article: frozenset(found) for article, found in texts.items()}
    return [whole["" if together else item.article.article_id] for item in evidence]


def _specific(
    weights: dict[str, float], whole: Sequence[frozenset[str]], titles: Sequence[frozenset[str]]
) -> Floats:
    """Share of the question's terms outside an article's title that stand somewhere in its evidence, by idf.

    Words that share their first four letters count: the question has "baptist", the article "baptism".
    """

    def share(row: frozenset[str], title: frozenset[str]) -> float:
        wanted = {term: weight for term, weight in weights.items() if term not in title}
        return 1 - sum(_lost(wanted, row).values()) / sum(wanted.values()) if wanted else 1.0

    return _each_once(share, whole, titles)


def _missing(
    weights: dict[str, float], whole: Sequence[frozenset[str]], titles: Sequence[frozenset[str]]
) -> Floats:
    heaviest = max(weights.values(), default=1.0)
    return _each_once(
        lambda row, title: max(_lost(weights, row | title).values(), default=0.0) / heaviest,
        whole,
        titles,
    )


def _each_once(
    found: Callable[[frozenset[str], frozenset[str]], float],
    rows: Sequence[frozenset[str]],
    titles: Sequence[frozenset[str]],
) -> Floats:
    """Sentences of one article share the same two sets: each pair is looked at once."""
    known = {pair: found(*pair) for pair in set(zip(rows, titles, strict=True))}
    return np.array([known[pair] for pair in zip(rows, titles, strict=True)])


def _lost(weights: dict[str, float], row: frozenset[str]) -> dict[str, float]:
    beginnings = set(map(_BEGINNING, row))  # a word that is shorter begins no term
    return {
        term: weight
        for term, weight in weights.items()
        if term not in row and not (len(term) >= 5 and term[:4] in beginnings)
    }


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


def _titled(query: Query, evidence: Sequence[Evidence]) -> Floats:
    terms = {stemmed for _, stemmed in query.terms}
    shares: dict[str, float] = {}
    for card in {item.article.article_id: item.article for item in evidence}.values():
        title = analyse(card.stated_title or "").stems
        shares[card.article_id] = len(title & terms) / len(title) if title else UNTITLED
    return np.array([shares[item.article.article_id] for item in evidence])
