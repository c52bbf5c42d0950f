"""Which files an ingest need not read again."""

from __future__ import annotations

import os
from pathlib import Path

from conftest import DAM

from ingest.pipeline import ingest, remove
from ingest.storage.archive import Archive


def test_a_file_that_changes_within_one_tick_of_the_clock_is_read_again(
    filled: Archive, newsroom: Path
) -> None:
    file = newsroom / "dam.txt"
    before = file.stat()
    file.write_text(DAM.replace("eleven", "twelve"), "utf-8")  # as long as it was
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_size == before.st_size

    assert ingest(filled, [newsroom]).updated == 1


def test_an_unchanged_file_whose_article_was_taken_out_is_read_again(
    filled: Archive, newsroom: Path
) -> None:
    remove(filled, next(filled.catalogue.live().everything()).article.article_id)

    assert ingest(filled, [newsroom]).added == 1


def test_unchanged_files_are_counted_and_kept_by_prune(filled: Archive, newsroom: Path) -> None:
    report = ingest(filled, [newsroom, newsroom / "dam.txt"], prune=True)

    assert (report.added, report.removed) == (0, 0)
    assert report.articles == 3
