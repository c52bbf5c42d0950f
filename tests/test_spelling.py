"""Words of a question that the archive spells otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.pipeline import ingest
from ingest.settings import Settings
from ingest.storage.archive import Archive
from service.retrieval.spelling import corrected

TEXT = """The Skerra regatta

By Mina Tarrow

3 May 2024

The regatta off Skerra drew forty boats. A ferry brought the crowd from Tolvay. The government
of the island gave a prize. Kowalski, a sailor, lost an oar near the house on the quay."""


@pytest.fixture
def skerra(tmp_path: Path, settings: Settings) -> Archive:
    (tmp_path / "regatta.txt").write_text(TEXT, "utf-8")
    archive = Archive(settings)
    ingest(archive, [tmp_path / "regatta.txt"])
    return archive


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("how many boats at the regata", "how many boats at the regatta"),
        ("which ferrry came to skera?", "which ferry came to skerra?"),
        ("What did the goverment give?", "What did the government give?"),
        ("how many boats at the regatta", "how many boats at the regatta"),
        ("which horse won?", "which horse won?"),  # English has the word, the archive "house"
        ("how steeply did it rise", "how steeply did it rise"),
        ("Who is Kowalska?", "Who is Kowalska?"),  # another person may be meant
        ("what is a zqxwvk", "what is a zqxwvk"),
        ("Hw many baots sailed?", "how many boats sailed?"),  # every word is tried
        ("wich fery drwe teh crwod", "which ferry drew the crowd"),
        ("whos the sailor", "whos the sailor"),  # who's
        (
            "at what temprature",
            "at what temperature",
        ),  # English has it, and nothing here is like it
        ("how many boats at the tannery", "how many boats at the tannery"),  # no "tanner"
        ("how accuratey", "how accurately"),
        ("who was the forger", "who was the forger"),  # English has "forge"
        ("why wasnt the ferry late", "why wasn't the ferry late"),
        ("is the sailory here", "is the sailory here"),  # though the archive has "sailor"
        ("is the ferryhouse open", "is the ferry house open"),  # the archive has both
        ("is the oarhouse open", "is the oarhouse open"),  # four letters at least
        ("", ""),
    ],
)
def test_a_word_that_neither_archive_nor_english_has_is_put_right(
    skerra: Archive, asked: str, read: str
) -> None:
    with skerra, skerra.catalogue.live() as snapshot:
        assert corrected(asked, snapshot, skerra) == read
