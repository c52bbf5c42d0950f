"""Whose report an answer rests on, and how many outlets only repeat it."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_altered_copies import STORY, cited

from ingest.pipeline import ingest
from ingest.storage.archive import Archive
from ingest.storage.catalogue import Snapshot
from service.conflicts.origins import note
from service.query.analysis import analyse
from service.types import Filters, Question

FIRST = "Who first reported that the lock was reopened?"


def told(snapshot: Snapshot, question: str, filters: Filters | None = None) -> str | None:
    found = note(
        analyse(Question(question, filters=filters or Filters()), None),
        snapshot,
        cited(snapshot, "The work cost"),
    )
    return found and found[0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "stories"
    made.mkdir()
    (made / "echo.txt").write_text(STORY, "utf-8")
    return made


def of(archive: Archive, folder: Path, **copies: str) -> Snapshot:
    for name, text in copies.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")
    report = ingest(archive, [folder])
    assert report.families == 1
    return archive.catalogue.live()


def dated(outlet: str, day: int) -> str:
    return STORY.replace("The Harl Echo", outlet).replace("4 March", f"{day} March")


def test_copies_are_no_sources_and_the_earliest_is_the_origin(
    archive: Archive, folder: Path
) -> None:
    snapshot = of(archive, folder, one=dated("The Loam Post", 6), two=dated("Pond Daily", 7))

    assert (
        told(snapshot, FIRST)
        == "The report comes from The Harl Echo; 2 other outlets in the archive only repeat it."
    )
    assert told(snapshot, "How many outlets report on the lock?") == told(snapshot, FIRST)


def test_one_outlet_alone_is_named_as_the_only_one(archive: Archive, folder: Path) -> None:
    snapshot = of(archive, folder)

    assert told(snapshot, FIRST) == "In the archive this report stands only in The Harl Echo."


def test_a_copy_that_filters_leave_out_is_not_counted(archive: Archive, folder: Path) -> None:
    snapshot = of(archive, folder, one=dated("The Loam Post", 6))
    only = Filters(publishers=("The Harl Echo",))

    assert told(snapshot, FIRST, only) == "In the archive this report stands only in The Harl Echo."


@pytest.mark.parametrize("question", ["What did the repairs cost?", "Who paid for the gates?"])
def test_nothing_is_said_of_sources_where_nobody_asks(
    archive: Archive, folder: Path, question: str
) -> None:
    assert told(of(archive, folder), question) is None


def test_a_copy_whose_outlet_is_unknown_counts_and_is_not_named(
    archive: Archive, folder: Path
) -> None:
    snapshot = of(
        archive, folder, one=STORY.replace("By Ida Crane, The Harl Echo\n\n4 March 2025\n\n", "")
    )

    said = told(snapshot, FIRST)
    assert said is None or "one.txt" not in said
