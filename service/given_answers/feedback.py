"""Feedback: how the people who got an answer rated it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import literal, select, tuple_

from ingest.errors import NotFound
from ingest.storage.database import Database, put
from service.given_answers.receipts import NO_ANSWER, Receipts
from service.record_tables import feedback, receipts

BEFORE_ALL = ("", "", "")  # a place in the list of ratings before the first


@dataclass(frozen=True, slots=True)
class Rating:
    """One verdict on one answer; `rated_by` tells hands apart: a key, a person behind it."""

    answer_id: str
    rating: Literal["up", "down"]
    comment: str | None
    rated_by: str
    rated_at: datetime

    @property
    def place(self) -> tuple[str, str, str]:
        """Where it stands in the list."""
        return self.rated_at.isoformat(timespec="microseconds"), self.answer_id, self.rated_by


class Feedback:
    """A table of ratings beside the receipts of the answers that they rate."""

    def __init__(self, database: Database, receipts: Receipts):
        self._database = database
        self._receipts = receipts

    def rate(self, rating: Rating) -> None:
        """Keeps a rating in the place of an earlier one by the same hand.

        Raises NotFound where there is no such answer, or no longer.
        """
        if self._receipts.get(rating.answer_id) is None:
            raise NotFound(NO_ANSWER)
        row = {
            "answer_id": rating.answer_id,
            "rated_by": rating.rated_by,
            "rated_at": rating.place[0],
            "rating": rating.rating,
            "comment": rating.comment,
        }
        with self._database.write() as connection:
            put(connection, feedback, [row])

    def page(self, after: Sequence[str], limit: int) -> list[tuple[Rating, dict[str, Any]]]:
        """At most `limit` ratings behind a place, oldest first, each with its answer's receipt."""
        place = (feedback.c.rated_at, feedback.c.answer_id, feedback.c.rated_by)
        query = (
            select(feedback, receipts.c.body)
            .join(receipts, receipts.c.answer_id == feedback.c.answer_id)
            .where(tuple_(*place) > tuple_(*map(literal, after)))
            .order_by(*place)
            .limit(limit)
        )
        return [
            (
                Rating(
                    row.answer_id,
                    row.rating,
                    row.comment,
                    row.rated_by,
                    datetime.fromisoformat(row.rated_at),
                ),
                json.loads(row.body),
            )
            for row in self._database.rows(query)
        ]
