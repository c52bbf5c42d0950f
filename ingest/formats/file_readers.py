"""Reads files and folders into articles, one by one. The only place that knows which formats there
are."""

from __future__ import annotations

import os
import re
import stat
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from ingest.errors import BadArticle
from ingest.formats.article_making import MEGABYTE as MEGABYTE
from ingest.formats.article_making import NOT_UNDERSTOOD, too_large
from ingest.formats.field_names import nearest
from ingest.formats.json_lines import read_lines
from ingest.formats.reading_process import Content, ReadingProcess
from ingest.storage.directory_owner import LOCK
from ingest.types import Article, Failure, Withdrawn

# By the end of a file's name, what `reading_process` reads it as; a file of JSON Lines is read line
# by line.
FORMATS = {
    ".atom": "xml",
    ".csv": "table",
    ".docx": "docx",
    ".eml": "mail",
    ".epub": "epub",
    ".htm": "html",
    ".html": "html",
    ".json": "json file",
    ".jsonl": "json",
    ".md": "markdown",
    ".mht": "mail",
    ".mhtml": "mail",
    ".odt": "odt",
    ".pdf": "pdf",
    ".rss": "xml",
    ".rtf": "rtf",
    ".tsv": "table",
    ".txt": "text",
    ".warc": "warc",
    ".warc.gz": "warc",
    ".xml": "xml",
}
TYPES = ", ".join(FORMATS)
MANY = ("epub", "json", "json file", "table", "warc", "xml")  # hold several articles
WRAPPED = 20  # files with pictures and fonts, or with many articles: each text is measured, they may have this much more


@dataclass(frozen=True, slots=True)
class PassedOver:
    """Files of a folder that are of no type we read; `str()` is a sentence for people."""

    folder: str
    count: int
    suffixes: tuple[str, ...]  # in alphabetical order; "" for a name without one

    def __str__(self) -> str:
        files = "1 file was" if self.count == 1 else f"{self.count} files were"
        kinds = ", ".join(
            [suffix or "no type" for suffix in self.suffixes[:5]] + ["…"] * (len(self.suffixes) > 5)
        )
        return f"{files} passed over in {self.folder} ({kinds}); Dateline reads {TYPES}"


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A file that need not be read, because the caller knows its bytes, and the articles it gave."""

    article_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Fields of the items of a file that say nothing to us; `str()` is a sentence for people."""

    source: str
    counts: tuple[tuple[str, int], ...]  # (name, items), the most frequent first

    def __str__(self) -> str:
        shown = [
            name + (f" ({count})" if count > 1 else "") + (f", like {near}?" if near else "")
            for name, count in self.counts[:10]
            for near in [nearest(name) if "(" not in name else None]  # a value follows
        ]
        more = ["…"] * (len(self.counts) > 10)
        return f"{self.source} {NOT_UNDERSTOOD}{', '.join(shown + more)}"


Item = Article | Failure | NotUnderstood | PassedOver | Unchanged | Withdrawn
# A file, where it is, its source → ids of what it gave; () to read it.
Known = Callable[[Path, str, str], tuple[str, ...]]


def read(
    path: Path,
    *,
    max_article_mb: float,
    today: date | None = None,
    known: Known = lambda path, identity, name: (),
    process: ReadingProcess | None = None,
    columns: tuple[tuple[str, str], ...] = (),
) -> Iterator[Item]:
    """Every article under `path`, a file or a folder with all below it, in the order of their
    names, links last.

    What cannot be read is a Failure that says why and what to do, never an exception, and the rest
    goes on. In a folder hidden files are skipped, and files of other types are passed over and
    counted, in one PassedOver at the end. `today` is the clock: a date to come is not believed, and
    an Article's `notes` say so. A file that `known` names articles of is not read: in its place
    comes one Unchanged. `columns` are (field, heading) of tables. `process` serves several calls; without it each has one.
    """
    if process is None:
        with ReadingProcess() as own:
            yield from read(
                path,
                max_article_mb=max_article_mb,
                today=today,
                known=known,
                process=own,
                columns=columns,
            )
        return
    limit, today = int(max_article_mb * MEGABYTE), today or date.today()
    if not _is_folder(path):
        yield from _read_file(path, shown(path.name), limit, today, process, known, columns)
        return
    passed: list[str] = []
    seen: set[str] = set()
    for found in files_below(path):
        if isinstance(found, Failure):
            yield found
        elif format_of(found.name) is None:
            passed.append(shown(found.suffix.lower()))
        elif (real := os.path.realpath(found)) not in seen:
            seen.add(real)
            yield from _read_file(
                found, _name_below(path, found), limit, today, process, known, columns
            )
    if passed:
        yield PassedOver(shown(path.name or str(path)), len(passed), tuple(sorted(set(passed))))


def count(path: Path) -> int:
    """How many articles `read` will come to, for whoever shows progress; 0 where only reading
    tells, as of JSON and feeds."""
    files = [
        found for found in files_below(path) if isinstance(found, Path) and format_of(found.name)
    ]
    many = any(format_of(found.name) in MANY for found in files)
    return 0 if many else len(files)


def format_of(name: str) -> str | None:
    """What a file is read as, by the end of its name; None where it is not read."""
    return next((kind for end, kind in FORMATS.items() if name.lower().endswith(end)), None)


def shown(name: str) -> str:
    """A file name as text that can be stored and shown: bytes that are no UTF-8 and control
    characters are escaped."""
    name = os.fsencode(name).decode("utf-8", "backslashreplace")
    return _CONTROL.sub(lambda match: f"\\x{ord(match.group()):02x}", name)


def files_below(folder: Path) -> Iterator[Path | Failure]:
    """Every file below a folder by name, but none of a data directory in it. A folder is entered
    once, so that links in a circle end; links come last, so that what they lead to goes by its own
    name."""
    waiting, links = [folder], list[Path]()
    entered: set[tuple[int, int]] = set()
    while waiting or links:
        path = waiting.pop() if waiting else links.pop(0)
        if not _is_folder(path):
            yield path
            continue
        try:
            place = path.stat()
            own = path != folder and (path / LOCK).exists()
            if own or (place.st_dev, place.st_ino) in entered:
                continue
            entered.add((place.st_dev, place.st_ino))
            inside = [entry for entry in path.iterdir() if not entry.name.startswith(".")]
        except OSError as error:
            yield Failure(
                _name_below(folder, path), _why(error, path), shown(os.path.realpath(path))
            )
            continue
        inside.sort()
        links.extend(entry for entry in inside if entry.is_symlink())
        waiting.extend(entry for entry in reversed(inside) if not entry.is_symlink())


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name too long, a folder above it closed to us: reading it will say which
        return False


def _name_below(folder: Path, path: Path) -> str:
    return shown(path.relative_to(folder).as_posix()) if path != folder else shown(folder.name)


def _read_file(
    path: Path,
    name: str,
    limit: int,
    today: date,
    process: ReadingProcess,
    known: Known,
    columns: tuple[tuple[str, str], ...],
) -> Iterator[Item]:
    identity = shown(os.path.realpath(path))
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise BadArticle("is no ordinary file; give a file or folder")
        kind = format_of(path.name)
        if kind is None:
            of = f'of type "{shown(path.suffix)}"' if path.suffix else "without a type in its name"
            raise BadArticle(f"is {of}; Dateline reads {TYPES}")
        content = Content(kind, b"", identity, name, today, limit, columns)
        if ids := known(path, identity, name):
            yield Unchanged(ids)
        elif kind == "json":
            yield from _told_once(read_lines(path, content, process), name)
        else:
            most = (
                limit * WRAPPED if kind in ("pdf", "docx", "odt", "rtf", "mail", *MANY) else limit
            )
            with path.open("rb") as stream:
                data = stream.read(most + 1)
                size = max(len(data), os.fstat(stream.fileno()).st_size)
            if size > most:
                raise BadArticle(too_large(f"{size / MEGABYTE:.3g} MB", most))
            if not data.strip():
                raise BadArticle("is empty; remove it or fill it")
            yield from _told_once(process.read_all(replace(content, data=data)), name)
    except BadArticle as error:
        yield Failure(name, str(error), identity)
    except (OSError, ValueError) as error:
        yield Failure(name, _why(error, path), identity)


def _why(error: OSError | ValueError, path: Path) -> str:
    if isinstance(error, FileNotFoundError):
        return (
            "is a link to nothing; mend or remove it"
            if path.is_symlink()
            else "does not exist; check the path"
        )
    if isinstance(error, PermissionError):
        return "cannot be read: permission denied; give this user the right to read it"
    said = error.strerror if isinstance(error, OSError) and error.strerror else error
    return f"cannot be read: {said}; check the path and the disk"


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def _told_once(items: Iterable[Item], source: str) -> Iterator[Item]:
    """The items, then what was not understood in all of them: most have the same fields."""
    strange: Counter[str] = Counter()
    for item in items:
        if isinstance(item, Article):
            names = [note for note in item.notes if note.startswith(NOT_UNDERSTOOD)]
            for note in names:
                strange.update(note.removeprefix(NOT_UNDERSTOOD).split(", "))
            notes = tuple(note for note in item.notes if note not in names)
            yield replace(item, notes=notes)
        else:
            yield item
    if strange:
        yield NotUnderstood(source, tuple(strange.most_common()))
