"""Publishes a generation: what an ingest read, without an article, or back to what was; the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from ingest.storage import withheld_articles
from ingest.storage.catalogue_tables import (
    classed,
    collected,
    generations,
    members,
    overrides,
    passages,
    pending,
    versions,
)
from ingest.storage.database import Rows, put
from ingest.storage.rows import article_row, member_rows
from ingest.types import Article, Family, Passage, Sentence


@dataclass(frozen=True, slots=True)
class NewVersion:
    """What an ingest wants to publish of one article."""

    article: Article
    root: str
    sentences: tuple[Sentence, ...]
    passages: tuple[Passage, ...]


def begin(connection: Connection, kind: str, embedding_model: str | None) -> tuple[int, str]:
    """A new generation's number and time. An ingest can be rolled back to what was there before it; a removal
    and a change of the model leave the way back as it was."""
    newest = connection.execute(NEWEST).all()
    number = newest[0].number if newest else 0
    back_to = {"ingest": number or None, "rollback": None}.get(kind, way_back(newest))
    now = datetime.now(UTC).isoformat(timespec="seconds")
    row = {
        "number": number + 1,
        "published_at": now,
        "kind": kind,
        "back_to": back_to,
        "embedding_model": embedding_model,
        "collection": None,
    }
    if newest and newest[0].collection:
        stated = newest[0]
        row |= {"embedding_model": stated.embedding_model, "collection": stated.collection}
    connection.execute(insert(generations), row)
    return number + 1, now


def publish(
    connection: Connection, number: int, now: str, new: Sequence[NewVersion], removed: Iterable[str]
) -> None:
    """Shows `new` from this generation on, in the place of older versions, and no longer what was `removed`."""
    gone = [*removed, *(version.article.article_id for version in new)]
    if gone:
        connection.execute(_REMOVED, [{"number": number, "article": i} for i in gone])
    for version in new:
        row = article_row(version.article, version.sentences) | {
            "added_in": number,
            "root": version.root,
            "ingested_at": now,
        }
        inserted = insert(versions).returning(versions.c.version)
        key = connection.execute(inserted, row).scalar_one()
        places = [
            {"passage_id": p.passage_id, "version": key, "start": p.start, "end": p.end}
            for p in version.passages
        ]
        put(connection, passages, places)
        topics = {
            w.casefold() for t in version.article.terms.subjects for w in (t.name, t.code) if w
        }
        put(connection, classed, [{"subject": t, "version": key} for t in sorted(topics)])
        belongs = [{"collection": c, "version": key} for c in version.article.all_collections]
        put(connection, collected, belongs)
    withheld_articles.let_go(connection, (version.article.article_id for version in new))
    published = select(passages.c.passage_id)
    connection.execute(delete(pending).where(pending.c.passage_id.in_(published)))


def purge(connection: Connection, article_id: str, *, erase: bool) -> None:
    """Takes all of an article away for good; with `erase` its id and a hash remain, so that it stays away."""
    of_the_article = select(versions.c.version).where(versions.c.article_id == article_id)
    gone = passages.c.version.in_(of_the_article)
    if erase:
        withheld_articles.note_erasure(connection, article_id)
    ids = connection.execute(select(passages.c.passage_id).where(gone)).scalars()
    put(connection, pending, [{"passage_id": i} for i in ids], replace=False)
    connection.execute(delete(passages).where(gone))
    for table in (collected, classed):
        connection.execute(delete(table).where(table.c.version.in_(of_the_article)))
    withheld_articles.forget_held(connection, [article_id])
    for table in (versions, members, overrides):
        connection.execute(delete(table).where(table.c.article_id == article_id))


def roll_back(connection: Connection, number: int, back_to: int) -> None:
    """Shows from this generation on what the generation `back_to` showed, without what was taken back since."""
    connection.execute(
        update(versions)
        .where(versions.c.removed_in.is_(None), versions.c.added_in > back_to)
        .values(removed_in=number)
    )
    connection.execute(
        update(versions)
        .where(versions.c.added_in <= back_to, versions.c.removed_in > back_to)
        .where(versions.c.article_id.not_in(withheld_articles.TAKEN_BACK))
        .values(removed_in=None)
    )


def way_back(newest: Rows) -> int | None:
    """The generation that a rollback of the newest would show again."""
    return newest[0].back_to if newest else None


def replace_members(connection: Connection, families: Iterable[Family], number: int) -> None:
    """Closes the rows that changed and opens their successors; what is the same stays."""
    wanted = member_rows(families)
    found = connection.execute(select(members).where(members.c.removed_in.is_(None)))
    standing = {r.article_id: (r.family_id, r.role, r.canonical, r.alterations) for r in found}
    closed = [i for i, row in standing.items() if wanted.get(i) != row]
    opened = [
        dict(zip(_MEMBER, (i, *row, number), strict=True))
        for i, row in wanted.items()
        if standing.get(i) != row
    ]
    if closed:
        connection.execute(_MEMBER_GONE, [{"number": number, "article": i} for i in closed])
    if opened:
        connection.execute(insert(members), opened)


_MEMBER = ("article_id", "family_id", "role", "canonical", "alterations", "added_in")
NEWEST = select(generations).order_by(generations.c.number.desc()).limit(1)
_REMOVED, _MEMBER_GONE = (
    update(table)
    .where(table.c.article_id == bindparam("article"), table.c.removed_in.is_(None))
    .values(removed_in=bindparam("number"))
    for table in (versions, members)
)
