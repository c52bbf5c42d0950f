"""Rows of CLAPNQ and QED come in; passages, questions and evidence in the shapes of the service go out."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.types import SentenceKind
from service.types import ArticleCard, Evidence, FamilyPlace

Vectors = NDArray[np.float32]

_UNTOKENISED = (
    (re.compile(r"\s*``\s*"), " “"),
    (re.compile(r"\s*''"), "”"),
    (re.compile(r"(?<=\d) -- (?=\d)"), "–"),
    (re.compile(r" -- "), " – "),
    (re.compile(r"(?<=\w) - (?=\w)"), "-"),
    (re.compile(r" (?='(?:s|re|ve|ll|d|m|t)?\b|'(?= )|n't\b)"), ""),
    (re.compile(r"\s+(?=[,.;:?!)\]%])"), ""),
    (re.compile(r"(?<=[(\[$£€“])\s+"), ""),
    (re.compile(r"\s+"), " "),
)


@dataclass(frozen=True, slots=True)
class Passage:
    """One Wikipedia passage with its title and its sentences, as plain English text."""

    passage_id: str
    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Long:
    """One annotator's answer: their words, and the indices of the sentences they chose."""

    text: str
    selected: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Asking:
    """One question of either set; `passage_id` holds no answer where `answerable` is false (CLAPNQ only)."""

    question_id: str
    text: str
    passage_id: str
    answerable: bool
    longs: tuple[Long, ...] = ()
    shorts: tuple[
        tuple[str, ...], ...
    ] = ()  # QED: alternatives, each a set of spans that must all occur
    selected: int | None = None


def untokenise(text: str) -> str:
    """Natural Questions splits punctuation off words; newspapers do not."""
    for pattern, plain in _UNTOKENISED:
        text = pattern.sub(plain, text)
    return text.strip()


def read_passages(folder: Path) -> dict[str, Passage]:
    return {
        row["id"]: Passage(
            row["id"], untokenise(row["title"]), tuple(untokenise(s) for s in row["sentences"])
        )
        for row in _rows(folder / "corpus.jsonl")
    }


def read_clapnq(folder: Path) -> list[Asking]:
    return [
        Asking(
            row["id"],
            row["question"],
            row["passage_id"],
            row["answerable"],
            tuple(Long(untokenise(a["answer"]), tuple(a["selected"])) for a in row["answers"]),
        )
        for row in _rows(folder / "questions.jsonl")
    ]


def read_qed(folder: Path) -> list[Asking]:
    """Questions whose annotators found an answer in the paragraph (explanation type other than "none")."""
    return [
        Asking(
            row["id"],
            row["question"],
            row["passage_id"],
            True,
            shorts=tuple(tuple(untokenise(span) for span in spans) for spans in row["answers"]),
            selected=row["selected"],
        )
        for row in _rows(folder / "questions.jsonl")
        if row["explanation_type"] != "none" and row["answers"]
    ]


def as_evidence(passage: Passage, score: float = 1.0) -> list[Evidence]:
    """The sentences of a passage as the service would hand them to an answerer; one passage is one article."""
    card = ArticleCard(
        passage.passage_id,
        passage.title,
        None,
        "Wikipedia",
        None,
        passage.passage_id,
        None,
        "none",
        FamilyPlace(passage.passage_id, 1, "original", True),
    )
    evidence, start = [], 0
    for index, text in enumerate(passage.sentences):
        evidence.append(
            Evidence(
                f"{passage.passage_id}:{index}",
                text,
                start,
                start + len(text),
                SentenceKind.BODY,
                passage.passage_id,
                score,
                card,
            )
        )
        start += len(text) + 1
    return evidence


def embedded(
    texts: Sequence[str], embed: Callable[[list[str]], Vectors], cache: Path
) -> dict[str, Vectors]:
    """Vectors by text, from a cache file that any later run with the same texts reads instead of embedding."""
    unique = sorted(set(texts))
    name = hashlib.sha256("\x1f".join(unique).encode()).hexdigest()[:16]
    path = cache / f"vectors-{name}.npy"
    if path.exists():
        vectors = np.load(path)
    else:
        vectors = np.asarray(embed(unique), dtype=np.float32)
        cache.mkdir(parents=True, exist_ok=True)
        np.save(path, vectors)
    return dict(zip(unique, vectors, strict=True))


def _rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
