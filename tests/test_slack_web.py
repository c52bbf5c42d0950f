"""The manifest asks for what the code calls, no more and no less; failures name their remedy."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import fake_slack
import pytest
import yaml
from fake_slack import FakeSlack
from slack_sdk.errors import SlackApiError

from service.surfaces import slack_blocks, slack_web

ROOT = Path(__file__).parents[1]
MANIFEST = yaml.safe_load((ROOT / "slack" / "manifest.yaml").read_text("utf-8"))
CODE = "\n".join(path.read_text("utf-8") for path in (ROOT / "service").rglob("slack*.py"))


def test_the_manifest_s_scopes_are_those_of_the_methods_events_and_command() -> None:
    assert set(MANIFEST["oauth_config"]["scopes"]["bot"]) == slack_web.scopes()
    assert "user" not in MANIFEST["oauth_config"]["scopes"]


def test_the_manifest_subscribes_to_the_events_that_are_heard() -> None:
    assert set(MANIFEST["settings"]["event_subscriptions"]["bot_events"]) == set(slack_web.EVENTS)


def test_every_method_that_is_listed_is_called_and_no_other() -> None:
    called = set(re.findall(r"web\.((?:[a-z]+_)+[a-zA-Z]+)\(", CODE)) - {"chat_stream"}
    helper = {
        "chat_appendStream",
        "chat_startStream",
        "chat_stopStream",
    }  # by the SDK's chat_stream
    assert {name.replace("_", ".") for name in called | helper} == set(slack_web.METHODS)


def test_scopes_of_methods_are_those_that_slack_documents() -> None:
    ours = {
        method: (scope,) if isinstance(scope, str) else scope or ()
        for method, scope in slack_web.METHODS.items()
    }
    assert ours == fake_slack.SCOPES | {"apps.connections.open": ()}


def test_the_manifest_is_of_an_agent_with_the_command_and_the_shortcut_of_the_code() -> None:
    features = MANIFEST["features"]
    assert "assistant_view" not in features
    assert 0 < len(features["agent_view"]["agent_description"]) <= 300
    assert [one["command"] for one in features["slash_commands"]] == [slack_web.COMMAND]
    assert [one["callback_id"] for one in features["shortcuts"]] == [slack_blocks.CHECK]
    assert all(len(one["name"]) <= 30 for one in features["shortcuts"])
    assert features["app_home"]["messages_tab_enabled"]
    assert len(MANIFEST["display_information"]["description"]) <= 140
    assert MANIFEST["settings"]["interactivity"]["is_enabled"]


async def failure(workspace: FakeSlack, token: str = fake_slack.BOT_TOKEN) -> SlackApiError:
    web = slack_web.client(token, workspace.url)
    with pytest.raises(SlackApiError) as found:
        await web.chat_postMessage(channel="C1", text="x")
    return found.value


async def test_a_missing_scope_says_which_and_where_to_add_it() -> None:
    with fake_slack.running() as workspace:
        workspace.scopes.clear()
        words = slack_web.remedy(await failure(workspace))
        assert "lacks chat:write" in words and "OAuth & Permissions" in words
        assert "SLACK_BOT_TOKEN" in slack_web.remedy(await failure(workspace, "xoxb-revoked"))
        workspace.scopes.add("chat:write")
        workspace.closed.add("C1")
        assert "/invite" in slack_web.remedy(await failure(workspace))


def test_the_sdk_s_log_holds_no_token_no_ticket_and_no_trace(
    caplog: pytest.LogCaptureFixture,
) -> None:
    try:
        raise ValueError("xoxb-1-2-abc")
    except ValueError:
        slack_web.bolt_log.exception("lost wss://x/link?ticket=%s with xapp-1-A-b", "secret")
    [record] = caplog.records
    assert record.getMessage() == "lost wss://x/link?… with …"
    assert record.exc_info is None
    assert not slack_web.bolt_log.isEnabledFor(logging.WARNING)
