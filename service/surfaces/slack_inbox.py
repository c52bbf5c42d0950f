"""What was heard in Slack and is still to be answered: kept on disk before Slack hears that it was."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Float,
    Index,
    Integer,
    MetaData,
    Table,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from ingest.settings import Settings
from ingest.storage.catalogue_tables import words
from ingest.storage.database import Database, Schema, open_database, put

LEASE_SECONDS = 120.0  # how long work is another's that gives no sign of life
KEPT_SECONDS = 90 * 86_400.0  # so long is a thread known as answered, and a delivery as heard

_metadata = MetaData()
HEARD = Table(
    "slack_heard",
    _metadata,
    words("key", primary_key=True),
    words("channel"),
    words("thread_ts"),
    words("work"),  # JSON; empty once it is done
    words("posted"),  # JSON: the messages of the reply
    Column("tries", Integer, nullable=False),
    Column("done", Integer, nullable=False),  # 0 | 1
    words("worker"),
    Column("until", Float, nullable=False),
    Column("heard_at", Float, nullable=False),
    Index("slack_heard_thread", "channel", "thread_ts"),
    Index("slack_heard_open", "done", "until"),
)
ANSWERS = Table(
    "slack_answers",  # where each answer was given
    _metadata,
    words("answer_id", primary_key=True),
    words("team"),
    words("channel"),
    words("thread_ts"),
    Column("given_at", Float, nullable=False),
)
CHANNELS = Table("slack_channels", _metadata, words("channel", primary_key=True), words("settings"))
# Of its own, because the bot may be another process than the service.
SLACK = Schema("slack", _metadata, Path(__file__).parents[1] / "migrations" / "slack")

Work = dict[str, Any]


def open_inbox(settings: Settings) -> Inbox:
    """Raises IndexUnavailable with the remedy; a damaged file is set aside."""
    return Inbox(open_database(settings, SLACK, replaceable=True))


class Inbox:
    """What was heard, each key once, and the settings that were changed in Slack.

    Every replica of the bot shares them. Work belongs to the worker that heard it until its lease
    is over; a worker of this machine whose process has ended leaves its work at once. Calls block,
    for milliseconds. Raises IndexUnavailable where the database does not answer.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time):
        self._database = database
        self._clock = clock
        self._worker = f"{socket.gethostname()}/{os.getpid()}"
        workers = self._column(select(HEARD.c.worker).where(HEARD.c.done == 0).distinct())
        left = HEARD.c.worker.in_([worker for worker in workers if _ended(worker)])
        self._set(left & (HEARD.c.done == 0), until=0.0)
        first = self._clock() - KEPT_SECONDS
        with self._database.write() as connection:
            connection.execute(delete(HEARD).where(HEARD.c.heard_at < first))
            connection.execute(delete(ANSWERS).where(ANSWERS.c.given_at < first))

    def close(self) -> None:
        self._database.close()

    def hear(self, key: str, channel: str, thread_ts: str, work: Work) -> bool:
        """Keeps new work, which is this worker's now; False where the key was heard before."""
        now = self._clock()
        row = {
            "key": key,
            "channel": channel,
            "thread_ts": thread_ts,
            "work": json.dumps(work),
            "posted": "[]",
            "tries": 0,
            "done": 0,
            "worker": self._worker,
            "until": now + LEASE_SECONDS,
            "heard_at": now,
        }
        try:
            with self._database.write() as connection:
                connection.execute(insert(HEARD), row)
        except IntegrityError:
            return False
        return True

    def take(self) -> list[tuple[str, Work]]:
        """Work that nobody is at, oldest first; it is this worker's now."""
        now = self._clock()
        waiting = select(HEARD).where(HEARD.c.done == 0, HEARD.c.until < now)
        taken = []
        for row in self._database.rows(waiting.order_by(HEARD.c.heard_at)):
            same = (HEARD.c.key == row.key) & (HEARD.c.until == row.until) & (HEARD.c.done == 0)
            if self._set(same, worker=self._worker, until=now + LEASE_SECONDS):
                taken.append((row.key, json.loads(row.work)))
        return taken

    def renew(self, keys: list[str]) -> None:
        """A sign of life for work under way."""
        self._set(HEARD.c.key.in_(keys), until=self._clock() + LEASE_SECONDS)

    def begin(self, key: str) -> tuple[int, list[str]]:
        """Counts one more try; which one it is, and the messages of those before."""
        self._set(HEARD.c.key == key, tries=HEARD.c.tries + 1)
        [row] = self._database.rows(select(HEARD).where(HEARD.c.key == key))
        return row.tries, json.loads(row.posted)

    def posted(self, key: str, thread_ts: str, messages: list[str]) -> None:
        """Keeps which messages the reply consists of, and in which thread they stand."""
        self._set(HEARD.c.key == key, thread_ts=thread_ts, posted=json.dumps(messages))

    def release(self, key: str) -> None:
        """Leaves work to whoever takes it first."""
        self._set(HEARD.c.key == key, until=0.0)

    def finish(self, key: str) -> None:
        """It is answered; what was asked is kept no longer."""
        self._set(HEARD.c.key == key, done=1, work="{}")

    def answered(self, channel: str, thread_ts: str) -> bool:
        """Whether the bot has spoken in a thread, or is about to."""
        found = select(HEARD.c.key).where(*_in_thread(channel, thread_ts)).limit(1)
        return bool(self._database.rows(found))

    def gave(self, answer_id: str, team: str, channel: str, thread_ts: str) -> None:
        """Keeps where an answer stands."""
        row = {"answer_id": answer_id, "team": team, "channel": channel, "thread_ts": thread_ts}
        with self._database.write() as connection:
            put(connection, ANSWERS, [row | {"given_at": self._clock()}])

    def place_of(self, answer_id: str) -> tuple[str, str, str] | None:
        """Team, channel and thread of an answer; None where none was given here."""
        found = self._database.rows(select(ANSWERS).where(ANSWERS.c.answer_id == answer_id))
        return (found[0].team, found[0].channel, found[0].thread_ts) if found else None

    def messages(self, channel: str, thread_ts: str) -> set[str]:
        """Every message of a thread that belongs to a reply."""
        found = self._column(select(HEARD.c.posted).where(*_in_thread(channel, thread_ts)))
        return {ts for posted in found for ts in json.loads(posted)}

    def channel(self, channel: str) -> dict[str, Any]:
        """What was changed of a channel's settings in Slack."""
        found = self._column(select(CHANNELS.c.settings).where(CHANNELS.c.channel == channel))
        return json.loads(found[0]) if found else {}

    def set_channel(self, channel: str, settings: dict[str, Any]) -> None:
        with self._database.write() as connection:
            put(connection, CHANNELS, [{"channel": channel, "settings": json.dumps(settings)}])

    def _column(self, query: Any) -> list[str]:
        return [row[0] for row in self._database.rows(query)]

    def _set(self, which: ColumnElement[bool], **values: object) -> int:
        """How many rows were changed."""
        with self._database.write() as connection:
            return connection.execute(update(HEARD).where(which).values(values)).rowcount


def _in_thread(channel: str, thread_ts: str) -> tuple[ColumnElement[bool], ...]:
    return HEARD.c.channel == channel, HEARD.c.thread_ts == thread_ts


def _ended(worker: str) -> bool:
    """Whether the process of a worker of this machine has ended; this one's number may be reused."""
    host, _, number = worker.rpartition("/")
    if host != socket.gethostname() or not number.isdecimal():
        return False
    if int(number) == os.getpid():
        return True
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:  # somebody else's, and alive
        return False
    return False
