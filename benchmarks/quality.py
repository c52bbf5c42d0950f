"""Test collections in, how well passages are found out: the retriever against words alone, vectors alone and RRF.

    python -m benchmarks.quality --data DIR [--work DIR] [--share 0.5 --share 0.65] [--json FILE]

DIR holds `clapnq`, `qed`, `vaswani` and `seeds` (`articles/`, `gold.jsonl`). Each collection is ingested into an
archive below --work, which later runs take up again, and asked through the same retriever as the service. Figures
are percent with 95 % bootstrap intervals over questions; "paired" is dateline minus the other, question by question.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.corpora import (
    Asked,
    Collection,
    document_id,
    open_archive,
    read_pool,
    read_vaswani,
    write_documents,
)
from benchmarks.seeds import measure_seeds
from evals.metrics.intervals import Interval, interval, mean_interval
from ingest.storage.archive import Archive
from service.retrieval.retriever import Retriever
from service.types import Question

RRF_CONSTANT = 60  # Cormack, Clarke and Büttcher 2009
Ranking = list[str]  # family ids, best first
Method = Callable[[str], Ranking]
Measure = Callable[[Ranking, frozenset[str]], float]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument(
        "--work", type=Path, default=Path(tempfile.gettempdir()) / "dateline-quality"
    )
    parser.add_argument(
        "--only", choices=("pool", "vaswani", "seeds"), action="append", help="default all three"
    )
    parser.add_argument(
        "--share", type=float, action="append", help="dense shares to try; default the setting's"
    )
    parser.add_argument("--json", type=Path, help="write every figure there")
    arguments = parser.parse_args()
    found: dict[str, Any] = {}
    wanted = arguments.only or ("pool", "vaswani", "seeds")
    for name in [name for name in READERS if name in wanted]:
        collection = READERS[name](arguments.data)
        source = write_documents(collection, arguments.work)
        with open_archive(collection.name, source, arguments.work) as archive:
            found[collection.name] = compare(
                collection, archive, arguments.share or [archive.settings.dense_share]
            )
    if "seeds" in wanted:
        with open_archive(
            "seeds", arguments.data / "seeds" / "articles", arguments.work
        ) as archive:
            settings = archive.settings
        found["seeds"] = asyncio.run(
            measure_seeds(settings, arguments.data / "seeds" / "gold.jsonl")
        )
    report(found)
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=1, default=asdict), "utf-8")


def compare(collection: Collection, archive: Archive, shares: Sequence[float]) -> dict[str, Any]:
    """Every method on every question: `{method: {measure: Interval}}`, and the paired differences to the first.

    What is ranked are families: a copy of a relevant document is as good as it is, and counts once, for all methods.
    """
    family = {
        document_id(s.article.source): s.family_id for s in archive.catalogue.live().everything()
    }
    asked = [
        Asked(a.question_id, a.text, frozenset(family[i] for i in a.relevant))
        for a in collection.questions
    ]
    methods: dict[str, Method] = {}
    for share in shares:
        methods[f"dateline, dense share {share:g}"] = _dateline(archive, share, collection.depth)
    methods |= _peers(archive, family, collection.depth)
    scores = {name: _scores(method, asked) for name, method in methods.items()}
    first = next(iter(scores))
    return {
        "documents": len(collection.documents),
        "scores": {
            name: {m: interval(values) for m, values in by.items()} for name, by in scores.items()
        },
        "paired": {
            name: {
                m: mean_interval([a - b for a, b in zip(scores[first][m], values, strict=True)])
                for m, values in by.items()
            }
            for name, by in scores.items()
            if name != first
        },
    }


def _scores(method: Method, questions: Sequence[Asked]) -> dict[str, list[float]]:
    rankings = [method(asked.text) for asked in questions]
    return {
        name: [
            measure(ranking, asked.relevant)
            for ranking, asked in zip(rankings, questions, strict=True)
        ]
        for name, measure in MEASURES.items()
    }


def _dateline(archive: Archive, share: float, depth: int) -> Method:
    """Through `Retriever.find`, as a search of the service is."""
    retriever = Retriever(archive, dense_share=share)
    return lambda query: _once(
        hit.article.family.id for hit in retriever.find(Question(query), depth)
    )


def _peers(archive: Archive, family: Mapping[str, str], depth: int) -> dict[str, Method]:
    """The same two indexes, each by itself, and the customary way to put them together."""
    snapshot = archive.catalogue.live()
    of_passage = {
        passage.passage_id: stored.family_id
        for stored in snapshot.everything()
        for passage in snapshot.passages_of(stored.article.article_id)
    }
    fetch = max(100, 2 * depth)  # passages, of which a document may have several

    def words(query: str) -> Ranking:
        return _once(of_passage[i] for i, _ in archive.text_index.find(query, fetch))

    def dense(query: str) -> Ranking:
        return _once(
            of_passage[i]
            for i, _ in archive.vector_index.nearest(archive.embedder.embed_question(query), fetch)
        )

    return {"BM25": words, "dense": dense, "RRF": lambda query: _rrf([words(query), dense(query)])}


def _rrf(rankings: Sequence[Ranking]) -> Ranking:
    scores: dict[str, float] = {}
    for ranking in rankings:
        for place, document in enumerate(ranking):
            scores[document] = scores.get(document, 0.0) + 1 / (RRF_CONSTANT + place + 1)
    return sorted(scores, key=lambda document: -scores[document])


def _once(families: Iterable[str]) -> Ranking:
    """A document stands where its best passage stands."""
    return list(dict.fromkeys(families))


def _ndcg(ranking: Ranking, relevant: frozenset[str]) -> float:
    """nDCG@10 with binary gains (Järvelin and Kekäläinen 2002)."""
    gain = sum(
        1 / math.log2(place + 2)
        for place, document in enumerate(ranking[:10])
        if document in relevant
    )
    return gain / sum(1 / math.log2(place + 2) for place in range(min(10, len(relevant))))


def _recall(depth: int) -> Measure:
    return lambda ranking, relevant: len(relevant & set(ranking[:depth])) / len(relevant)


def _reciprocal_rank(ranking: Ranking, relevant: frozenset[str]) -> float:
    return next(
        (1 / (place + 1) for place, document in enumerate(ranking[:10]) if document in relevant),
        0.0,
    )


def _average_precision(ranking: Ranking, relevant: frozenset[str]) -> float:
    """Mean precision at the places of the relevant documents; one that is not found counts 0."""
    found, total = 0, 0.0
    for place, document in enumerate(ranking):
        if document in relevant:
            found += 1
            total += found / (place + 1)
    return total / len(relevant)


MEASURES: Mapping[str, Measure] = {
    "nDCG@10": _ndcg,
    "recall@1": _recall(1),
    "recall@5": _recall(5),
    "recall@10": _recall(10),
    "MRR@10": _reciprocal_rank,
    "MAP": _average_precision,
}


READERS: Mapping[str, Callable[[Path], Collection]] = {"pool": read_pool, "vaswani": read_vaswani}


def report(found: Mapping[str, Any]) -> None:
    for name, result in found.items():
        if name == "seeds":
            print("\nseeds")
            for measure, value in result.items():
                print(f"  {measure:52} {_percent(value)} n {value.n}")
            continue
        questions = next(iter(next(iter(result["scores"].values())).values())).n
        print(f"\n{name}: {result['documents']} documents, {questions} questions")
        for part in ("scores", "paired"):
            for method, by in result[part].items():
                label = method if part == "scores" else f"paired, minus {method}"
                print(f"  {label:34} " + "  ".join(f"{m} {_percent(v)}" for m, v in by.items()))


def _percent(value: Interval) -> str:
    return "{:.1f} [{:.1f}, {:.1f}]".format(
        *(100 * (part or 0.0) for part in (value.value, value.low, value.high))
    )


if __name__ == "__main__":
    main()
