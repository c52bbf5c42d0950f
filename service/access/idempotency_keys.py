"""What callers' `Idempotency-Key`s stand for, so that a request sent again is not done again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, delete, or_, select, update

from ingest.errors import Refused
from ingest.storage.database import Database, insert_into
from service.record_tables import repeats

KEPT_SECONDS = 86_400.0  # that a key stands for its request


@dataclass(frozen=True, slots=True)
class Keyed:
    """A request with a key of its caller's; `asked` is all that it asks, in any form."""

    caller: str
    key: str
    asked: str

    @property
    def digest(self) -> str:
        return hashlib.blake2b(self.asked.encode(), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Claim:
    """The id of what is made for a request: by us, or by somebody else who is at it or `done`."""

    made: str
    ours: bool
    done: bool = False


class Repeats:
    """The keys of the last day, in the database that all processes of an archive share.

    A key is written down before anything is made for it. Raises IndexUnavailable where it cannot be.
    """

    def __init__(self, database: Database):
        self._database = database
        self._now = database.clock()

    def known(self, request: Keyed) -> Claim | None:
        """What the key stands for already. Raises Refused where it came with another request."""
        rows = self._database.rows(select(repeats).where(_of(request)))
        if not rows:
            return None
        if rows[0].asked != request.digest:
            raise Refused(
                422,
                "idempotency_key_reused",
                "this Idempotency-Key came with another request before: choose a new one",
                param="Idempotency-Key",
            )
        return Claim(rows[0].made, False, bool(rows[0].done))

    def claim(
        self, request: Keyed, made: str, lost_seconds: float = KEPT_SECONDS, *, gone: bool = False
    ) -> Claim:
        """Ours, and called `made`, where the key is new, or what it stands for. Raises as `known`.

        A claim is taken over, under its old name, where it is not done after `lost_seconds`, or
        what was made is `gone`.
        """
        row = {
            "caller": request.caller,
            "idempotency_key": request.key,
            "asked": request.digest,
            "made": made,
            "done": 0,
            "claimed_at": self._now,
        }
        lost = and_(repeats.c.done == 0, repeats.c.claimed_at < self._now - lost_seconds)
        free = or_(lost, repeats.c.done == 1) if gone else lost
        with self._database.write() as connection:
            old = repeats.c.claimed_at < self._now - KEPT_SECONDS
            connection.execute(delete(repeats).where(old))
            put = insert_into(connection, repeats).values(row)
            put = put.on_conflict_do_update(
                index_elements=list(repeats.primary_key.columns),
                set_={"done": 0, "claimed_at": self._now},
                where=and_(free, repeats.c.asked == request.digest),
            )
            taken = connection.execute(put.returning(repeats.c.made)).first()
        if taken is not None:
            return Claim(taken.made, True)
        return self.known(request) or self.claim(request, made, lost_seconds, gone=gone)

    def done(self, request: Keyed) -> None:
        with self._database.write() as connection:
            connection.execute(update(repeats).where(_of(request)).values(done=1))

    def release(self, request: Keyed) -> None:
        """Nothing was made for it."""
        with self._database.write() as connection:
            connection.execute(delete(repeats).where(_of(request), repeats.c.done == 0))

    def release_answers(self) -> None:
        """Those under way, where no other process can be at work: theirs is gone."""
        with self._database.write() as connection:
            begun = and_(repeats.c.done == 0, repeats.c.made.startswith("ans_"))
            connection.execute(delete(repeats).where(begun))


def _of(request: Keyed) -> ColumnElement[bool]:
    return and_(repeats.c.caller == request.caller, repeats.c.idempotency_key == request.key)
