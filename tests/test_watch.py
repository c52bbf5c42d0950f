"""`dateline watch`: real processes over a folder and a server of ours."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path

import pytest
from bad_web import Answer, Web, bad_web
from conftest import BRIDGE, DAM
from processes import command, environment, served_process

from ingest.errors import WrongUsage
from ingest.settings import Settings
from ingest.watch import pause, place, seconds

SECONDS = 180.0  # in which anything that is waited for comes, on a busy machine too
# A shell without job control starts what it puts in the background, and all that comes of it, deaf
# to SIGINT; here the watch is one in the foreground, whoever runs the tests.
DATELINE = [
    sys.executable,
    "-c",
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "import dateline; dateline.main()",
]


class Watch:
    """A running `dateline watch`, and the lines it says."""

    def __init__(self, settings: Settings, *arguments: str, **more: str):
        known = {"DATELINE_FETCH_ALLOW": "127.0.0.1", "DATELINE_FETCH_A_MINUTE": "0", **more}
        self.process = subprocess.Popen(
            [*DATELINE, "watch", "--every", "1s", *arguments], env=environment(settings, **known),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self.lines: queue.Queue[str] = queue.Queue()
        self.said: list[str] = []
        self.new: list[str] = []  # of these, what no test has asked for yet
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line)

    def says(self, words: str) -> None:
        """Waits for a line that holds the words, which no call before this one had."""
        while not any(words in line for line in self.new):
            line = self.lines.get(timeout=SECONDS)
            self.said.append(line)
            self.new.append(line)
        self.new.remove(next(line for line in self.new if words in line))

    def asks(self, web: Web, times: int) -> None:
        """Waits until the server was asked so often, and leaves it the processor meanwhile."""
        deadline = time.monotonic() + SECONDS
        while len(web.asked) < times:
            assert self.process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)


@contextmanager
def watching(settings: Settings, *arguments: str, **more: str) -> Iterator[Watch]:
    watch = Watch(settings, *arguments, **more)
    try:
        yield watch
    finally:
        if watch.process.poll() is None:
            watch.process.kill()
        watch.process.wait()


@pytest.fixture
def web() -> Iterator[Web]:
    with bad_web() as web:
        yield web


def feed(web: Web, etag: str, words: str) -> str:
    text = escape(
        f"<p>{words}</p>" + "<p>The mayor of Orvel spoke of it at length on Tuesday.</p>" * 20
    )
    body = f"<rss><channel><item><link>/dam</link><title>Dam</title><description>{text}</description></item></channel></rss>"
    web.pages["/feed"] = Answer(body.encode(), kind="application/rss+xml", headers={"etag": etag})
    return web.address + "/feed"


@pytest.mark.slow
def test_a_folder_and_a_feed_are_taken_in_as_they_change_until_it_is_stopped(
    settings: Settings, tmp_path: Path, web: Web
) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    (folder / "bridge.txt").write_text(BRIDGE)
    address = feed(web, '"1"', "The dam holds 41 million litres.")
    with watching(settings, "--collection", "desk", str(folder), address) as watch:
        watch.says(f"{folder}: added 1")
        watch.says(f"{address}: added 1")
        (folder / "bridge.txt").write_text(BRIDGE.replace("38", "39"))
        watch.says(f"{folder}: updated 1")
        (folder / "dam.txt").write_text(DAM)
        feed(web, '"2"', "The dam holds 42 million litres.")
        watch.says(f"{folder}: added 1")
        watch.says(f"{address}: updated 1")
        watch.process.send_signal(signal.SIGTERM)
        assert watch.process.wait(SECONDS) == 0
        watch.says("stopped watching")
    assert {sent.get("if-none-match") for _, sent in web.asked} >= {None, '"1"'}
    of_the_desk = ("search", "how much does the dam hold", "--collection", "desk", "--json")
    assert "42 million" in command(settings, *of_the_desk).stdout


@pytest.mark.slow
def test_a_poll_that_fails_is_told_once_and_tried_again_until_it_goes_well(
    settings: Settings, web: Web
) -> None:
    web.pages["/feed"] = Answer(b"no", status=500)
    with watching(settings, web.address + "/feed") as watch:
        watch.says("answered with 500")
        watch.asks(web, 3)
        feed(web, '"1"', "The dam closed.")
        watch.says("added 1")
        watch.says("reached again")
        watch.process.send_signal(signal.SIGINT)
        assert watch.process.wait(SECONDS) == 0
        assert "".join(watch.said).count("answered with 500") == 1


@pytest.mark.slow
def test_what_it_knows_survives_a_kill(settings: Settings, web: Web) -> None:
    address = feed(web, '"1"', "The dam closed.")
    with watching(settings, address) as watch:
        watch.says("added 1")
        watch.asks(web, 2)
        os.kill(watch.process.pid, signal.SIGKILL)
    web.asked.clear()
    with watching(settings, address) as watch:
        watch.asks(web, 1)
    assert web.asked[0][1]["if-none-match"] == '"1"'


@pytest.mark.slow
def test_two_watches_of_one_archive_wait_for_each_other(
    settings: Settings, tmp_path: Path, web: Web
) -> None:
    (tmp_path / "bridge.txt").write_text(BRIDGE)
    address = feed(web, '"1"', "The dam closed.")
    with (
        watching(settings, str(tmp_path / "bridge.txt")) as one,
        watching(settings, address) as other,
    ):
        one.says("added 1")
        other.says("added 1")
        assert not [line for line in (*one.said, *other.said) if "belongs to" in line]


@pytest.mark.slow
def test_the_service_that_owns_the_archive_does_the_work(settings: Settings, web: Web) -> None:
    address = feed(web, '"1"', "The dam closed.")
    allowed = {"DATELINE_FETCH_ALLOW": "127.0.0.1", "DATELINE_FETCH_A_MINUTE": "0"}
    with (
        served_process(settings, **allowed),
        watching(settings, address, DATELINE_FETCH_ALLOW="") as watch,
    ):
        watch.says("added 1")
        feed(web, '"2"', "The dam opened.")
        watch.says("updated 1")


def test_what_cannot_be_watched_is_said_at_once() -> None:
    for words, said in {
        "nowhere": "there is nothing",
        "http://a:b@x.example/": "leave them out",
    }.items():
        with pytest.raises(WrongUsage, match=said):
            place(words)


def test_the_time_between_two_polls_is_a_second_to_a_week() -> None:
    read = {"1s": 1, "90": 90, "15m": 900, " 2H": 7200, "7d": 604_800}
    assert {written: seconds(written) for written in read} == read
    for written in ("0s", "8d", "soon", "-1m", "1.5h", "", "m"):
        with pytest.raises(WrongUsage, match="give 1s to 7d"):
            seconds(written)


def test_a_poll_that_fails_doubles_the_time_to_the_next_up_to_an_hour() -> None:
    assert [pause(failed, 900) for failed in range(4)] == [900, 1800, 3600, 3600]
    assert pause(10_000, 1) == 3600
    assert pause(3, 7200) == 7200
