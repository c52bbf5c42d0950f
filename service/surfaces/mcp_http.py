"""The Model Context Protocol at `/mcp`; its package is loaded when somebody first asks for it."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable
from functools import cache
from typing import Any

import httpx2
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from ingest.errors import Refused
from ingest.owner_client import reported
from service.surfaces.event_streams import gone
from service.wiring import Service


class McpEndpoint:
    """An ASGI app; `api` makes the REST API without keys, which the tools call in process."""

    def __init__(self, service: Service, api: Callable[[], ASGIApp]):
        self._service = service
        self._api = cache(api)  # made where a tool is called first

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises Refused for a page of another site. Ends when the client goes away."""
        request = Request(scope, receive)
        settings = self._service.settings
        allowed = request.headers.get("origin", "").lower() in settings.allowed_origins
        if not (self._service.keys or allowed or request.state.may_write):
            raise Refused(403, "foreign_origin", "pages of other sites may not use this address")
        # a second of imports, off the loop, that only those who use it wait for
        mcp = await asyncio.to_thread(importlib.import_module, "service.surfaces.mcp")
        archive = mcp.Archive(self._ask, settings.public_url or str(request.base_url))
        body = await request.body()
        left = asyncio.create_task(gone(request))
        work = asyncio.create_task(mcp.respond(archive, body, scope, _once(body, left), send))
        try:
            await asyncio.wait({work, left}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                await work
        finally:
            for task in (work, left):
                task.cancel()
            await asyncio.gather(work, left, return_exceptions=True)

    async def _ask(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        async with httpx2.AsyncClient(
            transport=httpx2.ASGITransport(self._api()), base_url="http://dateline", timeout=None
        ) as client:
            reply = await client.request(method, path, json=body)
        if reply.status_code >= 400:
            raise reported(reply.json(), reply.status_code)
        return reply.json()


def _once(body: bytes, left: asyncio.Task[None]) -> Receive:
    """The body, then silence until the client has left."""
    told = False

    async def receive() -> dict[str, Any]:
        nonlocal told
        if not told:
            told = True
            return {"type": "http.request", "body": body, "more_body": False}
        await asyncio.wait({left})
        return {"type": "http.disconnect"}

    return receive
