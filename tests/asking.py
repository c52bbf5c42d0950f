"""Questions as tests ask them: read once, or answered over a folder of articles."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from guarantees import broken

from ingest.pipeline import ingest
from ingest.settings import Settings
from ingest.storage.archive import Archive
from ingest.storage.catalogue import Snapshot
from service.answerer import Answerer
from service.contract.response_bodies import Article, body_of
from service.given_answers.receipts import Receipts
from service.query.question_analysis import Query, analyse
from service.record_tables import open_records
from service.retrieval.retriever import Retriever
from service.types import Question


def query(text: str) -> Query:
    """As it reads without a day to count from."""
    return analyse(Question(text), None)


def stored(folder: Path, model_cache: Path, articles: Mapping[str, str]) -> Iterator[Snapshot]:
    """What is live of these articles, by file name, once they are ingested in an empty archive."""
    inbox = folder / "inbox"
    inbox.mkdir()
    for name, text in articles.items():
        (inbox / name).write_text(text, "utf-8")
    settings = Settings(_env_file=None, data_dir=folder / "data", model_cache=model_cache)  # type: ignore[call-arg]
    with Archive(settings) as archive:
        ingest(archive, [inbox])
        with archive.catalogue.live() as live:
            yield live


def answering(folder: Path, model_cache: Path, articles: Path) -> Iterator[Answerer]:
    """An answerer without a model over the articles; its archive stands in `folder`."""
    settings = Settings(_env_file=None, data_dir=folder / "data", model_cache=model_cache)  # type: ignore[call-arg]
    with Archive(settings) as archive:
        ingest(archive, [articles])
        yield Answerer(archive, Retriever(archive), Receipts(open_records(archive.settings)))


def answered(answerer: Answerer, text: str, **more: Any) -> dict[str, Any]:
    """The answer as JSON, its guarantees checked."""
    body = body_of(asyncio.run(answerer.answer(Question(text, **more))))
    with answerer.archive.catalogue.live() as live:

        def article_of(article_id: str) -> dict[str, Any]:
            stored = live.article(article_id)
            assert stored is not None
            return body_of(Article.of(stored, live))

        assert broken(body, article_of) == []
    return body
