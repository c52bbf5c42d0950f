"""Sentences come in; the evidence an answerer would get of them goes out, for tests that need no archive."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from ingest.english.words import stem, words
from ingest.types import SentenceKind
from service.types import ArticleCard, Evidence, FamilyPlace


def card(
    article_id: str = "a1",
    title: str = "Orvel bridge opens",
    *,
    author: str | None = None,
    publisher: str | None = None,
    published_on: date | None = None,
    family: str | None = None,
    role: str = "original",
    size: int = 1,
) -> ArticleCard:
    place = FamilyPlace(family or f"f-{article_id}", size, role, role != "altered")
    return ArticleCard(
        article_id, title, author, publisher, None, f"{article_id}.txt", published_on, "none", place
    )


def sentences(
    article: ArticleCard, *texts: str, kind: SentenceKind = SentenceKind.BODY, start: int = 0
) -> list[Evidence]:
    """The sentences of one passage, in order, each under the key `article:number`."""
    made = []
    for number, text in enumerate(texts):
        key = f"{article.article_id}:{start + number}"
        place = 1000 * start + sum(len(t) + 1 for t in texts[:number])
        made.append(
            Evidence(
                key,
                text,
                place,
                place + len(text),
                kind,
                f"{article.article_id}-p{start}",
                0.6,
                article,
            )
        )
    return made


def altered(item: Evidence) -> Evidence:
    return replace(item, altered=True)


def by_key(evidence: Sequence[Evidence]) -> dict[str, Evidence]:
    return {item.key: item for item in evidence}


def vector(text: str) -> np.ndarray:
    """A unit vector of 384 numbers in which texts that share words are close: the words fall into buckets."""
    made = np.full(384, 1e-3)
    for word in words(text):
        made[sum(ord(c) * 31**i for i, c in enumerate(stem(word))) % 384] += 1.0
    return np.asarray(made / np.linalg.norm(made), dtype=np.float32)


def vectors(evidence: Sequence[Evidence]) -> np.ndarray:
    return np.stack([vector(f"{item.article.title}: {item.text}") for item in evidence])


def rarity(evidence: Sequence[Evidence]):
    held = [{stem(word) for word in words(item.text)} for item in evidence]
    return lambda word: math.log(1 + len(held) / (1 + sum(stem(word) in one for one in held)))
