"""What earlier ingests read, compared and reported, so that only what changed is read and compared again."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.metadata
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from sqlalchemy import delete, func, insert, select, update

from ingest.copies.near_duplicates import FORM, Hashes, Print
from ingest.report_in_words import report_body
from ingest.storage.catalogue_tables import addresses, files, prints, reports, versions
from ingest.storage.database import Database, among, put
from ingest.types import IngestReport

KEPT_SECONDS = 30 * 86_400  # that a record is kept of what no feed or sitemap names any more

Record = tuple[str, dict[str, str]]  # digest of the bytes, article id → content hash


class FileRecords:
    """A record by (file, name): where the file is, and the source of its articles."""

    def __init__(self, database: Database):
        self._database = database

    def known(self) -> dict[tuple[str, str], Record]:
        rows = self._database.rows(select(files))
        return {(row.file, row.name): (row.digest, json.loads(row.articles)) for row in rows}

    def keep(self, records: Mapping[tuple[str, str], Record]) -> None:
        """Raises IndexUnavailable where the disk does not take them."""
        rows = [
            {"file": file, "name": name, "digest": digest, "articles": json.dumps(articles)}
            for (file, name), (digest, articles) in records.items()
        ]
        if rows:
            with self._database.write() as connection:
                put(connection, files, rows)


@dataclass(frozen=True, slots=True)
class AddressRecord:
    """One address, as it was when it was looked at last."""

    etag: str = ""
    last_modified: str = ""
    digest: str = ""  # of the body and the way it was read
    stated: str = ""  # what a feed or sitemap said of it then
    looked_at: float = 0.0  # seconds since 1970
    wait_until: float = 0.0  # before then its host wants no request
    failure: str = ""  # why it gave nothing
    articles: dict[str, str] = field(default_factory=dict)  # article id → content hash


_FIELDS = [one.name for one in fields(AddressRecord)]


class Found(Protocol):
    """What was found from `address` on."""

    @property
    def address(self) -> str: ...

    @property
    def records(self) -> Mapping[str, AddressRecord]: ...


class AddressRecords:
    """A record by (root, address): the address that was given to an ingest, and one it led to."""

    def __init__(self, database: Database):
        self._database = database

    def known(self, root: str) -> dict[str, AddressRecord]:
        rows = self._database.rows(select(addresses).where(addresses.c.root == root))
        return {
            r.address: AddressRecord(
                r.etag, r.last_modified, r.digest, r.stated, r.looked_at, r.wait_until, r.failure,
                json.loads(r.articles),
            )
            for r in rows
        }  # fmt: skip

    def keep(self, found: Iterable[Found]) -> None:
        """Raises IndexUnavailable where the disk does not take them."""
        for one in found:
            rows = [
                {"root": one.address, "address": address}
                | {name: getattr(record, name) for name in _FIELDS}
                | {"articles": json.dumps(record.articles)}
                for address, record in one.records.items()
            ]
            if rows:
                last = max(record.looked_at for record in one.records.values())
                old = (addresses.c.root == one.address) & (
                    addresses.c.looked_at < last - KEPT_SECONDS
                )
                with self._database.write() as connection:
                    connection.execute(delete(addresses).where(old))
                    put(connection, addresses, rows)

    def forget(self, address: str) -> None:
        """Deletes the records of an address, whatever led to it."""
        with self._database.write() as connection:
            connection.execute(delete(addresses).where(addresses.c.address == address))


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


REPORTS_KEPT = 100


class Reports:
    """The reports of the last hundred ingests that did something."""

    def __init__(self, database: Database):
        self._database = database

    def keep(self, report: IngestReport) -> None:
        """Notes a report that has something to tell."""
        if not (report.added or report.updated or report.removed or report.failed):
            return
        now = datetime.now(UTC).isoformat(timespec="seconds")
        row = {"at": now, "body": json.dumps(report_body(report))}
        with self._database.write() as connection:
            connection.execute(insert(reports), row)
            newest = connection.execute(select(func.max(reports.c.report_id))).scalar_one()
            connection.execute(delete(reports).where(reports.c.report_id <= newest - REPORTS_KEPT))

    def latest(self, most: int) -> list[dict[str, Any]]:
        """Newest first: the fields of `ingest --json`, and `at`, a moment in UTC."""
        query = select(reports).order_by(reports.c.report_id.desc()).limit(most)
        return [{"at": row.at, **json.loads(row.body)} for row in self._database.rows(query)]

    def forget(self, source: str) -> None:
        """Deletes the notes that name an article: some quote words of it."""
        with self._database.write() as connection:
            for row in connection.execute(select(reports)).all():
                body = json.loads(row.body)
                notes = [note for note in body["notes"] if source not in note]
                if len(notes) < len(body["notes"]):
                    changed = update(reports).where(reports.c.report_id == row.report_id)
                    connection.execute(changed, {"body": json.dumps(body | {"notes": notes})})


READING_PACKAGES = (
    "charset-normalizer",
    "lxml",
    "py3langid",
    "pypdf",
    "python-docx",
    "pyyaml",
    "striprtf",
    "trafilatura",
)


@functools.cache
def way_of_reading() -> str:
    """Changes with our code and with the libraries that read files: another version may see more in
    the same bytes."""
    digest = hashlib.sha256()
    for module in sorted(Path(__file__).parent.parent.rglob("*.py")):
        digest.update(module.read_bytes())
    for package in READING_PACKAGES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            digest.update(f"{package} {importlib.metadata.version(package)}\n".encode())
    return digest.hexdigest()
