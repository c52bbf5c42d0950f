"""A snapshot stands still whatever happens to the archive after it."""

from __future__ import annotations

from pathlib import Path

from conftest import DAM, texts

from ingest.pipeline import ingest, remove, rollback
from ingest.storage.archive import Archive


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
