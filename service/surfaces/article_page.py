"""What the page of one article shows: its text in blocks, with cited and altered words marked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from ingest.english.periods import in_words
from ingest.storage.catalogue import Snapshot, StoredArticle
from ingest.types import Alteration, Article, Sentence, SentenceKind, Span
from service.conflicts.side_by_side import Pair, Side, canonical_of, compared
from service.contract.response_bodies import Member, Overridden
from service.retrieval.retriever import card

HEAD = (SentenceKind.TITLE, SentenceKind.BYLINE, SentenceKind.DATELINE, SentenceKind.HEADING)


@dataclass(frozen=True, slots=True)
class Piece:
    """Words in a row that are marked alike; `instead` is what the canonical copy has there."""

    text: str
    cited: bool = False
    altered: bool = False
    instead: str | None = None
    is_first_cited: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or heading of the text."""

    kind: SentenceKind
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Half:
    """One side of a pair of sentences that differ."""

    span: str
    pieces: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a citation stands among those of its answer; `cited` is None where it is found no more."""

    answer_id: str
    question: str
    number: int
    citations: int
    previous: str | None
    next: str | None
    quote: str
    cited: Span | None
    changed: bool


def span_of(written: str, article: Article) -> Span | None:
    """The place in an address, `120-245`; None for anything else."""
    found = re.fullmatch(r"(\d{1,9})-(\d{1,9})", written)
    if found is None:
        return None
    start, end = (min(int(number), len(article.text)) for number in found.groups())
    return Span(start, end, article.text[start:end]) if start < end else None


def place_in(receipt: dict[str, Any], article: Article, number: int) -> Place | None:
    """A receipt's citation of the article; None where that number cites another one, or nothing."""
    citations = {citation["number"]: citation for citation in receipt["citations"]}
    cited = citations.get(number)
    if cited is None or cited["article_id"] != article.article_id:
        return None

    def address(other: int) -> str | None:
        article_id = citations[other]["article_id"] if other in citations else ""
        given = {"answer": receipt["id"], "citation": other}
        return f"{article_id}?{urlencode(given)}#cited" if article_id else None

    quote = cited["quote"]
    start = cited["start"]
    if article.text[start : start + len(quote)] != quote:
        start = article.text.find(quote)
    return Place(
        receipt["id"],
        receipt["question"],
        number,
        len(citations),
        address(number - 1),
        address(number + 1),
        quote,
        Span(start, start + len(quote), quote) if quote and start >= 0 else None,
        start < 0,
    )


def article_view(
    stored: StoredArticle, snapshot: Snapshot, cited: Span | None = None
) -> dict[str, Any]:
    """What the template shows; `cited` is marked wherever it stands, the title included."""
    article, family = stored.article, snapshot.family(stored.family_id)
    members = family.members if family else ()
    known = snapshot.articles(member.article_id for member in members)
    is_compared = any(member.canonical for member in members)
    alterations = stored.member.alterations if is_compared else ()
    text = _Marked(article, alterations, cited)
    head, body = _parted(article, snapshot.sentences(article.article_id))
    return {
        "article": article,
        "card": card(stored),
        "alterations": len(alterations),
        "members": [Member.of(known[m.article_id]) for m in members if m.article_id in known],
        "comparison": _comparison(stored, snapshot),
        "origin": _origin(article, stored.ingested_at),
        "desk": {one.field: one for one in Overridden.all(stored, snapshot)},
        **_head(article, head, text),
        "blocks": [Block(kind, text.pieces(start, end)) for kind, start, end in body],
    }


def _parted(
    article: Article, sentences: Sequence[Sentence]
) -> tuple[list[Sentence], list[tuple[SentenceKind, int, int]]]:
    """The lines above the story, which the page shows in its head, and the paragraphs below."""
    head: list[Sentence] = []
    outlet = (article.publisher or "").casefold()
    for sentence in sentences:
        is_name = sentence.kind is SentenceKind.HEADING and sentence.text.casefold() == outlet
        if sentence.kind not in HEAD or (sentence.kind is SentenceKind.HEADING and not is_name):
            break
        head.append(sentence)
    paragraphs = []
    for found in re.finditer(r"\S(?:.*?\S)?(?=\s*\n\s*\n|\s*\Z)", article.text, re.DOTALL):
        start = max(found.start(), head[-1].end if head else 0)
        start += len(article.text[start : found.end()]) - len(
            article.text[start : found.end()].lstrip()
        )
        kinds = [s.kind for s in sentences if s.start < found.end() and s.end > start]
        if start < found.end():
            kind = SentenceKind.BODY if SentenceKind.BODY in kinds or not kinds else kinds[0]
            paragraphs.append((kind, start, found.end()))
    return head, paragraphs


def _head(article: Article, lines: Sequence[Sentence], text: _Marked) -> dict[str, Any]:
    """Title, and one line of byline, outlet and date: as the text has them, else as is known."""
    titles = [line for line in lines if line.kind is SentenceKind.TITLE]
    title = text.pieces(titles[0].start, titles[0].end) if titles else ()
    repeated = {" ".join(t.text.casefold().split()) for t in titles[:1]}
    shown = [
        (line.kind, text.pieces(line.start, line.end))
        for line in lines
        if line not in titles[:1] and " ".join(line.text.casefold().split()) not in repeated
    ]
    printed = " ".join(line.text for line in lines).casefold()
    byline = [pieces for _, pieces in shown]
    if article.author and not any(kind is SentenceKind.BYLINE for kind, _ in shown):
        byline.insert(0, (Piece(f"By {article.author}"),))
    if article.publisher and article.publisher.casefold() not in printed:
        byline.append((Piece(article.publisher),))
    day = article.published_on
    is_printed = day is not None and all(
        re.search(rf"(?<!\d){number}(?!\d)", printed) for number in (day.day, day.year)
    )
    return {"title": title, "byline": byline, "day": None if is_printed else day}


def _origin(article: Article, ingested_at: str) -> list[str]:
    """Where this copy comes from, in words."""
    return [
        words
        for words in (
            article.republished_on and f"republished {in_words(article.republished_on)}",
            article.updated_on and f"updated {in_words(article.updated_on)}",
            article.credited_to and f"credited to {article.credited_to}",
            article.terms.version and f"version {article.terms.version}",
            article.terms.copyright_holder and f"copyright {article.terms.copyright_holder}",
            article.terms.usage_terms and f"terms of use: {article.terms.usage_terms}",
            article.terms.corrects and f"corrects {', '.join(article.terms.corrects)}",
            f"from {article.source}",
            f"in the archive since {in_words(date.fromisoformat(ingested_at[:10]))}",
        )
        if words
    ]


def _comparison(stored: StoredArticle, snapshot: Snapshot) -> dict[str, Any] | None:
    """The sentences of an altered copy beside the canonical ones, mere rewordings apart."""
    canonical = canonical_of(stored, snapshot) if stored.member.alterations else None
    if canonical is None:
        return None
    pairs = compared(stored, canonical, snapshot)
    told = [pair for pair in pairs if set(pair.kinds) != {"wording"}]
    return {
        "canonical": card(canonical),
        "told": [_halves(pair) for pair in told or pairs],
        "reworded": [_halves(pair) for pair in pairs if told and pair not in told],
    }


def _halves(pair: Pair) -> tuple[tuple[str, ...], Half, Half]:
    return pair.kinds, _half(pair.canonical), _half(pair.here)


def _half(side: Side) -> Half:
    pieces, done = [], side.start
    for start, end in side.marked:
        if end > start >= done:
            pieces.append((side.text[done - side.start : start - side.start], False))
            pieces.append((side.text[start - side.start : end - side.start], True))
            done = end
    pieces.append((side.text[done - side.start :], False))
    return Half(f"{side.start}-{side.end}", tuple(pieces))


class _Marked:
    """A text that is cut where what is marked begins and ends; the first cited piece is told."""

    def __init__(self, article: Article, alterations: Iterable[Alteration], cited: Span | None):
        self.text = article.text
        self.alterations = sorted(alterations, key=lambda a: (a.here.start, a.here.end))
        self.cited = cited
        self._told = False

    def pieces(self, start: int, end: int) -> tuple[Piece, ...]:
        spans = [a.here for a in self.alterations] + ([self.cited] if self.cited else [])
        edges = {edge for s in spans for edge in (s.start, s.end) if start < edge < end}
        places = [start, *sorted(edges), end]
        return tuple(
            piece
            for here, following in zip(places, [*places[1:], None], strict=True)
            for piece in self._at(here, following)
        )

    def _at(self, start: int, end: int | None) -> Iterator[Piece]:
        """What the canonical copy has between two words here, then the words up to `end`."""
        for one in self.alterations:
            if one.here.start == one.here.end == start:
                yield Piece("", altered=True, instead=one.canonical.text.strip())
        if end is None:
            return
        cited = self.cited is not None and self.cited.start <= start and end <= self.cited.end
        piece = Piece(self.text[start:end], cited, is_first_cited=cited and not self._told)
        self._told = self._told or cited
        for one in self.alterations:
            if one.here.start <= start and end <= one.here.end:
                words = one.canonical.text.strip() or "not there"
                piece = replace(piece, altered=True, instead=words if end == one.here.end else None)
                break
        yield piece
