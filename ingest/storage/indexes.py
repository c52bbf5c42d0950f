"""Both search indexes together: opened, written, cleared, made anew beside the old ones and swapped
in.

Whatever they hold can be made again from the catalogue, which alone decides what of it anybody
sees.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.storage.catalogue import Catalogue, NewVersion
from ingest.storage.sqlite_file import unavailable
from ingest.storage.text_index import TextIndex
from ingest.storage.vector_cache import VectorCache
from ingest.storage.vector_index import VectorIndex
from ingest.text import passages
from ingest.types import Article, Passage

CHROMA, TEXT = "chroma", "text"  # in the data directory
BESIDE = "rebuilt"  # in the data directory: new ones in the making, or about to be swapped in
COMPLETE = "rebuilt.complete"  # there from when both are whole until they are in their places

Progress = Callable[[str, int, int], None]  # stage, done, total


def silent(stage: str, done: int, total: int) -> None:
    """Progress for nobody."""


@dataclass(frozen=True, slots=True)
class Indexes:
    """Both, open; without words where each process follows them by itself."""

    vector_index: VectorIndex
    text_index: TextIndex | None

    def write(
        self, versions: Sequence[NewVersion], vectors: VectorCache, progress: Progress
    ) -> None:
        """Adds or replaces passages; nothing shows them until the catalogue does."""
        rows = [(version.article, passage) for version in versions for passage in version.passages]
        if not rows:
            return
        texts = [vector_text(article, passage) for article, passage in rows]
        done = 0

        def tick(count: int) -> None:
            nonlocal done
            done += count
            progress("embed", done, len(texts))

        embedded = vectors.embed(texts, tick)
        self.vector_index.add(
            [p.passage_id for _, p in rows], embedded, [a.article_id for a, _ in rows]
        )
        if self.text_index is not None:
            self.text_index.add(text_rows(versions))
        progress("index", len(rows), len(rows))

    def reword(self, versions: Sequence[NewVersion]) -> None:
        """What stands before the words of passages changed, and no vector."""
        if self.text_index is not None:
            self.text_index.add(text_rows(versions))

    def remove(self, passage_ids: Sequence[str]) -> None:
        if passage_ids:
            self.vector_index.remove(passage_ids)
            if self.text_index is not None:
                self.text_index.remove(passage_ids)


def text_rows(versions: Sequence[NewVersion]) -> Iterator[tuple[str, str, str]]:
    """What the text index takes: passage id, title field, text."""
    for version in versions:
        a = version.article
        title = " ".join(filter(None, (a.title, a.author, a.publisher)))
        yield from ((p.passage_id, title, p.text) for p in version.passages)


def open_indexes(directory: Path, embedding_model: str) -> Indexes:
    """Raises IndexMismatch or IndexUnavailable, each with its remedy."""
    text_index = TextIndex(
        directory / TEXT
    )  # first: where it fails, no client of Chroma stays open
    return Indexes(VectorIndex(directory / CHROMA, embedding_model), text_index)


def vector_text(article: Article, passage: Passage) -> str:
    """The text whose vector stands for a passage."""
    return passages.embedded_text(article.title, passage.text)


def rebuild(data_dir: Path, catalogue: Catalogue, vectors: VectorCache, progress: Progress) -> None:
    """Makes both anew from the catalogue. Until they are whole the old ones stay as they are,
    whoever is killed.

    The old ones must be closed, or the caller must not use them afterwards.
    """
    beside = data_dir / BESIDE
    try:
        (data_dir / COMPLETE).unlink(missing_ok=True)
        shutil.rmtree(beside, ignore_errors=True)
        indexes = open_indexes(beside, vectors.embedder.model)
        try:
            indexes.write(
                catalogue.versions_of(sorted(catalogue.kept_passages())), vectors, progress
            )
        finally:
            indexes.vector_index.close()
        (data_dir / COMPLETE).touch()
    except BaseException as error:
        shutil.rmtree(beside, ignore_errors=True)
        if isinstance(error, OSError):
            raise unavailable(beside, error) from error
        raise


def is_half_rebuilt(data_dir: Path) -> bool:
    """Whether a process was killed while it made the indexes anew."""
    return (data_dir / BESIDE).exists() and not (data_dir / COMPLETE).exists()


def swap_in(data_dir: Path) -> None:
    """Puts rebuilt indexes in the place of the old ones, where there are whole ones; finishes what
    a kill cut short."""
    beside = data_dir / BESIDE
    try:
        if not (data_dir / COMPLETE).exists():
            return
        for name in (CHROMA, TEXT):
            if (beside / name).exists():
                shutil.rmtree(data_dir / name, ignore_errors=True)
                (beside / name).rename(data_dir / name)
        shutil.rmtree(beside, ignore_errors=True)
        (data_dir / COMPLETE).unlink()
    except OSError as error:
        raise unavailable(beside, error) from error
