"""Threads as Slack gives them."""

from __future__ import annotations

from service.surfaces import slack_messages
from service.types import Turn


def test_the_turns_of_a_thread_come_in_order_and_once() -> None:
    messages = [
        {"ts": "9.000100", "user": "U1", "text": "first"},
        {
            "ts": "10.000200",
            "user": "U0BOT",
            "bot_id": "B0",
            "text": "Said [1][2].",
        },
        {"ts": "10.000100", "user": "U2", "text": "second"},
        {"ts": "9.000100", "user": "U1", "text": "first"},
        {"ts": "11.000100", "user": "U1", "text": "the question"},
        {"user": "U1", "text": "of no time"},
    ]
    turns = slack_messages.turns(messages[:5], "11.000100", "U0BOT")
    assert turns == (Turn("user", "first"), Turn("user", "second"), Turn("assistant", "Said."))


def test_without_knowing_ourselves_no_bot_is_taken_for_us() -> None:
    messages = [{"ts": "9.000100", "user": "U0BOT", "bot_id": "B0", "text": "Said."}]
    assert slack_messages.turns(messages, "10.000100", None) == ()


def event(**more: object) -> dict[str, object]:
    sent = {"type": "message", "user": "U1", "text": "when?", "ts": "5.000100", "channel": "C1"}
    ours = [{"user_id": "U0BOT", "is_bot": True}]
    return {"team_id": "T1", "authorizations": ours, "event": {**sent, **more}}


def test_a_mention_and_the_message_beside_it_have_one_key() -> None:
    message = slack_messages.asked(event(text="<@U0BOT> when?"))
    mention = slack_messages.asked(event(text="<@U0BOT> when?", type="app_mention"))
    assert message is not None and message == mention
    assert (message.text, message.mentioned, message.in_thread) == ("when?", True, False)


def test_a_message_in_a_thread_may_be_for_us_unless_it_calls_others() -> None:
    asked = slack_messages.asked(event(thread_ts="4.000100"))
    assert asked is not None and not asked.mentioned and asked.in_thread
    assert slack_messages.asked(event(thread_ts="4.000100", text="<@U2> when?")) is None
    both = slack_messages.asked(event(thread_ts="4.000100", text="<@U2> <@U0BOT> when?"))
    assert both is not None and both.mentioned


def test_work_comes_back_from_what_is_kept_of_it() -> None:
    asked = slack_messages.asked(event(type="app_mention"))
    assert asked is not None and slack_messages.Asked(**asked.work()) == asked


def test_a_button_that_is_none_of_ours_asks_nothing() -> None:
    body = {"channel": {"id": "C1"}, "message": {"ts": "5.000100"}, "user": {"id": "U1"}}
    assert slack_messages.action(body, {"action_id": "dateline_open_1"}) is None
    assert slack_messages.action(body, {"action_id": "dateline_again"}) is None  # no day
    assert slack_messages.rating({"action_id": "dateline_rate", "value": "sideways ans"}) is None
