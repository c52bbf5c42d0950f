"""Opening an archive: another model, an unfinished index, a damaged database."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import texts, update

from ingest.embedding.embedder import LocalEmbedder
from ingest.errors import IndexMismatch, IndexUnavailable
from ingest.pipeline import ingest, rollback
from ingest.settings import Settings
from ingest.storage import doctor, vector_index
from ingest.storage.archive import Archive, rebuild


def test_another_model_is_another_generation_and_keeps_the_way_back(
    filled: Archive, newsroom: Path, settings: Settings
) -> None:
    class Other(LocalEmbedder):
        model = "another/1"

    before = texts(filled.catalogue.live())
    update(newsroom)
    ingest(filled, [newsroom])
    filled.close()
    other = Other(settings.model_dir)
    with pytest.raises(IndexMismatch):
        Archive(settings, other)

    rebuild(settings, other)

    with Archive(settings, other) as archive:
        assert archive.catalogue.live().generation == "g000003"
        assert doctor.examine(archive) == ()
        rollback(archive)
        assert texts(archive.catalogue.live()) == before
    with Archive(settings, other) as archive:
        assert archive.catalogue.live().generation == "g000004"


def test_an_empty_archive_takes_any_model(
    archive: Archive, settings: Settings, newsroom: Path
) -> None:
    class Other(LocalEmbedder):
        model = "another/1"

    archive.close()
    with Archive(settings, Other(settings.model_dir)) as other:
        assert ingest(other, [newsroom]).added == 3


def test_an_index_that_was_being_written_is_never_opened_again_but_made_anew(
    filled: Archive, settings: Settings
) -> None:
    filled.close()
    chroma = settings.data_dir / "chroma"
    (chroma / vector_index.MARK).touch()  # as a process leaves it that was killed there
    for file in chroma.glob("*/*.bin"):
        file.write_bytes(b"\xff" * 64)  # what would end the process that reads it

    with Archive(settings) as archive:
        assert doctor.examine(archive) == ()
    assert not vector_index.was_cut_short(chroma)


def test_a_killed_rebuild_is_begun_anew_by_the_next_ingest(
    filled: Archive, settings: Settings, newsroom: Path
) -> None:
    from ingest.ingest_cli import run

    filled.close()
    (settings.data_dir / "rebuilt" / "chroma").mkdir(
        parents=True
    )  # as a process leaves it that was killed there

    assert run(settings, [newsroom])["unchanged"] == 3
    assert not (settings.data_dir / "rebuilt").exists()


def test_a_swap_that_was_killed_half_way_is_finished(filled: Archive, settings: Settings) -> None:
    filled.close()
    data_dir = settings.data_dir
    (data_dir / "rebuilt").mkdir()
    (data_dir / "text").rename(
        data_dir / "rebuilt" / "text"
    )  # chroma is in its place already, text not yet
    (data_dir / "rebuilt.complete").touch()

    with Archive(settings) as archive:
        assert doctor.examine(archive) == ()
    assert not (data_dir / "rebuilt").exists() and not (data_dir / "rebuilt.complete").exists()


def test_a_database_that_is_damaged_is_named(filled: Archive, settings: Settings) -> None:
    filled.close()
    (settings.data_dir / "catalogue.sqlite").write_bytes(b"not a database" * 999)

    with pytest.raises(IndexUnavailable, match=r"catalogue\.sqlite"):
        Archive(settings)
