"""What a desk says of an article in the place of what its file states: its day, outlet, byline, family."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update

from ingest.storage.catalogue_tables import overrides, versions
from ingest.storage.database import put
from ingest.storage.generations import article_of, said_columns
from ingest.types import Article

FIELDS = ("published_on", "publisher", "author")
FAMILY = "family"  # says an article of the family it belongs to; itself where it stands alone
DESK = "desk"  # the source of a date that a desk set


@dataclass(frozen=True, slots=True)
class Override:
    """One word of a desk; a day is written YYYY-MM-DD."""

    field: str
    value: str
    set_by: str  # the id of a key, or `command`
    set_at: str


def overridden(article: Article, said: Mapping[str, str]) -> Article:
    """The article as a desk has it. What its file states stands in `stated`, and decides its
    content hash."""
    own = as_stated(article)
    words = {name: said[name] for name in FIELDS if name in said}
    if "published_on" in words:
        words["date_source"] = DESK
    stated = tuple((name, _written(getattr(own, name))) for name in words)
    return replace(own, stated=stated, **{name: _read(name, v) for name, v in words.items()})


def as_stated(article: Article) -> Article:
    """The article as its file has it."""
    return replace(article, stated=(), **{name: _read(name, v) for name, v in article.stated})


def disagreements(articles: Iterable[Article]) -> list[str]:
    """A sentence for each thing that file and desk both state, in other words; the desk's word stands."""
    return sorted(
        f"{one.source}: its {NAMES[name]} is {said} by the desk's word, {stated} by the file's"
        for one in articles
        for name, stated in one.stated
        if name in FIELDS and stated not in (None, said := _written(getattr(one, name)))
    )


NAMES = {"published_on": "day", "publisher": "outlet", "author": "byline"}


def say(
    connection: Connection, article_id: str, words: Mapping[str, str | None], set_by: str
) -> None:
    """Writes a desk's words down, in every kept version too; None takes one back."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    of_it = overrides.c.article_id == article_id
    connection.execute(delete(overrides).where(of_it, overrides.c.field.in_(words)))
    put(
        connection,
        overrides,
        [
            {"article_id": article_id, "field": name, "value": value, "set_by": set_by, "set_at": now}
            for name, value in words.items()
            if value is not None
        ],
    )  # fmt: skip
    said = {row.field: row.value for row in connection.execute(select(overrides).where(of_it))}
    for row in connection.execute(
        select(versions).where(versions.c.article_id == article_id)
    ).all():
        article = overridden(article_of(row), said)
        of_version = versions.c.version == row.version
        connection.execute(update(versions).where(of_version).values(said_columns(article)))


def _written(value: object) -> str | None:
    return None if value is None else str(value)


def _read(name: str, value: str | None) -> Any:
    return date.fromisoformat(value) if value and name == "published_on" else value
