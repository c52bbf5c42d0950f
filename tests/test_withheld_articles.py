"""Kills, embargoes and versions: what publishers say of an item holds in every file and format."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from test_item_files import NINJS, NITF, WORDS

from ingest import pipeline
from ingest.storage.archive import Archive
from ingest.types import IngestReport

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=2)
KILL = {"uri": "urn:x:1", "pubstatus": "canceled"}
G2_KILL = (
    '<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:x:1"{}><itemMeta>'
    '<pubStatus uri="http://cv.iptc.org/newscodes/pubstatusg2/canceled"/></itemMeta></newsItem>'
)


def ingest(
    archive: Archive, folder: Path, now: datetime = NOW, *, prune: bool = False, **files: object
) -> IngestReport:
    """Puts files into a folder, and ingests all that is in it."""
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        path = folder / name.replace("__", ".")
        path.write_text(content if isinstance(content, str) else json.dumps(content))
    return pipeline.ingest(archive, [folder], prune=prune, now=now)


def live(archive: Archive) -> list[str]:
    with archive.catalogue.live() as snapshot:
        return sorted(one.article.source for one in snapshot.everything())


def told(report: IngestReport) -> str:
    return "\n".join(report.notes)


def item(**more: Any) -> dict[str, Any]:
    return {**NINJS, **more}


@pytest.mark.parametrize(
    "kill",
    [{"kill__json": KILL}, {"kill__xml": G2_KILL.format("")}, {"kill__jsonl": json.dumps(KILL)}],
)
def test_a_kill_takes_its_item_away_whichever_comes_first_and_in_whatever_file(
    archive: Archive, tmp_path: Path, kill: dict[str, object]
) -> None:
    assert ingest(archive, tmp_path / "a", story__json=NINJS).added == 1
    report = ingest(archive, tmp_path / "b", **kill)
    assert (report.removed, live(archive)) == (1, [])
    assert "story.json#urn:x:1 was killed by its publisher" in told(report)
    report = ingest(archive, tmp_path / "c", late__xml=NITF.format("", "").replace("o1", "urn:x:1"))
    assert (report.added, live(archive)) == (0, [])
    assert "late.xml#urn:x:1 was killed" in told(report)
    assert ingest(archive, tmp_path / "a").added == 0


def test_no_rollback_brings_back_what_was_killed(archive: Archive, tmp_path: Path) -> None:
    ingest(archive, tmp_path / "a", story__json=NINJS, other__txt=WORDS)
    ingest(archive, tmp_path / "b", kill__json=KILL)
    report = pipeline.rollback(archive)
    assert live(archive) == ["other.txt"]
    assert "1 that their publishers took back" in told(report)
    (article_id,) = archive.catalogue.withdrawn(
        [one.article_id for one in archive.catalogue.kills(["urn:x:1"])["urn:x:1"]]
    )
    assert "killed" in archive.catalogue.withdrawn([article_id])[article_id]


def test_only_a_newer_version_lives_after_a_kill(archive: Archive, tmp_path: Path) -> None:
    ingest(archive, tmp_path / "b", kill__xml=G2_KILL.format(' version="3"'))
    ingest(archive, tmp_path / "a", two__json=item(version="2"))
    assert live(archive) == []
    ingest(archive, tmp_path / "a", four__json=item(version="4"))
    assert live(archive) == ["four.json#urn:x:1"]


def test_the_file_that_killed_an_item_can_take_that_back(archive: Archive, tmp_path: Path) -> None:
    ingest(archive, tmp_path / "a", story__json=KILL)
    ingest(archive, tmp_path / "a", story__json=NINJS)
    assert live(archive) == ["story.json#urn:x:1"]
    ingest(archive, tmp_path / "b", copy__json=NINJS)
    assert len(live(archive)) == 2


def test_what_is_under_embargo_is_in_no_index_until_its_time_and_needs_no_new_ingest(
    archive: Archive, tmp_path: Path
) -> None:
    report = ingest(archive, tmp_path / "a", story__json=item(embargoed=LATER.isoformat()))
    assert "story.json#urn:x:1 is under embargo until 2026-03-03T12:00:00+00:00" in told(report)
    assert (report.added, report.passages, live(archive)) == (0, 0, [])
    assert archive.catalogue.kept_passages() == set()
    assert archive.catalogue.next_release() == LATER
    assert pipeline.release(archive, LATER - timedelta(microseconds=1)) == 0
    assert pipeline.release(archive, LATER) == 1
    assert live(archive) == ["story.json#urn:x:1"]
    assert pipeline.release(archive, LATER) == 0
    assert ingest(archive, tmp_path / "a", LATER).unchanged == 1
    assert archive.catalogue.next_release() is None


@pytest.mark.parametrize(
    ("content", "is_live"),
    [
        (item(embargoed="2020-01-01T00:00:00"), True),
        (item(embargoed="9999-12-31T23:59:59-12:00"), False),
        (item(embargoed="soon"), False),
        (f"---\ntitle: A\nembargoed: 2027-01-01\n---\n{WORDS}", False),
        (f"---\ntitle: A\npubstatus: withheld\n---\n{WORDS}", False),
        (f"---\ntitle: A\npubstatus: usable\n---\n{WORDS}", True),
        ({"title": "A", "text": WORDS, "embargoed_until": "2027-01-01T00:00:00Z"}, False),
    ],
)
def test_an_embargo_holds_in_every_format_whatever_its_year(
    archive: Archive, tmp_path: Path, content: object, is_live: bool
) -> None:
    name = "story__md" if isinstance(content, str) else "story__json"
    report = ingest(archive, tmp_path / "a", **{name: content})
    assert (len(live(archive)), report.failed) == (int(is_live), ())


def test_a_kill_during_an_embargo_and_a_file_that_is_gone_end_the_waiting(
    archive: Archive, tmp_path: Path
) -> None:
    until = LATER.isoformat()
    other = item(uri="urn:x:2", embargoed=until)
    ingest(archive, tmp_path / "a", story__json=item(embargoed=until), other__json=other)
    ingest(archive, tmp_path / "b", kill__json=KILL)
    (tmp_path / "a" / "other.json").unlink()
    ingest(archive, tmp_path / "a", prune=True)
    assert pipeline.release(archive, LATER) == 0
    assert (live(archive), archive.catalogue.held()) == ([], [])


def test_an_article_leaves_that_comes_under_embargo(archive: Archive, tmp_path: Path) -> None:
    ingest(archive, tmp_path / "a", story__json=NINJS)
    report = ingest(archive, tmp_path / "a", story__json=item(embargoed=LATER.isoformat()))
    assert (report.removed, live(archive)) == (1, [])
    ingest(archive, tmp_path / "a", story__json=NINJS)
    assert (live(archive), archive.catalogue.held()) == (["story.json#urn:x:1"], [])


def test_the_newest_version_of_an_item_wins_in_whatever_order_its_files_come(
    archive: Archive, tmp_path: Path
) -> None:
    ingest(archive, tmp_path / "a", b__json=item(version="10"))
    report = ingest(archive, tmp_path / "a", a__json=item(version="9"))
    assert live(archive) == ["b.json#urn:x:1"]
    assert "a.json#urn:x:1 is an older version of b.json#urn:x:1" in told(report)
    report = ingest(archive, tmp_path / "a", c__json=item(versioncreated="2024-06-10T08:00:00Z"))
    assert (report.added, report.removed) == (1, 1)
    assert live(archive) == ["c.json#urn:x:1"]


def test_one_version_with_two_texts_is_told_and_the_same_text_is_a_copy(
    archive: Archive, tmp_path: Path
) -> None:
    other = item(body_html=NINJS["body_html"].replace("Friday", "Monday"))
    assert "identifier" not in told(ingest(archive, tmp_path / "a", a__json=NINJS, b__json=NINJS))
    report = ingest(archive, tmp_path / "a", c__json=other)
    assert "c.json#urn:x:1 has the identifier of a.json#urn:x:1" in told(report)
    assert len(live(archive)) == 3


def test_of_one_file_the_newest_version_counts_and_a_contradiction_is_told(
    archive: Archive, tmp_path: Path
) -> None:
    other = item(body_html="<p>The orchard of Brask is dry again.</p>")
    report = ingest(archive, tmp_path / "a", all__json=[other, item(version="2", **{}), other])
    assert len(report.failed) == 1
    assert "another text, and no later version" in report.failed[0].reason
    newest = [
        item(version="1"),
        {**other, "version": "3"},
        item(version="2"),
        {**KILL, "version": "1"},
    ]
    ingest(archive, tmp_path / "b", all__json=newest)
    with archive.catalogue.live() as snapshot:
        (one,) = (s for s in snapshot.everything() if s.article.terms.version == "3")
    assert one.article.text == "The orchard of Brask is dry again."
