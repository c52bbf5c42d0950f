"""The catalogue keeps what an article states."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from files import (
    ARTICLE,
    json_ld,
    page,
)

from ingest.storage.catalogue import Catalogue, NewVersion
from ingest.storage.catalogue_tables import CATALOGUE
from ingest.storage.sqlite_file import SQLiteFile
from ingest.types import Family, Member, Role


def test_dates_with_their_provenance_survive_the_catalogue(tmp_path: Path) -> None:
    article = page(json_ld({**ARTICLE, "dateModified": "2025-03-15"}))
    family = Family("f", (Member(article.article_id, Role.ORIGINAL, True),))
    database = SQLiteFile(tmp_path / "catalogue.sqlite", CATALOGUE)
    catalogue = Catalogue(database)
    catalogue.publish([NewVersion(article, "root", (), ())], (), [family])
    with catalogue.live() as snapshot:
        stored = snapshot.article(article.article_id)
    assert stored is not None
    assert (stored.article.updated_on, stored.article.stated_dates) == (
        date(2025, 3, 15),
        article.stated_dates,
    )
    database.close()
