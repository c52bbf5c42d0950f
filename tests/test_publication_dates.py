"""Dates: what a copy states of its publication, and the latest day its text names."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.english.date_mentions import mentions
from ingest.formats.file_readers import read
from ingest.text.header_pieces import is_dateline
from ingest.text.publication_dates import find_published, latest_named_date, parse
from ingest.types import Article, DateKind, StatedDate

DAYS = st.dates(min_value=date(1000, 1, 1), max_value=date(2100, 12, 31))
SHAPES = [
    "{0:%Y}-{0:%m}-{0:%d}",
    "{0.day} {0:%B} {0:%Y}",
    "{0:%B} {0.day}, {0:%Y}",
    "{0:%b}. {0.day} , {0:%Y}",
    "{0.day}th of {0:%B}, {0:%Y}",
    "{0:%A}, {0:%d} {0:%b} {0:%Y}",
    "{0:%Y}/{0:%m}/{0:%d}",
    "{0:%Y}-{0:%m}-{0:%d}T10:20:30+02:00",
]
PROSE = (
    "The bridge over the Orvel was opened by the mayor, who had waited long for it and had brought her own scissors. "
    * 3
)


@given(DAYS, st.sampled_from(SHAPES))
def test_a_day_is_read_in_every_usual_shape(day: date, shape: str) -> None:
    words = shape.format(day)
    assert parse(words) == day
    assert is_dateline(words)
    assert latest_named_date(f"It was opened on {words} by the mayor.") == day


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("The Orvel Beacon, 28 June 2024", date(2024, 6, 28)),
        ("Orvel Gazette - Friday 28 June 2024", date(2024, 6, 28)),
        ("The Evening Orvel — June 28, 2024", date(2024, 6, 28)),
        ("Battle of Orvel, 28 June 2024", None),
        ("The bridge, which opened on 28 June 2024", None),
        ("The Orvel Beacon, which opened on 28 June 2024", None),
    ],
)
def test_an_outlet_and_a_day_are_the_header_of_a_page(line: str, found: date | None) -> None:
    stated = find_published(f"A bridge opens\n\n{line}\n\n{PROSE}")
    assert stated.published_on == found


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(
        st.text(),
        st.lists(
            st.sampled_from(
                ["3", "31", "May", " ", "2025", "-", "/", "0", ",", ".", "of", "2024-25", "March"]
            )
        ).map("".join),
    )
)
def test_mentions_are_spans_in_order_whatever_the_text(text: str) -> None:
    position = 0
    for mention in mentions(text):
        assert position <= mention.start < mention.end <= len(text)
        position = mention.end
    find_published(text)
    latest_named_date(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("17/04/2024", "2024-04-17"),
        ("04/17/2024", "2024-04-17"),
        ("03/04/2025 in either reading", "2025-04-03"),
        ("in April 2024", "2024-04-01"),
        ("by 2027", "2027-01-01"),
        ("FY2026", "2026-01-01"),
        ("the 2030s", "2030-01-01"),
        ("the season 2025-26", "2026-01-01"),
        ("from 2024–2028", "2028-01-01"),
        ("05/2026", "2026-01-01"),
        ("In 2024 it began. It opens on April 10.", "2024-04-10"),
        ("In 2024 a loss in November was feared.", "2024-11-01"),
        ("the October 27th vote of 2024", "2024-10-27"),
        ("May 3 to 5, 2025", "2025-05-05"),
        ("10 and 11 April 2025", "2025-04-11"),
        ("In 2024 they may march on.", "2024-01-01"),
        ("In 2024, in May.", "2024-05-01"),
        ("29 avril 2024", "2024-04-29"),
        ("3. Mai 2025", "2025-05-03"),
        ("3 de mayo de 2025", "2025-05-03"),
        ("on 17/04/24", "2024-04-17"),
        ("on 03/04/25", "2025-04-03"),
        ("17 April-24 May 2025", "2025-05-24"),
        ("31 February 2025", "2025-02-01"),
        ("2025-13-45", "2025-01-01"),
    ],
)
def test_the_latest_named_day_is_never_earlier_than_what_the_words_can_mean(
    text: str, expected: str
) -> None:
    assert latest_named_date(text) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    "text",
    [
        "2,000 people and 54000 more",
        "USD 2024 million",
        "$2050",
        "1999.5",
        "2050 homes",
        "12024",
        "May I?",
        "They march.",
        "on April 10",
        "7.2025",
        "2050 million",
        "3 May 25 people",
        "10/11/12/13",
    ],
)
def test_amounts_and_common_words_are_no_dates(text: str) -> None:
    assert latest_named_date(text) is None


@pytest.mark.parametrize(
    ("text", "published", "republished"),
    [
        ("Title\n\n17 April 2024\n\nBody.", "2024-04-17", None),
        ("date 2024-05-01\n\nTo that end.", "2024-05-01", None),
        (
            "Monday 29 April 2024, by OLM Anna L. (Date first published: 26 April 2024).",
            "2024-04-26",
            "2024-04-29",
        ),
        (
            "T\n\nPublished 5 March 2025\n\nThis article is republished from The Ledger, where it was first published 3 March 2025.",
            "2025-03-03",
            "2025-03-05",
        ),
        ("T\n\nPublished 3 May 2025\nUpdated 5 May 2025", "2025-05-03", None),
        ("T\n\nPublished 17-Apr-24\n\nBody.", "2024-04-17", None),
        ("T\n\n17 April ’24\n\nBody.", "2024-04-17", None),
        (
            "T\n\nJune 30, 2025 | By Yusuf Calder | The Northfold Courier\n\nBody.",
            "2025-06-30",
            None,
        ),
        ("T\n\nBy Perrin Oake, 15 June 2025\n\nBody.", "2025-06-15", None),
        ("ORVEL, 3 May 2025 (Wire) — " + PROSE, "2025-05-03", None),
        (
            "T\n\n" + PROSE + "\n\nFirst published in the Harbour Gazette on 1 May 2025.",
            "2025-05-01",
            None,
        ),
        ("T\n\n" + PROSE + "\n\nPublié le 29 avril 2024, 14:24 CEST", "2024-04-29", None),
        ("T\n\nVeröffentlicht am 3. Mai 2025 um 10:00 Uhr\n\n" + PROSE, "2025-05-03", None),
    ],
)
def test_a_copy_states_its_publication_in_header_footer_or_credit(
    text: str, published: str, republished: str | None
) -> None:
    found = find_published(text)
    assert found.published_on == date.fromisoformat(published)
    assert found.republished_on == (date.fromisoformat(republished) if republished else None)


@pytest.mark.parametrize(
    ("text", "published", "republished", "updated"),
    [
        ("T\n\nRepublished 5 May 2025\n\nBody.", None, "2025-05-05", None),
        (
            "T\n\nPublished 3 May 2025. Republished 5 May 2025\n\nBody.",
            "2025-05-03",
            "2025-05-05",
            None,
        ),
        (
            "T\n\nPublished 3 May 2025\nUpdated 5 May 2025, 10:00\n\nBody.",
            "2025-05-03",
            None,
            "2025-05-05",
        ),
        ("T\n\nLast updated: 3 May 2025\n\nBody.", None, None, "2025-05-03"),
        ("T\n\nPublished 3 May 2025\n\nBody.\n\nAccessed 5 May 2025", "2025-05-03", None, None),
        ("T\n\nPublished 3 May 2025 | Corrected 1 May 2025\n\nBody.", "2025-05-03", None, None),
    ],
)
def test_each_date_is_what_its_label_says(
    text: str, published: str | None, republished: str | None, updated: str | None
) -> None:
    found = find_published(text)
    days = (found.published_on, found.republished_on, found.updated_on)
    assert tuple(day and day.isoformat() for day in days) == (published, republished, updated)


def test_a_day_after_the_latest_is_stated_and_not_believed() -> None:
    found = find_published("T\n\nPublished 3 May 2031\n\nBody.", date(2025, 6, 30))
    assert found.published_on is None
    assert found.stated == (StatedDate(DateKind.PUBLISHED, date(2031, 5, 3), "day", "text"),)


@pytest.mark.parametrize(
    "text",
    [
        "On 3 May 2025 the bridge was opened.",
        "The study, published on 3 March 2025, shows more.",
        "Last updated: 3 May 2025",
        "03/04/2025",
        "The bridge was closed by Mayor Quill on 3 May 2025.",
        "The report was first published on 3 May 2025.",
        "April 2024",
        "2024",
        "Title\n\n" + PROSE + "\n\n3 May 2025\n\nA day in a chronicle.",
        PROSE + " It opened on 3 May 2025.",
        "",
    ],
)
def test_a_mention_in_prose_is_no_publication(text: str) -> None:
    assert find_published(text).published_on is None


@pytest.mark.parametrize(
    "value",
    [
        "",
        "soon",
        "2025",
        "May 2025",
        "03/04/2025",
        "2025-02-30",
        "3 May 2025 or 4 May 2025",
        "the 3 May 2025 bridge",
    ],
)
def test_a_field_that_is_not_one_day_is_refused(value: str) -> None:
    assert parse(value) is None


def test_the_seed_articles_state_the_dates_a_reader_finds_in_them() -> None:
    datasets = os.environ.get("DATELINE_TEST_DATASETS")
    if not datasets:
        pytest.skip("DATELINE_TEST_DATASETS does not name a folder of datasets")
    found = [
        a
        for a in read(Path(datasets) / "seeds" / "articles", max_article_mb=5)
        if isinstance(a, Article)
    ]
    assert [(a.published_on and a.published_on.isoformat(), a.date_source) for a in found] == [
        ("2024-05-01", "text"),
        ("2024-04-26", "text"),
        (None, "none"),
        ("2024-04-17", "text"),
        (None, "none"),
    ]
    assert found[1].republished_on == date(2024, 4, 29)
    assert found[4].latest_named_date == date(2024, 10, 27)


@pytest.mark.parametrize(
    "moment",
    [
        "10:15 AEDT",
        "10:15 IST",
        "9 pm Eastern Time",
        "22:15 UTC+8",
        "10:15 a.m. Indian Standard Time",
    ],
)
def test_the_name_of_a_time_zone_leaves_a_date_line_one(moment: str) -> None:
    text = f"Orchard flooded\n\nBy Nora Pell\n\n7 June 2024, {moment}\n\n{PROSE}"
    assert find_published(text).published_on == date(2024, 6, 7)


@pytest.mark.parametrize(
    "box",
    [
        "Founded | 7 June 1911\n\nMayor | Ivo Lund",
        "Founded\n\n7 June 1911",
        "Second race | 7 June 1911\n\nThird race | 8 June 1911",
    ],
)
def test_a_day_in_a_box_of_facts_is_no_publication(box: str) -> None:
    assert find_published(f"Orchard flooded\n\n{box}\n\n{PROSE}").published_on is None
    dated = f"Orchard flooded\n\nPolitics | 9 June 2024\n\nBy Nora Pell\n\n{box}\n\n{PROSE}"
    assert find_published(dated).published_on == date(2024, 6, 9)
