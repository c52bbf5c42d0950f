"""Receipts: the answers that were given, each with what it was made from."""

from __future__ import annotations

import hashlib
import json
import logging
import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ingest.errors import IndexUnavailable
from ingest.settings import Settings
from ingest.storage.catalogue import Catalogue
from ingest.storage.database import Database
from service.contract.replies import body_of
from service.evidence.selection import Selection
from service.run import AnswerRun
from service.types import Answer

log = logging.getLogger(__name__)

SCHEMA = """
CREATE TABLE IF NOT EXISTS receipts(
    answer_id TEXT PRIMARY KEY, made_at TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS receipts_by_time ON receipts(made_at);
CREATE TABLE IF NOT EXISTS shown(
    article_id TEXT NOT NULL, answer_id TEXT NOT NULL, PRIMARY KEY(article_id, answer_id));
CREATE INDEX IF NOT EXISTS shown_by_answer ON shown(answer_id);
CREATE TABLE IF NOT EXISTS feedback(
    answer_id TEXT NOT NULL, rated_by TEXT NOT NULL, rated_at TEXT NOT NULL,
    rating TEXT NOT NULL, comment TEXT, PRIMARY KEY(answer_id, rated_by));
CREATE INDEX IF NOT EXISTS feedback_by_time ON feedback(rated_at, answer_id, rated_by);
CREATE TABLE IF NOT EXISTS conversations(
    conversation_id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS conversations_by_owner
    ON conversations(owner, updated_at, conversation_id);
CREATE TABLE IF NOT EXISTS turns(
    answer_id TEXT PRIMARY KEY, conversation_id TEXT NOT NULL, asked_at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS turns_by_conversation
    ON turns(conversation_id, asked_at, answer_id);
CREATE TABLE IF NOT EXISTS shares(
    token_hash TEXT PRIMARY KEY, answer_id TEXT NOT NULL, owner TEXT NOT NULL,
    shared_at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS shares_by_answer ON shares(answer_id);
"""
HANG_ON_ANSWERS = ("receipts", "shown", "feedback", "turns", "shares")  # tables with answer_id
MOST_EVIDENCE = 100  # sentences named in a receipt
MOST_DROPPED = 50
REMOVED = "(This sentence was removed with its article.)"

Body = dict[str, Any]


class Receipts:
    """A table of answers, in an SQLite file of its own that nobody else on the machine may read.

    A damaged file is set aside, and receipts begin anew: an archive without them still answers.
    Ratings, conversations and share links stand beside them; all go with the receipt they hang on.
    """

    def __init__(self, path: Path, keep_days: int = 90):
        """Receipts are kept `keep_days`; 0 keeps none."""
        self.database = Database(path, SCHEMA, replaceable=True)
        self.keep_days = keep_days
        with self.database.write() as connection:
            if connection.execute("SELECT 1 FROM shown LIMIT 1").fetchone() is None:
                # a file of a version that did not note which articles a receipt shows
                for row in connection.execute("SELECT * FROM receipts").fetchall():
                    _write(connection, row["answer_id"], row["made_at"], json.loads(row["body"]))

    def keep(self, answer: Answer, made_at: datetime, made_from: dict[str, Any]) -> None:
        """Where the disk is full there is no receipt: an answer does not wait for room."""
        if not self.keep_days:
            return
        moment = made_at.isoformat(timespec="seconds")
        body = body_of(answer) | {"made_at": moment, "made_from": made_from}
        try:
            with self.database.write() as connection:
                _write(connection, answer.id, moment, body)
        except IndexUnavailable as error:
            log.warning("no receipt of %s: %s", answer.id, error)

    def get(self, answer_id: str) -> Body | None:
        """The answer as it was sent, with `made_at` and `made_from`; None where there is none."""
        query = "SELECT body FROM receipts WHERE answer_id = :id"
        rows = self.database.rows(query, {"id": answer_id})
        return json.loads(rows[0]["body"]) if rows else None

    def forget_removed(self, catalogue: Catalogue) -> None:
        """Takes the words of articles that are gone out of every receipt, and out of the file."""
        rows = self.database.rows("SELECT DISTINCT article_id FROM shown")
        ids = {row["article_id"] for row in rows}
        with catalogue.live() as snapshot:
            removed = ids - snapshot.articles(ids).keys()
        if not removed:
            return
        with self.database.write() as connection:
            for article_id in removed:
                found = connection.execute(
                    "SELECT answer_id, made_at, body FROM receipts JOIN shown USING(answer_id) "
                    "WHERE article_id = ?",
                    (article_id,),
                ).fetchall()
                for row in found:
                    body = without_article(json.loads(row["body"]), article_id)
                    _write(connection, row["answer_id"], row["made_at"], body)
                connection.execute("DELETE FROM shown WHERE article_id = ?", (article_id,))
        self.database.empty_log()  # what it still holds goes too

    def expire(self, now: datetime) -> None:
        """Forgets what is older than it may be kept."""
        first = (now - timedelta(days=self.keep_days)).isoformat(timespec="seconds")
        rows = self.database.rows(
            "SELECT answer_id FROM receipts WHERE made_at < :first", {"first": first}
        )
        if rows:
            self.forget([row["answer_id"] for row in rows])
            log.info("forgot %d answers older than %d days", len(rows), self.keep_days)

    def forget(self, answer_ids: Sequence[str]) -> None:
        """Takes answers, and whatever hangs on them, out of the tables and out of the file."""
        with self.database.write() as connection:
            for table in HANG_ON_ANSWERS:
                connection.executemany(
                    f"DELETE FROM {table} WHERE answer_id = ?", [(one,) for one in answer_ids]
                )
            connection.execute(
                "DELETE FROM conversations WHERE conversation_id NOT IN "
                "(SELECT conversation_id FROM turns)"
            )
        self.database.empty_log()

    def close(self) -> None:
        self.database.close()


def _write(connection: sqlite3.Connection, answer_id: str, made_at: str, body: Body) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO receipts VALUES (?, ?, ?)", (answer_id, made_at, json.dumps(body))
    )
    accounts = [account["citation"] for one in body["conflicts"] for account in one["accounts"]]
    shown = {item["article_id"] for item in (*body["citations"], *accounts, *body["nearest"])}
    connection.executemany(
        "INSERT OR IGNORE INTO shown VALUES (?, ?)", [(one, answer_id) for one in shown]
    )


def without_article(body: Body, article_id: str) -> Body:
    """A receipt without the words of one article; ids, places, verdicts and the frame stay."""
    removed = {c["number"] for c in body["citations"] if c["article_id"] == article_id}
    claims, text = [], ""
    for claim in body["claims"]:
        words = REMOVED if removed.intersection(claim["citations"]) else claim["text"]
        start = len(text) + bool(text)
        text += (" " if text else "") + words
        claims.append({**claim, "text": words, "start": start, "end": start + len(words)})
    return {
        **body,
        "text": text or body["text"],
        "claims": claims,
        "citations": [_without_words(item, article_id) for item in body["citations"]],
        "conflicts": [_conflict_without(one, article_id) for one in body["conflicts"]],
        "nearest": [hit for hit in body["nearest"] if hit["article_id"] != article_id],
    }


def _without_words(citation: Body, article_id: str) -> Body:
    if citation["article_id"] != article_id:
        return citation
    return {**citation, "quote": "", "title": "", "author": None, "url": None}


def _conflict_without(conflict: Body, article_id: str) -> Body:
    """What differs is told in words of every account."""
    accounts = conflict["accounts"]
    if all(account["citation"]["article_id"] != article_id for account in accounts):
        return conflict
    return {
        **conflict,
        "about": REMOVED,
        "why": REMOVED,
        "accounts": [
            {
                "text": REMOVED
                if account["citation"]["article_id"] == article_id
                else account["text"],
                "citation": _without_words(account["citation"], article_id),
            }
            for account in accounts
        ],
    }


def made_from(
    run: AnswerRun, selection: Selection, settings: Settings, turns: int
) -> dict[str, Any]:
    """Enough to tell later what the answer stood on: places, decision, prompt; no article text.

    `turns` is how many there were before the question.
    """
    decision = selection.decision
    drafted = run.prompt if run.answerer == "openai" else None
    prompt = hashlib.sha256(drafted.encode()).hexdigest() if drafted else None
    return {
        "generation": selection.snapshot.generation,
        "turns": turns,
        "evidence": [
            {
                "key": e.key,
                "article_id": e.article.article_id,
                "passage_id": e.passage_id,
                "start": e.start,
                "end": e.end,
                "relevance": round(e.relevance, 4),
            }
            for e in run.shown[:MOST_EVIDENCE]
        ],
        "decision": {"answer": decision.answer, "score": round(decision.score, 4)},
        "periods": [
            {
                "first": p.first.isoformat() if p.first else None,
                "last": p.last.isoformat() if p.last else None,
                "strict": p.strict,
            }
            for p in selection.query.periods
        ],
        "dropped": run.text.dropped[:MOST_DROPPED],
        "prompt_sha256": prompt,
        "settings": {
            "dense_share": settings.dense_share,
            "evidence_tokens": settings.evidence_tokens,
        },
    }
