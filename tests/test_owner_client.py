"""What a running service shows while the archive under it changes: all of the old state or all of the new one."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from processes import DATELINE, command, environment, fill, served_process

from ingest import owner_client
from ingest.settings import Settings
from ingest.storage import directory_owner

TOWNS = "Orvel Tarn Senn Brask Lindow Quern Mallow Fenwick Harrow Isel Drum Corvey Ashby Nore Pell Wick Ambry Stoke".split()
EDITIONS = ("morning", "evening")


def write(folder: Path, edition: str) -> None:
    """An article a town; every sentence and the title name the edition."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, town in enumerate(TOWNS):
        text = (
            f"The {edition} count of the {town} ferry\n\nBy Ann Bell, {town} Gazette\n\n{number + 1} May 2025\n\n"
            f"The {edition} count says that the ferry of {town} carried {number * 7 + len(edition)} carts on Monday. "
            f"The {edition} count was made by {town} harbour."
        )
        (folder / f"{town}.txt").write_text(text, "utf-8")


class Reader(threading.Thread):
    """Asks one thing over and over, and keeps what each reply showed."""

    def __init__(self, shown: Callable[[], tuple[str, ...]], stop: threading.Event):
        super().__init__()
        self.shown, self.stop = shown, stop
        self.replies: Counter[tuple[str, ...]] = Counter()
        self.error: BaseException | None = None
        self.latest = ""

    def run(self) -> None:
        try:
            while not self.stop.is_set():
                reply = self.shown()
                self.replies[reply] += 1
                self.latest = "".join(reply)
        except BaseException as error:  # noqa: BLE001  told by the test, which waits for this thread
            self.error = error


@contextmanager
def reading(url: str) -> Iterator[list[Reader]]:
    """Three readers of a service while the block runs: of searches, of answers, of the list of articles."""

    def get(path: str, **query: Any) -> Any:
        return httpx2.get(f"{url}{path}", params=query).raise_for_status().json()

    def searched() -> tuple[str, ...]:
        return tuple(
            sorted(
                p["text"] for p in get("/v1/search", q="ferry carts on Monday", k=100)["passages"]
            )
        )

    def listed() -> tuple[str, ...]:
        return tuple(a["title"] for a in get("/v1/articles", limit=200)["articles"])

    def answered() -> tuple[str, ...]:
        asked = {"question": "How many carts did the ferry of Tarn carry?"}
        reply = httpx2.post(f"{url}/v1/answers", json=asked).raise_for_status().json()
        return (
            reply["index"]["generation"],
            reply["text"],
            *(c["quote"] for c in reply["citations"]),
        )

    stop = threading.Event()
    readers = [Reader(shown, stop) for shown in (searched, listed, answered)]
    for reader in readers:
        reader.start()
    try:
        yield readers
    finally:
        stop.set()
        for reader in readers:
            reader.join()


def shown(readers: list[Reader], edition: str) -> None:
    """Waits until each of the readers, or what ended it, has had something of this edition now."""
    for reader in readers:
        reader.latest = ""
    deadline = time.monotonic() + 300
    for reader in readers:
        while edition not in reader.latest and reader.is_alive():
            assert time.monotonic() < deadline
            time.sleep(0.02)


@pytest.mark.slow
def test_every_reply_is_wholly_of_one_generation_while_ingests_and_a_rollback_go_on(
    settings: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "towns"
    write(folder, "morning")
    fill(settings, folder)
    with served_process(settings) as (url, _):
        with reading(url) as readers:
            for edition in ("evening", "morning", "evening"):
                write(folder, edition)
                for _ in owner_client.stream(
                    settings.data_dir, "POST", "/owner/ingest", {"paths": [str(folder)]}
                ):
                    pass
                shown(readers, edition)
            owner_client.request(settings.data_dir, "POST", "/owner/rollback")
            shown(readers, "morning")
        for reader in readers:
            assert reader.error is None, reader.error
            said = ["".join(reply) for reply in reader.replies]
            editions = [[e for e in EDITIONS if e in words] for words in said]
            assert all(len(found) == 1 for found in editions), said
            assert {e for found in editions for e in found} == set(EDITIONS)
        searched, listed, answered = (reader.replies for reader in readers)
        assert {len(reply) for reply in (*searched, *listed)} == {
            len(TOWNS)
        }  # nothing is missing in between either
        by_generation = {
            reply[0]: {r[1:] for r in answered if r[0] == reply[0]} for reply in answered
        }
        assert all(len(replies) == 1 for replies in by_generation.values()), by_generation


@pytest.mark.slow
def test_a_running_service_publishes_an_article_when_its_embargo_ends(
    settings: Settings, newsroom: Path
) -> None:
    fill(settings, newsroom)
    with served_process(settings) as (url, _):
        until = datetime.now(UTC) + timedelta(seconds=10)
        waits = {"title": "Ferry", "text": "The ferry sails again.", "embargoed": until.isoformat()}
        (newsroom / "ferry.json").write_text(json.dumps(waits))
        handed = {"paths": [str(newsroom)]}  # no command: it might start when the time is over
        done = owner_client.request(settings.data_dir, "POST", "/owner/ingest", handed)
        assert done["report"]["added"] == 0

        def titles() -> set[str]:
            listed = httpx2.get(f"{url}/v1/articles").json()["articles"]
            return {one["title"] for one in listed}

        while "Ferry" not in titles():
            assert datetime.now(UTC) < until + timedelta(seconds=300)
            time.sleep(0.2)
        assert datetime.now(UTC) >= until


@pytest.mark.slow
def test_rollback_is_handed_to_the_running_service_and_refused_the_second_time(
    settings: Settings, newsroom: Path
) -> None:
    fill(settings, newsroom)
    (newsroom / "ferry.txt").write_text(
        "A late word\n\nThe ferry to Tarn sails again from 1 July 2025.", "utf-8"
    )
    with served_process(settings) as (url, _):
        assert command(settings, "ingest", str(newsroom)).returncode == 0
        assert len(httpx2.get(f"{url}/v1/articles").json()["articles"]) == 4

        first = command(settings, "ingest", "--rollback", "--json")
        second = command(settings, "ingest", "--rollback")

        assert first.returncode == 0 and json.loads(first.stdout)["removed"] == 1, first.stderr
        assert any(
            "generation g000002 was rolled back" in note
            for note in json.loads(first.stdout)["notes"]
        )
        assert len(httpx2.get(f"{url}/v1/articles").json()["articles"]) == 3
        assert (
            second.returncode == 1
            and "nothing to go back to" in second.stderr
            and "Traceback" not in second.stderr
        )


def test_the_directory_of_a_killed_service_is_taken_over(
    settings: Settings, newsroom: Path
) -> None:
    fill(settings, newsroom)
    with served_process(settings) as (_, process):
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert (settings.data_dir / directory_owner.SOCKET).exists()

    found = command(settings, "search", "the bridge of Orvel", "--json")

    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout)["passages"]


@pytest.mark.slow
@pytest.mark.parametrize("served", [False, True])
def test_a_terminal_shows_how_fast_it_goes_and_how_long_it_will_take(
    settings: Settings, tmp_path: Path, served: bool
) -> None:
    folder = tmp_path / "towns"
    for number in range(12):  # enough to take a second or two: a rate wants two moments
        write(folder / str(number), f"{number + 1}. morning")
    if served:
        with served_process(settings):
            shown = on_a_terminal(settings, "ingest", str(folder))
    else:
        shown = on_a_terminal(settings, "ingest", str(folder))

    assert re.search(r"Embedding .*\d+/\d+ .*\d/s passed \d:\d\d:\d\d left ", shown), shown
    assert f"added {12 * len(TOWNS)}" in shown


def on_a_terminal(settings: Settings, *arguments: str) -> str:
    """All that a command writes on a terminal, colours and movements of the cursor taken out."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*DATELINE, *arguments],
        env=environment(settings, TERM="xterm"),
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    written = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the last writer has closed its end
            break
        if not part:
            break
        written += part
    os.close(ours)
    assert process.wait() == 0, written
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", written.decode())
