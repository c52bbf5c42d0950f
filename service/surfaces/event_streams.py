"""An answer's events for whoever waits for them: kept alive, and stopped when nobody listens."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing
from typing import Any, TypeVar

from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from starlette.requests import ClientDisconnect, Request
from starlette.responses import StreamingResponse

from ingest.errors import DatelineError, NotReady
from service.contract.problems import known_failure
from service.types import Answer, Completed, Event

# what the SSE specification advises against proxies that close silent connections
EVENT_STREAM = "text/event-stream"
PING_SECONDS = 15.0
STOPPING_GRACE_SECONDS = 3.0  # an answer that is nearly done may finish while the service stops

T = TypeVar("T")


class _End:
    """No event follows."""


async def paced(
    events: AsyncIterator[T],
    request: Request,
    stopping: asyncio.Event,
    ping_seconds: float = PING_SECONDS,
) -> AsyncGenerator[T | None]:
    """The events as they come; None after every `ping_seconds` without one.

    Raises NotReady when the service stops and ClientDisconnect when the client goes away; both,
    and closing this iterator, cancel the work behind `events`.
    """
    queue: asyncio.Queue[T | _End | BaseException] = asyncio.Queue()

    async def pump() -> None:
        try:
            async for event in events:
                queue.put_nowait(event)
            queue.put_nowait(_End())
        except (asyncio.CancelledError, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001  raised again below; a panic included
            queue.put_nowait(error)

    async def tell_stopping() -> None:
        await stopping.wait()
        await asyncio.sleep(STOPPING_GRACE_SECONDS)
        queue.put_nowait(NotReady("the service is stopping; ask again when it is back"))

    async def tell_gone() -> None:
        await gone(request)
        queue.put_nowait(ClientDisconnect())

    # One task runs all of `events`: time limits and cancel scopes inside them belong to the task
    # that opened them.
    tasks = [asyncio.create_task(task()) for task in (pump, tell_stopping, tell_gone)]
    try:
        while True:
            try:
                async with asyncio.timeout(ping_seconds):
                    item = await queue.get()
            except TimeoutError:
                yield None
                continue
            if isinstance(item, _End):
                return
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def gone(request: Request) -> None:
    """Returns when the client has closed its connection."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def collected(events: AsyncGenerator[Event | None]) -> Answer:
    """The whole answer: the stream, collected."""
    async with aclosing(events):
        async for event in events:
            if isinstance(event, Completed):
                return event.answer
    raise NotReady("the answer ended early; ask again")


async def streamed(
    events: AsyncGenerator[T],
    frames: Callable[[T], list[bytes]],
    failure: Callable[[DatelineError], bytes],
    request_id: str,
) -> StreamingResponse:
    """Events as frames; a failure before the first is an ordinary error, later a frame."""

    async def framed() -> AsyncIterator[bytes]:
        begun = False
        try:
            async with aclosing(events):
                async for event in events:
                    for made in frames(event):
                        yield made
                        begun = True
        except ClientDisconnect:
            return
        except Exception as error:
            if not begun:
                raise
            yield failure(known_failure(error, request_id))

    sent = framed()
    first = await anext(sent, None)
    if first is None:
        raise ClientDisconnect

    async def whole() -> AsyncIterator[bytes]:
        yield first
        async for made in sent:
            yield made

    headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    return StreamingResponse(whole(), headers=headers, media_type=EVENT_STREAM)


def frame(data: Mapping[str, Any], event: str | None = None, number: int | None = None) -> bytes:
    """One server-sent event, with its number as the id to go on from."""
    return format_sse_event(
        data_str=json.dumps(data, ensure_ascii=False, separators=(",", ":")),
        event=event,
        id=None if number is None else str(number),
    )


PING = KEEPALIVE_COMMENT
DONE = format_sse_event(data_str="[DONE]")
