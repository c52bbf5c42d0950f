"""The canonical text and a copy of it in; the words of the copy that say something else out, most serious first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ingest.copies.near_duplicates import Copy
from ingest.copies.sentence_alignment import (
    SAME_WORDS,
    Embed,
    Matrix,
    increasing,
    word_overlap,
)
from ingest.english import analyse, differences
from ingest.types import Alteration, Sentence, SentenceKind, Span

# A reader can look through this many differing spans; rewordings beyond it are the least telling ones.
MOST_SPANS = 80
# Differing sentences of one article; a longer list means two books, not two copies of an article.
MOST_COMPARED = 1000


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring sentences of two copies that say the same thing."""

    left: tuple[Sentence, ...]
    right: tuple[Sentence, ...]


def alterations(canonical: Copy, copy: Copy, embed: Embed) -> tuple[Alteration, ...]:
    """Every place where aligned sentences differ in meaning, most serious first, then in the order of the copy.

    Offsets refer to `article.text` of either side. Spelling, formats, word order and listed synonyms give nothing;
    rewordings (`wording`) come last, `MOST_SPANS` spans in all. `embed` is asked only about sentences that share too
    few words with any other to be paired without it.
    """
    if [s.text for s in canonical.sentences] == [s.text for s in copy.sentences]:
        return ()
    found: dict[tuple[int, int, int, int], tuple[float, Alteration]] = {}
    seen: set[tuple[str, str]] = set()
    for stretch in pair(canonical.sentences, copy.sentences, embed):
        first = stretch.left[0], stretch.right[0]
        heading = any(s.kind is not SentenceKind.BODY for s in first)
        # a long run without an end, cut somewhere: the pieces of a menu or table do not stand for one another
        listing = any(
            len(s.text) > _LONGEST_OPEN and s.text.rstrip("\"'”’)]")[-1:] not in ".!?:;…"
            for s in first
        )
        likeness = word_overlap(first[:1], first[1:]).item()
        if (heading or listing) and likeness < _SAME_HEADLINE:
            continue
        for severity, alteration in _compare(canonical, copy, stretch):
            place = (
                alteration.here.start,
                alteration.here.end,
                alteration.canonical.start,
                alteration.canonical.end,
            )
            words = (alteration.canonical.text.lower(), alteration.here.text.lower())
            if alteration.kind == "wording":
                severity -= _LESS * (heading + (words in seen))
            seen.add(words)
            found.setdefault(place, (severity, alteration))
    ranked = sorted(
        found.values(), key=lambda item: (-item[0], item[1].here.start, item[1].canonical.start)
    )
    typed = [a for _, a in ranked if a.kind != "wording"]
    worded = [a for _, a in ranked if a.kind == "wording"]
    return (*typed, *worded[: max(0, MOST_SPANS - len(typed))])


def added(earlier: Copy, copy: Copy, embed: Embed) -> float:
    """The share of the words of the copy's prose that no sentence of the earlier text stands for, 0 to 1.

    Where most sentences are word for word the same, one that shares less than half its words is new; only a text that is
    reworded throughout is compared by meaning.
    """
    ours, theirs = copy.prose, earlier.prose
    if not ours.sentences or not theirs.sentences:
        return 0.0
    best = word_overlap(ours.sentences, theirs.sentences).max(axis=1)
    new = best < SAME_WORDS
    if np.median(best) < _VERBATIM:
        paired = {
            s.start for st in pair(earlier.sentences, copy.sentences, embed) for s in st.right
        }
        known = {s.text for s in earlier.sentences}
        paired |= {s.start for s in copy.sentences if s.text in known}
        new &= np.array([s.start not in paired for s in ours.sentences])
    told = (analyse(s.text) for s in ours.sentences)
    new &= np.array([bool(one.names or one.numbers or one.dates) for one in told])  # no notice
    return float(np.array(ours.words)[new].sum() / sum(ours.words))


_VERBATIM = 0.8  # share of words


_LONGEST_OPEN = 200  # characters
# share of words; outlets write their own headlines, and those are no alterations
_SAME_HEADLINE = 0.75
_LESS = 0.1  # headings are reworded by habit; the same rewording again tells nothing new


def _compare(canonical: Copy, copy: Copy, stretch: Stretch) -> list[tuple[float, Alteration]]:
    left_start, right_start = stretch.left[0].start, stretch.right[0].start
    left = canonical.article.text[left_start : stretch.left[-1].end]
    right = copy.article.text[right_start : stretch.right[-1].end]
    found = [
        (d.kind, d.severity, (d.left_start, d.left_end), (d.right_start, d.right_end))
        for d in differences(left, right)
    ]
    # what is alleged or may be so, and the copy states as a fact
    if not _DOUBTS.search(right) and not analyse(right).attributions:
        end = (len(right), len(right))
        found += [("hedge", _LOST_HEDGE, cue.span(), end) for cue in _DOUBTS.finditer(left)]
    return [
        (
            severity,
            Alteration(kind, _span(right, *here, right_start), _span(left, *there, left_start)),
        )
        for kind, severity, there, here in found
    ]


_DOUBTS = re.compile(
    r"\b(?:alleg(?:e|es|ed|edly|ing)|according to|reportedly|may|might|suspected)\b", re.IGNORECASE
)
_LOST_HEDGE = 0.65  # below changed facts


def _span(text: str, start: int, end: int, offset: int) -> Span:
    return Span(start + offset, end + offset, text[start:end])


def pair(left: Sequence[Sentence], right: Sequence[Sentence], embed: Embed) -> list[Stretch]:
    """Sentences of two copies that say the same thing in other words: in order, then moved ones; split and joined ones
    together. Sentences that are the same on both sides are left out, and of very long texts all but the beginning."""
    shared = {s.text for s in left} & {s.text for s in right}
    left, right = (
        [s for s in side if s.text not in shared][:MOST_COMPARED] for side in (left, right)
    )
    if not left or not right:
        return []
    overlap = word_overlap(left, right)
    similarity = _with_vectors(overlap, left, right, embed)
    pairs = increasing(np.where(similarity >= _LEAST, similarity, 0))
    pairs += _moved(similarity, pairs)
    # A sentence without a partner joins its neighbour's if their words together match the partner
    # better
    pairs = sorted(pairs)
    rows, columns = {i for i, _ in pairs}, {j for _, j in pairs}
    stretches = []
    for i, j in pairs:
        first, last, begin, end = i, i, j, j
        for n in _neighbours(left, i, rows):
            if _better([left[i], left[n]], [right[j]], overlap[i, j]):
                first, last = min(first, n), max(last, n)
                rows.add(n)
        for n in _neighbours(right, j, columns):
            if _better([left[i]], [right[j], right[n]], overlap[i, j]):
                begin, end = min(begin, n), max(end, n)
                columns.add(n)
        stretches.append(Stretch(tuple(left[first : last + 1]), tuple(right[begin : end + 1])))
    return stretches


_LEAST = 0.4
_COSINE_ABOVE_WORDS = 0.15  # copies whose sentences share half their words have cosines about .65


def _with_vectors(
    overlap: Matrix, left: Sequence[Sentence], right: Sequence[Sentence], embed: Embed
) -> Matrix:
    """Word overlap, raised to the cosine between sentences that no words pair."""
    rows = [n for n in range(len(left)) if overlap[n].max() < SAME_WORDS]
    columns = [n for n in range(len(right)) if overlap[:, n].max() < SAME_WORDS]
    if not rows or not columns:
        return overlap
    vectors = embed([left[n].text for n in rows] + [right[n].text for n in columns])
    cosines = vectors[: len(rows)] @ vectors[len(rows) :].T
    similarity = overlap.copy()
    block = np.ix_(rows, columns)
    similarity[block] = np.maximum(similarity[block], cosines - _COSINE_ABOVE_WORDS)
    return similarity


def _moved(similarity: Matrix, pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sentences outside the chain whose best partner is free and clearly the same."""
    rows, columns = {i for i, _ in pairs}, {j for _, j in pairs}
    found = []
    for place in np.argsort(-similarity, axis=None, kind="stable"):
        i, j = divmod(int(place), similarity.shape[1])
        if similarity[i, j] < SAME_WORDS:
            break
        if i not in rows and j not in columns:
            found.append((i, j))
            rows.add(i)
            columns.add(j)
    return found


def _neighbours(sentences: Sequence[Sentence], place: int, taken: set[int]) -> list[int]:
    """Those beside a sentence with nothing but white space between, all of them prose."""
    found = []
    for n in (place - 1, place + 1):
        if 0 <= n < len(sentences) and n not in taken:
            first, second = sentences[min(place, n)], sentences[max(place, n)]
            near = second.start - first.end <= _WIDEST_BREAK
            if near and first.kind is second.kind is SentenceKind.BODY:
                found.append(n)
    return found


_WIDEST_BREAK = 4  # characters


def _better(left: Sequence[Sentence], right: Sequence[Sentence], than: float) -> bool:
    joined = [Sentence(0, 0, " ".join(s.text for s in side)) for side in (left, right)]
    return word_overlap(joined[:1], joined[1:]).item() > than
