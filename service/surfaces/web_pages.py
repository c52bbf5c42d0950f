"""Serves the pages that people read: asking, the archive, articles and the API documentation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.responses import FileResponse, HTMLResponse
from starlette.staticfiles import StaticFiles

from ingest.errors import InvalidRequest
from service.archive_counts import ArchiveFilter
from service.surfaces.archive_page import archive_view
from service.surfaces.page_templates import WEB, page
from service.wiring import Service

INGESTS_SHOWN = 5


def mount(app: FastAPI, service: Service) -> None:
    """Adds `/`, `/archive`, `/articles/{id}`, `/docs` and their files, none of another host."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    for path, name in (
        ("/", "index.html"),
        ("/articles/{article_id}", "article.html"),
        ("/docs", "docs.html"),
    ):
        router.add_api_route(path, _file(WEB / name), methods=["GET", "HEAD"])
    _archive(router, service)
    app.include_router(router)
    app.mount("/static", StaticFiles(directory=WEB / "static"))


def _file(path: Path) -> Callable[[], Awaitable[FileResponse]]:
    async def serve() -> FileResponse:
        return FileResponse(path, media_type="text/html; charset=utf-8")

    return serve


def _archive(router: APIRouter, service: Service) -> None:
    @router.api_route("/archive", methods=["GET", "HEAD"])
    def archive(
        request: Request,
        q: Annotated[str, Query(max_length=2_000)] = "",
        publisher: Annotated[list[str], Query(max_length=100)] = [],  # noqa: B006
        published_after: str = "",
        published_before: str = "",
        as_of: str = "",
        article_id: Annotated[list[str], Query(max_length=1_000)] = [],  # noqa: B006
        sort: Literal["newest", "oldest", "title", "outlet"] = "newest",
        number: Annotated[int, Query(alias="page", ge=1, le=1_000_000)] = 1,
    ) -> HTMLResponse:
        wanted = ArchiveFilter(
            q,
            tuple(filter(None, publisher)),
            _day("published_after", published_after),
            _day("published_before", published_before),
            _day("as_of", as_of),
            tuple(filter(None, article_id)),
        )
        with service.archive.catalogue.live() as snapshot:
            view = archive_view(snapshot, wanted, sort, number)
        ingests = service.archive.reports.latest(INGESTS_SHOWN)
        return page(request, "archive.html", **view, ingests=ingests)


def _day(name: str, value: str) -> date | None:
    """The day in a field of the form, which an empty field leaves open."""
    try:
        return date.fromisoformat(value) if value else None
    except ValueError as error:
        raise InvalidRequest(f"{name}: send a day as YYYY-MM-DD, or leave it out") from error
