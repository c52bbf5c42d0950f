"""Which live passages and articles a filter permits, and where those passages stand; the one place
of that rule.

Ranking looks at some two hundred passages a question and shows ten. Reading whole articles for all
of them cost five times what reading these columns does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, bindparam, func, select

from ingest.storage.catalogue_tables import classed, collected, members, passages, versions
from ingest.storage.database import Rows, among
from ingest.storage.generations import StoredArticle
from ingest.storage.snapshot import COLLECTIONS, Snapshot, live, spelled


@dataclass(frozen=True, slots=True)
class PassageRow:
    """Where a live passage stands, without its text."""

    passage_id: str
    article_id: str
    start: int
    end: int
    family_id: str


@dataclass(frozen=True, slots=True)
class PassageFilter:
    """What a question is narrowed to. Dates are inclusive; an empty tuple bounds nothing.

    `as_of` leaves what was published by then, and undated articles whose text names no later date.
    An undated article passes no other date filter. Outlets and collections are compared without
    case, and so are names and codes of subjects; an article passes that is in any one of the
    collections, and one of any of the subjects.
    """

    as_of: date | None = None
    published_after: date | None = None
    published_before: date | None = None
    publishers: tuple[str, ...] = ()
    article_ids: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()  # bylines as they are written


def passage_rows(
    snapshot: Snapshot, passage_ids: Iterable[str], permitted_by: PassageFilter
) -> dict[str, PassageRow]:
    """Those of the ids that are live and permitted."""
    narrowed = conditions(snapshot, permitted_by)
    # a statement that is changed is compiled anew, or at least looked up
    query = _ROWS.where(*narrowed) if narrowed else _ROWS

    def read(ids: list[str]) -> dict[str, PassageRow]:
        return {row.passage_id: PassageRow(*row) for row in snapshot.rows(query, ids=ids)}

    ids = list(passage_ids)
    return read(ids) if narrowed else snapshot.known("places", ids, read)


def permitted_articles(
    snapshot: Snapshot, article_ids: Iterable[str], permitted_by: PassageFilter
) -> list[StoredArticle]:
    """Those of the articles that are live and permitted, in order of id."""
    stored = snapshot.articles(article_ids)
    if permitted_by == PassageFilter():
        return [stored[i] for i in sorted(stored)]
    query = _PERMITTED.where(*conditions(snapshot, permitted_by))
    return [
        stored[i] for i in sorted(row.article_id for row in snapshot.rows(query, ids=[*stored]))
    ]


def matching_passages(
    snapshot: Snapshot, permitted_by: PassageFilter, most: int
) -> list[str] | None:
    """Ids of all live passages that a filter permits; None where they are more than `most`."""
    # article ids have an index of their own
    query = _MATCHING if permitted_by.article_ids else _MATCHING.with_hint(versions, *PLACES)
    rows = snapshot.rows(query.where(*conditions(snapshot, permitted_by)), most=most + 1)
    return None if len(rows) > most else [row.passage_id for row in rows]


def matching_articles(
    snapshot: Snapshot, permitted_by: PassageFilter, beginnings: Sequence[str] = ()
) -> Rows:
    """Rows of (article id, title, source, publisher, day, family id, role, canonical, text) of the
    live articles that a filter permits, newest first and undated ones last.

    Title and text hold each of `beginnings`, lower-case ASCII, somewhere; without any, the text is
    not read and None.
    """
    title_and_text = func.lower(func.coalesce(versions.c.title, "") + " " + versions.c.text)
    query = (
        select(*LISTED, *([versions.c.text] if beginnings else []))
        .join_from(versions, members, OF_THE_ARTICLE)
        .where(live(versions), *conditions(snapshot, permitted_by))
        .where(*(title_and_text.contains(word, autoescape=True) for word in beginnings))
        .order_by(
            versions.c.published_on.is_(None),
            versions.c.published_on.desc(),
            versions.c.article_id,
        )
    )
    return snapshot.rows(query)


def conditions(snapshot: Snapshot, wanted: PassageFilter) -> list[ColumnElement[bool]]:
    """The filter as conditions on `versions`."""
    found: list[ColumnElement[bool]] = []
    if wanted.as_of:
        known = func.coalesce(versions.c.published_on, versions.c.latest_named_date, "")
        found.append(known <= wanted.as_of.isoformat())
    if wanted.published_after:
        found.append(versions.c.published_on >= wanted.published_after.isoformat())
    if wanted.published_before:
        found.append(versions.c.published_on <= wanted.published_before.isoformat())
    if wanted.publishers:
        found.append(
            versions.c.publisher.in_(spelled(snapshot.rows(_PUBLISHERS), wanted.publishers))
        )
    if wanted.collections:
        names = spelled(snapshot.rows(COLLECTIONS), wanted.collections)
        named = collected.c.collection.in_(names)
        found.append(versions.c.version.in_(select(collected.c.version).where(named)))
    if wanted.subjects:
        about = classed.c.subject.in_([subject.casefold() for subject in wanted.subjects])
        found.append(versions.c.version.in_(select(classed.c.version).where(about)))
    if wanted.authors:
        signed = select(_SIGNED.c.version).where(_SIGNED.c.author.in_(wanted.authors))
        found.append(versions.c.version.in_(signed))
    if wanted.article_ids:
        found.append(versions.c.article_id.in_(wanted.article_ids))
    return found


# SQLite would read whole articles to reach these columns; a server knows better by itself.
PLACES = ("INDEXED BY versions_places", "sqlite")
_SIGNED = versions.alias()  # no index holds bylines; the rest of the statement keeps to its own
OF_THE_ARTICLE = and_(members.c.article_id == versions.c.article_id, live(members))
# What a list says of an article.
LISTED = (
    versions.c.article_id,
    versions.c.title,
    versions.c.source,
    versions.c.publisher,
    versions.c.published_on,
    members.c.family_id,
    members.c.role,
    members.c.canonical,
)
_ROWS = (
    select(
        passages.c.passage_id,
        versions.c.article_id,
        passages.c.start,
        passages.c.end,
        members.c.family_id,
    )
    .join_from(passages, versions, passages.c.version == versions.c.version)
    .join(members, OF_THE_ARTICLE)
    .where(live(versions), among(passages.c.passage_id, "ids"))
    .with_hint(versions, *PLACES)
)
_PERMITTED = select(versions.c.article_id).where(
    live(versions), among(versions.c.article_id, "ids")
)
_PUBLISHERS = (
    select(versions.c.publisher).distinct().where(live(versions)).with_hint(versions, *PLACES)
)
_MATCHING = (
    select(passages.c.passage_id)
    .join_from(versions, passages, passages.c.version == versions.c.version)
    .where(live(versions))
    # the hint keeps SQLite from walking all passages and looking for each one's version
    .with_hint(passages, "INDEXED BY passages_version", "sqlite")
    .limit(bindparam("most", 0))
)
