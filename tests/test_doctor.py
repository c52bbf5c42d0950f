"""The doctor finds what does not agree, and mends it from the catalogue."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from pathlib import Path

import pytest
import tantivy
import typer
from processes import command

from ingest.errors import IndexUnavailable
from ingest.ingest_cli import doctor as doctor_command
from ingest.ingest_cli import examined
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


def repaired(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> int:
    """The exit code of `dateline doctor --repair`."""
    monkeypatch.setenv("DATELINE_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("DATELINE_MODEL_CACHE", str(settings.model_dir))
    with pytest.raises(typer.Exit) as ended:
        doctor_command(mend=True, as_json=False)
    return int(ended.value.exit_code)


def overwritten(path: Path) -> None:
    path.write_bytes(b"\xff" * max(path.stat().st_size, 5000))


DAMAGES = {
    "no text index": lambda data: shutil.rmtree(data / "text"),
    "a text index that says nothing": lambda data: overwritten(data / "text" / "meta.json"),
    "a text index without its words": lambda data: [
        p.unlink() for p in (data / "text").glob("*.idx")
    ],
    "text rows overwritten": lambda data: [overwritten(p) for p in (data / "text").glob("*.store")],
    "no Chroma": lambda data: shutil.rmtree(data / "chroma"),
    "Chroma overwritten": lambda data: overwritten(data / "chroma" / "chroma.sqlite3"),
    "Chroma without its file": lambda data: (data / "chroma" / "chroma.sqlite3").unlink(),
    "a write cut short": lambda data: (data / "chroma" / "being-written").touch(),
    "vectors overwritten": lambda data: overwritten(data / "vectors.sqlite"),
    "nothing": lambda data: None,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_repair_exits_0_when_it_mended_everything(
    filled: Archive, settings: Settings, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    filled.close()
    DAMAGES[damage](settings.data_dir)

    assert repaired(settings, monkeypatch) == 0
    assert examined(settings, mend=False)["faults"] == []


def test_repair_exits_1_when_the_catalogue_itself_is_wrong(
    filled: Archive, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled.close()
    with contextlib.closing(sqlite3.connect(settings.data_dir / "catalogue.sqlite")) as file, file:
        file.execute("DELETE FROM members")
    assert repaired(settings, monkeypatch) == 1


def test_an_index_of_words_that_an_earlier_version_built_is_made_anew(
    filled: Archive, settings: Settings
) -> None:
    filled.close()
    shutil.rmtree(settings.data_dir / "text")
    (settings.data_dir / "text").mkdir()
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("words", stored=True)
    tantivy.Index(builder.build(), path=str(settings.data_dir / "text"))

    with Archive(settings) as archive:
        assert archive.text_index.find("cracks spillway", 1)


def test_one_screen_says_what_runs_here_and_what_is_sound(
    filled: Archive, settings: Settings
) -> None:
    filled.catalogue.close()
    filled.close()
    done = command(settings, "doctor")
    assert done.returncode == 0, done.stderr
    lines = [line.split(None, 1) for line in done.stdout.splitlines()]
    shown = {line[0]: line[1] for line in lines}
    assert shown["data"].startswith(f"{settings.data_dir}: ") and "GB free" in shown["data"]
    assert shown["answers"] == "extractive: no model is asked"
    assert shown["owner"].startswith("nobody") and shown["keeps"].startswith("answers for 90 days")
    assert shown["catalogue"] == shown["chroma"] == shown["text"] == "sound"
    assert lines[-1][0] == "sound:" and len(lines) < 24
