"""Articles belong to collections by folder, field or flag, and every way of asking takes them as a filter."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from conftest import BRIDGE, CHOIR, DAM
from mcp.client.client import Client
from running import running

from ingest.pipeline import ingest, rollback
from ingest.settings import Settings
from ingest.storage.archive import Archive
from ingest.storage.passage_filters import PassageFilter, matching_articles
from ingest.types import collections_named, folder_of, united_collections

COST = "How much did the Orvel bridge cost?"


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("city/bridge.txt", "city"),
        ("city/2025/bridge.txt", "city"),
        ("bridge.txt", None),
        ("wire.jsonl#a/b", None),
        ("city/wire.jsonl#a/b", "city"),
        ("C# news/bridge.txt", "C# news"),
    ],
)
def test_the_folder_below_the_path_is_a_collection(source: str, name: str | None) -> None:
    assert folder_of(source) == name


def test_a_name_is_told_once_however_it_is_cased_and_a_bad_one_is_none() -> None:
    assert collections_named(" City desk ,city  DESK,, sport") == ("City desk", "sport")
    assert united_collections(["x" * 100, "x" * 101, "a\0b", "a,b"]) == ("x" * 100,)


def written(folder: Path) -> Path:
    """`city/bridge.txt`, `dam.md` of water and city, and `wire.jsonl` with the choir of culture."""
    (folder / "city").mkdir(parents=True)
    (folder / "city" / "bridge.txt").write_text(BRIDGE, "utf-8")
    (folder / "dam.md").write_text(f"---\ncollections: [Water, City]\n---\n{DAM}", "utf-8")
    line = {"id": "choir", "text": CHOIR, "collections": ["Culture"]}
    (folder / "wire.jsonl").write_text(json.dumps(line) + "\n", "utf-8")
    return folder


def held(archive: Archive, *collections: str) -> set[str]:
    with archive.catalogue.live() as snapshot:
        rows = matching_articles(snapshot, PassageFilter(collections=collections))
        return {row.source for row in rows}


def test_folder_field_and_flag_put_articles_into_collections(
    archive: Archive, tmp_path: Path
) -> None:
    news = written(tmp_path / "news")
    assert ingest(archive, [news]).added == 3
    assert held(archive, "CITY") == {"city/bridge.txt", "dam.md"}
    assert held(archive, "water") == {"dam.md"}
    assert held(archive, "culture", "water") == {"dam.md", "wire.jsonl#choir"}
    assert held(archive, "nothing") == set()
    assert ingest(archive, [news]).updated == 0

    assert ingest(archive, [news / "city"], collections=["Desk"]).updated == 1
    assert held(archive, "desk") == {"bridge.txt"}
    assert ingest(archive, [news / "city"]).updated == 0, "a later ingest keeps what a flag gave"
    assert held(archive, "desk") == {"bridge.txt"}
    rollback(archive)
    assert held(archive, "desk") == set()
    assert ingest(archive, [news / "city"], collections=[]).updated == 1
    assert held(archive, "desk") == set()


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Iterator[str]:
    place = tmp_path_factory.mktemp("collections")
    settings = Settings(_env_file=None, data_dir=place / "data", model_cache=model_cache)  # type: ignore[call-arg]
    with running(settings) as (address, service):
        ingest(service.archive, [written(place / "news")])
        yield address


@pytest.fixture
def http(url: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=url, timeout=60) as client:
        yield client


def answered(http: httpx2.Client, **body: Any) -> dict[str, Any]:
    reply = http.post("/v1/answers", json={"question": COST, **body})
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


def test_answers_and_searches_keep_to_the_collections(http: httpx2.Client) -> None:
    assert answered(http, collections=["city"])["outcome"] == "answered"
    refused = answered(http, collections=["culture"])
    assert refused["outcome"] == "declined"
    assert {hit["source"] for hit in refused["nearest"]} <= {"wire.jsonl#choir"}
    found = http.get("/v1/search", params={"q": "Orvel", "collections": ["water"]}).json()
    assert {hit["source"] for hit in found["passages"]} == {"dam.md"}
    assert http.get("/v1/search", params={"q": "Orvel", "collections": "no"}).json() == {
        "passages": []
    }


def test_lists_and_pages_keep_to_the_collections(http: httpx2.Client) -> None:
    listed = http.get("/v1/articles", params={"collection": ["culture", "WATER"]}).json()
    assert listed["total"] == 2
    sources = {one["source"]: one["article_id"] for one in listed["articles"]}
    assert set(sources) == {"dam.md", "wire.jsonl#choir"}
    article = http.get(f"/v1/articles/{sources['dam.md']}").json()
    assert article["collections"] == ["City", "Water"]
    page = http.get("/archive", params={"collection": "Water"}).text
    assert "Regulator closes the Orvel dam" in page and "Choir of the miners" not in page
    assert '<option value="Water" selected>Water (1)</option>' in page
    counted = answered(http, question="How many articles are there?", collections=["Water"])
    assert counted["text"].startswith("The archive holds 1 article in the collection Water")
    assert counted["claims"][0]["counted"]["url"] == "/archive?collection=Water"


def test_the_tools_of_an_assistant_keep_to_the_collections(url: str) -> None:
    async def session() -> list[dict[str, Any]]:
        async with Client(f"{url}/mcp") as client:
            only = {"collections": ["culture"]}
            found = await client.call_tool("search", {"query": "Orvel", **only})
            answer = await client.call_tool("ask", {"question": COST, **only})
            return [dict(one.structured_content) for one in (found, answer)]

    found, answer = asyncio.run(session())
    assert all("choir" in one["title"].casefold() for one in found["results"])
    assert answer["outcome"] == "declined"


def done(http: httpx2.Client, reply: httpx2.Response) -> dict[str, Any]:
    assert reply.status_code == 202, reply.text
    with http.stream(
        "GET", reply.headers["Location"], headers={"Accept": "text/event-stream"}
    ) as states:
        last = [line for line in states.iter_lines() if line.startswith("data:")][-1]
    return dict(json.loads(last.removeprefix("data:")))


def test_uploads_name_their_collections(http: httpx2.Client) -> None:
    sent = http.post(
        "/v1/articles?collection=Inbox", files={"files": ("ferry.txt", b"The ferry sails again.")}
    )
    assert done(http, sent)["status"] == "done"
    body = {"title": "Tram", "text": "The tram is late again today.", "collections": ["Inbox"]}
    assert done(http, http.post("/v1/articles", json=body))["status"] == "done"
    assert http.get("/v1/articles", params={"collection": "inbox"}).json()["total"] == 2


@pytest.mark.parametrize("name", ["", "a,b", "x" * 101])
def test_a_name_that_is_none_is_refused(http: httpx2.Client, name: str) -> None:
    body = {"title": "Tram", "text": "The tram is late.", "collections": [name]}
    assert http.post("/v1/articles", json=body).status_code == 422
    files = {"files": ("tram.txt", b"The tram is late.")}
    assert http.post("/v1/articles", params={"collection": name}, files=files).status_code == 422


def test_checks_and_topics_keep_to_the_collections(http: httpx2.Client) -> None:
    said = {"text": "The Orvel bridge cost 38 million crowns."}

    def verdict(*collections: str) -> str:
        reply = http.post("/v1/checks", json=said | {"collections": collections})
        return str(reply.json()["sentences"][0]["verdict"])

    assert verdict("city") == verdict() == "supported" and verdict("culture") == "not_found"
    page = http.post("/check", data=said | {"collection": ["culture"]}).text
    assert "Not found" in page and 'name="collection" value="culture"' in page
    assert 'value="culture"' in http.get("/check", params={"collection": "culture"}).text
    topic = http.get("/topics/Orvel", params={"collection": "water"}).text
    assert "dam" in topic and "bridge" not in topic
    assert "archive?q=Orvel&amp;collection=water" in topic
