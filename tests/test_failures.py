"""What could not be read is written down."""

from __future__ import annotations

import json
from pathlib import Path

from ingest.pipeline import ingest
from ingest.storage.archive import Archive


def test_failures_are_written_down_with_time_generation_and_reason(
    archive: Archive, newsroom: Path
) -> None:
    (newsroom / "empty.txt").write_bytes(b"")
    log = archive.settings.data_dir / "failures.jsonl"

    ingest(archive, [newsroom], dry_run=True)
    assert not log.exists()
    ingest(archive, [newsroom])
    ingest(archive, [newsroom])

    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    assert [(line["source"], line["generation"]) for line in lines] == [
        ("empty.txt", "g000001")
    ] * 2
    assert all(line["reason"] and line["at"].startswith("20") for line in lines)
