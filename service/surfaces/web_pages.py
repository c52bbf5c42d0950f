"""Serves the pages that people read: asking, the archive, articles and the API documentation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.responses import FileResponse, HTMLResponse
from starlette.staticfiles import StaticFiles

from ingest.errors import InvalidRequest, NotFound
from service.archive_counts import ArchiveFilter
from service.contract.problems import known_failure, problem_of
from service.surfaces.answer_page import answer_view
from service.surfaces.archive_page import archive_view
from service.surfaces.article_page import article_view, place_in, span_of
from service.surfaces.page_templates import WEB, page
from service.wiring import Service

INGESTS_SHOWN = 5
PROGRAMS = (
    "/v1/",
    "/owner/",
    "/static/",
    "/openapi.json",
    "/healthz",
    "/readyz",
    "/metrics",
    "/mcp",
)


def mount(app: FastAPI, service: Service) -> None:
    """Adds `/`, `/archive`, `/articles/{id}`, `/answers/{id}`, `/docs` and their files."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    for path, name in (
        ("/", "index.html"),
        ("/docs", "docs.html"),
    ):
        router.add_api_route(path, _file(WEB / name), methods=["GET", "HEAD"])
    _archive(router, service)
    _article(router, service)
    _answer(router, service)
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


def _article(router: APIRouter, service: Service) -> None:
    @router.api_route("/articles/{article_id}", methods=["GET", "HEAD"])
    def article(
        request: Request,
        article_id: str,
        span: str = "",
        answer: Annotated[str, Query(max_length=100)] = "",
        citation: Annotated[int, Query(ge=1, le=1_000)] = 1,
    ) -> HTMLResponse:
        with service.archive.catalogue.live() as snapshot:
            stored = snapshot.article(article_id)
            if stored is None:
                raise NotFound("this article is not in the archive; it may have been removed")
            receipt = service.receipts.get(answer) if answer else None
            place = place_in(receipt, stored.article, citation) if receipt else None
            cited = place.cited if place else span_of(span, stored.article)
            view = article_view(stored, snapshot, cited)
        return page(request, "article.html", **view, place=place)


def _answer(router: APIRouter, service: Service) -> None:
    @router.api_route("/answers/{answer_id}", methods=["GET", "HEAD"])
    def answer(request: Request, answer_id: str) -> HTMLResponse:
        service.receipts.forget_removed(service.archive.catalogue)
        receipt = service.receipts.get(answer_id)
        if receipt is None:
            raise NotFound("there is no answer of this id here; it may be too old")
        with service.archive.catalogue.live() as snapshot:
            view = answer_view(receipt, snapshot)
        return page(request, "answer.html", **view)


def failure_page(request: Request, error: Exception) -> HTMLResponse | None:
    """What a reader sees of a failure; None where the address is none that people open."""
    is_page = request.method in ("GET", "HEAD") and not request.url.path.startswith(PROGRAMS)
    if not is_page or "text/html" not in request.headers.get("accept", ""):
        return None
    known = known_failure(error, request.state.request_id)
    detail = str(known)
    return page(
        request,
        "failure.html",
        known.status,
        heading=problem_of(known, request.state.request_id)["title"],
        detail=f"{detail[:1].upper()}{detail[1:]}.",
    )


def _day(name: str, value: str) -> date | None:
    """The day in a field of the form, which an empty field leaves open."""
    try:
        return date.fromisoformat(value) if value else None
    except ValueError as error:
        raise InvalidRequest(f"{name}: send a day as YYYY-MM-DD, or leave it out") from error
