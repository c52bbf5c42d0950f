"""A file or folder comes in; the articles in it go out one by one. The only place that knows source formats."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ingest.errors import BadArticle
from ingest.formats.articles import article_from as article_from
from ingest.formats.articles import article_of, with_fields
from ingest.formats.encodings import decode
from ingest.formats.extraction import Extraction
from ingest.formats.front_matter import split_front_matter
from ingest.formats.json_lines import read_lines
from ingest.types import Article, Extract, Failure

MEGABYTE = 1_000_000  # bytes
WRAPPED = 20  # PDF and Word files hold pictures and fonts: their text is what is measured, they may have this much more


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


Item = Article | Failure | PassedOver | Unchanged
Known = Callable[
    [Path, str, str], tuple[str, ...]
]  # a file, where it is, its source → ids of what it gave; () to read


def _none_is_known(path: Path, identity: str, name: str) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read: where it is, what it is called, how many bytes one article of it may have, and by what."""

    path: Path
    identity: str
    name: str
    limit_bytes: int
    today: date
    extraction: Extraction


def read(
    path: Path, *, max_article_mb: float, today: date | None = None, known: Known = _none_is_known
) -> Iterator[Item]:
    """Every article under `path`, a file or a folder with all below it, in the order of their names, links last.

    What cannot be read is a Failure that says why and what to do, never an exception, and the rest goes on. In a folder
    hidden files are skipped, and files of other types are passed over and counted, in one PassedOver at the end.
    `today` is the clock: a date to come is not believed, and an Article's `notes` say so. A file that `known` names
    articles of is not read: in its place comes one Unchanged.
    """
    with Extraction() as extraction:
        yield from _read(
            path, int(max_article_mb * MEGABYTE), today or date.today(), extraction, known
        )


def _read(
    path: Path, limit: int, today: date, extraction: Extraction, known: Known
) -> Iterator[Item]:
    if not _is_folder(path):
        yield from _read_file(path, shown(path.name), limit, today, extraction, known)
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
            yield from _read_file(found, _name_below(path, found), limit, today, extraction, known)
    if passed:
        yield PassedOver(shown(path.name or str(path)), len(passed), tuple(sorted(set(passed))))


def count(path: Path) -> int:
    """How many articles `read` will come to, for whoever shows progress; 0 where only reading tells, as of JSONL."""
    files = [
        found
        for found in _files_below(path)
        if isinstance(found, Path) and found.suffix.lower() in FORMATS
    ]
    return 0 if any(found.suffix.lower() == ".jsonl" for found in files) else len(files)


def shown(name: str) -> str:
    """A file name as text that can be stored and shown: bytes that are no UTF-8 and control characters are escaped."""
    name = os.fsencode(name).decode("utf-8", "backslashreplace")
    return _CONTROL.sub(lambda match: f"\\x{ord(match.group()):02x}", name)


def _files_below(folder: Path) -> Iterator[Path | Failure]:
    """Every file below a folder by name. A folder is entered once, so that links in a circle end; links come last, so
    that what they lead to goes by its own name."""
    waiting, links = [folder], list[Path]()
    entered: set[tuple[int, int]] = set()
    while waiting or links:
        path = waiting.pop() if waiting else links.pop(0)
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
            yield Failure(_name_below(folder, path), _why(error, path), _identity(path))
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
    path: Path, name: str, limit: int, today: date, extraction: Extraction, known: Known
) -> Iterator[Article | Failure | Unchanged]:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise BadArticle("is no ordinary file; give a file or folder")
        reader = FORMATS.get(path.suffix.lower())
        if reader is None:
            kind = (
                f'of type "{shown(path.suffix)}"' if path.suffix else "without a type in its name"
            )
            raise BadArticle(f"is {kind}; Dateline reads {TYPES}")
        identity = _identity(path)
        if ids := known(path, identity, name):
            yield Unchanged(ids)
        else:
            yield from reader(Source(path, identity, name, limit, today, extraction))
    except BadArticle as error:
        yield Failure(name, str(error), _identity(path))
    except (OSError, ValueError) as error:
        yield Failure(name, _why(error, path), _identity(path))


def _identity(path: Path) -> str:
    return shown(os.path.realpath(path))


def _read_text(source: Source) -> Iterator[Article | Failure]:
    yield _article(source, Extract(decode(_bytes(source, source.limit_bytes))))


def _read_markdown(source: Source) -> Iterator[Article | Failure]:
    fields, text = split_front_matter(decode(_bytes(source, source.limit_bytes)))
    yield _article(source, with_fields(Extract(text), fields))


def _read_json_lines(source: Source) -> Iterator[Article | Failure]:
    yield from read_lines(
        source.path,
        source.identity,
        source.name,
        source.limit_bytes,
        today=source.today,
        extraction=source.extraction,
    )


def _read_html(source: Source) -> Iterator[Article | Failure]:
    yield _article(source, _extract(source, "html", source.limit_bytes))


def _read_pdf(source: Source) -> Iterator[Article | Failure]:
    yield _article(source, _extract(source, "pdf", source.limit_bytes * WRAPPED))


def _read_docx(source: Source) -> Iterator[Article | Failure]:
    yield _article(source, _extract(source, "docx", source.limit_bytes * WRAPPED))


def _extract(source: Source, kind: str, most_bytes: int) -> Extract:
    """What a file says that a process of its own reads; its text, too, is at most what one article may have."""
    extract = source.extraction.extract(kind, _bytes(source, most_bytes), source.limit_bytes)
    size = len(extract.text.encode("utf-8", "surrogatepass"))
    if size > source.limit_bytes:
        raise BadArticle(_too_large(f"{size / MEGABYTE:.3g} MB of text", source.limit_bytes))
    return extract


def _article(source: Source, extract: Extract) -> Article:
    return article_of(extract, source.identity, source.name, source.today)


def _bytes(source: Source, most_bytes: int) -> bytes:
    with source.path.open("rb") as stream:
        data = stream.read(most_bytes + 1)
        size = max(len(data), os.fstat(stream.fileno()).st_size)
    if size > most_bytes:
        raise BadArticle(_too_large(f"{size / MEGABYTE:.3g} MB", most_bytes))
    if not data.strip():
        raise BadArticle("is empty; remove it or fill it")
    return data


def _too_large(what: str, most_bytes: int) -> str:
    most = f"{most_bytes / MEGABYTE:g} MB"
    return f"has {what}, more than the {most} one article may have; split it or raise DATELINE_MAX_ARTICLE_MB"


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

# A new format is one function here.
FORMATS: dict[str, Callable[[Source], Iterator[Article | Failure]]] = {
    ".docx": _read_docx,
    ".htm": _read_html,
    ".html": _read_html,
    ".jsonl": _read_json_lines,
    ".md": _read_markdown,
    ".pdf": _read_pdf,
    ".txt": _read_text,
}
TYPES = ", ".join(FORMATS)
