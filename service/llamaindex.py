"""A LlamaIndex retriever over an archive."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from service.retrieval.retriever import Retriever
from service.types import Filters, Hit, Question

# no model has a use for these
HIDDEN = ["passage_id", "article_id", "start", "end", "family_id", "family_role"]


class DatelineRetriever(BaseRetriever):
    """Search as the service does it: one slot a family, with dates and filters kept."""

    def __init__(
        self,
        retriever: Retriever,
        count: int = 10,
        as_of: date | None = None,
        filters: Filters | None = None,
        **options: Any,
    ) -> None:
        """`count` is the most nodes a query gets; `options` go to LlamaIndex."""
        self._retriever = retriever
        self._count = count
        self._as_of = as_of
        self._filters = filters or Filters()
        super().__init__(**options)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        if not query_bundle.query_str.strip():
            return []
        question = Question(query_bundle.query_str, as_of=self._as_of, filters=self._filters)
        return [_node(hit) for hit in self._retriever.find(question, self._count)]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


def _node(hit: Hit) -> NodeWithScore:
    """`article.text[start:end] == node.text`; dates are ISO days, the unknown is left out."""
    article = hit.article
    metadata = {
        "title": article.title,
        "author": article.author,
        "publisher": article.publisher,
        "url": article.url,
        "source": article.source,
        "published_on": article.published_on.isoformat() if article.published_on else None,
        "passage_id": hit.passage_id,
        "article_id": article.article_id,
        "start": hit.start,
        "end": hit.end,
        "family_id": article.family.id,
        "family_role": article.family.role,
    }
    known = {name: value for name, value in metadata.items() if value is not None}
    node = TextNode(
        id_=hit.passage_id,
        text=hit.text,
        metadata=known,
        excluded_llm_metadata_keys=HIDDEN,
        excluded_embed_metadata_keys=HIDDEN,
    )
    return NodeWithScore(node=node, score=hit.score)
