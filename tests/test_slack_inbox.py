"""What was heard is kept once, outlives the process, and belongs to one worker at a time."""

from __future__ import annotations

import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from processes import environment
from pydantic import SecretStr
from servers import postgres

from ingest.settings import Settings
from ingest.storage.database import open_database
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


@pytest.mark.slow
def test_replicas_that_share_a_server_hear_and_take_each_key_once(
    settings: Settings, tmp_path: Path
) -> None:
    for place in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        place.chmod(0o755)  # the server runs as another user
    with postgres() as server:
        shared = settings.model_copy(update={"database_url": SecretStr(server.address)})
        replicas = [open_inbox(shared) for _ in range(3)]
        heard: list[str] = []

        def hear(inbox: Inbox) -> None:
            heard.extend(key for key in map(str, range(60)) if inbox.hear(key, "C1", "1.0", WORK))

        threads = [threading.Thread(target=hear, args=[inbox]) for inbox in replicas]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(heard, key=int) == [str(number) for number in range(60)]
        for key in heard:
            replicas[0].release(key)
        taken: list[str] = []
        threads = [
            threading.Thread(target=lambda inbox=inbox: taken.extend(k for k, _ in inbox.take()))
            for inbox in replicas
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(taken, key=int) == sorted(heard, key=int)
        for inbox in replicas:
            inbox.close()
