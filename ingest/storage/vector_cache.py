"""Embeds each distinct text once and keeps its vector, whatever becomes of the process."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from ingest.embedding.embedder import Embedder
from ingest.errors import IndexUnavailable
from ingest.storage.database import Database, chunked, marks, named

log = logging.getLogger(__name__)
SCHEMA = (
    "CREATE TABLE IF NOT EXISTS vectors(key TEXT PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID;"
)
KEEP_EVERY = 512  # texts between two commits: what a killed ingest loses at most


class VectorCache:
    """Vectors by content hash and model in one SQLite file; it may be deleted at any time."""

    def __init__(self, path: Path, embedder: Embedder):
        self.embedder = embedder
        self.database = Database(path, SCHEMA, replaceable=True)
        self._refused = False  # whether the disk did not take some, and it was said
        self.embedded = 0  # texts embedded since opening, for the ingest summary

    def embed(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> np.ndarray:
        """(n, dimension) float32, unit length, in the order of `texts`; `progress` gets counts of
        texts newly done."""
        named_texts = (f"{self.embedder.model}\x1f{text}" for text in texts)
        keys = [
            hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
            for text in named_texts
        ]
        known: dict[str, np.ndarray] = {}
        for part in chunked(list(dict.fromkeys(keys))):
            query = f"SELECT key, vector FROM vectors WHERE key IN ({marks(part)})"
            rows = self.database.rows(query, named(part))
            known |= {row["key"]: np.frombuffer(row["vector"], np.float32) for row in rows}
        if progress:
            progress(sum(key in known for key in keys))
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        for batch in chunked(list(missing), KEEP_EVERY):
            vectors = self.embedder.embed([missing[key] for key in batch], progress)
            self._keep(batch, vectors)
            known.update(zip(batch, vectors, strict=True))
        if progress:
            progress(sum(key in missing for key in keys) - len(missing))
        if not keys:
            return np.zeros((0, self.embedder.dimension), np.float32)
        return np.stack([known[key] for key in keys])

    def close(self) -> None:
        self.database.close()

    def _keep(self, keys: Sequence[str], vectors: np.ndarray) -> None:
        self.embedded += len(keys)
        rows = [
            (key, vector.astype(np.float32).tobytes())
            for key, vector in zip(keys, vectors, strict=True)
        ]
        try:
            with self.database.write() as connection:
                connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
        except IndexUnavailable as error:  # a full disk must not keep anyone from an answer
            log.log(
                logging.DEBUG if self._refused else logging.WARNING,
                "vectors are used but not kept: %s",
                error,
            )
            self._refused = True
