"""Keeps a log of what could not be ingested, one JSON line each, in the data directory."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from ingest.types import Failure

LOG = "failures.jsonl"


def write_down(data_dir: Path, generation: str, failed: Iterable[Failure]) -> str | None:
    """Appends `{"at", "generation", "source", "reason"}` lines; `generation` is the one that is
    live afterwards.

    None, or a sentence for people where the disk did not take them: the ingest itself is done by
    then.
    """
    at = datetime.now(UTC).isoformat(timespec="seconds")
    lines = [
        json.dumps(
            {"at": at, "generation": generation, "source": f.source, "reason": f.reason},
            ensure_ascii=False,
        )
        for f in failed
    ]
    try:
        if lines:
            with (data_dir / LOG).open("a", encoding="utf-8", errors="backslashreplace") as log:
                log.write("\n".join(lines) + "\n")
    except OSError as error:
        return f"{len(lines)} failures could not be written to {data_dir / LOG}: {error.strerror}"
    return None
