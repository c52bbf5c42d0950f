"""Keys that callers show: who holds one, and what that lets them do."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from secrets import token_hex, token_urlsafe
from typing import Any, Literal

from sqlalchemy import select, update

from ingest.errors import InvalidRequest, NotFound
from ingest.settings import Settings
from ingest.storage.database import Database, put
from service.access.key_tables import keys

Role = Literal["ask", "write", "admin"]
KEY_BYTES = 32  # random: 256 bits, which nobody guesses
PREFIX = "dateline_"  # by which scanners of repositories know one that leaked


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the id of a key, which tells keys apart and tells no key.

    `mark` stands for it in cookies; it is another one once the key was rotated. Where it is bound to
    `collections`, nothing else exists for it.
    """

    id: str
    role: Role
    mark: str
    collections: tuple[str, ...] = ()

    @property
    def may_write(self) -> bool:
        """Whether it may change the archive."""
        return self.role != "ask"

    @property
    def may_manage(self) -> bool:
        """Whether it may see what concerns all callers: ratings, figures."""
        return self.role == "admin"


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key that was added with `dateline keys add`, without the key."""

    id: str
    name: str
    role: Role
    added_at: str
    last_used_on: date | None
    revoked_at: str | None
    collections: tuple[str, ...]  # that it is bound to; (): sees all


class Keys:
    """The keys of the environment, and those that are stored; false where there never was one.

    Where the last stored key was revoked, nobody is let in, and not everybody.

    Of a stored key its SHA-256 digest is kept. A slow hash protects words that people choose, which
    can be tried one by one; 256 random bits cannot, and a slow hash would cost every request.
    """

    def __init__(self, settings: Settings, database: Database):
        self._database = database
        self._fixed = dict(_of_environment(settings))
        self._used: set[str] = set()  # ids, since they were last written down
        self._by_digest: dict[bytes, Caller] = {}
        self._by_mark: dict[str, Caller] = {}
        self._any = False
        self.refresh()

    def __bool__(self) -> bool:
        return self._any

    def holder(self, key: bytes) -> Caller | None:
        """Who shows this key.

        It is looked for by its digest, so the time tells nothing of keys that are near.
        """
        caller = self._by_digest.get(hashlib.sha256(key).digest())
        if caller is not None:
            self._used.add(caller.id)
        return caller

    def known(self, mark: str) -> Caller | None:
        """The holder of a key that was shown earlier, where it is still one."""
        return self._by_mark.get(mark)

    def bound_to(self, key_id: str) -> tuple[str, ...] | None:
        """The collections of a key of this id, () where it sees all; None where it is one no more."""
        held = self._by_mark.values()
        return next((caller.collections for caller in held if caller.id == key_id), None)

    def refresh(self) -> None:
        """Reads what was added and revoked, by other processes too; writes down what was used."""
        used, self._used = self._used, set()
        today = datetime.now(UTC).date().isoformat()
        rows = self._database.rows(select(keys))
        stale = [row.key_id for row in rows if row.key_id in used and row.last_used_on != today]
        if stale:
            with self._database.write() as connection:
                of_these = keys.c.key_id.in_(stale)
                connection.execute(update(keys).where(of_these).values(last_used_on=today))
        held = [row for row in rows if row.revoked_at is None]
        by_digest = self._fixed | {
            bytes.fromhex(row.digest): Caller(
                row.key_id, row.role, f"{row.key_id}-{row.digest[:16]}", _bound_to(row)
            )
            for row in held
        }
        self._by_mark = {caller.mark: caller for caller in by_digest.values()}
        self._by_digest = by_digest
        self._any = bool(by_digest or rows)

    def add(self, name: str, role: Role, collections: Sequence[str] = ()) -> tuple[StoredKey, str]:
        """A new key, which is told here and never again. Raises InvalidRequest for an admin key that
        is to be bound: ratings and figures are of everything."""
        if collections and role == "admin":
            raise InvalidRequest(
                "a key of the role admin sees all collections: leave out --collection, or give it "
                "--role ask or write"
            )
        key = PREFIX + token_urlsafe(KEY_BYTES)
        row = {
            "key_id": f"key_{token_hex(8)}",
            "name": name,
            "role": role,
            "digest": _digest(key),
            "added_at": _now(),
            "last_used_on": None,
            "revoked_at": None,
            "collections": json.dumps(list(collections)) if collections else None,
        }
        with self._database.write() as connection:
            put(connection, keys, [row])
        self.refresh()
        return self._stored(str(row["key_id"])), key

    def all(self) -> list[StoredKey]:
        """Every stored key, the oldest first."""
        self.refresh()
        rows = self._database.rows(select(keys).order_by(keys.c.added_at, keys.c.key_id))
        return [_stored_of(row) for row in rows]

    def revoke(self, key_id: str) -> None:
        """From now on nobody is let in with it; its row says since when. Raises NotFound."""
        self._change(key_id, digest="", revoked_at=_now())

    def rotate(self, key_id: str) -> tuple[StoredKey, str]:
        """Another key in the place of one, with its conversations; the old one is void at once.

        Raises NotFound.
        """
        key = PREFIX + token_urlsafe(KEY_BYTES)
        self._change(key_id, digest=_digest(key))
        return self._stored(key_id), key

    def _change(self, key_id: str, **values: str) -> None:
        if self._stored(key_id).revoked_at:
            raise NotFound("this key was revoked: add another one with dateline keys add")
        with self._database.write() as connection:
            connection.execute(update(keys).where(keys.c.key_id == key_id).values(values))
        self.refresh()

    def _stored(self, key_id: str) -> StoredKey:
        rows = self._database.rows(select(keys).where(keys.c.key_id == key_id))
        if not rows:
            raise NotFound("there is no stored key of this id: dateline keys list shows them")
        return _stored_of(rows[0])


def _of_environment(settings: Settings) -> Iterator[tuple[bytes, Caller]]:
    roles: tuple[tuple[tuple[str, ...], Role], ...] = (
        (settings.reader_keys, "ask"),
        (settings.writer_keys, "admin"),
    )
    for written, role in roles:
        for key in written:
            named = b"dateline caller " + key.encode("utf-8", "surrogateescape")
            caller_id = "key_" + hashlib.sha256(named).hexdigest()[:16]
            # clients send letters beyond ASCII in UTF-8 or, as HTTP once had it, in Latin-1
            forms = [key.encode("utf-8", "surrogateescape")]
            with contextlib.suppress(UnicodeEncodeError):
                forms.append(key.encode("latin-1"))
            for form in forms:
                yield hashlib.sha256(form).digest(), Caller(caller_id, role, caller_id)


def _stored_of(row: Any) -> StoredKey:
    used = date.fromisoformat(row.last_used_on) if row.last_used_on else None
    known = (row.key_id, row.name, row.role, row.added_at, used, row.revoked_at)
    return StoredKey(*known, _bound_to(row))


def _bound_to(row: Any) -> tuple[str, ...]:
    return tuple(json.loads(row.collections)) if row.collections else ()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
