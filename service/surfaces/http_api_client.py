"""Asks a Dateline service over its HTTP API, as another program would."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx2

from ingest.errors import DatelineError, NotReady
from ingest.owner_client import reported
from ingest.storage import directory_owner
from service.contract.response_bodies import answer_of
from service.types import Answer

SILENT_SECONDS = 60.0  # an answer's stream says something every 15 seconds


class DatelineClient:
    """One service: that of `url`, else the owner of `data_dir` over its private socket.

    Every call raises DatelineError with the service's own words, or NotReady where it cannot be
    reached.
    """

    def __init__(self, data_dir: Path, url: str | None = None, key: str = ""):
        self.name = url or f"the service that owns {data_dir}"
        self._socket = contextlib.ExitStack()
        transport = None
        if url is None:
            path = self._socket.enter_context(directory_owner.address_of(data_dir))
            transport = httpx2.AsyncHTTPTransport(uds=path)
        self._http = httpx2.AsyncClient(
            base_url=url or "http://dateline",
            transport=transport,
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=SILENT_SECONDS,
            trust_env=False,
        )

    async def close(self) -> None:
        await self._http.aclose()
        self._socket.close()

    async def ask(self, question: dict[str, Any]) -> AsyncGenerator[str | Answer]:
        """The answer's sentences as they are checked, then the whole answer.

        The body is that of `POST /v1/answers`. Closing the iterator early ends the work.
        """
        answer_id = ""
        try:
            async with contextlib.aclosing(self._events(question | {"stream": True})) as events:
                async for event, data in events:
                    if event == "answer.started":
                        answer_id = data["id"]
                    elif event == "answer.delta":
                        yield data["text"]
                    elif event == "answer.completed":
                        answer_id = ""
                        yield answer_of(data)
                        return
                    elif event == "error":
                        answer_id = ""
                        raise reported(data, int(data.get("status", 500)))
        except httpx2.HTTPError as error:
            raise self._unreachable(error) from error
        finally:
            if answer_id:  # without a word the service would go on for a while
                with contextlib.suppress(DatelineError):
                    await self.call("DELETE", f"/v1/answers/{answer_id}/events")
        raise NotReady("the answer ended early; ask again")

    async def _events(self, body: dict[str, Any]) -> AsyncGenerator[tuple[str, Any]]:
        """The name and the data of each server-sent event."""
        async with self._http.stream("POST", "/v1/answers", json=body) as reply:
            if reply.status_code >= 400:
                await reply.aread()
                raise _reported(reply)
            event = ""
            async for line in reply.aiter_lines():
                name, _, value = line.partition(": ")
                if name == "event":
                    event = value
                elif name == "data":
                    yield event, json.loads(value)

    async def call(self, method: str, path: str, **sent: Any) -> Any:
        """The JSON of a reply, None for an empty one."""
        try:
            reply = await self._http.request(method, path, **sent)
        except httpx2.HTTPError as error:
            raise self._unreachable(error) from error
        if reply.status_code >= 400:
            raise _reported(reply)
        return reply.json() if reply.content else None

    async def receipt(self, answer_id: str) -> Answer:
        """Raises NotFound's words where the answer is kept no longer."""
        return answer_of(await self.call("GET", f"/v1/answers/{answer_id}"))

    def _unreachable(self, error: Exception) -> NotReady:
        return NotReady(
            f"{self.name} does not answer ({type(error).__name__}): see that it runs, and that "
            "DATELINE_URL is its address"
        )


def _reported(reply: httpx2.Response) -> DatelineError:
    try:
        problem = reply.json()
    except ValueError:
        problem = {}
    return reported(problem if isinstance(problem, dict) else {}, reply.status_code)
