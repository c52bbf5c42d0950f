"""A question in, ranked passages out: vectors and words fused, dates and filters kept, one voice a family."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from ingest.archive import Archive
from ingest.catalogue import Snapshot, StoredArticle
from ingest.chunks import embedded_text
from ingest.types import Passage, Role
from service.questions import understand
from service.types import ArticleCard, FamilyPlace, Filters, Hit, Question

FIRST_FETCH = 100  # candidates from each index; the fusion was measured over the top 100 (docs/quality.md)
WIDEST_FETCH = 1600  # where filters leave too few
ENOUGH_FAMILIES = 10
FOLLOW_UP_WORDS = frozenset("he she it they him her them his their its this that these those there then".split())

# Who speaks for a family where its canonical member is filtered out: what is most like the source comes first.
VOICES = (Role.ORIGINAL, Role.UPDATED, Role.REPUBLISHED, Role.FRAGMENT, Role.ALTERED)


class Retriever:
    """Finds passages in one archive; every call sees one generation."""

    def __init__(self, archive: Archive):
        self.archive = archive

    def find(self, question: Question, count: int = 10) -> tuple[Hit, ...]:
        """At most `count` hits, best first: each family's best passage, then, if families run out, their next."""
        return tuple(
            _one_slot_a_family(self.candidates(question, self.archive.catalogue.live(), families=count))[:count]
        )

    def candidates(self, question: Question, snapshot: Snapshot, families: int = ENOUGH_FAMILIES) -> list[Hit]:
        """All passages worth reading, best first, each family speaking through one member."""
        query = understand(standalone(question)).text
        vector = self.archive.embedder.embed_question(query)
        fetch = FIRST_FETCH
        while True:
            scores, similarities = self._fused(query, vector, fetch)
            hits = self._permitted(question, snapshot, vector, scores, similarities)
            enough = len({hit.article.family.id for hit in hits}) >= families
            if enough or fetch >= WIDEST_FETCH or len(scores) < fetch:
                return self._one_voice(question, snapshot, vector, hits)
            fetch *= 4

    def _fused(self, query: str, vector: np.ndarray, fetch: int) -> tuple[dict[str, float], dict[str, float]]:
        """Weighted min-max fusion: it beats reciprocal-rank fusion by 1.5 points of nDCG@10 (docs/quality.md)."""
        dense = dict(self.archive.store.nearest(vector, fetch))
        words = dict(self.archive.lexical.find(query, fetch))
        share = self.archive.settings.dense_share
        scaled_dense, scaled_words = _min_max(dense), _min_max(words)
        scores = {
            i: share * scaled_dense.get(i, 0.0) + (1 - share) * scaled_words.get(i, 0.0) for i in {**dense, **words}
        }
        return scores, dense

    def _permitted(
        self,
        question: Question,
        snapshot: Snapshot,
        vector: np.ndarray,
        scores: dict[str, float],
        known: dict[str, float],
    ) -> list[Hit]:
        """Hits that dates and filters allow; those found by words alone get their cosine from the kept vectors."""
        passages = snapshot.passages(scores)
        articles = snapshot.articles(p.article_id for p in passages.values())
        allowed = {i: a for i, a in articles.items() if permits(question, a)}
        live = [(p, allowed[p.article_id]) for p in passages.values() if p.article_id in allowed]
        lacking = [(p, a) for p, a in live if p.passage_id not in known]
        cosines = self._vectors(lacking) @ vector
        known = known | {p.passage_id: float(s) for (p, _), s in zip(lacking, cosines, strict=True)}
        return _ranked(_hit(p, a, scores[p.passage_id], known[p.passage_id]) for p, a in live)

    def _one_voice(self, question: Question, snapshot: Snapshot, vector: np.ndarray, hits: list[Hit]) -> list[Hit]:
        """Where several members of a family are hit, the most trustworthy one speaks for all of them.

        Its passages stand in for those of its copies; a copy keeps a place of its own further down, because it may say
        something that no other member does (the evidence step decides that sentence by sentence).
        """
        kept: dict[str, Hit] = {h.passage_id: h for h in hits}
        for family_id in {h.article.family.id for h in hits if h.article.family.size > 1}:
            members = [h for h in hits if h.article.family.id == family_id]
            voice = self._voice(question, snapshot, family_id)
            if voice is None:
                continue
            best = max(h.score for h in members)
            own = self._scored(voice, snapshot, vector, {h.passage_id: h.score for h in members}, best)
            for hit in members:
                if hit.article.article_id != voice.article.article_id:
                    kept[hit.passage_id] = replace(hit, score=hit.score * 0.5)
            kept.update((h.passage_id, h) for h in own)
        return _ranked(kept.values())

    def _voice(self, question: Question, snapshot: Snapshot, family_id: str) -> StoredArticle | None:
        family = snapshot.family(family_id)
        members = snapshot.articles(m.article_id for m in family.members) if family else {}
        allowed = [a for a in members.values() if permits(question, a)]
        corrections = [a for a in allowed if a.member.role is Role.UPDATED]
        if corrections:  # the outlet's own later word on its own article
            return max(corrections, key=lambda a: (a.article.published_on or date.min, a.article.article_id))
        return min(allowed, key=lambda a: (not a.member.canonical, VOICES.index(a.member.role)), default=None)

    def _scored(
        self, voice: StoredArticle, snapshot: Snapshot, vector: np.ndarray, found: dict[str, float], best: float
    ) -> list[Hit]:
        """The voice's passages: its best takes the family's best score, the others fall off with their similarity."""
        passages = snapshot.passages_of(voice.article.article_id)
        if not passages:
            return []
        similarities = self._vectors([(p, voice) for p in passages]) @ vector
        top = float(similarities.max())
        return [
            _hit(p, voice, max(found.get(p.passage_id, 0.0), best * (1 - 2 * (top - float(s)))), float(s))
            for p, s in zip(passages, similarities, strict=True)
            if p.passage_id in found or top - float(s) < 0.25
        ]

    def _vectors(self, passages: Sequence[tuple[Passage, StoredArticle]]) -> np.ndarray:
        return self.archive.vectors.embed([embedded_text(a.article.title, p.text) for p, a in passages])


def standalone(question: Question) -> str:
    """The question as it can be searched: a follow-up takes the words of the question before it along."""
    words = question.text.lower().replace("?", " ").split()
    asked_before = [turn.content for turn in question.history if turn.role == "user"]
    if asked_before and (len(words) < 4 or FOLLOW_UP_WORDS.intersection(words)):
        return f"{asked_before[-1]} {question.text}"
    return question.text


def permits(question: Question, stored: StoredArticle) -> bool:
    """Whether dates and filters let an article speak; `as_of` and all bounds are inclusive.

    An undated article passes `as_of` only if no date named in its text is later, and never passes a date filter.
    """
    article, filters = stored.article, question.filters
    if question.as_of and (article.published_on or article.latest_named_date or question.as_of) > question.as_of:
        return False
    return _passes(filters, stored)


def _passes(filters: Filters, stored: StoredArticle) -> bool:
    article = stored.article
    if filters.published_after and (article.published_on is None or article.published_on < filters.published_after):
        return False
    if filters.published_before and (article.published_on is None or article.published_on > filters.published_before):
        return False
    if filters.publishers and (article.publisher or "").casefold() not in {p.casefold() for p in filters.publishers}:
        return False
    return not filters.article_ids or article.article_id in filters.article_ids


def card(stored: StoredArticle) -> ArticleCard:
    """What citations and hits say of an article."""
    a, m = stored.article, stored.member
    place = FamilyPlace(stored.family_id, stored.family_size, str(m.role), m.canonical)
    return ArticleCard(
        a.article_id, a.title or a.source, a.author, a.publisher, a.url, a.source, a.published_on, a.date_source, place
    )


def _hit(passage: Passage, stored: StoredArticle, score: float, similarity: float) -> Hit:
    return Hit(passage.passage_id, passage.start, passage.end, passage.text, score, card(stored), similarity)


def _one_slot_a_family(hits: Sequence[Hit]) -> list[Hit]:
    """Best passage of every family first, then every family's second, and so on; each round in order of score."""
    rounds: dict[str, int] = {}
    placed = []
    for hit in hits:
        rounds[hit.article.family.id] = rounds.get(hit.article.family.id, -1) + 1
        placed.append((rounds[hit.article.family.id], hit))
    placed.sort(key=lambda pair: pair[0])  # stable: score order within a round
    return [hit for _, hit in placed]


def _ranked(hits: Iterable[Hit]) -> list[Hit]:
    return sorted(hits, key=lambda h: (-h.score, h.passage_id))


def _min_max(scores: dict[str, float]) -> dict[str, float]:
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    return {i: (s - low) / (high - low) if high > low else 1.0 for i, s in scores.items()}
