"""What is to be told of answers and saved questions: rows that are listed, and sent to webhooks in order.

A row has ids and no words; what is sent is read from receipts when it is sent, so that what was
erased meanwhile is sent to nobody. A row is written with what it tells of, in one transaction: no
kill loses one. Its id is made of what it tells of, so that it is never written twice.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from sqlalchemy import Connection, func, select, update

from ingest.errors import AddressRefused, NotFetched, WrongUsage
from ingest.settings import Settings
from ingest.storage.database import Database, put
from ingest.web.addresses import checked
from service.record_tables import events

log = logging.getLogger(__name__)

ANSWER_STALE = "answer.stale"
QUESTION_CHANGED = "saved_question.changed"
# Until the next try of one that failed, as the Standard Webhooks specification has it: three days.
RETRY_SECONDS = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
HELD_SECONDS = 30.0  # beyond the longest post, by the process that sends it; then another may
GONE = 410  # the receiver wants no more
WHSEC = "whsec_"
REMEDY = (
    "write whsec_ and 24 to 64 random bytes in base64, such as "
    'echo "whsec_$(openssl rand -base64 32)" makes'
)

Body = dict[str, Any]


class Reply(Protocol):
    @property
    def status(self) -> int: ...


Post = Callable[[str, bytes, Mapping[str, str]], Reply]  # address, body, headers


@dataclass(frozen=True, slots=True)
class StoredEvent:
    number: int
    event_id: str
    kind: str
    subject: str
    owner: str
    made_at: str
    detail: Body


class Events:
    """The rows of a database, and the sending of those that have a webhook."""

    def __init__(
        self,
        database: Database,
        data: Mapping[str, Callable[[StoredEvent], Body | None]],
        settings: Settings,
        own: bytes,
        clock: Callable[[], float] = time.time,
    ):
        """`data` gives by kind what is told of an event, None where nobody may be told any more.

        What is told of stale answers is signed with the operator's secret of the settings, of each
        saved question with one that is made of our `own`. `clock` gives seconds since 1970. Raises
        WrongUsage.
        """
        self._database = database
        self._data = data
        self._operators = operators_secret(settings)
        self._own = own
        self._held_seconds = settings.fetch_seconds + HELD_SECONDS
        self._clock = clock

    def after(self, number: int, owner: str | None, limit: int) -> list[StoredEvent]:
        """At most `limit` events behind a number, of one key or of all, in order."""
        query = select(events).where(events.c.number > number).order_by(events.c.number)
        if owner is not None:
            query = query.where(events.c.owner == owner)
        return [_event(row) for row in self._database.rows(query.limit(limit))]

    def of(self, subject: str, limit: int) -> list[StoredEvent]:
        """The newest of an answer or saved question."""
        query = select(events).where(events.c.subject == subject)
        newest = query.order_by(events.c.number.desc()).limit(limit)
        return [_event(row) for row in self._database.rows(newest)]

    def send(self, post: Post) -> None:
        """Sends all that is due, for each webhook in order: what failed holds back what came after."""
        more = True
        while more:  # `any` stops at the first that is done: what is due then is read anew
            # of each webhook the first event that is not done, where its time has come
            waiting = events.c.due_at.is_not(None)
            first = select(func.min(events.c.number)).where(waiting).group_by(events.c.webhook)
            due = events.c.number.in_(first) & (events.c.due_at <= self._clock())
            rows = self._database.rows(select(events).where(due).order_by(events.c.number))
            more = any(self._settle(row, post) for row in rows)

    def secret_for(self, subject: str) -> str:
        """What the receiver of a saved question checks signatures with, as it wants it."""
        return WHSEC + base64.b64encode(self._secret(subject)).decode()

    def _secret(self, subject: str) -> bytes:
        return hmac.digest(self._own, f"webhook {subject}".encode(), "sha256")

    def _settle(self, row: Any, post: Post) -> bool:
        """Sends an event, if no other process does; whether it is done with, and the next of its webhook may go."""
        ours = (events.c.number == row.number, events.c.due_at == row.due_at)
        with self._database.write() as connection:  # one process sends it
            held = update(events).where(*ours).values(due_at=self._clock() + self._held_seconds)
            if not connection.execute(held).rowcount:
                return False
        event = _event(row)
        data = self._data[event.kind](event)
        failure = self._attempt(event, row.webhook, data, post) if data else None
        tries = row.tries + 1
        over = failure is None or tries > len(RETRY_SECONDS)
        due_at = None if over else self._clock() + RETRY_SECONDS[tries - 1]
        with self._database.write() as connection:
            noted = update(events).where(events.c.number == row.number)
            connection.execute(noted.values(tries=tries, due_at=due_at))
        if failure:
            log.warning(
                "webhook event=%s tries=%d %s: %s",
                event.event_id, tries, "given up" if over else "waits", failure,
            )  # fmt: skip
        return over

    def _attempt(self, event: StoredEvent, webhook: str, data: Body, post: Post) -> str | None:
        """Sends it; why it has to be sent again, None where it has not."""
        message = {"type": event.kind, "timestamp": event.made_at, "data": data}
        body = json.dumps(message, ensure_ascii=False).encode()
        moment = int(self._clock())
        stale = event.kind == ANSWER_STALE
        secret = self._operators if stale else self._secret(event.subject)
        headers = {
            "content-type": "application/json",
            "webhook-id": event.event_id,
            "webhook-timestamp": str(moment),
            "webhook-signature": signature(secret, event.event_id, moment, body),
        }
        try:
            status = post(webhook, body, headers).status
        except (AddressRefused, NotFetched) as error:
            return str(error)
        if status == GONE:
            log.info("webhook event=%s: the receiver wants no more of it", event.event_id)
            return None
        return None if 200 <= status < 300 else f"was answered with {status}"


def tell(
    connection: Connection,
    kind: str,
    subject: str,
    owner: str,
    detail: Body,
    *,
    webhook: str | None,
) -> None:
    """Writes an event with what it tells of; the same one again changes nothing."""
    said = json.dumps([kind, subject, detail], sort_keys=True)
    row = {
        "event_id": f"evt_{hashlib.sha256(said.encode()).hexdigest()[:32]}",
        "kind": kind,
        "subject": subject,
        "owner": owner,
        "made_at": datetime.now(UTC).isoformat(timespec="microseconds"),
        "detail": json.dumps(detail),
        "webhook": webhook,
        "tries": 0,
        "due_at": 0.0 if webhook else None,  # at once
    }
    put(connection, events, [row], replace=False)


def signature(secret: bytes, event_id: str, moment: int, body: bytes) -> str:
    """As the Standard Webhooks specification signs: `v1,` and an HMAC of id, time and body."""
    said = f"{event_id}.{moment}.".encode() + body
    return f"v1,{base64.b64encode(hmac.digest(secret, said, 'sha256')).decode()}"


def operators_secret(settings: Settings) -> bytes:
    """What the webhook of the settings is signed with, empty without one. Raises WrongUsage."""
    if settings.webhook_url and not settings.webhook_secret:
        raise WrongUsage(f"DATELINE_WEBHOOK_URL wants a DATELINE_WEBHOOK_SECRET: {REMEDY}")
    if settings.webhook_url:
        try:
            checked(settings.webhook_url)
        except AddressRefused as error:
            raise WrongUsage(f"DATELINE_WEBHOOK_URL {error}") from error
    words = settings.webhook_secret.get_secret_value() if settings.webhook_secret else ""
    return _secret_of(words) if words else b""


def _secret_of(written: str) -> bytes:
    """What `whsec_…` stands for. Raises WrongUsage."""
    try:
        secret = base64.b64decode(written.strip().removeprefix(WHSEC), validate=True)
    except ValueError:
        secret = b""
    if not 24 <= len(secret) <= 64:
        raise WrongUsage(f"DATELINE_WEBHOOK_SECRET: {REMEDY}")
    return secret


def _event(row: Any) -> StoredEvent:
    detail = json.loads(row.detail)
    return StoredEvent(
        row.number, row.event_id, row.kind, row.subject, row.owner, row.made_at, detail
    )
