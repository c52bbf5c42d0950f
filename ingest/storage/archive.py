"""The open parts of a data directory: catalogue, vectors, Chroma, text index, embedder; whole after
any kill."""

from __future__ import annotations

import contextlib
import logging
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ingest.embedding.embedder import Embedder, LocalEmbedder
from ingest.embedding.openai_embedder import OpenAIEmbedder
from ingest.errors import IndexMismatch, IndexOutdated, IndexUnavailable, WrongUsage
from ingest.settings import LOCAL_MODEL, Settings
from ingest.storage.catalogue import Catalogue, NewVersion, Snapshot
from ingest.storage.catalogue_tables import CATALOGUE
from ingest.storage.database import open_database
from ingest.storage.earlier_ingests import AddressRecords, FileRecords, Fingerprints, Reports
from ingest.storage.queue import Queue
from ingest.storage.sqlite_file import unavailable
from ingest.storage.text_index import TextIndex
from ingest.storage.vector_cache import SentenceVectors, VectorCache
from ingest.storage.vector_index import VectorIndex, has_room, was_cut_short
from ingest.text.segmentation import embedded_text
from ingest.types import Article, Passage

log = logging.getLogger(__name__)

REBUILT_ALONE = "one process has these indexes open: stop it and run `dateline ingest --rebuild`"
WAITING_SECONDS = 30.0  # for another process that writes
CHROMA, TEXT = "chroma", "text"  # in the data directory
BESIDE = "rebuilt"  # in the data directory: new ones in the making, or about to be swapped in
COMPLETE = "rebuilt.complete"  # there from when both are whole until they are in their places

Progress = Callable[[str, int, int], None]  # stage, done, total


class Archive:
    """Everything a data directory holds, opened once by the process that owns it."""

    def __init__(self, settings: Settings, embedder: Embedder | None = None):
        """Raises IndexMismatch, IndexUnavailable or ModelUnavailable, each with its remedy.

        Where the process before this one was killed while it wrote, what it left is put right
        first: an index that was hit in the middle of a write, or that an earlier version built, is
        made anew from the catalogue.
        """
        self.settings = settings
        # for finding what a question needs; what ends an answer does not queue behind that
        self.threads = ThreadPoolExecutor(thread_name_prefix="find")
        self._waits_for_room = False  # leftovers stay for want of room, and it was said
        with contextlib.ExitStack() as opened:
            self.embedder = embedder or embedder_of(settings)
            database = open_database(settings, CATALOGUE)
            opened.callback(database.close)
            self.catalogue = Catalogue(database)
            self.file_records = FileRecords(database)
            self.address_records = AddressRecords(database)
            self.reports = Reports(database)
            self._database = database
            self.vector_cache = VectorCache(settings.data_dir / "vectors.sqlite", self.embedder)
            opened.callback(self.vector_cache.close)
            # Every threshold of families, ranking and conflicts was measured with the local model's
            # vectors: sentences are compared by them, whatever model the index has.
            self.sentence_cache = self.vector_cache
            if isinstance(self.embedder, OpenAIEmbedder):
                self.sentence_cache = VectorCache(
                    settings.data_dir / "vectors.sqlite", self.local_embedder
                )
            opened.callback(self.sentence_cache.close)
            self.sentence_vectors = SentenceVectors(self.sentence_cache)
            self._open(opened)
            opened.pop_all()

    @cached_property
    def queue(self) -> Queue:
        """The jobs that were asked for, and where the files of each are kept."""
        return Queue(self._database, str(self.settings.uploads_dir.absolute()))

    @cached_property
    def local_embedder(self) -> LocalEmbedder:
        """The model by which sentences are compared and read, whatever model the index has."""
        if isinstance(self.embedder, LocalEmbedder):
            return self.embedder
        return LocalEmbedder(self.settings.model_dir)

    def _open(self, opened: contextlib.ExitStack) -> None:
        """Opens what is searched; an archive on servers does it in another way."""
        self._indexes = self._opened_indexes()
        opened.callback(lambda: self.vector_index.close())
        self.settle()
        self.catalogue.made_with(self.embedder.model)

    @property
    def indexes(self) -> Indexes:
        return self._indexes

    @property
    def vector_index(self) -> VectorIndex:
        return self.indexes.vector_index

    @property
    def text_index(self) -> TextIndex:
        assert self.indexes.text_index is not None
        return self.indexes.text_index

    def vectors_of(self, snapshot: Snapshot) -> VectorIndex:
        """The index that a generation is searched in."""
        return self.vector_index

    def writing(self, seconds: float = WAITING_SECONDS) -> contextlib.AbstractContextManager[None]:
        """Whoever changes the archive does it in this block; no other process does meanwhile.

        Raises Owned where another one does not end in that many `seconds`.
        """
        return self._database.exclusively(seconds)

    def rebuild(self, progress: Progress) -> None:
        """Makes the indexes anew while others read, where they are on servers."""
        raise WrongUsage(REBUILT_ALONE)

    def catch_up(self) -> None:
        """Brings what this process keeps by itself to the newest generation: here, nothing."""

    def fingerprints(self) -> Fingerprints:
        """What is known of live articles for grouping; one for each ingest."""
        return Fingerprints(self._database)

    def settle(self) -> None:
        """Clears up after a write that did not end; nothing to do in most archives.

        Where the disk has no room for that, leftovers stay: nothing shows them. Raises
        IndexUnavailable where an index cannot be used as it is.
        """
        chroma = self.settings.data_dir / CHROMA
        if self.catalogue.is_settled() and not was_cut_short(chroma):
            return
        if not was_cut_short(chroma) and not has_room(chroma):
            if not self._waits_for_room:
                log.warning(
                    "leftovers of an earlier ingest stay until the disk of %s has room",
                    self.settings.data_dir,
                )
            self._waits_for_room = True
            return
        try:
            if was_cut_short(chroma):
                self._rebuild()
            try:
                self.indexes.remove(self.catalogue.dead_passages())
            except IndexUnavailable:
                self._rebuild()
        except IndexUnavailable as error:
            if was_cut_short(chroma):
                raise
            log.warning("leftovers of an earlier ingest stay for now: %s", error)
            return
        self.catalogue.forget()

    def _opened_indexes(self) -> Indexes:
        """What is there; what a killed process half wrote, or what an empty archive cannot use, is
        made anew."""
        data_dir, model = self.settings.data_dir, self.embedder.model
        swap_in(data_dir)
        if not was_cut_short(data_dir / CHROMA):
            try:
                return open_indexes(data_dir, model)
            except IndexMismatch as error:
                if self.catalogue.generation and not isinstance(error, IndexOutdated):
                    raise
            except IndexUnavailable:
                if self.catalogue.generation and self.catalogue.is_settled():
                    raise  # this was no kill: a person should know
        log.warning(
            "the indexes cannot be opened and are made anew generation=%d",
            self.catalogue.generation,
        )
        rebuild_indexes(data_dir, self.catalogue, self.vector_cache, silent)
        swap_in(data_dir)
        return open_indexes(data_dir, model)

    def _rebuild(self) -> None:
        """Makes both indexes anew; the old ones serve until the new ones are whole."""
        log.warning(
            "a write was cut short: the indexes are made anew generation=%d",
            self.catalogue.generation,
        )
        rebuild_indexes(self.settings.data_dir, self.catalogue, self.vector_cache, silent)
        self.vector_index.close()
        swap_in(self.settings.data_dir)
        self._indexes = open_indexes(self.settings.data_dir, self.embedder.model)

    def close(self) -> None:
        """Waits for whoever still reads."""
        self.threads.shutdown(cancel_futures=True)
        self.sentence_cache.close()
        self.vector_cache.close()
        self.vector_index.close()
        self._database.close()

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *ended: object) -> None:
        self.close()


def open_archive(settings: Settings, embedder: Embedder | None = None) -> Archive:
    """The archive where the settings say it is. Raises what the constructors raise."""
    if settings.on_servers:
        from ingest.storage.served_archive import ServedArchive

        return ServedArchive(settings, embedder)
    return Archive(settings, embedder)


def embedder_of(settings: Settings) -> Embedder:
    """The model of `DATELINE_EMBEDDING_MODEL`. Raises ModelUnavailable."""
    if settings.embedding_model == LOCAL_MODEL:
        return LocalEmbedder(settings.model_dir)
    return OpenAIEmbedder(settings)


def rebuild(
    settings: Settings, embedder: Embedder | None = None, progress: Progress | None = None
) -> None:
    """Makes Chroma and the text index of a closed archive anew from the catalogue, with the
    embedder's model.

    Killed before the end it changes nothing that readers see. Raises IndexUnavailable or
    ModelUnavailable.
    """
    if settings.on_servers:
        from ingest.storage.served_archive import ServedArchive

        with contextlib.closing(ServedArchive(settings, embedder, any_model=True)) as served:
            served.rebuild(progress or silent)
        return
    swap_in(settings.data_dir)  # the end of an earlier one, if it was killed just before
    embedder = embedder or embedder_of(settings)
    with (
        contextlib.closing(open_database(settings, CATALOGUE)) as database,
        contextlib.closing(VectorCache(settings.data_dir / "vectors.sqlite", embedder)) as vectors,
    ):
        rebuild_indexes(settings.data_dir, Catalogue(database), vectors, progress or silent)
    swap_in(settings.data_dir)


def silent(stage: str, done: int, total: int) -> None:
    """Progress for nobody."""


@dataclass(frozen=True, slots=True)
class Indexes:
    """Both search indexes, open; without words where each process follows them by itself.

    Whatever they hold can be made again from the catalogue, which alone decides what of it anybody
    sees.
    """

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
    return embedded_text(article.title, passage.text)


def rebuild_indexes(
    data_dir: Path, catalogue: Catalogue, vectors: VectorCache, progress: Progress
) -> None:
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
