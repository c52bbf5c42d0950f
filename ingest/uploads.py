"""Keeps files that callers send in the data directory, ingests them, and deletes them with their
articles."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import re
import secrets
import shutil
import time
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from ingest import pipeline
from ingest.errors import IndexUnavailable, InvalidRequest
from ingest.formats import file_readers
from ingest.settings import Settings
from ingest.storage.archive import Archive, Progress
from ingest.storage.snapshot import generation_name
from ingest.types import Failure, IngestReport, may_see

log = logging.getLogger(__name__)

ARTICLES = "json"  # in the folder of uploads: articles that came as JSON, one a file
STAGING = ".incoming"  # in the folder of uploads: what waits for its job
PLACED = "placed.json"  # below STAGING: which files of an upload take their places, and in which generation
MOST_FILES = 100  # of one upload
MOST_ARTICLES = 20  # full-sized ones, that the files of one upload may weigh together
STAGED_SECONDS = 3600.0  # in which another process has made a job of what it staged
LONGEST_NAME_BYTES = 200  # file systems take 255; a staged or hidden neighbour may need a few more
LONGEST_SLUG = 40  # characters
TAKEN = "a file of this name is in collections of others: send it under another name"

Unread = tuple[str, BinaryIO]  # a file's name, made safe, and its bytes


@dataclass(frozen=True, slots=True)
class Staged:
    """The files of one upload, waiting below `folder` under the names they will have in the folder of uploads.

    `collections` are those of all its articles; None leaves each file its own. Where the key that
    sent it is `bound_to` collections, nothing of it may be in, or take the place of, any other.
    """

    folder: Path
    names: tuple[str, ...]
    collections: tuple[str, ...] | None = None
    bound_to: tuple[str, ...] = ()

    @property
    def new(self) -> Path:
        return self.folder / "new"

    @property
    def old(self) -> Path:
        """What the new files took the place of, until they are ingested."""
        return self.folder / "old"


def largest_upload_bytes(settings: Settings) -> int:
    """What the files of one upload may have together."""
    return int(MOST_ARTICLES * settings.max_article_mb * file_readers.MEGABYTE)


def safe_name(name: str) -> str:
    """The last part of a sent file name, in one normal form, so that the same name always updates
    the same file.

    Raises InvalidRequest where nothing usable is left: no name, control characters, half a
    surrogate pair, over 200 bytes. Leading dots and spaces go, for hidden files are not read.
    """
    plain = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1]).strip().lstrip(". ")
    if not plain:
        raise InvalidRequest("a file has no name: send each with its file name")
    if _UNSAFE.search(plain):
        raise InvalidRequest("a file name holds control characters: rename the file")
    if len(plain.encode()) > LONGEST_NAME_BYTES:
        raise InvalidRequest(f"a file name is longer than {LONGEST_NAME_BYTES} bytes: shorten it")
    return plain


# Control characters, line ends, halves of pairs, and marks that turn the direction of what follows.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def stage(settings: Settings, files: Sequence[Unread]) -> Staged:
    """Writes files where they wait for their job. Raises IndexUnavailable where the disk does not
    take them."""
    staged = Staged(
        _home(settings) / STAGING / secrets.token_hex(8), tuple(name for name, _ in files)
    )
    try:
        for name, data in files:
            path = staged.new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as stream:
                shutil.copyfileobj(data, stream, 1024 * 1024)
                stream.flush()
                os.fsync(stream.fileno())
    except OSError as error:
        discard(staged)
        raise _no_room(error, staged.folder) from error
    return staged


def discard(staged: Staged) -> None:
    shutil.rmtree(staged.folder, ignore_errors=True)


def recover(archive: Archive) -> None:
    """Clears up after uploads that ended with their process and are no job: what was not published
    goes. Raises IndexUnavailable."""
    home = _home(archive.settings)
    needed = {job.asked.get("folder") for job in archive.queue.unfinished()}
    young = time.time() - (STAGED_SECONDS if archive.settings.on_servers else 0)
    for folder in (home / STAGING).glob("*"):
        with contextlib.suppress(OSError):  # another process cleared it away
            if folder.name not in needed and folder.stat().st_mtime <= young:
                give_up(archive, Staged(folder, ()))
    with contextlib.suppress(OSError):
        (home / STAGING).rmdir()


def give_up(archive: Archive, staged: Staged) -> None:
    """Clears an upload away; files that took their places go again where they were not published."""
    with contextlib.suppress(OSError, ValueError):  # none of its files began to take their places
        generation, *names = json.loads((staged.folder / PLACED).read_text("utf-8"))
        if generation == generation_name(archive.catalogue.generation):
            _put_back(_home(archive.settings), staged, names)
    discard(staged)


def staged_at(settings: Settings, asked: Mapping[str, Any]) -> Staged:
    """What `asked_of` told of an upload."""
    given = asked["collections"]
    return Staged(
        _home(settings) / STAGING / asked["folder"],
        tuple(asked["names"]),
        None if given is None else tuple(given),
        tuple(asked.get("bound_to", ())),
    )


def asked_of(staged: Staged) -> dict[str, Any]:
    """An upload as JSON, for whoever reaches the folder of uploads."""
    return {
        "folder": staged.folder.name,
        "names": staged.names,
        "collections": staged.collections,
        "bound_to": staged.bound_to,
    }


def article_line(fields: Mapping[str, str]) -> tuple[str, bytes]:
    """The file name and content for one article sent as JSON.

    A later one takes its place where it has the same `id`, or, of two without, the same `url`;
    without either, only the very same article is the same.
    """
    if key := fields.get("id"):
        kind, words = "id", key
    elif key := fields.get("url"):
        kind, words = "url", key
    else:
        key = json.dumps(fields, sort_keys=True)
        kind, words = "words", fields.get("title", "")
    slug = re.sub(
        r"[^a-z0-9]+", "-", words.casefold().removeprefix("https://").removeprefix("http://")
    )
    mark = hashlib.sha256(f"{kind}\x1f{key}".encode()).hexdigest()[:12]
    name = "-".join(part for part in (slug[:LONGEST_SLUG].strip("-"), mark) if part)
    return f"{ARTICLES}/{name}.jsonl", json.dumps(fields, ensure_ascii=False).encode() + b"\n"


def ingest(archive: Archive, staged: Staged, progress: Progress) -> IngestReport:
    """Puts staged files in their places and ingests them; a file of which nothing could be read
    leaves no trace.

    An article that an earlier file of the same name held and this one does not is removed. Raises
    what `pipeline.ingest` and `progress` raise, IndexUnavailable where the disk is full: all is as
    before then. What is left of `staged` is the caller's to discard.
    """
    home = _home(archive.settings)
    taken = _taken(archive, home, staged)
    free = [name for name in staged.names if name not in taken]
    readable = [name for name in free if file_readers.format_of(name)]
    refused = [
        failure
        for name in free
        if name not in readable
        for failure in file_readers.read(
            staged.new / name, max_article_mb=archive.settings.max_article_mb
        )
        if isinstance(failure, Failure)
    ]
    with _in_place(home, staged, readable, generation_name(archive.catalogue.generation)):
        report = pipeline.ingest(
            archive,
            [home / name for name in readable],
            prune=True,
            collections=staged.collections,
            only=staged.bound_to,
            progress=progress,
        )
    _put_back(home, staged, _unread(archive, home, readable, report.failed))
    refused += [Failure(Path(name).name, TAKEN) for name in taken]
    # the report as the sender may see it: totals are of its collections
    report = replace(report, failed=(*refused, *report.failed))
    if not staged.bound_to:
        return report
    with archive.catalogue.seen_by(staged.bound_to) as snapshot:
        totals: dict[str, Any] = {**snapshot.counts()}
    return replace(report, **totals)


def _taken(archive: Archive, home: Path, staged: Staged) -> list[str]:
    """Names of files under which there are articles that the sender may not change."""
    if not staged.bound_to:
        return []
    with archive.catalogue.whole() as snapshot:
        identities = {i: known[1] for i, known in snapshot.known_hashes().items()}
        places = {name: os.path.realpath(home / name) for name in staged.names}
        return [
            name
            for name, place in places.items()
            if any(
                (identity == place or identity.startswith(f"{place}#"))
                and not may_see(snapshot.collections_of(article_id), staged.bound_to)
                for article_id, identity in identities.items()
            )
        ]


@contextlib.contextmanager
def _in_place(home: Path, staged: Staged, names: Sequence[str], generation: str) -> Iterator[None]:
    """The files of the folder of uploads are the new ones; where the block fails, the old ones again, if need be
    by `recover`."""
    done = False
    try:
        (staged.folder / PLACED).write_text(json.dumps([generation, *names]), "utf-8")
        for name in names:
            for folder in (home, staged.old):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
            if not (staged.new / name).exists():
                continue  # it took its place before its process was killed
            if (home / name).exists():
                (home / name).replace(staged.old / name)
            (staged.new / name).replace(home / name)
        yield
        done = True
    except OSError as error:
        raise _no_room(error, home) from error
    finally:
        if not done:
            _put_back(home, staged, names)


def _put_back(home: Path, staged: Staged, names: Sequence[str]) -> None:
    """Files that took their places are staged again, for another try; the old ones are back."""
    for name in names:
        if not (staged.new / name).exists() and (home / name).exists():
            (staged.new / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).replace(staged.new / name)
        if (staged.old / name).exists():
            (staged.old / name).replace(home / name)


def _unread(
    archive: Archive, home: Path, names: Sequence[str], failed: Sequence[Failure]
) -> list[str]:
    """Those of the files that failed as a whole, or of which no line gave an article."""
    sources = {failure.source for failure in failed}
    whole = [name for name in names if Path(name).name in sources]
    lines = [
        n
        for n in names
        if n not in whole and any(s.startswith(f"{Path(n).name}#") for s in sources)
    ]
    if not lines:
        return whole
    with archive.catalogue.whole() as snapshot:
        known = [identity for _, identity, _ in snapshot.known_hashes().values()]
    marks = {name: f"{os.path.realpath(home / name)}#" for name in lines}
    return [
        *whole,
        *(
            n
            for n, mark in marks.items()
            if not any(identity.startswith(mark) for identity in known)
        ),
    ]


def remove(archive: Archive, article_id: str, identity: str) -> None:
    """Takes an article out, and what was uploaded of it; nothing where it has gone before."""
    pipeline.remove(archive, article_id)
    forget(archive.settings, identity)


def is_upload(settings: Settings, identity: str) -> bool:
    """Whether an article came by upload, judged by its identity."""
    return identity.startswith(f"{os.path.realpath(_home(settings))}{os.sep}")


def file_of(identity: str) -> tuple[Path, str | None] | None:
    """The file an article came from, with its id or line in it where it is one of many; None where
    it is gone."""
    for place in [len(identity), *(n for n, character in enumerate(identity) if character == "#")]:
        path = Path(identity[:place])
        if path.is_file():
            return path, identity[place + 1 :] or None
    return None


def forget(settings: Settings, identity: str) -> None:
    """Deletes what was uploaded of an article that is removed: its file, or its line where others
    share the file."""
    found = file_of(identity) if is_upload(settings, identity) else None
    if found is None:
        return
    try:
        _without(*found)
    except OSError as error:
        log.warning("an uploaded file stays after its article was removed: %s", error.strerror)


def _without(path: Path, mark: str | None) -> None:
    """Blanks one line, so that lines known by their number keep it; the file goes with its last
    article."""
    if mark is None:
        path.unlink()
        return
    with path.open("rb") as stream:
        encoding = "utf-16" if stream.read(2) in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    with path.open(encoding=encoding, errors="surrogateescape", newline="\n") as text:
        lines = text.readlines()
    kept = [
        "\n" if mark in (f"L{number}", _id(line)) else line for number, line in enumerate(lines, 1)
    ]
    if not any(line.strip() for line in kept):
        path.unlink()
        return
    part = path.with_name(f".{path.name}.part")
    part.write_text("".join(kept), "utf-8", "surrogateescape", newline="\n")
    part.replace(path)


def _id(line: str) -> str | None:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        return None
    key = fields.get("id") if isinstance(fields, dict) else None
    return str(key) if key not in (None, "") else None


def _home(settings: Settings) -> Path:
    return settings.uploads_dir.absolute()


def _no_room(error: OSError, place: Path) -> IndexUnavailable:
    return IndexUnavailable(
        f"cannot write to {place}: {error.strerror or error}; check that DATELINE_DATA_DIR is not full"
    )
