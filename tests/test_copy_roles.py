"""Which copy is canonical, and what the others are to it: updated, altered, republished."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from ingest.copies.copy_roles import members
from ingest.copies.families import group
from ingest.copies.near_duplicates import read_copy
from ingest.copies.sentence_alignment import Embed
from ingest.embedding.embedder import LocalEmbedder
from ingest.text.segmentation import split
from ingest.types import Article, Role

STORY = (
    "A ferry with 40 passengers ran aground off Skerra, N.Y., on Monday morning. Harbour master Lena Ostrow said that the fog had "
    "been thicker than anyone remembered. The lifeboat of Port Senn took 38 of them ashore before noon. Two men of the crew may have "
    "been asleep, according to an engineer. The ferry was built in 1988 by a yard in Orvel. It will be towed to the old quay at "
    "high water. Tickets are valid on the ferry of Thursday."
)
NEWS = " Divers from Tarnmouth found a hole of three metres below the water line on Tuesday. Captain Piotr Hale was questioned by the Senn police for five hours."


@pytest.fixture(scope="module")
def embed(model_cache: Path) -> Embed:
    return LocalEmbedder(model_cache).embed


def article(name: str, text: str, publisher: str, day: int, author: str | None = None) -> Article:
    return Article(
        f"/{name}",
        name,
        text,
        "Ferry aground off Skerra",
        author,
        publisher,
        None,
        date(2025, 3, day),
    )


def roles(embed: Embed, *articles: Article) -> list[Role]:
    families = group(articles, {a.article_id: split(a.text, a.title) for a in articles}, embed)
    found = {m.article_id: m.role for family in families for m in family.members}
    assert len(families) == 1
    return [found[a.article_id] for a in articles]


FIRST = article("first", STORY, "Skerra Post", 3, "Ines Marlow")
CHANGED = STORY.replace("38 of them", "35 of them")


def test_the_outlets_own_later_version_is_updated_the_longer_one_on_the_same_day(
    embed: Embed,
) -> None:
    for day in (3, 4):
        later = article("later", CHANGED + NEWS, "Skerra Post", day)
        assert roles(embed, FIRST, later) == [Role.ORIGINAL, Role.UPDATED]


def test_a_later_version_elsewhere_is_republished_and_a_bare_change_is_altered(
    embed: Embed,
) -> None:
    longer, bare = article("b", CHANGED + NEWS, "Echo", 5), article("b", CHANGED, "Echo", 5)
    assert roles(embed, FIRST, longer) == [Role.ORIGINAL, Role.REPUBLISHED]
    assert roles(embed, FIRST, bare) == [Role.ORIGINAL, Role.ALTERED]


def test_house_style_is_no_alteration_and_a_dropped_doubt_is_one(embed: Embed) -> None:
    style = STORY.replace("N.Y.", "New York").replace("three metres", "3m").replace("40", "forty")
    assert roles(embed, FIRST, article("b", style, "Echo", 5)) == [Role.ORIGINAL, Role.REPUBLISHED]
    sure = STORY.replace("may have been asleep, according to an engineer", "had been asleep")
    assert roles(embed, FIRST, article("b", sure, "Echo", 5)) == [Role.ORIGINAL, Role.ALTERED]


def test_the_first_copy_is_the_suspect_where_it_is_alone_with_a_value(embed: Embed) -> None:
    wrong = article("a", CHANGED, "Flash", 2)
    others = [article("b", STORY, "Echo", 3), article("c", STORY, "Post", 4)]
    assert roles(embed, wrong, *others)[0] is Role.ALTERED


def test_of_two_that_differ_within_a_day_the_one_that_names_its_author_is_believed(
    embed: Embed,
) -> None:
    assert roles(embed, FIRST, article("b", CHANGED, "Echo", 2)) == [Role.ORIGINAL, Role.ALTERED]
    assert roles(embed, FIRST, article("b", CHANGED, "Echo", 1)) == [Role.ALTERED, Role.ORIGINAL]


@pytest.mark.parametrize(
    ("shared", "longer", "role"),
    [
        (80, 150, Role.FRAGMENT),
        (79, 150, Role.REPUBLISHED),
        (80, 149, Role.REPUBLISHED),
    ],
)
def test_a_fragment_is_mostly_in_a_text_half_as_long_again(
    shared: int, longer: int, role: Role
) -> None:
    """Of a hundred shingles; the texts say the same, so that nothing is embedded."""
    whole, part = (
        read_copy(one, split(one.text, one.title))
        for one in (FIRST, article("part", STORY, "Echo", 5))
    )
    prints = [
        np.arange(longer, dtype=np.uint64),
        np.arange(longer - shared, longer - shared + 100, dtype=np.uint64),
    ]
    found = members([whole, part], prints, lambda texts: np.ones((len(texts), 1), np.float32))
    assert [(m.role, m.canonical) for m in found] == [(Role.ORIGINAL, True), (role, False)]
