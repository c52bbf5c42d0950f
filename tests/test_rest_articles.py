"""The catalogue over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from running import running
from schemas import assert_fits
from test_rest import article_of, assert_problem

from ingest.pipeline import ingest
from ingest.settings import Settings
from service.contract.response_bodies import Article, Articles


@pytest.fixture
def http(served: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=served, timeout=60) as client:
        yield client


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


def listed(http: httpx2.Client, **wanted: Any) -> dict[str, Any]:
    reply = http.get("/v1/articles", params=wanted)
    assert reply.status_code == 200, reply.text
    body: dict[str, Any] = reply.json()
    assert_fits(Articles, body)
    return body


def in_pages(http: httpx2.Client, **wanted: Any) -> list[str]:
    """Ids, read one at a time; every page tells the same total."""
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = listed(http, limit=1, **wanted, **cursor)
        found += [article["article_id"] for article in page["articles"]]
        if page["next_cursor"] is None:
            assert page["total"] == len(found)
            return found
        cursor = {"cursor": page["next_cursor"]}


def test_articles_are_sorted_and_paged_in_any_order(http: httpx2.Client) -> None:
    everything = listed(http)["articles"]
    days = {article["article_id"]: article["published_on"] for article in everything}
    titles = {article["article_id"]: article["title"].casefold() for article in everything}
    for sort in ("id", "newest", "oldest", "title", "outlet"):
        ids = in_pages(http, sort=sort)
        assert sorted(ids) == sorted(days)
        assert ids == [a["article_id"] for a in listed(http, sort=sort)["articles"]]
    assert in_pages(http, sort="id") == sorted(days)
    newest, oldest = in_pages(http, sort="newest"), in_pages(http, sort="oldest")
    assert days[newest[0]] == "2025-06-02" and days[oldest[0]] == "2025-03-12"
    assert days[newest[-1]] is None and days[oldest[-1]] is None
    by_title = in_pages(http, sort="title")
    assert [titles[one] for one in by_title] == sorted(titles.values())


def test_filters_narrow_the_list_and_its_total(http: httpx2.Client) -> None:
    def found(**wanted: Any) -> tuple[set[str | None], int]:
        body = listed(http, **wanted)
        return {article["publisher"] for article in body["articles"]}, body["total"]

    assert found(publisher="harbour gazette") == ({"Harbour Gazette"}, 1)
    assert found(publisher=" HARBOUR Gazette ")[1] == 1
    assert found(publisher=["Harbour Gazette", "The Morning Relay"])[1] == 2
    assert found(published_after="2025-03-13") == ({"The Morning Relay", "Senn Valley Post"}, 2)
    assert found(published_before="2025-03-12") == ({"Harbour Gazette"}, 1)
    assert found(published_after="2025-03-12", published_before="2025-03-12")[1] == 1
    assert found(q="bridges")[1] == 2 and found(q="the choir")[1] == 1
    assert found(q="dragon") == found(q="🦑") == found(q="?!") == found(q="\u200b") == (set(), 0)
    assert found(q=" ")[1] == found(q="the")[1] == found()[1] > 0
    assert listed(http, publisher="Nobody", sort="newest") == {
        "articles": [], "next_cursor": None, "total": 0,
    }  # fmt: skip


def test_a_cursor_of_another_order_or_filter_is_refused(http: httpx2.Client) -> None:
    cursor = listed(http, sort="newest", limit=1)["next_cursor"]
    refused = http.get("/v1/articles", params={"sort": "title", "cursor": cursor})
    assert_problem(refused, 422)
    other: dict[str, str] = {"q": "bridge", "publisher": "x", "published_after": "2025-01-01"}
    for name, value in other.items():
        refused = http.get("/v1/articles", params={"sort": "newest", "cursor": cursor, name: value})
        assert "other filters" in assert_problem(refused, 422)["detail"]
    for wanted in ({"sort": "best"}, {"published_after": "soon"}, {"q": "\0"}, {"limit": 201}):
        assert_problem(http.get("/v1/articles", params=wanted), 422)


RIGHTS = {
    "uri": "urn:x:1",
    "pubstatus": "usable",
    "headline": "Orchard flooded",
    "body_text": "The orchard of Brask was flooded on Friday, and the pickers went home.",
    "version": "3",
    "usageterms": "Not for use in Brask.",
    "copyrightholder": "XYZ",
    "subject": [{"code": "medtop:20000002", "name": "Orchards"}],
    "associations": {"corrects": {"uri": "urn:x:0"}},
}


def test_rights_and_subjects_are_shown_and_narrow_the_list_and_an_embargo_ends_by_itself(
    settings: Settings, tmp_path: Path, newsroom: Path
) -> None:
    (newsroom / "orchard.json").write_text(json.dumps(RIGHTS))
    until = datetime.now(UTC) + timedelta(days=1)
    waits = {**RIGHTS, "uri": "urn:x:2", "embargoed": until.isoformat()}
    (newsroom / "waits.json").write_text(json.dumps(waits))
    with running(settings) as (url, service), httpx2.Client(base_url=url, timeout=60) as http:
        ingest(service.archive, [newsroom])
        for subject in ("medtop:20000002", "orchards", "ORCHARDS"):
            (found,) = listed(http, subject=subject)["articles"]
        assert listed(http, subject="Floods")["total"] == 0
        article = article_of(http, found["article_id"])
        assert_fits(Article, article)
        assert article["subjects"] == [{"name": "Orchards", "code": "medtop:20000002"}]
        terms = ("item_id", "version", "usage_terms", "copyright_holder", "corrects")
        assert [article[name] for name in terms] == [
            "urn:x:1",
            "3",
            "Not for use in Brask.",
            "XYZ",
            ["urn:x:0"],
        ]
        page = http.get(f"/articles/{article['article_id']}").text
        for words in (
            "archive?subject=medtop",
            "terms of use: Not for use",
            "copyright XYZ",
            "urn:x:0",
        ):
            assert words in page
        assert "subject medtop:20000002" in http.get("/archive?subject=medtop:20000002").text
        assert service.release(until - timedelta(seconds=1)) == 0
        assert service.release(until) == 1
        assert listed(http, subject="orchards")["total"] == 2
