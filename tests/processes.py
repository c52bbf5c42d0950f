"""Settings in, real processes out: one `dateline` command, or a service on a free port while a block runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ingest.pipeline import ingest
from ingest.settings import Settings
from ingest.storage.archive import Archive

DATELINE = [sys.executable, "-c", "import dateline; dateline.main()"]


def environment(settings: Settings, **more: str) -> dict[str, str]:
    known = {
        "DATELINE_DATA_DIR": str(settings.data_dir),
        "DATELINE_MODEL_CACHE": str(settings.model_dir),
    }
    known["COLUMNS"] = "120"  # whatever runs the tests has a width of its own
    root = str(Path(__file__).parents[1])
    return {**os.environ, "PYTHONPATH": root, **known, **more}


@contextmanager
def served_process(
    settings: Settings, *arguments: str, before: str = "", **more: str
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """`dateline serve` on a free port; the address it prints, and the process.

    `before` is Python that runs first. Its log never stops it: it is a file.
    """
    start = [sys.executable, "-c", f"{before}import dateline; dateline.main()"]
    command = [*start, "serve", "--port", "0", *arguments]
    with tempfile.TemporaryDirectory() as folder, Path(folder, "log").open("w+") as log:
        process = subprocess.Popen(
            command, env=environment(settings, **more), stderr=log, text=True
        )
        try:
            yield told_address(process, Path(log.name)), process
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()


def told_address(process: subprocess.Popen[str], log: Path) -> str:
    """Where a service says it is, once it does."""
    while process.poll() is None:
        if found := re.search(
            r"Dateline is at (http://127\.0\.0\.1:\d+) .*passages\b", log.read_text()
        ):
            return found[1]
        time.sleep(0.02)
    raise AssertionError(log.read_text())


def fill(settings: Settings, newsroom: Path) -> None:
    with Archive(settings) as archive:
        ingest(archive, [newsroom])


def command(
    settings: Settings, *arguments: str, **options: Any
) -> subprocess.CompletedProcess[str]:
    """What `dateline ARGUMENTS` ends with and says; `options` are those of `subprocess.run`."""
    return subprocess.run(
        [*DATELINE, *arguments],
        env=environment(settings),
        capture_output=True,
        text=True,
        timeout=300,
        **options,
    )
