"""Follows the archive while a service runs: marks stale answers, asks saved questions again, tells webhooks."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from ingest.errors import DatelineError
from ingest.web.http_client import Client
from service.wiring import Service

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0  # between two looks for what was published, or is due to be sent


async def follow(service: Service) -> None:
    """Until the service stops."""
    with Client(service.settings) as client:
        while not service.stopping.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(service.stopping.wait(), LOOK_SECONDS)
            if service.stopping.is_set():
                return
            for step in (
                asyncio.to_thread(service.stale_answers.catch_up),
                service.saved_questions.ask_again(),
                asyncio.to_thread(service.events.send, client.post),
            ):
                try:
                    await step
                except DatelineError as error:
                    log.warning("what is to be told is looked for again: %s", error)
                except Exception:  # the rim: answers go on, whatever fails here
                    log.exception("what is to be told is looked for again")
