"""Serves the web page, the reader page, the archive page and the API documentation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Query, Request
from fastapi.responses import FileResponse, HTMLResponse
from starlette.staticfiles import StaticFiles

from ingest.errors import InvalidRequest
from ingest.storage.catalogue import Catalogue
from service.archive_counts import ArchiveFilter, rows
from service.surfaces.archive_page import archive_page

WEB = Path(__file__).parent / "web"


def mount(app: FastAPI, catalogue: Catalogue) -> None:
    """Adds `/`, `/articles/{id}`, `/archive`, `/docs` and their files, none of another host."""

    def page(name: str) -> Callable[[Request], Awaitable[FileResponse]]:
        async def serve(request: Request) -> FileResponse:
            return FileResponse(WEB / name, media_type="text/html; charset=utf-8")

        return serve

    for path, name in (
        ("/", "index.html"),
        ("/articles/{article_id}", "article.html"),
        ("/docs", "docs.html"),
    ):
        app.add_route(path, page(name), include_in_schema=False)
    app.add_api_route(
        "/archive",
        _archive(catalogue),
        include_in_schema=False,
        response_class=HTMLResponse,
        methods=["GET", "HEAD"],
    )
    app.mount("/static", StaticFiles(directory=WEB / "static"))


def _archive(catalogue: Catalogue) -> Callable[..., str]:
    def archive(
        q: Annotated[str, Query(max_length=2_000)] = "",
        publisher: Annotated[list[str], Query(max_length=100)] = [],  # noqa: B006
        published_after: str = "",
        published_before: str = "",
        as_of: str = "",
        article_id: Annotated[list[str], Query(max_length=1_000)] = [],  # noqa: B006
        page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    ) -> str:
        wanted = ArchiveFilter(
            q,
            tuple(filter(None, publisher)),
            _day("published_after", published_after),
            _day("published_before", published_before),
            _day("as_of", as_of),
            tuple(filter(None, article_id)),
        )
        with catalogue.live() as snapshot:
            return archive_page(rows(snapshot, wanted), wanted, page)

    return archive


def _day(name: str, value: str) -> date | None:
    """The day in a field of the form, which an empty field leaves open."""
    try:
        return date.fromisoformat(value) if value else None
    except ValueError as error:
        raise InvalidRequest(f"{name}: send a day as YYYY-MM-DD, or leave it out") from error
