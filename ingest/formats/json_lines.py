"""Reads JSON Lines: a file line by line."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import BadArticle
from ingest.formats.article_making import MEGABYTE
from ingest.formats.item_files import Item
from ingest.types import Failure, Withdrawn

if TYPE_CHECKING:
    from ingest.formats.reading_process import Content, ReadingProcess


def read_lines(path: Path, file: Content, process: ReadingProcess) -> Iterator[Item]:
    """One article or failure for every line that is not blank. No more than one article is held.

    An article is `source#id`, or `source#L<line>` without id; a failure is always `source#L<line>`.
    Raises OSError where the file cannot be read.
    """
    seen: dict[str, int] = {}
    for number, line in _lines(path, file.limit_bytes):
        place = f"{file.source}#L{number}"
        try:
            if line is None:
                limit = f"{file.limit_bytes / MEGABYTE:g} MB"
                raise BadArticle(
                    f"has more than the {limit} one article may have; shorten it or raise DATELINE_MAX_ARTICLE_MB"
                )
            data = line.encode("utf-8", "surrogateescape")
            (article,) = process.read_all(replace(file, data=data, source=place))
            if isinstance(article, Failure | Withdrawn):
                yield article
                continue
            key = article.identity.removeprefix(f"{file.identity}#")
            if article.source != place and seen.setdefault(key, number) != number:
                raise BadArticle(f'has the id of line {seen[key]}; give each line its own "id"')
            yield article
        except BadArticle as error:
            yield Failure(place, str(error), file.identity)


def _lines(path: Path, limit_bytes: int) -> Iterator[tuple[int, str | None]]:
    """(line number, line), None for a line over the limit, of which the rest is skipped. Blank
    lines are left out."""
    with path.open("rb") as stream:
        wide = stream.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    # a bad byte becomes a mark, so that it costs its line at most
    encoding, errors = ("utf-16", "replace") if wide else ("utf-8-sig", "surrogateescape")
    with path.open(encoding=encoding, errors=errors, newline="\n") as text:
        number = 0
        while line := text.readline(limit_bytes + 2):
            number += 1
            whole = line.endswith("\n")
            size = len(line.encode("utf-8", "surrogateescape"))
            if size <= limit_bytes + whole:
                if not line.isspace():
                    yield number, line
                continue
            while not whole and (rest := text.readline(1_000_000)):
                whole = rest.endswith("\n")
            yield number, None
