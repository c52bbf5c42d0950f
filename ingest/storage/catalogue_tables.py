"""Every table of the catalogue and of the caches beside it, for SQLite and PostgreSQL alike."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from ingest.storage.database import Schema

# compared and ordered byte by byte, on a server too
WORDS = Text().with_variant(Text(collation="C"), "postgresql")


def words(name: str, **more: Any) -> Column[str]:
    """A column that always has a text."""
    return Column(name, WORDS, nullable=False, **more)


_catalogue = MetaData()

generations = Table(
    "generations",
    _catalogue,
    Column("number", Integer, primary_key=True, autoincrement=False),
    words("published_at"),
    words("kind"),  # ingest | removal | rollback | model | override
    Column("back_to", Integer),  # the generation that a rollback of this one shows again
    Column("embedding_model", WORDS),
    Column("collection", WORDS),  # of a Chroma server, where there is one
)
versions = Table(
    "versions",
    _catalogue,
    Column("version", Integer, primary_key=True),
    words("article_id"),
    words("content_hash"),
    Column("added_in", Integer, nullable=False),
    Column("removed_in", Integer),
    words("root"),
    words("ingested_at"),
    words("identity"),
    words("source"),
    words("text"),
    Column("title", WORDS),
    Column("author", WORDS),
    Column("publisher", WORDS),
    Column("url", WORDS),
    Column("published_on", WORDS),  # this and every day: YYYY-MM-DD
    Column("republished_on", WORDS),
    Column("updated_on", WORDS),
    words("date_source"),
    words("stated_dates"),
    Column("credited_to", WORDS),
    Column("latest_named_date", WORDS),
    Column("language", WORDS),
    words("sentences"),
    Column("stated", WORDS),  # what the file says where a desk says otherwise; JSON
    Column("item_id", WORDS),
    Column("terms", WORDS),  # JSON; NULL where its publisher states none
    Index("versions_article", "article_id"),
    Index("versions_removed", "removed_in"),
    Index("versions_item", "item_id"),
    # The index holds every column that a filter asks for. In the table they stand behind the text,
    # which would be read to reach them.
    Index(
        "versions_places",
        "version",
        "article_id",
        "published_on",
        "latest_named_date",
        "publisher",
        "added_in",
        "removed_in",
    ),
)
passages = Table(
    "passages",
    _catalogue,
    words("passage_id", primary_key=True),
    Column("version", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Index("passages_version", "version"),
)
members = Table(
    "members",
    _catalogue,
    words("article_id"),
    words("family_id"),
    words("role"),
    Column("canonical", Integer, nullable=False),  # 0 | 1
    words("alterations"),
    Column("added_in", Integer, nullable=False),
    Column("removed_in", Integer),
    Index("members_article", "article_id"),
    Index("members_family", "family_id"),
)
collected = Table(  # the articles of each collection
    "collected",
    _catalogue,
    words("collection"),
    Column("version", Integer, nullable=False),
    PrimaryKeyConstraint("collection", "version"),
    Index("collected_version", "version"),
)
classed = Table(  # the articles of each subject: by its name in small letters, and by its code
    "classed",
    _catalogue,
    words("subject"),
    Column("version", Integer, nullable=False),
    PrimaryKeyConstraint("subject", "version"),
    Index("classed_version", "version"),
)
held = Table(  # articles under embargo, which are in no index
    "held",
    _catalogue,
    words("article_id", primary_key=True),
    words("until"),  # in UTC, to the second
    words("root"),
    words("article"),  # JSON
)
withdrawals = Table(  # what publishers killed or withheld, whether it was here or not
    "withdrawals",
    _catalogue,
    words("article_id", primary_key=True),
    words("identity"),
    words("source"),
    words("reason"),
    Column("item_id", WORDS),  # NULL where it is the kill of another item that took it away
    words("terms"),  # of the kill
    Index("withdrawals_item", "item_id"),
)
roots = Table(  # what an ingest said of all articles of a PATH
    "roots",
    _catalogue,
    words("root", primary_key=True),
    words("collections"),
    Column("columns", WORDS),  # by field the heading in its tables, where it said so; JSON
)
pending = Table("pending", _catalogue, words("passage_id", primary_key=True))
prints = Table(
    "prints",
    _catalogue,
    words("content_hash", primary_key=True),
    Column("form", Integer, nullable=False),
    Column("shingles", LargeBinary, nullable=False),
    Column("stems", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
files = Table(
    "files",
    _catalogue,
    words("file"),
    words("name"),
    words("digest"),
    words("articles"),
    PrimaryKeyConstraint("file", "name"),
)
addresses = Table(  # what an ingest fetched: of each address given to it, itself and what it led to
    "addresses",
    _catalogue,
    words("root"),
    words("address"),
    words("etag"),
    words("last_modified"),
    words("digest"),
    words("stated"),
    Column("looked_at", Double, nullable=False),
    Column("wait_until", Double, nullable=False),
    words("failure"),
    words("articles"),
    PrimaryKeyConstraint("root", "address"),
)
reports = Table(
    "reports",
    _catalogue,
    Column("report_id", Integer, primary_key=True),
    words("at"),
    words("body"),
)
jobs = Table(
    "jobs",
    _catalogue,
    Column("number", Integer, primary_key=True),  # in the order they came
    words("job_id", unique=True),
    words("request_id"),
    words("place"),  # the folder of its files
    words("asked"),
    words("created_at"),
    words("status"),  # queued | running | done | failed
    words("stage"),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("cancelled", Integer, nullable=False),  # 0 | 1
    Column("queued_at", Double, nullable=False),  # seconds by the database's clock
    Column("beat_at", Double),
    Column("worker", WORDS),
    Column("report", WORDS),
    Column("error", WORDS),
    Column("finished_at", WORDS),
)
erasures = Table(
    "erasures",
    _catalogue,
    words("article_id"),
    words("text_hash"),  # SHA-256 of the cleaned text
    words("erased_at"),
    PrimaryKeyConstraint("article_id", "text_hash"),
)
overrides = Table(
    "overrides",
    _catalogue,
    words("article_id"),
    words("field"),
    words("value"),
    words("set_by"),
    words("set_at"),
    PrimaryKeyConstraint("article_id", "field"),
)
CATALOGUE = Schema(
    "catalogue",
    _catalogue,
    Path(__file__).parent / "migrations" / "catalogue",
    unversioned=frozenset({"generations", "versions", "passages", "members", "pending"}),
)

_caches = MetaData()

vectors = Table(
    "vectors",
    _caches,
    words("key", primary_key=True),
    Column("vector", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
sentences = Table(
    "sentences",
    _caches,
    words("passage_id", primary_key=True),
    words("model"),
    words("content"),
    Column("packed", LargeBinary, nullable=False),
    Index("sentences_content", "content"),
)
CACHES = Schema("caches", _caches)
