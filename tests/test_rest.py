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
from service.contract.replies import Article, Articles, Ready, Receipt, Search
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


def sent_events(body: str) -> list[Sent]:
    frames = [frame for frame in body.split("\n\n") if frame and not frame.startswith(":")]
    found = []
    for frame in frames:
        event, data = frame.split("\n", 1)
        found.append(Sent(event.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
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


def test_it_says_that_it_is_alive_and_ready(http: httpx2.Client) -> None:
    assert http.get("/healthz").json() == {"status": "alive"}
    ready = http.get("/readyz").json()
    assert_fits(Ready, ready)
    assert ready["articles"] == 4


BAD_BODIES: dict[str, tuple[bytes, int]] = {
    "empty": (b"", 422),
    "half an object": (b"{", 400),
    "a list": (b"[]", 422),
    "null": (b"null", 422),
    "infinity": (b"1e999", 422),
    "infinity in a field": (b'{"question": "a", "stream": 1e999}', 422),
    "a number for a question": (b'{"question": 1}', 422),
    "an empty question": (b'{"question": ""}', 422),
    "white space": (b'{"question": "  \\n "}', 422),
    "a lone surrogate": (b'{"question":"\\ud800"}', 422),
    "a lone surrogate as a field": (b'{"question":"a", "\\ud800": 1}', 422),
    "NUL": (b'{"question":"a\\u0000b"}', 422),
    "2,001 characters": (json.dumps({"question": "x" * 2001}).encode(), 422),
    "not UTF-8": (b"\xff\xfe", 400),
    "not UTF-8 in a string": (b'{"question": "\xe9"}', 400),
    "an impossible day": (b'{"question": "ok", "as_of": "2024-13-45"}', 422),
    "a day that is a number": (b'{"question": "ok", "as_of": 5}', 422),
    "a moment for a day": (b'{"question": "ok", "as_of": "2024-04-26T00:00:00"}', 422),
    "filters of the wrong kind": (b'{"question": "ok", "filters": {"publishers": "x"}}', 422),
    "a system turn": (b'{"question": "ok", "history": [{"role": "system", "content": "x"}]}', 422),
    "an unknown field": (b'{"question": "ok", "top_k": 3}', 422),
    "deep nesting": (b'{"question":' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400),
    "a number of 5,000 digits": (b'{"question":' + b"9" * 5_000 + b"}", 400),
    "5 megabytes": (json.dumps({"question": "x", "extra": "y" * 5_000_000}).encode(), 413),
}


@pytest.mark.parametrize("name", BAD_BODIES)
def test_a_bad_body_is_refused_in_the_contracts_words(http: httpx2.Client, name: str) -> None:
    body, status = BAD_BODIES[name]
    problem = assert_problem(http.post("/v1/answers", content=body, headers=JSON), status)
    assert len(problem["detail"]) < 200
    assert_problem(
        http.post("/v1/answers", content=body, headers={"Content-Type": "text/plain"}),
        413 if status == 413 else 415,
    )


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


def test_what_was_sent_is_never_repeated(http: httpx2.Client) -> None:
    for body in (
        {"question": 77123},
        {"question": "ok", "as_of": "s3cret"},
        {"question": "ok", "s3cret field!": 1},
    ):
        reply = http.post("/v1/answers", json=body)
        assert reply.status_code == 422 and "s3cret" not in reply.text and "77123" not in reply.text
    assert (
        "as_of" in http.post("/v1/answers", json={"question": "ok", "as_of": "x"}).json()["detail"]
    )


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/search?q=", 422),
        ("/v1/search", 422),
        ("/v1/search?q=%00", 422),
        ("/v1/search?q=%20", 422),
        ("/v1/search?q=a&k=-1", 422),
        ("/v1/search?q=a&k=1000000", 422),
        ("/v1/search?q=a&k=99999999999999999999999999", 422),
        ("/v1/search?q=a&as_of=20240101", 422),
        ("/v1/search?q=" + "a" * 10_001, 422),
        ("/v1/articles?cursor=zzz", 422),
        ("/v1/articles?cursor=", 422),
        ("/v1/articles?cursor=YWZ0ZXI6Li4vLi4vZXRj", 422),
        ("/v1/articles?limit=0", 422),
        ("/v1/articles/..%2F..%2Fetc", 404),
        ("/v1/articles/%00", 404),
        ("/v1/answers/nope", 404),
        ("/v1/jobs/nope", 404),
        ("/articles/..%2F..%2Fetc", 404),
        ("/static/..%2Findex.html", 404),
        ("/nope", 404),
    ],
)
def test_a_bad_address_is_refused_in_the_contracts_words(
    http: httpx2.Client, path: str, status: int
) -> None:
    assert_problem(http.get(path), status)


@pytest.mark.parametrize(
    "words",
    [
        'field:"a" AND (', "the of and", "😀", '"', "*", "a\u200bb", "title:bridge^9", "\\", "a OR", "%", "-", "市議会は橋の再開",
        "Мост снова открыт", "a" * 10_000, "bridge " * 1_428, "(" * 10_000, "😀" * 2_000,
    ],
)  # fmt: skip
def test_search_takes_any_words_for_words(http: httpx2.Client, words: str) -> None:
    reply = http.get("/v1/search", params={"q": words})
    assert reply.status_code == 200 and isinstance(reply.json()["passages"], list)


def test_another_method_is_refused_and_the_right_one_named(http: httpx2.Client) -> None:
    reply = http.put("/v1/search", json={})
    assert_problem(reply, 405, "method_not_allowed")
    assert reply.headers["allow"] == "GET"


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


def test_the_documentation_lists_every_route_with_its_failures(http: httpx2.Client) -> None:
    described = http.get("/openapi.json").json()
    for path in (
        "/v1/answers",
        "/v1/search",
        "/v1/articles",
        "/v1/chat/completions",
        "/v1/models",
        "/readyz",
    ):
        for operation in described["paths"][path].values():
            assert operation["summary"] and operation["tags"]
    assert {"400", "401", "413", "415", "422", "503", "504"} <= set(
        described["paths"]["/v1/answers"]["post"]["responses"]
    )
    assert "/owner/ingest" not in described["paths"] and "HTTPValidationError" not in json.dumps(
        described
    )
    assert http.post("/owner/ingest", json={"paths": ["/"]}).status_code == 404


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
        "/articles/0123456789abcdef",
    ):
        assert keyed.get(path).status_code == 200, path
    for path in ("/v1/articles", "/v1/search?q=dam", "/v1/answers/x", "/v1/nope"):
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
        assert http.get("/v1/articles").json() == {"articles": [], "next_cursor": None}
        assert http.post("/v1/answers", json={"question": COST}).json()["outcome"] == "declined"
        assert http.get("/readyz").status_code == 200
