"""What was heard is kept once, outlives the process, and belongs to one worker at a time."""

from __future__ import annotations

import stat
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from processes import environment

from ingest.settings import Settings
from ingest.storage.databases import open_database
from service.surfaces.slack_inbox import LEASE_SECONDS, SLACK, Inbox, open_inbox

WORK = {"kind": "question", "text": "when?"}


@pytest.fixture
def inbox(settings: Settings) -> Iterator[Inbox]:
    inbox = open_inbox(settings)
    yield inbox
    inbox.close()


def test_a_key_is_heard_once_whoever_hears_it_at_the_same_time(inbox: Inbox) -> None:
    heard: list[bool] = []
    threads = [
        threading.Thread(target=lambda: heard.append(inbox.hear("k", "C1", "1.0", WORK)))
        for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(heard) == [False] * 11 + [True]


def test_work_of_a_process_that_was_killed_is_taken_by_the_next_one(settings: Settings) -> None:
    script = (
        "import os\nfrom ingest.settings import read_settings\n"
        "from service.surfaces.slack_inbox import open_inbox\ninbox = open_inbox(read_settings())\n"
        "inbox.hear('k', 'C1', '1.0', {'text': 'when?'})\ninbox.begin('k')\n"
        "inbox.posted('k', '1.0', ['2.0'])\nos._exit(9)\n"
    )
    assert subprocess.run([sys.executable, "-c", script], env=environment(settings)).returncode == 9
    inbox = open_inbox(settings)
    assert inbox.take() == [("k", {"text": "when?"})]
    assert inbox.take() == []
    assert inbox.begin("k") == (2, ["2.0"])
    inbox.finish("k")
    inbox.close()
    assert open_inbox(settings).take() == []


def test_another_s_work_is_taken_only_when_it_gave_no_sign_for_the_time_of_a_lease(
    settings: Settings,
) -> None:
    clock = [1_000.0]
    database = open_database(settings, SLACK)
    first, second = Inbox(database, lambda: clock[0]), Inbox(database, lambda: clock[0])
    first.hear("k", "C1", "1.0", WORK)
    clock[0] += LEASE_SECONDS - 1
    assert second.take() == []
    first.renew(["k"])
    clock[0] += 2
    assert second.take() == []
    clock[0] += LEASE_SECONDS
    assert second.take() == [("k", WORK)]
    assert first.take() == []
    first.close()


def test_a_thread_is_known_as_answered_and_its_messages_too(inbox: Inbox) -> None:
    inbox.hear("k", "C1", "1.0", WORK)
    inbox.posted("k", "1.0", ["2.0", "3.0"])
    assert inbox.answered("C1", "1.0") and not inbox.answered("C1", "9.0")
    assert inbox.messages("C1", "1.0") == {"2.0", "3.0"}


def test_settings_of_a_channel_are_kept_and_dropped(inbox: Inbox) -> None:
    inbox.set_channel("C1", {"ephemeral": True})
    inbox.set_channel("C1", {"ephemeral": False})
    assert inbox.channel("C1") == {"ephemeral": False}
    inbox.set_channel("C1", {})
    assert inbox.channel("C1") == {}


def test_nobody_else_reads_the_file_and_what_is_done_is_not_kept(
    inbox: Inbox, settings: Settings
) -> None:
    inbox.hear("k", "C1", "1.0", {"text": "a secret question"})
    inbox.finish("k")
    assert stat.S_IMODE((settings.data_dir / "slack.sqlite").stat().st_mode) == 0o600
    assert not inbox.hear("k", "C1", "1.0", WORK)
    assert inbox.take() == []
