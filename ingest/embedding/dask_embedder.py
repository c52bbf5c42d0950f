"""Embeds on the workers of a Dask cluster; the only file that knows Dask."""

from __future__ import annotations

import functools
import socket
from collections.abc import Callable, Sequence
from importlib import import_module
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from ingest.embedding.embedder import LocalEmbedder, Vectors
from ingest.errors import DatelineError, ModelUnavailable, WrongUsage
from ingest.settings import read_settings

BATCH = 16  # texts of one task, a quarter of a second of work
AHEAD = 3  # tasks for each thread of the cluster that are under way: the rest waits here
LEAST = 64  # texts; fewer are embedded here sooner
CONNECT_SECONDS = 10


class DaskEmbedder:
    """The local model on other machines. Vectors are those that this machine would make."""

    def __init__(self, local: LocalEmbedder, address: str):
        """Raises WrongUsage or ModelUnavailable, each with the remedy."""
        try:
            self._dask: Any = import_module("distributed")
        except ImportError as error:
            raise WrongUsage("--dask needs Dask: pip install 'dateline[scale]'") from error
        self.model, self.dimension, self._local = local.model, local.dimension, local
        place = urlsplit(address)
        if not (place.scheme and place.hostname and place.port):
            raise WrongUsage(
                f"--dask wants an address such as tcp://127.0.0.1:8786, not {address[:80]!r}"
            )
        try:  # Dask would try for long, and say more than anybody wants to read
            socket.create_connection((place.hostname, place.port), CONNECT_SECONDS).close()
            self._client: Any = self._dask.Client(
                address, timeout=CONNECT_SECONDS, set_as_default=False
            )
        except (OSError, ValueError) as error:
            raise ModelUnavailable(
                f"there is no Dask scheduler at {address}: start one with `dask scheduler`, or "
                "leave out --dask"
            ) from error

    def embed(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """As LocalEmbedder; a worker that is lost changes nothing but the time it takes."""
        threads = sum(self._client.nthreads().values())
        if len(texts) < LEAST or not threads:
            return self._local.embed(texts, progress)
        vectors = np.empty((len(texts), self.dimension), np.float32)
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]), reverse=True)
        parts = (order[start : start + BATCH] for start in range(0, len(order), BATCH))
        places = {}

        def submit(part: list[int]) -> object:
            some = [texts[place] for place in part]
            future = self._client.submit(_embedded, self.model, some, pure=False)
            places[future.key] = part
            return future

        under_way = self._dask.as_completed(
            [submit(part) for part in islice(parts, AHEAD * threads)], loop=self._client.loop
        )
        try:
            for future in under_way:
                vectors[places[future.key]] = future.result()
                if progress:
                    progress(len(places[future.key]))
                for part in islice(parts, 1):
                    under_way.add(submit(part))
        except self._dask.KilledWorker as error:
            raise ModelUnavailable(
                f"workers of the Dask cluster ended one after another: {error}; see their logs"
            ) from error
        finally:
            self._client.cancel(list(places), force=True)
        return vectors

    def embed_question(self, text: str) -> Vectors:
        return self._local.embed_question(text)

    def embed_aside(self, texts: Sequence[str]) -> Vectors:
        return self._local.embed_aside(texts)

    def close(self) -> None:
        self._client.close()


def _embedded(model: str, texts: list[str]) -> Vectors:
    """On a worker, whose own settings say where its graph is."""
    embedder = _of_this_worker()
    if embedder.model != model:
        raise DatelineError(f"a Dask worker has the model {embedder.model}, not {model}")
    return embedder.embed_aside(texts)


@functools.cache
def _of_this_worker() -> LocalEmbedder:
    return LocalEmbedder(read_settings().model_dir, threads=1)
