"""The rows of a generation: how our types are written and read, and what publishing, removing and rolling back
change of them, in the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, union, update

from ingest.storage.catalogue_tables import (
    classed,
    collected,
    generations,
    held,
    members,
    overrides,
    passages,
    pending,
    versions,
    withdrawals,
)
from ingest.storage.database import Rows, put
from ingest.types import (
    Alteration,
    Article,
    DateKind,
    Family,
    Member,
    Passage,
    Role,
    Sentence,
    SentenceKind,
    Span,
    StatedDate,
    Subject,
    Terms,
)

MemberRow = tuple[str, str, int, str]  # family id, role, canonical, alterations


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
    published = select(passages.c.passage_id)
    connection.execute(delete(pending).where(pending.c.passage_id.in_(published)))


def purge(connection: Connection, article_id: str) -> None:
    """Takes all of an article away for good."""
    of_the_article = select(versions.c.version).where(versions.c.article_id == article_id)
    gone = passages.c.version.in_(of_the_article)
    ids = connection.execute(select(passages.c.passage_id).where(gone)).scalars()
    put(connection, pending, [{"passage_id": i} for i in ids], replace=False)
    connection.execute(delete(passages).where(gone))
    for table in (collected, classed):
        connection.execute(delete(table).where(table.c.version.in_(of_the_article)))
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
        .where(versions.c.article_id.not_in(TAKEN_BACK))
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
# Ids of what no rollback shows again.
TAKEN_BACK = union(select(withdrawals.c.article_id), select(held.c.article_id))
NEWEST = select(generations).order_by(generations.c.number.desc()).limit(1)
_REMOVED, _MEMBER_GONE = (
    update(table)
    .where(table.c.article_id == bindparam("article"), table.c.removed_in.is_(None))
    .values(removed_in=bindparam("number"))
    for table in (versions, members)
)


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article of one generation, with its place in its family."""

    article: Article
    member: Member
    family_id: str
    family_size: int
    root: str
    ingested_at: str


def article_row(a: Article, sentences: Iterable[Sentence]) -> dict[str, object]:
    """The columns of `versions` that an article fills."""
    return {
        "article_id": a.article_id, "content_hash": a.content_hash, "identity": a.identity, "source": a.source,
        "text": a.text, "title": a.title, "url": a.url,
        "republished_on": _iso(a.republished_on), "updated_on": _iso(a.updated_on),
        "stated_dates": json.dumps([[d.kind, d.day.isoformat(), d.precision, d.where] for d in a.stated_dates]),
        "credited_to": a.credited_to, "latest_named_date": _iso(a.latest_named_date), "language": a.language,
        "item_id": a.terms.item_id, "terms": terms_json(a.terms) if a.terms != Terms() else None,
        "sentences": json.dumps([[s.start, s.end, s.kind] for s in sentences], separators=(",", ":")),
    } | said_columns(a)  # fmt: skip


def said_columns(a: Article) -> dict[str, object]:
    """The columns of what a desk may say otherwise than the file."""
    return {
        "author": a.author,
        "publisher": a.publisher,
        "published_on": _iso(a.published_on),
        "date_source": a.date_source,
        "stated": json.dumps(dict(a.stated)) if a.stated else None,
    }


def article_of(row: Row[Any]) -> Article:
    stated = tuple(
        StatedDate(DateKind(kind), date.fromisoformat(day), precision, where)
        for kind, day, precision, where in json.loads(row.stated_dates)
    )
    return Article(
        identity=row.identity, source=row.source, text=row.text, title=row.title, author=row.author,
        publisher=row.publisher, url=row.url, published_on=_date(row.published_on),
        republished_on=_date(row.republished_on), updated_on=_date(row.updated_on),
        date_source=row.date_source, stated_dates=stated,
        credited_to=row.credited_to, latest_named_date=_date(row.latest_named_date), language=row.language,
        stated=tuple(json.loads(row.stated).items()) if row.stated else (),
        terms=terms_of(row.terms),
    )  # fmt: skip


def terms_json(terms: Terms) -> str:
    return json.dumps(asdict(terms), default=datetime.isoformat, ensure_ascii=False)


def terms_of(stored: str | None) -> Terms:
    if stored is None:
        return Terms()
    said = json.loads(stored)
    for name in ("versioned_at", "embargoed_until"):
        said[name] = datetime.fromisoformat(said[name]) if said[name] else None
    said["subjects"] = tuple(Subject(**one) for one in said["subjects"])
    return Terms(**said | {"corrects": tuple(said["corrects"])})


def stored_article(row: Row[Any]) -> StoredArticle:
    """An article's row joined with its member's, and `family_size`."""
    member = member_of(row)
    return StoredArticle(
        article_of(row),
        member,
        row.family_id,
        row.family_size,
        row.root,
        row.ingested_at,
    )


def sentences_of(text: str, stored: str) -> tuple[Sentence, ...]:
    return tuple(Sentence(a, b, text[a:b], SentenceKind(kind)) for a, b, kind in json.loads(stored))


def member_rows(families: Iterable[Family]) -> dict[str, MemberRow]:
    """article id → what `members` says of it."""
    return {
        m.article_id: (
            f.family_id,
            str(m.role),
            int(m.canonical),
            json.dumps(
                [
                    [x.kind, h.start, h.end, h.text, c.start, c.end, c.text]
                    for x in m.alterations
                    for h, c in [(x.here, x.canonical)]
                ]
            ),
        )
        for f in families
        for m in f.members
    }


def member_of(row: Row[Any]) -> Member:
    return Member(
        row.article_id, Role(row.role), bool(row.canonical), _alterations(row.alterations)
    )


@lru_cache(maxsize=256)
def _alterations(stored: str) -> tuple[Alteration, ...]:
    """An answer reads its articles several times, and most have none."""
    return tuple(
        Alteration(kind, Span(a, b, here), Span(c, d, there))
        for kind, a, b, here, c, d, there in json.loads(stored)
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _date(day: str | None) -> date | None:
    return date.fromisoformat(day) if day else None
