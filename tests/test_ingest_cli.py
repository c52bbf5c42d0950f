"""Options of the ingest command."""

from __future__ import annotations

import pytest
from processes import command

from ingest.settings import Settings


@pytest.mark.parametrize(
    "arguments",
    [["--rollback", "here"], ["--rollback", "--prune"], ["--rebuild", "--dry-run", "here"], []],
)
def test_options_that_contradict_each_other_are_wrong_usage(
    settings: Settings, arguments: list[str]
) -> None:
    done = command(settings, "ingest", *arguments)

    assert done.returncode == 2 and "Traceback" not in done.stderr
