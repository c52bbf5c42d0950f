"""Sentences are embedded once and kept: ahead of questions by a service, at the first question elsewhere."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from conftest import BRIDGE, CHOIR, DAM
from sqlalchemy import delete, select

from ingest.embedding.embedder import LocalEmbedder
from ingest.pipeline import ingest, remove
from ingest.settings import Settings
from ingest.storage.archive import Archive
from ingest.storage.catalogue_tables import sentences
from ingest.storage.vector_cache import Spoken
from ingest.text.segmentation import embedded_text
from service.retrieval.fusion import RERANKED, leaders, rerank
from service.retrieval.retriever import Retriever
from service.serving.background_embedding import Ahead
from service.types import Question


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    for name, text in {"bridge.txt": BRIDGE, "dam.txt": DAM, "choir.txt": CHOIR}.items():
        (folder / name).write_text(text, "utf-8")
    return folder


class Counting(LocalEmbedder):
    """Counts the texts it embeds, questions aside."""

    texts = 0

    def embed(self, texts, progress=None):  # type: ignore[no-untyped-def]
        self.texts += len(texts)
        return super().embed(texts, progress)

    def embed_aside(self, texts):  # type: ignore[no-untyped-def]
        self.texts += len(texts)
        return super().embed_aside(texts)


def spoken(archive: Archive) -> dict[str, Spoken]:
    snapshot = archive.catalogue.live()
    passages = snapshot.passages(snapshot.passage_ids())
    return archive.sentence_vectors.of(snapshot, {i: p.start for i, p in passages.items()})


def test_every_sentence_has_the_vector_of_its_words_behind_the_title(
    settings: Settings, folder: Path
) -> None:
    with Archive(settings) as archive:
        ingest(archive, [folder])
        snapshot = archive.catalogue.live()
        found = spoken(archive)
        assert found
        for passage_id, said in found.items():
            article = snapshot.articles([snapshot.passages([passage_id])[passage_id].article_id])
            (stored,) = article.values()
            sentences = {s.start: s.text for s in snapshot.sentences(stored.article.article_id)}
            exact = archive.embedder.embed(
                [embedded_text(stored.article.title, sentences[s]) for s in said.starts]
            )
            assert said.vectors.shape == exact.shape
            assert np.linalg.norm(said.vectors, axis=1) == pytest.approx(1, abs=1e-5)
            assert np.einsum("ij,ij->i", said.vectors, exact).min() > 0.9999


def test_a_cosine_is_off_by_less_than_a_five_hundredth(settings: Settings, folder: Path) -> None:
    with Archive(settings) as archive:
        ingest(archive, [folder])
        kept = np.concatenate([said.vectors for said in spoken(archive).values()])
        question = archive.embedder.embed_question("What did the bridge cost?")
        (exact,) = archive.embedder.embed(["What did the bridge cost?"])
        assert np.abs(kept @ question - kept @ exact).max() < 0.002


def test_what_is_kept_is_not_embedded_again_by_another_process(
    settings: Settings, folder: Path
) -> None:
    embedder = Counting(settings.model_dir)
    with Archive(settings, embedder) as archive:
        ingest(archive, [folder])
        first = spoken(archive)
    embedder.texts = 0
    with Archive(settings, embedder) as archive:
        again = spoken(archive)
        Retriever(archive).find(Question("What did the Orvel bridge cost?"))
    assert embedder.texts == 0
    assert all(np.array_equal(first[i].vectors, again[i].vectors) for i in first)


def test_passages_that_say_what_others_said_are_not_embedded_again(
    settings: Settings, folder: Path
) -> None:
    embedder = Counting(settings.model_dir)
    with Archive(settings, embedder) as archive:
        ingest(archive, [folder])
        spoken(archive)
        (folder / "again.txt").write_text(BRIDGE, "utf-8")
        ingest(archive, [folder])
        embedder.texts = 0
        assert archive.sentence_vectors.lacking(archive.catalogue.live())
        spoken(archive)
        assert embedder.texts == 0
        assert archive.sentence_vectors.lacking(archive.catalogue.live()) == []


def test_removed_articles_leave_no_vectors_of_sentences(settings: Settings, folder: Path) -> None:
    with Archive(settings) as archive:
        ingest(archive, [folder])
        gone = spoken(archive)
        for stored in list(archive.catalogue.live().everything()):
            assert remove(archive, stored.article.article_id)
        archive.sentence_vectors.forget(archive.catalogue.kept_passages())
        database = archive.sentence_cache.database
        assert gone
        assert database.rows(select(sentences)) == []


def test_a_service_embeds_sentences_before_they_are_asked_for(
    settings: Settings, folder: Path
) -> None:
    embedder = Counting(settings.model_dir)
    with Archive(settings, embedder) as archive, Ahead(archive):
        ingest(archive, [folder])
        snapshot = archive.catalogue.live()
        patience = time.monotonic() + 300
        while archive.sentence_vectors.lacking(snapshot) and time.monotonic() < patience:
            time.sleep(0.05)
        embedder.texts = 0
        Retriever(archive).find(Question("Why was the reservoir shut?"))
        assert embedder.texts == 0


def test_vectors_that_were_deleted_are_made_again(settings: Settings, folder: Path) -> None:
    with Archive(settings) as archive:
        ingest(archive, [folder])
        before = [
            (h.passage_id, h.score) for h in Retriever(archive).find(Question("Orvel bridge"))
        ]
        with archive.sentence_cache.database.write() as connection:
            connection.execute(delete(sentences))
        assert [
            (h.passage_id, h.score) for h in Retriever(archive).find(Question("Orvel bridge"))
        ] == before


def test_the_first_are_ranked_by_their_best_sentence_and_the_rest_keep_their_places() -> None:
    scores = {f"p{n:02}": 1 - n / 100 for n in range(40)}
    first = leaders(scores)
    assert first == [f"p{n:02}" for n in range(RERANKED)]
    mixed = rerank(scores, {i: n / 100 for n, i in enumerate(first)})
    assert mixed[first[-1]] > scores[first[-1]] and mixed[first[0]] < scores[first[0]]
    assert set(leaders(mixed)) == set(first)
    assert (
        leaders(rerank(scores, {first[5]: 0.9, first[4]: 0.1}))[4:6] == first[4:6]
    )  # near in words, so little moves
    close = {"a": 0.9, "b": 0.899, "c": 0.1}
    assert leaders(rerank(close, {"a": 0.2, "b": 0.6, "c": 0.1})) == ["b", "a", "c"]
    assert all(mixed[i] == scores[i] for i in scores if i not in first)


def test_where_sentences_tell_nothing_apart_the_order_stands() -> None:
    scores = {"a": 0.9, "b": 0.5, "c": 0.1}
    assert leaders(rerank(scores, dict.fromkeys(scores, 0.3))) == ["a", "b", "c"]
    assert rerank(scores, {}) == scores
    assert rerank({"a": 0.4}, {"a": 0.2}) == pytest.approx({"a": 0.4})
