"""The same request sent again with one key: done once, answered twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import httpx2
import pytest
from processes import fill, served_process
from running import running
from sqlalchemy import update
from test_rest import COST, assert_problem, sent_events
from test_uploads import ended

from ingest.errors import Refused
from ingest.pipeline import ingest
from ingest.settings import Settings
from ingest.storage.archive import open_archive
from service.access.idempotency_keys import KEPT_SECONDS, Claim, Keyed, Repeats
from service.record_tables import open_records
from service.record_tables import repeats as rows


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


def test_a_key_goes_on_after_a_restart(settings: Settings, newsroom: Path) -> None:
    article = {"title": "Ferry sails", "text": "The ferry to Tarn sails again from 1 July 2025."}
    told: list[tuple[Any, Any]] = []
    fill(settings, newsroom)
    for _ in range(2):
        with running(settings) as (url, _), httpx2.Client(base_url=url, timeout=60) as http:
            sent = http.post("/v1/articles", json=article, headers={"Idempotency-Key": "ferry"})
            told.append((asked(http, "one").json(), sent.json()))
    assert told[0] == told[1]


def test_what_failed_is_done_anew(http: httpx2.Client) -> None:
    for _ in range(2):
        assert_problem(asked(http, "lost", conversation_id="conv_0"), 404, "not_found")
    assert asked(http, "again").status_code == 200


@pytest.mark.slow
def test_two_processes_on_one_archive_answer_and_take_in_once(
    shared: Settings, newsroom: Path, tmp_path: Path
) -> None:
    with open_archive(shared) as archive:
        ingest(archive, [newsroom])
    article = {"title": "Ferry sails", "text": "The ferry to Tarn sails again from 1 July 2025."}
    with ExitStack() as stack:
        addresses = [
            stack.enter_context(
                served_process(
                    shared.model_copy(update={"data_dir": tmp_path / name}),
                    DATELINE_UPLOADS=str(tmp_path / "uploads"),
                )
            )[0]
            for name in ("one", "two")
        ]
        clients = [stack.enter_context(httpx2.Client(base_url=a, timeout=90)) for a in addresses]
        with ThreadPoolExecutor(8) as pool:
            replies = list(pool.map(lambda n: asked(clients[n % 2], "twins").json(), range(8)))
            once = {"Idempotency-Key": "ferry"}
            sent = list(
                pool.map(
                    lambda n: clients[n % 2].post("/v1/articles", json=article, headers=once),
                    range(8),
                )
            )
        assert len({json.dumps(reply["id"]) for reply in replies}) == 1
        assert len({reply.json()["job_id"] for reply in sent}) == 1
        assert ended(clients[1], sent[0])["report"]["added"] == 1
        other = asked(clients[1], "twins", "Who leads the regulator?")
        assert_problem(other, 422, "idempotency_key_reused")


@pytest.fixture
def repeats(settings: Settings) -> Iterator[Repeats]:
    with closing(open_records(settings)) as database:
        yield Repeats(database)


def test_whoever_claims_a_key_first_has_it(repeats: Repeats) -> None:
    anna = Keyed("anna", "k", "what")
    with ThreadPoolExecutor(8) as pool:
        claims = list(pool.map(lambda n: repeats.claim(anna, f"made-{n}"), range(8)))
    (ours,) = [claim for claim in claims if claim.ours]
    assert {claim.made for claim in claims} == {ours.made}
    assert repeats.claim(Keyed("ben", "k", "what"), "other").ours
    for tell in (repeats.known, lambda one: repeats.claim(one, "more")):
        with pytest.raises(Refused, match="another request"):
            tell(Keyed("anna", "k", "something else"))


def test_a_claim_is_taken_over_where_nothing_came_of_it(repeats: Repeats) -> None:
    key = Keyed("anna", "k", "what")
    assert repeats.claim(key, "first") == Claim("first", True)
    assert repeats.claim(key, "second", 60) == Claim("first", False)
    assert repeats.claim(key, "second", 60, gone=True) == Claim("first", False)
    assert repeats.claim(key, "second", -1) == Claim("first", True), "its process is dead"
    repeats.done(key)
    assert repeats.claim(key, "second", -1) == Claim("first", False, True)
    assert repeats.claim(key, "second", 60, gone=True) == Claim("first", True)
    repeats.release(key)
    assert repeats.known(key) is None
    repeats.claim(key, "ans_1")
    repeats.release_answers()
    assert repeats.known(key) is None


def test_a_key_stands_for_its_request_for_a_day(repeats: Repeats, settings: Settings) -> None:
    assert KEPT_SECONDS == 86_400
    for name in ("older", "younger"):
        repeats.claim(Keyed("anna", name, "what"), name)
    with closing(open_records(settings)) as database, database.write() as connection:
        for name, seconds in {"older": 86_401, "younger": 86_300}.items():
            moved = update(rows).where(rows.c.idempotency_key == name)
            connection.execute(moved.values(claimed_at=rows.c.claimed_at - seconds))
    repeats.claim(Keyed("anna", "new", "what"), "new")
    assert repeats.known(Keyed("anna", "older", "what")) is None
    assert repeats.known(Keyed("anna", "younger", "what")) == Claim("younger", False)
