"""Ingest through its public function, on a real Chroma, a real text index and a real catalogue."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from sqlalchemy import func, select

from ingest.embedding.embedder import LocalEmbedder
from ingest.errors import IndexMismatch
from ingest.pipeline import SAMPLE, ingest, remove
from ingest.settings import Settings
from ingest.storage.archive import Archive, rebuild
from ingest.storage.catalogue_tables import vectors


def rows(archive: Archive) -> tuple[set[str], set[str], set[str]]:
    return (
        archive.catalogue.live().passage_ids(),
        archive.vector_index.ids(),
        archive.text_index.ids(),
    )


def test_first_ingest_fills_catalogue_chroma_and_text_index_alike(filled: Archive) -> None:
    catalogue, chroma, text = rows(filled)

    assert catalogue
    assert catalogue == chroma == text


def test_ingesting_again_changes_nothing_and_embeds_nothing(
    filled: Archive, newsroom: Path
) -> None:
    before, embedded = filled.catalogue.generation, filled.vector_cache.embedded

    report = ingest(filled, [newsroom])

    assert (report.added, report.updated, report.unchanged) == (0, 0, 3)
    assert filled.catalogue.generation == before
    assert filled.vector_cache.embedded == embedded


def test_a_changed_article_replaces_its_old_text_everywhere(
    filled: Archive, newsroom: Path
) -> None:
    article_id = next(
        a.article.article_id
        for a in filled.catalogue.live().everything()
        if a.article.source == "dam.txt"
    )
    (newsroom / "dam.txt").write_text(
        "Dam reopens\n\nThe dam at Orvel was opened again on 3 May 2026.", "utf-8"
    )

    report = ingest(filled, [newsroom])

    assert (report.added, report.updated, report.unchanged) == (0, 1, 2)
    stored = filled.catalogue.live().article(article_id)
    assert stored is not None and "cracks" not in stored.article.text
    live = filled.catalogue.live()
    found = live.passages(i for i, _ in filled.text_index.find("cracks spillway", 10))
    assert not [p for p in found.values() if "cracks" in p.text]


def test_every_passage_is_its_articles_own_characters(filled: Archive) -> None:
    live = filled.catalogue.live()

    for stored in live.everything():
        for passage in live.passages_of(stored.article.article_id):
            assert stored.article.text[passage.start : passage.end] == passage.text


def test_a_bad_file_is_reported_and_the_rest_is_ingested(archive: Archive, newsroom: Path) -> None:
    (newsroom / "empty.txt").write_bytes(b"")
    (newsroom / "junk.txt").write_bytes(bytes(range(256)) * 16)

    report = ingest(archive, [newsroom])

    assert report.added == 3
    assert {f.source for f in report.failed} == {"empty.txt", "junk.txt"}
    assert all(f.reason for f in report.failed)


def test_prune_removes_what_is_gone_and_only_with_prune(filled: Archive, newsroom: Path) -> None:
    (newsroom / "choir.txt").unlink()

    assert ingest(filled, [newsroom]).removed == 0
    report = ingest(filled, [newsroom], prune=True)

    assert (report.removed, report.articles) == (1, 2)


def test_prune_keeps_an_article_that_merely_failed_to_read(filled: Archive, newsroom: Path) -> None:
    (newsroom / "choir.txt").write_bytes(b"\x00\x01\x02" * 999)

    report = ingest(filled, [newsroom], prune=True)

    assert (report.removed, report.articles, len(report.failed)) == (0, 3, 1)


def test_prune_of_a_folder_that_is_not_there_removes_nothing_and_says_so(
    filled: Archive, newsroom: Path
) -> None:
    newsroom.rename(newsroom.with_name("elsewhere"))

    report = ingest(filled, [newsroom], prune=True)

    assert (report.removed, report.articles) == (0, 3)
    assert [(f.source, "does not exist" in f.reason) for f in report.failed] == [("newsroom", True)]


def test_prune_through_a_link_keeps_what_failed_to_read_below_it(
    archive: Archive, newsroom: Path
) -> None:
    below = newsroom / "towns#2" / "orvel"
    below.mkdir(parents=True)
    (below / "seal.txt").write_text("A seal was seen.", "utf-8")
    link = newsroom.with_name("link")
    link.symlink_to(newsroom)
    ingest(archive, [link])
    (below / "seal.txt").write_bytes(b"")

    report = ingest(archive, [link], prune=True)

    assert (report.removed, report.articles, len(report.failed)) == (0, 4, 1)


def test_prune_knows_a_folder_however_it_is_written(filled: Archive, newsroom: Path) -> None:
    (newsroom / "choir.txt").unlink()

    assert ingest(filled, [newsroom / ".." / newsroom.name], prune=True).removed == 1


def test_dry_run_says_what_would_change_and_changes_nothing(
    archive: Archive, newsroom: Path
) -> None:
    report = ingest(archive, [newsroom], dry_run=True)

    assert report.added == 3
    assert archive.catalogue.generation == 0
    assert rows(archive) == (set(), set(), set())


def test_removed_article_leaves_every_index_at_once(filled: Archive) -> None:
    article_id = next(filled.catalogue.live().everything()).article.article_id

    assert remove(filled, article_id)

    catalogue, chroma, text = rows(filled)
    assert catalogue == chroma == text
    assert filled.catalogue.live().article(article_id) is None
    assert not remove(filled, article_id)


def test_first_articles_of_ones_own_replace_the_sample(archive: Archive, newsroom: Path) -> None:
    sample = ingest(archive, [SAMPLE]).articles
    assert sample >= 12

    report = ingest(archive, [newsroom])

    assert (report.removed, report.articles) == (sample, 3)
    assert any("sample" in note for note in report.notes)


def test_copies_of_one_text_embed_it_once(archive: Archive, newsroom: Path, tmp_path: Path) -> None:
    first = ingest(archive, [newsroom])
    shutil.copytree(newsroom, tmp_path / "again")

    second = ingest(archive, [tmp_path / "again"])

    assert second.passages == 2 * first.passages
    assert second.families == first.families
    passages = {
        p.text
        for a in archive.catalogue.live().everything()
        for p in archive.catalogue.live().passages_of(a.article.article_id)
    }
    assert len(passages) == first.passages
    kept = archive.vector_cache.database.rows(select(func.count()).select_from(vectors))[0][0]
    assert archive.vector_cache.embedded == kept  # nothing was embedded twice


def test_rebuild_makes_the_indexes_anew_from_the_catalogue(
    filled: Archive, settings: Settings
) -> None:
    before = rows(filled)
    filled.close()
    shutil.rmtree(settings.data_dir / "chroma")
    shutil.rmtree(settings.data_dir / "text")

    rebuild(settings)

    with Archive(settings) as again:
        assert rows(again) == before


def test_an_index_of_another_model_is_refused_with_the_remedy(
    filled: Archive, settings: Settings
) -> None:
    filled.close()

    class Other(LocalEmbedder):
        model = "another/1"

    with pytest.raises(IndexMismatch, match="--rebuild"):
        Archive(settings, Other(settings.model_dir))


def test_leftovers_of_a_killed_ingest_are_never_seen_and_cleared_by_the_next(
    filled: Archive, newsroom: Path
) -> None:
    # as a process leaves it that was killed after writing to Chroma and before publishing
    ids = ["f" * 20]
    filled.catalogue.expect(ids)
    filled.vector_index.add(ids, filled.embedder.embed(["never published"]), ["a" * 16])
    filled.text_index.add([(ids[0], "", "never published")])
    assert filled.catalogue.live().passages(ids) == {}

    (newsroom / "more.txt").write_text(
        "A late word\n\nThe ferry to Tarn sails again from 1 July 2025.", "utf-8"
    )
    ingest(filled, [newsroom])

    catalogue, chroma, text = rows(filled)
    assert catalogue == chroma == text


def test_the_last_article_can_be_removed(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text(
        "Only news\n\nThe ferry to Tarn sails again from 1 July 2025.", "utf-8"
    )
    ingest(archive, [tmp_path / "one.txt"])

    assert remove(archive, next(archive.catalogue.live().everything()).article.article_id)

    assert archive.catalogue.live().counts() == {
        "articles": 0,
        "passages": 0,
        "families": 0,
        "altered": 0,
    }
    assert rows(archive) == (set(), set(), set())


def test_the_words_of_a_removed_article_are_in_no_sqlite_file(
    archive: Archive, settings: Settings, tmp_path: Path
) -> None:
    words = "The unspeakable marmoset of Tarn was seen again. " * 300
    (tmp_path / "one.txt").write_text(f"A sighting\n\n{words}", "utf-8")
    ingest(archive, [tmp_path / "one.txt"])
    with archive.catalogue.live() as snapshot:
        (found,) = snapshot.page("", 10)

    assert remove(archive, found.article.article_id)

    files = [path for path in settings.data_dir.iterdir() if ".sqlite" in path.name]
    assert len(files) >= 2
    assert not [path.name for path in files if b"unspeakable marmoset" in path.read_bytes()]


def test_a_killed_item_is_live_no_more_and_an_embargo_never_was(
    filled: Archive, newsroom: Path
) -> None:
    item = {
        "uri": "urn:x:1",
        "versioncreated": "2024-06-07T22:00:00Z",
        "headline": "Orchard flooded",
    }
    item |= {"body_text": "The orchard of Brask was flooded on Friday.", "pubstatus": "usable"}
    feed = newsroom / "wire.jsonl"
    feed.write_text(json.dumps(item))
    assert ingest(filled, [newsroom]).added == 1

    feed.write_text(json.dumps(item | {"pubstatus": "canceled"}))
    report = ingest(filled, [newsroom])

    assert (report.removed, report.failed) == (1, ())
    assert report.notes[0].startswith("wire.jsonl#urn:x:1 was killed")
    assert not any("Brask" in a.article.text for a in filled.catalogue.live().everything())

    feed.write_text(json.dumps(item | {"embargoed": "9999-01-01T00:00:00Z"}))
    report = ingest(filled, [newsroom])
    assert (report.added, report.removed) == (0, 0)
    assert "under embargo until 9999" in report.notes[0]
