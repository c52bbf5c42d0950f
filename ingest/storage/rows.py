"""Translates between the catalogue's rows and our types; the only place that knows how they are
written."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Row

from ingest.types import (
    Alteration,
    Article,
    DateKind,
    Family,
    Member,
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
