"""Passages ranked by the words of a question (BM25), in tantivy; the only file that knows it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import tantivy

from ingest.english.words import STOP_WORDS
from ingest.errors import IndexOutdated, IndexUnavailable

# distinct words; a longer question is a document, and its first words name its subject
LONGEST_QUERY = 64
LONG_STEM = 7  # letters from which on a word may have two letters wrong
ALIKE = 20  # passages looked into for words that are spelt like one
LONGEST_WORD = 40  # bytes; tantivy's English tokenizer leaves out what is longer
# tantivy has k1 1.2 and b .75 in its code and no setting for them. A text written n times counts as
# with k1 / n, and PADDING more words in every passage as with b / (1 + PADDING / (n * mean
# length)). Written twice, passages of 100 words get k1 .6 and b .43, near the .9 and .4 of Anserini
# (Yang, Fang and Lin 2017): docs/quality.md has the gain.
WRITTEN = 2
PADDING = 150
PAD = "zzpadzz"
REBUILD = "run `dateline ingest --rebuild`"


class TextIndex:
    """Ranked full text over passages: title, author and outlet before the words of each, stemmed as
    English."""

    def __init__(self, path: Path):
        """Raises IndexUnavailable where the directory cannot be used, here and in every method that
        writes."""
        self._path = path
        builder = tantivy.SchemaBuilder()
        builder.add_text_field(
            "passage_id", stored=True, tokenizer_name="raw", index_option="basic"
        )
        builder.add_text_field("words", tokenizer_name="en_stem", index_option="freq")
        # for document_frequency alone
        builder.add_text_field("text", tokenizer_name="en_stem", index_option="basic")
        with self._named(REBUILD):
            path.mkdir(parents=True, exist_ok=True)
            self._index = tantivy.Index(builder.build(), path=str(path))
            # whoever writes reloads; a watcher would write into the folder after it is closed
            self._index.config_reader(reload_policy="manual")

    def add(self, rows: Iterable[tuple[str, str, str]]) -> None:
        """Adds or replaces (passage id, title field, text); they are found once this returns."""
        padding = " ".join([PAD] * PADDING)
        with self._written(heap_bytes=64_000_000) as writer:
            for passage_id, title, text in rows:
                text = unicodedata.normalize("NFKC", text)
                whole = [f"{unicodedata.normalize('NFKC', title)}\n{text}"] * WRITTEN
                writer.delete_documents("passage_id", passage_id)
                writer.add_document(
                    tantivy.Document(passage_id=passage_id, words=[*whole, padding], text=text)
                )

    def remove(self, ids: Iterable[str]) -> None:
        with self._written(heap_bytes=15_000_000) as writer:
            for passage_id in ids:
                writer.delete_documents("passage_id", passage_id)

    def find(
        self, query: str, count: int, among: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """At most `count` (passage id, BM25 score above 0), best first; [] where no word of the
        query is left.

        `among` leaves these ids only; the rarity of words stays that of the whole index.
        """
        schema = self._index.schema
        terms = dict.fromkeys(
            term for word in search_words(query) for term in _STEMMED.analyze(word)
        )
        wanted = [
            (tantivy.Occur.Should, tantivy.Query.term_query(schema, "words", t, "freq"))
            for t in terms
        ]
        if not wanted:
            return []
        parsed = tantivy.Query.boolean_query(wanted)
        if among is not None:
            ids = tantivy.Query.term_set_query(schema, "passage_id", list(among))
            silent = tantivy.Query.const_score_query(ids, 0.0)
            parsed = tantivy.Query.boolean_query(
                [(tantivy.Occur.Must, parsed), (tantivy.Occur.Must, silent)]
            )
        with self._named(REBUILD):
            searcher = self._index.searcher()
            hits = searcher.search(parsed, count, count=False).hits
            return [(searcher.doc(address)["passage_id"][0], score) for score, address in hits]

    def check(self) -> None:
        """Reads what every passage holds. Raises IndexUnavailable where a file of it is missing."""
        with self._named(REBUILD):
            everywhere = tantivy.Query.term_query(self._index.schema, "words", PAD, "freq")
            self._index.searcher().search(everywhere, 1, count=False)

    def alike(self, word: str) -> list[str]:
        """Ids of at most 20 passages with a word whose stem is an edit away from this one or its stem,
        or two edits where it is long; a stem that is closer comes first."""
        searcher = self._index.searcher()
        found: dict[str, None] = {}
        for term in dict.fromkeys((*_STEMMED.analyze(word), word.lower())):
            for distance in range(1, 2 + (len(term) >= LONG_STEM)):
                query = tantivy.Query.fuzzy_term_query(self._index.schema, "text", term, distance)
                hits = searcher.search(query, ALIKE, count=False).hits
                found |= {searcher.doc(address)["passage_id"][0]: None for _, address in hits}
        return list(found)[:ALIKE]

    def document_frequency(self, word: str) -> int:
        """In how many passages the word stands, stemmed; a title counts for none of them."""
        searcher = self._index.searcher()
        return max((searcher.doc_freq("text", term) for term in _STEMMED.analyze(word)), default=0)

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
        with self._named(
            "check that DATELINE_DATA_DIR is writable and its disk not full; nothing was lost"
        ):
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
        except (OSError, ValueError) as error:  # tantivy says ValueError where the disk refuses
            outdated = "schema does not match" in str(error)
            raise (IndexOutdated if outdated else IndexUnavailable)(
                f"cannot use the text index in {self._path}: {error}; {remedy}"
            ) from error


def search_words(query: str) -> list[str]:
    """Distinct words worth searching, in order: nothing of a query language survives this."""
    words = dict.fromkeys(_PLAIN.analyze(unicodedata.normalize("NFKC", query)))
    return [w for w in words if w not in STOP_WORDS and w != PAD][:LONGEST_QUERY]


def _analyzer(stemmed: bool) -> tantivy.TextAnalyzer:
    """What "en_stem" does with a text, with or without its last step."""
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    builder = builder.filter(tantivy.Filter.remove_long(LONGEST_WORD)).filter(
        tantivy.Filter.lowercase()
    )
    return (builder.filter(tantivy.Filter.stemmer("english")) if stemmed else builder).build()


_PLAIN = _analyzer(stemmed=False)
_STEMMED = _analyzer(stemmed=True)
