"""Embeds each distinct text once and keeps its vector, whatever becomes of the process."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from sqlalchemy import bindparam, delete, select

from ingest.embedding.embedder import Embedder
from ingest.errors import IndexUnavailable
from ingest.storage.database import chunked, put
from ingest.storage.lists import among
from ingest.storage.sqlite_file import SQLiteFile
from ingest.storage.tables import CACHES, vectors

log = logging.getLogger(__name__)
KEEP_EVERY = 512  # texts between two commits: what a killed ingest loses at most


class VectorCache:
    """Vectors by content hash and model in one SQLite file; it may be deleted at any time."""

    def __init__(self, path: Path, embedder: Embedder):
        self.embedder = embedder
        self.database = SQLiteFile(path, CACHES, replaceable=True)
        self._refused = False  # whether the disk did not take some, and it was said
        self.embedded = 0  # texts embedded since opening, for the ingest summary

    def embed(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> np.ndarray:
        """(n, dimension) float32, unit length, in the order of `texts`; `progress` gets counts of
        texts newly done."""
        keys = self._keys(texts)
        rows = self.database.rows(_KNOWN, {"keys": list(dict.fromkeys(keys))})
        known = {row.key: np.frombuffer(row.vector, np.float32) for row in rows}
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
