"""Ratings of answers: who may give and read them, what replaces what, and what they are good for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from running import running
from schemas import assert_fits
from test_rest import assert_problem

from ingest.pipeline import ingest
from ingest.settings import Settings
from service.contract.response_bodies import FeedbackPage

COST = "How much did the Orvel bridge cost?"


@pytest.fixture
def http(settings: Settings, newsroom: Path) -> Iterator[httpx2.Client]:
    """A service with two keys that may read and one that may write."""
    keyed = settings.model_copy(update={"api_keys": "ann,ben", "admin_keys": "desk"})
    with running(keyed) as (url, service), httpx2.Client(base_url=url, timeout=60) as client:
        ingest(service.archive, [newsroom])
        yield client


def key(name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {name}"}


def asked(http: httpx2.Client, question: str = COST) -> dict[str, Any]:
    answer: dict[str, Any] = http.post(
        "/v1/answers", json={"question": question}, headers=key("ann")
    ).json()
    return answer


def rated(http: httpx2.Client, who: str, answer_id: str, rating: str, **more: str) -> None:
    sent = {"answer_id": answer_id, "rating": rating, **more}
    reply = http.post("/v1/feedback", json=sent, headers=key(who))
    assert (reply.status_code, reply.content) == (204, b"")


def listed(http: httpx2.Client, **options: Any) -> dict[str, Any]:
    page: dict[str, Any] = http.get("/v1/feedback", params=options, headers=key("desk")).json()
    return page


def test_a_second_rating_by_one_key_replaces_the_first_and_another_keys_stands(
    http: httpx2.Client,
) -> None:
    answer = asked(http)
    rated(http, "ann", answer["id"], "up")
    rated(http, "ben", answer["id"], "up", comment="good")
    rated(http, "ann", answer["id"], "down", comment="It was 40.")
    page = listed(http)
    assert_fits(FeedbackPage, page)
    found = [(one["rating"], one["comment"]) for one in page["feedback"]]
    assert found == [("up", "good"), ("down", "It was 40.")] and page["next_cursor"] is None
    assert {one["answer"]["text"] for one in page["feedback"]} == {answer["text"]}
    assert "ann" not in str([one["rated_by"] for one in page["feedback"]])


def test_people_who_share_a_key_are_told_apart_by_user(http: httpx2.Client) -> None:
    answer = asked(http)
    for user, rating in (("U1", "up"), ("U2", "down"), ("U1", "down")):
        rated(http, "ben", answer["id"], rating, user=user)
    found = [(one["rated_by"].split("/")[1], one["rating"]) for one in listed(http)["feedback"]]
    assert found == [("U2", "down"), ("U1", "down")]


def test_pages_of_ratings_leave_none_out(http: httpx2.Client) -> None:
    answers = [asked(http)["id"] for _ in range(3)]
    for answer_id in answers:
        rated(http, "ann", answer_id, "up")
    first = listed(http, limit=2)
    second = listed(http, limit=2, cursor=first["next_cursor"])
    assert second["next_cursor"] is None
    found = [one["answer"]["id"] for one in first["feedback"] + second["feedback"]]
    assert found == answers
    for cursor in ("x", "", first["next_cursor"] + "A", "bnVsbA", "W10"):
        reply = http.get("/v1/feedback", params={"cursor": cursor}, headers=key("desk"))
        assert_problem(reply, 422, "invalid_request")


def test_only_admin_keys_read_ratings_and_none_rates_without_a_key(http: httpx2.Client) -> None:
    assert_problem(http.get("/v1/feedback", headers=key("ann")), 403, "admin_key_required")
    assert_problem(http.get("/v1/feedback"), 401, "missing_key")
    assert_problem(http.post("/v1/feedback", json={}), 401, "missing_key")


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"answer_id": "ans_none"}, 404),
        ({"rating": "great"}, 422),
        ({"rating": None}, 422),
        ({"comment": "x" * 2_001}, 422),
        ({"comment": "a\0b"}, 422),
        ({"more": 1}, 422),
    ],
)
def test_a_rating_that_cannot_be_taken_is_refused(
    http: httpx2.Client, changed: dict[str, Any], status: int
) -> None:
    sent = {"answer_id": "ans_none", "rating": "up", **changed}
    assert_problem(http.post("/v1/feedback", json=sent, headers=key("ann")), status)
    assert listed(http)["feedback"] == []


def test_a_comment_of_2000_characters_is_kept(http: httpx2.Client) -> None:
    answer = asked(http)
    rated(http, "ann", answer["id"], "down", comment="é" * 2_000)
    assert listed(http)["feedback"][0]["comment"] == "é" * 2_000
