"""Requests that cannot be taken as they are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import httpx2
import pytest
from pydantic import ValidationError
from test_rest import JSON, assert_problem

from ingest.text.trusted_dates import AHEAD, EARLIEST
from service.contract.request_bodies import ArticleRequest, OverridesRequest


@pytest.fixture
def http(served: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=served, timeout=60) as client:
        yield client


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
    "zero-width characters": ('{"question": "\u200b\u2060 \ufeff"}'.encode(), 422),
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


@pytest.mark.parametrize(
    ("day", "taken"),
    [(date.today() + AHEAD, True), (date.today() + 2 * AHEAD + AHEAD, False),
     (EARLIEST, True), (EARLIEST - AHEAD, False), (date.max, False)],
)  # fmt: skip
def test_an_article_is_of_a_day_that_the_readers_believe(day: date, taken: bool) -> None:
    for model, rest in ((OverridesRequest, {}), (ArticleRequest, {"title": "a", "text": "b"})):
        sent = {"published_on": day.isoformat(), **rest}
        if taken:
            assert model.model_validate(sent).published_on == day
            continue
        with pytest.raises(ValidationError, match="must be a day from 1000-01-01 to tomorrow"):
            model.model_validate(sent)


@pytest.mark.parametrize(
    ("path", "body", "detail"),
    [
        ("answers", {"question": "x" * 2001}, "question: must have at most 2000 characters"),
        ("answers", {"question": 5}, "question: must be text"),
        ("answers", {}, "question: is missing"),
        ("answers", {"question": "x", "stream": 1}, "stream: must be true or false"),
        ("answers", {"question": "x", "filters": {"publishers": ["a"] * 201}},
         "filters.publishers: must have at most 200 entries"),
        ("answers", {"question": "x", "history": [{"role": "wizard", "content": "x"}]},
         "history.0.role: must be 'user' or 'assistant'"),
    ],
)  # fmt: skip
def test_a_fault_is_told_in_plain_words(
    http: httpx2.Client, path: str, body: dict[str, Any], detail: str
) -> None:
    assert http.post(f"/v1/{path}", json=body).json()["detail"] == detail


def test_a_chat_without_a_question_is_told_in_plain_words(http: httpx2.Client) -> None:
    for message, words in (
        ({"role": "user", "content": 5}, "messages.0.content: must be text"),
        ({"role": "wizard", "content": "x"}, 'send the question as a message whose role is "user"'),
    ):
        reply = http.post("/v1/chat/completions", json={"messages": [message]})
        assert reply.status_code == 400 and words in reply.json()["error"]["message"]


def test_a_day_that_the_calendar_has_not_is_told_plainly() -> None:
    for day in ("2025-13-01", "2025-02-30", "soon", "2025-1-1", "２０２５-01-01"):
        with pytest.raises(ValidationError, match="must be a calendar day such as 2024-04-26"):
            OverridesRequest.model_validate({"published_on": day})


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
