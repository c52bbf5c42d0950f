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
        self._graph = minilm.graph_file(cache_dir)
        self._workers = ThreadPoolExecutor(self._threads, thread_name_prefix="embed")
        self._question = lru_cache(QUESTIONS_KEPT)(self._embedded_question)

    def embed(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), np.float32)
        # Longest first, so the cores finish together (simulated: 3 % sooner for 16 texts on 2
        # cores, none for 512).
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]), reverse=True)
        session = self._passage_session
        futures = [self._workers.submit(self._run, session, texts[place]) for place in order]
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
        return self._question(text)

    def embed_aside(self, texts: Sequence[str]) -> Vectors:
        rows = [self._run(self._passage_session, text) for text in texts]
        return np.stack(rows) if rows else np.zeros((0, self.dimension), np.float32)

    def tokens(self, texts: Sequence[str]) -> list[Tokens]:
        """Each text word piece by word piece, in the order of `texts`; two thirds of the work of `embed`."""
        return list(self._workers.map(self._read, texts))

    # Sessions load in 0.2 s and hold 90 MB each, so each is opened by the first call that needs it.
    # Should two threads come first at once, both open one and one of the two is dropped again.
    @cached_property
    def _passage_session(self) -> InferenceSession:
        """One thread a run, because every worker keeps a core busy already; they share the weights."""
        return minilm.open_session(self._graph, threads=1)

    @cached_property
    def _question_session(self) -> InferenceSession:
        """Two threads a run: 4.7 ms against 7.7 with one when the cores are idle (p50 of n 60,
        caches cold), though 24 against 17 while both embed passages (n 30). More threads were not
        measured."""
        return minilm.open_session(self._graph, threads=min(2, self._threads))

    def _embedded_question(self, text: str) -> Vectors:
        vector = self._run(self._question_session, text)
        vector.flags.writeable = False  # it is everybody's
        return vector

    def _read(self, text: str) -> Tokens:
        encoded = self._tokenizer.encode(_speakable(text))
        ids = np.array(encoded.ids, np.int64)
        states: Vectors = self._passage_session.run(["states"], {"ids": ids})[0]
        starts, ends = np.array(encoded.offsets, np.int64)[1:-1].T
        return Tokens(ids[1:-1], starts, ends, states[1:-1], states[0])

    def _run(self, session: InferenceSession, text: str) -> Vectors:
        ids = np.array(self._tokenizer.encode(_speakable(text)).ids, np.int64)
        vector: Vectors = session.run(["vector"], {"ids": ids})[0]
        return vector


def _speakable(text: str) -> str:
    """The tokeniser refuses half a surrogate pair."""
    return text.encode("utf-8", "replace").decode()
