"""Replies to reads of the archive carry an ETag; who has the reply already gets a 304."""

from __future__ import annotations

import hashlib
import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# What everybody with a key sees alike; answers and conversations are nobody's to keep.
SHARED = re.compile(r"/v1/(?:articles|search|models)(?:/|$)|/openapi\.json$")


class Conditional:
    """ASGI middleware. The tag is that of the bytes: whatever changes them changes it."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        reads = scope["type"] == "http" and scope["method"] == "GET"
        if not reads or not SHARED.match(scope["path"]):
            await self.app(scope, receive, send)
            return
        known = Headers(scope=scope).get("if-none-match", "")
        begun: Message = {}
        body = b""

        async def tagged(message: Message) -> None:
            nonlocal begun, body
            if message["type"] == "http.response.start":
                begun = message
                return
            body += message.get("body", b"")
            if message.get("more_body", False):
                return
            if begun["status"] == 200:
                tag = f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'
                headers = MutableHeaders(scope=begun)
                headers["ETag"] = tag
                headers["Cache-Control"] = "private, no-cache"
                if known == "*" or tag in re.findall(r'"[^"]*"', known):
                    begun["status"], body = 304, b""
                    del headers["content-length"]
                    del headers["content-type"]
            await send(begun)
            await send({"type": "http.response.body", "body": body})

        await self.app(scope, receive, tagged)
