"""Webhooks: signed, tried again for three days, in order, never under another id."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest
from conftest import CHOIR, DAM
from processes import command, served_process
from pydantic import SecretStr
from running import running
from test_stale_answers import CONDUCTOR, REPAIR, Newsroom

from ingest.errors import WrongUsage
from ingest.pipeline import ingest
from ingest.settings import Settings
from ingest.web.http_client import Client, Reply
from service.given_answers.webhooks import (
    HELD_SECONDS,
    RETRY_SECONDS,
    Events,
    operators_secret,
    signature,
)
from service.record_tables import open_records
from service.wiring import Service

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
DAY = 86_400.0


class Receiver:
    """A web server that answers `status` and keeps what it is sent."""

    def __init__(self) -> None:
        self.status = 200
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.came = threading.Condition()

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.heard]

    def wait_for(self, count: int) -> None:
        with self.came:
            assert self.came.wait_for(lambda: len(self.heard) >= count, timeout=300)


@contextmanager
def receiving() -> Iterator[tuple[str, Receiver]]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            with receiver.came:
                receiver.heard.append((headers, body))
                receiver.came.notify_all()
            self.send_response(receiver.status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/hook", receiver
        server.shutdown()


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def hooked(settings: Settings, newsroom: Path) -> Iterator[tuple[Newsroom, Receiver, Settings]]:
    """A service whose webhook is a receiver on this machine, and what it is told."""
    with receiving() as (address, receiver):
        own = settings.model_copy(
            update={
                "webhook_url": address,
                "webhook_secret": SecretStr(SECRET),
                "fetch_allow": "127.0.0.1",
            }
        )
        with running(own) as (url, service), httpx2.Client(base_url=url, timeout=60) as http:
            ingest(service.archive, [newsroom])
            yield Newsroom(http, service, newsroom), receiver, own


def sender(service: Service, settings: Settings, clock: Clock) -> Events:
    """The service's events, sent by another clock."""
    records = open_records(settings)
    data = {"answer.stale": service.stale_answers.data}
    return Events(records, data, settings, bytes(32), clock)


def test_a_webhook_is_told_signed_as_the_specification_says(
    hooked: tuple[Newsroom, Receiver, Settings],
) -> None:
    room, receiver, settings = hooked
    answer = room.asked(REPAIR)
    room.write(dam=DAM.replace("eleven months", "fourteen months"))
    with Client(settings) as client:
        room.service.events.send(client.post)
        room.service.events.send(client.post)
    [(headers, body)] = receiver.heard
    said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    made = hmac.new(bytes(range(32)), said, hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(made).decode()
    told = json.loads(body)
    assert told["type"] == "answer.stale" and told["data"]["answer_id"] == answer["id"]
    assert "fourteen months" in told["data"]["stale"]["now"][0]["quote"]
    [event] = room.http.get("/v1/events").json()["events"]
    assert event["event_id"] == headers["webhook-id"] and event["subject"] == answer["id"]
    assert room.http.get("/v1/events", params={"after": event["number"]}).json()["events"] == []


def test_a_receiver_that_fails_for_two_days_is_told_each_event_once_in_order(
    hooked: tuple[Newsroom, Receiver, Settings],
) -> None:
    room, receiver, settings = hooked
    answers = [room.asked(REPAIR), room.asked(CONDUCTOR)]
    room.write(dam=DAM.replace("eleven months", "ten months"))
    room.write(choir=CHOIR.replace("is 71", "is 72"))
    clock, receiver.status = Clock(), 500
    events = sender(room.service, settings, clock)
    begun = clock.now
    with Client(settings) as client:
        while clock.now < begun + 2 * DAY:
            events.send(client.post)
            clock.now += 600
        assert len(set(receiver.ids)) == 1  # the second waits for the first
        assert len(receiver.heard) == sum(
            sum(RETRY_SECONDS[:n]) < 2 * DAY for n in range(len(RETRY_SECONDS) + 1)
        )
        receiver.status, failed = 200, len(receiver.heard)
        clock.now += DAY
        events.send(client.post)
        clock.now += DAY
        events.send(client.post)
    told = [json.loads(body)["data"]["answer_id"] for _, body in receiver.heard[failed:]]
    assert told == [answer["id"] for answer in answers]
    assert receiver.ids[failed] == receiver.ids[0]


def test_one_that_never_answers_is_given_up_after_three_days_and_the_next_is_sent(
    hooked: tuple[Newsroom, Receiver, Settings], caplog: pytest.LogCaptureFixture
) -> None:
    room, receiver, settings = hooked
    room.asked(REPAIR)
    room.asked(CONDUCTOR)
    room.write(dam=DAM.replace("eleven months", "ten months"))
    room.write(choir=CHOIR.replace("is 71", "is 72"))
    clock, receiver.status = Clock(), 503
    events = sender(room.service, settings, clock)
    with Client(settings) as client:
        for _ in range(len(RETRY_SECONDS) + 1):
            events.send(client.post)
            clock.now += DAY
    assert "given up" in caplog.text
    assert receiver.ids == [receiver.ids[0]] * (len(RETRY_SECONDS) + 1) + receiver.ids[-1:]
    assert receiver.ids[-1] != receiver.ids[0]


def test_no_second_process_sends_what_another_is_sending_however_long_that_may_take(
    hooked: tuple[Newsroom, Receiver, Settings],
) -> None:
    room, receiver, settings = hooked
    room.asked(REPAIR)
    room.write(dam=DAM.replace("eleven months", "ten months"))
    patient, clock = settings.model_copy(update={"fetch_seconds": 600}), Clock()
    first, second = (sender(room.service, patient, clock) for _ in range(2))
    heard = []
    with Client(settings) as client:

        def slowly(address: str, body: bytes, headers: Mapping[str, str]) -> Reply:
            for seconds in (600, HELD_SECONDS):  # and then the first is taken for dead
                clock.now += seconds
                second.send(client.post)
                heard.append(len(receiver.heard))
            return client.post(address, body, headers)

        first.send(slowly)
    assert heard == [0, 1] and len(set(receiver.ids)) == 1


def test_what_was_erased_meanwhile_is_sent_to_nobody(
    hooked: tuple[Newsroom, Receiver, Settings],
) -> None:
    room, receiver, settings = hooked
    answer = room.asked(REPAIR)
    room.write(dam=DAM.replace("eleven months", "ten months"))
    receiver.status, clock = 500, Clock()
    events = sender(room.service, settings, clock)
    with Client(settings) as client:
        events.send(client.post)
        assert b"ten months" in receiver.heard[0][1]
        room.http.delete(f"/v1/articles/{answer['citations'][0]['article_id']}")
        receiver.status = 200
        for _ in range(2):
            clock.now += DAY
            events.send(client.post)
    assert all(b"months" not in body for _, body in receiver.heard[1:]) and len(receiver.heard) > 1


def test_a_webhook_wants_a_secret_and_an_address_that_may_be_asked(settings: Settings) -> None:
    address = {"webhook_url": "https://desk.example.org/hook"}
    for bad in ({}, {"webhook_secret": SecretStr("whsec_c2hvcnQ=")}):
        with pytest.raises(WrongUsage, match="openssl rand"):
            operators_secret(settings.model_copy(update=address | bad))
    good = {"webhook_secret": SecretStr(SECRET)}
    with pytest.raises(WrongUsage, match="DATELINE_WEBHOOK_URL"):
        operators_secret(settings.model_copy(update={"webhook_url": "file:///etc"} | good))


def test_the_signature_is_the_one_of_the_specification() -> None:
    """Its own example: https://github.com/standard-webhooks/standard-webhooks"""
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    made = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.slow
def test_a_killed_service_loses_no_event_and_sends_none_under_another_id(
    settings: Settings, newsroom: Path
) -> None:
    with receiving() as (address, receiver):
        receiver.status = 500
        more = {
            "DATELINE_WEBHOOK_URL": address,
            "DATELINE_WEBHOOK_SECRET": SECRET,
            "DATELINE_FETCH_ALLOW": "127.0.0.1",
            "DATELINE_FETCH_SECONDS": "1",  # so that what was being sent is soon taken up again
        }
        assert command(settings, "ingest", str(newsroom)).returncode == 0
        with served_process(settings, **more) as (url, process):
            reply = httpx2.post(f"{url}/v1/answers", json={"question": REPAIR}, timeout=60)
            (newsroom / "dam.txt").write_text(DAM.replace("eleven", "nineteen"), "utf-8")
            assert command(settings, "ingest", str(newsroom)).returncode == 0
            receiver.wait_for(1)
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        receiver.status = 200
        with served_process(settings, **more):
            receiver.wait_for(2)
        assert len(set(receiver.ids)) == 1
        assert json.loads(receiver.heard[-1][1])["data"]["answer_id"] == reply.json()["id"]
