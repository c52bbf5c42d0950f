"""A data directory in, its open parts out: catalogue, vectors, Chroma, text index, embedder."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import TracebackType

from ingest.catalogue import Catalogue
from ingest.embedder import Embedder, LocalEmbedder
from ingest.lexical import Lexical
from ingest.settings import Settings
from ingest.store import Store
from ingest.vectors import VectorCache


class Archive:
    """Everything a data directory holds, opened once by the process that owns it."""

    def __init__(self, settings: Settings, embedder: Embedder | None = None):
        """Raises IndexMismatch, IndexUnavailable or ModelUnavailable, each with its remedy."""
        directory = settings.data_dir
        self.settings = settings
        self.embedder = embedder or LocalEmbedder(settings.model_dir)
        self.catalogue = Catalogue(directory / "catalogue.sqlite")
        self.store = Store(directory / "chroma", self.embedder.model)
        self.lexical = Lexical(directory / "text")
        self.vectors = VectorCache(directory / "vectors.sqlite", self.embedder)

    def close(self) -> None:
        self.vectors.close()
        self.store.close()
        self.catalogue.close()

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def discard_indexes(data_dir: Path) -> None:
    """Deletes what can be made again from the catalogue: Chroma and the text index."""
    for name in ("chroma", "text"):
        shutil.rmtree(data_dir / name, ignore_errors=True)
