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

from ingest.errors import NotFound
from service.receipts import Receipts
from service.types import Answer, Completed, Event, Turn

NEW = "new"  # what clients send to begin one
ANSWERS_READ = 10  # of a conversation, for a follow-up: 20 turns
LONGEST_TITLE = 200  # characters
AFTER_ALL = ("~", "~")  # a place behind the newest, in a list that runs from new to old
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

    def __init__(self, receipts: Receipts):
        self._receipts = receipts
        self._database = receipts.database

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
        """Nothing where the answer is not kept, or the conversation was deleted meanwhile."""
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        named = {"id": thread.conversation_id, "owner": thread.owner, "now": now}
        with self._database.write() as connection:
            answered = connection.execute(
                "SELECT 1 FROM receipts WHERE answer_id = ?", (answer.id,)
            ).fetchone()
            if answered is None:
                return
            if thread.new:
                connection.execute(
                    "INSERT INTO conversations VALUES (:id, :owner, NULL, :now, :now)", named
                )
            elif not connection.execute(
                "UPDATE conversations SET updated_at = :now "
                "WHERE conversation_id = :id AND owner = :owner",
                named,
            ).rowcount:
                return
            connection.execute(
                "INSERT INTO turns VALUES (:answer, :id, :now)", named | {"answer": answer.id}
            )

    def page(self, owner: str, before: Sequence[str], limit: int) -> list[Conversation]:
        """At most `limit` of somebody's conversations, from new to old."""
        return self._cards(
            "owner = :owner AND (updated_at, conversation_id) < (:at, :id)",
            {"owner": owner, "at": before[0], "id": before[1]},
            limit,
        )

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
            connection.execute(
                "UPDATE conversations SET title = ? WHERE conversation_id = ? AND owner = ?",
                (title, conversation_id, owner),
            )
        return self._expect(conversation_id, owner)

    def delete(self, conversation_id: str, owner: str) -> None:
        """With its answers, their ratings and their share links."""
        self._expect(conversation_id, owner)
        rows = self._database.rows(
            "SELECT answer_id FROM turns WHERE conversation_id = :id", {"id": conversation_id}
        )
        self._receipts.forget([row["answer_id"] for row in rows])

    def history(self, answer_id: str) -> tuple[Turn, ...]:
        """The turns before an answer, where it is a part of a conversation."""
        rows = self._database.rows(
            "SELECT body FROM turns JOIN receipts USING(answer_id) JOIN ("
            "SELECT conversation_id, asked_at FROM turns WHERE answer_id = :id) AS own "
            "ON turns.conversation_id = own.conversation_id AND turns.asked_at < own.asked_at "
            "ORDER BY turns.asked_at DESC LIMIT :limit",
            {"id": answer_id, "limit": ANSWERS_READ},
        )
        return turns_of([json.loads(row["body"]) for row in rows])

    def _expect(self, conversation_id: str, owner: str) -> Conversation:
        found = self._cards(
            "conversation_id = :id AND owner = :owner", {"id": conversation_id, "owner": owner}, 1
        )
        if not found:
            raise NotFound(NO_CONVERSATION)
        return found[0]

    def _cards(self, where: str, values: dict[str, object], limit: int) -> list[Conversation]:
        rows = self._database.rows(
            "SELECT conversation_id, title, created_at, updated_at, (SELECT count(*) FROM turns "
            "WHERE turns.conversation_id = conversations.conversation_id) AS answers, ("
            "SELECT body FROM turns JOIN receipts USING(answer_id) "
            "WHERE turns.conversation_id = conversations.conversation_id "
            "ORDER BY asked_at, answer_id LIMIT 1) AS first "
            f"FROM conversations WHERE {where} "
            "ORDER BY updated_at DESC, conversation_id DESC LIMIT :limit",
            values | {"limit": limit},
        )
        return [
            Conversation(
                row["conversation_id"],
                row["title"] or _first_words(json.loads(row["first"])["question"]),
                row["created_at"],
                row["updated_at"],
                row["answers"],
            )
            for row in rows
        ]

    def _answers(
        self, conversation_id: str, before: Sequence[str], limit: int
    ) -> list[tuple[tuple[str, str], Body]]:
        rows = self._database.rows(
            "SELECT asked_at, answer_id, body FROM turns JOIN receipts USING(answer_id) "
            "WHERE conversation_id = :conversation AND (asked_at, answer_id) < (:at, :id) "
            "ORDER BY asked_at DESC, answer_id DESC LIMIT :limit",
            {"conversation": conversation_id, "at": before[0], "id": before[1], "limit": limit},
        )
        return [((row["asked_at"], row["answer_id"]), json.loads(row["body"])) for row in rows]


def _first_words(question: str) -> str:
    return textwrap.shorten(question, LONGEST_TITLE, placeholder=" …")


def turns_of(newest_first: Sequence[Body]) -> tuple[Turn, ...]:
    """What was asked and answered, oldest first."""
    return tuple(
        turn
        for body in reversed(newest_first)
        for turn in (Turn("user", body["question"]), Turn("assistant", body["text"]))
    )
