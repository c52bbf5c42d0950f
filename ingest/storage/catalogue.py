"""Articles, passages, families and generations: the record of truth about what readers may see.

A row lives from the generation that added it to the one that removed it. Publishing a generation is
one transaction, so readers see the old state or the new one; Chroma and the text index may hold
rows that no generation shows, and whatever they return is looked up here first. What the newest
generation took away stays until the next one comes, so that it can be rolled back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import (
    Connection,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    union,
    update,
)

from ingest.storage import withheld_articles
from ingest.storage.catalogue_tables import (
    classed,
    collected,
    generations,
    members,
    passages,
    pending,
    roots,
    versions,
)
from ingest.storage.database import Database, among, put
from ingest.storage.generations import (
    NEWEST,
    article_of,
    begin,
    publish,
    purge,
    replace_members,
    roll_back,
    way_back,
)
from ingest.storage.generations import NewVersion as NewVersion
from ingest.storage.generations import StoredArticle as StoredArticle
from ingest.storage.overrides import say
from ingest.storage.snapshot import BOUND_TO, Kept
from ingest.storage.snapshot import Snapshot as Snapshot
from ingest.storage.withheld_articles import Erased, Held
from ingest.types import Family, Passage, Withdrawn


@dataclass(frozen=True, slots=True)
class OfPath:
    """What an ingest says of all articles of a PATH."""

    collections: tuple[str, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()  # (field, heading in its tables)

    def or_now(
        self, collections: Sequence[str] | None, columns: Mapping[str, str] | None
    ) -> OfPath:
        """What is said now, and of the rest what an earlier ingest said."""
        return OfPath(
            self.collections if collections is None else tuple(collections),
            self.columns if columns is None else tuple(columns.items()),
        )


class Catalogue:
    """Writes generations; `live()` and `whole()` read the newest."""

    def __init__(self, database: Database):
        self._database = database
        self._embedding_model: str | None = None
        self._kept: tuple[object, Kept] = (None, {})  # of the newest generation

    @property
    def generation(self) -> int:
        """Number of the newest generation; 0 before the first ingest."""
        return int(self._database.rows(_NUMBER)[0][0] or 0)

    def live(self) -> Snapshot:
        """The newest generation as whoever asks now may see it; close it when it has been read."""
        return self.seen_by(BOUND_TO.get())

    def whole(self) -> Snapshot:
        """The same for whoever writes, and for what concerns all who ask: every article is seen."""
        return self.seen_by(())

    def seen_by(self, bound_to: tuple[str, ...]) -> Snapshot:
        """The same for a key that is bound to these collections; to none: to all."""
        reading = self._database.reading()
        newest = reading.rows(NEWEST)
        if not newest:
            return Snapshot(reading, 0)
        number, collection = newest[0].number, newest[0].collection
        if bound_to:
            return Snapshot(reading, number, collection, bound_to)
        made = number, newest[0].published_at
        if self._kept[0] != made:  # nothing stays of what another generation shows
            self._kept = made, {}
        known, kept = self._kept
        return Snapshot(reading, number, collection, kept=kept if known == made else None)

    def previous(self) -> Snapshot | None:
        """What a rollback would show again; None where there is nothing to go back to. Removed
        articles are gone."""
        reading = self._database.reading()
        number = way_back(reading.rows(NEWEST))
        if number is None:
            reading.close()
            return None
        return Snapshot(reading, number)

    def removals_since(self, number: int) -> int:
        """How many articles were removed by name after a generation."""
        query = select(func.count()).where(
            generations.c.kind == "removal", generations.c.number > number
        )
        return int(self._database.rows(query)[0][0])

    def expect(self, passage_ids: Iterable[str]) -> None:
        """Notes ids about to be written to the other indexes, for whoever comes next if this
        process is killed."""
        with self._database.write() as connection:
            put(connection, pending, [{"passage_id": i} for i in passage_ids], replace=False)

    def publish(
        self, new: Sequence[NewVersion], removed: Iterable[str], families: Iterable[Family]
    ) -> int:
        """One new generation in one transaction: `new` replaces older versions, `families` replaces
        all memberships."""
        with self._database.write() as connection:
            number, now = self._new_generation(connection, "ingest")
            publish(connection, number, now, new, removed)
            published = (version.article.article_id for version in new)
            withheld_articles.let_go(connection, published)
            replace_members(connection, families, number)
        return number

    def purge(self, article_id: str, families: Iterable[Family], *, erase: bool = False) -> int:
        """A new generation without the article; its text leaves the catalogue in the same
        transaction, for good. With `erase` the next ingest does not take it in again."""
        with self._database.write() as connection:
            number, _ = self._new_generation(connection, "removal")
            if erase:
                withheld_articles.note_erasure(connection, article_id)
            purge(connection, article_id)
            withheld_articles.forget_held(connection, [article_id])
            replace_members(connection, families, number)
        return number

    def override(
        self,
        article_id: str,
        words: Mapping[str, str | None],
        set_by: str,
        families: Iterable[Family],
    ) -> int:
        """A new generation in which an article is as a desk has it; None takes a word back."""
        with self._database.write() as connection:
            number, _ = self._new_generation(connection, "override")
            say(connection, article_id, words, set_by)
            replace_members(connection, families, number)
        return number

    def roll_back(self, families: Iterable[Family]) -> int:
        """A new generation that shows what `previous()` shows, in one transaction; it has nothing
        to go back to itself.

        The view of the generation that is undone is not kept: its readers hold a transaction of
        their own.
        """
        with self._database.write() as connection:
            back_to = way_back(connection.execute(NEWEST).all())
            if back_to is None:
                raise AssertionError("there is nothing to go back to: ask previous() first")
            number, _ = self._new_generation(connection, "rollback")
            roll_back(connection, number, back_to)
            replace_members(connection, families, number)
        return number

    def hold_back(
        self,
        withdrawn: Iterable[Withdrawn],
        held: Iterable[Held],
        no_longer: Sequence[str] = (),  # ids of what waits no more
    ) -> None:
        """Notes what publishers took back, and keeps what is under embargo."""
        with self._database.write() as connection:
            withheld_articles.take_back(connection, withdrawn)
            withheld_articles.hold(connection, held)
            withheld_articles.forget_held(connection, no_longer)

    def held(self, by: datetime | None = None) -> list[Held]:
        """What is under embargo, or of it what is free by a moment."""
        return withheld_articles.all_held(self._database, by)

    def next_release(self) -> datetime | None:
        """When the first embargo ends; None where there is none."""
        return withheld_articles.next_release(self._database)

    def kills(self, item_ids: Iterable[str]) -> dict[str, list[Withdrawn]]:
        """What was killed or withheld under identifiers of publishers."""
        return withheld_articles.kills(self._database, item_ids)

    def withdrawn(self, article_ids: Iterable[str]) -> dict[str, str]:
        """Of the articles those that their publisher took back or put under embargo, with the
        reason, which follows the name of the article in a sentence."""
        return withheld_articles.withdrawn(self._database, article_ids)

    def given(self, root: str) -> OfPath:
        """What the last ingests of a PATH said of all its articles."""
        rows = self._database.rows(select(roots).where(roots.c.root == root))
        if not rows:
            return OfPath()
        columns = json.loads(rows[0].columns or "{}")
        return OfPath(tuple(json.loads(rows[0].collections)), tuple(columns.items()))

    def give(self, root: str, given: OfPath) -> None:
        """Notes it for ingests to come."""
        columns = json.dumps(dict(given.columns)) if given.columns else None
        row = {"root": root, "collections": json.dumps(given.collections), "columns": columns}
        with self._database.write() as connection:
            put(connection, roots, [row])

    def erased(self) -> Erased:
        """What no ingest takes in."""
        return withheld_articles.erased(self._database)

    def erasures(self) -> list[dict[str, str]]:
        """The records of what was erased, for a restore of an earlier backup."""
        return withheld_articles.all_erasures(self._database)

    def take_over_erasures(self, rows: Iterable[Mapping[str, str]]) -> None:
        """Adds the records of another archive. Raises KeyError where a column is missing."""
        withheld_articles.take_over_erasures(self._database, rows)

    def back_though_erased(self) -> list[str]:
        """Ids of articles that were erased and are there again, as after a restore."""
        return withheld_articles.erased_yet_there(self._database)

    def history(self, article_id: str) -> list[NewVersion]:
        """Every kept version of an article, live or not, each with its passages."""
        of_it = _STORED.where(versions.c.article_id == article_id)
        return self.versions_of([row.passage_id for row in self._database.rows(of_it)])

    def made_with(self, embedding_model: str) -> None:
        """Notes the model behind the vectors; another one than before makes a new generation of the
        same articles."""
        self._embedding_model = embedding_model
        newest = self._database.rows(NEWEST)
        if not newest or newest[0].embedding_model == embedding_model:
            return
        with self._database.write() as connection:
            if newest[0].embedding_model is not None:
                self._new_generation(connection, "model")
            connection.execute(
                update(generations)
                .where(generations.c.embedding_model.is_(None))
                .values(embedding_model=embedding_model)
            )

    def searched_in(self, collection: str, embedding_model: str) -> int:
        """A new generation of the same articles, whose vectors are in that collection."""
        made = generations.c.number == bindparam("made")
        with self._database.write() as connection:
            number, _ = self._new_generation(connection, "model")
            values = {"collection": collection, "embedding_model": embedding_model}
            connection.execute(update(generations).where(made).values(values), {"made": number})
        return number

    def collections(self) -> set[str]:
        """Those of the newest generation and of the one before it."""
        newest = select(generations.c.collection).order_by(generations.c.number.desc()).limit(2)
        return {row.collection for row in self._database.rows(newest) if row.collection}

    def is_settled(self) -> bool:
        """Whether the other indexes were left in peace: false from before they are written until
        what is dead is gone.

        Where it is false in a process that has just begun, the one before it was killed while it
        wrote.
        """
        busy = or_(exists(select(literal(1)).select_from(pending)), exists(_DEAD_VERSIONS))
        return not self._database.rows(select(busy), {"oldest": self._oldest()})[0][0]

    def dead_passages(self) -> list[str]:
        """Ids to take out of the other indexes: left by a killed ingest, or of no generation that
        is kept."""
        written = select(passages.c.passage_id)
        left = select(pending.c.passage_id).where(pending.c.passage_id.not_in(written))
        dead = _STORED.where(_IS_DEAD)
        rows = self._database.rows(union(dead, left), {"oldest": self._oldest()})
        return [row[0] for row in rows]

    def kept_passages(self) -> set[str]:
        """Ids of all passages that a kept generation shows: what Chroma and the text index ought to
        hold."""
        return {row[0] for row in self._database.rows(_KEPT, {"oldest": self._oldest()})}

    def forget(self) -> None:
        """Deletes rows of no kept generation, after their passages have left the other indexes."""
        oldest = {"oldest": self._oldest()}
        with self._database.write() as connection:
            connection.execute(delete(pending))
            for table in (passages, collected, classed):
                dead = table.c.version.in_(_DEAD_VERSIONS)
                connection.execute(delete(table).where(dead), oldest)
            connection.execute(delete(versions).where(_IS_DEAD), oldest)
            connection.execute(
                delete(members).where(members.c.removed_in <= bindparam("oldest")), oldest
            )
        self.empty_log()

    def empty_log(self, patience: float = 0.0) -> None:
        self._database.empty_log(patience)

    def versions_of(self, passage_ids: Sequence[str]) -> list[NewVersion]:
        """The articles, of whichever kept generation, that hold the passages; each with those
        passages only."""
        rows = self._database.rows(_VERSIONS_OF, {"ids": list(passage_ids)})
        found: list[NewVersion] = []
        for _, group in groupby(rows, key=lambda row: row.version):
            pieces = list(group)
            article = article_of(pieces[0])
            parts = tuple(
                Passage(r.passage_id, r.article_id, r.start, r.end, article.text[r.start : r.end])
                for r in pieces
            )
            found.append(NewVersion(article, pieces[0].root, (), parts))
        return found

    def inconsistencies(self) -> list[str]:
        """What is wrong inside the catalogue itself, in words; [] where nothing is."""
        counts = {words: self._database.rows(query)[0][0] for words, query in _CHECKS.items()}
        wrong = [f"{count} {words}" for words, count in counts.items() if count]
        return self._database.inconsistencies() + wrong

    def close(self) -> None:
        self._database.close()

    def _new_generation(self, connection: Connection, kind: str) -> tuple[int, str]:
        """Its number and time; whoever waits for it in other processes is told."""
        made = begin(connection, kind, self._embedding_model)
        self._database.announce(connection)
        return made

    def _oldest(self) -> int:
        """Rows removed in this generation or before are shown by none that is kept."""
        newest = self._database.rows(NEWEST)
        if not newest:
            return 0
        back_to = way_back(newest)
        return int(newest[0].number) - 1 if back_to is None else back_to


_NUMBER = select(func.max(generations.c.number))
_IS_DEAD = versions.c.removed_in <= bindparam("oldest", 0)
_DEAD_VERSIONS = select(versions.c.version).where(_IS_DEAD)
_STORED = select(passages.c.passage_id).join_from(
    passages, versions, passages.c.version == versions.c.version
)
_KEPT = _STORED.where(
    or_(versions.c.removed_in.is_(None), versions.c.removed_in > bindparam("oldest", 0))
)
_VERSIONS_OF = (
    select(passages.c.passage_id, passages.c.start, passages.c.end, versions)
    .join_from(passages, versions, passages.c.version == versions.c.version)
    .where(among(passages.c.passage_id, "ids"))
    .order_by(versions.c.version, passages.c.start)
)
_BEYOND = or_(
    passages.c.start < 0,
    passages.c.end > func.length(versions.c.text),
    passages.c.start >= passages.c.end,
)
_CHECKS = {
    "passages reach beyond their article": _STORED.with_only_columns(func.count()).where(_BEYOND),
    "articles belong to no family": select(func.count()).where(
        versions.c.removed_in.is_(None),
        ~exists(members.c.article_id).where(
            and_(members.c.article_id == versions.c.article_id, members.c.removed_in.is_(None))
        ),
    ),
    "families have not exactly one canonical member": select(func.count()).select_from(
        select(members.c.family_id)
        .where(members.c.removed_in.is_(None))
        .group_by(members.c.family_id)
        .having(func.sum(members.c.canonical) != 1)
        .subquery()
    ),
}
