"""Keys that callers show: who holds one, and what that lets them do."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.settings import Settings


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the id of a key, which tells keys apart and tells no key."""

    id: str
    may_write: bool


class Keys:
    """The keys of DATELINE_API_KEYS and DATELINE_ADMIN_KEYS; false where there are none."""

    def __init__(self, settings: Settings):
        writers = settings.writer_keys
        held = [(key, Caller(_id_of(key), False)) for key in settings.reader_keys]
        held += [(key, Caller(_id_of(key), True)) for key in writers]
        self._by_id = {caller.id: caller for _, caller in held}
        self._digests = [
            (hashlib.sha256(form).digest(), self._by_id[caller.id])
            for key, caller in held
            for form in _forms(key)
        ]

    def __bool__(self) -> bool:
        return bool(self._digests)

    def holder(self, key: bytes) -> Caller | None:
        """Who shows this key.

        It is compared with every known one, by digest: the time tells neither which one was near
        nor how long one is.
        """
        digest, found = hashlib.sha256(key).digest(), None
        for known, caller in self._digests:
            if hmac.compare_digest(digest, known):
                found = caller
        return found

    def known(self, caller_id: str) -> Caller | None:
        """The holder of a key that was shown earlier, where it is still one."""
        return self._by_id.get(caller_id)


def _id_of(key: str) -> str:
    written = b"dateline caller " + key.encode("utf-8", "surrogateescape")
    return "key_" + hashlib.sha256(written).hexdigest()[:16]


def _forms(key: str) -> Iterator[bytes]:
    """Clients send letters beyond ASCII in UTF-8 or, as HTTP once had it, in Latin-1."""
    yield key.encode("utf-8", "surrogateescape")
    with contextlib.suppress(UnicodeEncodeError):
        yield key.encode("latin-1")
