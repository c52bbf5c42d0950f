"""Asks the service that owns the directory, or one opened here while the block runs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Protocol

from ingest import owner_client
from ingest.settings import Settings
from ingest.storage import directory_owner


class Ask(Protocol):
    def __call__(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """The JSON of the reply, None for an empty one; raises what the service reports."""


@contextmanager
def connected(settings: Settings) -> Iterator[Ask]:
    """Asks the service that owns the directory, or the same, opened while the block runs."""
    if directory_owner.serving(settings.data_dir):
        yield lambda method, path, body=None: owner_client.request(
            settings.data_dir, method, path, body
        )
        return
    import httpx2

    from service.app import create_app
    from service.wiring import open_service

    with directory_owner.owning(settings.data_dir, "ask"), open_service(settings) as service:
        transport = httpx2.ASGITransport(create_app(service, private=True))

        async def reply(method: str, path: str, body: dict[str, Any] | None) -> Any:
            try:
                async with httpx2.AsyncClient(
                    transport=transport, base_url="http://dateline", timeout=None
                ) as client:
                    reply = await client.request(method, path, json=body)
            finally:
                await service.answerer.close()  # its loop ends with the request
            if reply.status_code >= 400:
                raise owner_client.reported(reply.json(), reply.status_code)
            return reply.json() if reply.content else None

        yield lambda method, path, body=None: asyncio.run(reply(method, path, body))


@contextmanager
def reading(settings: Settings) -> Iterator[Ask]:
    """Asks as `connected` does. Raises NotFound where there is no archive."""
    from ingest.storage.database import expect_archive

    expect_archive(settings)
    with connected(settings) as ask:
        yield ask


@contextmanager
def staying(settings: Settings, command: str) -> Iterator[Ask]:
    """Asks whoever owns the directory at the time, for as long as the block runs.

    Where nobody does when first asked, this process owns it until the end, and other commands are
    its clients. Raises as `connected` does, with each request.
    """
    with ExitStack() as stack:
        one_at_a_time = threading.Lock()

        def ask(method: str, path: str, body: dict[str, Any] | None = None) -> Any:
            with one_at_a_time:
                if not directory_owner.serving(settings.data_dir):
                    from service.serving.server import serving_privately

                    stack.enter_context(serving_privately(settings, command))
            return owner_client.request(settings.data_dir, method, path, body)

        yield ask


def asked(settings: Settings, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """The reply to one request."""
    with connected(settings) as ask:
        return ask(method, path, body)
