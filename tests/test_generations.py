"""Old state or new: snapshots that stand still, the way back, what is told and written down, disks that refuse."""

from __future__ import annotations

import ctypes
import json
import os
import re
import resource
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ALTERED_BRIDGE, BRIDGE, DAM
from processes import command

from ingest.embedding.embedder import LocalEmbedder
from ingest.errors import IndexMismatch, IndexUnavailable, NotFound
from ingest.pipeline import SAMPLE, ingest, remove, rollback
from ingest.settings import Settings
from ingest.storage import chroma_guard, doctor, owner
from ingest.storage.archive import Archive, rebuild
from ingest.storage.catalogue import Snapshot
from ingest.storage.text_index import TextIndex

PR_CAPBSET_DROP = 24  # linux/prctl.h
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = (
    1,
    2,
)  # linux/capability.h: what lets root write where the mode forbids it
FERRY = "A late word\n\nThe ferry to Tarn sails again from 1 July 2025. It takes forty cars."


def texts(snapshot: Snapshot) -> dict[str, str]:
    return {stored.article.source: stored.article.text for stored in snapshot.everything()}


def update(newsroom: Path) -> None:
    """One article changed, one new, one gone."""
    (newsroom / "dam.txt").write_text(DAM.replace("eleven months", "twelve months"), "utf-8")
    (newsroom / "ferry.txt").write_text(FERRY, "utf-8")
    (newsroom / "choir.txt").unlink()


def test_a_snapshot_stands_still_whatever_is_published_removed_or_rolled_back(
    filled: Archive, newsroom: Path
) -> None:
    snapshot = filled.catalogue.live()
    before, ids = texts(snapshot), snapshot.passage_ids()
    for number in range(3):
        (newsroom / "dam.txt").write_text(DAM.replace("eleven months", f"{number} months"), "utf-8")
        ingest(filled, [newsroom])
    remove(filled, next(filled.catalogue.live().everything()).article.article_id)
    rollback(filled)

    assert texts(snapshot) == before
    assert snapshot.passage_ids() == ids
    assert {
        p.passage_id
        for s in snapshot.everything()
        for p in snapshot.passages_of(s.article.article_id)
    } == ids


def test_rollback_shows_again_what_was_there_before_the_last_ingest(
    filled: Archive, newsroom: Path
) -> None:
    before = texts(filled.catalogue.live())
    update(newsroom)
    assert ingest(filled, [newsroom], prune=True).removed == 1
    embedded = filled.vector_cache.embedded

    report = rollback(filled)

    assert (report.added, report.updated, report.removed, report.unchanged) == (1, 1, 1, 1)
    assert texts(filled.catalogue.live()) == before
    assert "g000002" in report.notes[0] and "g000001" in report.notes[0]
    assert filled.vector_cache.embedded == embedded
    assert doctor.examine(filled) == ()
    assert filled.text_index.find("miners choir", 3)


def test_rollback_works_once_and_the_ingest_can_be_run_again(
    filled: Archive, newsroom: Path
) -> None:
    update(newsroom)
    ingest(filled, [newsroom], prune=True)
    after = texts(filled.catalogue.live())
    rollback(filled)

    with pytest.raises(NotFound, match="nothing to go back to from generation g000003"):
        rollback(filled)
    report = ingest(filled, [newsroom], prune=True)

    assert (report.added, report.updated, report.removed) == (1, 1, 1)
    assert texts(filled.catalogue.live()) == after
    assert doctor.examine(filled) == ()


def test_there_is_nothing_before_the_first_ingest(filled: Archive, archive: Archive) -> None:
    with pytest.raises(NotFound, match="nothing to go back to"):
        rollback(filled)


def test_rollback_brings_no_article_back_that_was_removed_by_name(
    archive: Archive, newsroom: Path
) -> None:
    (newsroom / "copy.txt").write_text(BRIDGE.replace("12 March", "13 March"), "utf-8")
    ingest(archive, [newsroom])
    update(newsroom)
    ingest(archive, [newsroom], prune=True)
    canonical = next(
        s
        for s in archive.catalogue.live().everything()
        if s.family_size == 2 and s.member.canonical
    )
    remove(archive, canonical.article.article_id)

    report = rollback(archive)

    assert any("removed by name" in note for note in report.notes)
    live = archive.catalogue.live()
    assert set(texts(live)) == {"bridge.txt", "copy.txt", "dam.txt", "choir.txt"} - {
        canonical.article.source
    }
    assert doctor.examine(archive) == ()
    text = archive.catalogue.database.reading().rows(
        "SELECT count(*) FROM versions WHERE text = :text", {"text": canonical.article.text}
    )
    assert text[0][0] == 0


def test_a_removal_leaves_the_way_back_open(filled: Archive, newsroom: Path) -> None:
    (newsroom / "ferry.txt").write_text(FERRY, "utf-8")
    ingest(filled, [newsroom])
    remove(
        filled,
        next(
            s.article.article_id
            for s in filled.catalogue.live().everything()
            if s.article.source == "dam.txt"
        ),
    )

    rollback(filled)

    assert set(texts(filled.catalogue.live())) == {"bridge.txt", "choir.txt"}


def test_the_sample_comes_back_with_a_rollback(archive: Archive, newsroom: Path) -> None:
    sample = ingest(archive, [SAMPLE]).articles
    ingest(archive, [newsroom])

    assert rollback(archive).articles == sample


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
    (chroma / chroma_guard.MARK).touch()  # as a process leaves it that was killed there
    for file in chroma.glob("*/*.bin"):
        file.write_bytes(b"\xff" * 64)  # what would end the process that reads it

    with Archive(settings) as archive:
        assert doctor.examine(archive) == ()
    assert not chroma_guard.was_cut_short(chroma)


def test_a_graph_that_the_disk_did_not_take_whole_is_noticed(
    tmp_path: Path, filled: Archive
) -> None:
    """Chroma writes on without an error where a disk is full; here one file ends too early, as it does then."""
    graph = tmp_path / "chroma" / "graph"
    graph.mkdir(parents=True)
    (graph / "header.bin").write_bytes(
        chroma_guard.HEADER.pack(1, 0, 4096, 1500, 1676).ljust(100, b"\0")
    )
    (graph / "data_level0.bin").write_bytes(bytes(1500 * 1676))
    (graph / "length.bin").write_bytes(bytes(1500 * 4))
    with chroma_guard.marked(graph.parent):
        pass
    (graph / "data_level0.bin").write_bytes(bytes(1500 * 1676 - 4096))

    with pytest.raises(OSError, match="shorter"), chroma_guard.marked(graph.parent):
        pass
    assert chroma_guard.was_cut_short(graph.parent)


def test_what_a_killed_commit_left_in_the_text_index_does_not_stop_the_next(tmp_path: Path) -> None:
    index = TextIndex(tmp_path)
    index.add([(f"{n:04}", "title", f"word{n}") for n in range(200)])
    before = (tmp_path / "meta.json").read_bytes()
    index.remove(["0003"])
    (tmp_path / "meta.json").write_bytes(
        before
    )  # killed after it wrote which rows are gone, before it said so

    again = TextIndex(tmp_path)
    assert "0003" in again.ids()
    again.remove(["0003"])
    assert "0003" not in again.ids()


def test_what_is_told_names_the_families_found_and_the_altered_copies(
    archive: Archive, newsroom: Path
) -> None:
    (newsroom / "relay.txt").write_text(ALTERED_BRIDGE, "utf-8")

    first = ingest(archive, [newsroom])
    again = ingest(archive, [newsroom])

    assert "copies of bridge.txt (original): relay.txt (altered)" in first.notes
    altered = next(note for note in first.notes if note.startswith("altered: relay.txt changes"))
    assert re.search(r"a number: “38.* became “83", altered), altered
    assert again.notes == ()


def test_failures_are_written_down_with_time_generation_and_reason(
    archive: Archive, newsroom: Path
) -> None:
    (newsroom / "empty.txt").write_bytes(b"")
    log = archive.settings.data_dir / "failures.jsonl"

    ingest(archive, [newsroom], dry_run=True)
    assert not log.exists()
    ingest(archive, [newsroom])
    ingest(archive, [newsroom])

    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    assert [(line["source"], line["generation"]) for line in lines] == [
        ("empty.txt", "g000001")
    ] * 2
    assert all(line["reason"] and line["at"].startswith("20") for line in lines)


def test_a_file_that_changes_within_one_tick_of_the_clock_is_read_again(
    filled: Archive, newsroom: Path
) -> None:
    file = newsroom / "dam.txt"
    before = file.stat()
    file.write_text(DAM.replace("eleven", "twelve"), "utf-8")  # as long as it was
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_size == before.st_size

    assert ingest(filled, [newsroom]).updated == 1


def test_an_unchanged_file_whose_article_was_taken_out_is_read_again(
    filled: Archive, newsroom: Path
) -> None:
    remove(filled, next(filled.catalogue.live().everything()).article.article_id)

    assert ingest(filled, [newsroom]).added == 1


def test_unchanged_files_are_counted_and_kept_by_prune(filled: Archive, newsroom: Path) -> None:
    report = ingest(filled, [newsroom, newsroom / "dam.txt"], prune=True)

    assert (report.added, report.removed) == (0, 0)
    assert report.articles == 3


def test_a_killed_rebuild_is_begun_anew_by_the_next_ingest(
    filled: Archive, settings: Settings, newsroom: Path
) -> None:
    from ingest.cli import run

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
    for free_bytes in (0, 400_000, 10_000_000):
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


def _with_small_files() -> None:
    """In a child that is about to run a command: no file may grow beyond 1 MB, as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))


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


def _bound_by_permissions() -> None:
    """In a child that is about to run a command as root: root is bound by file modes like everybody else."""
    if os.geteuid() == 0:
        for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
            ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


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


def test_what_is_gone_is_named_when_it_is_pruned_and_counted_when_it_is_not(
    filled: Archive, newsroom: Path
) -> None:
    (newsroom / "dam.txt").unlink()

    kept = ingest(filled, [newsroom])
    planned = ingest(filled, [newsroom], prune=True, dry_run=True)
    pruned = ingest(filled, [newsroom], prune=True)

    assert kept.removed == 0 and any(
        "1 article " in note and "--prune" in note for note in kept.notes
    )
    assert any(note == f"no longer there: {newsroom / 'dam.txt'}" for note in planned.notes)
    assert pruned.removed == 1 and planned.notes == pruned.notes


def test_what_is_not_believed_of_an_article_is_told_every_time(
    settings: Settings, newsroom: Path
) -> None:
    (newsroom / "soon.md").write_text(
        "---\npublished_on: 2999-05-03\n---\nThe tram will run again.", "utf-8"
    )

    for _ in range(2):
        assert (
            "soon.md says it was published on 2999-05-03"
            in command(settings, "ingest", str(newsroom)).stderr
        )
    as_json = json.loads(command(settings, "ingest", str(newsroom), "--json").stdout)
    assert any("soon.md" in note for note in as_json["notes"])


def test_two_ingests_at_once_the_second_is_refused_by_name(
    settings: Settings, newsroom: Path
) -> None:
    with owner.owning(settings.data_dir, "ingest"):
        second = command(settings, "ingest", str(newsroom))

    assert second.returncode == 1 and "Traceback" not in second.stderr
    assert f'"dateline ingest" (process {os.getpid()}' in second.stderr


@pytest.mark.parametrize(
    "arguments",
    [["--rollback", "here"], ["--rollback", "--prune"], ["--rebuild", "--dry-run", "here"], []],
)
def test_options_that_contradict_each_other_are_wrong_usage(
    settings: Settings, arguments: list[str]
) -> None:
    done = command(settings, "ingest", *arguments)

    assert done.returncode == 2 and "Traceback" not in done.stderr


def test_a_database_that_is_damaged_is_named(filled: Archive, settings: Settings) -> None:
    filled.close()
    (settings.data_dir / "catalogue.sqlite").write_bytes(b"not a database" * 999)

    with pytest.raises(IndexUnavailable, match=r"catalogue\.sqlite"):
        Archive(settings)
