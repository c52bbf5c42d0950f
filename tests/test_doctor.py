"""The doctor finds what does not agree, and mends it from the catalogue."""

from __future__ import annotations

import shutil

import pytest

from ingest.cli import examined
from ingest.errors import IndexUnavailable
from ingest.settings import Settings
from ingest.storage import doctor
from ingest.storage.archive import Archive


def test_a_sound_archive_has_no_faults(filled: Archive) -> None:
    assert doctor.examine(filled) == ()


@pytest.mark.parametrize("index", ["chroma", "text"])
def test_missing_rows_are_found_and_written_anew(filled: Archive, index: str) -> None:
    lost = sorted(filled.catalogue.live().passage_ids())[:2]
    filled.vector_index.remove(lost) if index == "chroma" else filled.text_index.remove(lost)

    faults = doctor.examine(filled)
    doctor.repair(filled, faults)

    assert [(f.where, f.passage_ids) for f in faults] == [(index, tuple(lost))]
    assert doctor.examine(filled) == ()


def test_rows_of_no_generation_are_found_and_removed(filled: Archive) -> None:
    filled.vector_index.add(["e" * 20], filled.embedder.embed(["a stray"]), ["a" * 16])
    filled.text_index.add([("e" * 20, "", "a stray")])

    faults = doctor.examine(filled)
    doctor.repair(filled, faults)

    assert {f.where for f in faults} == {"chroma", "text"}
    assert doctor.examine(filled) == ()


def test_a_vector_of_another_text_is_found_and_replaced(filled: Archive) -> None:
    wrong = sorted(filled.catalogue.live().passage_ids())[0]
    filled.vector_index.add([wrong], filled.embedder.embed(["something else entirely"]), ["a" * 16])

    faults = doctor.examine(filled)
    doctor.repair(filled, faults)

    assert [f.passage_ids for f in faults] == [(wrong,)]
    assert doctor.examine(filled) == ()


def test_a_lost_chroma_directory_is_made_again(filled: Archive, settings: Settings) -> None:
    filled.close()
    shutil.rmtree(settings.data_dir / "chroma")

    assert examined(settings, mend=False)["left"]
    assert examined(settings, mend=True)["left"] == []
    assert examined(settings, mend=False)["faults"] == []


def test_a_damaged_chroma_directory_is_named_and_made_again(
    filled: Archive, settings: Settings
) -> None:
    filled.close()
    (settings.data_dir / "chroma" / "chroma.sqlite3").write_bytes(b"not a database" * 999)

    with pytest.raises(IndexUnavailable, match="rebuild"):
        examined(settings, mend=False)
    assert examined(settings, mend=True)["left"] == []
