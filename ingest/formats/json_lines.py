"""A JSON Lines file comes in; its articles, or what is wrong with a line, go out one by one."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from ingest.errors import BadArticle
from ingest.formats.articles import article_from
from ingest.formats.extraction import Extraction
from ingest.types import Article, Failure

LONGEST_ID = 300  # characters

_SURROGATE = re.compile("[\udc80-\udcff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def read_lines(
    path: Path, identity: str, name: str, limit_bytes: int, *, today: date, extraction: Extraction
) -> Iterator[Article | Failure]:
    """One article or failure for every line that is not blank. No more than `limit_bytes` of a line is held.

    An article is `name#id`, or `name#L<line>` without id; a failure is always `name#L<line>`. Raises OSError where the
    file cannot be read.
    """
    seen: dict[str, int] = {}
    for number, line in _lines(path, limit_bytes):
        place = f"#L{number}"
        try:
            fields = _fields(line, limit_bytes)
            key = _id(fields)
            if key is not None:
                if key in seen:
                    raise BadArticle(f'has the id of line {seen[key]}; give each line its own "id"')
                seen[key] = number
            mark = f"#{key}" if key is not None else place
            yield article_from(
                fields, identity + mark, name + mark, today=today, extraction=extraction
            )
        except BadArticle as error:
            yield Failure(name + place, str(error), identity)


def _lines(path: Path, limit_bytes: int) -> Iterator[tuple[int, str | None]]:
    """(line number, line), None for a line over the limit, of which the rest is skipped. Blank lines are left out."""
    with path.open("rb") as stream:
        wide = stream.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    # a bad byte becomes a mark that `_fields` reports, so that the lines after it are read
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


def _fields(line: str | None, limit_bytes: int) -> dict[str, object]:
    if line is None:
        limit = f"{limit_bytes / 1_000_000:g} MB"
        raise BadArticle(
            f"has more than the {limit} one article may have; shorten it or raise DATELINE_MAX_ARTICLE_MB"
        )
    if _SURROGATE.search(line):
        raise BadArticle("is not UTF-8; save the file as UTF-8")
    try:
        fields = json.loads(line)
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
    return fields


def _id(fields: dict[str, object]) -> str | None:
    key = fields.get("id")
    if key is None or key == "":
        return None
    if isinstance(key, bool) or not isinstance(key, (str, int)):
        raise BadArticle('"id" is neither a string nor a whole number; correct it or leave it out')
    if len(words := str(key)) > LONGEST_ID or _CONTROL.search(words):
        raise BadArticle(
            f'"id" holds control characters or is longer than {LONGEST_ID}; correct it or leave it out'
        )
    return words
