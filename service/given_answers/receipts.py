"""Receipts: the answers that were given, each with what it was made from."""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from collections import deque
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from ingest.errors import IndexUnavailable
from ingest.settings import Settings
from ingest.storage.catalogue import Catalogue
from ingest.storage.database import READ_SECONDS, Database, put
from ingest.storage.snapshot import BOUND_TO, generation_number
from ingest.types import may_see
from service.access.session_cookies import secret
from service.answer_run import AnswerRun
from service.contract.response_bodies import body_of
from service.evidence.ranking import Selection
from service.given_answers.receipt_signing import REMOVED, Signer
from service.record_tables import (
    HANG_ON_ANSWERS,
    conversations,
    events,
    followed,
    receipts,
    saved_questions,
    shown,
    turns,
)
from service.types import Answer

log = logging.getLogger(__name__)

MOST_EVIDENCE = 100  # sentences named in a receipt
MOST_DROPPED = 50
NO_ANSWER = "there is no answer of this id here, or it is kept no longer"

# The id of the key that asks, set where its request comes in.
ASKED_BY: ContextVar[str] = ContextVar("asked_by", default="")

Body = dict[str, Any]

_HELD_AGAINST = (
    update(followed)
    .where(followed.c.name == "answers", followed.c.generation > bindparam("first"))
    .values(generation=bindparam("first"))
)


@dataclass(slots=True)
class _Waiting:
    """A receipt that is to be written, and how that went."""

    row: tuple[str, str, Body, str]
    generation: int
    written: bool = False
    failure: Exception | None = None


class Receipts:
    """The answers that a database of records holds.

    Ratings, conversations and share links stand beside them; all go with the receipt they hang on.
    """

    def __init__(self, database: Database, keep_days: int = 90):
        """Receipts are kept `keep_days`; 0 keeps none."""
        self._database = database
        self._waiting: deque[_Waiting] = deque()
        self._turn = threading.Lock()
        self.keep_days = keep_days
        self.signer = Signer(secret(database, "receipts"))

    def keep(self, answer: Answer, made_at: datetime, made_from: dict[str, Any]) -> None:
        """Where the disk is full there is no receipt: an answer does not wait for room."""
        if not self.keep_days:
            return
        moment = made_at.isoformat(timespec="seconds")
        body = self.signer.signed(body_of(answer) | {"made_at": moment, "made_from": made_from})
        number = generation_number(answer.index["generation"])
        mine = _Waiting((answer.id, moment, body, ASKED_BY.get()), number)
        self._waiting.append(mine)
        with self._turn:  # whoever comes first writes for all who wait, and each commit is a wait
            if not mine.written:
                self._write_waiting()
        if isinstance(mine.failure, IndexUnavailable):
            log.warning("no receipt of %s: %s", answer.id, mine.failure)
        elif mine.failure is not None:
            raise mine.failure

    def _write_waiting(self) -> None:
        waiting = [self._waiting.popleft() for _ in range(len(self._waiting))]
        failure: Exception | None = None
        try:
            with self._database.write() as connection:
                _write(connection, [one.row for one in waiting])
                # what was published since they were begun has not been held against them
                first = {"first": min(one.generation for one in waiting)}
                connection.execute(_HELD_AGAINST, first)
        except Exception as error:  # noqa: BLE001  raised in each of them
            failure = error
        for one in waiting:
            one.failure, one.written = failure, True

    def get(self, answer_id: str) -> Body | None:
        """The answer as it was sent, with `made_at` and `made_from`; None where there is none, or
        it was made from more than whoever asks may see."""
        query = select(receipts.c.body).where(receipts.c.answer_id == answer_id)
        rows = self._database.rows(query)
        body: Body | None = json.loads(rows[0].body) if rows else None
        return body if body and may_see(made_for(body), BOUND_TO.get()) else None

    def forget_removed(self, catalogue: Catalogue) -> None:
        """Takes the words of articles that are gone out of every receipt, and out of the file."""
        rows = self._database.rows(select(shown.c.article_id).distinct())
        ids = {row.article_id for row in rows}
        with catalogue.whole() as snapshot:
            removed = ids - snapshot.live_ids(ids)
        if not removed:
            return
        of_the_answer = shown.c.answer_id == receipts.c.answer_id
        with self._database.write() as connection:
            for article_id in removed:
                showing = (
                    select(receipts)
                    .join(shown, of_the_answer)
                    .where(shown.c.article_id == article_id)
                )
                for row in connection.execute(showing).all():
                    body = without_article(json.loads(row.body), article_id)
                    _write(connection, [(row.answer_id, row.made_at, body, row.asked_by)])
                connection.execute(delete(shown).where(shown.c.article_id == article_id))
        self._database.empty_log(READ_SECONDS)  # what it still holds goes too

    def expire(self, now: datetime) -> None:
        """Forgets what is older than it may be kept; the answer of a saved question stays with it."""
        first = (now - timedelta(days=self.keep_days)).isoformat(timespec="seconds")
        saved = receipts.c.answer_id.in_(select(saved_questions.c.answer_id))
        query = select(receipts.c.answer_id).where(receipts.c.made_at < first, ~saved)
        with self._database.write() as connection:
            connection.execute(delete(events).where(events.c.made_at < first))
        if rows := self._database.rows(query):
            self.forget([row.answer_id for row in rows])
            log.info("forgot %d answers older than %d days", len(rows), self.keep_days)

    def forget(self, answer_ids: Sequence[str]) -> None:
        """Takes answers, and whatever hangs on them, out of the tables and out of the file."""
        if not answer_ids:
            return
        ids = [{"id": one} for one in answer_ids]
        with self._database.write() as connection:
            for table in HANG_ON_ANSWERS:
                of_the_answer = table.c.answer_id == bindparam("id")
                connection.execute(delete(table).where(of_the_answer), ids)
            begun = select(turns.c.conversation_id)
            empty = conversations.c.conversation_id.not_in(begun)
            connection.execute(delete(conversations).where(empty))
        self._database.empty_log()


def made_for(body: Body) -> Sequence[str]:
    """The collections from which an answer was made; (): from all."""
    return body["made_from"].get("collections") or ()


def _write(connection: Connection, rows: Sequence[tuple[str, str, Body, str]]) -> None:
    """Rows of an answer's id, when it was made, its receipt and the id of the key that asked."""
    names = ("answer_id", "made_at", "body", "asked_by")
    kept = [(answer_id, made, json.dumps(body), by) for answer_id, made, body, by in rows]
    put(connection, receipts, [dict(zip(names, row, strict=True)) for row in kept])
    noted = [
        {"article_id": one, "answer_id": answer_id}
        for answer_id, _, body, _ in rows
        for one in articles_shown(body)
    ]
    put(connection, shown, noted, replace=False)


def articles_shown(body: Body) -> set[str]:
    """Ids of the articles of which a receipt has words."""
    accounts = [account["citation"] for one in body["conflicts"] for account in one["accounts"]]
    return {item["article_id"] for item in (*body["citations"], *accounts, *body["nearest"])}


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
    return {**citation, "quote": "", "answer": None, "title": "", "author": None, "url": None}


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
        "collections": list(selection.snapshot.bound_to),
        "turns": turns,
        "filters": body_of(selection.query.question.filters),
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
