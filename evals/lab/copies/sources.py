"""Files of articles in; texts long enough to make copies of, as sentences by paragraph, out."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evals.passages import untokenise
from ingest.errors import WrongUsage
from ingest.formats import file_readers
from ingest.text.segmentation import split
from ingest.types import Article, SentenceKind

WORDS_PER_ARTICLE = 250  # shorter texts are joined up to this length
MOST_REPEATED = 0.2  # of a text's runs of five words, in texts before it: the truth has to be known
FEWEST_SENTENCES = 6  # of an article that copies are made of

Paragraphs = tuple[tuple[str, ...], ...]  # sentences by paragraph
_Text = tuple[str, Paragraphs]  # title and text
_NO_TEXT: Paragraphs = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A text that copies are made of."""

    key: str
    title: str
    paragraphs: Paragraphs


def read_sources(paths: Sequence[Path]) -> list[Source]:
    """The texts of JSONL files and folders, short ones joined with the likest; none that repeats much of another.

    Raises WrongUsage where there are none.
    """
    articles = [
        a
        for path in paths
        for a in file_readers.read(path, max_article_mb=5)
        if isinstance(a, Article)
    ]
    seen: set[tuple[str, ...]] = set()
    texts: list[_Text] = []
    for article in sorted(articles, key=lambda a: (a.title or "", a.source)):
        title, paragraphs = _plain(article)
        words = re.findall(r"\w+", " ".join(s for p in paragraphs for s in p).lower())
        runs = {tuple(words[n : n + 5]) for n in range(len(words) - 4)}
        if runs and len(runs & seen) < MOST_REPEATED * len(runs):
            texts.append((title, paragraphs))
        seen |= runs
    sources = [
        Source(f"s{n:05d}", *joined) for n, joined in enumerate(_joined(_likest_next(texts)))
    ]
    if not sources:
        raise WrongUsage(
            f"no article with text in {', '.join(map(str, paths))}; give a folder or JSONL of articles"
        )
    return sources


def _plain(article: Article) -> _Text:
    """Title and sentences of prose, by paragraph; what the corpus holds besides, such as bylines, is left out."""
    text = untokenise_paragraphs(article.text)
    paragraphs: list[list[str]] = [[]]
    end = 0
    for sentence in split(text, article.title):
        if "\n" in text[end : sentence.start] and paragraphs[-1]:
            paragraphs.append([])
        end = sentence.end
        if sentence.kind is SentenceKind.BODY:
            paragraphs[-1].append(" ".join(sentence.text.split()))
    return untokenise(article.title or ""), tuple(tuple(p) for p in paragraphs if p)


def untokenise_paragraphs(text: str) -> str:
    """Punctuation put back to its words, in corpora that split it off."""
    if not re.search(r" (?:,|\.|'s|``|-LRB-) ?", text):
        return text
    return "\n\n".join(untokenise(paragraph) for paragraph in text.split("\n\n"))


_CELLS, _AHEAD = (
    4096,
    2000,
)  # words are hashed into so many cells; so many texts are looked through for the likest


def _likest_next(texts: Sequence[_Text]) -> Iterator[_Text]:
    """Each text followed by the one that shares most rare words with it, so that what is joined tells of one thing."""
    rows = np.zeros((len(texts), _CELLS), dtype=np.float32)
    for n, (title, paragraphs) in enumerate(texts):
        for word in {
            *re.findall(r"\w{4,}", " ".join((title, *(s for p in paragraphs for s in p))).lower())
        }:
            rows[n, zlib.crc32(word.encode()) % _CELLS] = 1
    rows *= np.log((len(texts) + 1) / (rows.sum(axis=0) + 1))
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    waiting = list(range(len(texts)))
    place = 0
    while waiting:
        n = waiting.pop(place)
        yield texts[n]
        if waiting:
            ahead = waiting[:_AHEAD]
            place = int(np.argmax(rows[ahead] @ rows[n]))


def _joined(texts: Iterable[_Text]) -> Iterator[_Text]:
    title, paragraphs = "", _NO_TEXT
    for own_title, own in texts:
        title, paragraphs = title or own_title, (*paragraphs, *own)
        sentences = [s for p in paragraphs for s in p]
        if (
            len(sentences) >= FEWEST_SENTENCES
            and sum(len(s.split()) for s in sentences) >= WORDS_PER_ARTICLE
        ):
            yield title or sentences[0][:60], paragraphs
            title, paragraphs = "", _NO_TEXT
