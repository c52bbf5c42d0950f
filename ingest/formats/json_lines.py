"""Reads JSON Lines: a file line by line, and one line as an article."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import BadArticle
from ingest.formats.articles import MEGABYTE, ReadPage, article_from
from ingest.types import Article, Failure

if TYPE_CHECKING:
    from ingest.formats.reading_process import Content, ReadingProcess

LONGEST_ID = 300  # characters

_NOT_UTF8 = re.compile("[\udc80-\udcff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def read_lines(path: Path, file: Content, process: ReadingProcess) -> Iterator[Article | Failure]:
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
            if _NOT_UTF8.search(line):
                raise BadArticle("is not UTF-8; save the file as UTF-8")
            article = process.read(replace(file, data=line.encode(), source=place))
            key = article.identity.removeprefix(f"{file.identity}#")
            if article.source != place and seen.setdefault(key, number) != number:
                raise BadArticle(f'has the id of line {seen[key]}; give each line its own "id"')
            yield article
        except BadArticle as error:
            yield Failure(place, str(error), file.identity)


def read_line(line: Content, read_page: ReadPage) -> Article:
    """The article of one line, named by its `id` where it has one. Raises BadArticle."""
    try:
        fields = json.loads(line.data)
    except json.JSONDecodeError as error:
        raise BadArticle(
            f"is no JSON ({error.msg} at column {error.colno}); correct or remove the line"
        ) from error
    except (ValueError, RecursionError) as error:
        raise BadArticle(
            "is JSON nested too deep or with a number too long; correct or remove the line"
        ) from error
    if not isinstance(fields, dict):
        raise BadArticle('is no JSON object; write {"title": …, "text": …}')
    name, _, mark = line.source.rpartition("#")
    if (key := fields.get("id")) not in (None, ""):
        if isinstance(key, bool) or not isinstance(key, (str, int)):
            raise BadArticle(
                '"id" is neither a string nor a whole number; correct it or leave it out'
            )
        if len(mark := str(key)) > LONGEST_ID or _CONTROL.search(mark):
            raise BadArticle(
                f'"id" holds control characters or is longer than {LONGEST_ID}; '
                "correct it or leave it out"
            )
    return article_from(
        fields, f"{line.identity}#{mark}", f"{name}#{mark}", today=line.today, read_page=read_page
    )


def _lines(path: Path, limit_bytes: int) -> Iterator[tuple[int, str | None]]:
    """(line number, line), None for a line over the limit, of which the rest is skipped. Blank
    lines are left out."""
    with path.open("rb") as stream:
        wide = stream.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    # a bad byte becomes a mark that is looked for later, so that the lines after it are read
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
