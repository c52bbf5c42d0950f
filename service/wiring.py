"""Builds the parts of one service by hand and closes them at the end."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from ingest import pipeline, uploads
from ingest.errors import NotReady
from ingest.settings import Settings
from ingest.storage.archive import Archive, open_archive
from service.access.answer_queue import Turns
from service.access.api_keys import Keys
from service.access.audit_log import Changes
from service.access.idempotency_keys import Repeats
from service.access.key_tables import open_keys
from service.access.rate_limits import Guesses, Rates
from service.access.session_cookies import Sessions, secret
from service.answerer import Answerer, Guards
from service.drafting.llm import Drafter
from service.given_answers.conversations import Conversations
from service.given_answers.feedback import Feedback
from service.given_answers.receipts import Receipts
from service.given_answers.saved_questions import SavedQuestions
from service.given_answers.share_links import Shares
from service.given_answers.stale_answers import StaleAnswers
from service.given_answers.webhooks import ANSWER_STALE, QUESTION_CHANGED, Events
from service.jobs import Jobs
from service.record_tables import open_records
from service.retrieval.retriever import Retriever
from service.telemetry import Metrics
from service.text_checks import Checker

CHANGE_WAIT_SECONDS = 10.0
SOON_SECONDS = 2.0  # for whoever writes, until a removal or a correction waits in the queue


@dataclass(frozen=True, slots=True)
class Service:
    """What a surface may call; whoever changes the archive holds `writing`."""

    settings: Settings
    archive: Archive
    retriever: Retriever
    answerer: Answerer
    topics: Answerer  # for pages made anew each time: asks no model and keeps nothing
    checker: Checker
    receipts: Receipts
    stale_answers: StaleAnswers
    saved_questions: SavedQuestions
    events: Events
    feedback: Feedback
    conversations: Conversations
    shares: Shares
    repeats: Repeats
    keys: Keys
    changes: Changes
    guesses: Guesses
    rates: Rates
    turns: Turns
    sessions: Sessions
    jobs: Jobs
    metrics: Metrics
    writing: threading.Lock
    stopping: asyncio.Event

    @contextmanager
    def changing(self, seconds: float = CHANGE_WAIT_SECONDS) -> Iterator[None]:
        """Holds `writing`. Raises NotReady behind an ingest that does not end soon: a refusal is
        better than a reply that never comes."""
        if not self.writing.acquire(timeout=seconds):
            raise NotReady("an ingest is running; try again when it is done")
        try:
            yield
        finally:
            self.writing.release()

    @contextmanager
    def changing_soon(self) -> Iterator[None]:
        """Holds `writing` where no other process writes either. Raises NotReady or Owned where
        that is not soon: what was to be done is the queue's then."""
        with self.changing(SOON_SECONDS):
            with self.archive.writing(SOON_SECONDS):
                pass
            yield

    def release(self, now: datetime) -> int:
        """Publishes what is under embargo no more; how many articles went live."""
        first = self.archive.catalogue.next_release()
        if first is None or first > now:
            return 0
        with self.changing():
            released = pipeline.release(self.archive, now)
        self.stale_answers.catch_up()
        return released


@contextmanager
def open_service(settings: Settings, guards: Guards | None = None) -> Iterator[Service]:
    """The parts over one data directory, closed at the end. The caller owns the directory
    (`owner.owning`). `guards` are for evals.

    Raises IndexMismatch, IndexUnavailable or ModelUnavailable, each with its remedy.
    """
    with (
        open_archive(settings) as archive,
        contextlib.closing(open_records(settings)) as records,
        contextlib.closing(open_keys(settings)) as held,
    ):
        retriever = Retriever(archive)
        receipts = Receipts(records, settings.keep_days)
        drafter = Drafter(settings) if settings.drafts_with_model else None
        metrics = Metrics()
        answerer = Answerer(archive, retriever, receipts, drafter, metrics=metrics, guards=guards)
        repeats = Repeats(records)
        if not settings.on_servers:  # the data directory is ours alone: whoever was at work is gone
            archive.queue.release_all()
            repeats.release_answers()
        uploads.recover(archive)
        pipeline.release(archive, datetime.now(UTC))
        receipts.expire(datetime.now(UTC))
        webhook = settings.webhook_url if settings.keep_days else None
        stale_answers = StaleAnswers(records, receipts, archive.catalogue, webhook)
        stale_answers.catch_up()
        writing, stopping = threading.Lock(), asyncio.Event()
        jobs = Jobs(archive, writing, stopping.is_set, stale_answers.catch_up)
        signing, keys = secret(records, "cookies"), Keys(settings, held)
        saved = SavedQuestions(records, archive, answerer, receipts, stale_answers, keys)
        told = {ANSWER_STALE: stale_answers.data, QUESTION_CHANGED: saved.data}
        try:
            yield Service(
                settings,
                archive,
                retriever,
                answerer,
                Answerer(archive, retriever, None),
                Checker(archive, retriever),
                receipts,
                stale_answers,
                saved,
                Events(records, told, settings, secret(records, "webhooks")),
                Feedback(records, receipts),
                Conversations(records, receipts),
                Shares(records, receipts, signing),
                repeats,
                keys,
                Changes(held),
                Guesses(),
                Rates(settings),
                Turns(settings, stopping),
                Sessions(signing),
                jobs,
                metrics,
                writing,
                stopping,
            )
        finally:
            jobs.close()
            keys.refresh()
