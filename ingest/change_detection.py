"""Reads what an ingest is given, but no file whose bytes it has read before, and tells what is new, changed, gone or failed."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from ingest import report_in_words
from ingest.errors import InvalidRequest
from ingest.formats import file_readers
from ingest.formats.reading_process import ReadingProcess
from ingest.storage.archive import Progress as Progress
from ingest.storage.catalogue import Catalogue, OfPath, Snapshot
from ingest.storage.earlier_ingests import FileRecords, way_of_reading
from ingest.storage.withheld_articles import Erased, Held, sorted_out
from ingest.types import Article, Failure, Withdrawn, may_see, united_collections
from ingest.web.fetching import Fetched, Left

SAMPLE = Path(__file__).parent / "sample"
NOT_BOUND = "it states a collection to which the key that sent it is not bound: leave that out"


@dataclass(frozen=True, slots=True)
class Change:
    """What reading found, against what is live."""

    # (article, root), new or changed
    fresh: list[tuple[Article, str]] = field(default_factory=list)
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()
    withdrawn: tuple[Withdrawn, ...] = ()
    held: tuple[Held, ...] = ()  # under embargo
    no_longer: tuple[str, ...] = ()  # ids of what is under embargo no more


def compare(
    catalogue: Catalogue,
    snapshot: Snapshot,
    paths: Sequence[Path | Fetched],
    files: ReadFiles,
    *,
    prune: bool,
    progress: Progress,
    given: Mapping[str, OfPath],  # by path what is said of all its articles
    now: datetime,
    only: Sequence[str] = (),
) -> Change:
    """Reads every path and sorts what it finds into new, changed, unchanged, gone and failed."""
    known = snapshot.known_hashes()
    waited = {h.article.article_id: ("", h.article.identity, h.root) for h in catalogue.held()}
    found = _Found(known, catalogue.erased())
    counts = [len(p.items) if isinstance(p, Fetched) else file_readers.count(p) for p in paths]

    def waiting() -> None:
        progress("read", found.done, sum(counts) if all(counts) else 0)

    with ReadingProcess(waiting) as process:
        for path in paths:
            failed_before = len(found.failed)
            said = given[root_of(path)]
            reading = _reading(path, files, process, said.columns)
            for item in _noted(reading, files, said, only):
                waiting()
                found.take(item, root_of(path))
            places = {failure.place for failure in found.failed[failed_before:]}
            if isinstance(path, Path):  # what a feed names no more is not gone
                found.gone |= _gone(known | waited, root_of(path), found.seen, places)
    progress("read", found.done, found.done)
    sorted_ = sorted_out(found.fresh, found.withdrawn.values(), catalogue, snapshot, now, only)
    unchanged, fresh = len(found.seen) - len(found.fresh), sorted_.fresh
    own = bool(fresh) and all(root != str(SAMPLE) for _, root in fresh.values())
    # the sample gives way to somebody's own articles
    sample = {i for i, (_, _, root) in known.items() if own and root == str(SAMPLE)}
    outgrown = sample - found.seen
    gone = found.gone - found.seen
    notes = [
        *found.notes,
        *report_in_words.gone([known[i][1] for i in gone & known.keys()], prune=prune),
    ]
    notes += (
        *report_in_words.kept_out(found.kept_out),
        *report_in_words.outgrown(0 if only else len(outgrown)),
    )
    leaving = (gone if prune else set()) | outgrown | sorted_.removed
    if only:  # an item of the same identifier may be somebody else's
        leaving = {i for i in leaving if may_see(snapshot.collections_of(i) or only, only)}
    updated = sum(i in known for i in fresh)
    doubts = report_in_words.at_most([*found.doubts, *sorted_.notes], "notes about single articles")
    return Change(
        list(fresh.values()), len(fresh) - updated, updated, unchanged,
        tuple(sorted(leaving & known.keys())), tuple(found.failed), (*doubts, *notes),
        sorted_.withdrawn, sorted_.held,
        tuple(leaving & waited.keys() - {one.article.article_id for one in sorted_.held}),
    )  # fmt: skip


def content_hashes(snapshot: Snapshot) -> dict[str, str]:
    """article id → content hash of all live articles."""
    return {i: content_hash for i, (content_hash, _, _) in snapshot.known_hashes().items()}


def contents(snapshot: Snapshot) -> str:
    """A digest of the live articles and their text."""
    return _digest(content_hashes(snapshot))


def expect_contents(digest: str | None, snapshot: Snapshot, change: Change) -> None:
    """Raises InvalidRequest where something else than the contents of this digest would go live."""
    kept = {i: text for i, text in content_hashes(snapshot).items() if i not in change.removed}
    fresh = {article.article_id: article.content_hash for article, _ in change.fresh}
    if digest not in (None, _digest(kept | fresh)):
        raise InvalidRequest(
            "the files or the archive changed since they were tried: nothing was taken in; try again"
        )


def _digest(hashes: dict[str, str]) -> str:
    return hashlib.sha256(json.dumps(sorted(hashes.items())).encode()).hexdigest()


@dataclass(slots=True)
class _Found:
    """What reading found so far, by article ids."""

    known: Mapping[str, tuple[str, str, str]]  # content hash, identity and root of what is live
    erased: Erased
    fresh: dict[str, tuple[Article, str]] = field(default_factory=dict)
    withdrawn: dict[str, Withdrawn] = field(default_factory=dict)
    failed: list[Failure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)  # notes about single articles
    kept_out: int = 0  # because they were erased
    seen: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)

    @property
    def done(self) -> int:
        return len(self.seen) + len(self.failed)

    def take(self, item: file_readers.Item | Left, root: str) -> None:
        if isinstance(item, Failure):
            self.failed.append(item)
        elif isinstance(item, file_readers.NotUnderstood | file_readers.PassedOver | Left):
            self.notes.append(str(item))
        elif isinstance(item, file_readers.Unchanged):
            self.seen.update(item.article_ids)
        elif isinstance(item, Withdrawn):
            self.withdrawn[item.article_id] = item
            self.fresh.pop(item.article_id, None)
            self.seen.discard(item.article_id)
        elif item in self.erased:
            self.kept_out += 1
        elif item.article_id not in self.seen and item.article_id not in self.withdrawn:
            self.seen.add(item.article_id)
            self.doubts += (f"{item.source} {note}" for note in item.notes)
            if self.known.get(item.article_id, ("",))[0] != item.content_hash:
                self.fresh[item.article_id] = (item, root)


def _reading(
    path: Path | Fetched,
    files: ReadFiles,
    process: ReadingProcess,
    columns: tuple[tuple[str, str], ...],
) -> Iterable[file_readers.Item | Left]:
    if isinstance(path, Fetched):
        return path.items
    return file_readers.read(
        path,
        max_article_mb=files.max_article_mb,
        known=files.articles_of,
        process=process,
        columns=columns,
    )


def _noted(
    reading: Iterable[file_readers.Item | Left],
    files: ReadFiles,
    given: OfPath,
    only: Sequence[str],
) -> Iterator[file_readers.Item | Left]:
    """What was read of a path, its articles put into the path's collections, noted in `files`."""
    files.given = (*given.collections, *map("=".join, given.columns))
    for item in reading:
        if isinstance(item, Article) and given.collections:
            item = replace(
                item, collections=united_collections(item.collections, given.collections)
            )
        if isinstance(item, Article) and not may_see(item.all_collections, only):
            item = Failure(item.source, NOT_BOUND, item.identity)
        if isinstance(item, Withdrawn) and only:  # of its own file, and of no other of that item
            item = replace(item, terms=replace(item.terms, item_id=None))
        files.note(item)
        yield item
    files.end()


def _gone(
    known: Mapping[str, tuple[str, str, str]], root: str, seen: set[str], failed: set[str]
) -> set[str]:
    """Articles an earlier ingest of `root` added that are not there any more.

    What lies in a file or below a folder that merely failed to read stays, the root among them: a
    disk that is not mounted, or a slip of the pen, empties no archive.
    """
    return {
        article_id
        for article_id, (_, identity, known_root) in known.items()
        if known_root == root
        and article_id not in seen
        and not any(
            identity == place or identity.startswith((f"{place}#", f"{place}{os.sep}"))
            for place in failed
        )
    }


def root_of(path: Path | Fetched) -> str:
    return path.address if isinstance(path, Fetched) else os.path.normpath(path.absolute())


@dataclass(slots=True)
class _Reading:
    """A file while it is read: what it gave so far, and whether that is all there is to say of it."""

    path: Path
    file: str
    name: str
    digest: str
    articles: dict[str, str] = field(default_factory=dict)  # article id → content hash
    silent: bool = True  # no failure, and no note that must be told again next time


class ReadFiles:
    """What earlier ingests found in files, kept beside the catalogue, and what this one finds.

    A digest of the bytes decides, not the time a file was changed: two writes within one tick of the
    clock, or a tool that sets times back, would deceive a clock. Hashing a thousand articles takes a
    hundredth of the time reading them takes.
    """

    def __init__(self, records: FileRecords, live_hashes: Mapping[str, str], max_article_mb: float):
        """`live_hashes` maps the ids of all live articles to their content hashes."""
        self._records = records
        self._known = records.known()
        self._live = live_hashes
        self.max_article_mb = max_article_mb
        self._way = f"{way_of_reading()}:{max_article_mb}".encode()
        self.given: tuple[str, ...] = ()  # what is said of all articles that are read now
        self._current: _Reading | None = None
        self._read: list[_Reading] = []

    def articles_of(self, path: Path, file: str, name: str) -> tuple[str, ...]:
        """Ids of the live articles that the file gave when its bytes were the same; () where it
        must be read.

        `file` is where it is, links resolved, `name` its source. What `note` gets afterwards came
        from this file.
        """
        self.end()
        digest = self._digest(path)
        known_digest, articles = self._known.get((file, name), ("", {}))
        if (
            digest
            and digest == known_digest
            and all(self._live.get(i) == h for i, h in articles.items())
        ):
            return tuple(articles)
        self._current = _Reading(path, file, name, digest)
        return ()

    def note(self, item: object) -> None:
        """An article or a failure of the file being read."""
        if self._current is None:
            return
        if isinstance(item, Article):
            self._current.articles[item.article_id] = item.content_hash
            self._current.silent = self._current.silent and not item.notes
        elif isinstance(item, Failure | Withdrawn):
            self._current.silent = False

    def end(self) -> None:
        """The file being read is at its end; where it changed meanwhile, nobody knows which bytes
        gave its articles."""
        reading, self._current = self._current, None
        if (
            reading
            and reading.silent
            and reading.articles
            and reading.digest == self._digest(reading.path)
        ):
            self._read.append(reading)

    def keep(self) -> None:
        """Writes down what this ingest read. Raises IndexUnavailable where the disk does not take
        it."""
        self._records.keep({(r.file, r.name): (r.digest, r.articles) for r in self._read})

    def _digest(self, path: Path) -> str:
        """Of a file's bytes and the way they are read; "" where it cannot be read."""
        try:
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256")
        except OSError:
            return ""
        digest.update(self._way)
        digest.update("\x1f".join(self.given).encode())
        return digest.hexdigest()[:40]
