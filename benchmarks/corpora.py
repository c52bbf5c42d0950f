"""A folder of test collections in, archives that hold them out: documents ingested as any user's JSONL would be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.passages import read_clapnq, read_passages, read_qed
from ingest.pipeline import ingest
from ingest.settings import Settings, read_settings
from ingest.storage.archive import Archive


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, and the ids of the documents that answer it."""

    question_id: str
    text: str
    relevant: frozenset[str]


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents as lines of JSONL (`id`, `title`, `text`) and the questions about them."""

    name: str
    documents: tuple[Mapping[str, str], ...]
    questions: tuple[Asked, ...]
    depth: (
        int  # documents a ranking is judged to; average precision wants to see every relevant one
    )


def read_pool(data: Path) -> Collection:
    """CLAPNQ and QED as one pool of Wikipedia passages, each of which answers a question or is near one that does.

    Questions are those with an answer: of CLAPNQ the answerable ones, of QED all but explanation type "none". The two
    sets share two passages, which stand in the pool once.
    """
    passages = {**read_passages(data / "clapnq"), **read_passages(data / "qed")}
    known: dict[str, str] = {}
    same = {i: known.setdefault(_letters(" ".join(p.sentences)), i) for i, p in passages.items()}
    documents = tuple(
        {"id": i, "title": p.title, "text": " ".join(p.sentences)}
        for i, p in passages.items()
        if same[i] == i
    )
    asked = [*read_clapnq(data / "clapnq"), *read_qed(data / "qed")]
    questions = tuple(
        Asked(a.question_id, a.text, frozenset({same[a.passage_id]})) for a in asked if a.answerable
    )
    return Collection("pool", documents, questions, 10)


def read_vaswani(data: Path) -> Collection:
    """Abstracts without titles on electronics, of 1968, and topics with every relevant document named."""
    documents = tuple(
        {"id": r["id"], "text": r["text"]} for r in _rows(data / "vaswani" / "corpus.jsonl")
    )
    questions = tuple(
        Asked(r["id"], r["question"], frozenset(r["relevant"]))
        for r in _rows(data / "vaswani" / "questions.jsonl")
    )
    return Collection("vaswani", documents, questions, 1000)


def open_archive(name: str, source: Path, work: Path, settings: Settings | None = None) -> Archive:
    """An archive in `work/name` that holds `source`; nothing is embedded again that an earlier run embedded."""
    known = settings or read_settings()
    archive = Archive(
        known.model_copy(
            update={"data_dir": work / name, "model_cache": known.model_dir.absolute()}
        )
    )
    report = ingest(archive, [source], prune=True)
    if report.failed:
        raise SystemExit(
            f"{name}: {len(report.failed)} documents were not read, first {report.failed[0]}"
        )
    return archive


def write_documents(collection: Collection, work: Path) -> Path:
    """The collection as one JSONL file, written only where its content is new."""
    path = work / f"{collection.name}.jsonl"
    content = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in collection.documents)
    if not path.exists() or path.read_text("utf-8") != content:
        work.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    return path


def document_id(source: str) -> str:
    """A document's id from the source of its article: what stands after the last `#`."""
    return source.rpartition("#")[2]


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
