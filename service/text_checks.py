"""Checks a text against the archive: what bears each of its sentences out, or says otherwise."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime

from ingest import english
from ingest.english.word_kinds import TermKind
from ingest.errors import InvalidRequest, TimedOut
from ingest.report_in_words import quoted
from ingest.storage.archive import Archive
from ingest.storage.catalogue import Snapshot
from ingest.text.segmentation import split
from ingest.types import Sentence, SentenceKind
from service.answer_text import cite
from service.answerer import check as verdict_on
from service.conflicts import altered_copies, false_premises
from service.evidence import ranking
from service.evidence.corrections import TakenBack, taken_back, without
from service.evidence.ranking import Selector
from service.query.question_analysis import Query, analyse
from service.retrieval.retriever import Retriever
from service.types import (
    Check,
    CheckedSentence,
    Citation,
    Draft,
    Evidence,
    Finding,
    Question,
)
from service.verification.claim_reading import read
from service.verification.later_states import ended
from service.verification.stance import contradiction, denial_is_plain
from service.verification.verify import attribute, comparable
from service.verification.word_alignment import align

MOST_SENTENCES = 100
WEIGHED = 12  # closest sentences of the archive, by rank and by meaning, that one is held against
MOST_JOINED = 5  # of these that are read as one text
WHOLE = ("exact", "supported")  # of a claim that one sentence bears out
SAID = 0.6  # share of a claim in what an outlet took back, from which the claim repeats it
MOST_CITED = 3  # sentences, of as many families, that say the same

_POINTS_BACK = re.compile(r"(?i)\W*(?:he|she|it|they|this|that|these|those|his|her|its|their)\b")


class Checker:
    """Checks texts against one archive, by rule and without a model; keeps nothing of them."""

    def __init__(
        self,
        archive: Archive,
        retriever: Retriever,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ):
        self.archive = archive
        self.clock = clock
        self.selector = Selector(archive, retriever)

    async def check(self, asked: Question) -> Check:
        """The whole check: the last of the stream. Raises as `stream` does."""
        async with aclosing(self.stream(asked)) as steps:
            async for step in steps:
                if isinstance(step, Check):
                    return step
        raise AssertionError("a stream ended without a check")

    async def stream(self, asked: Question) -> AsyncGenerator[CheckedSentence | Check]:
        """Each sentence of the text in order as soon as it is checked, then all of them.

        Only what the dates and filters of `asked` permit counts. Raises InvalidRequest where there are more than
        `MOST_SENTENCES`, TimedOut after `answer_timeout_seconds`. Closing it ends the work.
        """
        sentences = split(asked.text)
        if len(sentences) > MOST_SENTENCES:
            raise InvalidRequest(
                f"text: it has {len(sentences):,} sentences; send at most {MOST_SENTENCES} at once"
            )
        seconds = self.archive.settings.answer_timeout_seconds
        ends, before = time.monotonic() + seconds, ""
        numbered = _Numbering()
        with self.archive.catalogue.live() as snapshot:
            for sentence in sentences:
                if time.monotonic() > ends:
                    raise TimedOut(
                        f"the check took longer than {seconds:g} s: send a shorter text, or raise "
                        "DATELINE_ANSWER_TIMEOUT_SECONDS"
                    )
                found = await asyncio.to_thread(self._finding, sentence, before, asked, snapshot)
                yield numbered.shown(sentence, found)
                before = sentence.text
            index = {
                "generation": snapshot.generation,
                "embedding_model": self.archive.embedder.model,
            }
        yield Check(tuple(numbered.sentences), tuple(numbered.citations), asked.as_of, index)

    def _finding(
        self, sentence: Sentence, before: str, asked: Question, snapshot: Snapshot
    ) -> Finding:
        asks = sentence.text.rstrip(" \"'”’)").endswith("?")
        is_order = sentence.kind is SentenceKind.ORDERS
        if asks or is_order or not read(sentence.text).content:
            return Finding("not_checked", "no statement")
        claim = self._read(sentence.text, asked)
        pointing = before and _POINTS_BACK.match(sentence.text)
        query = self._read(f"{before} {sentence.text}", asked) if pointing else claim
        gathered = self.selector.gather(query, snapshot)
        ranked = ranking.rank(query, *gathered)
        likeness = gathered.vectors @ gathered.question_vector if gathered.evidence else ()
        near = dict(zip((item.key for item in gathered.evidence), likeness, strict=True))
        by_meaning = sorted(ranked, key=lambda item: -near[item.key])[:WEIGHED]
        closest = {item.key: item for item in (*by_meaning, *ranked[:WEIGHED])}
        wrong = taken_back(ranked)
        sound = [item for item in without(tuple(closest.values()), wrong) if not item.altered]
        since = ended(sentence.text, without(ranked, wrong))
        if since is not None:
            return Finding("contradicted", "a later article says that this has ended", (since,))
        borne_out = _borne_out(sentence.text, sound)
        if borne_out is not None and borne_out.verdict == "supported":
            return borne_out
        otherwise = (
            *_put_right(sentence.text, wrong),
            *_in_other_versions(sentence.text, query, sound, snapshot),
            *_corrected(claim, without(ranked, wrong)),
            *(
                Finding("contradicted", why, (item,))
                for item in sound
                if (why := contradiction(sentence.text, item))
            ),
        )
        return next(iter(otherwise), borne_out) or Finding("not_found", "no sentence says it")

    def _read(self, text: str, asked: Question) -> Query:
        """A statement, read as a question that takes it for granted."""
        query = analyse(replace(asked, text=text), self.clock().date())
        return replace(query, kind="how", about=None, several_articles=False)


def _borne_out(claim: str, sound: Sequence[Evidence]) -> Finding | None:
    """By single sentences where one is enough, else by several that are read together."""
    judged = [(verdict_on(Draft(claim, (item.key,)), (item,)).support, item) for item in sound]
    whole = [item for support, item in judged if support in WHOLE]
    if whole:
        voices = {item.article.family.id: item for item in reversed(whole)}
        agreeing = [item for item in whole if voices[item.article.family.id] is item]
        return Finding("supported", "the archive says it", tuple(agreeing[:MOST_CITED]))
    told = [item for item in sound if item.kind is SentenceKind.BODY]  # a heading completes nothing
    if cited := _by_parts(claim, told):
        return Finding("supported", "several sentences together say it", cited)
    joined = attribute(claim, told)[:MOST_JOINED]
    verdict = verdict_on(Draft(claim, tuple(item.key for item in joined)), joined)
    cited = tuple(item for item in joined if item.key in verdict.keys)
    partly = cited if verdict.support else tuple(item for support, item in judged if support)[:1]
    return Finding("partial", "the archive says a part of it", partly) if partly else None


def _by_parts(claim: str, told: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Sentences of one article, each of which says a statement of the claim by itself; () where one
    is not said: of several that share a statement each may speak of somebody else. What is said is no
    statement apart from who says it."""
    mine = read(claim)
    spoken = english.analyse(claim).attributions
    if any(mine.segment(one.start) != mine.segment(one.scope_start) for one in spoken):
        return ()
    parts = [claim[first:last].strip(" ,;") for first, last in mine.segments]
    for article in dict.fromkeys(item.article for item in told) if len(parts) > 1 else ():
        own = [item for item in told if item.article == article]
        saying = [
            next((i for i in own if verdict_on(Draft(p, (i.key,)), (i,)).support in WHOLE), None)
            for p in parts
        ]
        if None not in saying:
            return tuple(dict.fromkeys(item for item in saying if item))
    return ()


def _in_other_versions(
    claim: str, query: Query, sound: Sequence[Evidence], snapshot: Snapshot
) -> Iterator[Finding]:
    """What an altered copy says and the text it was made from does not, or a correction took
    back."""
    for item in sound:
        for conflict in (
            *altered_copies.altered_copies(query, snapshot, (item,)),
            *altered_copies.corrected(query, snapshot, (item,)),
        ):
            for account in conflict.accounts[1:]:
                other = replace(item, text=account.text)
                support = verdict_on(Draft(claim, (other.key,)), (other,)).support
                if support in ("exact", "supported"):
                    yield Finding("contradicted", conflict.why, (item,))


def _put_right(claim: str, wrong: Sequence[TakenBack]) -> Iterator[Finding]:
    """What an outlet took back is contradicted by its note, and what that says instead borne out."""
    mine = read(comparable(claim))
    for one in wrong:
        right, said = (align(mine, [read(comparable(t))]) for t in (one.right.text, one.said))
        own = right.pairs.keys() - said.pairs.keys()
        if any(mine.content[n].kind is TermKind.WORD for n in own):
            continue  # it says what the note says instead
        for told in (one.wrong, replace(one.note, text=one.said)):
            support = verdict_on(Draft(claim, (told.key,)), (told,)).support
            if support in WHOLE or (support and said.held >= SAID):
                yield Finding("contradicted", altered_copies.why_wrong(one), (one.right,))
        told = replace(one.note, text=one.as_corrected or "")
        if verdict_on(Draft(claim, (told.key,)), (told,)).support in WHOLE:
            cited = tuple(dict.fromkeys((one.note, one.right)))
            yield Finding("supported", "the archive says it in a correction", cited)


def _corrected(claim: Query, ranked: Sequence[Evidence]) -> Iterator[Finding]:
    """What the sentence takes for granted and the archive says otherwise."""
    premise = false_premises.contradicted(claim, ranked, ranked)
    if premise and (
        premise.kind != "negation" or denial_is_plain(claim.question.text, premise.evidence)
    ):
        why = f"the archive says {quoted(premise.found)} and not {quoted(premise.asked)}"
        yield Finding("contradicted", why, (premise.evidence,))


class _Numbering:
    """The sentences of one check; numbers run 1, 2, 3 … in order of first use, one a span."""

    def __init__(self) -> None:
        self.sentences: list[CheckedSentence] = []
        self.citations: list[Citation] = []
        self._numbers: dict[tuple[str, int], int] = {}

    def shown(self, sentence: Sentence, found: Finding) -> CheckedSentence:
        numbers = []
        for item in found.cited:
            place = (item.article.article_id, item.start)
            if place not in self._numbers:
                self._numbers[place] = len(self._numbers) + 1
                self.citations.append(cite(item, self._numbers[place]))
            numbers.append(self._numbers[place])
        families = {item.article.family.id for item in found.cited}
        shown = CheckedSentence(
            sentence.text,
            sentence.start,
            sentence.end,
            found.verdict,
            found.why,
            tuple(numbers),
            len(families),
        )
        self.sentences.append(shown)
        return shown
