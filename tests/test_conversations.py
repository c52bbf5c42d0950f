"""Conversations on the server: begun, gone on with, listed, renamed, deleted, and nobody else's."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from running import running
from schemas import assert_fits
from test_feedback import COST, key
from test_rest import assert_problem, sent_events

from ingest.pipeline import ingest
from ingest.settings import Settings
from service.contract.response_bodies import (
    ConversationCard,
    ConversationList,
    ConversationRead,
    answer_of,
)
from service.wiring import Service


@pytest.fixture(scope="module")
def keyed(
    tmp_path_factory: pytest.TempPathFactory, model_cache: Path
) -> Iterator[tuple[str, Service]]:
    """One service for the tests that leave the archive as it is."""
    import conftest

    folder = tmp_path_factory.mktemp("conversations")
    (folder / "bridge.txt").write_text(conftest.BRIDGE, "utf-8")
    (folder / "dam.txt").write_text(conftest.DAM, "utf-8")
    settings = Settings(  # type: ignore[call-arg]
        _env_file=None, data_dir=folder / "data", model_cache=model_cache, api_keys="ann,ben"
    )
    with running(settings) as (url, service):
        ingest(service.archive, [folder / "bridge.txt", folder / "dam.txt"])
        yield url, service


@pytest.fixture
def http(keyed: tuple[str, Service]) -> Iterator[httpx2.Client]:
    """A client with the key `ann`."""
    with httpx2.Client(base_url=keyed[0], timeout=60, headers=key("ann")) as client:
        yield client


def asked(http: httpx2.Client, question: str, **more: Any) -> dict[str, Any]:
    reply = http.post("/v1/answers", json={"question": question, **more})
    assert reply.status_code == 200, reply.text
    answer: dict[str, Any] = reply.json()
    return answer


def begun(http: httpx2.Client, question: str = COST) -> dict[str, Any]:
    return asked(http, question, conversation_id="new")


def read(http: httpx2.Client, conversation_id: str, **options: Any) -> dict[str, Any]:
    body: dict[str, Any] = http.get(f"/v1/conversations/{conversation_id}", params=options).json()
    return body


def test_a_follow_up_is_read_with_what_was_asked_before(http: httpx2.Client) -> None:
    first = begun(http, "When did the Orvel bridge open?")
    second = asked(http, "How much did it cost?", conversation_id=first["conversation_id"])
    assert second["conversation_id"] == first["conversation_id"]
    assert "38 million" in second["text"]
    body = read(http, first["conversation_id"])
    assert_fits(ConversationRead, body)
    assert [turn["text"] for turn in body["turns"]] == [second["text"], first["text"]]
    assert body["title"] == "When did the Orvel bridge open?" and body["answers"] == 2


def test_a_streamed_answer_is_a_part_of_it_before_its_last_event(http: httpx2.Client) -> None:
    sent = {"question": COST, "conversation_id": "new", "stream": True}
    with http.stream("POST", "/v1/answers", json=sent) as reply:
        events = sent_events("".join(reply.iter_text()))
    completed = events[-1].data
    turns = read(http, completed["conversation_id"])["turns"]
    assert [turn["id"] for turn in turns] == [completed["id"]]


@pytest.mark.parametrize("stream", [False, True])
def test_a_question_sent_again_under_one_idempotency_key_is_one_turn(
    http: httpx2.Client, stream: bool
) -> None:
    sent = {"question": COST, "conversation_id": "new", "stream": stream}
    once = {"Idempotency-Key": f"tried twice {stream}".replace(" ", "-")}
    first, second = (http.post("/v1/answers", json=sent, headers=once).text for _ in range(2))
    found = [re.findall(r'"conversation_id":"(conv_\w+)"', text) for text in (first, second)]
    assert found[0] == found[1] and len(set(found[0])) == 1
    assert read(http, found[0][0])["answers"] == 1


def test_an_answer_without_a_conversation_belongs_to_none(http: httpx2.Client) -> None:
    before = http.get("/v1/conversations").json()
    answer = asked(http, COST)
    assert answer["conversation_id"] is None
    assert http.get("/v1/conversations").json() == before


def test_the_list_runs_from_the_last_used_and_its_pages_leave_none_out(
    http: httpx2.Client,
) -> None:
    ids = [begun(http)["conversation_id"] for _ in range(3)]
    asked(http, COST, conversation_id=ids[0])
    first = http.get("/v1/conversations", params={"limit": 2}).json()
    assert_fits(ConversationList, first)
    rest = http.get("/v1/conversations", params={"cursor": first["next_cursor"]}).json()
    found = [one["conversation_id"] for one in first["conversations"] + rest["conversations"]]
    assert found[:3] == [ids[0], ids[2], ids[1]] and len(set(found)) == len(found)
    assert_problem(http.get("/v1/conversations", params={"cursor": "x"}), 422, "invalid_request")


def test_the_answers_of_one_come_in_pages_too(http: httpx2.Client) -> None:
    one = begun(http)["conversation_id"]
    newer = [asked(http, COST, conversation_id=one)["id"] for _ in range(2)]
    page = read(http, one, limit=2)
    assert [turn["id"] for turn in page["turns"]] == newer[::-1]
    older = read(http, one, limit=2, cursor=page["next_cursor"])
    assert len(older["turns"]) == 1 and older["next_cursor"] is None


def test_it_is_renamed_and_keeps_its_place(http: httpx2.Client) -> None:
    one = begun(http)["conversation_id"]
    reply = http.patch(f"/v1/conversations/{one}", json={"title": "  The  bridge\n"})
    assert_fits(ConversationCard, reply.json())
    assert reply.json()["title"] == read(http, one)["title"] == "The bridge"
    for title, status in (("x" * 200, 200), ("x" * 201, 422), (" ", 422), ("a\0", 422)):
        sent = http.patch(f"/v1/conversations/{one}", json={"title": title})
        assert sent.status_code == status


def test_what_is_deleted_is_gone_with_its_answers_and_ratings(
    http: httpx2.Client, keyed: tuple[str, Service]
) -> None:
    answer = begun(http, "Did anybody ask about the zeppelin of Orvel?")
    one = answer["conversation_id"]
    http.post("/v1/feedback", json={"answer_id": answer["id"], "rating": "up", "comment": "zzx"})
    assert http.delete(f"/v1/conversations/{one}").status_code == 204
    for path in (f"/v1/conversations/{one}", f"/v1/answers/{answer['id']}"):
        assert_problem(http.get(path), 404, "not_found")
    assert_problem(http.delete(f"/v1/conversations/{one}"), 404, "not_found")
    data = keyed[1].settings.data_dir
    held = b"".join(path.read_bytes() for path in data.glob("receipts.sqlite*"))
    assert b"zeppelin" not in held and b"zzx" not in held


def test_an_answer_under_way_while_its_conversation_is_deleted_goes_too(
    http: httpx2.Client, keyed: tuple[str, Service]
) -> None:
    _, service = keyed
    one = begun(http)["conversation_id"]
    owner = service.keys.holder(b"ann")
    assert owner is not None
    thread = service.conversations.open(one, owner.id)
    assert thread is not None
    late = asked(http, COST)  # as if it had been asked with this conversation
    http.delete(f"/v1/conversations/{one}")
    service.conversations.add(thread, answer_of(late))
    assert_problem(http.get(f"/v1/answers/{late['id']}"), 404, "not_found")
    assert_problem(http.get(f"/v1/conversations/{one}"), 404, "not_found")


def test_another_keys_conversation_is_as_if_it_were_not_there(http: httpx2.Client) -> None:
    one = begun(http)["conversation_id"]
    path = f"/v1/conversations/{one}"
    other = key("ben")
    for reply in (
        http.get(path, headers=other),
        http.patch(path, json={"title": "mine"}, headers=other),
        http.delete(path, headers=other),
        http.post("/v1/answers", json={"question": COST, "conversation_id": one}, headers=other),
        http.get("/v1/conversations/conv_0"),
        http.post("/v1/answers", json={"question": COST, "conversation_id": "conv_0"}),
    ):
        assert_problem(reply, 404, "not_found")
    assert read(http, one)["answers"] == 1 and read(http, one)["title"] == COST
    listed = http.get("/v1/conversations", headers=other).json()["conversations"]
    assert one not in {each["conversation_id"] for each in listed}


def test_history_and_conversation_together_are_refused(http: httpx2.Client) -> None:
    sent = {
        "question": COST,
        "conversation_id": "new",
        "history": [{"role": "user", "content": "a"}],
    }
    problem = assert_problem(http.post("/v1/answers", json=sent), 422, "invalid_request")
    assert "conversation_id" in problem["detail"]


def test_a_history_of_10000_messages_is_taken_and_its_end_decides(http: httpx2.Client) -> None:
    turn = {"role": "user", "content": "Who leads the regulator that closed the dam?"}
    reply = {"role": "assistant", "content": "Dr. Lena Ostrow."}
    asks = {"role": "user", "content": "When did the Orvel bridge open?"}
    history = [turn, reply] * 4_999 + [asks, {"role": "assistant", "content": "On Wednesday."}]
    assert len(json.dumps(history)) < 1024 * 1024
    assert "38 million" in asked(http, "How much did it cost?", history=history)["text"]


def test_of_a_long_conversation_the_last_turns_are_read(keyed: tuple[str, Service]) -> None:
    url, service = keyed
    with httpx2.Client(base_url=url, timeout=60, headers=key("ann")) as http:
        one = begun(http)["conversation_id"]
        for _ in range(10):
            asked(http, COST, conversation_id=one)
        file = service.settings.data_dir / "receipts.sqlite"
        with contextlib.closing(sqlite3.connect(file)) as records:
            (caller,) = records.execute("SELECT owner FROM conversations").fetchone()
        thread = service.conversations.open(one, caller)
        assert thread is not None and len(thread.history) == 20
        assert read(http, one)["answers"] == 11


def test_it_loses_the_words_of_a_removed_article(settings: Settings, newsroom: Path) -> None:
    with running(settings) as (url, service), httpx2.Client(base_url=url, timeout=60) as http:
        ingest(service.archive, [newsroom])
        answer = begun(http)
        http.delete(f"/v1/articles/{answer['citations'][0]['article_id']}")
        body = read(http, answer["conversation_id"])
        assert "38 million" not in json.dumps(body) and "removed" in body["turns"][0]["text"]


def test_answers_conversations_and_ratings_go_after_the_days_they_are_kept(
    settings: Settings, newsroom: Path
) -> None:
    with running(settings) as (url, service), httpx2.Client(base_url=url, timeout=60) as http:
        ingest(service.archive, [newsroom])
        answer = begun(http)
        http.post("/v1/feedback", json={"answer_id": answer["id"], "rating": "up"})
        now = datetime.now(UTC)
        service.receipts.expire(now + timedelta(days=89, hours=23))
        assert read(http, answer["conversation_id"])["answers"] == 1
        service.receipts.expire(now + timedelta(days=90, seconds=2))
        assert_problem(http.get(f"/v1/answers/{answer['id']}"), 404, "not_found")
        assert http.get("/v1/conversations").json()["conversations"] == []
        assert http.get("/v1/feedback").json()["feedback"] == []


def test_with_no_days_to_keep_nothing_is_kept(settings: Settings, newsroom: Path) -> None:
    none = settings.model_copy(update={"keep_days": 0})
    with running(none) as (url, service), httpx2.Client(base_url=url, timeout=60) as http:
        ingest(service.archive, [newsroom])
        answer = begun(http, "How much did the Orvel bridge cost, zeppelin?")
        assert answer["conversation_id"] is None
        rating = {"answer_id": answer["id"], "rating": "up"}
        assert_problem(http.post("/v1/feedback", json=rating), 404, "not_found")
        assert http.get("/v1/conversations").json()["conversations"] == []
        data = service.settings.data_dir
        held = b"".join(path.read_bytes() for path in data.glob("receipts.sqlite*"))
        assert b"zeppelin" not in held and b"38 million" not in held


def test_without_keys_everybody_on_this_machine_shares_them(
    settings: Settings, newsroom: Path, tmp_path: Path
) -> None:
    with running(settings) as (url, service), httpx2.Client(base_url=url, timeout=60) as http:
        ingest(service.archive, [newsroom])
        one = begun(http)["conversation_id"]
        assert httpx2.get(f"{url}/v1/conversations/{one}").json()["answers"] == 1
    shutil.rmtree(newsroom)
    with running(settings) as (url, _):  # and they are there after a restart
        assert httpx2.get(f"{url}/v1/conversations/{one}").json()["answers"] == 1
