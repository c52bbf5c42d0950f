"""Copy as agencies transmit it: its headline and day, without the lines for machines."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from ingest.formats.file_readers import read
from ingest.types import Article

STORY = (
    "   Brask (xyz) - The orchard was flooded on Friday night, and the pickers went home.\r\n\r\n"
    "   The river rose by two metres, the county said.\r\n"
)


def article(path: Path, text: str) -> Article:
    path.write_bytes(text.encode())
    (found,) = read(path, max_article_mb=5)
    assert isinstance(found, Article)
    return found


def test_a_transmission_is_read_by_its_headline_and_moment(tmp_path: Path) -> None:
    sent = (
        "\x01xyz017 3 w 120 hijkl xyz 016\r\n\r\nOrchard-flood/\r\n\x02Orchard flooded at Brask =\r\n\r\n"
        f"{STORY}\r\n# Desk\r\n\r\nEditor: N. Pell\r\n\r\nxyz np il\r\n\x03071930 GMT Jun 24\r\n\x7f\x04"
    )
    found = article(tmp_path / "a.txt", sent)
    assert (found.title, found.published_on) == ("Orchard flooded at Brask", date(2024, 6, 7))
    assert found.text.startswith("Orchard flooded at Brask\n\nBrask (xyz)")
    assert not any(code in found.text for code in ("xyz017", "Orchard-flood/", "GMT", "xyz np"))


def test_a_heading_below_prose_is_not_the_title(tmp_path: Path) -> None:
    found = article(
        tmp_path / "a.txt", f"Orchard flooded at Brask\n\n{STORY}\n# Notes\n\nCall the desk."
    )
    assert found.title == "Orchard flooded at Brask"
