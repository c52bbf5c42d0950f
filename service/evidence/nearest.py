"""The sentence of each passage that comes closest to a question nothing answers."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.english.words import stems
from ingest.storage.catalogue import Snapshot
from ingest.text.passages import sentences_in
from ingest.types import SentenceKind, Span
from service.query.analysis import Query
from service.types import Evidence, Hit, Nearest

CLOSE = 0.7  # share of the best sentence's relevance from which another is as near


def nearest(
    snapshot: Snapshot, hits: Sequence[Hit], considered: Sequence[Evidence], query: Query
) -> tuple[Nearest, ...]:
    """The hits, each with the best ranked of its sentences, or None where none of them is near.

    A sentence is near if it or its title has a word of the question; of sentences about as
    relevant the one with more of its words is nearest. `considered` is best first.
    Words that an altered copy changed are not shown as its sentence.
    """
    terms = {stemmed for _, stemmed in query.terms}
    shown = []
    for hit in hits:
        own = snapshot.sentences(hit.article.article_id)
        starts = {s.start for s in sentences_in(hit.start, hit.end, own)}
        near = [
            item
            for item in considered
            if item.article.article_id == hit.article.article_id
            and item.start in starts
            and item.kind is SentenceKind.BODY
            and not item.altered
            and not terms.isdisjoint(stems(f"{item.article.title} {item.text}"))
        ]
        close = [item for item in near if item.relevance >= CLOSE * near[0].relevance]
        # the first of those that hold most words of the question themselves
        best = max(close, key=lambda item: len(terms & stems(item.text)), default=None)
        sentence = Span(best.start, best.end, best.text) if best else None
        shown.append(
            Nearest(
                hit.passage_id,
                hit.start,
                hit.end,
                hit.text,
                hit.score,
                hit.article,
                hit.similarity,
                sentence,
            )
        )
    return tuple(shown)
