"""The archive as tools, through the official MCP client, over HTTP and over stdin and stdout."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from processes import DATELINE, command, environment, fill, served_process
from running import running
from test_rest import assert_problem

from ingest.pipeline import ingest
from ingest.settings import Settings

COST = "How much did the Orvel bridge cost?"
HEADERS = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}


@pytest.fixture
def http(served: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=served, timeout=60) as client:
        yield client


async def used(client: Client) -> dict[str, Any]:
    """What every tool gives, each checked for text and structured content being the same."""
    tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert list(tools) == ["search", "fetch", "ask"]
    for tool in tools.values():
        assert tool.title and tool.description and tool.output_schema
        assert tool.annotations and tool.annotations.read_only_hint
    assert list(tools["search"].input_schema["properties"]) == ["query", "collections"]
    assert list(tools["fetch"].input_schema["properties"]) == ["id"]

    async def call(name: str, **arguments: Any) -> dict[str, Any]:
        result = await client.call_tool(name, arguments)
        [text] = result.content
        assert not result.is_error and json.loads(text.text) == result.structured_content
        return dict(result.structured_content)

    found = (await call("search", query="Orvel bridge"))["results"]
    article = await call("fetch", id=found[0]["id"])
    return {"found": found, "article": article, "answer": await call("ask", question=COST)}


@pytest.mark.parametrize(
    ("mode", "version"), [("auto", "2026-07-28"), ("legacy", "2025-11-25")]
)  # fmt: skip
def test_the_official_client_searches_fetches_and_asks(
    served: str, mode: str, version: str
) -> None:
    async def session() -> dict[str, Any]:
        async with Client(f"{served}/mcp", mode=mode) as client:
            assert client.protocol_version == version
            return await used(client)

    seen = asyncio.run(session())
    ids = [found["id"] for found in seen["found"]]
    assert len(ids) == len(set(ids))
    for found in seen["found"]:
        assert found["title"] and found["text"] and found["url"].startswith("http")
    article = seen["article"]
    assert article["id"] == ids[0] and "38 million crowns" in article["text"]
    assert article["url"] == f"{served}/articles/{ids[0]}"
    assert article["metadata"]["published_on"] == "2025-03-12"
    answer = seen["answer"]
    assert answer["outcome"] == "answered" and "38 million" in answer["text"]
    for source in answer["sources"]:
        assert f"[{source['number']}]" in answer["text"] and source["url"].startswith("http")
        assert source["quote"] in article["text"]


def test_an_altered_copy_says_so(served: str) -> None:
    async def session() -> list[dict[str, Any]]:
        async with Client(f"{served}/mcp") as client:
            listed = httpx2.get(f"{served}/v1/articles").json()["articles"]
            copies = [a for a in listed if a["family"]["role"] == "altered"]
            results = [await client.call_tool("fetch", {"id": c["article_id"]}) for c in copies]
            return [dict(result.structured_content) for result in results]

    [copy] = asyncio.run(session())
    assert copy["metadata"]["role"] == "altered" and "altered copy" in copy["metadata"]["warning"]


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("search", {}, "query"),
        ("search", {"query": " "}, "query: must not be empty"),
        ("ask", {"question": COST, "as_of": "soon"}, "as_of: must be a calendar day"),
        ("ask", {"question": COST, "depth": 3}, "depth"),
        *(
            ("fetch", {"id": one}, "there is no article of this id")
            for one in ("../../etc", "", "/", ".", "..", "a/..", "?", "#", "%2e%2e", "gone", "é")
        ),
        ("fetch", {"id": 7}, "id"),
    ],
)
def test_bad_arguments_are_told_to_the_model(
    served: str, tool: str, arguments: dict[str, Any], words: str
) -> None:
    async def session() -> Any:
        async with Client(f"{served}/mcp") as client:
            return await client.call_tool(tool, arguments)

    result = asyncio.run(session())
    assert result.is_error and words in result.content[0].text
    assert "Traceback" not in result.content[0].text


def event_data(reply: httpx2.Response) -> dict[str, Any]:
    line = next(line for line in reply.text.splitlines() if line.startswith("data: {"))
    return dict(json.loads(line.removeprefix("data: ")))


@pytest.mark.parametrize("version", ["2024-11-05", "2025-03-26", "2025-06-18"])
def test_a_client_of_an_older_protocol_is_served(http: httpx2.Client, version: str) -> None:
    hello = {
        "protocolVersion": version,
        "capabilities": {},
        "clientInfo": {"name": "old", "version": "1"},
    }
    first = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello}
    reply = http.post("/mcp", json=first, headers=HEADERS)
    assert event_data(reply)["result"]["protocolVersion"] == version
    call = {"name": "search", "arguments": {"query": "dam"}}
    second = {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call}
    reply = http.post("/mcp", json=second, headers={**HEADERS, "MCP-Protocol-Version": version})
    assert event_data(reply)["result"]["structuredContent"]["results"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", -32700),
        (b"{", -32700),
        (b"[]", -32600),
        (b"7", -32600),
        (b"{}", -32600),
        (b'{"jsonrpc": "2.0"}', -32600),
        (b'{"jsonrpc": "2.0", "id": 1, "method": 7}', -32600),
    ],
)
def test_what_is_no_message_is_refused_in_plain_words(
    http: httpx2.Client, body: bytes, code: int
) -> None:
    reply = http.post("/mcp", content=body, headers=HEADERS)
    assert reply.status_code == 400 and reply.json()["error"]["code"] == code
    assert "pydantic" not in reply.text and "input_value" not in reply.text


def test_a_version_nobody_knows_is_refused_with_those_that_are(http: httpx2.Client) -> None:
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    headers = {**HEADERS, "MCP-Protocol-Version": "2031-01-01"}
    reply = http.post("/mcp", json=call, headers=headers)
    assert reply.status_code == 400 and reply.json()["error"]["message"]


def test_it_takes_posts_alone_and_no_page_of_another_site(http: httpx2.Client) -> None:
    assert_problem(http.get("/mcp"), 405, "method_not_allowed")
    assert http.delete("/mcp").headers["allow"] == "POST"
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    foreign = {**HEADERS, "Origin": "https://elsewhere.example"}
    assert_problem(http.post("/mcp", json=call, headers=foreign), 403, "foreign_origin")
    rebound = {**HEADERS, "Host": "news.example"}
    assert_problem(http.post("/mcp", json=call, headers=rebound), 421, "unknown_host")


def test_it_wants_a_key_where_keys_are_set(settings: Settings, newsroom: Path) -> None:
    keyed = settings.model_copy(update={"api_keys": "read"})
    with running(keyed) as (url, service):
        ingest(service.archive, [newsroom])
        assert_problem(httpx2.post(f"{url}/mcp", json={}), 401, "missing_key")

        async def session() -> dict[str, Any]:
            with_key = httpx2.AsyncClient(headers={"Authorization": "Bearer read"}, timeout=60)
            transport = streamable_http_client(f"{url}/mcp", http_client=with_key)
            async with with_key, Client(transport) as client:
                return await used(client)

        assert asyncio.run(session())["answer"]["outcome"] == "answered"


@asynccontextmanager
async def over_stdio(settings: Settings, mode: str) -> AsyncIterator[Client]:
    start = StdioServerParameters(
        command=sys.executable, args=[*DATELINE[1:], "mcp"], env=environment(settings)
    )
    async with Client(stdio_client(start), mode=mode) as client:
        yield client


@pytest.mark.slow
def test_over_stdio_it_is_a_client_of_the_service(settings: Settings, newsroom: Path) -> None:
    fill(settings, newsroom)

    async def session() -> dict[str, Any]:
        async with over_stdio(settings, "auto") as client:
            return await used(client)

    with served_process(settings):
        assert asyncio.run(session())["answer"]["outcome"] == "answered"


@pytest.mark.slow
def test_over_stdio_it_owns_a_directory_that_nobody_serves(
    settings: Settings, newsroom: Path
) -> None:
    fill(settings, newsroom)

    async def session() -> None:
        async with over_stdio(settings, "legacy") as first:
            assert (await used(first))["answer"]["outcome"] == "answered"
            async with over_stdio(settings, "auto") as second:  # a client of the first
                assert (await used(second))["answer"]["outcome"] == "answered"
            asked = await asyncio.to_thread(command, settings, "ask", COST)
            assert asked.returncode == 0 and "38 million" in asked.stdout
            refused = await asyncio.to_thread(command, settings, "serve", "--port", "0")
            assert refused.returncode == 1 and "dateline mcp" in refused.stderr

    asyncio.run(session())
