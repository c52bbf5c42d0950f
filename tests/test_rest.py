"""The contract's HTTP routes, over real HTTP."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from guarantees import broken
from running import running
from schemas import assert_fits

from ingest.pipeline import ingest
from ingest.settings import Settings
from service.contract.problems import Problem
from service.contract.response_bodies import Ready, Receipt, Search
from service.types import Answer

COST = "How much did the Orvel bridge cost?"


NONSENSE = "Who won the chess tournament in Reykjavik?"


CODES = {
    400: "malformed_json",
    404: "not_found",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid_request",
}


JSON = {"Content-Type": "application/json"}


@pytest.fixture
def http(served: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=served, timeout=60) as client:
        yield client


@dataclass(frozen=True, slots=True)
class Sent:
    """One server-sent event."""

    event: str
    data: Any
    id: str | None  # an error has none


def sent_events(body: str) -> list[Sent]:
    frames = [frame for frame in body.split("\n\n") if frame and not frame.startswith(":")]
    found = []
    for frame in frames:
        fields = dict(line.split(": ", 1) for line in frame.split("\n"))
        found.append(Sent(fields["event"], json.loads(fields["data"]), fields.get("id")))
    return found


def assert_problem(reply: httpx2.Response, status: int, code: str | None = None) -> dict[str, Any]:
    assert reply.status_code == status, reply.text[:200]
    assert reply.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = reply.json()
    assert_fits(Problem, body)
    assert set(body) == {"type", "title", "status", "detail", "code", "request_id"}
    assert body["status"] == status and body["code"] == (code or CODES[status])
    assert body["request_id"] == reply.headers["x-request-id"]
    assert "Traceback" not in reply.text
    return body


def article_of(http: httpx2.Client, article_id: str) -> dict[str, Any]:
    return dict(http.get(f"/v1/articles/{article_id}").json())


def test_an_answer_keeps_every_guarantee_and_the_documented_shape(http: httpx2.Client) -> None:
    reply = http.post("/v1/answers", json={"question": COST})
    answer = reply.json()
    assert_fits(Answer, answer)
    assert (
        reply.status_code == 200
        and "38 million" in answer["text"]
        and "83 million" not in answer["text"]
    )
    assert broken(answer, lambda i: article_of(http, i)) == []
    assert answer["citations"][0]["family"]["size"] == 2


def test_a_refusal_is_a_200_with_reason_and_neighbours(http: httpx2.Client) -> None:
    answer = http.post("/v1/answers", json={"question": NONSENSE}).json()
    assert_fits(Answer, answer)
    assert answer["outcome"] == "declined" and answer["declined_because"] == "no_match"
    assert broken(answer, lambda i: article_of(http, i)) == []


@pytest.mark.parametrize("question", [COST, NONSENSE])
def test_a_stream_holds_the_whole_answer_sentence_by_sentence(
    http: httpx2.Client, question: str
) -> None:
    reply = http.post("/v1/answers", json={"question": question, "stream": True})
    assert reply.headers["content-type"].startswith("text/event-stream")
    events = sent_events(reply.text)
    answer = events[-1].data
    assert events[0].event == "answer.started" and events[-1].event == "answer.completed"
    assert events[0].data == {"id": answer["id"], "question": question}
    assert "".join(e.data["text"] for e in events if e.event == "answer.delta") == answer["text"]
    assert [e.data["claim"] for e in events if e.event == "answer.claim"] == answer["claims"]
    assert [c for e in events if e.event == "answer.claim" for c in e.data["citations"]] == answer[
        "citations"
    ]
    for before, after in pairwise(events):
        if before.event == "answer.claim":
            assert (
                after.event == "answer.delta" and before.data["claim"]["text"] in after.data["text"]
            )


def test_the_accept_header_asks_for_a_stream_too(http: httpx2.Client) -> None:
    reply = http.post(
        "/v1/answers", json={"question": COST}, headers={"Accept": "text/event-stream"}
    )
    assert sent_events(reply.text)[-1].event == "answer.completed"


def test_every_answer_leaves_a_receipt(http: httpx2.Client) -> None:
    answer = http.post("/v1/answers", json={"question": COST}).json()
    receipt = http.get(f"/v1/answers/{answer['id']}").json()
    assert_fits(Receipt, receipt)
    assert answer.items() <= receipt.items()
    assert receipt["made_from"]["generation"] == answer["index"]["generation"]


def test_nothing_later_than_as_of_is_cited(http: httpx2.Client) -> None:
    early = http.post("/v1/answers", json={"question": COST, "as_of": "2025-03-01"}).json()
    late = http.post("/v1/answers", json={"question": COST, "as_of": "2025-03-12"}).json()
    assert early["as_of"] == "2025-03-01" and "38 million" not in early["text"]
    assert (
        late["outcome"] == "answered"
        and broken(late, lambda i: article_of(http, i), date(2025, 3, 12)) == []
    )


def test_search_returns_exact_passages_of_the_articles(http: httpx2.Client) -> None:
    body = http.get("/v1/search", params={"q": "bridge opened", "k": 3}).json()
    assert_fits(Search, body)
    assert 1 <= len(body["passages"]) <= 3
    for hit in body["passages"]:
        assert article_of(http, hit["article_id"])["text"][hit["start"] : hit["end"]] == hit["text"]
        assert 0 <= hit["score"] <= 1


def test_search_takes_dates_and_filters(http: httpx2.Client) -> None:
    def dates(**narrowed: str) -> set[str | None]:
        found = http.get("/v1/search", params={"q": "Orvel", "k": 50, **narrowed}).json()[
            "passages"
        ]
        return {hit["published_on"] for hit in found}

    assert None in dates() and "2025-06-02" in dates()
    assert None not in dates(published_after="2025-01-01") and "2025-06-02" not in dates(
        as_of="2025-06-01"
    )
    assert dates(published_before="2025-03-12", published_after="2025-03-12") == {"2025-03-12"}
    assert dates(article_ids="nope") == set()


def test_it_says_that_it_is_alive_and_ready(http: httpx2.Client) -> None:
    assert http.get("/healthz").json() == {"status": "alive"}
    ready = http.get("/readyz").json()
    assert_fits(Ready, ready)
    assert ready["articles"] == 4


def test_a_body_is_json_by_its_label_or_not_at_all(http: httpx2.Client) -> None:
    body = json.dumps({"question": COST}).encode()
    labelled = http.post(
        "/v1/answers", content=body, headers={"Content-Type": "application/json; charset=utf-8"}
    )
    assert labelled.status_code == 200
    assert_problem(
        http.post(
            "/v1/answers",
            content=body,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        ),
        415,
    )


def test_a_request_id_is_taken_if_it_is_safe_and_made_if_not(http: httpx2.Client) -> None:
    assert (
        http.get("/healthz", headers={"X-Request-ID": "trace-7.a_B"}).headers["x-request-id"]
        == "trace-7.a_B"
    )
    for unsafe in ("a b", "x" * 65, "<script>", ""):
        made = http.get("/healthz", headers={"X-Request-ID": unsafe}).headers["x-request-id"]
        assert re.fullmatch(r"[0-9a-f]{16}", made)


def test_a_client_that_breaks_off_mid_body_does_no_harm(http: httpx2.Client) -> None:
    where = urlsplit(str(http.base_url))
    with socket.create_connection((where.hostname or "", where.port or 0)) as raw:
        raw.sendall(
            b"POST /v1/answers HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
        )
    assert http.get("/healthz").status_code == 200


@pytest.fixture
def keyed(settings: Settings, newsroom: Path) -> Iterator[httpx2.Client]:
    """A service of its own, with a key for reading and one for writing."""
    with running(
        settings.model_copy(update={"api_keys": "read, other", "admin_keys": "write"})
    ) as (url, service):
        ingest(service.archive, [newsroom])
        with httpx2.Client(base_url=url, timeout=60) as client:
            yield client


def test_keys_open_what_they_should_and_nothing_else(keyed: httpx2.Client) -> None:
    for path in (
        "/",
        "/healthz",
        "/readyz",
        "/docs",
        "/openapi.json",
    ):
        assert keyed.get(path).status_code == 200, path
    for path in (
        "/v1/articles",
        "/v1/search?q=dam",
        "/v1/answers/x",
        "/v1/nope",
        "/archive",
        "/articles/0123456789abcdef",
        "/answers/x",
    ):
        missing = keyed.get(path)
        assert_problem(missing, 401, "missing_key")
        assert missing.headers["www-authenticate"].startswith("Bearer")
        assert_problem(keyed.get(path, headers={"Authorization": "Bearer rea"}), 401, "invalid_key")
        assert_problem(keyed.get(path, headers={"Authorization": "Basic read"}), 401, "missing_key")
    assert (
        keyed.get("/healthz", headers={"Host": "news.example"}).status_code == 200
    )  # with keys a name proves nothing
    for key in ("read", "other", "write"):
        assert (
            keyed.get("/v1/articles", headers={"Authorization": f"Bearer {key}"}).status_code == 200
        )
    big = b"x" * 3_000_000
    assert_problem(keyed.post("/v1/answers", content=big, headers=JSON), 401, "missing_key")


def test_work_that_takes_too_long_is_a_504_whole_and_an_error_event_streamed(
    settings: Settings, newsroom: Path
) -> None:
    with running(settings.model_copy(update={"answer_timeout_seconds": 0.0001})) as (url, service):
        ingest(service.archive, [newsroom])
        with httpx2.Client(base_url=url, timeout=60) as http:
            assert_problem(http.post("/v1/answers", json={"question": COST}), 504, "timeout")
            chat = {"messages": [{"role": "user", "content": COST}]}
            assert http.post("/v1/chat/completions", json=chat).json()["error"]["code"] == "timeout"
            events = sent_events(
                http.post("/v1/answers", json={"question": COST, "stream": True}).text
            )
            assert events[-1].event == "error" and events[-1].data["code"] == "timeout"


def test_an_empty_archive_declines_and_finds_nothing(settings: Settings) -> None:
    with running(settings) as (url, _), httpx2.Client(base_url=url, timeout=60) as http:
        assert http.get("/v1/search", params={"q": "bridge"}).json() == {"passages": []}
        assert http.get("/v1/articles").json() == {
            "articles": [],
            "next_cursor": None,
            "total": 0,
        }
        assert http.post("/v1/answers", json={"question": COST}).json()["outcome"] == "declined"
        assert http.get("/readyz").status_code == 200


def test_a_service_that_cannot_answer_says_what_is_missing(
    settings: Settings, newsroom: Path
) -> None:
    with running(settings) as (url, service):
        service.archive.vector_index.close()
        reply = httpx2.get(f"{url}/readyz", timeout=60)
        assert (reply.status_code, reply.json()["code"]) == (503, "not_ready")
        assert list(reply.json()["missing"]) == ["index"]
        service.stopping.set()
        stopping = httpx2.get(f"{url}/readyz", timeout=60)
        assert stopping.json()["missing"] == {"service": "is stopping"}
