"""Tables of articles, read as a user's files are."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import pipeline
from ingest.errors import BadArticle, WrongUsage
from ingest.formats import file_readers
from ingest.formats.csv_file import mapping, rows_of
from ingest.storage.archive import Archive
from ingest.types import Article, Failure

PROSE = "The harbour of Skerra closes for a week. The port said so on Monday."


def read(path: Path, content: str | bytes) -> list[file_readers.Item]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(file_readers.read(path, max_article_mb=5))


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_each_row_is_an_article_by_the_names_of_its_columns(tmp_path: Path, separator: str) -> None:
    rows = [
        ["Headline", "Body", "Pub Date", "Byline", "id"],
        ["Harbour closes", f'"{PROSE}\nIt opens on Friday{separator}perhaps."', "2025-03-12", "Nora Pell", "a1"],
        ["Harbour opens", PROSE.replace("closes", "opens"), "", "", ""],
    ]  # fmt: skip
    first, second = read(tmp_path / "log.csv", "\r\n".join(map(separator.join, rows)))
    assert isinstance(first, Article) and isinstance(second, Article)
    assert (first.title, first.author, first.published_on) == (
        "Harbour closes", "Nora Pell", date(2025, 3, 12)
    )  # fmt: skip
    assert first.text.split()[-1] in ("perhaps.", f"Friday{separator}perhaps.")
    assert (first.source, second.source) == ("log.csv#a1", "log.csv#2")
    assert second.published_on is None


def test_a_row_that_is_wrong_costs_itself_only(tmp_path: Path) -> None:
    found = read(tmp_path / "log.csv", f"title,text\nOne,{PROSE}\nTwo,a, b\nThree,\nFour,{PROSE}\n")
    assert [type(one) for one in found] == [Article, Failure, Failure, Article]
    cells, empty = (one.reason for one in found[1:3] if isinstance(one, Failure))
    assert "has 3 cells in line 3, more than 2 columns; put texts" in cells
    assert '"text" is missing' in empty


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("title\nOne\n", "name the columns in its first line"),
        ("title,title\nOne,Two\n", "name the columns in its first line"),
        (",text\nOne,Two\n", "name the columns in its first line"),
        ("title,text\n", "holds no articles"),
        ("\n", "is empty"),
    ],
)
def test_what_is_no_table_of_articles_is_said(tmp_path: Path, content: str, why: str) -> None:
    (found,) = read(tmp_path / "log.csv", content)
    assert isinstance(found, Failure) and why in found.reason


def test_a_column_that_says_nothing_to_us_is_named(tmp_path: Path) -> None:
    found = read(tmp_path / "log.csv", f"text,desk\n{PROSE},City\n{PROSE} Again.,City\n")
    assert "log.csv has fields that are not understood: desk (2)" in map(str, found)


def test_reading_a_table_takes_no_room_from_other_readers_of_tables() -> None:
    before = csv.field_size_limit()
    list(rows_of(b"title,text\nOne,Two\n"))
    assert csv.field_size_limit() >= before
    long = "word " * 60_000
    (row,) = rows_of(f"title,text\nOne,{long}\n".encode())
    assert row == {"title": "One", "text": long}


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    from ingest.errors import BadArticle

    try:
        rows = list(rows_of(data))
    except BadArticle as error:
        assert ";" in str(error) or ":" in str(error)
    else:
        assert all(isinstance(row, BadArticle) or row for row in rows)


def test_what_the_columns_are_can_be_said_and_is_kept_for_later_ingests(
    archive: Archive, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"Überschrift,title,Inhalt\nHarbour closes,x1,{PROSE}\n", "utf-8")
    assert "--columns" in pipeline.ingest(archive, [path]).failed[0].reason
    columns = mapping("title=überschrift, text=Inhalt")
    assert pipeline.ingest(archive, [path], columns=columns).added == 1
    path.write_text(f"Überschrift,title,Inhalt\nHarbour opens,x1,{PROSE}\n", "utf-8")
    assert pipeline.ingest(archive, [path]).updated == 1
    with archive.catalogue.whole() as snapshot:
        (stored,) = snapshot.everything()
    assert stored.article.title == "Harbour opens"


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"text": "Inhallt"}, 'write "Inhalt"'),
        ({"text": "Körper"}, "its headings are Titel, Inhalt"),
    ],
)
def test_a_heading_that_a_table_has_not_is_told_with_the_nearest(
    columns: dict[str, str], told: str
) -> None:
    with pytest.raises(BadArticle, match=told):
        list(rows_of(f"Titel,Inhalt\nA,{PROSE}".encode(), columns))


@pytest.mark.parametrize(
    ("written", "told"),
    [("titel=A", 'did you mean "title"'), ("title", "FIELD=HEADING"), ("title=", "FIELD=HEADING")],
)
def test_a_mapping_that_is_none_is_told(written: str, told: str) -> None:
    with pytest.raises(WrongUsage, match=told):
        mapping(written)


def test_headings_that_say_nothing_are_told_with_the_nearest_name(tmp_path: Path) -> None:
    found = read(tmp_path / "a.csv", f"headlin,text,colour\nA,{PROSE},red\n")
    assert str(found[-1]).endswith("not understood: headlin, like title?, colour")
    (failed,) = read(tmp_path / "b.csv", f"title,contnet\nA,{PROSE}\nB,{PROSE}\n")
    assert isinstance(failed, Failure)
    assert "--columns text=contnet (its headings: title, contnet)" in failed.reason
