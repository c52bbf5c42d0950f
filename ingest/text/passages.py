"""An article and its sentences in, passages with exact offsets out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from ingest import tokens
from ingest.types import Article, Passage, Sentence


def split(
    article: Article, sentences: Sequence[Sentence], budget_tokens: int
) -> tuple[Passage, ...]:
    """Passages of at most `budget_tokens` cl100k tokens, cut between sentences wherever one fits.

    Boilerplate, orders to machines and the second printing of a paragraph are in no passage.
    `article.text[p.start:p.end] == p.text`.
    """
    passages: list[Passage] = []
    for run in _runs(article.text, sentences):
        start, end = run[0].start, run[-1].end
        for piece_start, piece in _pieces(
            article.text[start:end], [s.start - start for s in run], budget_tokens
        ):
            passages.append(_passage(article, start + piece_start, piece))
    return tuple(passages)


def embedded_text(title: str | None, text: str) -> str:
    """What is embedded for a passage or sentence: a title in front is worth 7 points of recall@1 (docs/quality.md)."""
    return f"{title}: {text}" if title else text


def sentences_in(start: int, end: int, sentences: Sequence[Sentence]) -> list[Sentence]:
    """Those that may be cited and stand whole between two offsets of their article."""
    return [s for s in sentences if s.kind.citable and start <= s.start and s.end <= end]


def _runs(text: str, sentences: Sequence[Sentence]) -> Iterator[list[Sentence]]:
    """Stretches of sentences that may be cited, without paragraphs that were printed before."""
    seen: set[str] = set()
    run: list[Sentence] = []
    for paragraph in _paragraphs(text, sentences):
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


def _paragraphs(text: str, sentences: Sequence[Sentence]) -> Iterator[list[Sentence]]:
    paragraph: list[Sentence] = []
    for sentence in sentences:
        if paragraph and "\n" in text[paragraph[-1].end : sentence.start]:
            yield paragraph
            paragraph = []
        paragraph.append(sentence)
    if paragraph:
        yield paragraph


def _pieces(
    text: str, sentence_starts: Sequence[int], budget_tokens: int
) -> Iterator[tuple[int, str]]:
    """(offset, piece) from LlamaIndex's splitter, which keeps no offsets: each piece is looked for after the last."""
    if tokens.count(text) <= budget_tokens:
        yield 0, text
        return
    cursor = 0
    for piece in _splitter(budget_tokens, _cutter(text, sentence_starts)).split_text(text):
        start = text.find(piece, cursor)
        if (
            start < 0
        ):  # the splitter copies, so this cannot happen; were it to, a wrong quote must not
            raise AssertionError("a passage is not in its article")
        yield start, piece
        cursor = start + len(piece)


def _cutter(text: str, sentence_starts: Sequence[int]) -> Callable[[str], list[str]]:
    """Cuts a stretch of `text` where our sentences start, so that there is one notion of a sentence."""
    position = 0

    def cut(stretch: str) -> list[str]:
        nonlocal position
        offset = text.find(stretch, position)
        if offset < 0:
            return [stretch]
        position = offset
        cuts = [
            0,
            *(s - offset for s in sentence_starts if 0 < s - offset < len(stretch)),
            len(stretch),
        ]
        return [stretch[a:b] for a, b in pairwise(cuts)]

    return cut


def _splitter(budget_tokens: int, cutter: Callable[[str], list[str]]):  # type: ignore[no-untyped-def]
    from llama_index.core.node_parser import SentenceSplitter

    return SentenceSplitter(
        chunk_size=budget_tokens,
        chunk_overlap=0,
        paragraph_separator="\n\n",
        chunking_tokenizer_fn=cutter,
        tokenizer=tokens.encode,
    )


def _passage(article: Article, start: int, text: str) -> Passage:
    key = f"{article.article_id}:{article.content_hash}:{start}:{start + len(text)}"
    return Passage(
        hashlib.sha256(key.encode()).hexdigest()[:20],
        article.article_id,
        start,
        start + len(text),
        text,
    )
