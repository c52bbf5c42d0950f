"""Fetches what a web address leads to: a page, a feed with its items, a sitemap with its pages."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from ingest.errors import AddressRefused, BadArticle, NotFetched
from ingest.formats.article_making import MEGABYTE
from ingest.formats.file_readers import Item, Unchanged
from ingest.formats.reading_process import Content, ReadingProcess
from ingest.settings import Settings
from ingest.storage.archive import Archive, Progress
from ingest.storage.earlier_ingests import AddressRecord, way_of_reading
from ingest.types import Article, Entry, Failure, Withdrawn, article_id_of, united_collections
from ingest.web import response_types
from ingest.web.addresses import checked, shown
from ingest.web.http_client import Client

if TYPE_CHECKING:
    import httpx2

REVISIT_SECONDS = 86_400  # after which a page is looked at though nothing new is said of it
FULL_TEXT = 1000  # characters of an item of a feed that are taken for all of it
DEEPEST = 3  # levels of sitemaps that list sitemaps
MOST_LISTINGS = 1000  # sitemaps of one ingest
MOST_FAILURES = 5  # pages in a row that could not be fetched, after which the rest waits


@dataclass(frozen=True, slots=True)
class Left:
    """Pages that the next ingest takes in; `str()` is a sentence for people."""

    address: str
    count: int
    why: str

    def __str__(self) -> str:
        pages = "1 page" if self.count == 1 else f"{self.count} pages"
        return f"{pages} of {self.address} wait for the next ingest: {self.why}"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address gave, for `pipeline.ingest`; `records` are for whoever publishes it."""

    address: str
    items: tuple[Item | Left, ...]
    records: Mapping[str, AddressRecord]
    collections: tuple[str, ...]  # of all its articles


def normal(address: str) -> str:
    """An address as it is remembered; one that is none stays as it is."""
    try:
        return str(checked(address))
    except AddressRefused:
        return shown(address)


def fetch(
    archive: Archive,
    addresses: Sequence[str],
    *,
    collections: Sequence[str] | None,
    progress: Progress,
    now: float | None = None,
) -> list[Fetched]:
    """What each address gives that is not live yet. Takes no lock: others may change the archive
    meanwhile.

    What cannot be fetched is a Failure. `collections` are as in `pipeline.ingest`; `progress` is
    called while anything is waited for, and ends the fetching by what it raises.
    """
    if not addresses:
        return []
    with ExitStack() as stack:

        def patiently(seconds: float) -> None:
            end = time.monotonic() + seconds
            while (left := end - time.monotonic()) > 0:
                progress("fetch", 0, 0)
                time.sleep(min(left, 0.5))

        client = stack.enter_context(Client(archive.settings, sleep=patiently))
        process = stack.enter_context(ReadingProcess())
        found = []
        for address in dict.fromkeys(map(normal, addresses)):
            with archive.catalogue.whole() as snapshot:
                live = {i: known[0] for i, known in snapshot.known_hashes().items()}
            before = archive.catalogue.given(address).collections
            given = before if collections is None else tuple(collections)
            known = archive.address_records.known(address)
            visit = _Visit(
                client, process, archive.settings, progress, live, known, given, now or time.time()
            )
            found.append(visit.all_of(address))
    return found


@dataclass(slots=True)
class _Visit:
    """One address that was given, and all that it leads to."""

    client: Client
    process: ReadingProcess
    settings: Settings
    progress: Progress
    live: Mapping[str, str]  # article id → content hash
    known: Mapping[str, AddressRecord]
    given: tuple[str, ...]
    now: float
    way: str = field(init=False)  # of reading: what was read in another way is read again
    limit_bytes: int = field(init=False)
    takes: Mapping[str, int] = field(init=False)
    items: list[Item | Left] = field(default_factory=list)
    records: dict[str, AddressRecord] = field(default_factory=dict)
    pages: int = 0  # that were asked for
    listings: int = 0
    seen: set[str] = field(default_factory=set)  # addresses that entries led to
    failures: int = 0  # in a row
    stopped: str = ""  # why no more pages are asked for
    left: int = 0
    wait_seconds: float = 0.0  # that a host asked for

    def __post_init__(self) -> None:
        way = f"{way_of_reading()}{self.settings.max_article_mb}{self.given}".encode()
        self.way = hashlib.sha256(way).hexdigest()[:8]
        self.limit_bytes = int(self.settings.max_article_mb * MEGABYTE)
        self.takes = response_types.takes(self.limit_bytes)

    def all_of(self, root: str) -> Fetched:
        before = self.known.get(root, AddressRecord())
        try:
            if before.wait_until > self.now:
                until = datetime.fromtimestamp(before.wait_until, UTC).isoformat(timespec="seconds")
                raise NotFetched(f"asked for no request before {until}; try again then")
            self.seen.add(root)
            self._visit(checked(root), "", 0)
        except (AddressRefused, NotFetched, BadArticle) as error:
            self._fail(root, error)
        if self.left:
            self.items.append(Left(root, self.left, self.stopped))
        if self.wait_seconds:
            self.records[root] = replace(before, wait_until=self.now + self.wait_seconds)
        return Fetched(root, tuple(self.items), self.records, self.given)

    def _visit(self, url: httpx2.URL, stated: str, depth: int) -> tuple[dict[str, str], bool]:
        """(the articles of an address, whether that is all it has to give). Raises what
        `Client.get` raises, and BadArticle."""
        self.progress("fetch", self.pages, 0)
        address = str(url)
        record, digest = self._usable(address), ""
        usable = record or AddressRecord()
        validators = {"if-none-match": usable.etag, "if-modified-since": usable.last_modified}
        asked = {name: words for name, words in validators.items() if words}
        reply = self.client.get(url, self.takes, asked)
        before = self.known.get(address, AddressRecord()).articles
        if reply.status == 410 and article_id_of(address) in before:
            why = "was taken down by its publisher (410)"
            self.items.append(Withdrawn(address, address, why))
            self._note_failure(address, stated, why)
            return {}, True
        if reply.status in (404, 410):
            raise BadArticle(f"was answered with {reply.status}; check the address")
        if reply.status == 200:
            digest = self._digest(reply.body)
        if record and digest in ("", record.digest):
            return self._same(address, replace(record, stated=stated))
        found = self.process.read_listing(
            response_types.content_of(reply, address, self.limit_bytes)
        )
        entries = [item for item in found if isinstance(item, Entry)]
        articles: dict[str, str] = {}
        is_whole = True
        if entries and depth >= DEEPEST:
            raise BadArticle("is a feed or sitemap itself; ingest it by its own address")
        listing = checked(reply.address)
        for item in found:
            more, whole = (
                self._enter(item, listing, depth)
                if isinstance(item, Entry)
                else self._add(item, reply.address)
            )
            articles |= more
            is_whole = is_whole and whole
        if is_whole and not any(entry.is_listing for entry in entries):
            head = reply.headers
            self.records[address] = AddressRecord(
                head.get("etag", ""), head.get("last-modified", ""), digest, stated, self.now,
                articles=articles,
            )  # fmt: skip
        return articles, is_whole

    def _enter(self, entry: Entry, listing: httpx2.URL, depth: int) -> tuple[dict[str, str], bool]:
        """What one entry of a feed or sitemap gives."""
        place = entry.address
        try:
            url = checked(entry.address, listing)
            place = address = str(url)
            full = entry.own_text >= FULL_TEXT or not entry.address
            if not entry.address:
                place = address = f"{listing}#{entry.fields.get('id') or entry.stated}"
            if address in self.seen:
                return {}, True
            self.seen.add(address)
            if entry.is_listing:
                self.listings += 1
                if depth + 1 >= DEEPEST or self.listings >= MOST_LISTINGS:
                    raise BadArticle(
                        f"is a sitemap more than {DEEPEST} levels deep, or one of more than "
                        f"{MOST_LISTINGS}; ingest it by itself"
                    )
                return self._visit(url, entry.stated, depth + 1)
            record = self._usable(address)
            fresh = record and (full or self.now - record.looked_at < REVISIT_SECONDS)
            if record and fresh and record.stated == entry.stated:
                return self._same(address, record)
            if full:
                data = json.dumps(entry.fields).encode()
                content = Content("item", data, address, address, date.today(), self.limit_bytes)
                (item,) = self.process.read_all(content)
                articles, is_whole = self._add(item, address)
                self.records[address] = AddressRecord(
                    digest=self._digest(data), stated=entry.stated, looked_at=self.now,
                    articles=articles,
                )  # fmt: skip
                return articles, is_whole
            if self.pages >= self.settings.fetch_pages:
                self.stopped = self.stopped or "DATELINE_FETCH_PAGES says how many one takes in"
            if self.stopped:
                self.left += 1
                return {}, False
            self.pages += 1
            articles, is_whole = self._visit(url, entry.stated, DEEPEST)
            self.failures = 0
            return articles, is_whole
        except NotFetched as error:
            self._fail(place, error)
            self.failures += 1
            if error.wait_seconds:
                self.stopped = f"its host asks for a pause of {error.wait_seconds:.0f} s"
            elif self.failures >= MOST_FAILURES:
                self.stopped = f"{MOST_FAILURES} in a row could not be fetched"
        except (AddressRefused, BadArticle) as error:
            self._fail(place, error)
            self._note_failure(place, entry.stated, str(error))
        return {}, False

    def _add(self, item: Article | Failure | Withdrawn, url: str) -> tuple[dict[str, str], bool]:
        if isinstance(item, Article):
            named = united_collections(item.collections, self.given)
            item = replace(item, url=item.url or url.partition("#")[0], collections=named)
            self.items.append(item)
            return {item.article_id: item.content_hash}, True
        self.items.append(item)
        return {}, False

    def _same(self, address: str, record: AddressRecord) -> tuple[dict[str, str], bool]:
        """What is known already: articles that are live, or why there are none."""
        if record.failure:
            self.items.append(Failure(address, record.failure, address))
            return {}, False
        self.items.append(Unchanged(tuple(record.articles)))
        if not _is_listing(address, record):
            record = replace(record, looked_at=self.now)
        if record != self.known[address]:
            self.records[address] = record
        return dict(record.articles), True

    def _fail(self, place: str, error: Exception) -> None:
        self.items.append(Failure(shown(place), str(error), shown(place)))
        if isinstance(error, NotFetched):
            self.wait_seconds = max(self.wait_seconds, error.wait_seconds)

    def _note_failure(self, place: str, stated: str, why: str) -> None:
        self.records[shown(place)] = AddressRecord(
            digest=self._digest(b""), stated=stated, looked_at=self.now, failure=why
        )

    def _usable(self, address: str) -> AddressRecord | None:
        """What is known of an address, if it was read as we read now and all it gave is live.

        A feed or sitemap that did not change is read anew once a day, for the sake of its pages.
        """
        record = self.known.get(address)
        if record is None or not record.digest.startswith(self.way):
            return None
        if not record.articles and not record.failure:
            return None
        if any(self.live.get(i) != text for i, text in record.articles.items()):
            return None
        old = self.now - record.looked_at >= REVISIT_SECONDS
        return None if old and (record.failure or _is_listing(address, record)) else record

    def _digest(self, data: bytes) -> str:
        """Of the way we read, 8 characters, and of what is read."""
        return self.way + hashlib.sha256(data).hexdigest()[:32]


def _is_listing(address: str, record: AddressRecord) -> bool:
    return record.articles.keys() != {article_id_of(address)}
