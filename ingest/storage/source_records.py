"""What an ingest has read, of files and from the web, so that only what changed is read again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Protocol

from sqlalchemy import delete, select

from ingest.storage.catalogue_tables import addresses, files
from ingest.storage.database import Database, put

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
