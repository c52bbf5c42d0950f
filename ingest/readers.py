"""A file or folder comes in; the articles in it go out one by one. The only place that knows source formats."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.articles import article_from as article_from
from ingest.articles import article_of
from ingest.encodings import decode
from ingest.errors import BadArticle
from ingest.feeds import read_lines
from ingest.front_matter import split_front_matter
from ingest.types import Article, Failure

MEGABYTE = 1_000_000  # bytes


@dataclass(frozen=True, slots=True)
class PassedOver:
    """Files of a folder that are of no type we read; `str()` is a sentence for people."""

    folder: str
    count: int
    suffixes: tuple[str, ...]  # in alphabetical order; "" for a name without one

    def __str__(self) -> str:
        files = "1 file was" if self.count == 1 else f"{self.count} files were"
        kinds = ", ".join([suffix or "no type" for suffix in self.suffixes[:5]] + ["…"] * (len(self.suffixes) > 5))
        return f"{files} passed over in {self.folder} ({kinds}); Dateline reads {TYPES}"


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read: where it is, what it is called, and how many bytes one article of it may have."""

    path: Path
    identity: str
    name: str
    limit_bytes: int


def read(path: Path, *, max_article_mb: float) -> Iterator[Article | Failure | PassedOver]:
    """Every article under `path`, a file or a folder with all below it, in the order of their names.

    What cannot be read is a Failure that says why and what to do, never an exception, and the rest goes on. In a folder
    hidden files are skipped, and files of other types are passed over and counted, in one PassedOver at the end.
    """
    limit = int(max_article_mb * MEGABYTE)
    if not _is_folder(path):
        yield from _read_file(path, shown(path.name), limit)
        return
    passed: list[str] = []
    seen: set[str] = set()
    for found in _files_below(path):
        if isinstance(found, Failure):
            yield found
        elif found.suffix.lower() not in FORMATS:
            passed.append(shown(found.suffix.lower()))
        elif (real := os.path.realpath(found)) not in seen:
            seen.add(real)
            yield from _read_file(found, _name_below(path, found), limit)
    if passed:
        yield PassedOver(shown(path.name or str(path)), len(passed), tuple(sorted(set(passed))))


def shown(name: str) -> str:
    """A file name as text that can be stored and shown: bytes that are no UTF-8 and control characters are escaped."""
    name = os.fsencode(name).decode("utf-8", "backslashreplace")
    return _CONTROL.sub(lambda match: f"\\x{ord(match.group()):02x}", name)


def _files_below(folder: Path) -> Iterator[Path | Failure]:
    """Every file below a folder by name; a folder is entered once, so that links in a circle end."""
    waiting = [folder]
    entered: set[tuple[int, int]] = set()
    while waiting:
        path = waiting.pop()
        if not _is_folder(path):
            yield path
            continue
        try:
            place = path.stat()
            if (place.st_dev, place.st_ino) in entered:
                continue
            entered.add((place.st_dev, place.st_ino))
            inside = [entry for entry in path.iterdir() if not entry.name.startswith(".")]
        except OSError as error:
            yield Failure(_name_below(folder, path), _why(error, path))
            continue
        waiting.extend(sorted(inside, reverse=True))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name too long, a folder above it closed to us: reading it will say which
        return False


def _name_below(folder: Path, path: Path) -> str:
    return shown(path.relative_to(folder).as_posix()) if path != folder else shown(folder.name)


def _read_file(path: Path, name: str, limit: int) -> Iterator[Article | Failure]:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise BadArticle("is no ordinary file; give a file or folder")
        reader = FORMATS.get(path.suffix.lower())
        if reader is None:
            kind = f'of type "{shown(path.suffix)}"' if path.suffix else "without a type in its name"
            raise BadArticle(f"is {kind}; Dateline reads {TYPES}")
        yield from reader(Source(path, shown(os.path.realpath(path)), name, limit))
    except BadArticle as error:
        yield Failure(name, str(error))
    except (OSError, ValueError) as error:
        yield Failure(name, _why(error, path))


def _read_text(source: Source) -> Iterator[Article | Failure]:
    yield article_of(_text(source), source.identity, source.name)


def _read_markdown(source: Source) -> Iterator[Article | Failure]:
    fields, text = split_front_matter(_text(source))
    yield article_of(text, source.identity, source.name, fields)


def _read_json_lines(source: Source) -> Iterator[Article | Failure]:
    yield from read_lines(source.path, source.identity, source.name, source.limit_bytes)


def _text(source: Source) -> str:
    with source.path.open("rb") as stream:
        data = stream.read(source.limit_bytes + 1)
        size = max(len(data), os.fstat(stream.fileno()).st_size)
    if size > source.limit_bytes:
        sizes = f"{size / MEGABYTE:.3g} MB, more than the {source.limit_bytes / MEGABYTE:g} MB"
        raise BadArticle(f"has {sizes} one article may have; split it or raise DATELINE_MAX_ARTICLE_MB")
    if not data.strip():
        raise BadArticle("is empty; remove it or fill it")
    return decode(data)


def _why(error: OSError | ValueError, path: Path) -> str:
    if isinstance(error, FileNotFoundError):
        return "is a link to nothing; mend or remove it" if path.is_symlink() else "does not exist; check the path"
    if isinstance(error, PermissionError):
        return "cannot be read: permission denied; give this user the right to read it"
    said = error.strerror if isinstance(error, OSError) and error.strerror else error
    return f"cannot be read: {said}; check the path and the disk"


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

# A new format is one function here.
FORMATS: dict[str, Callable[[Source], Iterator[Article | Failure]]] = {
    ".jsonl": _read_json_lines,
    ".md": _read_markdown,
    ".txt": _read_text,
}
TYPES = ", ".join(FORMATS)
