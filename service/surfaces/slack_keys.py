"""Which keys of Slack are set, and what is missing for each way to hear it; loads nothing of it."""

from __future__ import annotations

import importlib.util

from pydantic import SecretStr

from ingest.errors import WrongUsage
from ingest.settings import Settings


def value_of(secret: SecretStr | None) -> str:
    return secret.get_secret_value().strip() if secret else ""


def hears_over_http(settings: Settings) -> bool:
    """Whether the service takes Slack's events at `/slack/events`.

    Raises WrongUsage where keys are set that are of no use without another one, or without the
    Slack client.
    """
    token, app_token = value_of(settings.slack_bot_token), value_of(settings.slack_app_token)
    secret = value_of(settings.slack_signing_secret)
    if not (token or app_token or secret):
        return False
    expect_client(
        "SLACK_BOT_TOKEN" if token else "SLACK_APP_TOKEN" if app_token else "SLACK_SIGNING_SECRET"
    )
    if secret and not token:
        raise WrongUsage(
            "SLACK_SIGNING_SECRET is set but SLACK_BOT_TOKEN is not: set SLACK_BOT_TOKEN, or unset "
            "SLACK_SIGNING_SECRET to run without Slack"
        )
    if token and not (secret or app_token):
        raise WrongUsage(
            "SLACK_BOT_TOKEN is set but SLACK_SIGNING_SECRET is not: set SLACK_SIGNING_SECRET for "
            "/slack/events, or SLACK_APP_TOKEN for `dateline slack`, or unset SLACK_BOT_TOKEN"
        )
    return bool(secret)


def expect_socket_mode(settings: Settings) -> None:
    """Raises WrongUsage where `dateline slack` lacks a token or the Slack client."""
    expect_client("`dateline slack`")
    wanted = {
        "SLACK_BOT_TOKEN": settings.slack_bot_token,
        "SLACK_APP_TOKEN": settings.slack_app_token,
    }
    missing = [name for name, token in wanted.items() if not value_of(token)]
    if missing:
        raise WrongUsage(
            f"dateline slack wants {' and '.join(missing)}: docs/slack.md says where they are"
        )


def expect_client(wanted_by: str) -> None:
    """Raises WrongUsage where the extra `slack` is not installed."""
    if (
        importlib.util.find_spec("slack_bolt") is None
        or importlib.util.find_spec("aiohttp") is None
    ):
        wants = "wants" if wanted_by.startswith("`") else "is set, which wants"
        raise WrongUsage(
            f'{wanted_by} {wants} the Slack client, which is not installed: pip install "dateline[slack]"'
        )
