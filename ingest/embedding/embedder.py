"""The Embedder interface, and the local model behind it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from ingest.embedding import minilm

if TYPE_CHECKING:
    from onnxruntime import InferenceSession  # type: ignore[import-untyped]
    from tokenizers import Encoding

Vectors = NDArray[np.float32]
QUESTIONS_KEPT = 32  # vectors of the last ones: a question is often searched, asked and asked again


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text as the model reads it, word piece by word piece, [CLS] and [SEP] left out."""

    ids: NDArray[np.int64]  # (n,) in the model's vocabulary
    starts: NDArray[np.int64]  # (n,) characters of the text
    ends: NDArray[np.int64]
    states: Vectors  # (n, 384) after `minilm.STATES_AFTER` layers
    whole: Vectors  # (384,) the same of [CLS], which stands for the text


class Embedder(Protocol):
    """Maps meaning to direction: the dot product of two vectors is the cosine of their angle."""

    model: str
    """Stamped on the index, which refuses vectors of another model."""
    dimension: int

    def embed(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """(len(texts), dimension), unit rows in the order of `texts`; `progress` gets the count
        newly done."""
        ...

    def embed_question(self, text: str) -> Vectors:
        """(dimension,), unit length; equal to the row of `embed([text])` to rounding, but sooner."""
        ...

    def embed_aside(self, texts: Sequence[str]) -> Vectors:
        """What `embed` gives, on the calling thread alone: for work that nobody waits for."""
        ...


class LocalEmbedder:
    """all-MiniLM-L6-v2 in fp32 on this machine's cores; may be called from several threads at once.

    A text is cut after 256 tokens, as sentence-transformers does for this model. Vectors equal its
    fp32 ones to 1e-6. Each text is a run of its own: nothing is padded, and a vector cannot depend
    on what it was embedded with.
    """

    model = "all-MiniLM-L6-v2/fp32/1"
    dimension = minilm.DIMENSION

    def __init__(self, cache_dir: Path, threads: int | None = None) -> None:
        """`cache_dir` keeps the graph (90 MB) between runs; `threads` is the cores to use, default
        all.

        Raises ModelUnavailable: no weights, not the pinned weights, or `cache_dir` cannot be
        written.
        """
        # cores this process may run on (affinity), where the system tells
        affinity = hasattr(os, "sched_getaffinity")
        cores = len(os.sched_getaffinity(0)) if affinity else os.cpu_count() or 1
        self._threads = threads or cores
        self._tokenizer = minilm.open_tokenizer()
        self._cache_dir = cache_dir
        minilm.graph_file(cache_dir)
        self._workers = ThreadPoolExecutor(self._threads, thread_name_prefix="embed")
        # sentences are read for a question that somebody waits for: they queue behind no ingest
        self._readers = ThreadPoolExecutor(self._threads, thread_name_prefix="read")
        self._question = lru_cache(QUESTIONS_KEPT)(self._read_question)

    def embed(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), np.float32)
        # Longest first, so the cores finish together (simulated: 3 % sooner for 16 texts on 2
        # cores, none for 512).
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]), reverse=True)
        futures = [self._workers.submit(self._run, texts[place]) for place in order]
        try:
            for place, future in zip(order, futures, strict=True):
                vectors[place] = future.result()
                if progress:
                    progress(1)
        finally:
            for future in futures:
                future.cancel()  # an interrupted call leaves no work behind, or exit would wait for it
        return vectors

    def embed_question(self, text: str) -> Vectors:
        return self._question(text)[0]

    def question_tokens(self, text: str) -> Tokens:
        """As `tokens`, of one text. A question that was embedded just now needs no further run."""
        return self._question(text)[1]

    def embed_aside(self, texts: Sequence[str]) -> Vectors:
        rows = [self._run(text) for text in texts]
        return np.stack(rows) if rows else np.zeros((0, self.dimension), np.float32)

    def tokens(self, texts: Sequence[str]) -> list[Tokens]:
        """Each text word piece by word piece, in the order of `texts`; two thirds of the work of `embed`."""
        return list(self._readers.map(self._read, texts))

    # Sessions load in 0.2 s and hold 90 MB each, so each is opened by the first call that needs it.
    # Should two threads come first at once, both open one and one of the two is dropped again.
    @cached_property
    def _session(self) -> InferenceSession:
        return minilm.open_session(self._cache_dir)

    @cached_property
    def _reading_session(self) -> InferenceSession:
        return minilm.open_session(self._cache_dir, minilm.STATES_AFTER)

    def _read_question(self, text: str) -> tuple[Vectors, Tokens]:
        encoded = self._encoded(text)
        vector, states = self._session.run(["vector", "states"], {"ids": _ids(encoded)})
        vector.flags.writeable = False  # it is everybody's
        return vector, _tokens(encoded, states)

    def _read(self, text: str) -> Tokens:
        encoded = self._encoded(text)
        return _tokens(encoded, self._reading_session.run(["states"], {"ids": _ids(encoded)})[0])

    def _run(self, text: str) -> Vectors:
        vector: Vectors = self._session.run(["vector"], {"ids": _ids(self._encoded(text))})[0]
        return vector

    def _encoded(self, text: str) -> Encoding:
        """The tokeniser refuses half a surrogate pair."""
        return self._tokenizer.encode(text.encode("utf-8", "replace").decode())


def _ids(encoded: Encoding) -> NDArray[np.int64]:
    return np.array(encoded.ids, np.int64)


def _tokens(encoded: Encoding, states: Vectors) -> Tokens:
    starts, ends = np.array(encoded.offsets, np.int64)[1:-1].T
    return Tokens(_ids(encoded)[1:-1], starts, ends, states[1:-1], states[0])
