"""An archive on servers: rows in PostgreSQL, vectors in Chroma, words in an index of each process."""

from __future__ import annotations

import contextlib
import secrets
import threading

from ingest.embedding.embedder import Embedder
from ingest.settings import Settings
from ingest.storage.archive import TEXT, Archive, Indexes, Progress
from ingest.storage.catalogue import Snapshot
from ingest.storage.postgres import PostgresDatabase
from ingest.storage.text_follower import TextFollower
from ingest.storage.text_index import TextIndex
from ingest.storage.vector_index import ChromaServer, ServedVectorIndex, VectorIndex


class ServedArchive(Archive):
    """What the archive is, for any number of processes. One of them writes at a time.

    A generation names the collection that it is searched in, so that vectors are made anew in
    another one while the old one serves.
    """

    def __init__(
        self, settings: Settings, embedder: Embedder | None = None, *, any_model: bool = False
    ):
        """`any_model`: opens it, too, where another model made its vectors."""
        self._any_model = any_model
        self._collections: dict[str, ServedVectorIndex] = {}
        self._guard = threading.Lock()
        super().__init__(settings, embedder)

    def _open(self, opened: contextlib.ExitStack) -> None:
        settings = self.settings
        headers = settings.chroma_headers.get_secret_value() if settings.chroma_headers else ""
        self._server = ChromaServer(settings.chroma_url or "", headers)
        assert isinstance(self._database, PostgresDatabase)
        text_index = TextIndex(settings.data_dir / TEXT)
        self._follower = TextFollower(self._database, self.catalogue, text_index)
        opened.callback(self._follower.close)
        if not self.catalogue.collections():
            with self.writing():
                if not self.catalogue.collections():  # whoever came first made it
                    self._search_in(f"dateline-{secrets.token_hex(4)}-1")
        if not self._any_model:
            self.vector_index  # noqa: B018  raises where the model is another one
        self.catch_up()
        self._follower.start()

    @property
    def vector_index(self) -> VectorIndex:
        with self.catalogue.whole() as snapshot:
            return self.vectors_of(snapshot)

    @property
    def text_index(self) -> TextIndex:
        return self._follower.text_index

    @property
    def indexes(self) -> Indexes:
        """Words are not the writer's: each process follows by itself."""
        return Indexes(self.vector_index, None)

    def vectors_of(self, snapshot: Snapshot) -> VectorIndex:
        name = snapshot.collection
        assert name is not None, "a generation on servers names its collection"
        with self._guard:
            if name not in self._collections:
                self._collections[name] = self._collection(name)
            return self._collections[name]

    def settle(self) -> None:
        """Removes what a writer left that was killed, and collections that no generation uses."""
        kept = self.catalogue.collections()
        beginning = max(kept).rpartition("-")[0] + "-"
        for name in self._server.names(beginning):
            if name not in kept:
                self._server.delete(name)
        if not self.catalogue.is_settled():
            self.indexes.remove(self.catalogue.dead_passages())
            self.catalogue.forget()
        self.catch_up()

    def catch_up(self) -> None:
        """Brings the words to the newest generation. Raises IndexUnavailable."""
        self._follower.catch_up()

    def rebuild(self, progress: Progress) -> None:
        """Makes all vectors anew, in a collection beside the one that serves until they are whole."""
        with self.writing():
            parted = (name.rpartition("-") for name in self.catalogue.collections())
            beginning, _, last = max(parted, key=lambda parts: int(parts[2]))
            name = f"{beginning}-{int(last) + 1}"
            if name in self._server.names(name):  # a rebuild that was killed
                self._server.delete(name)
            self._search_in(name, progress)

    def _search_in(self, name: str, progress: Progress | None = None) -> None:
        self._server.make(name, self.embedder.model)
        if progress is not None:
            versions = self.catalogue.versions_of(sorted(self.catalogue.kept_passages()))
            Indexes(self._collection(name), None).write(versions, self.vector_cache, progress)
        self.catalogue.searched_in(name, self.embedder.model)

    def _collection(self, name: str) -> ServedVectorIndex:
        return ServedVectorIndex(
            self._server, name, self.embedder.model, lambda: bool(self.catalogue.kept_passages())
        )

    def close(self) -> None:
        self.threads.shutdown(cancel_futures=True)
        self._follower.close()
        self.sentence_cache.close()
        self.vector_cache.close()
        self._database.close()
