"""What readers may see in one generation of the catalogue: articles, passages, sentences, families."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType

from ingest.storage.database import Reading, chunked, marks, named
from ingest.storage.rows import StoredArticle, member_of, sentences_of, stored_article
from ingest.types import Family, Member, Passage, Sentence

LIVE = "{0}.added_in <= :generation AND ({0}.removed_in IS NULL OR {0}.removed_in > :generation)"


class Snapshot:
    """Everything readers may see in one generation; safe to use from any thread.

    It is one read transaction: whatever is published, rolled back or removed before it is closed,
    it stays as it was.
    """

    def __init__(self, reading: Reading, number: int):
        self._reading = reading
        self.number = number

    def close(self) -> None:
        self._reading.close()

    def __enter__(self) -> Snapshot:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def generation(self) -> str:
        return generation_name(self.number)

    def article(self, article_id: str) -> StoredArticle | None:
        return self.articles([article_id]).get(article_id)

    def articles(self, article_ids: Iterable[str]) -> dict[str, StoredArticle]:
        """Those of the ids that are live."""
        found: dict[str, StoredArticle] = {}
        for part in chunked(list(dict.fromkeys(article_ids))):
            for row in self._select(f"AND v.article_id IN ({marks(part)})", part):
                found[row["article_id"]] = stored_article(row)
        return found

    def page(self, after: str, limit: int) -> list[StoredArticle]:
        """The next `limit` articles in order of id, after the id `after` ("" for the first page)."""
        rows = self._select(
            "AND v.article_id > :after ORDER BY v.article_id LIMIT :limit",
            (),
            after=after,
            limit=limit,
        )
        return [stored_article(row) for row in rows]

    def everything(self) -> Iterator[StoredArticle]:
        after = ""
        while page := self.page(after, 200):
            yield from page
            after = page[-1].article.article_id

    def sentences(self, article_id: str) -> tuple[Sentence, ...]:
        """In order; () where the article is not live."""
        query = f"SELECT v.text, v.sentences FROM versions v WHERE v.article_id = :article AND {LIVE.format('v')}"
        rows = self.rows(query, article=article_id)
        return sentences_of(rows[0]["text"], rows[0]["sentences"]) if rows else ()

    def passages(self, passage_ids: Iterable[str]) -> dict[str, Passage]:
        """Those of the ids that are live; whatever another index returned beyond them does not
        exist."""
        found: dict[str, Passage] = {}
        for part in chunked(list(passage_ids)):
            for row in self.rows(
                _PASSAGES + f" AND p.passage_id IN ({marks(part)})", **named(part)
            ):
                found[row["passage_id"]] = Passage(**dict(row))
        return found

    def passages_of(self, article_id: str) -> list[Passage]:
        rows = self.rows(
            _PASSAGES + " AND v.article_id = :article ORDER BY p.start", article=article_id
        )
        return [Passage(**dict(row)) for row in rows]

    def passage_ids(self) -> set[str]:
        return {row["passage_id"] for row in self.rows(_PASSAGE_IDS)}

    def family(self, family_id: str) -> Family | None:
        """The live members, canonical first."""
        query = (
            f"SELECT m.* FROM members m WHERE m.family_id = :family AND {LIVE.format('m')} "
            "ORDER BY m.canonical DESC, m.article_id"
        )
        members = tuple(member_of(row) for row in self.rows(query, family=family_id))
        return Family(family_id, members) if members else None

    def families(self) -> tuple[Family, ...]:
        """All of them, in order of id; the canonical member first."""
        query = f"SELECT m.* FROM members m WHERE {LIVE.format('m')} ORDER BY family_id, canonical DESC, article_id"
        members: dict[str, list[Member]] = {}
        for row in self.rows(query):
            members.setdefault(row["family_id"], []).append(member_of(row))
        return tuple(Family(family_id, tuple(found)) for family_id, found in members.items())

    def known_hashes(self) -> dict[str, tuple[str, str, str]]:
        """article id → (content hash, identity, root) of all live articles."""
        query = f"SELECT v.article_id, v.content_hash, v.identity, v.root FROM versions v WHERE {LIVE.format('v')}"
        return {
            r["article_id"]: (r["content_hash"], r["identity"], r["root"]) for r in self.rows(query)
        }

    def counts(self) -> dict[str, int]:
        """articles, passages, families, altered."""
        rows = self.rows(
            f"SELECT (SELECT count(*) FROM versions v WHERE {LIVE.format('v')}) AS articles, "
            f"(SELECT count(*) FROM passages p JOIN versions v USING (version) WHERE {LIVE.format('v')}) AS passages, "
            f"(SELECT count(DISTINCT family_id) FROM members m WHERE {LIVE.format('m')}) AS families, "
            f"(SELECT count(*) FROM members m WHERE role = 'altered' AND {LIVE.format('m')}) AS altered"
        )
        return dict(rows[0])

    def rows(self, query: str, **values: object) -> list[sqlite3.Row]:
        """Rows of a query over the catalogue's tables; `:generation` is this one's number."""
        return self._reading.rows(query, {"generation": self.number, **values})

    def _select(self, where: str, ids: Sequence[str], **values: object) -> list[sqlite3.Row]:
        query = (
            "SELECT v.*, m.family_id, m.role, m.canonical, m.alterations, "
            f"(SELECT count(*) FROM members n WHERE n.family_id = m.family_id AND {LIVE.format('n')}) AS family_size "
            f"FROM versions v JOIN members m ON m.article_id = v.article_id AND {LIVE.format('m')} "
            f"WHERE {LIVE.format('v')} {where}"
        )
        return self.rows(query, **named(ids), **values)


def generation_name(number: int) -> str:
    """What people and receipts call a generation."""
    return f"g{number:06d}"


_PASSAGES = (
    "SELECT p.passage_id, v.article_id, p.start, p.end, substr(v.text, p.start + 1, p.end - p.start) AS text "
    f"FROM passages p JOIN versions v USING (version) WHERE {LIVE.format('v')}"
)
_PASSAGE_IDS = (
    f"SELECT p.passage_id FROM passages p JOIN versions v USING (version) WHERE {LIVE.format('v')}"
)
