"""Keeps the vectors of each passage's sentences, so that none is embedded twice."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import bindparam, delete, select

from ingest.errors import IndexUnavailable
from ingest.storage.database import put
from ingest.storage.lists import among
from ingest.storage.snapshot import Snapshot
from ingest.storage.tables import sentences
from ingest.storage.vector_cache import VectorCache
from ingest.text.passages import embedded_text, sentences_in

# A byte a coordinate and a scale a vector: a quarter of the disk and of the reading, and a cosine
# is off by less than .002 (tests/test_sentence_vectors.py).
STEPS = 127

Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]


@dataclass(frozen=True, slots=True)
class Spoken:
    """The sentences that stand whole in a passage: where each starts in the article, and vectors
    (n, dimension)."""

    starts: tuple[int, ...]
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class _Texts:
    """What is embedded of one passage: starts counted from its own, and "title: sentence" for each."""

    starts: tuple[int, ...]
    texts: tuple[str, ...]


class SentenceVectors:
    """Vectors of "title: sentence", in the file and by the model of the cache; they may be deleted
    at any time.

    A passage that says the same under the same title, in a new version or in another article, is
    not embedded again.
    """

    def __init__(self, cache: VectorCache):
        self._database = cache.database
        self._embedder = cache.embedder

    def of(self, snapshot: Snapshot, starts: Mapping[str, int]) -> dict[str, Spoken]:
        """By passage id; `starts` says where in its article each live passage starts.

        What is not kept yet is embedded now, and kept where the disk lets us.
        """
        wanted = {"model": self._embedder.model, "ids": list(starts)}
        packed = {row.passage_id: row.packed for row in self._database.rows(_PACKED, wanted)}
        if lacking := [i for i in starts if i not in packed]:
            made = self._made(snapshot, lacking, self._embedder.embed)
            packed |= {i: row for i, (_, row) in made.items()}
            with contextlib.suppress(IndexUnavailable):
                self._keep(made)
        return {i: self._unpacked(row, starts[i]) for i, row in packed.items()}

    def make(self, snapshot: Snapshot, passage_ids: Sequence[str]) -> None:
        """Embeds and keeps, on this thread alone: for work that nobody waits for. Raises
        IndexUnavailable."""
        self._keep(self._made(snapshot, passage_ids, self._embedder.embed_aside))

    def lacking(self, snapshot: Snapshot) -> list[str]:
        """Live passages whose sentences have no vectors yet."""
        of_the_model = _PASSAGES.where(sentences.c.model == self._embedder.model)
        rows = self._database.rows(of_the_model)
        return sorted(snapshot.passage_ids() - {row.passage_id for row in rows})

    def forget(self, kept: Collection[str]) -> None:
        """Drops the rows of all passages but these."""
        standing = {row.passage_id for row in self._database.rows(_PASSAGES)}
        if dead := standing.difference(kept):
            with self._database.write() as connection:
                connection.execute(_FORGOTTEN, [{"passage": i} for i in dead])

    def _made(
        self, snapshot: Snapshot, passage_ids: Sequence[str], embed: Embed
    ) -> dict[str, tuple[str, bytes]]:
        """(hash of the content, packed row) by passage id; only what no other passage says is
        embedded."""
        wanted = _texts(snapshot, passage_ids)
        contents: dict[str, str] = {}  # passage id → hash of what is embedded of it, by this model
        for i, said in wanted.items():
            lines = map("{}\x1f{}".format, said.starts, said.texts)
            content = "\x1e".join([self._embedder.model, *lines]).encode("utf-8", "surrogatepass")
            contents[i] = hashlib.sha256(content).hexdigest()[:32]
        rows = self._database.rows(_SAID, {"contents": list(dict.fromkeys(contents.values()))})
        known = {row.content: row.packed for row in rows}
        new = {contents[i]: said for i, said in wanted.items() if contents[i] not in known}
        texts = list(dict.fromkeys(text for said in new.values() for text in said.texts))
        vectors = dict(zip(texts, embed(texts), strict=True)) if texts else {}
        known |= {
            content: _packed(said.starts, [vectors[t] for t in said.texts])
            for content, said in new.items()
        }
        return {i: (content, known[content]) for i, content in contents.items()}

    def _keep(self, made: Mapping[str, tuple[str, bytes]]) -> None:
        rows = [
            {
                "passage_id": i,
                "model": self._embedder.model,
                "content": content,
                "packed": packed,
            }
            for i, (content, packed) in made.items()
        ]
        with self._database.write() as connection:
            put(connection, sentences, rows)

    def _unpacked(self, packed: bytes, start: int) -> Spoken:
        count = len(packed) // (8 + self._embedder.dimension)
        starts = np.frombuffer(packed, "<i4", count)
        scales = np.frombuffer(packed, "<f4", count, offset=4 * count)
        steps = np.frombuffer(packed, np.int8, offset=8 * count).reshape(
            count, self._embedder.dimension
        )
        return Spoken(tuple((starts + start).tolist()), steps * scales[:, None])


_PASSAGES = select(sentences.c.passage_id)
_PACKED = select(sentences.c.passage_id, sentences.c.packed).where(
    sentences.c.model == bindparam("model", ""),
    among(sentences.c.passage_id, "ids"),
)
_SAID = select(sentences.c.content, sentences.c.packed).where(
    among(sentences.c.content, "contents")
)
_FORGOTTEN = delete(sentences).where(sentences.c.passage_id == bindparam("passage", ""))


def _texts(snapshot: Snapshot, passage_ids: Sequence[str]) -> dict[str, _Texts]:
    passages = snapshot.passages(passage_ids)
    articles = snapshot.articles(p.article_id for p in passages.values())
    split = {i: snapshot.sentences(i) for i in articles}
    found: dict[str, _Texts] = {}
    for i, passage in passages.items():
        inside = sentences_in(passage.start, passage.end, split[passage.article_id])
        title = articles[passage.article_id].article.title
        found[i] = _Texts(
            tuple(s.start - passage.start for s in inside),
            tuple(embedded_text(title, s.text) for s in inside),
        )
    return found


def _packed(starts: Sequence[int], vectors: Sequence[Vectors]) -> bytes:
    """Starts (int32), scales (float32), then the coordinates as steps of the scale (int8)."""
    if not starts:
        return b""
    rows = np.stack(vectors)
    steps = np.round(rows * (STEPS / np.abs(rows).max(axis=1, keepdims=True)))
    scales = 1 / np.linalg.norm(steps, axis=1)  # of unit length again, whatever rounding did
    return b"".join(
        part.tobytes()
        for part in (np.array(starts, "<i4"), scales.astype("<f4"), steps.astype(np.int8))
    )
