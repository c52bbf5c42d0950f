"""Conversations: which answers somebody got one after another, for follow-ups and for coming back."""

from __future__ import annotations

import asyncio
import json
import secrets
import textwrap
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Executable, and_, func, insert, literal, select, tuple_, update

from ingest.errors import NotFound
from ingest.storage.database import Database
from service.contract.request_bodies import LONGEST_TITLE
from service.given_answers.receipts import Receipts
from service.record_tables import AFTER_ALL, conversations, receipts, turns
from service.types import Answer, Completed, Event, Turn

NEW = "new"  # what clients send to begin one
ANSWERS_READ = 10  # of a conversation, for a follow-up: 20 turns
NO_CONVERSATION = "there is no conversation of this id here"

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Conversation:
    conversation_id: str
    title: str  # its first question, until somebody renames it
    created_at: str
    updated_at: str  # of the last answer
    answers: int

    @property
    def place(self) -> tuple[str, str]:
        """Where it stands in the list."""
        return self.updated_at, self.conversation_id


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation that a question goes on with; a new one is kept with its first answer."""

    conversation_id: str
    owner: str
    history: tuple[Turn, ...] = ()
    new: bool = True


class Conversations:
    """Who owns which conversation, and its answers in order.

    The words stand in the receipts alone: what leaves those leaves conversations too. Nobody but
    the owner, the id of a key, learns that one exists: others get NotFound.
    """

    def __init__(self, database: Database, receipts: Receipts):
        self._database = database
        self._receipts = receipts

    def open(self, conversation_id: str, owner: str) -> Thread | None:
        """The conversation with its last turns, or a new one for NEW; None where none is kept."""
        if conversation_id == NEW:
            if not self._receipts.keep_days:
                return None
            return Thread(f"conv_{secrets.token_hex(16)}", owner)
        self._expect(conversation_id, owner)
        rows = self._answers(conversation_id, AFTER_ALL, ANSWERS_READ)
        return Thread(conversation_id, owner, turns_of([body for _, body in rows]), new=False)

    async def kept(self, events: AsyncIterator[Event], thread: Thread) -> AsyncIterator[Event]:
        """The events as they come; the answer is a part of the conversation before it is told."""
        async for event in events:
            if isinstance(event, Completed):
                await asyncio.to_thread(self.add, thread, event.answer)
            yield event

    def add(self, thread: Thread, answer: Answer) -> None:
        """Nothing where the answer is not kept.

        Where the conversation was deleted meanwhile, its last answer goes as the others went.
        """
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        of_the_answer = select(receipts.c.answer_id).where(receipts.c.answer_id == answer.id)
        conversation = {"conversation_id": thread.conversation_id, "owner": thread.owner}
        turn = {"answer_id": answer.id, "asked_at": now}
        with self._database.write() as connection:
            if connection.execute(of_the_answer).first() is None:
                return
            if thread.new:
                row = conversation | {"created_at": now, "updated_at": now}
                connection.execute(insert(conversations), row)
                stands = True
            else:
                used = update(conversations).filter_by(**conversation).values(updated_at=now)
                stands = connection.execute(used).rowcount > 0
            if stands:
                turn["conversation_id"] = thread.conversation_id
                connection.execute(insert(turns), turn)
        if not stands:
            self._receipts.forget([answer.id])

    def page(self, owner: str, before: Sequence[str], limit: int) -> list[Conversation]:
        """At most `limit` of somebody's conversations, from new to old."""
        place = tuple_(conversations.c.updated_at, conversations.c.conversation_id)
        older = place < tuple_(*map(literal, before))
        return self._cards(_CARDS.where(conversations.c.owner == owner, older).limit(limit))

    def read(self, conversation_id: str, owner: str) -> Conversation:
        return self._expect(conversation_id, owner)

    def answers(
        self, conversation_id: str, owner: str, before: Sequence[str], limit: int
    ) -> list[tuple[tuple[str, str], Body]]:
        """At most `limit` of its answers with their places, from new to old."""
        self._expect(conversation_id, owner)
        return self._answers(conversation_id, before, limit)

    def rename(self, conversation_id: str, owner: str, title: str) -> Conversation:
        with self._database.write() as connection:
            own = {"conversation_id": conversation_id, "owner": owner}
            connection.execute(update(conversations).filter_by(**own).values(title=title))
        return self._expect(conversation_id, owner)

    def delete(self, conversation_id: str, owner: str) -> None:
        """With its answers, their ratings and their share links."""
        self._expect(conversation_id, owner)
        query = select(turns.c.answer_id).where(turns.c.conversation_id == conversation_id)
        self._receipts.forget([row.answer_id for row in self._database.rows(query)])

    def history(self, answer_id: str) -> tuple[Turn, ...]:
        """The turns before an answer, where it is a part of a conversation."""
        own = turns.alias()
        earlier = and_(
            turns.c.conversation_id == own.c.conversation_id, turns.c.asked_at < own.c.asked_at
        )
        query = (
            _ANSWERS.join(own, earlier)
            .where(own.c.answer_id == answer_id)
            .order_by(turns.c.asked_at.desc())
            .limit(ANSWERS_READ)
        )
        return turns_of([json.loads(row.body) for row in self._database.rows(query)])

    def _expect(self, conversation_id: str, owner: str) -> Conversation:
        own = {"conversation_id": conversation_id, "owner": owner}
        found = self._cards(_CARDS.filter_by(**own))
        if not found:
            raise NotFound(NO_CONVERSATION)
        return found[0]

    def _cards(self, query: Executable) -> list[Conversation]:
        return [
            Conversation(
                row.conversation_id,
                row.title
                or textwrap.shorten(
                    json.loads(row.first)["question"], LONGEST_TITLE, placeholder=" …"
                ),
                row.created_at,
                row.updated_at,
                row.answers,
            )
            for row in self._database.rows(query)
        ]

    def _answers(
        self, conversation_id: str, before: Sequence[str], limit: int
    ) -> list[tuple[tuple[str, str], Body]]:
        place = (turns.c.asked_at, turns.c.answer_id)
        query = (
            _ANSWERS.where(turns.c.conversation_id == conversation_id)
            .where(tuple_(*place) < tuple_(*map(literal, before)))
            .order_by(*(column.desc() for column in place))
            .limit(limit)
        )
        rows = self._database.rows(query)
        return [((row.asked_at, row.answer_id), json.loads(row.body)) for row in rows]


_ANSWERS = select(turns.c.asked_at, turns.c.answer_id, receipts.c.body).join_from(
    turns, receipts, turns.c.answer_id == receipts.c.answer_id
)
_OWN = _ANSWERS.where(turns.c.conversation_id == conversations.c.conversation_id)
_COUNT = _OWN.with_only_columns(func.count()).correlate(conversations).scalar_subquery()
_FIRST = (
    _OWN.with_only_columns(receipts.c.body)
    .order_by(turns.c.asked_at, turns.c.answer_id)
    .limit(1)
    .correlate(conversations)
    .scalar_subquery()
)
_CARDS = select(conversations, _COUNT.label("answers"), _FIRST.label("first")).order_by(
    conversations.c.updated_at.desc(), conversations.c.conversation_id.desc()
)


def turns_of(newest_first: Sequence[Body]) -> tuple[Turn, ...]:
    """What was asked and answered, oldest first."""
    return tuple(
        turn
        for body in reversed(newest_first)
        for turn in (Turn("user", body["question"]), Turn("assistant", body["text"]))
    )
