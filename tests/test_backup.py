"""A backup made while serving brings everything back, here or on another kind of database."""

from __future__ import annotations

import contextlib
import json
import stat
import zipfile
from pathlib import Path
from typing import Any

import httpx2
import pytest
from conftest import DAM, texts
from processes import command
from running import running
from sqlalchemy import Table, select

from ingest.pipeline import ingest
from ingest.settings import Settings
from ingest.storage import backup, doctor
from ingest.storage.archive import open_archive, rebuild
from ingest.storage.catalogue_tables import CATALOGUE, versions
from ingest.storage.database import open_database
from service.access.key_tables import KEYS
from service.record_tables import RECORDS
from service.surfaces.slack_inbox import SLACK

SCHEMAS = (CATALOGUE, RECORDS, KEYS, SLACK)


def elsewhere(settings: Settings, **more: Any) -> Settings:
    place = settings.data_dir.with_name("restored")
    return settings.model_copy(update={"data_dir": place, **more})


def state(settings: Settings) -> tuple[Any, ...]:
    with open_archive(settings) as archive, archive.catalogue.live() as snapshot:
        assert doctor.examine(archive) == ()
        return texts(snapshot), snapshot.families(), archive.reports.latest(9)


def saved(settings: Settings, newsroom: Path, file: Path) -> dict[str, Any]:
    """An answer that was given before the backup, which is made by a command beside a service."""
    with running(settings) as (url, service), httpx2.Client(base_url=url, timeout=60) as http:
        ingest(service.archive, [newsroom])
        asked = {"question": "How much did the Orvel bridge cost?", "conversation_id": "new"}
        answer: dict[str, Any] = http.post("/v1/answers", json=asked).json()
        done = command(settings, "backup", str(file))
        assert done.returncode == 0 and "3 articles, 1 answers" in done.stdout, done.stderr
    return answer


@pytest.mark.slow
def test_what_is_restored_elsewhere_answers_the_same(
    settings: Settings, newsroom: Path, tmp_path: Path
) -> None:
    file = tmp_path / "backup.zip"
    answer = saved(settings, newsroom, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    restored = elsewhere(settings)

    done = command(restored, "restore", str(file), "--json")

    assert done.returncode == 0 and json.loads(done.stdout)["rows"]["versions"] == 3, done.stderr
    assert state(restored) == state(settings)
    with running(restored) as (url, service), httpx2.Client(base_url=url, timeout=60) as http:
        assert http.get(f"/v1/answers/{answer['id']}").json()["text"] == answer["text"]
        assert http.get(f"/v1/conversations/{answer['conversation_id']}").status_code == 200
        (newsroom / "dam.txt").write_text(DAM.replace("eleven", "twelve"), "utf-8")
        report = ingest(service.archive, [newsroom])
        assert (report.updated, report.unchanged) == (1, 2)
    again = command(restored, "restore", str(file))
    assert again.returncode == 1 and "there is an archive here already" in again.stderr


@pytest.mark.parametrize("damage", ["no file", "text", "cut", "no manifest", "newer", "a row"])
def test_a_file_that_is_no_whole_backup_is_one_line_and_nothing_is_restored(
    settings: Settings, tmp_path: Path, damage: str
) -> None:
    file, good = tmp_path / "file.zip", tmp_path / "good.zip"
    open_database(settings, CATALOGUE).close()
    backup.write(good, settings, SCHEMAS)
    whole = good.read_bytes()
    manifest = {"format": 1, "schemas": {"catalogue": "9999"}, "rows": {}}
    if damage == "text":
        file.write_text("no archive")
    elif damage == "cut":
        file.write_bytes(whole[: len(whole) // 2])
    elif damage != "no file":
        with zipfile.ZipFile(file, "w") as made:
            if damage == "a row":
                manifest["schemas"] = {"catalogue": CATALOGUE.newest}
                made.writestr("catalogue/versions.jsonl", b'{"version": 1')
            if damage != "no manifest":
                made.writestr("manifest.json", json.dumps(manifest))
    restored = elsewhere(settings)
    with pytest.raises(backup.BadBackup) as failed:
        backup.restore(file, restored, SCHEMAS)
    said = str(failed.value)
    assert str(file) in said and len(said.splitlines()) == 1
    with contextlib.closing(open_database(restored, CATALOGUE)) as database:
        assert database.rows(select(versions)) == []


def test_a_backup_that_does_not_fit_on_the_disk_leaves_no_half_file(
    settings: Settings, tmp_path: Path
) -> None:
    open_database(settings, CATALOGUE).close()
    done = command(settings, "backup", str(tmp_path / "not" / "there.zip"))
    assert done.returncode == 1 and "name a place with room" in done.stderr
    nothing = command(elsewhere(settings), "backup", str(tmp_path / "b.zip"))
    assert nothing.returncode == 1 and "no archive at" in nothing.stderr
    assert not list(tmp_path.glob("*.zip")) + list(tmp_path.glob(".*.part"))


def test_every_table_is_saved_or_left_out_on_purpose() -> None:
    tables: set[Table] = {t for schema in SCHEMAS for t in schema.metadata.tables.values()}
    assert {"prints", "pending", "jobs"} == backup.LEFT_OUT <= {t.name for t in tables}


@pytest.mark.slow
def test_an_archive_moves_to_servers_and_back(
    settings: Settings, newsroom: Path, tmp_path: Path
) -> None:
    import servers
    from pydantic import SecretStr

    file, back = tmp_path / "backup.zip", tmp_path / "back.zip"
    saved(settings, newsroom, file)
    for place in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        place.chmod(0o755)
    with servers.postgres() as one, servers.chroma(tmp_path / "chroma") as other:
        moved = elsewhere(settings, database_url=SecretStr(one.address), chroma_url=other.address)
        backup.restore(file, moved, SCHEMAS)
        rebuild(moved)
        assert state(moved) == state(settings)
        with open_archive(moved) as archive:
            (newsroom / "dam.txt").write_text(DAM.replace("eleven", "twelve"), "utf-8")
            assert ingest(archive, [newsroom]).updated == 1
        backup.write(back, moved, SCHEMAS)
        last = state(moved)
    home = settings.model_copy(update={"data_dir": tmp_path / "home"})
    backup.restore(back, home, SCHEMAS)
    rebuild(home)
    assert state(home) == last
    with open_archive(home) as archive:
        assert archive.catalogue.generation > 0
