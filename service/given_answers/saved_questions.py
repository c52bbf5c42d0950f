"""Saved questions: asked again when the archive changes, and reported only if the answer did."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Collection
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from ingest.errors import InvalidRequest, NotFound
from ingest.storage.archive import Archive
from ingest.storage.database import Database
from ingest.storage.snapshot import BOUND_TO, Snapshot, generation_number
from service.access.api_keys import Keys
from service.answerer import Answerer
from service.contract.request_bodies import AnswerRequest
from service.given_answers.answer_changes import news
from service.given_answers.receipts import ASKED_BY, Receipts, articles_shown
from service.given_answers.stale_answers import StaleAnswers
from service.given_answers.webhooks import QUESTION_CHANGED, Events, StoredEvent, tell
from service.record_tables import events, saved_questions

log = logging.getLogger(__name__)

MOST_SAVED = 1000  # by one key
HITS = 10  # passages among which a changed article makes a question worth asking again
CHANGES_SHOWN = 20
NO_QUESTION = "there is no saved question of this id here"

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SavedQuestion:
    question_id: str
    owner: str  # the id of a key
    asked: AnswerRequest
    webhook: str | None
    slack_channel: str | None
    created_at: str
    answer_id: str  # its newest answer
    asked_in: int  # the generation that it is true of


@dataclass(frozen=True, slots=True)
class SavedQuestions:
    """The rows of a database. Whoever does not own one gets NotFound."""

    database: Database
    archive: Archive
    answerer: Answerer
    receipts: Receipts
    stale_answers: StaleAnswers
    keys: Keys
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def save(
        self, asked: AnswerRequest, webhook: str | None, slack_channel: str | None, owner: str
    ) -> SavedQuestion:
        """Asks it, and keeps it with its answer. Raises InvalidRequest where no more may be kept."""
        if not self.receipts.keep_days:
            raise InvalidRequest(
                "nothing is kept here: saved questions want DATELINE_KEEP_DAYS above 0"
            )
        mine = select(func.count()).where(saved_questions.c.owner == owner)
        if self.database.rows(mine)[0][0] >= MOST_SAVED:
            raise InvalidRequest(f"this key has saved {MOST_SAVED} questions: delete some first")
        answer = await self._answered(asked, owner, BOUND_TO.get())
        row = {
            "question_id": f"saved_{secrets.token_hex(16)}",
            "owner": owner,
            "body": asked.model_dump_json(exclude_defaults=True),
            "webhook": webhook,
            "slack_channel": slack_channel,
            "created_at": datetime.now(UTC).isoformat(timespec="microseconds"),
            "answer_id": answer["id"],
            "asked_in": generation_number(answer["index"]["generation"]),
        }

        def keep() -> None:
            with self.database.write() as connection:
                connection.execute(insert(saved_questions), row)

        await asyncio.to_thread(keep)
        return self.get(str(row["question_id"]), owner)

    def all(self, owner: str) -> list[SavedQuestion]:
        """Those of a key, the newest first."""
        query = select(saved_questions).where(saved_questions.c.owner == owner)
        rows = self.database.rows(query.order_by(saved_questions.c.created_at.desc()))
        return [_saved(row) for row in rows]

    def get(self, question_id: str, owner: str | None) -> SavedQuestion:
        """Of a key, or of any for the role admin."""
        found = self._find(question_id)
        if found is None or owner not in (None, found.owner):
            raise NotFound(NO_QUESTION)
        return found

    def delete(self, question_id: str, owner: str) -> None:
        """With what was to be told of it; its answers stay as long as others."""
        self.get(question_id, owner)
        with self.database.write() as connection:
            of_it = saved_questions.c.question_id == question_id
            connection.execute(delete(saved_questions).where(of_it))
            connection.execute(delete(events).where(events.c.subject == question_id))

    async def ask_again(self) -> None:
        """Asks those that the newest generation may answer otherwise, and writes down what is to be
        told. A question that fails is asked again with the next generation."""
        async with self.asking:
            for question, number in await asyncio.to_thread(self._touched):
                try:
                    await self._compare(question, number)
                except Exception:  # the others are asked, whatever fails in one
                    log.exception("saved question %s not asked", question.question_id)
                    await asyncio.to_thread(self._asked_in, [question.question_id], number)

    def data(self, event: StoredEvent) -> Body | None:
        """What a webhook is told; None where the question or its key is gone."""
        question, bound = self._find(event.subject), self._bound_to(event.owner)
        if question is None or bound is None:
            return None
        return {
            "saved_question_id": question.question_id,
            "question": question.asked.question,
            "changed": event.detail["changed"],
            **self.both(event, bound),
        }

    def both(self, event: StoredEvent, bound: tuple[str, ...]) -> Body:
        """The answers `before` and `after` of an event, null where they are kept no longer."""
        context = copy_context()
        context.run(BOUND_TO.set, bound)
        names = ("before", "after")
        return {n: context.run(self.stale_answers.read, event.detail[n]) for n in names}

    def changes(self, question: SavedQuestion, told: Events) -> list[Body]:
        """What was told of it last, the newest first, as its owner may see it now."""
        return [
            {
                "event_id": event.event_id,
                "made_at": event.made_at,
                "changed": event.detail["changed"],
                **self.both(event, BOUND_TO.get()),
            }
            for event in told.of(question.question_id, CHANGES_SHOWN)
        ]

    def _find(self, question_id: str) -> SavedQuestion | None:
        query = select(saved_questions).where(saved_questions.c.question_id == question_id)
        rows = self.database.rows(query)
        return _saved(rows[0]) if rows else None

    def _bound_to(self, owner: str) -> tuple[str, ...] | None:
        """The collections of a key, () for all; None where it is revoked."""
        return self.keys.bound_to(owner) if self.keys else ()

    def _touched(self) -> list[tuple[SavedQuestion, int]]:
        """The questions worth asking again, each with the generation that made them so."""
        touched: list[tuple[SavedQuestion, int]] = []
        spared: list[str] = []
        changed: dict[int, set[str]] = {}
        with self.archive.catalogue.whole() as snapshot:
            number = snapshot.number
            query = select(saved_questions).where(saved_questions.c.asked_in != number)
            for question in map(_saved, self.database.rows(query)):
                since = question.asked_in
                if since not in changed:
                    changed[since] = snapshot.changed_since(min(since, number))
                if self._may_change(question, snapshot, changed[since]):
                    touched.append((question, number))
                else:
                    spared.append(question.question_id)
        self._asked_in(spared, number)
        return touched

    def _may_change(
        self, question: SavedQuestion, snapshot: Snapshot, changed: Collection[str]
    ) -> bool:
        """Whether what it cites changed or is gone, or something that changed is near it."""
        bound = self._bound_to(question.owner)
        if bound is None:
            return False
        before = self.receipts.get(question.answer_id)
        cited = articles_shown(before) if before else set()
        if before is None or not cited.isdisjoint(changed) or cited - snapshot.live_ids(cited):
            return True
        if not changed:
            return False
        context = copy_context()
        context.run(BOUND_TO.set, bound)
        hits = context.run(self.answerer.retriever.find, question.asked.read(), HITS)
        return any(hit.article.article_id in changed for hit in hits)

    async def _compare(self, question: SavedQuestion, number: int) -> None:
        bound = self._bound_to(question.owner)
        if bound is None:
            return
        after = await self._answered(question.asked, question.owner, bound)
        before = await asyncio.to_thread(self.receipts.get, question.answer_id)
        changed = news(before, after) if before else ()
        await asyncio.to_thread(self._keep, question, after, changed, number)
        log.info("saved question %s asked again changed=%s", question.question_id, changed)

    def _keep(
        self, question: SavedQuestion, after: Body, changed: tuple[str, ...], number: int
    ) -> None:
        """The new answer takes the old one's place, and is told where it is news, by one process."""
        detail = {"before": question.answer_id, "after": after["id"], "changed": list(changed)}
        if question.slack_channel:
            detail["slack_channel"] = question.slack_channel
        standing = (
            saved_questions.c.question_id == question.question_id,
            saved_questions.c.answer_id == question.answer_id,
        )
        moved = update(saved_questions).where(*standing)
        with self.database.write() as connection:
            done = connection.execute(moved.values(answer_id=after["id"], asked_in=number))
            if done.rowcount and changed:
                tell(
                    connection,
                    QUESTION_CHANGED,
                    question.question_id,
                    question.owner,
                    detail,
                    webhook=question.webhook,
                )

    def _asked_in(self, question_ids: Collection[str], number: int) -> None:
        with self.database.write() as connection:
            for question_id in question_ids:
                of_it = saved_questions.c.question_id == question_id
                connection.execute(update(saved_questions).where(of_it).values(asked_in=number))

    async def _answered(self, asked: AnswerRequest, owner: str, bound: tuple[str, ...]) -> Body:
        """The receipt of a new answer, made as its key would get it."""

        async def answer() -> str:
            ASKED_BY.set(owner)
            BOUND_TO.set(bound)
            return (await self.answerer.answer(asked.read())).id

        answer_id = await asyncio.create_task(answer())  # in a context of its own
        body = await asyncio.to_thread(self.receipts.get, answer_id)
        if body is None:
            raise InvalidRequest("the answer could not be kept: the disk is full")
        return body


def _saved(row: Any) -> SavedQuestion:
    asked = AnswerRequest.model_validate_json(row.body)
    named = (row.webhook, row.slack_channel, row.created_at, row.answer_id, row.asked_in)
    return SavedQuestion(row.question_id, row.owner, asked, *named)
