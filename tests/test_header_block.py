"""The lines above an article's prose are read by what their pieces are, in whatever order they stand."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.formats.article_making import article_from
from ingest.text.segmentation import split
from ingest.types import SentenceKind

TODAY = date(2026, 1, 1)
PROSE = (
    "The new footbridge over the Senn was opened on Friday by the mayor, who said that it had cost twice what "
    "was planned on 4 May 2019.\n\nNobody fell in."
)

HEADLINES = (
    "Footbridge opens at last, two years late",
    "FOOTBRIDGE OPENS AT LAST, AT TWICE THE COST",
    "‘We waited for two years’: a bridge opens",
    "Is this the last bridge of the Senn?",
    "Footbridge opens",
)
OUTLETS = (
    "Orvel Gazette",
    "ORVEL GAZETTE",
    "The Orvel Beacon",
    "THE SENN VALLEY NEWS",
    "Tarn & Senn Weekly",
)
DAYS = (
    "3 June 2024",
    "Monday 3 June 2024",
    "Monday, June 3, 2024",
    "Mon 3 Jun 2024",
    "2024-06-03",
    "Published: 3 June 2024",
    "3 June 2024 at 10:42 am",
    "3 June 2024, 10:42 GMT",
)
BYLINES = (
    "By Ines Marlow",
    "BY INES MARLOW",
    "Words: Ines Marlow",
    "Words by Ines Marlow",
    "Author: Ines Marlow",
    "By Ines Marlow, chief reporter",
    "Ines Marlow, health correspondent",
)
REST = (
    "Business",
    "NEWS",
    "Obituary",
    "Food & Drink",
    "FOR IMMEDIATE RELEASE",
    "412 words",
    "3 min read",
    "No. 1234",
)
BETWEEN = (" | ", " · ", " - ", " – ", " — ", ", ", "\n", "\n\n")


@st.composite
def headers(draw: st.DrawFn) -> tuple[str, str, str]:
    """A header in any order, its headline and its outlet."""
    headline, outlet = draw(st.sampled_from(HEADLINES)), draw(st.sampled_from(OUTLETS))
    pieces = [outlet, draw(st.sampled_from(DAYS)), draw(st.sampled_from(BYLINES))]
    pieces += draw(st.lists(st.sampled_from(REST), max_size=2, unique=True))
    words = ""
    for piece in draw(st.permutations(pieces)):
        words += (draw(st.sampled_from(BETWEEN)) if words else "") + piece
    between = draw(st.sampled_from(("\n", "\n\n")))
    parts = (headline, words) if draw(st.booleans()) else (words, headline)
    return between.join(parts), headline, outlet


@settings(max_examples=150, deadline=None)
@given(headers())
def test_a_header_says_the_same_in_any_order_and_with_any_marks_between(
    header: tuple[str, str, str],
) -> None:
    words, headline, outlet = header
    article = article_from({"text": f"{words}\n\n{PROSE}"}, "id", "source", today=TODAY)
    assert (article.title, article.author, article.published_on) == (
        headline,
        "Ines Marlow",
        date(2024, 6, 3),
    )
    assert article.publisher is not None
    assert article.publisher.casefold() == outlet.casefold()


@settings(max_examples=60, deadline=None)
@given(headers())
def test_no_prose_is_taken_for_a_header_and_every_word_of_a_header_stays(
    header: tuple[str, str, str],
) -> None:
    text = article_from({"text": f"{header[0]}\n\n{PROSE}"}, "id", "source", today=TODAY).text
    assert text.split() == f"{header[0]} {PROSE}".split()
    sentences = split(text, header[1])
    body = [sentence.text for sentence in sentences if sentence.kind is SentenceKind.BODY]
    assert " ".join(body) == " ".join(PROSE.split())
    assert all(text[one.start : one.end] == one.text for one in sentences)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(HEADLINES), st.sampled_from(DAYS), st.sampled_from(OUTLETS))
def test_a_day_in_the_first_paragraph_of_prose_is_no_day_of_publication(
    headline: str, day: str, outlet: str
) -> None:
    prose = f"{outlet}, on {day}, told of a bridge that was to open in spring. It did not."
    article = article_from({"text": f"{headline}\n\n{prose}"}, "id", "source", today=TODAY)
    assert (article.published_on, article.title) == (None, headline)


@pytest.mark.parametrize(
    ("header", "title", "author", "publisher", "day"),
    [
        ("ORVEL POST\nObituary\n\nFootbridge opens\n\nINES MARLOW", "Footbridge opens", "Ines Marlow", "Orvel Post", None),
        ("Footbridge opens\n\nInes Marlow at Mill Green, Saturday 15 June 2024", "Footbridge opens", "Ines Marlow", None, "2024-06-15"),
        ("Footbridge opens\n\n8 July 2023 - staff and agencies", "Footbridge opens", None, None, "2023-07-08"),
        ("Footbridge opens\n\nInes Marlow, columnist, Orvel Post, 8 July 2023", "Footbridge opens", "Ines Marlow", "Orvel Post", "2023-07-08"),
        ("Orvel Post  -  8 July 2023  -  Words: Ines Marlow  Pictures: Tom Orrick\n\nFootbridge opens", "Footbridge opens", "Ines Marlow", "Orvel Post", "2023-07-08"),
        ("TIDEMARKS - the magazine of the coast\n\nFootbridge opens", "Footbridge opens", None, "Tidemarks", None),
        ("SALT & STONE\n8 July 2023 | Mills\nInes Marlow\n\nFootbridge opens", "Footbridge opens", "Ines Marlow", "Salt & Stone", "2023-07-08"),
        ("WireWorld7\nFootbridge opens\nInes Marlow, Orvel", "Footbridge opens", "Ines Marlow", "WireWorld7", None),
        ("PRESS RELEASE - FOR IMMEDIATE RELEASE 8 July 2023\n\nFootbridge opens", "Footbridge opens", None, None, "2023-07-08"),
        ("Footbridge opens (updated)\n(Orvel Star, 8 July)", "Footbridge opens (updated)", None, "Orvel Star", None),
        ("Footbridge opens\n\nORVEL, 8 July 2023", "Footbridge opens", None, None, "2023-07-08"),
        ("Title: Footbridge opens\nAuthor: Ines Marlow\nDate: 8 July 2023\nSource: Orvel Post", "Footbridge opens", "Ines Marlow", "Orvel Post", "2023-07-08"),
        ("Footbridge opens at last | Orvel Post | 8 July 2023 | Ines Marlow", "Footbridge opens at last", "Ines Marlow", "Orvel Post", "2023-07-08"),
        ("By our own correspondent\nFootbridge opens\n8 July 2023", "Footbridge opens", None, None, "2023-07-08"),
        ("Corrections and clarifications\nOrvel Post, 8 July 2023", "Corrections and clarifications", None, "Orvel Post", "2023-07-08"),
        ("Footbridge opens\nInes Marlow, Tom Orrick and Lena Ostrow\nOrvel Enquirer", "Footbridge opens", "Ines Marlow, Tom Orrick and Lena Ostrow", "Orvel Enquirer", None),
        ("Footbridge opens\nSTORY: Mill to end bus service", "Footbridge opens", None, None, None),
        ("MAYOR QUITS POST\nBy Ines Marlow", "MAYOR QUITS POST", "Ines Marlow", None, None),
        ("ORVEL POST\nMAYOR QUITS POST\nBy Ines Marlow", "MAYOR QUITS POST", "Ines Marlow", "Orvel Post", None),
        ("Mayor Quill in court\nFormer councillor denies a theft", "Mayor Quill in court", None, None, None),
    ],
)  # fmt: skip
def test_lines_above_the_prose_give_title_author_outlet_and_day(
    header: str, title: str, author: str | None, publisher: str | None, day: str | None
) -> None:
    found = article_from({"text": f"{header}\n\n{PROSE}"}, "id", "source", today=TODAY)
    stated = (found.title, found.author, found.publisher, found.published_on)
    assert stated == (title, author, publisher, day and date.fromisoformat(day))


@pytest.mark.parametrize(
    "line",
    [
        "Mill Green, 3 May 2022",
        "Ines Marlow at Mill Green, 3 May 2012",  # the prose names a later day
        "On stage - week of Monday 7 July 2025",
        "Opening day - 3 May 2022",
        "Opened, 3 May 2022",
        "Born: 3 May 2022, Orvel",
    ],
)
def test_a_day_beside_a_place_an_event_or_a_fact_is_no_day_of_publication(line: str) -> None:
    prose = PROSE.replace("The new footbridge", "The new footbridge of Mill Green")
    found = article_from({"text": f"Footbridge opens\n\n{line}\n\n{prose}"}, "id", "s", today=TODAY)
    assert (found.title, found.author, found.published_on) == ("Footbridge opens", None, None)


def test_a_name_of_which_the_prose_speaks_is_that_of_no_author() -> None:
    for name, author in (("Tom Orrick", None), ("Ines Marlow", "Ines Marlow")):
        text = f"Footbridge opens at last\n\n{name}\n\n{PROSE} Mr Orrick said so."
        assert article_from({"text": text}, "id", "source", today=TODAY).author == author


def test_an_agency_beside_the_outlet_is_credited() -> None:
    text = f"ORVEL POST | HOME NEWS\n\nFootbridge opens\n\n3 June 2024\nNorden Press\n\n{PROSE}"
    found = article_from({"text": text}, "id", "source", today=TODAY)
    assert (found.title, found.publisher, found.credited_to) == (
        "Footbridge opens",
        "Orvel Post",
        "Norden Press",
    )


def test_a_section_alone_above_prose_heads_it_and_one_above_the_headline_does_not() -> None:
    kinds = {}
    for text in (
        f"Business\n\nFootbridge opens\n\n{PROSE}",
        f"Footbridge opens\n\nBusiness\n\n{PROSE}",
    ):
        kinds[text] = {sentence.text: sentence.kind for sentence in split(text, "Footbridge opens")}
    assert [found["Business"] for found in kinds.values()] == [
        SentenceKind.BYLINE,
        SentenceKind.HEADING,
    ]
