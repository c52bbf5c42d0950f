"""Answers whose cited words are no longer what their articles say: found, marked, shown with the new text."""

from __future__ import annotations

import json
import logging
import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, delete, literal, select, tuple_

from ingest.errors import IndexUnavailable
from ingest.storage.catalogue import Catalogue, Snapshot
from ingest.storage.database import Database, chunked, put
from ingest.storage.snapshot import BOUND_TO, generation_number
from ingest.types import Role, Sentence, may_see
from service.conflicts.altered_copies import cited_as, closest, says_otherwise
from service.conflicts.side_by_side import canonical_of
from service.contract.response_bodies import StaleBecause, body_of
from service.given_answers.receipts import Receipts, articles_shown, made_for
from service.given_answers.webhooks import ANSWER_STALE, StoredEvent, tell
from service.record_tables import followed, receipts, shown, stale
from service.types import Citation

log = logging.getLogger(__name__)

GRAVEST: tuple[StaleBecause, ...] = ("withdrawn", "removed", "altered", "corrected")
HOLDS = ("", "[]")  # no reason and no citation
ANSWERS_AT_ONCE = 100  # receipts in memory

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outdated:
    """A citation that no longer holds, and what is said in its place, if anything is."""

    because: StaleBecause
    now: Citation | None = None


class ReadOnce:
    """What the archive says now of the articles that receipts cite; many cite the same ones."""

    def __init__(self, snapshot: Snapshot):
        self.snapshot = snapshot
        self.article = cache(snapshot.article)
        self.bare = cache(_bare)
        self.corrections = cache(snapshot.corrections_since)


class StaleAnswers:
    """The marks beside receipts. A mark has no words: what is said now is read from the archive."""

    def __init__(
        self,
        database: Database,
        receipts: Receipts,
        catalogue: Catalogue,
        webhook: str | None = None,
    ):
        """`webhook` is told of every mark."""
        self._database = database
        self._receipts = receipts
        self._catalogue = catalogue
        self._webhook = webhook

    def catch_up(self) -> None:
        """Brings every receipt up to the newest generation: marks what went stale, and takes out
        the words of articles that are gone. Reads a row where nothing was published since."""
        # the generation that every receipt was held against; 0 before the first
        query = select(followed.c.generation).where(followed.c.name == "answers")
        rows = self._database.rows(query)
        since = int(rows[0].generation) if rows else 0
        with self._catalogue.whole() as snapshot:
            number = snapshot.number
            if since == number:
                return
            now = datetime.now(UTC).isoformat(timespec="microseconds")
            marks = self._marks(snapshot, since if since < number else 0, now)
        try:
            with self._database.write() as connection:
                self._mark(connection, marks)
                put(connection, followed, [{"name": "answers", "generation": number}])
        except IndexUnavailable as error:
            log.warning("stale answers are marked when there is room: %s", error)
        self._receipts.forget_removed(self._catalogue)

    def read(self, answer_id: str) -> Body | None:
        """The receipt of an answer as it is to be shown now; None where there is none, or whoever
        asks may not see it."""
        self.catch_up()
        body = self._receipts.get(answer_id)
        return self.told([body])[0] if body and self.seen(body) else None

    def seen(self, body: Body) -> bool:
        """Whether whoever asks may see what an answer was made from, and all that it shows."""
        if not BOUND_TO.get():
            return True
        ids = articles_shown(body)
        with self._catalogue.whole() as everything, self._catalogue.live() as seen:
            hidden = everything.live_ids(ids) - seen.live_ids(ids)
        return may_see(made_for(body), BOUND_TO.get()) and not hidden

    def told(self, bodies: Sequence[Body]) -> list[Body]:
        """Receipts, each with `stale`: null, or why, since when and what is said now."""
        marks: dict[str, Any] = {}
        for ids in chunked([body["id"] for body in bodies]):
            found = self._database.rows(select(stale).where(stale.c.answer_id.in_(ids)))
            marks |= {row.answer_id: row for row in found}
        since = {"stale": None, "signature": None}  # of receipts of earlier versions
        if not marks:
            return [since | body for body in bodies]
        with self._catalogue.live() as snapshot:
            read = ReadOnce(snapshot)
            return [
                since | body | {"stale": _shown(marks.get(body["id"]), body, read)}
                for body in bodies
            ]

    def data(self, event: StoredEvent) -> Body | None:
        """What a webhook is told of an answer that went stale; None where it is kept no longer."""
        body = self.read(event.subject)
        if body is None:
            return None
        names = ("question", "text", "conversation_id")
        told = {name: body[name] for name in names}
        return {"answer_id": event.subject, **told, "stale": body["stale"] or event.detail}

    def page(
        self, asked_by: str | None, before: Sequence[str], limit: int
    ) -> list[tuple[tuple[str, str], Body]]:
        """At most `limit` stale answers with their places, from new to old; of one key or of all."""
        place = (stale.c.since, stale.c.answer_id)
        query = (
            select(stale.c.since, stale.c.answer_id, receipts.c.body)
            .join(receipts, receipts.c.answer_id == stale.c.answer_id)
            .order_by(*(column.desc() for column in place))
            .limit(limit)
        )
        if asked_by is not None:
            query = query.where(receipts.c.asked_by == asked_by)
        found: dict[tuple[str, str], Body] = {}
        more = True
        while more and len(found) < limit:  # what may not be seen takes no place of a page
            behind = tuple_(*place) < tuple_(*map(literal, before))
            rows = list(self._database.rows(query.where(behind)))
            bodies = {(row.since, row.answer_id): json.loads(row.body) for row in rows}
            found |= {at: body for at, body in bodies.items() if self.seen(body)}
            before = next(reversed(bodies), before)
            more = len(rows) == limit
        return list(zip(found, self.told(list(found.values())), strict=True))[:limit]

    def _marks(self, snapshot: Snapshot, since: int, now: str) -> list[Body]:
        """A row for each answer that may have changed; `because` is empty where it holds (again)."""
        cited = {
            row.article_id for row in self._database.rows(select(shown.c.article_id).distinct())
        }
        changed = cited & snapshot.changed_since(since) | cited - snapshot.live_ids(cited)
        withdrawn = self._catalogue.withdrawn(changed)
        known = {row.answer_id: row for row in self._database.rows(select(stale))}
        citing = set(known)  # what is stale may hold again
        for ids in chunked(sorted(changed)):
            showing = select(shown.c.answer_id).where(shown.c.article_id.in_(ids))
            citing |= {row.answer_id for row in self._database.rows(showing)}
        marks, read = [], ReadOnce(snapshot)
        for ids in chunked(sorted(citing), ANSWERS_AT_ONCE):
            these = select(receipts).where(receipts.c.answer_id.in_(ids))
            for row in self._database.rows(these):
                because, numbers = _judged(json.loads(row.body), read, withdrawn)
                before = known.get(row.answer_id)
                if (because, numbers) != ((before.because, before.numbers) if before else HOLDS):
                    mark = {"answer_id": row.answer_id, "since": now, "because": because}
                    marks.append(mark | {"numbers": numbers, "asked_by": row.asked_by})
        return marks

    def _mark(self, connection: Connection, marks: Sequence[Body]) -> None:
        """Writes the marks, and what is to be told of them."""
        holds = [mark["answer_id"] for mark in marks if not mark["because"]]
        for ids in chunked(holds):
            connection.execute(delete(stale).where(stale.c.answer_id.in_(ids)))
        for mark in (mark for mark in marks if mark["because"]):
            asked_by = mark.pop("asked_by")
            put(connection, stale, [mark])
            detail = {"because": mark["because"], "since": mark["since"]}
            answer_id = mark["answer_id"]
            tell(connection, ANSWER_STALE, answer_id, asked_by, detail, webhook=self._webhook)
        if marks:
            log.info("stale answers=%d sound_again=%d", len(marks) - len(holds), len(holds))


def outdated(body: Body, read: ReadOnce) -> dict[int, Outdated]:
    """The citations of a receipt that no longer hold, by their numbers."""
    since = generation_number(body["index"]["generation"])
    as_of = date.fromisoformat(body["as_of"]) if body["as_of"] else None
    found = {
        citation["number"]: _outdated(citation, since, as_of, read)
        for citation in body["citations"]
    }
    return {number: one for number, one in found.items() if one is not None}


def _outdated(citation: Body, since: int, as_of: date | None, read: ReadOnce) -> Outdated | None:
    """`since` is the generation, `as_of` the day that the answer was to know nothing beyond."""
    number, quote, snapshot = citation["number"], citation["quote"], read.snapshot
    stored = read.article(citation["article_id"])
    if stored is None or not quote:  # of a removed article whose words are gone
        return Outdated("removed")
    if read.bare(quote) not in read.bare(stored.article.text):
        said = closest(snapshot.sentences(stored.article.article_id), quote)
        return Outdated("corrected", cited_as(number, snapshot, said, stored) if said else None)
    start = stored.article.text.find(quote)
    changed = [
        a.canonical
        for a in stored.member.alterations
        if a.here.start < start + len(quote) and start < a.here.end
    ]
    if changed and citation["family"]["role"] != Role.ALTERED:
        sound = canonical_of(stored, snapshot)
        sentences = snapshot.sentences(sound.article.article_id) if sound else ()
        said = next((s for s in sentences if s.start <= changed[0].start < s.end), None)
        return Outdated(
            "altered", cited_as(number, snapshot, said, sound) if sound and said else None
        )
    return _corrected(number, quote, since, as_of, stored.family_id, read)


def _corrected(
    number: int, quote: str, since: int, as_of: date | None, family_id: str, read: ReadOnce
) -> Outdated | None:
    """Whether a correction of the family that came since says otherwise."""
    ids = read.corrections(family_id, since)
    snapshot = read.snapshot
    for article_id, stored in (snapshot.articles(ids) if ids else {}).items():
        day = stored.article.published_on
        if as_of and (day is None or day > as_of):
            continue
        said: Sentence | None = closest(snapshot.sentences(article_id), quote)
        if said is not None and says_otherwise(said.text, quote):
            return Outdated("corrected", cited_as(number, snapshot, said, stored))
    return None


_DASHES_AND_QUOTES = str.maketrans("‘’‚“”„–—−", "'''\"\"\"---")


def _bare(text: str) -> str:
    """The words as any typewriter would have them: how they are set is no change."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).translate(_DASHES_AND_QUOTES))


def _judged(body: Body, read: ReadOnce, withdrawn: Collection[str]) -> tuple[str, str]:
    """Why an answer is stale, "" where it holds, and the numbers of the citations, in JSON."""
    found = outdated(body, read)
    articles = {citation["number"]: citation["article_id"] for citation in body["citations"]}
    reasons = {
        "withdrawn" if one.because == "removed" and articles[number] in withdrawn else one.because
        for number, one in found.items()
    }
    return min(reasons, key=GRAVEST.index, default=""), json.dumps(sorted(found))


def _shown(mark: Any, body: Body, read: ReadOnce) -> Body | None:
    if mark is None:
        return None
    numbers = json.loads(mark.numbers)
    found = outdated(body, read)
    now = [one.now for number, one in sorted(found.items()) if one.now and number in numbers]
    return {
        "since": mark.since,
        "because": mark.because,
        "citations": numbers,
        "now": [body_of(citation) for citation in now],
    }
