"""Everything of an archive that cannot be made again, in one file, on either kind of database.

A ZIP file: `manifest.json`, a file of JSON lines for each table, and the uploads. Vectors, words and
fingerprints are left out: they are made anew. So a backup of one machine's archive can be restored
on servers, and the other way round.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Table, insert, select

from ingest.errors import DatelineError, IndexUnavailable
from ingest.settings import Settings
from ingest.storage.catalogue_tables import (
    CATALOGUE,
    collected,
    generations,
    jobs,
    pending,
    prints,
    versions,
)
from ingest.storage.database import Schema, open_database, put
from ingest.types import folder_of

FORMAT = 1
MANIFEST = "manifest.json"
UPLOADS = "uploads"  # in the file
LEFT_OUT = {prints.name, pending.name, jobs.name}
AT_ONCE = 500  # rows


class BadBackup(DatelineError):
    """A file that cannot be restored, or not here."""

    code, status = "bad_backup", 422


def _uploaded(home: Path) -> Iterator[Path]:
    """Its files, but those in hidden folders: they still wait, and come and go."""
    for place, folders, names in os.walk(home):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(place, name) for name in names if not name.startswith("."))


def write(target: Path, settings: Settings, schemas: Sequence[Schema]) -> dict[str, int]:
    """Rows by table. Each database is seen as it was at one moment, whoever writes meanwhile.

    `target` is there whole or not at all, for its user alone. Raises IndexUnavailable.
    """
    part = target.with_name(f".{target.name}.part")
    counts: dict[str, int] = {}
    try:
        part.touch(mode=0o600)
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as file:
            for schema in schemas:
                counts |= _write_tables(file, settings, schema)
            for path in sorted(_uploaded(settings.uploads_dir)):
                with contextlib.suppress(FileNotFoundError):  # it was removed meanwhile
                    file.write(path, f"{UPLOADS}/{path.relative_to(settings.uploads_dir)}")
            manifest = {
                "format": FORMAT,
                "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "schemas": {schema.name: schema.newest for schema in schemas},
                "rows": counts,
            }
            file.writestr(MANIFEST, json.dumps(manifest))
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(target)
    except OSError as error:
        raise IndexUnavailable(
            f"cannot write {target}: {error.strerror or error}; name a place with room"
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return counts


def restore(source: Path, settings: Settings, schemas: Sequence[Schema]) -> dict[str, int]:
    """Fills an archive that is empty; its indexes must be made anew afterwards.

    Rows by table. Raises BadBackup where the file is none, or the archive holds something.
    """
    try:
        with zipfile.ZipFile(source) as file:
            manifest: dict[str, Any] = json.loads(file.read(MANIFEST))
            known = {schema.name: schema.newest for schema in schemas}
            if manifest["format"] != FORMAT or any(
                version > known.get(name, "") for name, version in manifest["schemas"].items()
            ):
                raise BadBackup(
                    f"{source} was made by a newer version of Dateline: install that one"
                )
            if file.testzip() is not None:
                raise ValueError("it is damaged")
            manifest = manifest
            for schema in schemas:
                if schema.name in manifest["schemas"]:
                    _read_tables(file, settings, schema)
            for name in file.namelist():
                if name.startswith(f"{UPLOADS}/") and ".." not in Path(name).parts:
                    place = settings.uploads_dir / Path(name).relative_to(UPLOADS)
                    place.parent.mkdir(parents=True, exist_ok=True)
                    with file.open(name) as packed, place.open("wb") as unpacked:
                        shutil.copyfileobj(packed, unpacked)
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError) as error:
        raise BadBackup(f"{source} is no whole backup of Dateline: {error}") from error
    except OSError as error:
        raise BadBackup(f"cannot read {source}: {error.strerror or error}") from error
    return dict(manifest["rows"])


def _write_tables(file: zipfile.ZipFile, settings: Settings, schema: Schema) -> dict[str, int]:
    counts = {table.name: 0 for table in _tables(schema)}
    if not settings.on_servers and not (settings.data_dir / f"{schema.name}.sqlite").exists():
        return counts  # nobody has needed it yet
    with (
        contextlib.closing(open_database(settings, schema)) as database,
        database.reading() as reading,
    ):
        for table in _tables(schema):
            with file.open(f"{schema.name}/{table.name}.jsonl", "w", force_zip64=True) as lines:
                for row in reading.each(select(table)):
                    lines.write(json.dumps(dict(row._mapping)).encode() + b"\n")
                    counts[table.name] += 1
    return counts


def _read_tables(file: zipfile.ZipFile, settings: Settings, schema: Schema) -> None:
    present = set(file.namelist())
    with (
        contextlib.closing(open_database(settings, schema)) as database,
        database.write() as connection,
    ):
        for table in _tables(schema):
            name = f"{schema.name}/{table.name}.jsonl"
            if connection.execute(select(table).limit(1)).first() is not None:
                raise BadBackup(
                    "there is an archive here already: set DATELINE_DATA_DIR, or the servers' "
                    "addresses, to an empty one"
                )
            if name not in present:
                continue
            known = {column.name for column in table.c}
            # of the servers that the backup was made on it keeps nothing
            nowhere = {"collection": None} if table is generations else {}
            with file.open(name) as lines:
                while part := list(islice(lines, AT_ONCE)):
                    rows = [
                        {k: v for k, v in json.loads(line).items() if k in known} | nowhere
                        for line in part
                    ]
                    connection.execute(insert(table), rows)
            database.filled(connection, table)
        if schema is CATALOGUE and f"{schema.name}/{collected.name}.jsonl" not in present:
            sources = connection.execute(select(versions.c.version, versions.c.source)).all()
            named = [(folder_of(source), version) for version, source in sources]
            put(connection, collected, [{"collection": c, "version": v} for c, v in named if c])


def _tables(schema: Schema) -> Iterable[Table]:
    return [t for t in schema.metadata.sorted_tables if t.name not in LEFT_OUT]
