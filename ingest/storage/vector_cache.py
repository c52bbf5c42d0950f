"""Embeds each distinct text and each passage's sentences once, and keeps the vectors."""

from __future__ import annotations

import contextlib
import hashlib
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import bindparam, delete, select

from ingest.embedding.embedder import Embedder
from ingest.errors import IndexUnavailable
from ingest.storage.catalogue_tables import CACHES, sentences, vectors
from ingest.storage.database import among, chunked, put
from ingest.storage.snapshot import Snapshot
from ingest.storage.sqlite_file import SQLiteFile
from ingest.text.segmentation import embedded_text, sentences_in

log = logging.getLogger(__name__)
MOST_RECENT = 2048  # vectors in memory, 1.5 kB each; of passages' sentences a quarter as many
KEEP_EVERY = 512  # texts between two commits: what a killed ingest loses at most
# A byte a coordinate and a scale a vector: a quarter of the disk and of the reading, and a cosine
# is off by less than .002 (tests/test_vector_cache.py).
STEPS = 127
Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]


class VectorCache:
    """Vectors by content hash and model in one SQLite file; it may be deleted at any time."""

    def __init__(self, path: Path, embedder: Embedder):
        self.embedder = embedder
        self.database = SQLiteFile(path, CACHES, replaceable=True)
        self._refused = False  # whether the disk did not take some, and it was said
        self._recent: dict[str, Vectors] = {}  # read lately: questions ask for the same
        self.embedded = 0  # texts embedded since opening, for the ingest summary

    def embed(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> np.ndarray:
        """(n, dimension) float32, unit length, in the order of `texts`; `progress` gets counts of
        texts newly done."""
        keys = self._keys(texts)
        recent = self._recent
        known = {key: recent[key] for key in keys if key in recent}
        if wanted := [key for key in dict.fromkeys(keys) if key not in known]:
            rows = self.database.rows(_KNOWN, {"keys": wanted})
            read = {row.key: np.frombuffer(row.vector, np.float32) for row in rows}
            if len(recent) + len(read) > MOST_RECENT:  # another thread may be reading it
                self._recent = recent = {}
            if len(read) <= MOST_RECENT:
                recent.update(read)
            known |= read
        if progress:
            progress(sum(key in known for key in keys))
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        for batch in chunked(list(missing), KEEP_EVERY):
            new = self.embedder.embed([missing[key] for key in batch], progress)
            self._keep(batch, new)
            known.update(zip(batch, new, strict=True))
        if progress:
            progress(sum(key in missing for key in keys) - len(missing))
        if not keys:
            return np.zeros((0, self.embedder.dimension), np.float32)
        return np.stack([known[key] for key in keys])

    def forget(self, texts: Sequence[str]) -> None:
        """Drops the vectors of these texts. Raises IndexUnavailable."""
        self._recent = {}
        with self.database.write() as connection:
            of_these = vectors.c.key == bindparam("forgotten")
            rows = [{"forgotten": key} for key in self._keys(texts)]
            connection.execute(delete(vectors).where(of_these), rows)

    def _keys(self, texts: Sequence[str]) -> list[str]:
        named_texts = (f"{self.embedder.model}\x1f{text}" for text in texts)
        return [
            hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
            for text in named_texts
        ]

    def close(self) -> None:
        self.database.close()

    def _keep(self, keys: Sequence[str], embedded: np.ndarray) -> None:
        self.embedded += len(keys)
        rows = [
            {"key": key, "vector": vector.astype(np.float32).tobytes()}
            for key, vector in zip(keys, embedded, strict=True)
        ]
        try:
            with self.database.write() as connection:
                put(connection, vectors, rows)
        except IndexUnavailable as error:  # a full disk must not keep anyone from an answer
            log.log(
                logging.DEBUG if self._refused else logging.WARNING,
                "vectors are used but not kept: %s",
                error,
            )
            self._refused = True


_KNOWN = select(vectors).where(among(vectors.c.key, "keys"))


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
        self._recent: dict[tuple[str, int], Spoken] = {}  # by passage and its start

    def of(self, snapshot: Snapshot, starts: Mapping[str, int]) -> dict[str, Spoken]:
        """By passage id; `starts` says where in its article each live passage starts.

        What is not kept yet is embedded now, and kept where the disk lets us.
        """
        recent = self._recent
        found = {i: recent[i, start] for i, start in starts.items() if (i, start) in recent}
        wanted = [i for i in starts if i not in found]
        if not wanted:
            return found
        values = {"model": self._embedder.model, "ids": wanted}
        packed = {row.passage_id: row.packed for row in self._database.rows(_PACKED, values)}
        if lacking := [i for i in wanted if i not in packed]:
            made = self._made(snapshot, lacking, self._embedder.embed)
            packed |= {i: row for i, (_, row) in made.items()}
            with contextlib.suppress(IndexUnavailable):
                self._keep(made)
        new = {(i, starts[i]): self._unpacked(row, starts[i]) for i, row in packed.items()}
        if len(recent) + len(new) > MOST_RECENT // 4:  # another thread may be reading it
            self._recent = recent = {}
        recent.update(new)
        return found | {i: spoken for (i, _), spoken in new.items()}

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
        self._recent = {}
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
            tuple([embedded_text(title, s.text) for s in inside]),
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
