"""Remembers which files an ingest has read, so that the same bytes are not read again.

A digest of the bytes decides, not the time a file was changed: two writes within one tick of the
clock, or a tool that sets times back, would deceive a clock. Hashing a thousand articles takes a
hundredth of the time reading them takes.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.metadata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ingest.storage.source_records import FileRecords
from ingest.types import Article, Failure, Withdrawn

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
    """What earlier ingests found in files, kept beside the catalogue, and what this one finds."""

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


@functools.cache
def way_of_reading() -> str:
    """Changes with our code and with the libraries that read files: another version may see more in
    the same bytes."""
    digest = hashlib.sha256()
    for module in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(module.read_bytes())
    for package in READING_PACKAGES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            digest.update(f"{package} {importlib.metadata.version(package)}\n".encode())
    return digest.hexdigest()
