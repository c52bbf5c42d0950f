"""The page on which a reader shows a key once; a signed cookie stands for it until sign-out."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from ingest.errors import Refused
from service.access.session_cookies import COOKIE, SESSION_SECONDS
from service.surfaces.caller_identity import from_our_page
from service.surfaces.page_templates import page
from service.wiring import Service

LONGEST_NEXT = 4_000  # characters of the address to go on to


def routes(service: Service) -> APIRouter:
    """`/sign-in` and `/sign-out`, bound to one service."""
    router = APIRouter(include_in_schema=False)
    public_url = service.settings.public_url

    @router.api_route("/sign-in", methods=["GET", "HEAD"])
    def show(request: Request, next: str = "") -> Response:
        if not service.keys:
            return RedirectResponse(_onward(next), HTTPStatus.SEE_OTHER)
        return page(request, "sign_in.html", next=next[:LONGEST_NEXT], trouble="")

    @router.post("/sign-in")
    async def sign_in(request: Request) -> Response:
        _expect_our_page(request, public_url)
        sent = parse_qs((await request.body()).decode("utf-8", "replace"))
        key, onward = (sent.get(name, [""])[0].strip() for name in ("key", "next"))
        address = request.client.host if request.client else ""
        try:
            shown = service.keys.holder(key.encode()) if key else None
            caller = service.guesses.judge(address, shown)
        except Refused as error:
            reply = _again(request, onward, f"Sorry, {error}.", HTTPStatus.TOO_MANY_REQUESTS)
            reply.headers.update(error.headers or {})
            return reply
        if caller is None:
            return _again(request, onward, "This key is not known here.", HTTPStatus.UNAUTHORIZED)
        signed_in = RedirectResponse(_onward(onward), HTTPStatus.SEE_OTHER)
        signed_in.set_cookie(
            COOKIE,
            service.sessions.cookie(caller.mark),
            max_age=SESSION_SECONDS,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https" or (public_url or "").startswith("https:"),
        )
        return signed_in

    @router.post("/sign-out")
    def sign_out(request: Request) -> Response:
        _expect_our_page(request, public_url)
        signed_out = RedirectResponse("./sign-in", HTTPStatus.SEE_OTHER)
        signed_out.delete_cookie(COOKIE, httponly=True, samesite="lax")
        return signed_out

    return router


def _again(request: Request, onward: str, words: str, status: HTTPStatus) -> HTMLResponse:
    return page(request, "sign_in.html", status, next=onward[:LONGEST_NEXT], trouble=words)


def _onward(next: str) -> str:
    """Below our own front page, whatever `next` says: an address of another site is none here."""
    return "./" + next[:LONGEST_NEXT].lstrip("/\\")


def _expect_our_page(request: Request, public_url: str | None) -> None:
    """A page of another site signs nobody in or out."""
    if not from_our_page(request.headers, public_url):
        raise Refused(
            HTTPStatus.FORBIDDEN, "foreign_origin", "sign in and out on the pages of this service"
        )
