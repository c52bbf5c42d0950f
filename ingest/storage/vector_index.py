"""Nearest passages by their vectors, in Chroma; the only file that knows it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from ingest.errors import IndexMismatch, IndexOutdated, IndexUnavailable
from ingest.storage import chroma_guard

COLLECTION = "dateline"
LAYOUT = "1"  # raised when what stands in a row changes
BATCH = 2000  # rows a call: measured best between 500 and 2,000; Chroma takes 5,461 at most


class VectorIndex:
    """One Chroma collection of our vectors, stamped with the model that made them.

    Rows hold id, vector and article only: text is read from the catalogue, which also decides what
    is live (a `where` filter costs Chroma 4 to 45 times the query, see
    docs/decisions/0001-the-catalogue-decides.md). Raises IndexMismatch where the stamp differs,
    IndexUnavailable wherever Chroma cannot use the directory.
    """

    def __init__(self, path: Path, model: str):
        import chromadb
        from chromadb.api.shared_system_client import SharedSystemClient
        from chromadb.config import Settings

        self._path = path
        stamp = {"embedding_model": model, "layout": LAYOUT}
        # AttributeError: Chroma undoing a failed start; ValueError: a collection it cannot read
        with self._named("run `dateline ingest --rebuild`", AttributeError, ValueError):
            path.mkdir(parents=True, exist_ok=True)
            if chroma_guard.was_cut_short(path):
                raise ValueError("a write was cut short")  # to open it could end this process
            try:
                self._client = chromadb.PersistentClient(path, Settings(anonymized_telemetry=False))
            except (
                BaseException
            ):  # Chroma would hand out what failed here to whoever opens the path next
                SharedSystemClient._identifier_to_system.pop(str(path), None)
                raise
            try:
                self._collection = self._client.get_or_create_collection(
                    COLLECTION,
                    metadata=stamp,
                    embedding_function=None,
                    configuration={"hnsw": {"space": "cosine"}},
                )
            except BaseException:
                self.close()
                raise
        built: dict[str, Any] = dict(self._collection.metadata or {})
        if built != stamp:
            self.close()
            outdated = built.get("embedding_model") == model
            raise (IndexOutdated if outdated else IndexMismatch)(
                f'the index was built with model "{built.get("embedding_model")}" (layout {built.get("layout")}), '
                f'settings say "{model}" (layout {LAYOUT}): run `dateline ingest --rebuild`'
            )

    def add(self, ids: Sequence[str], vectors: np.ndarray, article_ids: Sequence[str]) -> None:
        """Adds or replaces rows; `vectors` is (n, dimension), unit length."""
        for start in range(0, len(ids), BATCH):
            part = slice(start, start + BATCH)
            with (
                self._named(_WRITING),
                chroma_guard.marked(
                    self._path, vectors[part].nbytes * ROOM_EACH + ROOM_BESIDE_BYTES
                ),
            ):
                self._collection.upsert(
                    ids=list(ids[part]),
                    embeddings=vectors[part],
                    metadatas=[{"article_id": a} for a in article_ids[part]],
                )

    def nearest(
        self, vector: np.ndarray, count: int, among: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """At most `count` (passage id, cosine similarity in [-1, 1]), best first; `among` these
        ids, if given."""
        ids = None if among is None else list(among)
        with self._named(_READING):
            found = self._collection.query(
                query_embeddings=[vector], n_results=count, ids=ids, include=["distances"]
            )
        distances = (found["distances"] or [[]])[0]
        return [(i, 1.0 - d) for i, d in zip(found["ids"][0], distances, strict=True)]

    def remove(self, ids: Sequence[str]) -> None:
        for start in range(0, len(ids), BATCH):
            with self._named(_WRITING), chroma_guard.marked(self._path):
                self._collection.delete(ids=list(ids[start : start + BATCH]))

    def vectors(self, ids: Sequence[str]) -> dict[str, np.ndarray]:
        """Stored vectors, (dimension,) each, of those ids that are there."""
        found: dict[str, np.ndarray] = {}
        for start in range(0, len(ids), BATCH):
            with self._named(_READING):
                rows = self._collection.get(
                    ids=list(ids[start : start + BATCH]), include=["embeddings"]
                )
            if rows["embeddings"] is not None:
                found.update(
                    zip(rows["ids"], np.asarray(rows["embeddings"], np.float32), strict=True)
                )
        return found

    def ids(self) -> set[str]:
        with self._named(_READING):
            return set(self._collection.get(include=[])["ids"])

    def close(self) -> None:
        """Lets go of the directory, so that it can be deleted or opened anew in this process."""
        close = getattr(self._client, "close", None)
        if close is not None:
            close()

    @contextmanager
    def _named(self, remedy: str, *more: type[Exception]) -> Iterator[None]:
        """Turns Chroma's failures, and `more`, into IndexUnavailable."""
        from chromadb.errors import ChromaError

        try:
            yield
        except (ChromaError, OSError, *more) as error:  # type: ignore[misc]  # chromadb is no typed base class
            said = (error.strerror if isinstance(error, OSError) else None) or str(error)
            remedy = _WRITING if _OF_THE_DISK.search(said) else remedy
            raise IndexUnavailable(
                f"cannot use the vector index in {self._path}: {said}; {remedy}"
            ) from error


ROOM_EACH = 8  # times the bytes of a vector: row, write-ahead log, queue and graph take 4 to 6 (1,500 and 3,500 rows)
ROOM_BESIDE_BYTES = 16_000_000  # what the text index and the catalogue may need at the same time


_WRITING = "check that DATELINE_DATA_DIR is writable and its disk not full; nothing was lost"
_OF_THE_DISK = re.compile(r"disk|space|MB are free|read-?only|permission", re.IGNORECASE)
_READING = "run `dateline doctor --repair`"
