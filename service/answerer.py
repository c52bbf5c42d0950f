"""The main path: from a question to passages, evidence, drafts, verdicts and the answer."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, aclosing, asynccontextmanager, suppress
from contextvars import copy_context
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from typing import NamedTuple

from ingest.errors import ModelFailed
from ingest.storage.archive import Archive
from ingest.storage.catalogue import Snapshot
from service import telemetry
from service.answer_run import AnswerRun, new_id
from service.answer_text import INTRODUCTION, plain, undated
from service.archive_questions import counted_sentences
from service.conflicts import altered_copies, disputes, false_premises, provenance
from service.drafting import extractive, openings, prompts
from service.drafting.draft_parsing import accepted
from service.drafting.llm import Drafter, Usage
from service.evidence import ranking
from service.evidence.answer_types import words_that_answer
from service.evidence.corrections import put_right
from service.evidence.digest import digest
from service.evidence.gathering import nearest
from service.evidence.ranking import Decide, Selection, Selector
from service.given_answers.receipts import Receipts, made_from
from service.query import question_kinds
from service.query.question_analysis import analyse
from service.refusals import refusal, why_not
from service.retrieval.retriever import Retriever
from service.retrieval.spelling import corrected
from service.telemetry import Metrics
from service.types import (
    Answer,
    Completed,
    Conflict,
    Delta,
    Draft,
    Event,
    Evidence,
    Question,
    Reason,
    Started,
)
from service.verification.verify import Verdict, names_something_foreign, verify

log = logging.getLogger(__name__)

# Least relevance of what a model's first sentence cites: true words about something else are no
# answer. Of the newsroom's sentences that answer 96 % have it (n 187), of others chosen at random 24 % (n 37).
TO_THE_POINT = 0.001
REPAIR_SECONDS = 2.0  # left of an answer's time, below which a model is not asked once more
NEAREST_SHOWN = 3


class Found(NamedTuple):
    """What the archive holds on a question, read before the first sentence."""

    asked: Question  # with its spelling corrected
    selection: Selection
    told: list[Event]  # where no model is asked
    shown: tuple[Evidence, ...]  # what a model is shown


class Answerer:
    """Answers from one archive, with the words of a model where there is a `drafter`."""

    def __init__(
        self,
        archive: Archive,
        retriever: Retriever,
        receipts: Receipts | None,
        drafter: Drafter | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        metrics: Metrics | None = None,
        guards: Guards | None = None,
    ):
        """Without `receipts` nothing is kept of an answer, without `metrics` it is not counted."""
        self.archive = archive
        self.retriever = retriever
        self.receipts = receipts
        self.drafter = drafter
        self.clock = clock
        self.metrics = metrics
        self.guards = guards or Guards()
        self.selector = Selector(archive, retriever, self.guards.decide)

    async def answer(self, question: Question) -> Answer:
        """The whole answer: the stream, collected."""
        async with aclosing(self.stream(question)) as events:
            async for event in events:
                if isinstance(event, Completed):
                    return event.answer
        raise AssertionError("a stream ended without an answer")

    async def stream(
        self, question: Question, answer_id: str | None = None
    ) -> AsyncGenerator[Event]:
        """Started, for each claim ClaimReleased and Delta (a decline has only a Delta), Completed.

        The answer has the id `answer_id`, or a new one. No sentence is released before its verdict.
        Raises TimedOut after `answer_timeout_seconds`.
        """
        run = AnswerRun(self.archive.settings.answer_timeout_seconds, answer_id or new_id())
        yield Started(run.id, question.text)
        with telemetry.answering() as span:
            try:
                with run.timed("retrieve"):
                    asked = await self._standing_alone(run, question)
                async with self._found(run, asked) as found:
                    async for event in self._answered(run, question, found):
                        yield event
            finally:
                run.tell_spent()
                span.set_attributes(run.traits())

    async def close(self) -> None:
        """Lets go of the model's connections, in the loop that answered."""
        if self.drafter is not None:
            await self.drafter.close()

    @asynccontextmanager
    async def _found(self, run: AnswerRun, asked: Question) -> AsyncIterator[Found]:
        """What the archive holds on a question now; its view is let go of at the end, whoever goes
        away meanwhile."""
        finding = self.archive.threads.submit(copy_context().run, self._find, run, asked)
        try:
            with run.timed("retrieve"):
                found = await run.in_time(asyncio.wrap_future(finding))
            yield found
        finally:
            if finding.done():  # somebody may still read: the loop does not wait for them
                try:
                    self.archive.threads.submit(_close, finding)
                except RuntimeError:  # the archive is closed
                    _close(finding)
            elif not finding.cancel():
                finding.add_done_callback(_close)

    def _find(self, run: AnswerRun, asked: Question) -> Found:
        """All that is read before the first sentence, on one thread: each change of threads waits
        for its turn where many ask."""
        with ExitStack() as stack:
            snapshot = stack.enter_context(self.archive.catalogue.live())
            text = corrected(asked.text, snapshot, self.archive)
            if text != asked.text:
                run.read_as, asked = text, replace(asked, text=text)
            selection = self.select(asked, snapshot)
            run.text.answering = partial(words_that_answer, selection.query)
            budget = self.archive.settings.evidence_tokens
            shown = prompts.within(selection.sound, budget) if self.drafter else ()
            found = Found(asked, selection, self._told(run, selection), shown)
            stack.pop_all()  # the view stays open
            return found

    async def _answered(
        self, run: AnswerRun, question: Question, found: Found
    ) -> AsyncIterator[Event]:
        asked, selection, told, shown = found
        impossible = selection.no_such_day
        for event in told:
            yield event
        talk = question_kinds.small_talk(question.text)
        if not told and not impossible and not talk:
            async for event in self._claims(run, asked, selection, shown):
                yield event
            for event in (*self._dispute(run, selection), *self._notes(run, selection)):
                yield event
        reason = None
        if not run.text.claims:
            reason = await run.in_time(asyncio.to_thread(why_not, self.selector, selection))
            query = selection.query
            nearest_time = selection.nearest_time
            said = refusal(reason, query.question, query.periods, nearest_time, impossible)
            if talk:
                reason, said = "no_match", INTRODUCTION
            run.text.text = said
            yield Delta(said)
        yield await run.in_time(
            asyncio.to_thread(self._completed, run, question, selection, reason)
        )

    def select(self, question: Question, snapshot: Snapshot) -> Selection:
        """The sentences that the archive holds on a question, and whether they answer it."""
        return self.selector.select(analyse(question, self._today(question)), snapshot)

    async def _standing_alone(self, run: AnswerRun, question: Question) -> Question:
        """A follow-up in the model's words, where there is a model and its words hold."""
        if self.drafter is None or not question.history:
            return question
        try:
            rewritten, run.usage = await run.in_time(self.drafter.rewrite(question))
        except ModelFailed as error:
            log.info("follow-up not rewritten id=%s reason=%s", run.id, error)
            return question
        text = accepted(rewritten, question)
        return replace(question, text=text, history=()) if text else question

    def _told(self, run: AnswerRun, selection: Selection) -> list[Event]:
        """Counts for a question about the archive itself, lead sentences for a digest; else [].

        No model is asked for either.
        """
        query = selection.query
        if selection.no_such_day:
            return []
        about_archive = question_kinds.archive_question(query)
        counts = about_archive and counted_sentences(query, about_archive, selection.snapshot)
        if counts:
            return [event for one in counts for event in run.text.add_count(*one)]
        asked = question_kinds.digest_of(query)
        if asked is None or (asked.otherwise and selection.decision.answer):
            return []
        leads = put_right(digest(asked, selection, self.retriever), selection.taken_back)
        if not leads:
            return []
        run.shown, run.digest = leads, asked.order
        drafts = [Draft(undated(item.text), (item.key,)) for item in leads]
        drafts = openings.attributed(leads, drafts, dated=asked.order == "time")
        return [event for draft in drafts for event in self._verified(run, draft)]

    async def _claims(
        self, run: AnswerRun, asked: Question, selection: Selection, shown: tuple[Evidence, ...]
    ) -> AsyncIterator[Event]:
        """Sentences of a model, where there is one and it does not fail; else of the articles."""
        query, decision = selection.query, selection.decision
        if self.drafter and selection.sound:
            run.answerer = "openai"
            try:
                asked = replace(
                    asked,
                    text=prompts.spelled_out(asked.text, query.periods),
                    as_of=query.question.as_of,
                )
                async for event in self._drafted(run, asked, shown, self.drafter):
                    yield event
            except ModelFailed as error:
                run.fallback = {"from": "openai", "reason": str(error)}
                log.warning("model failed id=%s reason=%s", run.id, error)
            if run.text.claims:
                return
        premise = false_premises.contradicted(query, selection.evidence, selection.considered)
        if run.answerer == "openai":
            if not (run.fallback or premise):
                return
            run.answerer = "extractive"
            run.fallback = run.fallback or {"from": "openai", "reason": "no supported sentence"}
        drafts: Sequence[Draft] = ()
        if premise is not None:
            run.shown, drafts = (premise.evidence,), (premise.draft,)
            for event in run.text.add_note(premise.sentence, run.shown):
                yield event
        elif decision.answer:
            run.shown = selection.sound
            with run.timed("draft"):
                drafts = extractive.draft(query, run.shown)
                drafts, run.dispute = disputes.settled(query, run.shown, drafts)
                if run.dispute is None:
                    drafts = openings.answered(query, run.shown, drafts)
                drafts = openings.attributed(run.shown, drafts)
        for draft in drafts:
            for event in self._verified(run, draft):
                yield event

    async def _drafted(
        self, run: AnswerRun, asked: Question, shown: tuple[Evidence, ...], drafter: Drafter
    ) -> AsyncIterator[Event]:
        """The model's sentences; it is asked once more for those that had no support."""
        run.shown = shown
        run.prompt = prompts.SYSTEM + prompts.ask(asked, run.shown)
        async for event in self._released(run, drafter.draft(asked, run.shown)):
            yield event
        wanting = [
            (draft.text, why)
            for draft, why in run.text.unsupported
            if draft.keys or not run.text.claims
        ]
        seconds = run.seconds_left - REPAIR_SECONDS
        if wanting and seconds > 0:
            with suppress(ModelFailed):  # what was released stays, and the rest remains unsaid
                again = drafter.repair(asked, run.shown, wanting, seconds)
                async for event in self._released(run, again):
                    yield event

    async def _released(
        self, run: AnswerRun, drafts: AsyncGenerator[Draft | Usage]
    ) -> AsyncIterator[Event]:
        async for draft in run.each_in_time("draft", drafts):
            if isinstance(draft, Usage):
                run.usage += draft
            elif prompts.NO_ANSWER in draft.text:
                continue
            elif not run.text.claims and not to_the_point(draft, run.shown):
                run.text.dropped.append({"keys": list(draft.keys), "why": "beside the point"})
            else:
                for event in self._verified(run, draft, await self._judged(run, draft)):
                    yield event

    async def _judged(self, run: AnswerRun, draft: Draft) -> Verdict | None:
        """The verdict where there is a judge, who may deny what holds in part and grants nothing.

        Where it fails, the verdict of the rules stands.
        """
        if self.drafter is None or not self.drafter.judges:
            return None
        verdict = check(draft, run.shown)
        if verdict.support != "partial":
            return verdict
        quotes = [item for item in run.shown if item.key in verdict.keys]
        try:
            with run.timed("verify"):
                holds, usage = await run.in_time(self.drafter.judge(draft.text, quotes))
        except ModelFailed as error:
            log.info("claim not judged id=%s reason=%s", run.id, error)
            return verdict
        run.usage += usage
        return verdict if holds else Verdict(None, (), "borne out in part, and the judge says no")

    def _verified(
        self, run: AnswerRun, draft: Draft, verdict: Verdict | None = None
    ) -> Sequence[Event]:
        with run.timed("verify"):
            verdict = verdict or self.guards.verdict(draft, run.shown)
            return run.text.add_claim(draft, verdict, run.shown)

    def _dispute(self, run: AnswerRun, selection: Selection) -> Iterator[Event]:
        """The other account, where a model left it out, and a sentence saying that they differ."""
        cited = run.text.cited
        if run.answerer == "openai" and cited:
            run.dispute = disputes.dispute(selection.query, run.shown, cited[0])
        found = run.dispute
        if found is not None and found.status == "disputed":
            yield from self._verified(run, Draft(plain(found.other.text), (found.other.key,)))
            if found.lead in cited and found.other in cited:
                yield from run.text.add_note(found.sentence, (found.lead, found.other))

    def _notes(self, run: AnswerRun, selection: Selection) -> Iterator[Event]:
        """Where the story comes from and how old it is, where the question makes that matter."""
        query, text = selection.query, run.text
        if not text.cited:
            return
        origin = provenance.origin(query, selection.snapshot, text.cited)
        if origin is not None:
            yield from text.add_note(*origin)
        if any(period.strict for period in query.periods):
            return
        age = provenance.age(
            query, text.text, text.cited, query.question.as_of, self._today(query.question)
        )
        if age is not None:
            yield from text.add_note(*age)

    def _completed(
        self, run: AnswerRun, question: Question, selection: Selection, reason: Reason | None
    ) -> Completed:
        """The finished answer, kept as a receipt before anybody sees it."""
        query, snapshot, cited = selection.query, selection.snapshot, run.text.cited
        silent = reason is None or question_kinds.small_talk(question.text)
        hits = () if silent else self.retriever.find(query.question, NEAREST_SHOWN)
        found: tuple[Conflict, ...] = ()
        if not reason:  # other articles' accounts, earlier ones, altered copies'
            found = (
                *((run.dispute.as_conflict(cited),) if run.dispute else ()),
                *altered_copies.corrected_by_notes(selection.taken_back, cited),
                *altered_copies.corrected(query, snapshot, cited),
                *altered_copies.altered_copies(query, snapshot, cited),
            )
        run.timings_ms["total"] = (time.monotonic() - run.started) * 1000
        settings, usage = self.archive.settings, run.usage
        spent = usage.prompt_tokens, usage.completion_tokens
        answer = Answer(
            id=run.id,
            question=question.text,
            read_as=run.read_as,
            text=run.text.text,
            outcome="declined" if reason else "answered",
            declined_because=reason,
            claims=tuple(run.text.claims),
            citations=tuple(run.text.citations),
            conflicts=found,
            nearest=nearest(snapshot, hits, selection.considered, query),
            as_of=query.question.as_of,
            answerer=run.answerer,
            model=self.drafter.model if self.drafter and run.answerer == "openai" else None,
            fallback=run.fallback,
            usage=asdict(usage)
            | {"cost_usd": settings.cost_usd(*spent) if settings.price else None},
            timings_ms={stage: round(ms, 1) for stage, ms in run.timings_ms.items()},
            index={
                "generation": snapshot.generation,
                "embedding_model": self.archive.embedder.model,
            },
            conversation_id=question.conversation_id,
            digest=run.digest,
        )
        notes = made_from(run, selection, settings, len(question.history))
        if self.receipts is not None:
            self.receipts.keep(answer, self.clock(), notes)
        if self.metrics is not None:
            self.metrics.answered(answer, len(run.text.dropped))
        if settings.log_questions:
            log.info("asked id=%s question: %r", run.id, question.text)
        log.info(  # no word of a question or an article, no key
            "answer id=%s outcome=%s reason=%s answerer=%s kept=%d dropped=%d %s",
            run.id,
            answer.outcome,
            reason,
            run.answerer,
            len(answer.claims),
            len(run.text.dropped),
            " ".join(f"{stage}_ms={ms:.0f}" for stage, ms in run.timings_ms.items()),
        )
        return Completed(answer, notes)

    def _today(self, question: Question) -> date:
        return question.today or self.clock().date()


def _close(finding: Future[Found]) -> None:
    if not finding.cancelled() and finding.exception() is None:
        finding.result().selection.snapshot.close()


def to_the_point(draft: Draft, shown: Sequence[Evidence]) -> bool:
    """Whether what a drafted sentence cites has to do with the question; so has one without keys,
    which its verdict will drop."""
    cited = [item.relevance for item in shown if item.key in draft.keys]
    return not cited or max(cited) >= TO_THE_POINT


def check(draft: Draft, shown: Sequence[Evidence]) -> Verdict:
    """The verdict of `verify`; no address or code is let through that no cited sentence has."""
    known = {item.key: item for item in shown}
    verdict = verify(draft, known)
    cited = [known[key] for key in verdict.keys]
    if verdict.support and names_something_foreign(draft.text, cited):
        return Verdict(None, (), "an address or code that the cited sentences do not have")
    return verdict


@dataclass(frozen=True, slots=True)
class Guards:
    """What stands between a draft and an answer; evals alone take one away, to see what it is worth."""

    verdict: Callable[[Draft, Sequence[Evidence]], Verdict] = check
    decide: Decide = ranking.decide
