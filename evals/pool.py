"""A small archive in memory, for measurements on passages that need no data directory."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from evals.passages import Passage, Vectors, as_evidence, read_passages
from ingest.embedding.embedder import LocalEmbedder
from ingest.english.words import stem, words
from ingest.settings import read_settings
from ingest.storage.vector_cache import VectorCache
from service.evidence.neural_reader import Reader
from service.query.question_analysis import Query
from service.retrieval.fusion import leaders, rerank
from service.types import Evidence

CANDIDATES = 100  # by vectors, before words are weighed in


class Pool:
    """A small archive in memory: vectors of "title: text" and BM25 (k1 .6, b .4), put together as in the service."""

    def __init__(
        self,
        passages: Mapping[str, Passage],
        embed: Callable[[Sequence[str]], Vectors],
        dense_share: float,
        reader: Reader,
    ):
        self.passages = passages
        self.dense_share = dense_share
        self.ids = list(passages)
        self.embed = embed
        self.reader = reader
        spoken = [f"{p.title}: {text}" for p in passages.values() for text in p.sentences]
        every = list(dict.fromkeys([*spoken, *map(whole, passages.values())]))
        self._vectors = dict(zip(every, embed(every), strict=True))
        self._matrix = np.stack([self._vectors[whole(passages[i])] for i in self.ids])
        rows = [[stem(word) for word in words(whole(passages[i]))] for i in self.ids]
        mean = sum(len(row) for row in rows) / len(rows)
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for index, row in enumerate(rows):
            for term, count in Counter(row).items():
                weight = count * 1.6 / (count + 0.6 * (0.6 + 0.4 * len(row) / mean))
                self._postings[term].append((index, weight))

    def rarity(self, word: str) -> float:
        """log(1 + N / (1 + n)), n the passages with the word."""
        return math.log(1 + len(self.ids) / (1 + len(self._postings.get(stem(word), ()))))

    def vector(self, question: str) -> Vectors:
        """(384,) the vector of a question."""
        if question not in self._vectors:
            self._vectors[question] = np.asarray(self.embed([question])[0])
        found: Vectors = self._vectors[question]
        return found

    def nearest(
        self, query: Query, count: int, without: str | None = None
    ) -> list[tuple[str, float]]:
        """(passage id, cosine of question and passage), best first; `without` is left out."""
        cosines = self._matrix @ self.vector(query.text)
        lexical = np.zeros(len(self.ids))
        for word, term in query.terms:
            for index, weight in self._postings.get(term, ()):
                lexical[index] += weight * self.rarity(word)
        kept = [i for i in np.argsort(-cosines)[: CANDIDATES + 1] if self.ids[i] != without][
            :CANDIDATES
        ]
        fused = self.dense_share * _scaled(cosines[kept]) + (1 - self.dense_share) * _scaled(
            lexical[kept]
        )
        scores = {self.ids[i]: float(score) for i, score in zip(kept, fused, strict=True)}
        scores = rerank(scores, {i: self._best_sentence(i, query) for i in leaders(scores)})
        of = {self.ids[i]: float(cosines[i]) for i in kept}
        return [(i, of[i]) for i in sorted(scores, key=lambda i: (-scores[i], i))[:count]]

    def _best_sentence(self, passage_id: str, query: Query) -> float:
        return float(
            (
                self.sentence_vectors(as_evidence(self.passages[passage_id]))
                @ self.vector(query.text)
            ).max()
        )

    def gold(self, passage_id: str, query: Query) -> list[Evidence]:
        """The sentences of one passage, its cosine as its score."""
        passage = self.passages[passage_id]
        return as_evidence(passage, float(self._vectors[whole(passage)] @ self.vector(query.text)))

    def found(self, query: Query, count: int, without: str | None = None) -> list[Evidence]:
        """The sentences of the nearest passages."""
        hits = self.nearest(query, count, without)
        return [
            item
            for passage_id, cosine in hits
            for item in as_evidence(self.passages[passage_id], cosine)
        ]

    def sentence_vectors(self, evidence: Sequence[Evidence]) -> Vectors:
        return np.stack([self._vectors[f"{item.article.title}: {item.text}"] for item in evidence])


def whole(passage: Passage) -> str:
    return f"{passage.title}: {' '.join(passage.sentences)}"


def open_pool(passages: Mapping[str, Passage], cache: Path) -> Pool:
    """A pool of these passages; vectors are kept in `cache`, so that a later run embeds only what is new."""
    settings = read_settings()
    cache.mkdir(parents=True, exist_ok=True)
    embedder = LocalEmbedder(settings.model_dir)
    kept = VectorCache(cache / "vectors.sqlite", embedder)
    return Pool(passages, kept.embed, settings.dense_share, Reader(embedder))


def wikipedia(data: Path) -> dict[str, Passage]:
    """All passages of CLAPNQ and QED under `data`."""
    return {**read_passages(data / "clapnq"), **read_passages(data / "qed")}


def _scaled(scores: np.ndarray) -> np.ndarray:
    spread = float(np.ptp(scores)) if len(scores) else 0.0
    return (scores - scores.min()) / spread if spread else np.zeros(len(scores))
