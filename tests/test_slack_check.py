"""`dateline slack --check` says what is there and what is missing, with the place to find it."""

from __future__ import annotations

import fake_dateline
import fake_slack
from slack_bot import connected

from ingest.settings import Settings
from service.surfaces.slack_check import Finding, findings


async def found(settings: Settings) -> dict[str, Finding]:
    return {finding.what: finding for finding in await findings(settings)}


async def test_with_everything_in_place_nothing_is_missing(settings: Settings) -> None:
    with fake_slack.running() as workspace, fake_dateline.running() as dateline:
        report = await found(connected(settings, workspace, url=dateline.url))
    assert all(finding.ok for finding in report.values())
    assert report["SLACK_BOT_TOKEN"].detail == "@dateline in Fake"
    assert "3 articles" in report["Dateline"].detail


async def test_a_scope_that_is_lacking_is_named_with_its_place(settings: Settings) -> None:
    with fake_slack.running() as workspace:
        workspace.scopes -= {"users:read", "commands"}
        report = await found(connected(settings, workspace))
    assert report["scopes"] == Finding(
        "scopes",
        False,
        "add commands, users:read under OAuth & Permissions, and install the app anew",
    )


async def test_keys_that_are_absent_or_wrong_are_named(settings: Settings) -> None:
    with fake_slack.running() as workspace:
        keyed = connected(settings, workspace)
        none = await found(settings.model_copy(update={"slack_api_url": workspace.url}))
        swapped = await found(
            keyed.model_copy(
                update={
                    "slack_bot_token": keyed.slack_app_token,
                    "slack_app_token": keyed.slack_bot_token,
                }
            )
        )
    assert not none["SLACK_BOT_TOKEN"].ok and not none["SLACK_APP_TOKEN"].ok
    assert "does not take SLACK_BOT_TOKEN" in swapped["SLACK_BOT_TOKEN"].detail
    assert "connections:write" in swapped["SLACK_APP_TOKEN"].detail


async def test_a_service_that_does_not_answer_is_named(settings: Settings) -> None:
    with fake_slack.running() as workspace:
        report = await found(connected(settings, workspace, url="http://127.0.0.1:9"))
    assert not report["Dateline"].ok and "http://127.0.0.1:9" in report["Dateline"].detail
