"""A bot that waits, and a bot that answers: how much of a processor, and how soon the first words stand in Slack.

    python -m benchmarks.slack [--idle-seconds 60] [--answers 50]

`dateline slack` as a process of its own over a real WebSocket, against the fake Slack and the fake service of the tests. First
words: from the moment the service sends the first checked sentence to the moment Slack has it.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import fake_dateline
import fake_slack
from test_slack_cli import keys, slack_process

from ingest.settings import Settings


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--idle-seconds", type=float, default=60)
    parser.add_argument("--answers", type=int, default=50)
    wanted = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        fake_slack.running() as workspace,
        fake_dateline.running() as dateline,
    ):
        settings = Settings(data_dir=Path(folder) / "data")
        asks_it = keys(workspace) | {"DATELINE_URL": dateline.url}
        with slack_process(settings, Path(folder), **asks_it) as (process, _):
            times = sorted(first_words(workspace, dateline) for _ in range(wanted.answers))
            before = seconds_used(process.pid)
            time.sleep(wanted.idle_seconds)
            share = (seconds_used(process.pid) - before) / wanted.idle_seconds
    print(f"idle: {share:.3%} of a processor over {wanted.idle_seconds:g} s")
    print(
        f"first words: p50 {statistics.median(times) * 1000:.0f} ms, "
        f"max {times[-1] * 1000:.0f} ms, n {len(times)}"
    )


def first_words(workspace: fake_slack.FakeSlack, dateline: fake_dateline.FakeDateline) -> float:
    """Seconds from a first sentence to its place in the thread."""
    dateline.outcome, dateline.released = fake_dateline.answered("One [1].", "Two [1]."), 0
    asked = len(dateline.asked)
    event = workspace.mention("C1", "when?")
    workspace.send("events_api", workspace.envelope(event))
    dateline.wait(lambda: len(dateline.asked) > asked, "the question")
    began = time.monotonic()
    dateline.released = 1
    workspace.wait(lambda: workspace.replies("C1", event["ts"]), "the first words")
    seconds = time.monotonic() - began
    dateline.released = 2
    workspace.settled("C1", event["ts"])
    return seconds


def seconds_used(pid: int) -> float:
    """CPU time of a process, as Linux counts it."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
