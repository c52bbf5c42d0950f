"""The same request sent again with one key: done once, answered twice."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest
from running import running
from test_rest import COST, assert_problem, sent_events

from ingest.errors import Refused
from ingest.settings import Settings
from service.surfaces.idempotency import MOST_KEYS, Remembered


@pytest.fixture
def http(served: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=served, timeout=60) as client:
        yield client


def asked(http: httpx2.Client, key: str, question: str = COST, **more: Any) -> httpx2.Response:
    body = {"question": question, **more}
    return http.post("/v1/answers", json=body, headers={"Idempotency-Key": key})


def test_an_answer_asked_twice_with_one_key_is_given_once(http: httpx2.Client) -> None:
    first = asked(http, "one").json()
    assert asked(http, "one").json() == first
    again = sent_events(asked(http, "one", stream=True).text)
    assert again[-1].data == first and again[0].data["id"] == first["id"]
    assert asked(http, "two").json()["id"] != first["id"]
    assert http.post("/v1/answers", json={"question": COST}).json()["id"] != first["id"]


def test_twins_at_the_same_time_get_one_answer(http: httpx2.Client) -> None:
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(lambda _: asked(http, "twins").json(), range(4)))
    assert len({reply["id"] for reply in replies}) == 1


def test_a_key_stands_for_one_request(http: httpx2.Client) -> None:
    asked(http, "three")
    other = asked(http, "three", "Who leads the regulator?")
    assert_problem(other, 422, "idempotency_key_reused")
    assert_problem(asked(http, "a b"), 422)
    assert_problem(asked(http, "x" * 256), 422)
    assert asked(http, "x" * 255).status_code == 200


def test_an_upload_sent_twice_is_one_job(settings: Settings, tmp_path: Path) -> None:
    article = {"title": "Ferry sails", "text": "The ferry to Tarn sails again from 1 July 2025."}
    with running(settings) as (url, _), httpx2.Client(base_url=url, timeout=60) as http:
        once = {"Idempotency-Key": "ferry"}
        first, second = (http.post("/v1/articles", json=article, headers=once) for _ in range(2))
        assert (first.status_code, second.status_code) == (202, 202)
        assert first.json() == second.json()
        assert first.headers["location"] == second.headers["location"]
        assert http.post("/v1/articles", json=article).json() != first.json()


def test_keys_belong_to_their_caller_and_the_oldest_are_forgotten() -> None:
    assert MOST_KEYS == 10_000
    remembered = Remembered[str](most=2)
    assert remembered.keep("anna", "k", "what", "made") == "made"
    assert remembered.get("anna", "k", "what") == "made"
    assert remembered.get("ben", "k", "what") is None
    with pytest.raises(Refused, match="another request"):
        remembered.get("anna", "k", "something else")
    remembered.keep("ben", "k", "what", "other")
    remembered.keep("ben", "l", "what", "more")
    assert remembered.get("anna", "k", "what") is None
    assert remembered.get("ben", "k", "what") == "other"
    remembered.keep("ben", None, "what", "nothing")
    assert remembered.get("ben", None, "what") is None
