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
from ingest.types import Family, Member, Role


def test_dates_with_their_provenance_survive_the_catalogue(tmp_path: Path) -> None:
    article = page(json_ld({**ARTICLE, "dateModified": "2025-03-15"}))
    family = Family("f", (Member(article.article_id, Role.ORIGINAL, True),))
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    with catalogue.database.write() as connection:
        connection.execute(
            "ALTER TABLE versions DROP COLUMN updated_on"
        )  # as an earlier version made it
    catalogue.close()
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    catalogue.publish([NewVersion(article, "root", (), ())], (), [family])
    stored = catalogue.live().article(article.article_id)
    assert stored is not None
    assert (stored.article.updated_on, stored.article.stated_dates) == (
        date(2025, 3, 15),
        article.stated_dates,
    )
    catalogue.close()
