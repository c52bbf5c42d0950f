"""Passage ids and words in, passages ranked by BM25 out: the only file that knows tantivy."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import tantivy

from ingest.errors import IndexUnavailable

WORD = re.compile(r"\w+")
LONGEST_QUERY = 64  # distinct words; a longer question is a document, and its first words name its subject
STOP_WORDS = frozenset(
    "a about an and are as at be been but by can could did do does for from had has have he her his how i if in into "
    "is it its me my not of on or our say said says she should so some than that the their them there these they this "
    "those to was we were what when where which who whom whose why will with would you your".split()
)


class Lexical:
    """Ranked full text over passages: a title field (title, author, outlet) and the words, stemmed as English."""

    def __init__(self, path: Path):
        """Raises IndexUnavailable where the directory cannot be used, here and in every method that writes."""
        self._path = path
        with self._named("run `dateline ingest --rebuild`"):
            path.mkdir(parents=True, exist_ok=True)
            self._index = tantivy.Index(_schema(), path=str(path))

    def add(self, rows: Iterable[tuple[str, str, str]]) -> None:
        """Adds or replaces (passage id, title field, text); they are found once this returns."""
        with self._written(heap_bytes=64_000_000) as writer:
            for passage_id, title, text in rows:
                writer.delete_documents("passage_id", passage_id)
                writer.add_document(tantivy.Document(passage_id=passage_id, title=title, text=text))

    def remove(self, ids: Iterable[str]) -> None:
        with self._written(heap_bytes=15_000_000) as writer:
            for passage_id in ids:
                writer.delete_documents("passage_id", passage_id)

    def find(self, query: str, count: int, among: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """At most `count` (passage id, BM25 score above 0), best first; [] where no word of the query is left.

        `among` leaves these ids only; the rarity of words stays that of the whole index.
        """
        words = search_words(query)
        if not words:
            return []
        # Title and text weigh the same: with 1.5 for the title, words alone lose 0.9 of nDCG@10 (docs/quality.md).
        parsed, _ = self._index.parse_query_lenient(" ".join(f'"{word}"' for word in words), ["title", "text"])
        if among is not None:
            ids = tantivy.Query.term_set_query(self._index.schema, "passage_id", list(among))
            silent = tantivy.Query.const_score_query(ids, 0.0)
            parsed = tantivy.Query.boolean_query([(tantivy.Occur.Must, parsed), (tantivy.Occur.Must, silent)])
        searcher = self._index.searcher()
        found = searcher.search(parsed, count, count=False)
        return [(searcher.doc(address)["passage_id"][0], score) for score, address in found.hits]

    def document_frequency(self, word: str) -> int:
        """In how many passages the word stands, stemmed."""
        parsed, _ = self._index.parse_query_lenient(f'"{word}"', ["text"])
        return int(self._index.searcher().search(parsed, 1, count=True).count or 0)  # type: ignore[attr-defined]

    def count(self) -> int:
        """Passages in the index, those of generations that are gone but not cleared included."""
        return int(self._index.searcher().num_docs)

    def ids(self) -> set[str]:
        searcher = self._index.searcher()
        if not searcher.num_docs:
            return set()
        found = searcher.search(tantivy.Query.all_query(), searcher.num_docs, count=False)
        return {searcher.doc(address)["passage_id"][0] for _, address in found.hits}

    @contextmanager
    def _written(self, heap_bytes: int) -> Iterator[tantivy.IndexWriter]:
        """One commit of what the block does; none of it where the block fails."""
        with self._named("check that DATELINE_DATA_DIR is writable and its disk not full; nothing was lost"):
            writer = self._index.writer(heap_size=heap_bytes, num_threads=1)
            writer.garbage_collect_files()  # what a killed commit left would stand in the way of one of the same number
            yield writer
            writer.commit()
            writer.wait_merging_threads()
            self._index.reload()

    @contextmanager
    def _named(self, remedy: str) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as error:  # tantivy reports what the disk refuses as ValueError
            raise IndexUnavailable(f"cannot use the text index in {self._path}: {error}; {remedy}") from error


def search_words(query: str) -> list[str]:
    """Distinct words worth searching, in order: nothing of a query language survives this."""
    words = WORD.findall(unicodedata.normalize("NFKC", query).lower())
    return [w for w in dict.fromkeys(words) if w not in STOP_WORDS and not w.startswith("_")][:LONGEST_QUERY]


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("passage_id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("title", tokenizer_name="en_stem")
    builder.add_text_field("text", tokenizer_name="en_stem")
    return builder.build()
