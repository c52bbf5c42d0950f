"""Nearest passages by their vectors, in Chroma; the only file that knows it."""

from __future__ import annotations

import errno
import http.client
import os
import re
import shutil
import struct
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from ingest.errors import IndexMismatch, IndexOutdated, IndexUnavailable, WrongUsage

COLLECTION = "dateline"
LAYOUT = "1"  # raised when what stands in a row changes
BATCH = 2000  # rows a call: measured best between 500 and 2,000; Chroma takes 5,461 at most

# Chroma changes the files of its graph in place, every 1,000 rows, and does not look whether the disk
# took what it wrote. Killed in between, or on a full disk, it leaves files that it later fails to
# read, or reads wrongly, or that end the process which opens them
# (docs/decisions/0006-a-mark-while-chroma-writes.md). So a mark stands in the directory while it is
# written, and a directory with a mark is never opened again, but made anew from the catalogue.
MARK = "being-written"
LEAST_ROOM_BYTES = 2_000_000  # SQLite wants some even where rows are deleted
HEADER = struct.Struct("<IQQQQ")  # version, offset, capacity, rows, bytes a row
KNOWN_VERSION = 1


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
            if was_cut_short(path):
                raise ValueError("a write was cut short")  # to open it could end this process
            try:
                self._client = chromadb.PersistentClient(path, Settings(anonymized_telemetry=False))
            except (
                BaseException
            ):  # Chroma would hand out what failed here to whoever opens the path next
                SharedSystemClient._identifier_to_system.pop(str(path), None)
                raise
            try:
                self._collection: Any = self._client.get_or_create_collection(
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
            with self._written(vectors[part].nbytes * ROOM_EACH + ROOM_BESIDE_BYTES):
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
            with self._written():
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
    def _written(self, room_bytes: int = LEAST_ROOM_BYTES) -> Iterator[None]:
        with self._named(_WRITING), marked(self._path, room_bytes):
            yield

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


@contextmanager
def marked(directory: Path, room_bytes: int = LEAST_ROOM_BYTES) -> Iterator[None]:
    """The block may write, and needs so much room on the disk.

    Raises OSError where there is less, and where the files are not whole afterwards. The mark stays
    then, and wherever the block fails; until the directory is made anew nobody writes there again.
    """
    mark = directory / MARK
    if mark.exists():
        raise OSError(errno.EIO, "an earlier write was cut short")
    if not has_room(directory, room_bytes):
        free = shutil.disk_usage(directory).free
        raise OSError(
            errno.ENOSPC, f"{room_bytes / 1e6:,.0f} MB are needed and {free / 1e6:,.0f} MB are free"
        )
    mark.touch()
    yield
    if not _are_whole(directory):
        if has_room(directory):
            raise OSError(errno.EIO, "its files are shorter than they say after a write")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    mark.unlink()


def has_room(directory: Path, room_bytes: int = LEAST_ROOM_BYTES) -> bool:
    """Whether so much of the disk is free; by default what it takes to delete rows."""
    return shutil.disk_usage(directory).free >= room_bytes


def was_cut_short(directory: Path) -> bool:
    """Whether somebody began to write here and did not come to the end."""
    return (directory / MARK).exists()


def _are_whole(directory: Path) -> bool:
    """Whether the files of the graph are as long as their header says; those of an unknown version
    pass.

    Before the first 1,000 rows it says 0 and the files hold empty places.
    """
    for header in directory.glob("*/header.bin"):
        stated = header.read_bytes()[: HEADER.size]
        if len(stated) < HEADER.size:
            return False
        version, _, _, rows, row_bytes = HEADER.unpack(stated)
        data, lengths = header.with_name("data_level0.bin"), header.with_name("length.bin")
        if (
            version == KNOWN_VERSION
            and rows
            and (data.stat().st_size, lengths.stat().st_size) != (rows * row_bytes, rows * 4)
        ):
            return False
    return True


class ChromaServer:
    """A Chroma server (`chroma run`), and which of its collections are an archive's.

    It asks for no key of its own: headers are for a proxy in front of it that does. Raises
    WrongUsage for an address that is none, IndexUnavailable where no Chroma answers in time.
    """

    def __init__(self, address: str, headers: str = ""):
        import chromadb
        from chromadb.config import Settings

        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            raise WrongUsage("DATELINE_CHROMA_URL is no address: write http://HOST:8000")
        secure = parts.scheme == "https"
        port = parts.port or (443 if secure else 8000)
        self.place = f"the Chroma server at {parts.scheme}://{parts.hostname}:{port}"
        pairs = (header.partition(":") for header in headers.split(";") if ":" in header)
        sent = {name.strip(): value.strip() for name, _, value in pairs}
        # before Chroma's client, which waits without end for a server that hangs
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(parts.hostname, port, timeout=CONNECT_SECONDS)
        try:
            connection.request("GET", "/api/v2/heartbeat", headers=sent)
            reply = connection.getresponse()
            said = reply.read(200)
            if reply.status != 200 or b"heartbeat" not in said:
                raise _server_failed(self.place, f"it answers {reply.status}, not as Chroma does")
        except (OSError, http.client.HTTPException) as error:
            raise _server_failed(self.place, str(error) or type(error).__name__) from error
        finally:
            connection.close()
        with named_server(self.place):
            client: Any = chromadb.HttpClient(
                parts.hostname, port, secure, sent, Settings(anonymized_telemetry=False)
            )
        # it waits for ever otherwise, and has no setting for it
        client._server._session.timeout = REQUEST_SECONDS
        self._client = client

    def names(self, beginning: str) -> list[str]:
        """Collections whose names begin so; those of others on the same server are left alone."""
        with named_server(self.place):
            found = [one.name for one in self._client.list_collections(limit=10_000)]
        return sorted(name for name in found if name.startswith(beginning))

    def delete(self, name: str) -> None:
        with named_server(self.place):
            self._client.delete_collection(name)

    def make(self, name: str, model: str) -> None:
        """An empty collection."""
        with named_server(self.place):
            self._client.create_collection(
                name,
                metadata={"embedding_model": model, "layout": LAYOUT},
                embedding_function=None,
                configuration={"hnsw": {"space": "cosine"}},
            )

    def collection(self, name: str) -> Any:
        with named_server(self.place):
            return self._client.get_collection(name, embedding_function=None)


class ServedVectorIndex(VectorIndex):
    """The same on a server. What does not get through is tried again until a deadline."""

    def __init__(self, server: ChromaServer, name: str, model: str, holds_rows: Callable[[], bool]):
        """`holds_rows` says whether there ought to be any: a server that came back empty is no
        archive that holds nothing. Raises IndexMismatch where another model made the vectors."""
        self._server = server
        self._holds_rows = holds_rows
        opened = server.collection(name)
        built = dict(opened.metadata or {}).get("embedding_model")
        if built != model:
            raise IndexMismatch(
                f'the index was built with model "{built}", settings say "{model}": set '
                "DATELINE_EMBEDDING_MODEL to the former, or run `dateline ingest --rebuild`"
            )
        self._collection = _Patient(opened)

    def nearest(
        self, vector: np.ndarray, count: int, among: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        found = super().nearest(vector, count, among)
        if not found and among is None and self._holds_rows():
            raise _server_failed(self._server.place, EMPTY)
        return found

    def close(self) -> None:
        """The connection is the server's."""

    @contextmanager
    def _written(self, room_bytes: int = 0) -> Iterator[None]:
        with named_server(self._server.place):
            yield

    @contextmanager
    def _named(self, remedy: str, *more: type[Exception]) -> Iterator[None]:
        with named_server(self._server.place):
            yield


class _Patient:
    """A collection whose calls are made again, while nobody answers, until a deadline."""

    def __init__(self, collection: Any):
        self._collection = collection

    def __getattr__(self, name: str) -> Any:
        import httpx

        call = getattr(self._collection, name)

        def patiently(**values: Any) -> Any:
            deadline = time.monotonic() + DEADLINE_SECONDS
            while True:
                try:
                    return call(**values)
                except httpx.TransportError:
                    if time.monotonic() + AGAIN_SECONDS > deadline:
                        raise
                    time.sleep(AGAIN_SECONDS)

        return patiently


@contextmanager
def named_server(place: str) -> Iterator[None]:
    """Turns what fails on a Chroma server into IndexUnavailable."""
    import httpx
    from chromadb.errors import ChromaError, NotFoundError

    try:
        yield
    except NotFoundError as error:
        raise _server_failed(place, EMPTY) from error
    except (ChromaError, httpx.HTTPError, ValueError, KeyError) as error:
        raise _server_failed(place, str(error) or type(error).__name__) from error


def _server_failed(place: str, said: str) -> IndexUnavailable:
    remedy = "check DATELINE_CHROMA_URL, and that `chroma run` runs there with its data"
    remedy += "; lost vectors are made anew by `dateline ingest --rebuild`" if said == EMPTY else ""
    return IndexUnavailable(f"cannot use {place}: {said.splitlines()[0]}; {remedy}")


EMPTY = "it does not hold the vectors of this archive"
CONNECT_SECONDS, REQUEST_SECONDS = 3.0, 10.0
DEADLINE_SECONDS, AGAIN_SECONDS = 5.0, 0.25  # of all attempts together; between two
ROOM_EACH = 8  # times the bytes of a vector: row, write-ahead log, queue and graph take 4 to 6 (1,500 and 3,500 rows)
ROOM_BESIDE_BYTES = 16_000_000  # what the text index and the catalogue may need at the same time


_WRITING = "check that DATELINE_DATA_DIR is writable and its disk not full; nothing was lost"
_OF_THE_DISK = re.compile(r"disk|space|MB are free|read-?only|permission", re.IGNORECASE)
_READING = "run `dateline doctor --repair`"
