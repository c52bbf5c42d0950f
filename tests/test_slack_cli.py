"""`dateline slack` as people start it: real processes, real articles, and a fake Slack on loopback."""

from __future__ import annotations

import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import fake_dateline
import fake_slack
import pytest
from fake_slack import FakeSlack, deliver
from processes import command, environment, fill, served_process

from ingest.settings import Settings

COST = "How much did the Orvel bridge cost?"


@pytest.fixture
def workspace() -> Iterator[FakeSlack]:
    with fake_slack.running() as fake:
        yield fake


def keys(workspace: FakeSlack) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": fake_slack.BOT_TOKEN,
        "SLACK_APP_TOKEN": fake_slack.APP_TOKEN,
        "DATELINE_SLACK_API_URL": workspace.url,
    }


@contextmanager
def slack_process(
    settings: Settings, folder: Path, **more: str
) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """`dateline slack` once it hears, and its log."""
    log = folder / "slack.log"
    command = [sys.executable, "-c", "import dateline; dateline.main()", "slack"]
    with log.open("w") as errors:
        process = subprocess.Popen(command, env=environment(settings, **more), stderr=errors)
    try:
        while "hears Slack" not in log.read_text():
            assert process.poll() is None, log.read_text()
            time.sleep(0.02)
        yield process, log  # type: ignore[misc]
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


@pytest.mark.slow
def test_the_bot_opens_the_archive_itself_answers_from_it_and_ends_with_a_signal(
    settings: Settings, newsroom: Path, workspace: FakeSlack, tmp_path: Path
) -> None:
    fill(settings, newsroom)
    with slack_process(settings, tmp_path, **keys(workspace)) as (process, log):
        cited, nothing = (
            workspace.mention("C1", COST),
            workspace.say("D1", "Who won the chess final?"),
        )
        for event in (cited, nothing):
            workspace.send("events_api", workspace.envelope(event))
        answer = workspace.settled("C1", cited["ts"])[0]
        refusal = workspace.settled("D1", nothing["ts"])[0]
        message = workspace.say("C1", "The Orvel bridge cost 38 million crowns.")
        workspace.send("interactive", workspace.shortcut(message))
        check = workspace.settled("C1", message["ts"])[0]
        workspace.send("interactive", workspace.press("C1", answer["ts"], "dateline_rate", value="down " + answer["blocks"][1]["elements"][0]["value"]))  # fmt: skip
        opened = {"type": "app_home_opened", "user": "U0ANN", "channel": "D1", "tab": "messages"}
        workspace.send("events_api", workspace.envelope(opened))
        [prompts] = workspace.wait_for("assistant.threads.setSuggestedPrompts")
        process.send_signal(signal.SIGTERM)
        assert process.wait(300) == 0
    assert "38 million crowns" in answer["text"] and "[1]" in answer["text"]
    assert "Orvel bridge opens after four years" in str(answer["blocks"])
    assert "carousel" not in str(refusal["blocks"]) and "dateline_again" in str(refusal["blocks"])
    assert "bears this out" in str(check["blocks"])
    assert prompts["prompts"]
    words = log.read_text()
    assert "Traceback" not in words and "rating lost" not in words
    for secret in (fake_slack.BOT_TOKEN, fake_slack.APP_TOKEN, "secret-ticket", "38 million"):
        assert secret not in words


@pytest.mark.slow
def test_the_bot_is_a_client_of_the_service_that_owns_the_directory(
    settings: Settings, newsroom: Path, workspace: FakeSlack, tmp_path: Path
) -> None:
    """And that service takes events over HTTP at the same time: what both hear is answered once."""
    fill(settings, newsroom)
    secret = {"SLACK_SIGNING_SECRET": fake_slack.SIGNING_SECRET}
    with (
        served_process(settings, **keys(workspace), **secret) as (url, _),
        slack_process(settings, tmp_path, **keys(workspace)) as (_, log),
    ):
        event = workspace.envelope(workspace.mention("C1", COST))
        workspace.send("events_api", event)
        assert deliver(f"{url}/slack/events", event).status_code == 200
        [answer] = workspace.settled("C1", event["event"]["ts"])
        over_http = workspace.mention("C1", COST)
        assert deliver(f"{url}/slack/events", workspace.envelope(over_http)).status_code == 200
        [second] = workspace.settled("C1", over_http["ts"])
        forged = deliver(f"{url}/slack/events", {}, secret="another")
    assert answer["text"] == second["text"]
    assert len(workspace.made("chat.startStream")) == 2
    assert "the service that owns" in log.read_text()
    assert forged.status_code == 401
    assert forged.json()["request_id"] == forged.headers["x-request-id"]


@pytest.mark.slow
def test_a_bot_with_a_bound_key_sees_its_collections_whichever_way_it_hears(
    settings: Settings, newsroom: Path, workspace: FakeSlack, tmp_path: Path
) -> None:
    for name, collection in {"bridge": "secret", "choir": "city", "dam": "city"}.items():
        (newsroom / collection).mkdir(exist_ok=True)
        (newsroom / f"{name}.txt").rename(newsroom / collection / f"{name}.txt")
    fill(settings, newsroom)
    added = command(settings, "keys", "add", "bot", "--collection", "city").stdout.split()[-1]
    bound = {"DATELINE_KEY": added, "SLACK_SIGNING_SECRET": fake_slack.SIGNING_SECRET}
    more = keys(workspace) | bound
    with served_process(settings, **more) as (url, _), slack_process(settings, tmp_path, **more):
        for question, found in ((COST, False), ("Who won the national singing prize?", True)):
            heard = workspace.mention("C1", question), workspace.mention("C2", question)
            workspace.send("events_api", workspace.envelope(heard[0]))
            deliver(f"{url}/slack/events", workspace.envelope(heard[1]))
            for event in heard:
                [reply] = workspace.settled(event["channel"], event["ts"])
                assert "38 million" not in str(reply) and "bridge" not in str(reply["blocks"])
                assert ("[1]" in reply["text"]) is found, reply["text"]


def said(settings: Settings, *arguments: str, before: str = "", **more: str) -> tuple[int, str]:
    command = [sys.executable, "-c", f"{before}import dateline; dateline.main()", *arguments]
    done = subprocess.run(
        command, env=environment(settings, **more), capture_output=True, text=True, timeout=300
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr + done.stdout


def test_a_token_that_slack_does_not_take_ends_the_command_with_a_remedy(
    settings: Settings, workspace: FakeSlack
) -> None:
    wrong = keys(workspace) | {
        "SLACK_BOT_TOKEN": "xoxb-revoked",
        "DATELINE_URL": "http://127.0.0.1:9",
    }
    code, words = said(settings, "slack", **wrong)
    assert code == 1 and "copy the token from api.slack.com/apps" in words
    assert "xoxb-revoked" not in words


@pytest.mark.parametrize("arguments", [("slack",), ("serve", "--port", "0")], ids=" ".join)
def test_without_the_extra_one_sentence_says_how_to_install_it(
    settings: Settings, workspace: FakeSlack, arguments: tuple[str, ...]
) -> None:
    gone = "import sys; sys.modules['slack_bolt'] = None; "
    code, words = said(settings, *arguments, before=gone, **keys(workspace))
    assert code == 2 and 'pip install "dateline[slack]"' in words
    assert len(words.strip().splitlines()) == 1


def test_check_says_what_is_missing_and_where_it_is(
    settings: Settings, workspace: FakeSlack
) -> None:
    workspace.scopes.discard("users:read")
    code, words = said(settings, "slack", "--check", **keys(workspace))
    assert code == 1 and re.search(r"missing +scopes: add users:read under", words)


@pytest.mark.slow
def test_of_1000_questions_each_is_answered_once_whatever_happens(
    settings: Settings, workspace: FakeSlack, tmp_path: Path
) -> None:
    """A fifth is delivered twice, out of order; every 20th call is rate-limited; two reconnects, and one kill -9."""
    chance = random.Random(14)
    workspace.limits = lambda number: number % 20 == 7
    with fake_dateline.running() as dateline:
        dateline.echo = True
        asks_it = keys(workspace) | {"DATELINE_URL": dateline.url}
        events = [workspace.mention(f"C{n % 7}", f"question {n}?") for n in range(1_000)]
        sent = [workspace.envelope(event) for event in events]
        sent += chance.sample(sent, 200)
        chance.shuffle(sent)
        with slack_process(settings, tmp_path, **asks_it) as (process, _):
            for number, envelope in enumerate(sent[:600]):
                workspace.send("events_api", envelope)
                if number in (200, 400):
                    workspace.reconnect()
                if number == 500:
                    dateline.released = 1  # from here on answers stop after a sentence
            workspace.wait(lambda: len(workspace.streaming()) > 5, "answers to cut off")
            process.kill()
            process.wait()
        dateline.released = 1_000
        with slack_process(settings, tmp_path, **asks_it):
            for envelope in sent[600:]:
                workspace.send("events_api", envelope)
            for event in events:
                workspace.settled(event["channel"], event["ts"], timeout_seconds=900)
            workspace.wait(lambda: not workspace.waiting, "acknowledgements")
    said = "You asked question {}? [1]. That is all [1]."
    for number, event in enumerate(events):
        replies = workspace.replies(event["channel"], event["ts"])
        assert [reply["text"] for reply in replies] == [said.format(number)]
    assert sum(call.status == 429 for call in workspace.calls) > 100
    assert len(workspace.made("chat.update")) > 5  # what the kill cut off was written anew
