"""What an ingest says besides its counts."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from conftest import ALTERED_BRIDGE
from processes import command

from ingest.pipeline import ingest
from ingest.report_in_words import quoted
from ingest.settings import Settings
from ingest.storage.archive import Archive


def test_what_is_told_names_the_families_found_and_the_altered_copies(
    archive: Archive, newsroom: Path
) -> None:
    (newsroom / "relay.txt").write_text(ALTERED_BRIDGE, "utf-8")

    first = ingest(archive, [newsroom])
    again = ingest(archive, [newsroom])

    assert "copies of bridge.txt (original): relay.txt (altered)" in first.notes
    altered = next(note for note in first.notes if note.startswith("altered: relay.txt changes"))
    assert re.search(r"a number: “38.* became “83", altered), altered
    assert again.notes == ()


def test_what_is_gone_is_named_when_it_is_pruned_and_counted_when_it_is_not(
    filled: Archive, newsroom: Path
) -> None:
    (newsroom / "dam.txt").unlink()

    kept = ingest(filled, [newsroom])
    planned = ingest(filled, [newsroom], prune=True, dry_run=True)
    pruned = ingest(filled, [newsroom], prune=True)

    assert kept.removed == 0 and any(
        "1 article " in note and "--prune" in note for note in kept.notes
    )
    assert any(note == f"no longer there: {newsroom / 'dam.txt'}" for note in planned.notes)
    assert pruned.removed == 1 and planned.notes == pruned.notes


def test_what_is_not_believed_of_an_article_is_told_every_time(
    settings: Settings, newsroom: Path
) -> None:
    (newsroom / "soon.md").write_text(
        "---\npublished_on: 2999-05-03\n---\nThe tram will run again.", "utf-8"
    )

    said = command(settings, "ingest", str(newsroom)).stderr
    assert "soon.md says it was published on 2999-05-03" in said
    as_json = json.loads(command(settings, "ingest", str(newsroom), "--json").stdout)
    assert any("soon.md" in note for note in as_json["notes"])


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("A cable is cut.", "“A cable is cut.”"),
        ("“A cable is cut,” said Ada Vane.", "“‘A cable is cut,’ said Ada Vane.”"),
        ('"A cable is cut," she said, "twice".', "“‘A cable is cut,’ she said, ‘twice’.”"),
    ],
)
def test_a_quotation_within_a_quotation_has_single_marks(words: str, shown: str) -> None:
    assert quoted(words) == shown


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
