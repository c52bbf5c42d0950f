"""What was made for an `Idempotency-Key`, so that a request sent again is not done again."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import Annotated, Generic, TypeVar

from fastapi import Header

from ingest.errors import Refused

MOST_KEYS = 10_000  # remembered by one process, the newest; they end with it

T = TypeVar("T")

IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=255,
        pattern=r"^[!-~]+$",
        description="of your choosing: the same request with the same key is done once",
    ),
]


class Remembered(Generic[T]):
    """What each caller's keys stand for."""

    def __init__(self, most: int = MOST_KEYS):
        self._most = most
        self._made: OrderedDict[tuple[str, str], tuple[bytes, T]] = OrderedDict()

    def get(self, caller: str | None, key: str | None, asked: str) -> T | None:
        """What was made, if anything. Raises Refused where the key came with another request."""
        found = self._made.get((caller or "", key)) if key else None
        if found is None:
            return None
        if found[0] != _digest(asked):
            raise Refused(
                422,
                "idempotency_key_reused",
                "this Idempotency-Key came with another request before: choose a new one",
                param="Idempotency-Key",
            )
        return found[1]

    def keep(self, caller: str | None, key: str | None, asked: str, made: T) -> T:
        if key:
            self._made[caller or "", key] = (_digest(asked), made)
            self._made.move_to_end((caller or "", key))
            if len(self._made) > self._most:
                self._made.popitem(last=False)
        return made


def _digest(asked: str) -> bytes:
    return hashlib.blake2b(asked.encode(), digest_size=16).digest()
