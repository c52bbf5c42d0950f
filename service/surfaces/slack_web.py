"""Slack's Web API: one client, what it may call and with which scope, and failures in words."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from ingest.errors import DatelineError

# every method that is called here, with the bot's scope that Slack wants for it
METHODS = {
    "agents.sessions.setStatus": "chat:write",
    "apps.connections.open": None,  # of the app's own token, not of the bot's
    "assistant.threads.setSuggestedPrompts": "assistant:write",
    "auth.test": None,
    "chat.appendStream": "chat:write",
    "chat.delete": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write",
    "chat.startStream": "chat:write",
    "chat.stopStream": "chat:write",
    "chat.update": "chat:write",
    "conversations.replies": ("channels:history", "groups:history", "im:history", "mpim:history"),
    "users.info": "users:read",
}
# every event that is subscribed to, with its scope
EVENTS = {
    "agent_session_stopped": None,
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
}
COMMAND = "/ask"
RETRIES_OF_RATE_LIMITS = 10
REVOKED = ("invalid_auth", "account_inactive", "token_revoked", "token_expired", "not_authed")

UNREACHABLE = (SlackClientError, aiohttp.ClientError, TimeoutError)
bolt_log = logging.getLogger(f"{__name__}.sdk")


def scopes() -> set[str]:
    """The bot's scopes that the methods, events and the command above need."""
    wanted: Iterable[Any] = [*METHODS.values(), *EVENTS.values()]
    named = {
        one for scope in wanted for one in ([scope] if isinstance(scope, str) else scope or ())
    }
    return named | {"commands"}


def client(token: str, api_url: str) -> AsyncWebClient:
    """It waits as long as a 429 says, and tries again where no connection was made.

    The SDK's own choice also retries lost connections, after which a message may stand twice.
    """
    return AsyncWebClient(
        token=token,
        base_url=api_url,
        logger=bolt_log,
        retry_handlers=[
            AsyncConnectionErrorRetryHandler(error_types=[aiohttp.ClientConnectorError]),
            AsyncRateLimitErrorRetryHandler(max_retry_count=RETRIES_OF_RATE_LIMITS),
        ],
    )


class _Terse(logging.Filter):
    """The SDK's log lines without traces, tokens and connection tickets."""

    def filter(self, record: logging.LogRecord) -> bool:
        words = re.sub(r"xox[a-z]-[\w-]+|xapp-[\w-]+|ticket=[^\s&'\"]+", "…", record.getMessage())
        record.msg, record.args, record.exc_info = words, (), None
        return True


bolt_log.addFilter(_Terse())
# below it are hints to people who write a bot: "token will be ignored"
bolt_log.setLevel(logging.ERROR)


def code(error: BaseException) -> str:
    """Slack's word for what went wrong, or the kind of failure; never a token or a text."""
    if isinstance(error, SlackApiError) and isinstance(error.response, AsyncSlackResponse | dict):
        return str(error.response.get("error") or "no error named")
    return type(error).__name__


def remedy(error: BaseException) -> str:
    """What went wrong and what to do about it, in one sentence."""
    if isinstance(error, DatelineError):
        return str(error)
    if isinstance(error, (aiohttp.ClientError, TimeoutError)):
        return (
            f"Slack does not answer ({type(error).__name__}): see that this machine reaches it, and "
            "that DATELINE_SLACK_API_URL is right or unset"
        )
    word = code(error)
    if word == "missing_scope" and isinstance(error, SlackApiError):
        needed = error.response.get("needed") or "a scope"
        return (
            f"missing_scope: the app lacks {needed}; add it at api.slack.com/apps under OAuth & "
            "Permissions, and install the app anew"
        )
    if word in REVOKED:
        return (
            f"{word}: Slack does not take SLACK_BOT_TOKEN; copy the token from api.slack.com/apps "
            "under OAuth & Permissions"
        )
    if word == "not_in_channel":
        return "not_in_channel: invite the bot with /invite"
    return word
