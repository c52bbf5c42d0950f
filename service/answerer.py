"""The main path: a question in; passages, evidence, drafts, verdicts; one stream of events out."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import math
import time
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from ingest.errors import ModelFailed, TimedOut
from ingest.storage.archive import Archive
from ingest.storage.catalogue import Snapshot
from service.checking import conflicts, rivals, verify
from service.checking.foreign import names_something_foreign
from service.contract.wire import answer_body
from service.drafting import evidence, extractive, followups, prompts, ranking
from service.drafting.composer import Composer
from service.drafting.llm import Drafter, Usage
from service.receipts import Receipts
from service.retrieval import questions
from service.retrieval.retriever import Retriever, standalone
from service.retrieval.words import words
from service.types import Answer, Completed, Conflict, Delta, Draft, Event, Evidence, Filters, Question, Reason, Started

log = logging.getLogger(__name__)

# A model may find an answer where our own ranking is in doubt, but not where it sees next to none.
MODEL_DOUBT = 0.5
REPAIR_SECONDS = 2.0  # left of an answer's time, below which unsupported sentences are not put to the model again


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found for a question, and whether it answers."""

    snapshot: Snapshot
    asked: questions.Asked
    ranked: tuple[Evidence, ...]
    decision: ranking.Decision


@dataclass(slots=True)
class Work:
    """One answer in the making: the stages' notes that its receipt and log line need."""

    id: str
    question: Question
    asked: Question  # the same, standing alone where a model rewrote a follow-up
    started: float = field(default_factory=time.monotonic)
    timings: dict[str, float] = field(default_factory=lambda: {"retrieve": 0.0, "draft": 0.0, "verify": 0.0})
    composer: Composer = field(default_factory=Composer)
    usage: Usage = field(default_factory=Usage)
    answerer: str = "extractive"
    fallback: dict[str, str] | None = None
    dropped: list[dict[str, Any]] = field(default_factory=list)
    unsupported: list[tuple[Draft, str]] = field(default_factory=list)  # dropped drafts, and why
    said: set[tuple[str, ...]] = field(default_factory=set)  # the words of every claim released
    shown: tuple[Evidence, ...] = ()
    rivals: tuple[rivals.Rival, ...] = ()

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        before = time.monotonic()
        try:
            yield
        finally:
            self.timings[stage] += (time.monotonic() - before) * 1000


class Answerer:
    """Answers from one archive. `drafter` is None where sentences are taken from the articles as they stand."""

    def __init__(
        self,
        archive: Archive,
        retriever: Retriever,
        receipts: Receipts,
        drafter: Drafter | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ):
        self.archive = archive
        self.retriever = retriever
        self.receipts = receipts
        self.drafter = drafter
        self.clock = clock

    async def answer(self, question: Question) -> Answer:
        """The whole answer: the stream, collected."""
        async for event in self.stream(question):
            if isinstance(event, Completed):
                return event.answer
        raise AssertionError("a stream ended without an answer")

    async def stream(self, question: Question) -> AsyncIterator[Event]:
        """Started, then for each claim ClaimReleased and Delta (a decline has only deltas), then Completed.

        No sentence is released before its verdict. Raises TimedOut after `answer_timeout_seconds`.
        """
        work = Work(f"ans_{uuid.uuid4().hex}", question, question)
        yield Started(work.id, question.text)
        with work.timed("retrieve"):
            work.asked = await self._standing_alone(work)
            reading = await self._in_time(work, asyncio.to_thread(self.read, work.asked))
        async for event in self._claims(work, reading):
            yield event
        reason = (
            None if work.composer.claims else await self._in_time(work, asyncio.to_thread(self._why, work, reading))
        )
        if reason:
            yield Delta(_refusal(reason, question))
        yield await self._in_time(work, asyncio.to_thread(self._complete, work, reading, reason))

    def read(self, question: Question, snapshot: Snapshot | None = None) -> Reading:
        """Retrieve, gather, rank and decide, all in one generation."""
        snapshot = snapshot or self.archive.catalogue.live()
        asked = questions.understand(standalone(question))
        meaning = self.archive.meaning
        vector = meaning.embedder.embed_question(asked.text)
        same_model = meaning is self.archive.vectors
        hits = self.retriever.candidates(question, snapshot, vector=vector if same_model else None)
        found = evidence.gather(question, snapshot, hits, meaning.embed, about_articles=asked.about is not None)
        vectors = evidence.title_vectors(found, meaning.embed)
        ranked = ranking.rank(asked, found, vector, vectors, self._rarity())
        return Reading(snapshot, asked, ranked, ranking.decide(asked, ranked))

    async def _claims(self, work: Work, reading: Reading) -> AsyncIterator[Event]:
        """Drafts by the model, where there is one and it does not fail; else sentences of the articles themselves."""
        sound = tuple(item for item in reading.ranked if not item.altered)
        decision = reading.decision
        if self.drafter and sound and (decision.answer or decision.score >= MODEL_DOUBT * ranking.THRESHOLD):
            work.answerer = "openai"
            try:
                async for event in self._drafted(work, sound, self.drafter):
                    yield event
                return
            except ModelFailed as error:
                work.fallback = {"from": "openai", "reason": str(error)}
                log.warning("model failed id=%s reason=%s", work.id, error)
                if work.composer.claims:
                    return
                work.answerer = "extractive"
        if decision.answer:
            work.shown = sound
            with work.timed("draft"):
                drafts, work.rivals = rivals.settled(reading.asked, sound, extractive.draft(reading.asked, sound))
            for draft in drafts:
                for event in self._checked(work, draft, sound):
                    yield event

    async def _standing_alone(self, work: Work) -> Question:
        """A follow-up in the model's words, where there is a model and they hold; else as asked, for the rule."""
        question = work.question
        if self.drafter is None or not question.history:
            return question
        try:
            rewritten, work.usage = await self._in_time(work, self.drafter.rewrite(question))
        except ModelFailed as error:
            log.info("follow-up not rewritten id=%s reason=%s", work.id, error)
            return question
        text = followups.accepted(rewritten, question)
        return replace(question, text=text, history=()) if text else question

    async def _drafted(self, work: Work, sound: Sequence[Evidence], drafter: Drafter) -> AsyncIterator[Event]:
        """The model's drafts; what had no support is put to it once more, if there is time."""
        work.shown = evidence.within(sound, self.archive.settings.evidence_tokens)
        async for event in self._supported(work, drafter.draft(work.asked, work.shown)):
            yield event
        wanting = [(d.text, why) for d, why in work.unsupported if d.keys or not work.composer.claims]
        seconds = self._seconds_left(work) - REPAIR_SECONDS
        if wanting and seconds > 0:
            with suppress(ModelFailed):  # what was released stays, and the rest remains unsaid
                async for event in self._supported(work, drafter.repair(work.asked, work.shown, wanting, seconds)):
                    yield event

    async def _supported(self, work: Work, drafts: AsyncGenerator[Draft | Usage]) -> AsyncIterator[Event]:
        before = time.monotonic()
        async with aclosing(drafts):
            async for draft in drafts:
                work.timings["draft"] += (time.monotonic() - before) * 1000
                self._check_time(work)
                if isinstance(draft, Usage):
                    work.usage += draft
                elif prompts.NO_ANSWER not in draft.text:
                    for event in self._checked(work, draft, work.shown):
                        yield event
                before = time.monotonic()

    def _checked(self, work: Work, draft: Draft, shown: Sequence[Evidence]) -> Iterator[Event]:
        """A draft with its verdict: released, or dropped and noted; nothing is said twice."""
        known = {item.key: item for item in shown}
        said = words(verify.comparable(draft.text))
        if said in work.said:
            return
        with work.timed("verify"):
            verdict = verify.verify(draft, known)
            if verdict.support and names_something_foreign(draft.text, [known[key] for key in verdict.keys]):
                verdict = verify.Verdict(None, (), "an address or code that the cited sentences do not have")
        if verdict.support is None:
            work.dropped.append({"keys": list(draft.keys), "why": verdict.reason})
            work.unsupported.append((draft, verdict.reason))
            return
        work.said.add(said)
        yield from work.composer.add(draft.text, [known[key] for key in verdict.keys], verdict.support)

    def _why(self, work: Work, reading: Reading) -> Reason:
        """Why nothing was said; the first reason that holds."""
        question = work.asked
        if question.as_of or question.filters != Filters():
            open_question = replace(
                question, as_of=None, filters=replace(question.filters, published_after=None, published_before=None)
            )
            if not reading.decision.answer and self.read(open_question, reading.snapshot).decision.answer:
                return "outside_dates"
        if reading.ranked and reading.ranked[0].altered and reading.decision.answer:
            return "only_altered_copies"
        if reading.decision.answer:
            return "not_supported"
        return reading.decision.reason or "no_match"

    def _complete(self, work: Work, reading: Reading, reason: Reason | None) -> Completed:
        """The finished answer, kept as a receipt before anybody sees it."""
        composer, question = work.composer, work.question
        found: tuple[Conflict, ...] = ()
        if not reason:
            if work.answerer == "openai":
                work.rivals = rivals.rivals(reading.asked, work.shown, composer.cited[0])
            found = (
                *conflicts.between(work.rivals, composer.cited),
                *conflicts.corrected(reading.snapshot, composer.cited),
                *conflicts.altered_copies(reading.snapshot, question, composer.cited),
            )
        work.timings["total"] = (time.monotonic() - work.started) * 1000
        model = self.drafter.model if self.drafter and work.answerer == "openai" else None
        answer = Answer(
            id=work.id,
            question=question.text,
            text=_refusal(reason, question) if reason else composer.text,
            outcome="declined" if reason else "answered",
            declined_because=reason,
            claims=tuple(composer.claims),
            citations=tuple(composer.citations),
            conflicts=found,
            nearest=self.retriever.find(work.asked, 3) if reason else (),
            as_of=question.as_of,
            answerer="openai" if work.answerer == "openai" else "extractive",
            model=model,
            fallback=work.fallback,
            usage={
                "prompt_tokens": work.usage.prompt_tokens,
                "completion_tokens": work.usage.completion_tokens,
                "cost_usd": None,
            },
            timings_ms={stage: round(ms, 1) for stage, ms in work.timings.items()},
            index={"generation": reading.snapshot.generation, "embedding_model": self.archive.embedder.model},
        )
        made_from = self._made_from(work, reading)
        made_at = self.clock().isoformat(timespec="seconds")
        self.receipts.keep(work.id, made_at, answer_body(answer) | {"made_at": made_at, "made_from": made_from})
        log.info(
            "answer id=%s outcome=%s reason=%s answerer=%s kept=%d dropped=%d %s",
            work.id,
            answer.outcome,
            reason,
            answer.answerer,
            len(composer.claims),
            len(work.dropped),
            " ".join(f"{stage}_ms={ms:.0f}" for stage, ms in work.timings.items()),
        )
        return Completed(answer, made_from)

    def _made_from(self, work: Work, reading: Reading) -> dict[str, Any]:
        """Enough to tell later what the answer stood on: places, keys, decision, prompt; no article text."""
        prompt = prompts.SYSTEM + prompts.ask(work.asked, work.shown) if work.answerer == "openai" else None
        return {
            "generation": reading.snapshot.generation,
            "evidence": [
                {
                    "key": e.key,
                    "article_id": e.article.article_id,
                    "passage_id": e.passage_id,
                    "start": e.start,
                    "end": e.end,
                    "relevance": round(e.relevance, 4),
                }
                for e in work.shown[:100]
            ],
            "decision": {"answer": reading.decision.answer, "score": round(reading.decision.score, 4)},
            "dropped": work.dropped[:50],
            "prompt_sha256": hashlib.sha256(prompt.encode()).hexdigest() if prompt else None,
            "settings": {
                "dense_share": self.archive.settings.dense_share,
                "evidence_tokens": self.archive.settings.evidence_tokens,
            },
        }

    def _rarity(self) -> Callable[[str], float]:
        """Inverse document frequency over passages, log(1 + N / (1 + n)); a word that stands nowhere weighs most."""
        total = max(1, self.archive.lexical.count())

        @cache
        def rarity(word: str) -> float:
            return math.log(1 + total / (1 + self.archive.lexical.document_frequency(word)))

        return rarity

    async def _in_time(self, work: Work, step: Any) -> Any:
        try:
            return await asyncio.wait_for(step, max(0.001, self._seconds_left(work)))
        except TimeoutError as error:
            raise self._late() from error

    def _check_time(self, work: Work) -> None:
        if self._seconds_left(work) < 0:
            raise self._late()

    def _seconds_left(self, work: Work) -> float:
        return self.archive.settings.answer_timeout_seconds - (time.monotonic() - work.started)

    def _late(self) -> TimedOut:
        seconds = self.archive.settings.answer_timeout_seconds
        return TimedOut(
            f"the answer took longer than {seconds:g} s: ask again, or raise DATELINE_ANSWER_TIMEOUT_SECONDS"
        )


def _refusal(reason: Reason, question: Question) -> str:
    """One plain sentence saying why; the only place these words stand."""
    if reason == "outside_dates":
        when = (
            f"published on or before {question.as_of.isoformat()}" if question.as_of else "within the dates asked for"
        )
        return f"The archive speaks of this, but not in anything {when}."
    return {
        "no_match": "The archive holds nothing that answers this question.",
        "not_supported": "The archive touches on this, but no sentence in it supports an answer.",
        "only_altered_copies": "Only altered copies speak of this, so there is no sound source to use.",
    }[reason]
