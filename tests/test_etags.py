"""Replies that a client has already, and pages of other sites that may ask."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from running import running

from ingest.errors import WrongUsage
from ingest.pipeline import ingest
from ingest.settings import Settings, read_settings


@pytest.fixture
def http(served: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=served, timeout=60) as client:
        yield client


@pytest.mark.parametrize(
    "path", ["/v1/articles", "/v1/search?q=dam", "/v1/models", "/openapi.json"]
)
def test_who_has_a_reply_already_gets_a_304(http: httpx2.Client, path: str) -> None:
    first = http.get(path)
    tag = first.headers["etag"]
    assert first.status_code == 200 and first.headers["cache-control"] == "private, no-cache"
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = http.get(path, headers={"If-None-Match": known})
        assert again.status_code == 304 and again.content == b"" and again.headers["etag"] == tag
    changed = http.get(path, headers={"If-None-Match": '"other"'})
    assert changed.status_code == 200 and changed.content == first.content


def test_one_article_and_an_error(http: httpx2.Client) -> None:
    [article, *_] = http.get("/v1/articles").json()["articles"]
    address = f"/v1/articles/{article['article_id']}"
    tag = http.get(address).headers["etag"]
    assert http.get(address, headers={"If-None-Match": tag}).status_code == 304
    missing = http.get("/v1/articles/0", headers={"If-None-Match": "*"})
    assert missing.status_code == 404 and "etag" not in missing.headers


def test_answers_are_nobodys_to_keep(http: httpx2.Client) -> None:
    answer = http.post("/v1/answers", json={"question": "How much did the Orvel bridge cost?"})
    for reply in (answer, http.get(f"/v1/answers/{answer.json()['id']}")):
        assert "etag" not in reply.headers and reply.headers["cache-control"] == "no-store"


DESK = {"Origin": "https://desk.example"}


def test_pages_of_named_origins_may_ask_and_no_others(settings: Settings, newsroom: Path) -> None:
    wanted = {"cors_origins": "https://desk.example, http://localhost:3000", "api_keys": "read"}
    with running(settings.model_copy(update=wanted)) as (url, service):
        ingest(service.archive, [newsroom])
        with httpx2.Client(base_url=url, timeout=60) as http:
            asked = {
                **DESK,
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "authorization, content-type",
            }
            before = http.options("/v1/answers", headers=asked)
            assert before.status_code == 200
            assert before.headers["access-control-allow-origin"] == DESK["Origin"]
            assert "POST" in before.headers["access-control-allow-methods"]
            reply = http.get("/v1/articles", headers={**DESK, "Authorization": "Bearer read"})
            assert reply.status_code == 200
            refused = http.get("/v1/articles", headers=DESK)
            assert refused.status_code == 401
            for one in (reply, refused):
                assert one.headers["access-control-allow-origin"] == DESK["Origin"]
                assert "ETag" in one.headers["access-control-expose-headers"]
            other = {"Origin": "https://elsewhere.example"}
            assert http.options("/v1/answers", headers={**asked, **other}).status_code == 400
            assert "access-control-allow-origin" not in http.get("/healthz", headers=other).headers


def test_without_the_setting_no_other_page_may_read(http: httpx2.Client) -> None:
    reply = http.get("/v1/articles", headers=DESK)
    assert not [name for name in reply.headers if name.startswith("access-control")]


@pytest.mark.parametrize("origins", ["*", "desk.example", "https://desk.example/path"])
def test_what_is_no_origin_is_refused(monkeypatch: pytest.MonkeyPatch, origins: str) -> None:
    monkeypatch.setenv("DATELINE_CORS_ORIGINS", origins)
    with pytest.raises(WrongUsage, match="DATELINE_CORS_ORIGINS"):
        read_settings()
