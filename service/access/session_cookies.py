"""Signed cookies: a browser shows its key once, and later only that it did."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable
from secrets import token_hex

from sqlalchemy import select

from ingest.storage.database import Database, put
from service.record_tables import secrets

COOKIE = "dateline"
SESSION_SECONDS = 30 * 24 * 3600
SECRET_BYTES = 32


def secret(records: Database, name: str) -> bytes:
    """32 bytes that stay the same, made at the first call. The one named `cookies` signs
    cookies and share links: who deletes it signs everybody out."""
    standing = select(secrets.c.value).where(secrets.c.name == name)
    if not records.rows(standing):
        made = {"name": name, "value": token_hex(SECRET_BYTES)}
        with records.write() as connection:
            put(connection, secrets, [made], replace=False)  # another replica may be first
    return bytes.fromhex(records.rows(standing)[0].value)


class Sessions:
    """Cookies `MARK.END.SIGNATURE`: what stands for a key, and the second until which it holds."""

    def __init__(self, secret: bytes, clock: Callable[[], float] = time.time):
        self._secret = secret
        self._clock = clock

    def cookie(self, mark: str) -> str:
        said = f"{mark}.{int(self._clock()) + SESSION_SECONDS}"
        return f"{said}.{self._signature(said)}"

    def mark(self, cookie: str) -> str | None:
        """What it stands for; None for one that is not ours, or too old."""
        said, _, signature = cookie.rpartition(".")
        expected = self._signature(said)
        if not hmac.compare_digest(signature.encode(), expected.encode()):
            return None
        mark, _, end = said.rpartition(".")
        return mark if self._clock() < int(end) else None

    def _signature(self, said: str) -> str:
        return hmac.new(self._secret, said.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
