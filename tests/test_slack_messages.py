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
            "text": "Said [1][2].\n\n*Sources*\n[1] “x”",
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
