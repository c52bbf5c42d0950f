"""What commands show people: progress on a terminal, errors in one sentence, results as text or
JSON."""

from __future__ import annotations

import io
import json
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from ingest.errors import DatelineError

STAGES = {
    "fetch": "Fetching",
    "read": "Reading",
    "embed": "Embedding",
    "index": "Indexing",
    "group": "Finding copies",
}


@contextmanager
def spoken_errors() -> Iterator[None]:
    """Turns every failure we know into a sentence on stderr and its exit code; a traceback is never
    for people."""
    try:
        yield
    except DatelineError as error:
        say(f"dateline: {error}")
        raise typer.Exit(error.exit_code) from None
    except KeyboardInterrupt:
        say("dateline: stopped")
        raise typer.Exit(130) from None


def say(words: str) -> None:
    """A message for people: stderr, so that stdout holds results only."""
    sys.stderr.write(words + "\n")


def show(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def is_rich() -> bool:
    """Whether stdout is a terminal that shows colours and links, and nobody said NO_COLOR."""
    plain = "NO_COLOR" in os.environ or os.environ.get("TERM", "dumb") in ("dumb", "unknown")
    return sys.stdout.isatty() and not plain


def bold(words: str) -> str:
    return f"\x1b[1m{words}\x1b[0m" if is_rich() else words


def faint(words: str) -> str:
    return f"\x1b[2m{words}\x1b[0m" if is_rich() else words


def linked(words: str, address: str | None) -> str:
    """Words that lead to a web address, where the terminal can and the address is one."""
    if not address or not is_rich() or not address.isprintable():
        return words
    return f"\x1b]8;;{address}\x1b\\{words}\x1b]8;;\x1b\\"


def show_json(value: Any) -> None:
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def start_logs(own: int = logging.WARNING) -> None:
    """Logs on stderr: warnings of everyone, and of ours whatever is at least `own`.

    A terminal that cannot show a character gets its code: no character ends a command.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    for package in ("ingest", "service"):
        logging.getLogger(package).setLevel(own)


class _Rate(ProgressColumn):
    """Steps a second, over the last half minute."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f}/s" if speed else "", style="progress.data.speed")


@contextmanager
def progress_bar() -> Iterator[Callable[[str, int, int], None]]:
    """A bar with rate and remaining time on a terminal, nothing elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda stage, done, total: None
        return
    columns = (
        TextColumn("{task.description:>15}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TextColumn("passed"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        tasks: dict[str, Any] = {}

        def update(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(STAGES.get(stage, stage), total=None)
            bar.update(tasks[stage], completed=done, total=total or None)

        yield update
