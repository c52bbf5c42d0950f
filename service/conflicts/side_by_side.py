"""An altered copy in; the sentences of it and of the canonical text that say different things out,
side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.storage.catalogue import Snapshot, StoredArticle
from ingest.types import Alteration, Sentence, Span


@dataclass(frozen=True, slots=True)
class Side:
    """Neighbouring sentences of one article, `text == article.text[start:end]`, and the words in
    them that differ.

    All offsets refer to the article's text; an empty pair in `marked` is where the other side has
    words more.
    """

    start: int
    end: int
    text: str
    marked: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """What the canonical text says and what the copy makes of it; `kinds` of alterations, most
    serious first.
    """

    kinds: tuple[str, ...]
    canonical: Side
    here: Side


def canonical_of(stored: StoredArticle, snapshot: Snapshot) -> StoredArticle | None:
    """The canonical member of an article's family, which may be the article itself."""
    family = snapshot.family(stored.family_id)
    found = (
        next((member.article_id for member in family.members if member.canonical), None)
        if family
        else None
    )
    return snapshot.article(found) if found else None


def compared(stored: StoredArticle, canonical: StoredArticle, snapshot: Snapshot) -> list[Pair]:
    """Every pair of sentences that differs, the one with the most serious alteration first; [] for
    unaltered copies.
    """
    ours = snapshot.sentences(stored.article.article_id)
    theirs = snapshot.sentences(canonical.article.article_id)
    groups: list[_Group] = []
    for alteration in stored.member.alterations:
        here, there = _touched(ours, alteration.here), _touched(theirs, alteration.canonical)
        if here and there:
            _place(groups, _Group([alteration], here, there))
    return [
        Pair(
            tuple(dict.fromkeys(alteration.kind for alteration in group.alterations)),
            _side(
                canonical.article.text,
                theirs,
                group.there,
                [a.canonical for a in group.alterations],
            ),
            _side(stored.article.text, ours, group.here, [a.here for a in group.alterations]),
        )
        for group in groups
    ]


@dataclass(slots=True)
class _Group:
    """Alterations in the same sentences; `here` and `there` count sentences."""

    alterations: list[Alteration]
    here: range
    there: range


def _touched(sentences: Sequence[Sentence], span: Span) -> range:
    """The sentences that hold a span; of an empty one the sentence it stands in, or else the last
    before it.
    """
    inside = [n for n, s in enumerate(sentences) if s.start < span.end and span.start < s.end]
    if not inside:
        inside = [n for n, s in enumerate(sentences) if s.start <= span.start][-1:]
    return range(inside[0], inside[-1] + 1) if inside else range(0)


def _place(groups: list[_Group], new: _Group) -> None:
    """Joins the first group in whose sentences it lies: one sentence in common on a side,
    neighbours on the other.
    """
    for group in groups:
        near_here, near_there = _gap(group.here, new.here), _gap(group.there, new.there)
        if min(near_here, near_there) <= 0 and max(near_here, near_there) <= 1:
            group.alterations += new.alterations
            group.here, group.there = _hull(group.here, new.here), _hull(group.there, new.there)
            return
    groups.append(new)


def _gap(one: range, other: range) -> int:
    """0 or less where ranges share a member, 1 where they are neighbours."""
    return max(one.start, other.start) - min(one.stop, other.stop) + 1


def _hull(one: range, other: range) -> range:
    return range(min(one.start, other.start), max(one.stop, other.stop))


def _side(text: str, sentences: Sequence[Sentence], held: range, spans: Sequence[Span]) -> Side:
    start, end = sentences[held.start].start, sentences[held.stop - 1].end
    marked = sorted(
        {(max(start, s.start), min(end, s.end)) for s in spans if s.start <= end and s.end >= start}
    )
    return Side(start, end, text[start:end], tuple(marked))
