"""Packs the sentences of an article into passages with exact offsets."""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from ingest.tokens import encoding
from ingest.types import Article, Passage, Sentence


def split(
    article: Article, sentences: Sequence[Sentence], budget_tokens: int
) -> tuple[Passage, ...]:
    """Passages of at most `budget_tokens` cl100k tokens, cut between sentences wherever one fits.

    Boilerplate, orders to machines and the second printing of a paragraph are in no passage.
    `article.text[p.start:p.end] == p.text`.
    """
    # each reads the whole article
    article_id, content_hash = article.article_id, article.content_hash
    passages: list[Passage] = []
    for run in _runs(article.text, sentences):
        first, last = run[0].start, run[-1].end
        starts = [s.start - first for s in run]
        for offset, text in _pieces(article.text[first:last], starts, budget_tokens):
            start, end = first + offset, first + offset + len(text)
            key = hashlib.sha256(f"{article_id}:{content_hash}:{start}:{end}".encode()).hexdigest()
            passages.append(Passage(key[:20], article_id, start, end, text))
    return tuple(passages)


def embedded_text(title: str | None, text: str) -> str:
    """What is embedded for a passage or sentence: a title in front is worth 7 points of recall@1
    (docs/quality.md)."""
    return f"{title}: {text}" if title else text


def sentences_in(start: int, end: int, sentences: Sequence[Sentence]) -> list[Sentence]:
    """Those that may be cited and stand whole between two offsets of their article."""
    return [s for s in sentences if start <= s.start and s.end <= end and s.kind.citable]


def _runs(text: str, sentences: Sequence[Sentence]) -> Iterator[list[Sentence]]:
    """Stretches of sentences that may be cited, without paragraphs that were printed before."""
    paragraphs: list[list[Sentence]] = []
    for sentence in sentences:
        if not paragraphs or "\n" in text[paragraphs[-1][-1].end : sentence.start]:
            paragraphs.append([])
        paragraphs[-1].append(sentence)
    seen: set[str] = set()
    run: list[Sentence] = []
    for paragraph in paragraphs:
        words = " ".join(s.text for s in paragraph)
        if words in seen or not any(s.kind.citable for s in paragraph):
            if run:
                yield run
            run = []
            continue
        seen.add(words)
        for sentence in paragraph:
            if not sentence.kind.citable:
                if run:
                    yield run
                run = []
            else:
                run.append(sentence)
    if run:
        yield run


def _pieces(
    text: str, sentence_starts: Sequence[int], budget_tokens: int
) -> Iterator[tuple[int, str]]:
    """(offset, piece) from LlamaIndex's splitter, which keeps no offsets: each piece is looked for
    after the last."""
    tokens_of = encoding().encode_ordinary
    if len(tokens_of(text)) <= budget_tokens:
        yield 0, text
        return
    from llama_index.core.node_parser import SentenceSplitter

    position = 0

    def cut(stretch: str) -> list[str]:
        """A stretch of `text` cut where our sentences start: there is one notion of a sentence."""
        nonlocal position
        offset = text.find(stretch, position)
        if offset < 0:
            return [stretch]
        position = offset
        inside = slice(
            bisect_right(sentence_starts, offset),
            bisect_left(sentence_starts, offset + len(stretch)),
        )
        cuts = [0, *(start - offset for start in sentence_starts[inside]), len(stretch)]
        return [stretch[a:b] for a, b in pairwise(cuts)]

    splitter = SentenceSplitter(
        chunk_size=budget_tokens,
        chunk_overlap=0,
        paragraph_separator="\n\n",
        chunking_tokenizer_fn=cut,
        tokenizer=lru_cache(maxsize=10_000)(tokens_of),  # it counts word by word
    )
    cursor = 0
    for piece in splitter.split_text(text):
        start = text.find(piece, cursor)
        if start < 0:  # the splitter copies, so this cannot happen; a wrong quote must not
            raise AssertionError("a passage is not in its article")
        yield start, piece
        cursor = start + len(piece)
