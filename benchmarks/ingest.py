"""A corpus in, seconds and ratios out: our whole ingest against its embedding alone and plain LlamaIndex + Chroma.

    python -m benchmarks.ingest (--articles PATH | --generated 150) [--rounds 5] [--json FILE]

Every round ingests the same articles into new directories, one contender after the other. "Raw embedding" embeds the
very texts that ours stores, with the same embedder, and does nothing else: ours divided by it is what reading,
splitting, indexing, grouping and publishing leave. The peer does what its tutorial does, `SentenceSplitter` and
`VectorStoreIndex` over `ChromaVectorStore`, with our embedder, so that what differs is everything else; it needs
`benchmarks/requirements.txt`, and without that it is left out by name.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.synthetic import articles_of
from ingest.embedding.embedder import LocalEmbedder
from ingest.formats import file_readers
from ingest.pipeline import ingest
from ingest.settings import Settings, read_settings
from ingest.storage.archive import Archive, vector_text
from ingest.types import Article

Contender = Callable[[Path], int]  # an empty directory in, texts embedded out


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    corpus = parser.add_mutually_exclusive_group(required=True)
    corpus.add_argument("--articles", type=Path)
    corpus.add_argument(
        "--generated", type=int, help="so many generated articles of about 5 passages"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dateline-ingest-") as directory:
        source = arguments.articles or written(
            arguments.generated, Path(directory) / "corpus.jsonl"
        )
        found = compare(source, arguments.rounds, Path(directory))
    report(found)
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=1), "utf-8")


def compare(source: Path, rounds: int, work: Path) -> dict[str, Any]:
    """Seconds by contender, and our speed against each of the others round by round; the first round warms up."""
    known = read_settings()
    settings = known.model_copy(update={"model_cache": known.model_dir.absolute()})
    embedder = LocalEmbedder(settings.model_dir)
    contenders = {
        "dateline": ours(source, settings, embedder),
        "raw embedding": raw(source, settings, embedder, work),
    }
    try:
        contenders["LlamaIndex + Chroma"] = llama_index(source, embedder, work)
    except ImportError as error:
        print(
            f"LlamaIndex + Chroma is left out: {error.name} is not installed (benchmarks/requirements.txt)"
        )
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    texts: dict[str, int] = {}
    for number in range(rounds + 1):
        for name, contender in contenders.items():
            place = work / f"{number}-{name.split()[0]}"
            started = time.perf_counter()
            texts[name] = contender(place)
            if number:
                seconds[name].append(time.perf_counter() - started)
    return {
        name: {
            "texts": texts[name],
            "seconds": statistics.median(found),
            "rounds": len(found),
            "speed_of_dateline": statistics.median(
                b / a for a, b in zip(seconds["dateline"], found, strict=True)
            ),
        }
        for name, found in seconds.items()
    }


def ours(source: Path, settings: Settings, embedder: LocalEmbedder) -> Contender:
    def run(place: Path) -> int:
        with Archive(settings.model_copy(update={"data_dir": place}), embedder) as archive:
            return ingest(archive, [source]).passages

    return run


def raw(source: Path, settings: Settings, embedder: LocalEmbedder, work: Path) -> Contender:
    with Archive(settings.model_copy(update={"data_dir": work / "texts"}), embedder) as archive:
        ingest(archive, [source])
        snapshot = archive.catalogue.live()
        texts = [
            vector_text(stored.article, passage)
            for stored in snapshot.everything()
            for passage in snapshot.passages_of(stored.article.article_id)
        ]
    return lambda place: len(embedder.embed(texts))


def llama_index(source: Path, embedder: LocalEmbedder, work: Path) -> Contender:
    spec = importlib.util.find_spec("llama_index.core")
    if (
        spec is not None and spec.origin is not None
    ):  # its nltk refuses files that uv installed as hard links
        data = shutil.copytree(Path(spec.origin).parent / "_static" / "nltk_cache", work / "nltk")
        os.environ.setdefault("NLTK_DATA", str(data))
    import chromadb
    from llama_index.core import Document, StorageContext, VectorStoreIndex
    from llama_index.core.embeddings import BaseEmbedding
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.vector_stores.chroma import ChromaVectorStore

    class Ours(BaseEmbedding):  # type: ignore[misc]
        def _get_text_embedding(self, text: str) -> list[float]:
            return embedder.embed_question(text).tolist()

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return embedder.embed(texts).tolist()

        def _get_query_embedding(self, query: str) -> list[float]:
            return embedder.embed_question(query).tolist()

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

    def run(place: Path) -> int:
        collection = chromadb.PersistentClient(place).get_or_create_collection(
            "peer", embedding_function=None
        )
        documents = [
            Document(text=item.text, metadata={"source": item.source, "title": item.title or ""})
            for item in file_readers.read(source, max_article_mb=5)
            if isinstance(item, Article)
        ]
        storage = StorageContext.from_defaults(
            vector_store=ChromaVectorStore(chroma_collection=collection)
        )
        VectorStoreIndex.from_documents(
            documents,
            storage_context=storage,
            embed_model=Ours(embed_batch_size=100),
            transformations=[SentenceSplitter(chunk_size=160, chunk_overlap=0)],
        )
        return collection.count()

    return run


def written(count: int, path: Path) -> Path:
    rows = ({"id": a.source, "title": a.title, "text": a.text} for a in articles_of(count))
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    return path


def report(found: dict[str, Any]) -> None:
    for name, figures in found.items():
        print(
            f"{name:22} {figures['seconds']:7.2f} s for {figures['texts']} texts embedded "
            f"(median of {figures['rounds']} rounds); dateline has {figures['speed_of_dateline']:.2f} of its speed"
        )


if __name__ == "__main__":
    main()
