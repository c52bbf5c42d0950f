"""Lists and counts of articles say the same on SQLite and on PostgreSQL as adding up by hand."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta

import pytest
from pydantic import SecretStr
from servers import postgres

from ingest.settings import Settings
from ingest.storage.article_listing import Listing
from ingest.storage.catalogue import Catalogue, NewVersion
from ingest.storage.catalogue_tables import CATALOGUE
from ingest.storage.database import open_database
from ingest.storage.passage_filters import PassageFilter
from ingest.types import Article, Family, Member, Role

DICE = random.Random(20240513)
NARROWED = (
    PassageFilter(),
    PassageFilter(publishers=("the post", "ÖSTEN")),
    PassageFilter(published_after=date(2023, 6, 1), published_before=date(2024, 2, 29)),
    PassageFilter(publishers=("nobody",)),
)


def article(number: int) -> Article:
    day = date(2023, 1, 1) + timedelta(DICE.randrange(500)) if DICE.random() < 0.9 else None
    title = f"{DICE.choice('aBz')} {number}" if number % 7 else None
    outlet = DICE.choice((None, "", "The Post", "Östen", "a", "B"))
    return Article(f"/{number}", f"{number}.txt", "x", title, publisher=outlet, published_on=day)


ARTICLES = [article(number) for number in range(120)]
FAMILIES = [
    members for n in range(0, 120, 6) for members in (ARTICLES[n : n + 1], ARTICLES[n + 1 : n + 6])
]


@pytest.fixture(params=["sqlite", "postgres"], scope="module")
def catalogue(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Catalogue]:
    settings = Settings(_env_file=None, data_dir=tmp_path_factory.mktemp("listing"))  # type: ignore[call-arg]
    if request.param == "sqlite":
        with closing(open_database(settings, CATALOGUE)) as database:
            yield filled(Catalogue(database))
        return
    with postgres() as server:
        remote = settings.model_copy(update={"database_url": SecretStr(server.address)})
        with closing(open_database(remote, CATALOGUE)) as database:
            yield filled(Catalogue(database))


def filled(catalogue: Catalogue) -> Catalogue:
    families = [
        Family(
            members[0].article_id,
            tuple(
                Member(one.article_id, Role.REPUBLISHED if n else Role.ORIGINAL, not n)
                for n, one in enumerate(members)
            ),
        )
        for members in FAMILIES
    ]
    catalogue.publish([NewVersion(one, "/", (), ()) for one in ARTICLES], [], families)
    return catalogue


def left(by: PassageFilter) -> list[Article]:
    names = {name.casefold() for name in by.publishers}
    first, last = by.published_after or date.min, by.published_before or date.max
    dated = by.published_after or by.published_before
    return [
        one
        for one in ARTICLES
        if (not names or (one.publisher or "").casefold() in names)
        and (not dated or (one.published_on and first <= one.published_on <= last))
    ]


def family_of(one: Article) -> str:
    return next(members[0].article_id for members in FAMILIES if one in members)


def in_order(articles: list[Article], sort: str) -> list[Article]:
    newest = sorted(articles, key=lambda one: one.article_id)
    newest.sort(key=lambda one: one.published_on or date.min, reverse=True)
    keys = {
        "newest": lambda one: 0,
        "id": lambda one: one.article_id,
        "oldest": lambda one: one.published_on or date.max,
        "title": lambda one: (one.title or one.source).lower(),
        "outlet": lambda one: (not one.publisher, (one.publisher or "").replace("Ö", "ö").lower()),
    }
    return sorted(newest, key=keys[sort])  # type: ignore[arg-type]


@pytest.mark.parametrize("by", NARROWED)
def test_counts_are_those_of_the_articles_that_are_left(
    catalogue: Catalogue, by: PassageFilter
) -> None:
    found = left(by)
    days = sorted(one.published_on.isoformat() for one in found if one.published_on)
    with catalogue.live() as snapshot:
        listing = Listing(snapshot, by)
        assert listing.counts() == (
            len(found),
            len(set(map(family_of, found))),
            len(days),
            days[0] if days else None,
            days[-1] if days else None,
        )
        assert listing.months() == sorted(Counter(day[:7] for day in days).items())
        outlets = Counter(one.publisher for one in found if one.publisher)
        assert dict(listing.outlets()) == outlets
        assert [n for _, n in listing.outlets()] == sorted(outlets.values(), reverse=True)


@pytest.mark.parametrize("sort", ["newest", "oldest", "title", "outlet", "id"])
@pytest.mark.parametrize("by", NARROWED)
def test_pages_of_stories_and_articles_put_together_are_the_whole_list(
    catalogue: Catalogue, by: PassageFilter, sort: str
) -> None:
    expected = in_order(left(by), sort)
    stories = list(dict.fromkeys(map(family_of, expected)))
    with catalogue.live() as snapshot:
        listing = Listing(snapshot, by)
        pages = [listing.stories(sort, n, 7) for n in range(0, len(stories) + 7, 7)]
        assert [one for page in pages for one in page] == stories
        listed = [row.article_id for row in listing.members(stories, sort)]
        assert listed == [one.article_id for one in expected]
        after, place, ids = "", 0, list[str]()
        while page := listing.articles(sort, after, place, 11)[1]:
            ids, after, place = ids + page, page[-1], place + 11
        assert ids == listed
        assert listing.articles(sort, "gone", 11, 5) == (11, listed[11:16])


def test_most_copies_come_first_and_only_named_articles_count(catalogue: Catalogue) -> None:
    with catalogue.live() as snapshot:
        stories = Listing(snapshot, PassageFilter()).stories("copies", 0, 40)
        sizes = {members[0].article_id: len(members) for members in FAMILIES}
        assert [sizes[one] for one in stories] == [5] * 20 + [1] * 20
        some = [one.article_id for one in ARTICLES[:3]]
        assert Listing(snapshot, PassageFilter(), some).counts()[0] == 3
        assert Listing(snapshot, PassageFilter(), []).counts() == (0, 0, 0, None, None)
