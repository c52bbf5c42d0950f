"""What the last ingests did is remembered, and forgotten with what it speaks of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from conftest import ALTERED_BRIDGE, update

from ingest.pipeline import ingest, remove
from ingest.storage.archive import Archive
from ingest.storage.earlier_ingests import REPORTS_KEPT


def latest(archive: Archive) -> list[tuple[int, int, int, int]]:
    kept = archive.reports.latest(10)
    return [(r["added"], r["updated"], r["removed"], len(r["failed"])) for r in kept]


def test_each_ingest_that_does_something_is_told_newest_first(
    filled: Archive, newsroom: Path
) -> None:
    update(newsroom)
    (newsroom / "scan.pdf").write_bytes(b"%PDF no")
    ingest(filled, [newsroom], dry_run=True)
    ingest(filled, [newsroom], prune=True)
    (newsroom / "scan.pdf").unlink()
    ingest(filled, [newsroom])  # nothing to tell

    assert latest(filled) == [(1, 1, 1, 1), (3, 0, 0, 0)]
    assert filled.reports.latest(1)[0]["failed"][0]["source"] == "scan.pdf"


def test_notes_that_quote_an_article_go_with_it(filled: Archive, newsroom: Path) -> None:
    (newsroom / "relay.txt").write_text(ALTERED_BRIDGE, "utf-8")
    ingest(filled, [newsroom])
    assert any("83" in note for note in filled.reports.latest(1)[0]["notes"])
    with filled.catalogue.live() as live:
        relay = next(s.article for s in live.everything() if s.article.source == "relay.txt")

    remove(filled, relay.article_id)

    assert not any("83" in n for r in filled.reports.latest(9) for n in r["notes"])


def test_the_last_hundred_are_kept(filled: Archive) -> None:
    report = ingest(filled, [])
    for number in range(REPORTS_KEPT + 5):
        filled.reports.keep(replace(report, added=number + 1))
    kept = filled.reports.latest(1_000)
    assert len(kept) == REPORTS_KEPT and kept[0]["added"] == REPORTS_KEPT + 5
