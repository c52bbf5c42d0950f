"""The tables of what a service keeps beside the archive, and how one is added.

A new table is declared here and made in a file of `service/migrations`, `vNNNN_*.py`, with the next
number; both say the same (`tests/test_database.py`). An empty database gets the tables of this file,
an older one runs the migrations. All of it may be lost without harm to the archive: a damaged file
is set aside, and records begin anew.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Column, Double, Index, Integer, MetaData, PrimaryKeyConstraint, Table

from ingest.settings import Settings
from ingest.storage.catalogue_tables import WORDS, words
from ingest.storage.database import Database, Schema, open_database

AFTER_ALL = ("~", "~")  # a place behind the newest, in a list that runs from new to old

_metadata = MetaData()

receipts = Table(
    "receipts",
    _metadata,
    words("answer_id", primary_key=True),
    words("made_at"),
    words("body"),
    words("asked_by", server_default=""),  # the id of a key
    Index("receipts_by_time", "made_at"),
)
shown = Table(
    "shown",  # which articles a receipt shows
    _metadata,
    words("article_id"),
    words("answer_id"),
    PrimaryKeyConstraint("article_id", "answer_id"),
    Index("shown_by_answer", "answer_id"),
)
stale = Table(
    "stale",  # answers whose cited words are no longer what their articles say
    _metadata,
    words("answer_id", primary_key=True),
    words("since"),
    words("because"),
    words("numbers"),  # of the citations, JSON
    Index("stale_by_time", "since", "answer_id"),
)
followed = Table(
    "followed",  # up to which generation of the archive something was brought
    _metadata,
    words("name", primary_key=True),
    Column("generation", Integer, nullable=False),
)
feedback = Table(
    "feedback",
    _metadata,
    words("answer_id"),
    words("rated_by"),
    words("rated_at"),
    words("rating"),
    Column("comment", WORDS),
    PrimaryKeyConstraint("answer_id", "rated_by"),
    Index("feedback_by_time", "rated_at", "answer_id", "rated_by"),
)
conversations = Table(
    "conversations",
    _metadata,
    words("conversation_id", primary_key=True),
    words("owner"),
    Column("title", WORDS),
    words("created_at"),
    words("updated_at"),
    Index("conversations_by_owner", "owner", "updated_at", "conversation_id"),
)
turns = Table(
    "turns",
    _metadata,
    words("answer_id", primary_key=True),
    words("conversation_id"),
    words("asked_at"),
    Index("turns_by_conversation", "conversation_id", "asked_at", "answer_id"),
)
shares = Table(
    "shares",
    _metadata,
    words("token_hash", primary_key=True),
    words("answer_id"),
    words("owner"),
    words("shared_at"),
    Index("shares_by_answer", "answer_id"),
)
events = Table(
    "events",  # what is to be told of answers and saved questions; no word of them
    _metadata,
    Column("number", Integer, primary_key=True),  # in the order they came
    words("event_id", unique=True),
    words("kind"),
    words("subject"),  # the id of the answer or the saved question
    words("owner"),  # the id of a key
    words("made_at"),
    words("detail"),  # JSON
    Column("webhook", WORDS),
    Column("tries", Integer, nullable=False),
    Column("due_at", Double),  # seconds since 1970; null where nothing is left to do
    Index("events_by_owner", "owner", "number"),
    Index("events_due", "due_at"),
)
saved_questions = Table(
    "saved_questions",
    _metadata,
    words("question_id", primary_key=True),
    words("owner"),
    words("body"),  # what is asked, as in POST /v1/answers
    words("created_at"),
    words("answer_id"),  # its newest answer
    Column("webhook", WORDS),
    Column("slack_channel", WORDS),
    Column("asked_in", Integer, nullable=False),  # the generation that the answer is true of
    Index("saved_by_owner", "owner", "created_at"),
)
repeats = Table(
    "repeats",  # requests that came with a key of their caller's
    _metadata,
    words("caller"),
    words("idempotency_key"),
    words("asked"),  # a digest
    words("made"),  # the id of an answer or a job
    Column("done", Integer, nullable=False),  # 0 | 1, of an answer
    Column("claimed_at", Double, nullable=False),  # seconds by the database's clock
    PrimaryKeyConstraint("caller", "idempotency_key"),
)
secrets = Table("secrets", _metadata, words("name", primary_key=True), words("value"))
HANG_ON_ANSWERS = (receipts, shown, stale, feedback, turns, shares)  # what goes with an answer
RECORDS = Schema(
    "receipts",
    _metadata,
    Path(__file__).parent / "migrations",
    unversioned=frozenset({"receipts"}),
)


def open_records(settings: Settings) -> Database:
    """Raises IndexUnavailable with the remedy."""
    return open_database(settings, RECORDS, replaceable=True)
