"""Receipts: the answers that were given, each with what it was made from."""

from __future__ import annotations

import hashlib
import json
import logging
from datetime import datetime
from pathlib import Path
from typing import Any

from ingest.errors import IndexUnavailable
from ingest.settings import Settings
from ingest.storage.database import Database
from service.contract.replies import body_of
from service.evidence.selection import Selection
from service.run import AnswerRun
from service.types import Answer

log = logging.getLogger(__name__)

SCHEMA = "CREATE TABLE IF NOT EXISTS receipts(answer_id TEXT PRIMARY KEY, made_at TEXT NOT NULL, body TEXT NOT NULL);"
MOST_EVIDENCE = 100  # sentences named in a receipt
MOST_DROPPED = 50


class Receipts:
    """A table of answers, in an SQLite file of its own."""

    def __init__(self, path: Path):
        self.database = Database(path, SCHEMA)

    def keep(self, answer: Answer, made_at: datetime, made_from: dict[str, Any]) -> None:
        """Where the disk is full there is no receipt: an answer does not wait for room."""
        moment = made_at.isoformat(timespec="seconds")
        body = body_of(answer) | {"made_at": moment, "made_from": made_from}
        try:
            with self.database.write() as connection:
                connection.execute(
                    "INSERT INTO receipts VALUES (?, ?, ?)", (answer.id, moment, json.dumps(body))
                )
        except IndexUnavailable as error:
            log.warning("no receipt of %s: %s", answer.id, error)

    def get(self, answer_id: str) -> dict[str, Any] | None:
        """The answer as it was sent, with `made_at` and `made_from`; None where there is none."""
        query = "SELECT body FROM receipts WHERE answer_id = :id"
        rows = self.database.reading().rows(query, {"id": answer_id})
        return json.loads(rows[0]["body"]) if rows else None

    def close(self) -> None:
        self.database.close()


def made_from(run: AnswerRun, selection: Selection, settings: Settings) -> dict[str, Any]:
    """Enough to tell later what the answer stood on: places, decision, prompt; no article text."""
    decision = selection.decision
    drafted = run.prompt if run.answerer == "openai" else None
    prompt = hashlib.sha256(drafted.encode()).hexdigest() if drafted else None
    return {
        "generation": selection.snapshot.generation,
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
