"""Conversations, ratings and share links say the same on SQLite and on PostgreSQL."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from contextvars import copy_context
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr
from servers import postgres
from sqlalchemy import select, text

from ingest.errors import NotFound
from ingest.settings import Settings
from ingest.storage.database import Database
from service.access.session_cookies import secret
from service.given_answers.conversations import Conversations, Thread
from service.given_answers.feedback import BEFORE_ALL, Feedback, Rating
from service.given_answers.receipts import ASKED_BY, Receipts
from service.given_answers.share_links import Shares
from service.record_tables import AFTER_ALL, followed, open_records
from service.record_tables import receipts as kept_receipts
from service.types import Answer, Turn

NOW = datetime.now(UTC)
REFUSED = {"question": "What?", "text": "No.", "outcome": "declined", "answerer": "extractive"}
EMPTY = dict.fromkeys(("claims", "citations", "conflicts", "nearest"), ())
INDEX = {"index": {"generation": "g000001"}}
ANSWER = Answer(**dict.fromkeys(field.name for field in fields(Answer)) | REFUSED | EMPTY | INDEX)  # type: ignore[arg-type]


@pytest.fixture(params=["sqlite", "postgres"])
def records(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Database]:
    if request.param == "sqlite":
        with closing(open_records(settings)) as opened:
            yield opened
        return
    with postgres() as server:
        remote = settings.model_copy(update={"database_url": SecretStr(server.address)})
        with closing(open_records(remote)) as opened:
            yield opened


def test_what_hangs_on_answers_comes_and_goes_with_them(records: Database) -> None:
    receipts = Receipts(records)
    conversations, feedback = Conversations(records, receipts), Feedback(records, receipts)
    shares = Shares(records, receipts, secret(records, "cookies"))

    def kept(number: int, thread: Thread) -> Answer:
        answer = replace(ANSWER, id=f"ans_{number}", question=f"What {number}?")
        receipts.keep(answer, NOW, {"turns": 0})
        conversations.add(thread, answer)
        return answer

    begun = conversations.open("new", "ann")
    assert begun is not None
    one = begun.conversation_id
    kept(1, begun)
    again = conversations.open(one, "ann")
    assert again is not None and again.history[0] == Turn("user", "What 1?")
    kept(2, again)
    other = conversations.open("new", "ann")
    assert other is not None
    kept(3, other)

    listed = conversations.page("ann", AFTER_ALL, 10)
    assert [(card.title, card.answers) for card in listed] == [("What 3?", 1), ("What 1?", 2)]
    assert [card.title for card in conversations.page("ann", listed[0].place, 10)] == ["What 1?"]
    assert conversations.rename(one, "ann", "Mine").title == "Mine"
    with pytest.raises(NotFound):
        conversations.rename(one, "ben", "His")
    answers = conversations.answers(one, "ann", AFTER_ALL, 10)
    assert [body["id"] for _, body in answers] == ["ans_2", "ans_1"]
    assert len(conversations.history("ans_2")) == 2 and conversations.history("ans_1") == ()

    for verdict in ("up", "down"):
        feedback.rate(Rating("ans_2", verdict, None, "ann", NOW))
    assert [rating.rating for rating, _ in feedback.page(BEFORE_ALL, 10)] == ["down"]
    token = shares.share("ans_2", "ann")
    assert shares.answer_id(token) == "ans_2" and shares.share("ans_2", "ann") == token

    conversations.delete(one, "ann")
    assert shares.answer_id(token) is None and feedback.page(BEFORE_ALL, 10) == []
    assert receipts.get("ans_1") is None and receipts.get("ans_3") is not None
    receipts.expire(NOW + timedelta(days=91))
    assert conversations.page("ann", AFTER_ALL, 10) == []
    assert secret(records, "cookies") == secret(records, "cookies")


MANY = 24


def keep(receipts: Receipts, number: int) -> None:
    ASKED_BY.set(f"key {number}")
    generation = {"generation": f"g{number + 5:06}"}
    answer = replace(ANSWER, id=f"ans_{number}", question=f"What {number}?", index=generation)
    receipts.keep(answer, NOW, {"turns": number})


def test_receipts_that_come_while_another_is_written_are_each_kept_whole(
    records: Database,
) -> None:
    receipts = Receipts(records)
    with records.write() as connection:
        connection.execute(followed.insert().values(name="answers", generation=MANY))
    with ThreadPoolExecutor(MANY) as pool:
        with records.write():  # nobody else writes to a file meanwhile
            coming = [pool.submit(copy_context().run, keep, receipts, n) for n in range(MANY)]
        for one in coming:
            one.result()
    rows = records.rows(select(kept_receipts.c.answer_id, kept_receipts.c.asked_by))
    assert {(row.answer_id, row.asked_by) for row in rows} == {
        (f"ans_{number}", f"key {number}") for number in range(MANY)
    }
    for number in range(MANY):
        body = receipts.get(f"ans_{number}")
        assert body is not None and body["question"] == f"What {number}?"
        assert body["made_from"] == {"turns": number}
    # the oldest of them was begun in generation 5
    assert [row.generation for row in records.rows(select(followed.c.generation))] == [5]


def test_where_receipts_cannot_be_written_each_answer_says_so(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(open_records(settings)) as records:
        receipts = Receipts(records)
        with ThreadPoolExecutor(MANY) as pool, caplog.at_level(logging.WARNING):
            with records.write() as connection:
                connection.execute(text("DROP TABLE receipts"))
                coming = [pool.submit(keep, receipts, number) for number in range(MANY)]
            for one in coming:
                one.result()
    told = {record.getMessage().split(":")[0] for record in caplog.records}
    assert told == {f"no receipt of ans_{number}" for number in range(MANY)}
