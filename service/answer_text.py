"""The text of an answer as it grows: sentences with markers, claims, citations."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ingest.english import analyse
from ingest.english.word_kinds import TermKind
from ingest.types import Role, Span
from service.types import (
    Citation,
    Claim,
    ClaimReleased,
    Counted,
    Delta,
    Draft,
    Evidence,
    Support,
)
from service.verification.verify import Verdict, comparable, names_something_foreign

BRACKETED_NUMBER = re.compile(r"\s*\[\s*\d+\s*\]")
SPACES = re.compile(r"\s+")
# "PORT VALE, March 3 —", "LOMANI (Meridian) - ": where and when a report was sent off
_DATELINE = re.compile(
    r"[A-Z][A-Z'’-]{2,}(?: [A-Z][A-Z.'’-]+){0,3}(?:,? [A-Z][\w.]*(?: \d{1,2})?){0,3}(?:, \d{4})?"
    r"(?: ?\([^()]{2,30}\))? ?(?:[—–]|--?) (?=[\"“‘']?[A-Z])"
)
_SMALL = (TermKind.FUNCTION, TermKind.NEGATION, TermKind.QUANTIFIER, TermKind.MODAL)
SENTENCE_END = re.compile(r"([.!?…]+)([\"'”’»)\]]*)$")
ABBREVIATION_END = re.compile(r"(?:\b\w\.){2,}$|\b(?:Jr|Sr|Inc|Ltd|Co|Corp|etc|No|St)\.$")

INTRODUCTION = (
    "I am Dateline: ask me about the news in this archive, and I answer from its articles alone, "
    "each sentence with its source."
)

Released = tuple[()] | tuple[ClaimReleased, Delta]


@dataclass(slots=True)
class AnswerText:
    """One answer in the making. Numbers run in order of first use; a span has one number.

    Only what has a verdict is added, and nothing is said twice.
    """

    # where the words that answer stand in a quote
    answering: Callable[[str], tuple[int, int] | None] = lambda quote: None
    text: str = ""
    claims: list[Claim] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    cited: list[Evidence] = field(default_factory=list)  # in the order of their numbers, 1 first
    dropped: list[dict[str, Any]] = field(default_factory=list)  # keys and why, no words
    unsupported: list[tuple[Draft, str]] = field(default_factory=list)  # and why
    _numbers: dict[tuple[str, int, int], int] = field(default_factory=dict)
    _said: set[tuple[str, ...]] = field(default_factory=set)

    def add_claim(self, draft: Draft, verdict: Verdict, shown: Iterable[Evidence]) -> Released:
        """A drafted sentence and what it rests on, or nothing where its verdict is no support."""
        words = analyse(comparable(draft.text)).words
        if words in self._said:
            return ()
        if verdict.support is None:
            self.dropped.append({"keys": list(draft.keys), "why": verdict.reason})
            self.unsupported.append((draft, verdict.reason))
            return ()
        self._said.add(words)
        known = {item.key: item for item in shown}
        cited = [known[key] for key in verdict.keys]
        sentence = _behind(draft.opening, _according_to(draft.text, cited))
        support = verdict.support if sentence == draft.text else "supported"
        return self._add(sentence, cited, support)

    def add_note(self, sentence: str, shown: Sequence[Evidence]) -> Released:
        """A sentence of our own about what is cited: its age, or that accounts differ."""
        return self._add(sentence, shown, "supported")

    def add_count(self, sentence: str, counted: Counted) -> Released:
        """A sentence of our own about the archive itself; it cites nothing and has no marker."""
        start = len(self.text) + bool(self.text)
        text = plain(sentence)
        claim = Claim(text, start, start + len(text), (), "counted", 0, counted)
        delta = (" " if self.text else "") + text
        self.text += delta
        self.claims.append(claim)
        return ClaimReleased(claim, ()), Delta(delta)

    def _add(self, sentence: str, shown: Sequence[Evidence], support: Support) -> Released:
        new: list[Citation] = []
        numbers: set[int] = set()
        for item in shown:
            place = (item.article.article_id, item.start, item.end)
            if place not in self._numbers:
                self._numbers[place] = len(self._numbers) + 1
                self.cited.append(item)
                new.append(cite(item, self._numbers[place], self.answering(item.text)))
            numbers.add(self._numbers[place])
        start = len(self.text) + bool(self.text)
        text = _marked(plain(sentence), sorted(numbers))
        families = {item.article.family.id for item in shown}
        claim = Claim(
            text, start, start + len(text), tuple(sorted(numbers)), support, len(families)
        )
        delta = (" " if self.text else "") + text
        self.text += delta
        self.claims.append(claim)
        self.citations.extend(new)
        return ClaimReleased(claim, tuple(new)), Delta(delta)


def cite(item: Evidence, number: int | None, answering: tuple[int, int] | None = None) -> Citation:
    """`answering` says where the words that answer stand in the sentence."""
    answer = None
    if answering is not None:
        start, end = answering
        answer = Span(item.start + start, item.start + end, item.text[start:end])
    return Citation(number, item.passage_id, item.text, item.start, item.end, item.article, answer)


def plain(sentence: str) -> str:
    """One line of words: bracketed numbers go, for they would read as our markers."""
    before = None
    while before != sentence:
        before, sentence = sentence, BRACKETED_NUMBER.sub("", sentence)
    return SPACES.sub(" ", sentence).strip()


def undated(sentence: str) -> str:
    """The sentence on one line without the dateline that it opens with; the citation has its place and day."""
    line = plain(sentence)
    return line[found.end() :] if (found := _DATELINE.match(line)) else line


def _according_to(sentence: str, cited: Sequence[Evidence]) -> str:
    """The sentence; where only altered copies bear it out, with that said in front."""
    if not cited or any(item.article.family.role != Role.ALTERED for item in cited):
        return sentence
    outlets = dict.fromkeys(item.article.publisher for item in cited)
    named = all(outlet and not names_something_foreign(outlet, ()) for outlet in outlets)
    copies = "an altered copy" if len(outlets) == 1 else "altered copies"
    where = f" in {' and '.join(filter(None, outlets))}" if named else ""
    return _behind(f"According to {copies}{where}, ", sentence)


def _behind(opening: str, sentence: str) -> str:
    """The sentence with words of ours in front, and then with a small letter where it opens with no name."""
    first = analyse(sentence).terms[:1] if opening else ()
    if first and first[0].kind in _SMALL and first[0].value != "i":
        sentence = (
            sentence[: first[0].start]
            + sentence[first[0].start :][:1].lower()
            + sentence[first[0].start + 1 :]
        )
    return opening + sentence


def _marked(sentence: str, numbers: Sequence[int]) -> str:
    """`Words [1][2].`: markers stand before the full stop, which is added where it is missing."""
    marks = "".join(f"[{n}]" for n in numbers)
    if ABBREVIATION_END.search(sentence):  # this stop belongs to the word: “with the U.S. [1].”
        return f"{sentence} {marks}."
    end = SENTENCE_END.search(sentence)
    if end is None:
        return f"{sentence.rstrip(':;,')} {marks}."
    return f"{sentence[: end.start()]}{end[2]} {marks}{end[1]}"
