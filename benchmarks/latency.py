"""Archives of 1k, 10k and 100k passages in, milliseconds a question out: our retrieval, raw Chroma, exact numpy.

    python -m benchmarks.latency [--sizes 1000,10000,100000] [--rounds 5] [--questions 40] [--work DIR] [--json FILE]

All answer the same questions in turn, and all embed the question with the same model. Ours is `Retriever.find`:
vectors, words, fusion, dates, families, the ten best with their text. Raw Chroma is one query for 50 with documents.
Exact numpy is one product with all vectors in memory, no text. Ratios are of p50s, the median over rounds;
those of CPU time say more on a machine that others use too.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.synthetic import SeededEmbedder, open_synthetic, passage_texts, questions
from ingest.storage.archive import Archive
from service.retrieval.retriever import Retriever
from service.types import Filters, Question

Contender = Callable[[str], object]
RAW_ROWS = 50
SWEEPING = "exact numpy"  # reads every vector, so it leaves nothing of the next one's in the caches: its turn is apart
BATCH = 2000


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--rounds", type=int, default=5)
    # more than the retriever remembers, or it would be asked only once
    parser.add_argument("--questions", type=int, default=40)
    parser.add_argument(
        "--work", type=Path, default=Path(tempfile.gettempdir()) / "dateline-latency"
    )
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    found = {}
    for size in map(int, arguments.sizes.split(",")):
        with open_synthetic(size, arguments.work) as archive:
            found[size] = measure(contenders(archive, arguments.work / f"raw-{size}"), arguments)
        report(size, found[size])
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=1), "utf-8")


def contenders(archive: Archive, raw: Path) -> dict[str, Contender]:
    embedder = archive.embedder
    assert isinstance(embedder, SeededEmbedder)
    retriever = Retriever(archive)
    collection = raw_collection(archive, raw)
    ids = [passage_id for passage_id, _, _ in passage_texts(archive)]
    kept = archive.vector_index.vectors(ids)
    matrix = np.stack([kept[i] for i in ids])

    def exact(query: str) -> object:
        scores = matrix @ embedder.embed_question(query)
        best = np.argpartition(-scores, RAW_ROWS)[:RAW_ROWS]
        return best[np.argsort(-scores[best])]

    return {
        "dateline": lambda query: retriever.find(Question(query), 10),
        "dateline, an outlet there is not": lambda query: retriever.find(
            Question(query, filters=Filters(publishers=("Nobody",))), 10
        ),
        "embedding alone": embedder.embed_question,
        "raw Chroma": lambda query: collection.query(
            query_embeddings=[embedder.embed_question(query)],
            n_results=RAW_ROWS,
            include=["documents", "distances"],
        ),
        SWEEPING: exact,
    }


def raw_collection(archive: Archive, directory: Path) -> Any:
    """A collection of the same vectors with their texts as documents, filled by the first call."""
    import chromadb
    from chromadb.config import Settings

    client = chromadb.PersistentClient(directory, Settings(anonymized_telemetry=False))
    configuration: Any = {"hnsw": {"space": "cosine"}}
    collection = client.get_or_create_collection(
        "raw", embedding_function=None, configuration=configuration
    )
    rows = list(passage_texts(archive))
    for start in range(collection.count(), len(rows), BATCH):
        part = rows[start : start + BATCH]
        collection.add(
            ids=[i for i, _, _ in part],
            embeddings=archive.embedder.embed([embedded for _, _, embedded in part]),
            documents=[text for _, text, _ in part],
        )
    return collection


def measure(methods: dict[str, Contender], arguments: argparse.Namespace) -> dict[str, Any]:
    """Milliseconds by method, over all rounds, and ratios to raw Chroma round by round; the first round warms up."""
    asked = questions(arguments.questions)
    dice = random.Random(1)
    rounds: dict[str, list[list[tuple[float, float]]]] = {name: [] for name in methods}
    for number in range(arguments.rounds + 1):
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in methods}
        fresh = [f"{query[:-1]} {number}?" for query in asked]  # no round asks what another asked
        turns = [name for name in methods if name != SWEEPING]
        for query in fresh:
            dice.shuffle(turns)  # nobody always finds the caches as the same other one leaves them
            for name in turns:  # each in words of its own: what was embedded is remembered
                times[name].append(timed(methods[name], f"{query} {name}"))
        times[SWEEPING] = [timed(methods[SWEEPING], f"{query} {SWEEPING}") for query in fresh]
        if number:
            for name, found in times.items():
                rounds[name].append(found)
    medians = {
        name: np.median(np.array(found), axis=1) for name, found in rounds.items()
    }  # (rounds, wall and CPU)
    ratios = {
        name: np.median(found / medians["raw Chroma"], axis=0) for name, found in medians.items()
    }
    return {
        name: {
            "p50": float(np.percentile(np.array(found)[:, :, 0], 50)),
            "p95": float(np.percentile(np.array(found)[:, :, 0], 95)),
            "cpu_p50": float(np.percentile(np.array(found)[:, :, 1], 50)),
            "n": len(found) * len(asked),
            "ratio_to_raw_chroma": float(ratios[name][0]),
            "cpu_ratio_to_raw_chroma": float(ratios[name][1]),
        }
        for name, found in rounds.items()
    }


def timed(method: Contender, query: str) -> tuple[float, float]:
    """Milliseconds of wall and of CPU time, all threads of the process."""
    wall, cpu = time.perf_counter(), time.process_time()
    method(query)
    return 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu)


def report(size: int, found: dict[str, Any]) -> None:
    print(f"\n{size:,} passages, n = {next(iter(found.values()))['n']} questions")
    for name, figures in found.items():
        print(
            f"  {name:30} p50 {figures['p50']:7.2f} ms  p95 {figures['p95']:7.2f} ms  "
            f"{figures['ratio_to_raw_chroma']:.2f} of raw Chroma; CPU {figures['cpu_p50']:6.2f} ms, "
            f"{figures['cpu_ratio_to_raw_chroma']:.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
