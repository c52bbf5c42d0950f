"""Requests before any route sees them: origin, keys, and how much and how fast is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2
import pytest
from conftest import DAM
from running import running
from starlette.types import Message
from test_rest import assert_problem
from test_uploads import ended, files

from ingest.errors import Refused
from ingest.pipeline import ingest
from ingest.settings import Settings
from service.surfaces.admission import Incoming, SizeLimit


@pytest.mark.parametrize(
    "origin", ["https://elsewhere.example", "null", "http://127.0.0.1:1", "http://[", ""]
)
def test_a_page_of_another_site_cannot_send_files_through_an_old_browser(
    served: str, origin: str
) -> None:
    reply = httpx2.post(
        f"{served}/v1/articles", files=files(dam_txt=DAM), headers={"Origin": origin}
    )
    assert_problem(reply, 403, "admin_key_required")


def test_our_own_page_can_send_files_through_an_old_browser(settings: Settings) -> None:
    with running(settings) as (url, _), httpx2.Client(base_url=url, timeout=60) as http:
        sent = http.post("/v1/articles", files=files(dam_txt=DAM), headers={"Origin": url})
        assert ended(http, sent)["status"] == "done"


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_a_key_with_letters_beyond_ascii_is_known(settings: Settings, encoding: str) -> None:
    keyed = settings.model_copy(update={"api_keys": "schlüssel-für-leser"})
    with running(keyed) as (url, _):
        for key, status in (("schlüssel-für-leser", 200), ("schlussel-fur-leser", 401)):
            sent = [(b"Authorization", b"Bearer " + key.encode(encoding))]
            assert httpx2.get(f"{url}/v1/articles", headers=sent).status_code == status


def test_headers_of_32_kb_are_read_and_longer_ones_are_a_431(served: str) -> None:
    with httpx2.Client(base_url=served) as http:
        assert http.get("/healthz", headers={"X-Much": "x" * 31_000}).status_code == 200
        for path in ("/healthz", "/v1/search?q=dam"):
            reply = http.get(path, headers={"X-Much": "x" * 33_000})
            assert_problem(reply, 431, "headers_too_large")


def test_an_address_of_128_kb_is_read_and_a_longer_one_is_a_414(served: str) -> None:
    def status(target: str) -> int:
        connection = HTTPConnection(urlsplit(served).netloc, timeout=60)
        connection.request("GET", target)
        return connection.getresponse().status

    assert status("/v1/search?q=" + quote("💧" * 10_000)) == 200
    assert status("/healthz?" + "x" * 132_000) == 414


async def test_a_body_that_comes_too_slowly_is_a_408() -> None:
    async def drip() -> Message:
        await asyncio.sleep(0.05)
        return {"type": "http.request", "body": b"x", "more_body": True}

    incoming = Incoming(drip, seconds=0.3)
    with pytest.raises(Refused) as refused:
        await incoming.whole(SizeLimit(1_000, "too much"))
    assert (refused.value.status, refused.value.code) == (408, "request_timeout")
    assert incoming.late and not incoming.more


async def test_a_large_body_has_more_time_than_a_small_one() -> None:
    pieces = [b"x" * 16_384] * 8

    async def steady() -> Message:
        await asyncio.sleep(0.3)  # all of them take longer than the time that any body has
        return {"type": "http.request", "body": pieces.pop(), "more_body": bool(pieces)}

    assert len(await Incoming(steady, seconds=2).whole(SizeLimit(10**6, ""))) == 8 * 16_384


def test_a_405_names_every_method_of_its_address(served: str) -> None:
    for path, allowed in (
        ("/v1/articles", "GET, POST"),
        ("/v1/articles/0123456789abcdef", "DELETE, GET, PATCH"),
        ("/v1/articles/0123456789abcdef/alterations", "GET"),
        ("/v1/conversations/one", "DELETE, GET, PATCH"),
        ("/v1/answers/one/share", "DELETE, GET, POST"),
        ("/check", "GET, HEAD, POST"),
        ("/healthz", "GET, HEAD"),
        ("/v1/answers", "GET, POST"),
    ):
        reply = httpx2.request("PUT", served + path)
        assert_problem(reply, 405, "method_not_allowed")
        assert reply.headers["allow"] == allowed


def test_the_documentation_asks_for_a_key_only_where_keys_are_set(
    settings: Settings, newsroom: Path
) -> None:
    def wanted(configured: Settings) -> set[Any]:
        with running(configured) as (url, service):
            ingest(service.archive, [newsroom])
            document = httpx2.get(f"{url}/openapi.json").json()
        operations = [one for path in document["paths"].values() for one in path.values()]
        return {str(one.get("security")) for one in operations}

    assert wanted(settings) == {"None", "[{}, {'HTTPBearer': []}]"}  # {}: none will do, too
    keyed = settings.model_copy(update={"api_keys": "reader-key"})
    assert wanted(keyed) == {"None", "[{'HTTPBearer': []}]"}  # None: what is open without a key


@pytest.fixture
def http(served: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=served, timeout=60) as client:
        yield client


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.7:8000", "localhost.evil", "[::"]
)
def test_without_keys_no_other_name_leads_in(http: httpx2.Client, host: str) -> None:
    """A page whose name was made to lead to 127.0.0.1 must not read the archive as its own origin."""
    assert_problem(http.get("/v1/articles", headers={"Host": host}), 421, "unknown_host")


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8000", "127.0.0.1:1", "[::1]:8000", "127.9.9.9"]
)
def test_without_keys_this_machine_is_answered_under_each_of_its_names(
    http: httpx2.Client, host: str
) -> None:
    assert http.get("/healthz", headers={"Host": host}).status_code == 200
    assert http.head("/healthz", headers={"Host": host}).status_code == 200
