"""The way back to what readers saw before the last ingest."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest
from conftest import BRIDGE, FERRY, texts, update

from ingest.errors import NotFound
from ingest.pipeline import SAMPLE, ingest, remove, rollback
from ingest.settings import Settings
from ingest.storage import doctor
from ingest.storage.archive import Archive


def test_rollback_shows_again_what_was_there_before_the_last_ingest(
    filled: Archive, newsroom: Path
) -> None:
    before = texts(filled.catalogue.live())
    update(newsroom)
    assert ingest(filled, [newsroom], prune=True).removed == 1
    embedded = filled.vector_cache.embedded

    report = rollback(filled)

    assert (report.added, report.updated, report.removed, report.unchanged) == (1, 1, 1, 1)
    assert texts(filled.catalogue.live()) == before
    assert "g000002" in report.notes[0] and "g000001" in report.notes[0]
    assert filled.vector_cache.embedded == embedded
    assert doctor.examine(filled) == ()
    assert filled.text_index.find("miners choir", 3)


def test_rollback_works_once_and_the_ingest_can_be_run_again(
    filled: Archive, newsroom: Path
) -> None:
    update(newsroom)
    ingest(filled, [newsroom], prune=True)
    after = texts(filled.catalogue.live())
    rollback(filled)

    with pytest.raises(NotFound, match="nothing to go back to from generation g000003"):
        rollback(filled)
    report = ingest(filled, [newsroom], prune=True)

    assert (report.added, report.updated, report.removed) == (1, 1, 1)
    assert texts(filled.catalogue.live()) == after
    assert doctor.examine(filled) == ()


def test_there_is_nothing_before_the_first_ingest(filled: Archive, archive: Archive) -> None:
    with pytest.raises(NotFound, match="nothing to go back to"):
        rollback(filled)


def test_rollback_brings_no_article_back_that_was_removed_by_name(
    archive: Archive, newsroom: Path, settings: Settings
) -> None:
    (newsroom / "copy.txt").write_text(BRIDGE.replace("12 March", "13 March"), "utf-8")
    ingest(archive, [newsroom])
    update(newsroom)
    ingest(archive, [newsroom], prune=True)
    canonical = next(
        s
        for s in archive.catalogue.live().everything()
        if s.family_size == 2 and s.member.canonical
    )
    remove(archive, canonical.article.article_id)

    report = rollback(archive)

    assert any("removed by name" in note for note in report.notes)
    live = archive.catalogue.live()
    assert set(texts(live)) == {"bridge.txt", "copy.txt", "dam.txt", "choir.txt"} - {
        canonical.article.source
    }
    assert doctor.examine(archive) == ()
    with contextlib.closing(sqlite3.connect(settings.data_dir / "catalogue.sqlite")) as file:
        of_the_text = "SELECT count(*) FROM versions WHERE text = ?"
        assert file.execute(of_the_text, (canonical.article.text,)).fetchone() == (0,)


def test_a_removal_leaves_the_way_back_open(filled: Archive, newsroom: Path) -> None:
    (newsroom / "ferry.txt").write_text(FERRY, "utf-8")
    ingest(filled, [newsroom])
    remove(
        filled,
        next(
            s.article.article_id
            for s in filled.catalogue.live().everything()
            if s.article.source == "dam.txt"
        ),
    )

    rollback(filled)

    assert set(texts(filled.catalogue.live())) == {"bridge.txt", "choir.txt"}


@pytest.mark.slow
def test_the_sample_comes_back_with_a_rollback(archive: Archive, newsroom: Path) -> None:
    sample = ingest(archive, [SAMPLE]).articles
    ingest(archive, [newsroom])

    assert rollback(archive).articles == sample
