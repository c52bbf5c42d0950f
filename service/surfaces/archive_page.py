"""Writes the archive page: which articles there are, as plain HTML that needs no JavaScript."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from html import escape
from urllib.parse import urlencode

from ingest.english.periods import in_words
from service.archive_counts import ArchiveFilter, ArchiveRow, outlets, stories

PAGE_ROWS = 50


def archive_page(found: Sequence[ArchiveRow], wanted: ArchiveFilter, page: int) -> str:
    """The whole page; `page` counts from 1. Every word of an article is escaped."""
    pages = max(1, -(-len(found) // PAGE_ROWS))
    page = min(page, pages)
    shown = found[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    return _PAGE.format(
        form=_form(wanted),
        summary=escape(_summary(found)),
        outlets="".join(_outlet(name, number, wanted) for name, number in outlets(found)),
        articles="".join(map(_row, shown)),
        paging=" · ".join(_paging(wanted, page, pages)),
    )


def _summary(found: Sequence[ArchiveRow]) -> str:
    told = stories(found)
    days = [row.published_on for row in found if row.published_on]
    words = (
        f"{len(found)} article{'s' * (len(found) != 1)}, "
        f"{told} {'story' if told == 1 else 'stories'}"
    )
    if days:
        words += f", published from {in_words(min(days))} to {in_words(max(days))}"
    if len(days) < len(found):
        words += f", {len(found) - len(days)} undated"
    return words


def _form(wanted: ArchiveFilter) -> str:
    def field(name: str, label: str, value: str, kind: str) -> str:
        return (
            f'<p><label for="{name}">{label}</label> '
            f'<input id="{name}" name="{name}" type="{kind}" value="{escape(value)}"></p>'
        )

    after, before = wanted.published_after, wanted.published_before
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in (
            *(("publisher", one) for one in wanted.publisher[1:]),
            *(("article_id", one) for one in wanted.article_id),
            *((("as_of", wanted.as_of.isoformat()),) if wanted.as_of else ()),
        )
    )
    return (
        field("q", "Words in title or text", wanted.q, "search")
        + field("publisher", "Outlet", wanted.publisher[0] if wanted.publisher else "", "text")
        + field("published_after", "From", after.isoformat() if after else "", "date")
        + field("published_before", "Up to", before.isoformat() if before else "", "date")
        + hidden
    )


def _outlet(name: str, number: int, wanted: ArchiveFilter) -> str:
    link = _link(replace(wanted, publisher=(name,)))
    return f'<li><a href="{link}">{escape(name)}</a> ({number})</li>'


def _row(row: ArchiveRow) -> str:
    day: date | None = row.published_on
    outlet = escape(row.publisher or "outlet unknown")
    when = in_words(day) if day else "undated"
    return (
        f'<li><a href="articles/{escape(row.article_id)}">{escape(row.title)}</a> '
        f'<span class="note">{outlet}, {when}</span></li>'
    )


def _paging(wanted: ArchiveFilter, page: int, pages: int) -> Iterator[str]:
    if page > 1:
        yield f'<a rel="prev" href="{_link(wanted, page - 1)}">Previous page</a>'
    yield f"Page {page} of {pages}"
    if page < pages:
        yield f'<a rel="next" href="{_link(wanted, page + 1)}">Next page</a>'


def _link(wanted: ArchiveFilter, page: int = 1) -> str:
    given = wanted.given() | ({"page": page} if page > 1 else {})
    return escape("archive?" + urlencode(given, doseq=True))


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>The archive: Dateline</title>
<link rel="icon" href="static/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="static/page.css">
</head>
<body>
<header class="masthead">
  <a class="wordmark" href="./">Dateline</a>
  <a class="holdings" href="./">Ask the archive</a>
</header>
<main>
  <h1>The archive</h1>
  <form class="notice" action="archive" method="get">{form}<button type="submit">Show</button></form>
  <p id="total" class="status">{summary}</p>
  <details><summary>Outlets</summary><ul class="headlines">{outlets}</ul></details>
  <ul class="headlines">{articles}</ul>
  <p class="note">{paging}</p>
</main>
</body>
</html>
"""
