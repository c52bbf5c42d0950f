"""Which keys of Slack are of use, and what is said where one is missing."""

from __future__ import annotations

from typing import Any

import pytest

from ingest.errors import WrongUsage
from ingest.settings import Settings
from service.surfaces.slack_keys import expect_socket_mode, hears_over_http


def keyed(**keys: str) -> Settings:
    known: dict[str, Any] = {f"SLACK_{name.upper()}": value for name, value in keys.items()}
    return Settings(_env_file=None, **known)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("keys", "heard"),
    [
        ({}, False),
        ({"bot_token": " ", "signing_secret": ""}, False),
        ({"bot_token": "x", "app_token": "y"}, False),
        ({"bot_token": "x", "signing_secret": "z"}, True),
    ],
)
def test_events_are_taken_over_http_where_a_token_and_the_secret_are_set(
    keys: dict[str, str], heard: bool
) -> None:
    assert hears_over_http(keyed(**keys)) is heard


@pytest.mark.parametrize(
    ("key", "remedy"),
    [("bot_token", "set SLACK_SIGNING_SECRET"), ("signing_secret", "set SLACK_BOT_TOKEN")],
)
def test_half_a_pair_of_keys_is_refused_naming_the_other(key: str, remedy: str) -> None:
    with pytest.raises(WrongUsage, match=remedy):
        hears_over_http(keyed(**{key: "x"}))


@pytest.mark.parametrize(
    ("keys", "named"),
    [
        ({"app_token": "y"}, "wants SLACK_BOT_TOKEN:"),
        ({"bot_token": "x"}, "wants SLACK_APP_TOKEN:"),
        ({}, "wants SLACK_BOT_TOKEN and SLACK_APP_TOKEN:"),
    ],
)
def test_socket_mode_names_the_tokens_it_lacks(keys: dict[str, str], named: str) -> None:
    with pytest.raises(WrongUsage, match=named):
        expect_socket_mode(keyed(**keys))
    expect_socket_mode(keyed(bot_token="x", app_token="y"))
