"""`dateline backup` and `dateline restore` in the terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ingest import terminal
from ingest.errors import WrongUsage
from ingest.settings import read_settings
from ingest.storage import directory_owner
from service.commands.service_cli import Json

if TYPE_CHECKING:
    from ingest.storage.database import Schema

File = Annotated[Path, typer.Argument(help="The backup, a ZIP file")]


def backup(file: File, as_json: Json = False) -> None:
    """Write what cannot be made again into one file, also while serving."""
    terminal.start_logs()
    with terminal.spoken_errors():
        from ingest.storage import backup as backups
        from ingest.storage.database import expect_archive

        settings = read_settings()
        expect_archive(settings)
        _tell(backups.write(file, settings, _schemas()), "saved", as_json)


def restore(
    file: File,
    erased: Annotated[
        Path | None,
        typer.Option(help="What `dateline articles erased` said: it does not come back"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Fill an empty archive from a backup, and make its search indexes anew."""
    terminal.start_logs()
    with terminal.spoken_errors():
        from ingest import pipeline, uploads
        from ingest.storage import archive
        from ingest.storage import backup as backups

        settings = read_settings()
        records = _read_erasures(erased) if erased else []
        with (
            directory_owner.owning(settings.data_dir, "restore"),
            terminal.progress_bar() as progress,
        ):
            counts = backups.restore(file, settings, _schemas())
            archive.rebuild(settings, progress=progress)
            with archive.open_archive(settings) as opened:
                opened.catalogue.take_over_erasures(records)
                for article_id in opened.catalogue.back_though_erased():
                    if identity := pipeline.erase(opened, article_id):
                        uploads.forget(settings, identity)
        _tell(counts, "restored", as_json)


def _read_erasures(path: Path) -> list[dict[str, str]]:
    try:
        rows = json.loads(path.read_text("utf-8"))["erased"]
        return [{name: str(value) for name, value in row.items()} for row in rows]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise WrongUsage(
            f"--erased wants what `dateline articles erased` said; {path} is not that"
        ) from error


def _schemas() -> tuple[Schema, ...]:
    from ingest.storage.catalogue_tables import CATALOGUE
    from service.access.key_tables import KEYS
    from service.record_tables import RECORDS
    from service.surfaces.slack_inbox import SLACK

    return CATALOGUE, RECORDS, KEYS, SLACK


def _tell(counts: dict[str, int], done: str, as_json: bool) -> None:
    if as_json:
        terminal.show_json({"rows": counts})
        return
    terminal.show(
        f"{done}: {counts['versions']} articles, {counts['receipts']} answers, "
        f"{counts['conversations']} conversations"
    )
