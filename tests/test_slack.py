"""Slack, end to end: deliveries over HTTP and over a WebSocket in, replies in the thread on a fake Slack out."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import fake_dateline
import fake_slack
import pytest
from fake_dateline import QUOTE, FakeDateline, answered, declined
from fake_slack import FakeSlack, deliver
from slack_bot import Send, connected, hearing, mounted

from ingest.settings import Settings
from service.contract.response_bodies import body_of
from service.surfaces import slack_reply

TRANSPORTS = ("http", "socket")
SENTENCES = ("The accord was signed on 28 February 2025 [1].", "It ended the quarrel [1].")


@pytest.fixture(scope="module")
def service() -> Iterator[FakeDateline]:
    with fake_dateline.running() as fake:
        yield fake


@pytest.fixture
def dateline(service: FakeDateline) -> FakeDateline:
    """The one service of this module, as new."""
    service.__dict__.update(FakeDateline(url=service.url, _changed=service._changed).__dict__)
    return service


@pytest.fixture
def workspace() -> Iterator[FakeSlack]:
    with fake_slack.running() as fake:
        yield fake


@pytest.fixture
def keyed(settings: Settings, workspace: FakeSlack) -> Settings:
    return connected(settings, workspace)


@pytest.fixture
def send(keyed: Settings, workspace: FakeSlack, dateline: FakeDateline) -> Iterator[Send]:
    with hearing("socket", keyed, workspace, dateline) as send:
        yield send


@pytest.fixture(params=TRANSPORTS)
def send_either_way(
    request: pytest.FixtureRequest, keyed: Settings, workspace: FakeSlack, dateline: FakeDateline
) -> Iterator[Send]:
    with hearing(request.param, keyed, workspace, dateline) as send:
        yield send


def reply_to(event: dict[str, Any], workspace: FakeSlack, send: Send) -> dict[str, Any]:
    """Delivers the event and gives the one settled message below it."""
    send(event)
    [reply] = workspace.settled(event["channel"], event.get("thread_ts") or event["ts"])
    return reply


def kinds(message: dict[str, Any]) -> list[str]:
    return [block["type"] for block in message["blocks"]]


def words(message: dict[str, Any]) -> str:
    """All that stands in the blocks of a message."""
    return str(message["blocks"])


# Who is answered, and where -------------------------------------------------------------------------------------------


def test_a_mention_is_answered_in_its_thread_and_settles_with_cards(
    workspace: FakeSlack, send_either_way: Send, dateline: FakeDateline
) -> None:
    event = workspace.mention("C1", "when was the accord signed?")
    reply = reply_to(event, workspace, send_either_way)
    assert dateline.asked[0]["question"] == "when was the accord signed?"
    assert reply["text"] == "The accord was signed on 28 February 2025 [1]."
    assert kinds(reply) == ["carousel", "actions", "context_actions"]
    [start] = workspace.made("chat.startStream")
    assert (start["recipient_user_id"], start["recipient_team_id"]) == ("U0ANN", fake_slack.TEAM)


def test_a_direct_message_is_answered_in_a_thread_under_it(
    workspace: FakeSlack, send: Send, dateline: FakeDateline
) -> None:
    event = workspace.say("D1", "when was the accord signed?")
    assert reply_to(event, workspace, send)["thread_ts"] == event["ts"]
    assert dateline.asked[0]["question"] == "when was the accord signed?"


def test_a_command_opens_a_thread_that_all_can_see(
    workspace: FakeSlack, send_either_way: Send
) -> None:
    send_either_way(workspace.command("when was &lt;it&gt; signed?"))
    [opening] = workspace.wait_for("chat.postMessage")
    assert opening["text"] == "<@U0ANN> asks: when was &lt;it&gt; signed?"
    ts = workspace.channels["C1"][0]["ts"]
    [reply] = workspace.settled("C1", ts)
    assert reply["text"].startswith("The accord")


def test_a_hidden_command_is_answered_for_the_asker_alone(
    workspace: FakeSlack, keyed: Settings, dateline: FakeDateline, tmp_path: Path
) -> None:
    (tmp_path / "slack.yaml").write_text("defaults: {ephemeral: true}")
    hidden = keyed.model_copy(update={"slack_settings": tmp_path / "slack.yaml"})
    with hearing("socket", hidden, workspace, dateline) as send:
        acknowledged = send(workspace.command("when was it signed?"))
        workspace.wait(lambda: workspace.hidden, "a hidden reply")
    assert acknowledged["payload"]["text"] == "Searching the archive…"
    assert kinds(workspace.hidden[0])[0] == "markdown"
    assert not workspace.channels["C1"]


def test_a_command_where_the_bot_is_not_says_to_invite_it(workspace: FakeSlack, send: Send) -> None:
    workspace.closed.add("C1")
    send(workspace.command("when was it signed?"))
    workspace.wait(lambda: workspace.hidden, "a hidden reply")
    assert "/invite" in words(workspace.hidden[0])


def test_a_command_without_a_question_gets_a_hint(workspace: FakeSlack, send: Send) -> None:
    assert "Ask me something" in send(workspace.command(" "))["payload"]["text"]


NOT_FOR_US = {
    "a message in a channel": {},
    "a message in a group chat": {"channel_type": "mpim"},
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
    "a thread that we were never in": {"thread_ts": "1.000100"},
}


def test_what_no_person_asked_us_is_acknowledged_and_left_alone(
    workspace: FakeSlack, send: Send, dateline: FakeDateline
) -> None:
    for different in NOT_FOR_US.values():
        send({**workspace.say("C1", "when?"), **different})
    reply_to(workspace.mention("C2", "the next question"), workspace, send)
    assert [one["question"] for one in dateline.asked] == ["the next question"]


def test_a_person_whom_slack_calls_a_bot_is_not_answered(
    workspace: FakeSlack, send: Send, dateline: FakeDateline
) -> None:
    workspace.people["U0ROBOT"] = {"is_bot": True}
    send(workspace.say("D1", "when?", user="U0ROBOT"))
    reply_to(workspace.mention("C2", "the next question"), workspace, send)
    assert [one["question"] for one in dateline.asked] == ["the next question"]


@pytest.mark.parametrize("text", ["", "<@U0BOT> <!here>"])
def test_a_call_without_a_question_gets_a_hint(
    text: str, workspace: FakeSlack, send: Send, dateline: FakeDateline
) -> None:
    assert "Ask me something" in words(reply_to(workspace.say("D1", text), workspace, send))
    assert not dateline.asked


def test_a_question_over_2000_characters_is_not_answered_and_hears_why(
    workspace: FakeSlack, send: Send, dateline: FakeDateline
) -> None:
    assert "2,001 characters long" in words(
        reply_to(workspace.say("D1", "y" * 2001), workspace, send)
    )
    assert not dateline.asked
    reply_to(workspace.say("D1", "&lt;" * 2000), workspace, send)
    assert dateline.asked[0]["question"] == "<" * 2000


# The thread is the conversation ---------------------------------------------------------------------------------------


def test_a_mention_in_a_thread_brings_its_earlier_turns(
    workspace: FakeSlack, send: Send, dateline: FakeDateline
) -> None:
    first = workspace.mention("C1", "who signed &amp; when?")
    reply_to(first, workspace, send)
    workspace.say("C1", "of a bot", user="U0OTHER", bot_id="B0OTHER", thread_ts=first["ts"])
    second = workspace.mention("C1", "and where?", thread_ts=first["ts"])
    workspace.say("C1", "said after the question", thread_ts=first["ts"])
    send(second)
    workspace.settled("C1", first["ts"], 2)
    assert dateline.asked[1]["question"] == "and where?"
    assert dateline.asked[1]["history"] == [
        {"role": "user", "content": "who signed & when?"},
        {"role": "assistant", "content": "The accord was signed on 28 February 2025."},
    ]


def test_quotes_and_failures_in_a_thread_are_no_turns_of_it(
    workspace: FakeSlack, send: Send, dateline: FakeDateline
) -> None:
    event = workspace.mention("C1", "when?")
    reply = reply_to(event, workspace, send)
    send(workspace.press("C1", reply["ts"], "dateline_quotes"))
    quotes = workspace.settled("C1", event["ts"], 2)[1]
    assert QUOTE in quotes["text"]  # what a notification says
    send(workspace.say("C1", "and where?", thread_ts=event["ts"]))
    workspace.settled("C1", event["ts"], 3)
    assert [turn["role"] for turn in dateline.asked[1]["history"]] == ["user", "assistant"]


def test_a_follow_up_in_an_answered_thread_needs_no_mention(
    workspace: FakeSlack, send: Send, dateline: FakeDateline
) -> None:
    first = workspace.mention("C1", "who signed?")
    reply_to(first, workspace, send)
    send(workspace.say("C1", "<@U0BOB> what do you think?", thread_ts=first["ts"]))
    send(workspace.say("C1", "and where?", thread_ts=first["ts"]))
    workspace.settled("C1", first["ts"], 2)
    assert [one["question"] for one in dateline.asked] == ["who signed?", "and where?"]


def test_follow_ups_can_be_turned_off_by_a_setting(
    workspace: FakeSlack, send: Send, dateline: FakeDateline
) -> None:
    workspace.people["U0BOSS"] = {"is_admin": True}
    send(workspace.command("settings follow-ups=no", user="U0BOSS"))
    first = workspace.mention("C1", "who signed?")
    reply_to(first, workspace, send)
    send(workspace.say("C1", "and where?", thread_ts=first["ts"]))
    reply_to(workspace.mention("C2", "another"), workspace, send)
    assert [one["question"] for one in dateline.asked] == ["who signed?", "another"]


def test_only_the_latest_turns_of_a_long_thread_are_the_history(
    workspace: FakeSlack, send: Send, dateline: FakeDateline
) -> None:
    workspace.page_size = 7
    first = workspace.say("C1", "turn 0")
    for number in range(1, 31):
        workspace.say("C1", f"turn {number}", thread_ts=first["ts"])
    reply_to(workspace.mention("C1", "and now?", thread_ts=first["ts"]), workspace, send)
    assert [turn["content"] for turn in dateline.asked[0]["history"]] == [
        f"turn {number}" for number in range(21, 31)
    ]


def test_a_thread_that_cannot_be_read_is_no_reason_not_to_answer(
    workspace: FakeSlack, send: Send, dateline: FakeDateline
) -> None:
    workspace.failing |= {"conversations.replies": "missing_scope", "users.info": "missing_scope"}
    first = workspace.say("C1", "the accord is here")
    reply_to(workspace.mention("C1", "when?", thread_ts=first["ts"]), workspace, send)
    assert dateline.asked[0]["history"] == []
    assert dateline.asked[0]["today"] is None


def test_the_asker_s_time_zone_decides_the_day(
    workspace: FakeSlack, send: Send, dateline: FakeDateline
) -> None:
    workspace.people |= {"U0EAST": {"tz": "Pacific/Kiritimati"}, "U0WEST": {"tz": "Etc/GMT+12"}}
    for user in ("U0EAST", "U0WEST"):  # 26 hours apart: it is never the same day
        reply_to(workspace.say("D1", "what happened yesterday?", user=user), workspace, send)
    east, west = (one["today"] for one in dateline.asked)
    assert east > west


# Streaming ------------------------------------------------------------------------------------------------------------


def test_a_sentence_is_shown_as_soon_as_it_is_verified(
    workspace: FakeSlack, send: Send, dateline: FakeDateline
) -> None:
    dateline.outcome, dateline.released = answered(*SENTENCES), 0
    event = workspace.mention("C1", "when?")
    send(event)
    assert workspace.wait_for("agents.sessions.setStatus")[0]["status"] == "processing"
    dateline.released = 1
    workspace.wait_for("chat.startStream")
    assert workspace.replies("C1", event["ts"])[0]["text"] == SENTENCES[0]
    dateline.released = 2
    [reply] = workspace.settled("C1", event["ts"])
    assert reply["text"] == " ".join(SENTENCES)
    assert workspace.made("chat.stopStream")[0]["session_status"] == "active"


def test_the_stop_button_ends_the_work_and_says_so(
    workspace: FakeSlack, send_either_way: Send, dateline: FakeDateline
) -> None:
    dateline.outcome, dateline.released = answered(*SENTENCES), 1
    event = workspace.mention("C1", "when?")
    send_either_way(event)
    workspace.wait_for("chat.startStream")
    send_either_way(workspace.stop_stream("C1", event["ts"]))
    dateline.wait(lambda: dateline.stopped == ["ans_1"], "the end of the work")
    workspace.wait_for("chat.update")
    [reply] = workspace.replies("C1", event["ts"])
    assert reply["text"] == SENTENCES[0]
    assert "Stopped" in words(reply)
    workspace.wait_for("agents.sessions.setStatus", 2)
    assert workspace.made("agents.sessions.setStatus")[-1]["status"] == "active"


def test_a_stop_before_the_first_sentence_is_heard_too(
    workspace: FakeSlack, send: Send, dateline: FakeDateline
) -> None:
    dateline.released = 0
    event = workspace.mention("C1", "when?")
    send(event)
    dateline.wait(lambda: dateline.asked, "the question")
    send(workspace.stop_stream("C1", event["ts"]))
    workspace.wait_for("chat.postMessage")
    assert "Stopped" in words(workspace.replies("C1", event["ts"])[0])


@pytest.mark.parametrize("refusal", ["team_not_allowed", "unknown_method"])
def test_where_slack_does_not_stream_one_message_is_edited(
    refusal: str, workspace: FakeSlack, send: Send, dateline: FakeDateline
) -> None:
    workspace.failing |= {"chat.startStream": refusal, "agents.sessions.setStatus": refusal}
    dateline.outcome = answered(*SENTENCES)
    reply = reply_to(workspace.mention("C1", "when?"), workspace, send)
    assert reply["blocks"][0] == {"type": "markdown", "text": " ".join(SENTENCES)}
    assert kinds(reply)[1:] == ["carousel", "actions", "context_actions"]
    assert len(workspace.made("chat.postMessage")) == 1
    # the fake refuses a second edit within a second, as Slack does
    assert all(call.status != 429 for call in workspace.calls)


def test_a_stream_that_slack_ended_goes_on_as_edits(
    workspace: FakeSlack, send: Send, dateline: FakeDateline
) -> None:
    dateline.outcome, dateline.released = answered(*SENTENCES), 1
    event = workspace.mention("C1", "when?")
    send(event)
    workspace.wait_for("chat.startStream")
    workspace.message("C1", workspace.replies("C1", event["ts"])[0]["ts"])["streaming"] = False  # type: ignore[index]
    dateline.released = 2
    [reply] = workspace.settled("C1", event["ts"])
    assert reply["blocks"][0]["text"] == " ".join(SENTENCES)


def test_where_slack_does_not_know_cards_the_sources_are_lines(
    workspace: FakeSlack, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        fake_slack, "_fits", lambda block: block["type"] not in ("card", "carousel")
    )
    reply = reply_to(workspace.mention("C1", "when?"), workspace, send)
    assert kinds(reply) == ["section", "actions", "context_actions"]
    assert "Cable deal ends quarrel" in words(reply)


def test_an_answer_too_long_for_one_message_goes_on_in_the_next_between_sentences(
    workspace: FakeSlack, send: Send, dateline: FakeDateline
) -> None:
    sentences = [f"Sentence {number} {'of the Tolvay accord ' * 40}[1]." for number in range(30)]
    dateline.outcome = answered(*sentences)
    event = workspace.mention("C1", "when?")
    send(event)
    workspace.wait(
        lambda: any("carousel" in kinds(m) for m in workspace.replies("C1", event["ts"])), "cards"
    )
    found = workspace.replies("C1", event["ts"])
    assert 3 <= len(found) <= 4  # where a message ends depends on when its sentences came
    assert " ".join(m["text"] for m in found) == " ".join(sentences)
    assert all(m["text"].endswith("[1].") and not m["streaming"] for m in found)


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


@pytest.fixture
def address(keyed: Settings, dateline: FakeDateline) -> Iterator[str]:
    with mounted(keyed, dateline) as address:
        yield address


def test_a_request_that_slack_did_not_just_sign_is_refused(
    workspace: FakeSlack, address: str, dateline: FakeDateline
) -> None:
    for how in FORGED.values():
        headers = {n: v.encode() if isinstance(v, str) else v for n, v in how.items()}  # type: ignore[attr-defined]
        headers |= {name: how[name] for name in ("secret", "age_seconds") if name in how}  # type: ignore[index, operator]
        body = workspace.envelope(workspace.mention("C1", "when?"))
        response = deliver(address, body, **headers)
        assert response.status_code == 401, how
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["code"] == "invalid_key"
    assert not dateline.asked


def test_a_body_that_was_changed_on_the_way_is_refused(workspace: FakeSlack, address: str) -> None:
    signed = deliver(address, workspace.envelope(workspace.mention("C1", "when?"))).request
    forged = deliver(
        address,
        bytes(signed.content).replace(b"when?", b"where"),
        X_Slack_Signature=signed.headers["x-slack-signature"],
        X_Slack_Request_Timestamp=signed.headers["x-slack-request-timestamp"],
    )
    assert forged.status_code == 401


def test_a_body_that_is_no_event_is_refused_whoever_signed_it(address: str) -> None:
    for body in (
        b"\xff\xfe",
        b"not json",
        b"ssl_check=1",
        b"[]",
        b'{"event": 1}',
        b"[" * 5000,
        b"",
    ):
        assert deliver(address, body, secret="another").status_code == 401
        assert 400 <= deliver(address, body).status_code <= 422
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    for body in (b"payload=no", b"payload=[]", b"x=1"):
        assert 400 <= deliver(address, body, **form).status_code <= 422


def test_slack_can_verify_the_address(address: str) -> None:
    response = deliver(address, {"type": "url_verification", "challenge": "c-123", "token": "t"})
    assert (response.status_code, response.json()) == (200, {"challenge": "c-123"})


def test_the_acknowledgement_waits_neither_for_the_answer_nor_for_slack(
    workspace: FakeSlack, send_either_way: Send, dateline: FakeDateline
) -> None:
    dateline.released = 0
    workspace.rate_limited["users.info"] = 1
    event = workspace.mention("C1", "when?")
    send_either_way(event)  # returns with the acknowledgement
    assert not workspace.replies("C1", event["ts"])
    dateline.released = 1
    workspace.settled("C1", event["ts"])


def test_an_event_delivered_again_is_answered_once_over_restarts_and_transports(
    workspace: FakeSlack, keyed: Settings, dateline: FakeDateline
) -> None:
    envelope = workspace.envelope(workspace.mention("C1", "when?"))
    direct = workspace.say("D1", "<@U0BOT> who?")  # one message that comes as two events
    for transport in ("http", "socket", "http"):
        with hearing(transport, keyed, workspace, dateline) as send:
            for _ in range(3):
                send(envelope)
                send(direct)
                send({**direct, "type": "app_mention"})
            workspace.settled("C1", envelope["event"]["ts"])
            workspace.settled("D1", direct["ts"])
    assert sorted(one["question"] for one in dateline.asked) == ["when?", "who?"]
    assert len(workspace.made("chat.startStream")) == 2


def test_an_answer_under_way_at_a_shutdown_apologises_and_comes_after_it(
    workspace: FakeSlack, keyed: Settings, dateline: FakeDateline
) -> None:
    dateline.outcome, dateline.released = answered(*SENTENCES), 1
    event = workspace.mention("C1", "when?")
    with hearing("socket", keyed, workspace, dateline) as send:
        send(event)
        workspace.wait_for("chat.startStream")
    [cut] = workspace.replies("C1", event["ts"])
    assert "restarted" in words(cut)
    dateline.released = 2
    with hearing("http", keyed, workspace, dateline):
        [reply] = workspace.settled("C1", event["ts"])
    assert reply["ts"] == cut["ts"]
    assert reply["text"] == " ".join(SENTENCES)
    assert "restarted" not in words(reply)


def test_a_message_whose_creation_was_never_confirmed_is_found_and_written_anew(
    workspace: FakeSlack, keyed: Settings, dateline: FakeDateline, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = workspace._start

    def lost(fields: dict[str, Any]) -> Any:
        monkeypatch.setattr(workspace, "_start", keep)
        keep(fields)
        return "ratelimited_forever"  # Slack has the message, the bot does not know

    monkeypatch.setattr(workspace, "_start", lost)
    monkeypatch.setattr(slack_reply, "FINAL", ())
    workspace.failing["chat.postMessage"] = "internal_error"
    event = workspace.mention("C1", "when?")
    with hearing("http", keyed, workspace, dateline) as send:
        send(event)
        [reply] = workspace.settled("C1", event["ts"])
    assert len(workspace.replies("C1", event["ts"])) == 1
    assert "28 February 2025" in reply["text"]


def test_two_forced_reconnects_lose_nothing(
    workspace: FakeSlack, send: Send, dateline: FakeDateline
) -> None:
    dateline.echo = True
    events = [workspace.mention("C1", f"question {number}?") for number in range(6)]
    for number, event in enumerate(events):
        send(event)
        if number in (1, 3):
            workspace.reconnect()
    for event in events:
        workspace.settled("C1", event["ts"])
    assert len(dateline.asked) == 6


# What the reply says --------------------------------------------------------------------------------------------------


def test_nothing_in_an_article_can_call_people_or_pose_as_a_link(
    workspace: FakeSlack, send: Send, dateline: FakeDateline
) -> None:
    bad = "<!channel> <@U0ANN> @here [x](http://evil.example) <https://evil.example|here> & ```"
    dateline.outcome = answered(
        f"{bad} [1].", title=f"A|B> {bad}", publisher=bad, url="https://x.example/a>|<!here> b\n"
    )
    event = workspace.mention("C1", "when?")
    reply = reply_to(event, workspace, send)
    send(workspace.press("C1", reply["ts"], "dateline_quotes"))
    quotes = workspace.settled("C1", event["ts"], 2)[1]
    assert "<" not in reply["text"] and "](" not in reply["text"] and "://" not in reply["text"]
    assert "<" not in words(reply).replace("'value': '", "")
    assert words(quotes).count("<") == words(quotes).count("<https://x.example/") == 1
    assert "`" not in reply["text"] + words(reply) + words(quotes)
    assert "@h" not in reply["text"]  # an invisible character keeps it from being a mention
    assert "%3E%7C%3C!here%3E" in words(reply)


def test_an_article_without_a_web_address_is_linked_to_its_reader_page(
    workspace: FakeSlack, keyed: Settings, dateline: FakeDateline
) -> None:
    dateline.outcome = answered(url="javascript:alert(1)")
    public = keyed.model_copy(update={"public_url": "https://news.example/"})
    for settings, shown in ((public, True), (keyed, False)):
        with hearing("http", settings, workspace, dateline) as send:
            reply = reply_to(workspace.mention("C1", "when?"), workspace, send)
        assert ("https://news.example/articles/a1" in words(reply)) is shown
        assert "javascript" not in words(reply)


def test_a_refusal_quotes_the_closest_passage_and_asks_again_as_of_another_day(
    workspace: FakeSlack, send: Send, dateline: FakeDateline
) -> None:
    dateline.outcome = replace(declined(), question="who won?")
    event = workspace.mention("C1", "who won?")
    reply = reply_to(event, workspace, send)
    assert kinds(reply) == ["actions", "context_actions"]
    dateline.outcome = replace(answered(), question="who won?")
    again = workspace.press("C1", reply["ts"], "dateline_again", selected_date="2024-05-01")
    send(again)
    send(again)
    workspace.settled("C1", event["ts"], 2)
    assert [(one["question"], one["as_of"]) for one in dateline.asked] == [
        ("who won?", None),
        ("who won?", "2024-05-01"),
    ]


def test_ratings_go_where_the_service_keeps_them(
    workspace: FakeSlack, send_either_way: Send, dateline: FakeDateline
) -> None:
    reply = reply_to(workspace.mention("C1", "when?"), workspace, send_either_way)
    for rating in ("up", "down"):
        send_either_way(
            workspace.press("C1", reply["ts"], "dateline_rate", value=f"{rating} ans_1")
        )
    dateline.wait(lambda: len(dateline.rated) == 2, "ratings")
    assert sorted(dateline.rated, key=lambda one: one["rating"]) == [
        {"answer_id": "ans_1", "rating": rating, "user": f"slack:{fake_slack.TEAM}:U0ANN"}
        for rating in ("down", "up")
    ]


def test_quotes_are_shown_in_the_thread_once(
    workspace: FakeSlack, send: Send, dateline: FakeDateline
) -> None:
    event = workspace.mention("C1", "when?")
    reply = reply_to(event, workspace, send)
    for _ in range(2):
        send(workspace.press("C1", reply["ts"], "dateline_quotes"))
    _, quotes = workspace.settled("C1", event["ts"], 2)
    assert f"*[1]* “{QUOTE}”" in words(quotes)
    reply_to(workspace.mention("C2", "next"), workspace, send)
    assert len(workspace.replies("C1", event["ts"])) == 2


CHECK = {
    "sentences": [
        {"text": "It was signed in May <!here>.", "start": 0, "end": 28, "verdict": "contradicted",
         "why": "the archive says February", "citations": [1], "independent_sources": 1},
        {"text": "Was it?", "start": 29, "end": 36, "verdict": "not_checked", "why": None, "citations": [],
         "independent_sources": 0},
    ],
    "citations": [
        {"number": 1, "title": "Cable deal", "publisher": None, "url": "https://x.example", "quote": QUOTE,
         "published_on": "2025-03-03"},
    ],
}  # fmt: skip


def test_the_shortcut_replies_with_a_verdict_a_sentence(
    workspace: FakeSlack, send_either_way: Send, dateline: FakeDateline
) -> None:
    dateline.check = CHECK
    message = workspace.say("C1", "It was signed in May &lt;!here&gt;. Was it?")
    send_either_way(workspace.shortcut(message))
    [reply] = workspace.settled("C1", message["ts"])
    assert dateline.checked == ["It was signed in May <!here>. Was it?"]
    assert "The archive says otherwise* [1] – the archive says February" in words(reply)
    assert "&lt;!here&gt;" in words(reply)
    assert "Not checked" in words(reply)


def test_a_check_where_the_bot_may_not_write_is_for_the_asker_alone(
    workspace: FakeSlack, send: Send, dateline: FakeDateline
) -> None:
    dateline.check = CHECK
    workspace.closed.add("C1")
    send(workspace.shortcut(workspace.say("C1", "It was signed in May.")))
    workspace.wait(lambda: workspace.hidden, "a hidden reply")
    assert "says otherwise" in words(workspace.hidden[0])


def test_opening_a_conversation_suggests_the_newest_stories(
    workspace: FakeSlack, send: Send, dateline: FakeDateline
) -> None:
    dateline.titles = [f"Story {number}" for number in range(6)]
    opened = {"type": "app_home_opened", "user": "U0ANN", "channel": "D1", "tab": "messages"}
    send({**opened, "tab": "home"})
    send(opened)
    [shown] = workspace.wait_for("assistant.threads.setSuggestedPrompts")
    assert [one["title"] for one in shown["prompts"]] == [f"Story {number}" for number in range(4)]
    assert shown["prompts"][0]["message"] == "Tell me about “Story 0”"


# Failures -------------------------------------------------------------------------------------------------------------


def test_a_failure_is_told_in_its_own_words_escaped(
    workspace: FakeSlack, send: Send, dateline: FakeDateline
) -> None:
    dateline.problem = {"status": 504, "code": "timeout", "detail": "over 60 s: ask <!here> again"}
    reply = reply_to(workspace.mention("C1", "when?"), workspace, send)
    assert "Sorry, I could not answer that: over 60 s: ask &lt;!here&gt; again" in words(reply)


def test_a_service_that_is_away_is_asked_again(
    workspace: FakeSlack, send: Send, dateline: FakeDateline
) -> None:
    dateline.problem = {"status": 503, "code": "not_ready", "detail": "the service is stopping"}
    event = workspace.mention("C1", "when?")
    send(event)
    dateline.wait(lambda: dateline.asked, "the question")
    dateline.problem = None
    [reply] = workspace.settled("C1", event["ts"])
    assert reply["text"].startswith("The accord")


@pytest.mark.slow
def test_a_question_outlasts_slack_being_away(
    workspace: FakeSlack, send: Send, dateline: FakeDateline
) -> None:
    workspace.failing |= {
        "chat.startStream": "internal_error",
        "chat.postMessage": "internal_error",
    }
    event = workspace.mention("C1", "when?")
    send(event)
    dateline.wait(lambda: len(dateline.asked) > 5, "more tries than are made at a stretch", 600)
    workspace.failing.clear()
    [reply] = workspace.settled("C1", event["ts"], timeout_seconds=600)
    assert reply["text"] == answered().text


def test_rate_limits_are_waited_out_as_long_as_slack_says(
    workspace: FakeSlack, send: Send, dateline: FakeDateline
) -> None:
    workspace.retry_after_seconds = 1
    for method in ("chat.startStream", "chat.stopStream"):
        workspace.rate_limited[method] = 1
    reply = reply_to(workspace.mention("C1", "when?"), workspace, send)
    assert reply["text"] == answered().text
    assert workspace.impatient == 0
    assert len(workspace.replies("C1", reply["thread_ts"])) == 1


def test_a_missing_scope_is_logged_with_its_name_and_place_and_without_words_or_keys(
    workspace: FakeSlack, send: Send, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    workspace.scopes.discard("chat:write")
    send(workspace.mention("C1", "when exactly?"))
    refused = "chat.postMessage", "missing_scope"
    workspace.wait(lambda: refused in [(c.method, c.error) for c in workspace.calls], "a refusal")
    workspace.scopes.add("chat:write")
    reply_to(workspace.mention("C2", "next?"), workspace, send)
    assert "lacks chat:write; add it at api.slack.com/apps under OAuth & Permissions" in caplog.text
    ours = "\n".join(r.getMessage() for r in caplog.records if r.name.startswith("service"))
    for secret in (
        fake_slack.BOT_TOKEN,
        fake_slack.APP_TOKEN,
        "secret-ticket",
        "when exactly?",
        QUOTE,
    ):
        assert secret not in ours


# Settings -------------------------------------------------------------------------------------------------------------


def test_settings_in_a_file_narrow_what_a_channel_asks_and_who_may(
    workspace: FakeSlack, keyed: Settings, dateline: FakeDateline, tmp_path: Path
) -> None:
    (tmp_path / "slack.yaml").write_text(
        "teams: [T0TEAM]\nonly_listed_channels: true\nchannels:\n"
        "  C1: {outlets: [The Strait Ledger], collections: [desk]}\n  C2: {people: [U0BOB]}\n"
    )
    ruled = keyed.model_copy(update={"slack_settings": tmp_path / "slack.yaml"})
    with hearing("socket", ruled, workspace, dateline) as send:
        send(workspace.mention("C3", "not listed"))
        send(workspace.envelope(workspace.mention("C1", "another team")) | {"team_id": "T0OTHER"})
        send(workspace.mention("C2", "not allowed"))
        workspace.wait_for("chat.postEphemeral")
        refused = send(workspace.command("not allowed either", "C2"))["payload"]["text"]
        reply_to(workspace.mention("C1", "when?"), workspace, send)
    assert [one["question"] for one in dateline.asked] == ["when?"]
    assert dateline.asked[0]["filters"] == {"publishers": ["The Strait Ledger"]}
    assert dateline.asked[0]["collections"] == ["desk"]
    assert "do not let you ask here" in refused


def test_only_admins_change_settings_and_changes_outlive_a_restart(
    workspace: FakeSlack, keyed: Settings, dateline: FakeDateline
) -> None:
    workspace.people["U0BOSS"] = {"is_admin": True}
    with hearing("http", keyed, workspace, dateline) as send:
        refused = send(workspace.command("settings outlets=Wire")).text
        wrong = send(workspace.command("settings outlet=Wire", user="U0BOSS")).text
        changed = send(workspace.command("settings outlets=The Wire, Post", user="U0BOSS")).text
    with hearing("socket", keyed, workspace, dateline) as send:
        reply_to(workspace.mention("C1", "when?"), workspace, send)
    assert "Only admins" in refused
    assert "changed nothing" in wrong
    assert "The Wire, Post" in changed
    assert dateline.asked[0]["filters"] == {"publishers": ["The Wire", "Post"]}


# What becomes of answers ----------------------------------------------------------------------------------------------


def happened(number: int, kind: str, subject: str, **detail: Any) -> dict[str, Any]:
    return {
        "number": number,
        "event_id": f"evt_{number}",
        "kind": kind,
        "subject": subject,
        "made_at": "2025-03-04T00:00:00Z",
        "detail": detail,
    }


def test_the_thread_of_an_answer_hears_once_that_it_went_stale(
    keyed: Settings, workspace: FakeSlack, dateline: FakeDateline
) -> None:
    event = workspace.mention("C1", "When was the accord signed?")
    with hearing("http", keyed, workspace, dateline) as send:
        reply_to(event, workspace, send)
    [now] = body_of(answered(quote="The accord was signed on 3 March 2025."))["citations"]
    dateline.stale = {"because": "corrected", "since": "2025-03-04", "citations": [1], "now": [now]}
    dateline.happened = [
        happened(1, "answer.stale", "ans_of_somebody_else"),
        happened(2, "answer.stale", "ans_1"),
    ]
    for _ in range(2):
        with hearing("http", keyed, workspace, dateline):
            workspace.wait(lambda: len(workspace.settled("C1", event["ts"])) > 1, "what changed")
    first, told = workspace.settled("C1", event["ts"])
    assert "out of date" in words(told) and "3 March 2025" in words(told)
    assert "out of date" not in words(first)


def test_a_channel_hears_that_its_saved_question_has_another_answer(
    keyed: Settings, workspace: FakeSlack, dateline: FakeDateline
) -> None:
    before, after = (body_of(answered(f"It cost {sum} crowns [1].")) for sum in (38, 41))
    changes = [{"event_id": "evt_1", "before": before, "after": after, "changed": ["number"]}]
    dateline.saved = {"question": "What did it cost?", "changes": changes}
    dateline.happened = [
        happened(1, "saved_question.changed", "saved_1", slack_channel="C1"),
        happened(2, "saved_question.changed", "saved_2"),
    ]
    with hearing("http", keyed, workspace, dateline):
        [opening] = workspace.wait_for("chat.postMessage")[:1]
        assert "What did it cost?" in opening["text"] and opening["channel"] == "C1"
        workspace.wait(lambda: len(workspace.made("chat.postMessage")) > 1, "both answers")
    told = workspace.made("chat.postMessage")[1]
    assert "38 crowns" in str(told["blocks"]) and "41 crowns" in str(told["blocks"])
