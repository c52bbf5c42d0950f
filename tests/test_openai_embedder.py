"""Vectors of an OpenAI endpoint, over real HTTP on loopback: in order, in batches, once a text, and never mixed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import fake_openai
import numpy as np
import pytest
from conftest import BRIDGE, CHOIR, DAM
from fake_openai import FakeOpenAI, Script

from ingest import tokens
from ingest.embedding.openai_embedder import REQUEST_TEXTS, REQUEST_TOKENS, OpenAIEmbedder, batches
from ingest.errors import IndexMismatch, ModelFailed, ModelUnavailable, WrongUsage
from ingest.pipeline import ingest
from ingest.settings import Settings, read_settings
from ingest.storage.archive import Archive, rebuild
from service.retrieval.retriever import Retriever
from service.types import Question


@pytest.fixture
def endpoint() -> Iterator[FakeOpenAI]:
    with fake_openai.running() as fake:
        yield fake


def options(
    endpoint: FakeOpenAI, folder: Path, model_cache: Path, model: str = "text-embedding-3-small"
) -> Settings:
    return Settings(  # type: ignore[call-arg]
        _env_file=None, data_dir=folder / "data", model_cache=model_cache, embedding_model=model,
        openai_api_key="sk-of-a-test", openai_base_url=endpoint.url,
    )  # fmt: skip


@pytest.fixture
def small(endpoint: FakeOpenAI, tmp_path: Path, model_cache: Path) -> OpenAIEmbedder:
    return OpenAIEmbedder(options(endpoint, tmp_path, model_cache))


@pytest.mark.parametrize(
    ("model", "dimension"), [("text-embedding-3-small", 1536), ("text-embedding-3-large", 3072)]
)
def test_vectors_are_of_unit_length_in_the_order_of_the_texts(
    endpoint: FakeOpenAI, tmp_path: Path, model_cache: Path, model: str, dimension: int
) -> None:
    embedder = OpenAIEmbedder(options(endpoint, tmp_path, model_cache, model))
    texts = ["the bridge", "the dam", "a choir of miners"]
    vectors = embedder.embed(texts)
    assert vectors.shape == (3, dimension) and vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert all(
        np.allclose(embedder.embed_question(t), v, atol=1e-6)
        for t, v in zip(texts, vectors, strict=True)
    )


def test_many_texts_go_out_in_batches_and_progress_counts_each_once(
    small: OpenAIEmbedder, endpoint: FakeOpenAI
) -> None:
    done: list[int] = []
    assert (
        len(small.embed([f"text {n}" for n in range(REQUEST_TEXTS + 5)], done.append))
        == REQUEST_TEXTS + 5
    )
    assert [len(body["input"]) for body in endpoint.embedding_requests] == [REQUEST_TEXTS, 5]
    assert sum(done) == REQUEST_TEXTS + 5


def test_a_request_stays_within_its_token_budget_and_a_text_within_its_own() -> None:
    long = "harbour " * 30_000
    found = list(batches([long] * 20))
    lengths = [[tokens.count(text) for text in batch] for batch in found]
    assert all(length <= 8191 for batch in lengths for length in batch)
    assert all(sum(batch) <= REQUEST_TOKENS for batch in lengths)
    assert sum(map(len, found)) == 20


def test_an_empty_text_and_half_a_surrogate_pair_are_sent_as_something_that_is_accepted() -> None:
    assert list(batches(["", "\ud800x"])) == [[" ", "?x"]]


def test_no_texts_are_no_request(small: OpenAIEmbedder, endpoint: FakeOpenAI) -> None:
    assert small.embed([]).shape == (0, 1536)
    assert not endpoint.embedding_requests


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_fails_for_a_moment_is_asked_for_again(
    small: OpenAIEmbedder, endpoint: FakeOpenAI, status: int
) -> None:
    endpoint.failures = [Script(status=status, headers={"retry-after-ms": "1"}, raw=b"{}")] * 2
    assert small.embed_question("bridge").shape == (1536,)
    assert len(endpoint.embedding_requests) == 3


def test_what_keeps_failing_is_an_error_without_the_endpoints_words(
    small: OpenAIEmbedder, endpoint: FakeOpenAI
) -> None:
    endpoint.failures = [
        Script(status=503, headers={"retry-after-ms": "1"}, raw=b'{"error": "secret"}')
    ] * 6
    with pytest.raises(ModelFailed, match="http 503") as caught:
        small.embed_question("bridge")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_named_and_not_repeated(
    small: OpenAIEmbedder, endpoint: FakeOpenAI, status: int
) -> None:
    endpoint.failures = [Script(status=status, raw=b"{}")]
    with pytest.raises(ModelUnavailable, match="OPENAI_API_KEY") as caught:
        small.embed_question("bridge")
    assert "sk-of-a-test" not in str(caught.value)
    assert len(endpoint.embedding_requests) == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"{}", b"[]", b"not json", b'{"data": []}', b'{"data": [{"index": 0, "embedding": [1.0, 2.0]}]}',
        b'{"data": [{"index": 0, "embedding": null}]}',
    ],
)  # fmt: skip
def test_a_reply_that_is_not_the_protocol_is_an_error(
    small: OpenAIEmbedder, endpoint: FakeOpenAI, raw: bytes
) -> None:
    endpoint.failures = [Script(raw=raw)] * 6
    with pytest.raises(ModelFailed):
        small.embed_question("bridge")


def test_without_key_and_address_the_remedy_is_named(tmp_path: Path) -> None:
    bare = Settings(_env_file=None, data_dir=tmp_path, embedding_model="text-embedding-3-small")  # type: ignore[call-arg]
    with pytest.raises(ModelUnavailable, match="unset DATELINE_EMBEDDING_MODEL"):
        Archive(bare)


def test_an_unknown_model_is_wrong_usage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_EMBEDDING_MODEL", "text-embedding-4")
    with pytest.raises(WrongUsage, match="DATELINE_EMBEDDING_MODEL"):
        read_settings()


@pytest.fixture
def newspaper(tmp_path: Path) -> Path:
    folder = tmp_path / "newspaper"
    folder.mkdir()
    for name, text in {"bridge.txt": BRIDGE, "dam.txt": DAM, "choir.txt": CHOIR}.items():
        (folder / name).write_text(text, "utf-8")
    return folder


def test_an_archive_with_these_vectors_finds_and_embeds_nothing_twice(
    endpoint: FakeOpenAI, tmp_path: Path, model_cache: Path, newspaper: Path
) -> None:
    with Archive(options(endpoint, tmp_path, model_cache)) as archive:
        ingest(archive, [newspaper])
        sent = len(endpoint.embedding_requests)
        found = Retriever(archive).find(Question("What did the Orvel bridge cost?"))
        assert found[0].article.source == "bridge.txt"
        assert 0.3 < found[0].similarity < 1, (
            "the local model's, with which thresholds are measured"
        )
        assert len(endpoint.embedding_requests) == sent + 1, "the question and nothing else"
        (newspaper / "new.txt").write_text("Tower\n\nThe tower of Mook leans to the west.", "utf-8")
        ingest(archive, [newspaper])
        assert endpoint.embedding_requests[-1]["input"] == [
            "Tower: Tower\n\nThe tower of Mook leans to the west."
        ]


def test_another_model_is_refused_until_the_index_is_rebuilt(
    endpoint: FakeOpenAI, tmp_path: Path, model_cache: Path, newspaper: Path
) -> None:
    local = options(endpoint, tmp_path, model_cache, "all-MiniLM-L6-v2")
    with Archive(local) as archive:
        ingest(archive, [newspaper])
        before = archive.catalogue.live().generation
    remote = options(endpoint, tmp_path, model_cache)
    with pytest.raises(IndexMismatch, match="--rebuild"):
        Archive(remote)
    rebuild(remote)
    with Archive(remote) as archive:
        assert archive.catalogue.live().generation > before
        assert (
            Retriever(archive).find(Question("Who won the singing prize?"))[0].article.source
            == "choir.txt"
        )
    with pytest.raises(IndexMismatch, match="--rebuild"):
        Archive(local)
