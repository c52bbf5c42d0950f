"""Share links over HTTP: made and revoked with a key, and the page that they open without one."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from ingest.errors import NotFound
from service.contract.problems import problems
from service.surfaces.admission import guards
from service.surfaces.answer_page import answer_view
from service.surfaces.page_templates import page
from service.wiring import Service

# of a page that only those with the link should find, and nobody after it is revoked
HEADERS = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex, nofollow"}
NO_LINK = "this answer has no share link of this key"


class ShareLink(BaseModel):
    url: str = Field(
        description="shows the answer to whoever has it; nobody finds it by trying",
        examples=["https://news.example/s/8pR0…"],
    )


def routes(service: Service) -> APIRouter:
    """`/v1/answers/{id}/share` and `/s/{token}`, bound to one service."""
    router = APIRouter()
    guarded = APIRouter(tags=["Answers"], dependencies=guards(service))
    path = "/v1/answers/{answer_id}/share"
    shown: dict[str, Any] = {"responses": problems(404)}

    def link(request: Request, token: str) -> ShareLink:
        base = service.settings.public_url or str(request.base_url)
        return ShareLink(url=f"{base.rstrip('/')}/s/{token}")

    @guarded.post(path, summary="Make a share link", **shown)
    def share(request: Request, answer_id: str) -> ShareLink:
        """The same link again where there is one. It works without a key until it is revoked."""
        return link(request, service.shares.share(answer_id, request.state.caller))

    @guarded.get(path, summary="The share link", **shown)
    def read(request: Request, answer_id: str) -> ShareLink:
        """404 where this key has made none."""
        token = service.shares.token(answer_id, request.state.caller)
        if token is None:
            raise NotFound(NO_LINK)
        return link(request, token)

    @guarded.delete(
        path,
        summary="Revoke a share link",
        status_code=204,
        response_class=Response,
        **shown,
    )
    def revoke(request: Request, answer_id: str) -> Response:
        """The link leads nowhere at once; the next one is another."""
        if not service.shares.revoke(answer_id, request.state.caller):
            raise NotFound(NO_LINK)
        return Response(status_code=204)

    @router.api_route("/s/{token}", methods=["GET", "HEAD"], include_in_schema=False)
    def shared(request: Request, token: str) -> HTMLResponse:
        answer_id = service.shares.answer_id(token)
        receipt = service.stale_answers.read(answer_id) if answer_id else None
        if receipt is None:
            raise NotFound("this link leads nowhere: it was revoked, or the answer is too old")
        with service.archive.catalogue.live() as snapshot:
            view = answer_view(receipt, snapshot)
        accounts = [
            one["citation"] for conflict in receipt["conflicts"] for one in conflict["accounts"]
        ]
        removed = not all(one["quote"] for one in (*receipt["citations"], *accounts))
        reply = page(request, "shared.html", **view, removed=removed, shared=True)
        reply.headers.update(HEADERS)
        return reply

    router.include_router(guarded)
    return router
