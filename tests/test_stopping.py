"""SIGTERM in the middle of many streams: each ends with its answer or with an error."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import fake_openai
import httpx2
import pytest
from processes import fill, served_process
from test_feedback import COST

from ingest.settings import Settings

STREAMS = 50


@pytest.mark.slow
async def test_fifty_streams_are_drained_and_the_service_ends(
    settings: Settings, newsroom: Path
) -> None:
    fill(settings, newsroom)
    with fake_openai.running() as model:
        model.reply = lambda body: fake_openai.Script(["NO_ANSWER"], delay_seconds=1)
        with served_process(settings, OPENAI_BASE_URL=model.url) as (url, process):
            begun = asyncio.Semaphore(0)

            async def ask(http: httpx2.AsyncClient) -> str:
                said, body = "", {"question": COST, "stream": True}
                async with http.stream("POST", f"{url}/v1/answers", json=body) as reply:
                    assert reply.status_code == 200
                    begun.release()
                    async for piece in reply.aiter_text():
                        said += piece
                return said

            limits = httpx2.Limits(max_connections=STREAMS)
            async with httpx2.AsyncClient(timeout=300, limits=limits) as http:
                asked = [asyncio.create_task(ask(http)) for _ in range(STREAMS)]
                for _ in range(STREAMS):
                    await begun.acquire()
                process.send_signal(signal.SIGTERM)
                ended = await asyncio.gather(*asked)
            assert await asyncio.to_thread(process.wait, 300) == 0
    last = [said.rpartition("event: ")[2].split()[0] for said in ended]
    assert len(last) == STREAMS and set(last) <= {"answer.completed", "error"}, set(last)
