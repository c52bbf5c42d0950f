"""Keeps the fingerprints of live articles, so that only new articles are compared anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from sqlalchemy import delete, select

from ingest.copies.near_duplicates import FORM, Hashes, Print
from ingest.storage.catalogue_tables import prints, versions
from ingest.storage.database import Database, among, put


class Fingerprints:
    """Fingerprints by content hash: an article is read and compared again only when it changed. May
    be deleted at any time: what has no print here is grouped anew."""

    def __init__(self, database: Database):
        self._database = database
        self._new: dict[str, Print] = {}

    def known(self, content_hashes: Mapping[str, str]) -> set[str]:
        """Ids of the articles whose content hash an earlier ingest kept. `content_hashes` is by
        article id."""
        rows = self._database.rows(select(prints.c.content_hash).where(prints.c.form == FORM))
        kept = {row.content_hash for row in rows}
        return {i for i, content in content_hashes.items() if content in kept}

    def some(self, content_hashes: Sequence[str]) -> dict[str, Print]:
        """Prints by content hash, of those that are noted or kept."""
        found = {content: self._new[content] for content in content_hashes if content in self._new}
        asked = {"hashes": [content for content in content_hashes if content not in found]}
        rows = self._database.rows(_SOME, asked) if asked["hashes"] else ()
        stored = {r.content_hash: Print(_hashes(r.shingles), _hashes(r.stems)) for r in rows}
        return found | stored

    def note(self, prints: Mapping[str, Print]) -> None:
        """What `keep` will write, by content hash."""
        self._new.update(prints)

    def keep(self) -> None:
        """Writes what was noted, once it is published, and forgets what no kept generation shows."""
        rows = [
            {
                "content_hash": content,
                "form": FORM,
                "shingles": _blob(p.shingles),
                "stems": _blob(p.stems),
            }
            for content, p in self._new.items()
        ]
        with self._database.write() as connection:
            put(connection, prints, rows)
            kept = select(versions.c.content_hash)
            connection.execute(delete(prints).where(prints.c.content_hash.not_in(kept)))
        self._new.clear()


_SOME = select(prints).where(prints.c.form == FORM, among(prints.c.content_hash, "hashes"))


def _blob(hashes: Hashes) -> bytes:
    return hashes.astype("<u8").tobytes()


def _hashes(blob: bytes) -> Hashes:
    return np.frombuffer(blob, dtype="<u8").astype(np.uint64, copy=False)
