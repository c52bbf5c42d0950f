"""Fills the templates of the web pages; whatever an article says stays text in them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ingest.english.periods import in_words
from service.surfaces.source_links import is_web_address

WEB = Path(__file__).parent / "web"


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """One page; `root` in its template leads from the page's address to the front page.

    Addresses are relative, so that a service behind a path of another site works too.
    """
    depth = (request.scope.get("raw_path") or request.url.path.encode()).count(b"/") - 1
    html = _TEMPLATES.get_template(template).render(
        root="../" * depth or "./",
        may_write=request.state.may_write,
        signed_in=bool(request.state.caller),
        **values,
    )
    return HTMLResponse(html, status)


def _day(value: date | str | None) -> str:
    """A day in words, from a date or from the API's JSON."""
    if isinstance(value, str):
        value = date.fromisoformat(value)
    return in_words(value) if value else "undated"


def _moment(value: str) -> str:
    moment = datetime.fromisoformat(value).astimezone(UTC)
    return f"{in_words(moment.date())}, {moment:%H:%M} UTC"


def _by_article(citations: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Citations of one article together, in the order of their first numbers."""
    found: dict[str, list[dict[str, Any]]] = {}
    for citation in citations:
        found.setdefault(citation["article_id"], []).append(citation)
    return list(found.values())


_TEMPLATES = Environment(
    loader=FileSystemLoader(WEB / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters.update(
    by_article=_by_article,
    # "3 articles", "1 story"
    counted=lambda n, one, many="": f"{n:,} {one if n == 1 else many or one + 's'}",
    day=_day,
    moment=_moment,
    query=lambda values: urlencode(values, doseq=True),
    web_address=lambda url: url if url and is_web_address(url) else None,
)
