"""Ranked passages in; out come the sentences that may be cited, or those that came closest."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from ingest.english.words import stems
from ingest.storage.catalogue import Snapshot
from ingest.storage.passage_filters import permitted_articles
from ingest.storage.vector_cache import SentenceVectors
from ingest.text.segmentation import sentences_in
from ingest.types import Passage, Sentence, SentenceKind, Span
from service.evidence.fiction import asks_for, is_fiction
from service.query.question_analysis import Query
from service.retrieval.retriever import card, filter_of
from service.types import ArticleCard, Evidence, Hit, Nearest, Question

READ_PASSAGES = 12  # passages whose sentences are weighed
HEADED_ARTICLES = (
    4  # articles whose title, byline and date line are weighed whatever passage was found
)
ASKED_ABOUT_FAMILIES = (
    3  # where the question is about an article itself: families whose every copy is looked at
)
SAME_SENTENCE = 0.6  # cosine from which two sentences of one family say the same (docs/quality.md)
HEADER_KINDS = (SentenceKind.TITLE, SentenceKind.BYLINE, SentenceKind.DATELINE)

Embed = Callable[[Sequence[str]], np.ndarray]
CLOSE = 0.7  # share of the best sentence's relevance from which another is as near


def gather(
    question: Question,
    snapshot: Snapshot,
    hits: Sequence[Hit],
    embed: Embed,
    *,
    about_articles: bool = False,
) -> tuple[Evidence, ...]:
    """Sentences of the best passages, in order of passage, then of text; each once, no boilerplate.

    What is labelled fiction counts only where the question asks for it.
    A family speaks through the article hit first. Of its other members only sentences that the first does not say are
    taken, so that a copy never counts twice and an altered one never stands in for the sound text. `about_articles`
    adds the first and last passage of every copy: who wrote it, where it appeared and when stand there.
    """
    read = list(hits[:READ_PASSAGES])
    voices: dict[str, str] = {}
    for hit in read:
        voices.setdefault(hit.article.family.id, hit.article.article_id)
    more = _ends(question, snapshot, read) if about_articles else _headers(snapshot, read)
    read.extend(more)
    articles = snapshot.articles(hit.article.article_id for hit in read)
    found: dict[tuple[str, int], Evidence] = {}
    cards = {article_id: card(stored) for article_id, stored in articles.items()}
    sentences = {article_id: snapshot.sentences(article_id) for article_id in articles}
    made_up = {each for each in articles if is_fiction(articles[each].article, sentences[each])}
    unasked = {each for each in made_up if not asks_for(question, articles[each].article)}
    for hit in read:
        article_id = hit.article.article_id
        if article_id in cards and article_id not in unasked:
            altered = [a.here for a in articles[article_id].member.alterations]
            for sentence in sentences_in(hit.start, hit.end, sentences[article_id]):
                # of a passage taken for its header lines, which has no text, only those
                wanted = hit.text or sentence.kind in HEADER_KINDS
                if wanted and (article_id, sentence.start) not in found:
                    touched = any(
                        a.start <= sentence.end and sentence.start <= a.end for a in altered
                    )
                    made = _evidence(sentence, hit, cards[article_id], touched)
                    found[article_id, sentence.start] = replace(made, fiction=article_id in made_up)
    own = [e for e in found.values() if voices.get(e.article.family.id) == e.article.article_id]
    others = [e for e in found.values() if voices.get(e.article.family.id) != e.article.article_id]
    return _keyed([*own, *_unsaid(snapshot, others, voices, embed)])


def title_vectors(
    snapshot: Snapshot, evidence: Sequence[Evidence], sentences: SentenceVectors
) -> np.ndarray:
    """(n, dimension) vectors of "title: sentence"; a sentence without its title loses 9 points of recall@1."""
    if not evidence:
        return np.zeros((0, 0), np.float32)
    passages = snapshot.passages({e.passage_id for e in evidence})
    spoken = sentences.of(snapshot, {i: p.start for i, p in passages.items()})
    places = {
        (i, start): said.vectors[n]
        for i, said in spoken.items()
        for n, start in enumerate(said.starts)
    }
    return np.stack([places[e.passage_id, e.start] for e in evidence])


def _headers(snapshot: Snapshot, hits: Sequence[Hit]) -> Iterator[Hit]:
    """The first passage of each of the best articles, for the lines that say who wrote it, where and when."""
    first = dict.fromkeys(hit.article.article_id for hit in hits)
    by_article = {hit.article.article_id: hit for hit in reversed(hits)}
    for article_id in list(first)[:HEADED_ARTICLES]:
        hit = by_article[article_id]
        for passage in snapshot.passages_of(article_id):
            yield Hit(
                passage.passage_id, passage.start, passage.end, "", 0.0, hit.article, hit.similarity
            )


def _ends(question: Question, snapshot: Snapshot, hits: Sequence[Hit]) -> Iterator[Hit]:
    """The first and last passage of every permitted copy of the families hit first."""
    similarity = {hit.article.family.id: hit.similarity for hit in reversed(hits)}
    for family_id in list(dict.fromkeys(hit.article.family.id for hit in hits))[
        :ASKED_ABOUT_FAMILIES
    ]:
        family = snapshot.family(family_id)
        members = [m.article_id for m in family.members] if family else []
        for stored in permitted_articles(snapshot, members, filter_of(question)):
            passages = snapshot.passages_of(stored.article.article_id)
            for p in passages[:1] + passages[1:][-1:]:
                similar = similarity[family_id]
                yield Hit(p.passage_id, p.start, p.end, p.text, 0.0, card(stored), similar)


def _evidence(sentence: Sentence, hit: Hit, article: ArticleCard, altered: bool) -> Evidence:
    return Evidence(
        key=next(_keys(article.article_id, sentence.start)),
        text=sentence.text,
        start=sentence.start,
        end=sentence.end,
        kind=sentence.kind,
        passage_id=hit.passage_id,
        passage_score=hit.similarity,
        article=article,
        altered=altered,
    )


def _unsaid(
    snapshot: Snapshot, others: Sequence[Evidence], voices: dict[str, str], embed: Embed
) -> list[Evidence]:
    """Of the copies' sentences, those their family's voice does not say."""
    if not others:
        return []
    vectors = embed([e.text for e in others])
    kept: list[Evidence] = []
    for family_id in dict.fromkeys(e.article.family.id for e in others):
        said = [s.text for s in snapshot.sentences(voices[family_id])]
        rows = [n for n, e in enumerate(others) if e.article.family.id == family_id]
        closest = (vectors[rows] @ embed(said).T).max(axis=1) if said else np.zeros(len(rows))
        kept.extend(
            others[n] for n, near in zip(rows, closest, strict=True) if near < SAME_SENTENCE
        )
    return kept


def _keyed(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Each with a key of its own."""
    taken: set[str] = set()
    keyed = []
    for item in evidence:
        if item.key in taken:
            keys = _keys(item.article.article_id, item.start)
            item = replace(item, key=next(key for key in keys if key not in taken))
        taken.add(item.key)
        keyed.append(item)
    return tuple(keyed)


def _keys(article_id: str, start: int) -> Iterator[str]:
    """Keys are short, made from the place, and tell nothing of order: a model cannot guess one it was not shown."""
    digest = hashlib.blake2b(f"{article_id}:{start}".encode(), digest_size=16).hexdigest()
    return (f"s{digest[n : n + 5]}" for n in range(27))


def passage_at(passages: Sequence[Passage], start: int) -> str:
    """Id of the passage that holds the offset; "" where none does."""
    return next((p.passage_id for p in passages if p.start <= start < p.end), "")


def nearest(
    snapshot: Snapshot, hits: Sequence[Hit], considered: Sequence[Evidence], query: Query
) -> tuple[Nearest, ...]:
    """The hits, each with the best ranked of its sentences, or None where none of them is near.

    A sentence is near if it or its title has a word of the question; of sentences about as
    relevant the one with more of its words is nearest. `considered` is best first.
    Words that an altered copy changed are not shown as its sentence.
    """
    terms = {stemmed for _, stemmed in query.terms}
    shown = []
    for hit in hits:
        own = snapshot.sentences(hit.article.article_id)
        starts = {s.start for s in sentences_in(hit.start, hit.end, own)}
        near = [
            item
            for item in considered
            if item.article.article_id == hit.article.article_id
            and item.start in starts
            and item.kind is SentenceKind.BODY
            and not item.altered
            and not terms.isdisjoint(stems(f"{item.article.title} {item.text}"))
        ]
        close = [item for item in near if item.relevance >= CLOSE * near[0].relevance]
        # the first of those that hold most words of the question themselves
        best = max(close, key=lambda item: len(terms & stems(item.text)), default=None)
        sentence = Span(best.start, best.end, best.text) if best else None
        shown.append(
            Nearest(
                hit.passage_id,
                hit.start,
                hit.end,
                hit.text,
                hit.score,
                hit.article,
                hit.similarity,
                sentence,
            )
        )
    return tuple(shown)
