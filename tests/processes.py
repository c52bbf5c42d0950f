"""Settings in, real processes out: one `dateline` command, or a service on a free port while a block runs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ingest.pipeline import ingest
from ingest.settings import Settings
from ingest.storage.archive import Archive

DATELINE = [sys.executable, "-c", "import dateline; dateline.main()"]


def environment(settings: Settings, **more: str) -> dict[str, str]:
    known = {"DATELINE_DATA_DIR": str(settings.data_dir), "DATELINE_MODEL_CACHE": str(settings.model_cache)}
    known["COLUMNS"] = "120"  # whatever runs the tests has a width of its own
    root = str(Path(__file__).parents[1])
    return {**os.environ, "PYTHONPATH": root, **known, **more}


@contextmanager
def served_process(settings: Settings, *arguments: str, **more: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """`dateline serve` on a free port; the address it prints, and the process."""
    command = [*DATELINE, "serve", "--port", "0", *arguments]
    process = subprocess.Popen(command, env=environment(settings, **more), stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        line = process.stderr.readline()
        assert line.startswith("Dateline is at http://127.0.0.1:") and "passages" in line, line + process.stderr.read()
        yield line.split()[3], process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stderr.close()


def fill(settings: Settings, newsroom: Path) -> None:
    with Archive(settings) as archive:
        ingest(archive, [newsroom])


def command(settings: Settings, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """What `dateline ARGUMENTS` ends with and says; `options` are those of `subprocess.run`."""
    return subprocess.run(
        [*DATELINE, *arguments], env=environment(settings), capture_output=True, text=True, timeout=120, **options
    )
