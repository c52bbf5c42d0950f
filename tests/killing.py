"""A `dateline` command and a point in it come in; the command runs as a process of its own and is killed there.

Processes are forked from a server that has everything imported, so that one takes a second and not five. A profile
function in the child counts calls into SQLite, Chroma, tantivy and our own writing functions; nothing of ours is
patched. A point is the n-th call of a function: the process is ended with SIGKILL as the call begins, or by the kernel's
timer, which is as abrupt, when a part of the time has passed that the call took undisturbed.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import pkgutil
import random
import resource
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

PRELOADED = ["warm"]
# What is worth dying in: everything that writes, opens, swaps or clears. Functions of ours by module and name.
OURS = frozenset(
    """storage.archive.Archive.settle storage.catalogue.Catalogue.expect storage.catalogue.Catalogue.forget
    storage.catalogue.Catalogue.made_with storage.catalogue.Catalogue.publish storage.catalogue.Catalogue.purge
    storage.catalogue.Catalogue.roll_back storage.database.Database.write storage.archive.Indexes.remove
    storage.archive.Indexes.write storage.archive.open_indexes storage.archive.rebuild_indexes storage.archive.swap_in
    storage.text_index.TextIndex.add storage.text_index.TextIndex.remove storage.vector_index.VectorIndex.add storage.vector_index.VectorIndex.remove
    storage.vector_cache.VectorCache._keep pipeline.rollback pipeline.remove change_detection.ReadFiles.keep""".split()
)
NATIVE = frozenset(
    """Bindings.create_collection Bindings.delete Bindings.upsert Connection.commit Cursor.execute
    Cursor.executemany Index.reload Index.writer IndexWriter.add_document
    IndexWriter.commit IndexWriter.delete_documents IndexWriter.wait_merging_threads""".split()
)
METHODS = frozenset(name.partition(".")[2] for name in NATIVE)
STARTING_CHROMA = "RustBindingsAPI.start"
ROOT = str(Path(__file__).parents[1])
RUNNING_SECONDS = 300.0
SHORTEST_SECONDS = 0.0005  # a call shorter than this is killed as it begins: the timer is no finer


@dataclass(frozen=True, slots=True)
class Point:
    """The `number`-th call of a function, as it begins or `after_seconds` into it."""

    function: str
    number: int
    after_seconds: float | None = None


def moved() -> list[str]:
    """Functions to die in that are no more, or are of another module now."""

    def stands(name: str) -> bool:
        try:
            found = pkgutil.resolve_name(name)
        except (AttributeError, ImportError):
            return False
        return f"{found.__module__}.{found.__qualname__}" == name

    return [name for name in sorted(OURS) if not stands(f"ingest.{name}")]


def start_server() -> Any:
    """The context that forks, its imports done."""
    assert moved() == []
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(p for p in (ROOT, f"{ROOT}/tests", before) if p)
    try:
        first = context.Process(target=int)
        first.start()
        first.join()
    finally:
        os.environ.pop("PYTHONPATH")
        if before is not None:
            os.environ["PYTHONPATH"] = before
    return context


def run(
    context: Any,
    environment: Mapping[str, str],
    arguments: Sequence[str],
    log: Path,
    point: Point | None = None,
    most_bytes: int | None = None,
) -> int:
    """The exit code of `dateline ARGUMENTS`, negative where a signal ended it; without a point, `log` gets its calls.

    What it said is in `log` with ".said" behind. With `most_bytes`, no file may grow beyond that.
    """
    process = context.Process(
        target=_child, args=(dict(environment), list(arguments), str(log), point, most_bytes)
    )
    process.start()
    process.join(RUNNING_SECONDS)
    assert process.exitcode is not None, "the command hangs"
    return int(process.exitcode)


def run_until_touched(
    context: Any,
    environment: Mapping[str, str],
    arguments: Sequence[str],
    log: Path,
    name: str,
    delay_seconds: float,
) -> int:
    """As `run`, but killed so long after a file of this name in the data directory is first written to."""
    folder = Path(environment["DATELINE_DATA_DIR"])
    process = context.Process(
        target=_child, args=(dict(environment), list(arguments), str(log), Point("", 0))
    )
    before = _written(folder, name)
    process.start()
    while process.exitcode is None and _written(folder, name) == before:
        time.sleep(0.0002)
    time.sleep(delay_seconds)
    process.kill()
    process.join(RUNNING_SECONDS)
    return int(process.exitcode)


def _written(folder: Path, name: str) -> list[tuple[int, int]]:
    found = []
    for place, _, files in os.walk(folder):  # says nothing of what is taken away meanwhile
        if name in files:
            with suppress(FileNotFoundError):
                status = Path(place, name).stat()
                found.append((status.st_mtime_ns, status.st_size))
    return found


def points(log: Path, count: int, seed: int) -> list[Point]:
    """`count` different points of the calls in a log: every function in turn, two of three inside a call."""
    calls: dict[str, list[float]] = json.loads(log.read_text())
    draw = random.Random(seed)
    chosen: list[Point] = []
    while len(chosen) < count:
        names = sorted(calls)
        draw.shuffle(names)
        for name in names:
            number = draw.randrange(len(calls[name]))
            inside = draw.random() < 2 / 3 and calls[name][number] > SHORTEST_SECONDS
            moment = round(calls[name][number] * draw.uniform(0.05, 0.95), 6) if inside else None
            if (point := Point(name, number + 1, moment)) not in chosen:
                chosen.append(point)
    return chosen[:count]


def _child(
    environment: dict[str, str],
    arguments: list[str],
    log: str,
    point: Point | None,
    most_bytes: int | None = None,
) -> None:
    os.environ.update(environment)
    if most_bytes is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
    quiet = os.open(log + ".said", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    watch = _Watch(point)
    sys.argv = ["dateline", *arguments]
    import dateline

    sys.setprofile(watch)
    try:
        dateline.main()
    finally:
        sys.setprofile(None)
        if point is None and most_bytes is None:
            Path(log).write_text(json.dumps(watch.calls))


class _Watch:
    """Counts and times the calls worth dying in, and dies in one of them."""

    def __init__(self, point: Point | None):
        self.point = point
        self.calls: dict[str, list[float]] = defaultdict(list)
        self._names: dict[
            CodeType, str
        ] = {}  # of Python functions; "" for those that are not worth it
        self._open: list[tuple[str, int, float]] = []

    def __call__(self, frame: FrameType, event: str, argument: Any) -> None:
        if event[0] == "c":  # call, c_call, c_return, c_exception; most of millions end here
            if event == "call":
                name = self._names.get(frame.f_code)
                if name is None:
                    name = self._names[frame.f_code] = _python_name(frame)
            else:
                name = _native_name(argument) if argument.__name__ in METHODS else ""
        else:
            name = self._names.get(frame.f_code, "")
        if name:
            self._ended(name) if event in ("return", "c_return", "c_exception") else self._begun(
                name
            )

    def _begun(self, name: str) -> None:
        self.calls[name].append(0.0)
        number = len(self.calls[name])
        self._open.append((name, number - 1, time.monotonic()))
        if self.point and (self.point.function, self.point.number) == (name, number):
            if self.point.after_seconds is None:
                os.kill(os.getpid(), signal.SIGKILL)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_REAL, self.point.after_seconds)

    def _ended(self, name: str) -> None:
        if self._open and self._open[-1][0] == name:
            _, number, began = self._open.pop()
            self.calls[name][number] = time.monotonic() - began


def _python_name(frame: FrameType) -> str:
    module, name = frame.f_globals.get("__name__", ""), frame.f_code.co_qualname
    if module == "chromadb.api.rust":
        return name if name == STARTING_CHROMA else ""
    ours = f"{module.removeprefix('ingest.')}.{name}"
    return ours if ours in OURS else ""


def _native_name(function: Any) -> str:
    name = f"{type(function.__self__).__name__}.{function.__name__}"
    return name if name in NATIVE else ""
