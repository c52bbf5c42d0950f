"""One process per data directory, with real processes."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from processes import command

from ingest.errors import IndexUnavailable, Owned
from ingest.settings import Settings
from ingest.storage import directory_owner

HOLD = """
import sys, time, pathlib
from ingest.storage import directory_owner
with directory_owner.owning(pathlib.Path(sys.argv[1]), "ingest"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path):  # type: ignore[no-untyped-def]
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_second_owner_is_refused_by_name(holder: subprocess.Popen[str], tmp_path: Path) -> None:
    with (
        pytest.raises(Owned, match=rf"dateline ingest.*process {holder.pid}"),
        directory_owner.owning(tmp_path, "serve"),
    ):
        pass


def test_the_lock_of_a_killed_owner_is_taken_over(
    holder: subprocess.Popen[str], tmp_path: Path
) -> None:
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()

    with directory_owner.owning(tmp_path, "serve"):
        named = directory_owner.owner_of(tmp_path)
        assert named is not None and named.pid == os.getpid()


def test_the_socket_is_private_and_reachable_however_long_its_path(tmp_path: Path) -> None:
    deep = tmp_path / ("long-name-" * 12)
    with (
        directory_owner.owning(deep, "serve", serves=True),
        directory_owner.listen(deep) as listener,
    ):
        assert stat.S_IMODE((deep / directory_owner.SOCKET).stat().st_mode) == 0o600
        with directory_owner.connect(deep, 5.0) as connection:
            served, _ = listener.accept()
            connection.sendall(b"word")
            assert served.recv(4) == b"word"
            served.close()


def test_a_directory_nobody_owns_has_no_owner(tmp_path: Path) -> None:
    assert directory_owner.owner_of(tmp_path) is None
    with directory_owner.owning(tmp_path, "ask"):
        pass
    assert directory_owner.owner_of(tmp_path) is None


def test_a_place_that_cannot_be_a_directory_is_named_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with (
        pytest.raises(IndexUnavailable, match="DATELINE_DATA_DIR"),
        directory_owner.owning(tmp_path / "file", "serve"),
    ):
        pass


def test_what_an_owner_writes_is_its_users_alone(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    with directory_owner.owning(data_dir, "ingest"):
        (data_dir / "chroma").mkdir()
        (data_dir / "chroma" / "rows.bin").write_bytes(b"rows")
    assert {stat.S_IMODE(p.stat().st_mode) for p in [data_dir, *data_dir.rglob("*")]} == {
        0o600,
        0o700,
    }
    (tmp_path / "after").touch(0o644)
    assert stat.S_IMODE((tmp_path / "after").stat().st_mode) == 0o644, "others' files are as ever"


def test_what_an_earlier_version_wrote_for_everybody_is_closed_to_others(tmp_path: Path) -> None:
    (tmp_path / "uploads").mkdir(mode=0o755)
    for path in (tmp_path / "catalogue.sqlite", tmp_path / "uploads" / "a.txt"):
        path.touch(0o644)
    tmp_path.chmod(0o755)
    with directory_owner.owning(tmp_path, "ingest"):
        pass
    modes = {stat.S_IMODE(p.stat().st_mode) for p in [tmp_path, *tmp_path.rglob("*")]}
    assert modes == {0o600, 0o700}


def test_two_ingests_at_once_the_second_is_refused_by_name(
    settings: Settings, newsroom: Path
) -> None:
    with directory_owner.owning(settings.data_dir, "ingest"):
        second = command(settings, "ingest", str(newsroom))

    assert second.returncode == 1 and "Traceback" not in second.stderr
    assert f'"dateline ingest" (process {os.getpid()}' in second.stderr
