"""Reads CLAPNQ, QED and SelQA into passages, questions and evidence in the shapes of the service."""

from __future__ import annotations

import hashlib
import json
import re
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
    """One question of a set; `passage_id` holds no answer where `answerable` is false (CLAPNQ only)."""

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


def read_selqa(folder: Path) -> tuple[dict[str, Passage], list[Asking]]:
    """The sections, each a passage, and the questions with the sentences that answer them."""
    passages: dict[str, Passage] = {}
    askings = []
    for number, row in enumerate(_rows(folder / "questions.jsonl")):
        text = f"{row['title']}\x1f{' '.join(row['sentences'])}"
        passage_id = hashlib.sha256(text.encode()).hexdigest()[:12]
        passages[passage_id] = Passage(passage_id, row["title"], tuple(row["sentences"]))
        chosen = Long("", tuple(row["answers"]))
        askings.append(Asking(f"selqa-{number}", row["question"], passage_id, True, (chosen,)))
    return passages, askings


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


def _rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
