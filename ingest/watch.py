"""The command `dateline watch`: takes in what changes in folders and on the web, until it is stopped."""

from __future__ import annotations

import logging
import re
import signal
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from ingest import ingest_cli, terminal
from ingest.errors import AddressRefused, DatelineError, Owned, WrongUsage
from ingest.settings import Settings, read_settings
from ingest.web.addresses import checked, shown

log = logging.getLogger(__name__)

UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}
LONGEST_SECONDS = 7 * 86_400  # between two polls
LONGEST_BACK_OFF_SECONDS = 3600  # unless `--every` is longer
OWNED_SECONDS = 2.0  # after which an archive that somebody else has is asked for again
PATIENCE_SECONDS = 600.0  # after which it is told that somebody else has it

Seen = frozenset[tuple[str, int, int]]  # path, time of change in nanoseconds, bytes


@dataclass(slots=True)
class Watched:
    """A file, a folder or a web address, and how its last polls went. Times are `time.monotonic`'s."""

    place: Path | str
    prune: bool
    collections: list[str] | None = None  # as `pipeline.ingest` takes them
    due: float = 0.0
    seen: Seen | None = None  # of a folder, as it was taken in last
    told: frozenset[str] = frozenset()  # what went wrong with the last poll
    failed: int = 0  # polls in a row that failed
    waits_since: float | None = None  # for an archive that somebody else has


def watch(
    places: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH|URL...", help="Folders or files; web addresses of pages, feeds, sitemaps"
        ),
    ],
    every: Annotated[
        str, typer.Option("--every", metavar="TIME", help="Between two polls: 30s, 15m, 2h, 1d")
    ] = "15m",
    prune: Annotated[
        bool, typer.Option("--prune", help="Also remove articles whose files are gone from a PATH")
    ] = False,
    collections: ingest_cli.Collections = None,
) -> None:
    """Take in what changes, again and again, until it is stopped."""
    terminal.start_logs()
    with terminal.spoken_errors():
        settings, every_seconds = read_settings(), seconds(every)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        named = ingest_cli.named_collections(collections)
        watched = [Watched(place(words), prune, named) for words in places]
        try:
            while True:
                one = min(watched, key=lambda one: one.due)
                time.sleep(max(0.0, one.due - time.monotonic()))
                poll(settings, one)
                waits = one.waits_since is not None
                one.due = time.monotonic() + (
                    OWNED_SECONDS if waits else pause(one.failed, every_seconds)
                )
        except KeyboardInterrupt:
            terminal.say("dateline: stopped watching")


def place(words: str) -> Path | str:
    """What is named: a file or folder, or a web address in its normal form. Raises WrongUsage."""
    if ingest_cli.is_address(words):
        try:
            return str(checked(words))
        except AddressRefused as error:
            raise WrongUsage(f"{shown(words)} {error}") from error
    if not words.strip():
        raise WrongUsage(ingest_cli.EMPTY_PATH)
    if not Path(words).exists():
        raise WrongUsage(f"there is nothing at {words}: check the path")
    return Path(words).absolute()


def pause(failed: int, every_seconds: float) -> float:
    """Seconds until the next poll, after so many in a row that failed."""
    longest = max(every_seconds, LONGEST_BACK_OFF_SECONDS)
    return float(min(every_seconds * 2.0 ** min(failed, 20), longest))


def poll(settings: Settings, one: Watched) -> None:
    """Takes in what changed at one place, and tells what that brought; what went wrong is told once,
    until it goes well or otherwise wrong."""
    seen = _scan(one.place) if isinstance(one.place, Path) else None
    if seen is not None and seen == one.seen:
        return
    try:
        prune = one.prune and seen is not None
        report = ingest_cli.run(settings, [one.place], prune=prune, collections=one.collections)
    except Owned as error:
        one.waits_since = one.waits_since or time.monotonic()
        if time.monotonic() - one.waits_since >= PATIENCE_SECONDS:
            _tell_failures(one, [f"{one.place}: {error}"], failed=False)
    except DatelineError as error:
        _tell_failures(one, [f"{one.place}: {error}"], failed=True)
    except Exception as error:
        log.warning("a poll failed", exc_info=error)
        said = f"{one.place}: unforeseen ({type(error).__name__}); the log has the trace"
        _tell_failures(one, [said], failed=True)
    else:
        one.waits_since = None
        failed = isinstance(one.place, Path) and not one.place.exists()
        failed = failed or any(found["source"] == one.place for found in report["failed"])
        one.seen = None if failed else seen
        kinds = ("added", "updated", "removed")
        if counts := [f"{name} {report[name]}" for name in kinds if report[name]]:
            now = datetime.now().isoformat(sep=" ", timespec="seconds")
            terminal.show(f"{now} {one.place}: {', '.join(counts)}")
            for note in report["notes"]:
                terminal.say(note)
        words = [f"{found['source']}: {found['reason']}" for found in report["failed"]]
        _tell_failures(one, words, failed=failed)


def _scan(folder: Path) -> Seen:
    from ingest.formats.file_readers import files_below

    found = set()
    for path in files_below(folder):
        try:
            state = path.stat() if isinstance(path, Path) else None
        except OSError:  # gone meanwhile, or closed to us: reading it says which
            state = None
        if state is not None:
            found.add((str(path), state.st_mtime_ns, state.st_size))
    return frozenset(found)


def _tell_failures(one: Watched, words: list[str], *, failed: bool) -> None:
    new = [said for said in words if said not in one.told]
    for said in new[: ingest_cli.MOST_FAILURES_SHOWN]:
        terminal.say(f"not read: {said}")
    if len(new) > ingest_cli.MOST_FAILURES_SHOWN:
        terminal.say(f"… and {len(new) - ingest_cli.MOST_FAILURES_SHOWN} more")
    if one.failed and not failed:
        terminal.say(f"reached again: {one.place}")
    one.told = frozenset(words)
    one.failed = one.failed + 1 if failed else 0


def seconds(every: str) -> float:
    """Of a time between two polls as it is written: 30s, 15m. Raises WrongUsage."""
    found = re.fullmatch(r"(\d{1,7})\s*([smhd]?)", every.strip().lower())
    many = int(found[1]) * UNITS[found[2]] if found else 0
    if not 1 <= many <= LONGEST_SECONDS:
        raise WrongUsage(f'--every "{every[:20]}": give 1s to 7d, such as 30s, 15m, 2h or 1d')
    return float(many)
