"""The main path: a question in; passages, evidence, drafts, verdicts; one stream of events out."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing, suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from ingest.errors import ModelFailed, TimedOut
from ingest.storage.archive import Archive
from ingest.storage.catalogue import Snapshot
from service.answer_text import plain
from service.conflicts import altered_copies, disputes, false_premises, staleness
from service.contract.replies import body_of
from service.drafting import extractive, prompts, rewriting
from service.drafting.llm import Drafter, Usage
from service.drafting.refusals import refusal
from service.evidence import ranking
from service.evidence.nearest import nearest
from service.evidence.selection import Selection, Selector
from service.query.analysis import analyse
from service.receipts import Receipts
from service.release import judged
from service.retrieval.retriever import Retriever
from service.run import Work, finished, made_from, noted
from service.types import (
    Answer,
    Completed,
    Conflict,
    Delta,
    Draft,
    Event,
    Question,
    Reason,
    Started,
)
from service.verification.verify import Verdict

log = logging.getLogger(__name__)

# A model may find an answer where our own ranking is in doubt, but not where it sees next to none.
MODEL_DOUBT = 0.5
REPAIR_SECONDS = 2.0  # left of an answer's time, below which unsupported sentences are not put to the model again


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
        self.selector = Selector(archive, retriever)

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
            work.asked = await self._rewritten(work)
            selection = await self._in_time(work, asyncio.to_thread(self.select, work.asked))
            text = prompts.spelled_out(work.asked.text, selection.query.periods)
            work.asked = replace(work.asked, text=text, as_of=selection.query.question.as_of)
        async for event in self._claims(work, selection):
            yield event
        for event in (*self._disputed(work, selection), *self._dated(work, selection)):
            yield event
        reason = None
        if not work.release.composer.claims:
            reason = await self._in_time(work, asyncio.to_thread(self.selector.why_not, selection))
            yield Delta(_refusal(reason, selection))
        yield await self._in_time(work, asyncio.to_thread(self._complete, work, selection, reason))

    def select(self, question: Question, snapshot: Snapshot | None = None) -> Selection:
        """The sentences that the archive holds on a question, and whether they answer it."""
        return self.selector.select(analyse(question, self._today()), snapshot)

    async def _claims(self, work: Work, selection: Selection) -> AsyncIterator[Event]:
        """Drafts by the model, where there is one and it does not fail; else sentences of the articles themselves."""
        decision = selection.decision
        work.premise = false_premises.contradicted(
            selection.query, selection.query.question.text, selection.considered
        )
        if (
            self.drafter
            and selection.sound
            and (decision.answer or decision.score >= MODEL_DOUBT * ranking.THRESHOLD)
        ):
            work.answerer = "openai"
            try:
                async for event in self._drafted(work, selection, self.drafter):
                    yield event
            except ModelFailed as error:
                work.fallback = {"from": "openai", "reason": str(error)}
                log.warning("model failed id=%s reason=%s", work.id, error)
                if not work.release.composer.claims:
                    work.answerer = "extractive"
            if work.answerer == "openai" and (work.release.composer.claims or work.premise is None):
                return
            if work.answerer == "openai":
                work.answerer, work.fallback = (
                    "extractive",
                    {"from": "openai", "reason": "no supported sentence"},
                )
        if work.premise is not None or decision.answer:
            for event in self._extracted(work, selection):
                yield event

    def _extracted(self, work: Work, selection: Selection) -> Iterator[Event]:
        """Sentences of the articles: what corrects the question, where something does, else what answers it."""
        work.shown, premise = selection.sound, work.premise
        if premise is not None:
            work.shown = (premise.evidence,)
            drafts: Sequence[Draft] = (premise.draft,)
            yield from work.release.tell(premise.sentence, (premise.evidence,))
        else:
            with work.timed("draft"):
                drafted = extractive.draft(selection.query, selection.sound)
                drafts, work.rivals = disputes.settled(selection.query, selection.sound, drafted)
        for draft in drafts:
            yield from self._checked(work, draft)

    async def _rewritten(self, work: Work) -> Question:
        """A follow-up in the model's words, where there is a model and they hold; else as asked, for the rule."""
        question = work.question
        if self.drafter is None or not question.history:
            return question
        try:
            rewritten, work.usage = await self._in_time(work, self.drafter.rewrite(question))
        except ModelFailed as error:
            log.info("follow-up not rewritten id=%s reason=%s", work.id, error)
            return question
        text = rewriting.accepted(rewritten, question)
        return replace(question, text=text, history=()) if text else question

    async def _drafted(
        self, work: Work, selection: Selection, drafter: Drafter
    ) -> AsyncIterator[Event]:
        """The model's drafts; what had no support is put to it once more, if there is time."""
        work.shown = prompts.within(selection.sound, self.archive.settings.evidence_tokens)
        async for event in self._supported(work, drafter.draft(work.asked, work.shown)):
            yield event
        release = work.release
        wanting = [
            (d.text, why) for d, why in release.unsupported if d.keys or not release.composer.claims
        ]
        seconds = work.seconds_left(self.archive.settings) - REPAIR_SECONDS
        if wanting and seconds > 0:
            with suppress(ModelFailed):  # what was released stays, and the rest remains unsaid
                async for event in self._supported(
                    work, drafter.repair(work.asked, work.shown, wanting, seconds)
                ):
                    yield event

    async def _supported(
        self, work: Work, drafts: AsyncGenerator[Draft | Usage]
    ) -> AsyncIterator[Event]:
        before = time.monotonic()
        async with aclosing(drafts):
            async for draft in drafts:
                work.timings["draft"] += (time.monotonic() - before) * 1000
                self._check_time(work)
                if isinstance(draft, Usage):
                    work.usage += draft
                elif prompts.NO_ANSWER not in draft.text:
                    for event in self._checked(work, draft, await self._judged(work, draft)):
                        yield event
                before = time.monotonic()

    async def _judged(self, work: Work, draft: Draft) -> Verdict | None:
        """The verdict where there is a judge: that of the rules, or none for what holds in part and the judge denies.

        A judge never makes a claim pass; where it fails, the verdict of the rules stands.
        """
        if self.drafter is None or not self.drafter.judges:
            return None
        verdict = judged(draft, work.shown)
        if verdict.support != "partial":
            return verdict
        quotes = [item for item in work.shown if item.key in verdict.keys]
        try:
            with work.timed("verify"):
                holds, usage = await self._in_time(work, self.drafter.judge(draft.text, quotes))
        except ModelFailed as error:
            log.info("claim not judged id=%s reason=%s", work.id, error)
            return verdict
        work.usage += usage
        return verdict if holds else Verdict(None, (), "borne out in part, and the judge says no")

    def _checked(self, work: Work, draft: Draft, verdict: Verdict | None = None) -> Iterator[Event]:
        with work.timed("verify"):
            events = tuple(work.release.offer(draft, work.shown, verdict))
        yield from events

    def _disputed(self, work: Work, selection: Selection) -> Iterator[Event]:
        """One more claim where accounts stand against each other and both are said; a model may leave one out."""
        cited = work.release.composer.cited
        if work.answerer == "openai" and cited:
            work.rivals = disputes.rivals(selection.query, work.shown, cited[0])
        for rival in [rival for rival in work.rivals if rival.status == "disputed"][:1]:
            yield from self._checked(work, Draft(plain(rival.other.text), (rival.other.key,)))
            if rival.lead in cited and rival.other in cited:
                yield from work.release.tell(rival.sentence, (rival.lead, rival.other))

    def _dated(self, work: Work, selection: Selection) -> Iterator[Event]:
        """One more claim, of the age of what is cited, where the question is about something that changes now."""
        composer = work.release.composer
        if any(period.strict for period in selection.query.periods):
            return
        told = staleness.told(
            selection.query,
            composer.text,
            composer.cited,
            selection.query.question.as_of,
            self._today(),
        )
        if told is not None:
            yield from work.release.tell(*told)

    def _complete(self, work: Work, selection: Selection, reason: Reason | None) -> Completed:
        """The finished answer, kept as a receipt before anybody sees it."""
        found = () if reason else self._conflicts(work, selection)
        hits = self.retriever.find(selection.query.question, 3) if reason else ()
        shown = nearest(selection.snapshot, hits, selection.considered)
        work.timings["total"] = (time.monotonic() - work.started) * 1000
        model = self.drafter.model if self.drafter and work.answerer == "openai" else None
        embedding_model = self.archive.embedder.model
        said = _refusal(reason, selection) if reason else work.release.composer.text
        answer = finished(work, selection, said, reason, found, shown, model, embedding_model)
        notes = made_from(work, selection, self.archive.settings)
        made_at = self.clock().isoformat(timespec="seconds")
        self.receipts.keep(
            work.id, made_at, body_of(answer) | {"made_at": made_at, "made_from": notes}
        )
        noted(work, answer)
        return Completed(answer, notes)

    def _conflicts(self, work: Work, selection: Selection) -> tuple[Conflict, ...]:
        """Accounts that disagree with what is cited: other articles', earlier versions', altered copies'."""
        cited = work.release.composer.cited
        return (
            *altered_copies.between(work.rivals, cited),
            *altered_copies.corrected(selection.snapshot, selection.query.question, cited),
            *altered_copies.altered_copies(selection.snapshot, selection.query.question, cited),
        )

    def _today(self) -> date:
        return self.clock().date()

    async def _in_time(self, work: Work, step: Any) -> Any:
        try:
            return await asyncio.wait_for(
                step, max(0.001, work.seconds_left(self.archive.settings))
            )
        except TimeoutError as error:
            raise self._late() from error

    def _check_time(self, work: Work) -> None:
        if work.seconds_left(self.archive.settings) < 0:
            raise self._late()

    def _late(self) -> TimedOut:
        seconds = self.archive.settings.answer_timeout_seconds
        return TimedOut(
            f"the answer took longer than {seconds:g} s: ask again, or raise DATELINE_ANSWER_TIMEOUT_SECONDS"
        )


def _refusal(reason: Reason, selection: Selection) -> str:
    return refusal(
        reason, selection.query.question, selection.query.periods, selection.nearest_time
    )
