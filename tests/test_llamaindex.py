"""Plain LlamaIndex code can search an archive: what the page on it shows runs, and nodes are exact passages."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle

from ingest.settings import Settings
from ingest.storage.archive import Archive
from service.llamaindex import DatelineRetriever
from service.retrieval.retriever import Retriever
from service.types import Filters

PAGE = (Path(__file__).parent.parent / "docs" / "llamaindex.md").read_text("utf-8")
QUESTION = "What did the Orvel bridge cost?"


def test_nodes_are_passages_at_their_offsets_best_first(filled: Archive) -> None:
    retriever = DatelineRetriever(Retriever(filled), count=3)
    assert isinstance(retriever, BaseRetriever)
    nodes = retriever.retrieve(QUESTION)
    assert nodes[0].node.metadata["source"] == "bridge.txt"
    assert nodes[0].node.metadata["published_on"] == "2025-03-12"
    assert [n.score for n in nodes] == sorted((n.score for n in nodes), reverse=True)
    snapshot = filled.catalogue.live()
    for found in nodes:
        place = found.node.metadata
        stored = snapshot.article(place["article_id"])
        assert stored and stored.article.text[place["start"] : place["end"]] == found.node.text


async def test_a_query_can_be_awaited(filled: Archive) -> None:
    nodes = await DatelineRetriever(Retriever(filled), count=1).aretrieve(QUESTION)
    assert [n.node.metadata["source"] for n in nodes] == ["bridge.txt"]


def test_dates_and_filters_bound_it(filled: Archive) -> None:
    early = DatelineRetriever(Retriever(filled), as_of=date(2025, 4, 1))
    assert "dam.txt" not in {
        n.node.metadata["source"] for n in early.retrieve("Why was the dam closed?")
    }
    nobody = DatelineRetriever(Retriever(filled), filters=Filters(publishers=("Nobody",)))
    assert nobody.retrieve("Why was the dam closed?") == []


@pytest.mark.parametrize("query", ["", "  \n"])
def test_a_query_without_words_finds_nothing(filled: Archive, query: str) -> None:
    assert DatelineRetriever(Retriever(filled)).retrieve(query) == []


def test_a_node_postprocessor_may_rerank(filled: Archive) -> None:
    class Backwards(BaseNodePostprocessor):
        def _postprocess_nodes(
            self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
        ) -> list[NodeWithScore]:
            return nodes[::-1]

    nodes = DatelineRetriever(Retriever(filled)).retrieve(QUESTION)
    assert (
        Backwards().postprocess_nodes(nodes, query_str=QUESTION)[-1].node.metadata["source"]
        == "bridge.txt"
    )


def test_what_the_page_shows_runs(
    filled: Archive,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    filled.close()
    monkeypatch.setenv("DATELINE_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("DATELINE_MODEL_CACHE", str(settings.model_dir))
    known: dict[str, object] = {}
    for snippet in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(compile(snippet, "docs/llamaindex.md", "exec"), known)
    printed = capsys.readouterr().out
    assert "bridge.txt" in printed
    assert re.search(r"\d of \d", printed)
