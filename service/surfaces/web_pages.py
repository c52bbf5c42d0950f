"""Serves the web page, the reader page and the API documentation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse
from starlette.staticfiles import StaticFiles

WEB = Path(__file__).parent / "web"


def mount(app: FastAPI) -> None:
    """Adds `/`, `/articles/{id}`, `/docs` and their files, none of them from another host."""

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
    app.mount("/static", StaticFiles(directory=WEB / "static"))
