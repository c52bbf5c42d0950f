"""Options of the ingest command."""

from __future__ import annotations

from pathlib import Path

import pytest
from processes import command

from ingest.formats.file_readers import files_below
from ingest.settings import Settings


@pytest.mark.parametrize(
    "arguments",
    [
        ["--rollback", "here"],
        ["--rollback", "--prune"],
        ["--rebuild", "--dry-run", "here"],
        [],
        [""],
    ],
)
def test_options_that_contradict_each_other_are_wrong_usage(
    settings: Settings, arguments: list[str]
) -> None:
    done = command(settings, "ingest", *arguments)

    assert done.returncode == 2 and "Traceback" not in done.stderr


def test_the_data_directory_is_not_read_where_it_lies_below_the_path(tmp_path: Path) -> None:
    for name in ("news/dam.txt", "data/uploads/bridge.txt", "data/owner.lock"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("A sentence.", "utf-8")
    found = [path.name for path in files_below(tmp_path) if isinstance(path, Path)]
    assert found == ["dam.txt"]
