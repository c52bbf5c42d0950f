"""Reads JSON Lines: a file line by line, and one line as an article."""

from __future__ import annotations

import codecs
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import BadArticle
from ingest.formats.articles import MEGABYTE, NOT_UNDERSTOOD, ReadPage, article_from
from ingest.formats.encodings import decode
from ingest.types import Article, Failure

if TYPE_CHECKING:
    from ingest.formats.reading_process import Content, ReadingProcess

LONGEST_ID = 300  # characters

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Fields of the lines of a file that say nothing to us; `str()` is a sentence for people."""

    source: str
    counts: tuple[tuple[str, int], ...]  # (name, lines), the most frequent first

    def __str__(self) -> str:
        shown = [f"{name} ({count})" if count > 1 else name for name, count in self.counts[:10]]
        more = ["…"] * (len(self.counts) > 10)
        return f"{self.source} {NOT_UNDERSTOOD}{', '.join(shown + more)}"


def read_lines(
    path: Path, file: Content, process: ReadingProcess
) -> Iterator[Article | Failure | NotUnderstood]:
    """One article or failure for every line that is not blank, then what was not understood. No
    more than one article is held.

    An article is `source#id`, or `source#L<line>` without id; a failure is always `source#L<line>`.
    Raises OSError where the file cannot be read.
    """
    seen: dict[str, int] = {}
    strange: Counter[str] = Counter()
    for number, line in _lines(path, file.limit_bytes):
        place = f"{file.source}#L{number}"
        try:
            if line is None:
                limit = f"{file.limit_bytes / MEGABYTE:g} MB"
                raise BadArticle(
                    f"has more than the {limit} one article may have; shorten it or raise DATELINE_MAX_ARTICLE_MB"
                )
            data = line.encode("utf-8", "surrogateescape")
            article = _told(process.read(replace(file, data=data, source=place)), strange)
            key = article.identity.removeprefix(f"{file.identity}#")
            if article.source != place and seen.setdefault(key, number) != number:
                raise BadArticle(f'has the id of line {seen[key]}; give each line its own "id"')
            yield article
        except BadArticle as error:
            yield Failure(place, str(error), file.identity)
    if strange:
        yield NotUnderstood(file.source, tuple(strange.most_common()))


def _told(article: Article, strange: Counter[str]) -> Article:
    """The article without its note of fields that were not understood, which are counted: a file
    has the same ones in every line."""
    names = [note for note in article.notes if note.startswith(NOT_UNDERSTOOD)]
    for note in names:
        strange.update(note.removeprefix(NOT_UNDERSTOOD).split(", "))
    return replace(article, notes=tuple(note for note in article.notes if note not in names))


def read_line(line: Content, read_page: ReadPage) -> Article:
    """The article of one line, named by its `id` where it has one. Raises BadArticle."""
    try:
        fields = json.loads(decode(line.data))
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
