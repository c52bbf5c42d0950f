"""Share links: an answer for whoever has the link, as it was given, until it is revoked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from chromium import Opening
from running import running
from test_conversations import asked, begun
from test_feedback import COST, key
from test_rest import assert_problem

from ingest.pipeline import ingest
from ingest.settings import Settings
from service.wiring import Service

HTML = {"Accept": "text/html"}


@pytest.fixture
def keyed(settings: Settings, newsroom: Path) -> Iterator[tuple[httpx2.Client, Service]]:
    keys = {"api_keys": "ann,ben", "admin_keys": "desk"}
    with running(settings.model_copy(update=keys)) as (url, service):
        ingest(service.archive, [newsroom])
        with httpx2.Client(base_url=url, timeout=60, headers=key("ann")) as http:
            yield http, service


def shared(http: httpx2.Client, answer: dict[str, Any]) -> str:
    reply = http.post(f"/v1/answers/{answer['id']}/share")
    assert reply.status_code == 200
    return str(reply.json()["url"])


def test_a_link_shows_the_answer_without_a_key_until_it_is_revoked(
    keyed: tuple[httpx2.Client, Service], tab: Opening
) -> None:
    http, _ = keyed
    answer = asked(http, COST)
    url = shared(http, answer)
    assert re.fullmatch(rf"{str(http.base_url).rstrip('/')}/s/[A-Za-z0-9_-]{{32}}", url)

    page = tab(url, java_script_enabled=False)
    shown = page.inner_text("main")
    assert "38 million crowns" in shown and COST.casefold() in shown.casefold()
    assert answer["citations"][0]["title"] in shown and "removed" not in shown
    assert "receipt" not in shown  # which wants a key
    reply = httpx2.get(url)
    assert reply.headers["x-robots-tag"].startswith("noindex")
    assert reply.headers["cache-control"] == "private, no-store"

    path = f"/v1/answers/{answer['id']}/share"
    assert http.get(path).json()["url"] == shared(http, answer) == url
    assert http.delete(path).status_code == 204
    assert httpx2.get(url, headers=HTML).status_code == 404
    assert_problem(http.delete(path), 404, "not_found")
    assert_problem(http.get(path), 404, "not_found")
    assert shared(http, answer) != url and httpx2.get(url).status_code == 404


def test_a_removed_article_takes_its_quote_along_and_the_page_says_so(
    keyed: tuple[httpx2.Client, Service], tab: Opening
) -> None:
    http, _ = keyed
    answer = asked(http, COST)
    url = shared(http, answer)
    removed = f"/v1/articles/{answer['citations'][0]['article_id']}"
    assert http.delete(removed, headers=key("desk")).status_code == 204
    shown = tab(url, java_script_enabled=False).inner_text("main")
    assert "38 million" not in shown and "Orvel bridge opens" not in shown
    assert "An article that it cites was removed since" in shown


def test_links_of_two_keys_are_revoked_each_by_its_own(
    keyed: tuple[httpx2.Client, Service],
) -> None:
    http, _ = keyed
    answer = asked(http, COST)
    own = shared(http, answer)
    path = f"/v1/answers/{answer['id']}/share"
    other = http.post(path, headers=key("ben")).json()["url"]
    assert own != other
    http.delete(path)
    assert [httpx2.get(url).status_code for url in (own, other)] == [404, 200]


def test_a_link_goes_with_its_conversation_and_with_time(
    keyed: tuple[httpx2.Client, Service],
) -> None:
    http, service = keyed
    answer = begun(http)
    url = shared(http, answer)
    http.delete(f"/v1/conversations/{answer['conversation_id']}")
    assert httpx2.get(url).status_code == 404
    late = shared(http, asked(http, COST))
    service.receipts.expire(datetime.now(UTC) + timedelta(days=91))
    assert httpx2.get(late).status_code == 404


@pytest.mark.parametrize("token", ["x", "A" * 32, "%00", "..%2f..%2fetc", "é" * 40, "A" * 5_000])
def test_a_link_that_nobody_made_is_a_page_that_says_so(served: str, token: str) -> None:
    reply = httpx2.get(f"{served}/s/{token}", headers=HTML)
    assert reply.status_code == 404 and reply.headers["content-type"].startswith("text/html")


def test_the_address_is_the_one_that_readers_use(settings: Settings, newsroom: Path) -> None:
    public = settings.model_copy(update={"public_url": "https://news.example/archive/"})
    with running(public) as (url, service), httpx2.Client(base_url=url, timeout=60) as http:
        ingest(service.archive, [newsroom])
        assert shared(http, asked(http, COST)).startswith("https://news.example/archive/s/")
        missing = http.post("/v1/answers/ans_none/share")
        assert_problem(missing, 404, "not_found")
