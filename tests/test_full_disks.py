"""Disks that are full and directories that refuse: a clear error, and nothing is lost."""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import texts, update
from processes import command

from ingest.pipeline import ingest
from ingest.settings import Settings
from ingest.storage import doctor
from ingest.storage.archive import Archive

PR_CAPBSET_DROP = 24  # linux/prctl.h


CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = (
    1,
    2,
)  # linux/capability.h: what lets root write where the mode forbids it


def refused(settings: Settings, *arguments: str, **options: object) -> str:
    """What a command says that fails because of the disk."""
    done = command(settings, *arguments, **options)
    assert done.returncode == 1 and "Traceback" not in done.stderr, done.stderr
    assert "DATELINE_DATA_DIR" in done.stderr
    return done.stderr


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 MB; skips where this user may not mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "none", place], capture_output=True
    )
    if not mounted or mounted.returncode:
        pytest.skip("mounting a small file system takes root and CAP_SYS_ADMIN")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def _with_small_files() -> None:
    """In a child that is about to run a command: no file may grow beyond 1 MB, as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))


def _bound_by_permissions() -> None:
    """In a child that is about to run a command as root: root is bound by file modes like everybody else."""
    if os.geteuid() == 0:
        for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
            ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


@pytest.mark.slow
def test_a_full_disk_is_a_clear_error_and_nothing_is_lost(
    settings: Settings, newsroom: Path, small_disk: Path
) -> None:
    settings = settings.model_copy(update={"data_dir": small_disk / "data"})
    with Archive(settings) as archive:
        ingest(archive, [newsroom])
        before = texts(archive.catalogue.live())
    del archive
    update(newsroom)
    # the first search makes the tables of keys and receipts, for which SQLite takes 400 KB once
    for free_bytes in (0, 600_000, 10_000_000):
        space = os.statvfs(small_disk)
        (small_disk / "filler").write_bytes(bytes(space.f_bavail * space.f_frsize - free_bytes))
        refused(settings, "ingest", str(newsroom), "--prune")
        if free_bytes:
            assert "Orvel" in command(settings, "search", "the bridge of Orvel").stdout
            asked = command(settings, "ask", "How much did the bridge of Orvel cost?")
            assert asked.returncode == 0 and "38 million" in asked.stdout, asked.stderr
        (small_disk / "filler").unlink()
        with Archive(settings) as archive:
            assert texts(archive.catalogue.live()) == before
            assert doctor.examine(archive) == ()
        del archive
    assert command(settings, "ingest", str(newsroom), "--prune").returncode == 0


def test_a_full_temporary_directory_is_no_fault_of_the_articles(
    settings: Settings, newsroom: Path
) -> None:
    done = command(settings, "ingest", str(newsroom), preexec_fn=_with_small_files)

    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "TMPDIR" in done.stderr and "not read" not in done.stderr


@pytest.mark.slow
def test_what_is_removed_on_a_full_disk_is_gone_and_cleared_later(
    settings: Settings, newsroom: Path, small_disk: Path
) -> None:
    settings = settings.model_copy(update={"data_dir": small_disk / "data"})
    with Archive(settings) as archive:
        ingest(archive, [newsroom])
        first, *_ = archive.catalogue.live().everything()
    del archive
    space = os.statvfs(small_disk)
    (small_disk / "filler").write_bytes(bytes(space.f_bavail * space.f_frsize - 600_000))

    assert command(settings, "articles", "remove", first.article.article_id).returncode == 0
    assert first.article.article_id not in command(settings, "articles", "list").stdout

    (small_disk / "filler").unlink()
    with Archive(settings) as archive:
        assert doctor.examine(archive) == ()


@pytest.mark.slow
def test_a_directory_that_may_not_be_written_is_a_clear_error_and_nothing_is_lost(
    filled: Archive, settings: Settings, newsroom: Path
) -> None:
    filled.close()
    files = sorted(settings.data_dir.rglob("*"))
    for path in (settings.data_dir, *files):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        for arguments in (
            ["ingest", str(newsroom)],
            ["search", "bridge"],
            ["ingest", "--rollback"],
            ["doctor"],
        ):
            assert "cannot" in refused(settings, *arguments, preexec_fn=_bound_by_permissions)
    finally:
        for path in (settings.data_dir, *files):
            path.chmod(0o755 if path.is_dir() else 0o644)
    with Archive(settings) as archive:
        assert len(texts(archive.catalogue.live())) == 3
        assert doctor.examine(archive) == ()
