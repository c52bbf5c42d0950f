"""The catalogue over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from running import running
from schemas import assert_fits
from test_rest import article_of, assert_problem

from ingest.pipeline import ingest
from ingest.settings import Settings
from service.contract.replies import Article, Articles


@pytest.fixture
def http(served: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=served, timeout=60) as client:
        yield client


def test_the_catalogue_can_be_paged_through(http: httpx2.Client) -> None:
    whole = http.get("/v1/articles").json()
    assert_fits(Articles, whole)
    assert len(whole["articles"]) == 4 and whole["next_cursor"] is None
    paged: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        page = http.get("/v1/articles", params={"limit": 1, **cursor}).json()
        paged += page["articles"]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert paged == whole["articles"] == sorted(paged, key=lambda a: str(a["article_id"]))


def test_an_altered_copy_shows_what_it_changed(http: httpx2.Client) -> None:
    listed = http.get("/v1/articles").json()["articles"]
    altered_id = next(a["article_id"] for a in listed if a["family"]["role"] == "altered")
    altered = http.get(f"/v1/articles/{altered_id}").json()
    assert_fits(Article, altered)
    change = altered["alterations"][0]
    canonical = change["canonical"]
    assert (
        altered["text"][change["here"]["start"] : change["here"]["end"]] == change["here"]["text"]
    )
    assert (
        article_of(http, canonical["article_id"])["text"][canonical["start"] : canonical["end"]]
        == canonical["text"]
    )
    assert "83" in change["here"]["text"] and "38" in canonical["text"]
    assert [m["canonical"] for m in altered["family"]["members"]] == [True, False]


@pytest.fixture
def keyed(settings: Settings, newsroom: Path) -> Iterator[httpx2.Client]:
    """A service of its own, with a key for reading and one for writing."""
    with running(
        settings.model_copy(update={"api_keys": "read, other", "admin_keys": "write"})
    ) as (url, service):
        ingest(service.archive, [newsroom])
        with httpx2.Client(base_url=url, timeout=60) as client:
            yield client


def test_only_a_writing_key_removes_an_article_and_it_is_gone_at_once(keyed: httpx2.Client) -> None:
    reader, writer = {"Authorization": "Bearer read"}, {"Authorization": "Bearer write"}
    dam = next(
        a
        for a in keyed.get("/v1/articles", headers=reader).json()["articles"]
        if a["source"] == "dam.txt"
    )
    path = f"/v1/articles/{dam['article_id']}"
    assert_problem(keyed.delete(path, headers=reader), 403, "admin_key_required")
    assert keyed.delete(path, headers=writer).status_code == 204
    assert_problem(keyed.delete(path, headers=writer), 404)
    assert_problem(keyed.get(path, headers=reader), 404)
    found = keyed.get("/v1/search", params={"q": "dam spillway cracks"}, headers=reader).json()[
        "passages"
    ]
    assert dam["article_id"] not in {hit["article_id"] for hit in found}
