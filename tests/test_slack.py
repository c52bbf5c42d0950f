"""Slack, end to end over HTTP: signed events in, replies in the thread on a fake Slack out."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import fake_slack
import pytest
import uvicorn
from fake_slack import FakeSlack, deliver
from fastapi import FastAPI
from slack_sdk.web.async_client import AsyncWebClient

from ingest.errors import TimedOut, WrongUsage
from ingest.pipeline import ingest
from ingest.settings import Settings
from ingest.storage.archive import Archive
from ingest.types import Span
from service.app import create_app
from service.surfaces import slack
from service.types import (
    Account,
    Answer,
    ArticleCard,
    Citation,
    Claim,
    Conflict,
    FamilyPlace,
    Nearest,
    Question,
    Turn,
)
from service.wiring import open_service

CARD = ArticleCard(
    article_id="a1",
    title="Cable deal ends quarrel",
    author="Ines Marlow",
    publisher="The Strait Ledger",
    url="https://ledger.example/cable?a=1&b=2",
    source="cable.txt",
    published_on=date(2025, 3, 3),
    date_source="text",
    family=FamilyPlace("f1", 3, "republished", True),
)
QUOTE = "The accord was signed at pier No. 4 on 28 February 2025."


def answered(
    text: str = "The accord was signed on 28 February 2025 [1].", quote: str = QUOTE, **card: Any
) -> Answer:
    citation = Citation(1, "p1", quote, 0, len(quote), replace(CARD, **card))
    claim = Claim(text, 0, len(text), (1,), "supported", 1)
    return Answer(
        id="ans_1", question="?", text=text, outcome="answered", declined_because=None, claims=(claim,),
        citations=(citation,), conflicts=(), nearest=(), as_of=None, answerer="extractive", model=None, fallback=None,
        usage={}, timings_ms={}, index={}, conversation_id=None,
    )  # fmt: skip


@dataclass
class Desk:
    """The answerer handed to Slack: gives one outcome, once it is let go, and keeps what it was asked."""

    outcome: Answer | Exception = field(default_factory=answered)
    asked: list[Question] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    async def answer(self, question: Question) -> Answer:
        self.asked.append(question)
        while not self.released.is_set():
            await asyncio.sleep(0.01)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The address of the app's Slack events while it runs in a thread, its start-up and shut-down included."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="on"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        threading.Event().wait(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/slack/events"
    finally:
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive()


@pytest.fixture
def workspace() -> Iterator[FakeSlack]:
    with fake_slack.running() as fake:
        yield fake


@pytest.fixture
def connected(settings: Settings, workspace: FakeSlack) -> Settings:
    return settings.model_copy(update=keys() | {"slack_api_url": workspace.url})


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.released.set()
    return desk


@pytest.fixture
def events(desk: Desk, connected: Settings) -> Iterator[str]:
    app = FastAPI()
    slack.mount(app, desk, connected)
    with serving(app) as address:
        yield address


def keys(**other: str | None) -> dict[str, Any]:
    given = {
        "SLACK_BOT_TOKEN": fake_slack.BOT_TOKEN,
        "SLACK_SIGNING_SECRET": fake_slack.SIGNING_SECRET,
    } | other
    read = Settings(_env_file=None, **given)  # type: ignore[call-arg, arg-type]
    return {
        "slack_bot_token": read.slack_bot_token,
        "slack_signing_secret": read.slack_signing_secret,
    }


def reply_to(event: dict[str, Any], workspace: FakeSlack, events: str) -> dict[str, Any]:
    """Delivers the event and gives the fields of the one message posted for it."""
    before = len(workspace.made("chat.postMessage"))
    assert deliver(events, workspace.envelope(event)).status_code == 200
    return workspace.wait_for("chat.postMessage", before + 1)[before]


# Who is answered, and where -------------------------------------------------------------------------------------------


def test_a_mention_is_answered_in_its_thread_with_numbered_sources(
    workspace: FakeSlack, events: str, desk: Desk
) -> None:
    event = workspace.mention("C1", "when was the accord signed?")
    reply = reply_to(event, workspace, events)
    assert desk.asked == [Question("when was the accord signed?")]
    assert (reply["channel"], reply["thread_ts"]) == ("C1", event["ts"])
    answer, sources = reply["text"].split("\n\n*Sources*\n")
    assert answer == "The accord was signed on 28 February 2025 [1]."
    assert sources == (
        f'[1] "{QUOTE}" — <https://ledger.example/cable?a=1&amp;b=2|Cable deal ends quarrel>, The Strait Ledger, '
        "3 March 2025 (republished copy, 1 of 3)"
    )
    assert reply["unfurl_links"] is False
    assert reply["unfurl_media"] is False


def test_a_direct_message_is_answered_in_a_thread_under_it(
    workspace: FakeSlack, events: str, desk: Desk
) -> None:
    event = workspace.say("D1", "when was the accord signed?")
    assert reply_to(event, workspace, events)["thread_ts"] == event["ts"]
    assert desk.asked[0].text == "when was the accord signed?"


def test_a_mention_in_a_thread_is_answered_there_and_brings_its_earlier_turns(
    workspace: FakeSlack, events: str, desk: Desk
) -> None:
    first = workspace.mention("C1", "who signed &amp; when?")
    reply_to(first, workspace, events)
    workspace.say(
        "C1", "a remark of another bot", user="U0OTHER", bot_id="B0OTHER", thread_ts=first["ts"]
    )
    second = workspace.mention("C1", "and where?", thread_ts=first["ts"])
    workspace.say("C1", "said after the question", thread_ts=first["ts"])
    assert reply_to(second, workspace, events)["thread_ts"] == first["ts"]
    assert desk.asked[1] == Question(
        "and where?",
        history=(
            Turn("user", "who signed & when?"),
            Turn("assistant", "The accord was signed on 28 February 2025."),
        ),
    )


def test_only_the_latest_turns_of_a_long_thread_are_the_history(
    workspace: FakeSlack, events: str, desk: Desk
) -> None:
    workspace.page_size = 7
    first = workspace.say("C1", "turn 0")
    for number in range(1, 31):
        workspace.say("C1", f"turn {number}", thread_ts=first["ts"])
    reply_to(workspace.mention("C1", "and now?", thread_ts=first["ts"]), workspace, events)
    assert [turn.content for turn in desk.asked[0].history] == [
        f"turn {number}" for number in range(21, 31)
    ]


def test_a_thread_that_cannot_be_read_is_no_reason_not_to_answer(
    workspace: FakeSlack, events: str, desk: Desk
) -> None:
    workspace.failing |= {
        "conversations.replies": "missing_scope",
        "reactions.add": "missing_scope",
    }
    first = workspace.say("C1", "the accord is here")
    reply_to(workspace.mention("C1", "when?", thread_ts=first["ts"]), workspace, events)
    assert desk.asked == [Question("when?")]


def test_a_sign_shows_that_the_answer_is_being_worked_on(
    workspace: FakeSlack, events: str, desk: Desk
) -> None:
    desk.released.clear()
    event = workspace.mention("C1", "when?")
    deliver(events, workspace.envelope(event))
    sign = {"name": "eyes", "channel": "C1", "timestamp": event["ts"]}
    assert workspace.wait_for("reactions.add") == [sign]
    assert not workspace.made("reactions.remove")
    desk.released.set()
    assert workspace.wait_for("reactions.remove") == [sign]


NOT_FOR_US = {
    "a message in a channel": {},
    "a message in a group chat": {"channel_type": "mpim"},
    "a message that mentions us, which comes as app_mention too": {"text": "<@U0BOT> when?"},
    "an edit": {
        "channel": "D1",
        "channel_type": "im",
        "subtype": "message_changed",
        "message": {"text": "when?"},
    },
    "a deletion": {
        "channel": "D1",
        "channel_type": "im",
        "subtype": "message_deleted",
        "hidden": True,
    },
    "a join": {"channel": "D1", "channel_type": "im", "subtype": "channel_join"},
    "an edited mention": {"type": "app_mention", "edited": {"user": "U0ANN", "ts": "1.2"}},
    "another bot": {"type": "app_mention", "bot_id": "B0OTHER"},
    "a bot message": {
        "channel": "D1",
        "channel_type": "im",
        "subtype": "bot_message",
        "bot_id": "B0OTHER",
    },
    "our own message": {"channel": "D1", "channel_type": "im", "user": "U0BOT", "bot_id": "B0BOT"},
    "our own user, without its bot": {"channel": "D1", "channel_type": "im", "user": "U0BOT"},
    "nobody": {"channel": "D1", "channel_type": "im", "user": None},
    "a reaction": {"type": "reaction_added", "reaction": "eyes", "item": {"type": "message"}},
}


@pytest.mark.parametrize("different", NOT_FOR_US.values(), ids=NOT_FOR_US)
def test_what_no_person_asked_us_is_acknowledged_and_left_alone(
    different: dict[str, Any], workspace: FakeSlack, events: str, desk: Desk
) -> None:
    event = {**workspace.say("C1", "when?"), **different}
    assert deliver(events, workspace.envelope(event)).status_code == 200
    reply_to(workspace.mention("C2", "the next question"), workspace, events)
    assert [question.text for question in desk.asked] == ["the next question"]


@pytest.mark.parametrize("text", ["", "  ", "<@U0BOT>", "<@U0BOT> <!here>"])
def test_a_call_without_a_question_gets_a_hint(
    text: str, workspace: FakeSlack, events: str, desk: Desk
) -> None:
    assert "Ask me something" in reply_to(workspace.say("D1", text), workspace, events)["text"]
    assert not desk.asked


def test_a_question_over_2000_characters_is_not_answered_and_hears_why(
    workspace: FakeSlack, events: str, desk: Desk
) -> None:
    assert (
        "2,001 characters long"
        in reply_to(workspace.say("D1", "y" * 2001), workspace, events)["text"]
    )
    assert not desk.asked
    reply_to(workspace.say("D1", "&lt;" * 2000), workspace, events)
    assert desk.asked == [Question("<" * 2000)]


# Delivery: signatures, retries, time ----------------------------------------------------------------------------------

FORGED = {
    "another secret": {"secret": "another"},
    "an old timestamp": {"age_seconds": 600},
    "a timestamp to come": {"age_seconds": -600},
    "no timestamp": {"X_Slack_Request_Timestamp": ""},
    "a timestamp that is no number": {"X_Slack_Request_Timestamp": "yesterday"},
    "no signature": {"X_Slack_Signature": ""},
    "a signature beyond ASCII": {"X_Slack_Signature": "v0=é"},
}


@pytest.mark.parametrize("how", FORGED.values(), ids=FORGED)
def test_a_request_that_slack_did_not_just_sign_is_refused(
    how: dict[str, Any], workspace: FakeSlack, events: str, desk: Desk
) -> None:
    headers = {
        name: value.encode() if isinstance(value, str) else value for name, value in how.items()
    }
    headers |= {name: how[name] for name in ("secret", "age_seconds") if name in how}
    response = deliver(events, workspace.envelope(workspace.mention("C1", "when?")), **headers)
    assert response.status_code == 401
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == "invalid_key"
    assert not desk.asked


def test_a_body_that_was_changed_on_the_way_is_refused(workspace: FakeSlack, events: str) -> None:
    signed = deliver(events, workspace.envelope(workspace.mention("C1", "when?"))).request
    forged = deliver(
        events,
        bytes(signed.content).replace(b"when?", b"where"),
        X_Slack_Signature=signed.headers["x-slack-signature"],
        X_Slack_Request_Timestamp=signed.headers["x-slack-request-timestamp"],
    )
    assert forged.status_code == 401


@pytest.mark.parametrize(
    "body",
    [b"\xff\xfe", b"not json", b"ssl_check=1&token=x", b"[]", b'{"event": 1}', b"[" * 5000, b""],
)
def test_a_body_that_is_no_event_is_refused_whoever_signed_it(body: bytes, events: str) -> None:
    assert deliver(events, body, secret="another").status_code == 401
    assert 400 <= deliver(events, body).status_code <= 422


def test_slack_can_verify_the_address(events: str) -> None:
    response = deliver(events, {"type": "url_verification", "challenge": "c-123", "token": "t"})
    assert (response.status_code, response.json()) == (200, {"challenge": "c-123"})


def test_the_acknowledgement_does_not_wait_for_the_answer(
    workspace: FakeSlack, events: str, desk: Desk
) -> None:
    desk.released.clear()
    event = workspace.mention("C1", "when?")
    assert (
        deliver(events, workspace.envelope(event)).status_code == 200
    )  # the desk lets nothing go until the next line
    assert not workspace.made("chat.postMessage")
    desk.released.set()
    assert workspace.wait_for("chat.postMessage")[0]["thread_ts"] == event["ts"]


def test_the_acknowledgement_does_not_wait_for_slack_either(
    workspace: FakeSlack, events: str
) -> None:
    workspace.rate_limited["auth.test"] = 1
    assert deliver(events, workspace.envelope(workspace.mention("C1", "when?"))).status_code == 200
    assert not workspace.made("chat.postMessage")
    workspace.wait_for("chat.postMessage")


def test_a_retried_event_is_answered_once(workspace: FakeSlack, events: str, desk: Desk) -> None:
    envelope = workspace.envelope(workspace.mention("C1", "when?"))
    for retry in range(4):
        more = (
            {"X_Slack_Retry_Num": str(retry), "X_Slack_Retry_Reason": "http_timeout"}
            if retry
            else {}
        )
        assert deliver(events, envelope, **more).status_code == 200
    reply_to(workspace.mention("C1", "and where?"), workspace, events)
    assert [question.text for question in desk.asked] == ["when?", "and where?"]
    assert len(workspace.made("chat.postMessage")) == 2


def test_an_event_id_that_was_heard_is_passed_over_whatever_it_carries(
    workspace: FakeSlack, events: str, desk: Desk
) -> None:
    for text, event_id in (("when?", "Ev1"), ("where?", "Ev1"), ("who?", "Ev2")):
        assert (
            deliver(events, workspace.envelope(workspace.mention("C1", text), event_id)).status_code
            == 200
        )
    workspace.wait_for("reactions.remove", 2)
    assert sorted(question.text for question in desk.asked) == ["when?", "who?"]


def test_one_message_delivered_as_two_events_is_answered_once(
    workspace: FakeSlack, events: str, desk: Desk
) -> None:
    message = workspace.say("D1", "<@U0BOT> when?")
    mention = {**message, "type": "app_mention"}
    for event in (message, mention, message):
        assert deliver(events, workspace.envelope(event)).status_code == 200
    reply_to(workspace.say("D1", "and where?"), workspace, events)
    assert [question.text for question in desk.asked] == ["when?", "and where?"]


async def test_what_was_heard_is_forgotten_after_an_hour(workspace: FakeSlack, desk: Desk) -> None:
    clock = [0.0]
    client = AsyncWebClient(fake_slack.BOT_TOKEN, base_url=workspace.url)
    bot = slack.Bot(client, desk, None, clock=lambda: clock[0])
    envelope = workspace.envelope(workspace.mention("C1", "when?"))
    for seconds in (0.0, 3_599.0, 3_601.0):
        clock[0] = seconds
        bot.hear(envelope)
    await bot.close()
    assert len(desk.asked) == 2


def test_shutting_down_ends_what_is_under_way(
    desk: Desk, connected: Settings, workspace: FakeSlack
) -> None:
    desk.released.clear()
    app = FastAPI()
    slack.mount(app, desk, connected)
    with serving(app) as address:
        deliver(address, workspace.envelope(workspace.mention("C1", "when?")))
        workspace.wait_for("reactions.add")
    assert not workspace.made("chat.postMessage")


def test_shutting_down_lets_a_nearly_finished_answer_out(
    desk: Desk, connected: Settings, workspace: FakeSlack
) -> None:
    desk.released.clear()
    app = FastAPI()
    slack.mount(app, desk, connected)
    with serving(app) as address:
        deliver(address, workspace.envelope(workspace.mention("C1", "when?")))
        workspace.wait_for("reactions.add")
        threading.Timer(0.3, desk.released.set).start()
    assert len(workspace.made("chat.postMessage")) == 1


# What the reply says --------------------------------------------------------------------------------------------------


def test_nothing_in_an_article_can_call_people_or_pose_as_a_link(
    workspace: FakeSlack, events: str, desk: Desk
) -> None:
    bad = "<!channel> <@U0ANN> <https://evil.example|here> & ```"
    desk.outcome = answered(
        f"{bad} [1].",
        f"{bad}\n[2] “x”",
        title=f"A|B> {bad}",
        publisher=bad,
        url="https://x.example/a>|<!here> b\n",
    )
    reply = reply_to(workspace.mention("C1", "when?"), workspace, events)
    shown = "\n".join(block["text"]["text"] for block in reply["blocks"])
    for text in (reply["text"], shown):
        assert text.count("<") == text.count(">") == 1
        assert (
            "<https://x.example/a%3E|%3C!here%3E%20b%0A|".replace("|%3C", "%7C%3C").replace(
                "%0A", ""
            )
            in text
        )
        assert "&lt;!channel&gt; &lt;@U0ANN&gt;" in text
        assert "```" not in text
        assert sum(line.startswith("[2]") for line in text.splitlines()) == 0
    assert all(block["text"]["verbatim"] for block in reply["blocks"])
    assert (reply["parse"], reply["link_names"]) == ("none", False)


@pytest.mark.parametrize("url", [None, "javascript:alert(1)", "file:///etc/passwd"])
def test_an_article_without_a_web_address_is_linked_to_its_reader_page(
    url: str | None, desk: Desk, connected: Settings, workspace: FakeSlack
) -> None:
    desk.outcome = answered(
        url=url, published_on=None, family=FamilyPlace("f", 1, "original", True)
    )
    for public_url, shown in [
        ("https://news.example/", "<https://news.example/articles/a1|{}>"),
        (None, "{}"),
    ]:
        app = FastAPI()
        slack.mount(app, desk, connected.model_copy(update={"public_url": public_url}))
        with serving(app) as address:
            text = reply_to(workspace.mention("C1", "when?"), workspace, address)["text"]
        assert text.endswith(f'" — {shown.format(CARD.title)}, The Strait Ledger, undated')


def test_an_altered_copy_is_named_with_the_words_that_differ(
    workspace: FakeSlack, events: str, desk: Desk
) -> None:
    copy = Citation(
        None, "p2", "…", 0, 1, replace(CARD, publisher="Wire & Co", published_on=date(2025, 4, 17))
    )
    accounts = (Account(QUOTE, answered().citations[0]), Account("…", copy))
    about = "“28 February 2025” became “18 February <!here> 2025”"
    desk.outcome = replace(
        answered(), conflicts=(Conflict(about, "altered_copy", accounts, 0, "…"),)
    )
    text = reply_to(workspace.mention("C1", "when?"), workspace, events)["text"]
    assert text.splitlines()[-1] == (
        "An altered copy in Wire &amp; Co (17 April 2025) has other words than this source [1]: "
        "“28 February 2025” became “18 February &lt;!here&gt; 2025”."
    )


def test_accounts_that_disagree_are_shown_side_by_side_around_what_differs(
    workspace: FakeSlack, events: str, desk: Desk
) -> None:
    here = "After long talks in a disused lighthouse the accord was signed in the night of 28 February by both leaders."
    there = Citation(
        None, "p2", "…", 0, 1, replace(CARD, publisher="The Courier", published_on=None)
    )
    accounts = (
        Account(here, answered().citations[0]),
        Account(here.replace("28 February", "8 May"), there),
    )
    disputed = Conflict("the day", "disputed", accounts, None, "…")
    desk.outcome = replace(
        answered(), conflicts=(disputed, replace(disputed, status="superseded", chosen=0))
    )
    text = reply_to(workspace.mention("C1", "when?"), workspace, events)["text"]
    ledger = (
        "The Strait Ledger (3 March 2025) has “…in the night of 28 February by both leaders.” [1]"
    )
    courier = "The Courier has “…in the night of 8 May by both leaders.”"
    assert text.splitlines()[-2:] == [
        f"Accounts disagree: {ledger}; {courier}.",
        f"An older account: {courier}; the newer one in {ledger}.",
    ]


def test_a_decline_says_why_and_names_at_most_three_nearest(
    workspace: FakeSlack, events: str, desk: Desk
) -> None:
    hits = [
        Nearest(f"p{n}", 0, 5, "words", 0.5, replace(CARD, title=f"Nearest {n}", url=None))
        for n in range(4)
    ]
    desk.outcome = replace(
        answered("The archive holds nothing that answers this question."),
        outcome="declined", declined_because="no_match", claims=(), citations=(), nearest=tuple(hits),
    )  # fmt: skip
    text = reply_to(workspace.mention("C1", "when?"), workspace, events)["text"]
    assert text.startswith(
        "The archive holds nothing that answers this question.\n\nNearest in the archive:\n• Nearest 0,"
    )
    assert "Nearest 2" in text
    assert "Nearest 3" not in text
    assert "Sources" not in text


def test_a_decline_quotes_and_dates_the_closest_sentence(
    workspace: FakeSlack, events: str, desk: Desk
) -> None:
    card = replace(CARD, publisher="Strait <Ledger>", published_on=date(2025, 3, 3))
    words = "The accord <!channel> was put off."
    near = Nearest("p1", 0, 90, words, 0.5, replace(card, url=None), 0.5, Span(4, 38, words))
    desk.outcome = replace(
        answered("No."), outcome="declined", declined_because="not_supported", claims=(),
        citations=(), nearest=(near, replace(near, sentence=None)),
    )  # fmt: skip
    text = reply_to(workspace.mention("C1", "when?"), workspace, events)["text"]
    assert text.startswith(
        "No.\n\nThe closest passage, from Strait &lt;Ledger&gt; of 3 March 2025, says: "
        "“The accord &lt;!channel&gt; was put off.”\n\nAlso near:\n• "
    )


def test_a_failure_is_told_in_its_own_words_escaped(
    workspace: FakeSlack, events: str, desk: Desk
) -> None:
    desk.outcome = TimedOut("the answer took longer than 60 s: ask <!here> again")
    text = reply_to(workspace.mention("C1", "when?"), workspace, events)["text"]
    assert (
        text
        == "Sorry, I could not answer that: the answer took longer than 60 s: ask &lt;!here&gt; again"
    )


def test_a_failure_nobody_foresaw_shows_no_trace_and_is_logged(
    workspace: FakeSlack, events: str, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.outcome = ZeroDivisionError("secret details")
    text = reply_to(workspace.mention("C1", "when?"), workspace, events)["text"]
    assert text.startswith("Sorry, something failed on my side")
    assert "secret" not in text
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [
        ZeroDivisionError
    ]


def test_a_rate_limited_reply_is_posted_when_slack_lets_it(
    workspace: FakeSlack, events: str
) -> None:
    workspace.rate_limited["chat.postMessage"] = 2
    workspace.retry_after_seconds = 1
    reply_to(workspace.mention("C1", "when?"), workspace, events)
    calls = [call for call in workspace.calls if call.method == "chat.postMessage"]
    assert [call.status for call in calls] == [429, 429, 200]
    assert all(later.at_seconds - earlier.at_seconds >= 1 for earlier, later in pairwise(calls))


def test_a_reply_that_cannot_be_posted_is_logged_without_words_or_keys(
    workspace: FakeSlack, events: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    workspace.failing["chat.postMessage"] = "channel_not_found"
    deliver(events, workspace.envelope(workspace.mention("C1", "when exactly?")))
    workspace.wait_for("reactions.remove")
    assert "channel_not_found" in caplog.text
    for secret in (fake_slack.BOT_TOKEN, fake_slack.SIGNING_SECRET, "when exactly?", QUOTE):
        assert secret not in caplog.text


@pytest.mark.parametrize("characters", [2_900, 13_000, 90_000])
def test_a_long_answer_goes_out_whole_in_pieces_slack_takes(
    characters: int, workspace: FakeSlack, events: str, desk: Desk
) -> None:
    sentence = "Tolvay & Sorrenia signed <nothing> [1]. "
    desk.outcome = answered((sentence * (characters // len(sentence))).strip())
    event = workspace.mention("C1", "when?")
    deliver(events, workspace.envelope(event))
    workspace.wait_for("reactions.remove")
    replies = workspace.made("chat.postMessage")
    whole = " ".join(reply["text"] for reply in replies)
    blocks = [block["text"]["text"] for reply in replies for block in reply["blocks"]]
    assert whole.count("Tolvay &amp; Sorrenia signed &lt;nothing&gt; [1].") == characters // len(
        sentence
    )
    assert "".join(whole.split()) == "".join("".join(blocks).split())
    assert whole.count("*Sources*") == 1
    assert {reply["thread_ts"] for reply in replies} == {event["ts"]}
    assert all(len(reply["text"]) <= 12_000 and len(reply["blocks"]) <= 50 for reply in replies)
    assert all(len(block) <= 3_000 for block in blocks)


# Settings -------------------------------------------------------------------------------------------------------------


def test_without_slack_keys_there_is_no_such_route(desk: Desk, settings: Settings) -> None:
    app = FastAPI()
    slack.mount(
        app, desk, settings.model_copy(update=keys(SLACK_BOT_TOKEN="", SLACK_SIGNING_SECRET=" "))
    )
    with serving(app) as address:
        assert deliver(address, {"type": "url_verification", "challenge": "c"}).status_code == 404


@pytest.mark.parametrize("missing", ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"])
def test_half_a_pair_of_slack_keys_is_refused_naming_the_other(
    missing: str, desk: Desk, settings: Settings
) -> None:
    with pytest.raises(WrongUsage, match=f"set {missing}"):
        slack.mount(FastAPI(), desk, settings.model_copy(update=keys(**{missing: None})))


def test_oauth_variables_of_another_app_do_not_take_the_token_away(
    desk: Desk,
    connected: Settings,
    workspace: FakeSlack,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    for name in (
        "SLACK_CLIENT_ID",
        "SLACK_CLIENT_SECRET",
        "SLACK_SIGNING_SECRET",
        "SLACK_BOT_TOKEN",
    ):
        monkeypatch.setenv(name, "of-another-app")
    app = FastAPI()
    slack.mount(app, desk, connected)
    with serving(app) as address:
        reply_to(workspace.mention("C1", "when?"), workspace, address)


# With everything real but Slack ---------------------------------------------------------------------------------------


def test_the_real_service_answers_in_slack_from_its_articles(
    connected: Settings, newsroom: Path, workspace: FakeSlack
) -> None:
    with Archive(connected) as archive:
        ingest(archive, [newsroom])
    with open_service(connected) as service, serving(create_app(service)) as address:
        cited = reply_to(
            workspace.mention("C1", "How much did the Orvel bridge cost?"), workspace, address
        )["text"]
        declined = reply_to(
            workspace.say("D1", "Who won the chess final in Reykjavik?"), workspace, address
        )["text"]
        forged = deliver(address, {}, secret="another")
    answer, sources = cited.split("\n\n*Sources*\n")
    assert "38 million crowns" in answer
    assert "[1]" in answer
    assert sources.startswith('[1] "')
    assert "Orvel bridge opens after four years, Harbour Gazette, 12 March 2025" in sources
    assert "*Sources*" not in declined
    assert forged.status_code == 401
    assert json.loads(forged.content)["request_id"] == forged.headers["x-request-id"]
