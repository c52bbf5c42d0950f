"""Live articles as lists and counts: the database sorts, folds copies and pages, whatever it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.sql.elements import UnaryExpression

from ingest.storage.catalogue_tables import collected, members, versions
from ingest.storage.database import Rows, among
from ingest.storage.passage_filters import (
    LISTED,
    OF_THE_ARTICLE,
    PLACES,
    PassageFilter,
    conditions,
)
from ingest.storage.snapshot import SEEN, SEES_ALL, Snapshot, live

Keys = tuple[ColumnElement[Any] | UnaryExpression[Any], ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """The live articles that a filter permits and, where `only` is given, whose ids it names."""

    snapshot: Snapshot
    permitted_by: PassageFilter
    only: Sequence[str] | None = None

    def counts(self) -> tuple[int, int, int, str | None, str | None]:
        """Articles, stories, articles with a date, their first and their last day."""
        query = self._narrowed(
            select(
                func.count(),
                func.count(members.c.family_id.distinct()),
                func.count(versions.c.published_on),
                func.min(versions.c.published_on),
                func.max(versions.c.published_on),
            )
        )
        articles, stories, dated, first, last = self._rows(query)[0]
        return articles, stories, dated, first, last

    def months(self) -> list[tuple[str, int]]:
        """`YYYY-MM` and its number of articles, in order of time, of months that have any."""
        month = func.substr(versions.c.published_on, 1, 7)
        dated = versions.c.published_on.is_not(None)
        query = self._narrowed(select(month, func.count())).where(dated)
        return [tuple(row) for row in self._rows(query.group_by(month).order_by(month))]

    def outlets(self) -> list[tuple[str, int]]:
        """Outlets with the number of their articles, most articles first."""
        outlet, number = versions.c.publisher, func.count()
        query = self._narrowed(select(outlet, number)).where(outlet != "")
        found = self._rows(query.group_by(outlet).order_by(number.desc(), outlet))
        return [tuple(row) for row in found]

    def bylines(self) -> list[str]:
        """What the articles state of who wrote them, each once, in order."""
        byline = versions.c.author
        query = self._narrowed(select(byline), indexed=False).where(byline != "")
        return [name for (name,) in self._rows(query.distinct().order_by(byline))]

    def collections(self) -> list[tuple[str, int]]:
        """Collections that are seen, with the number of their articles, in order of name."""
        name, of_the_version = collected.c.collection, collected.c.version == versions.c.version
        query = self._narrowed(select(name, func.count())).join(collected, of_the_version)
        query = query.where(or_(SEES_ALL, among(name, SEEN)))
        return [tuple(row) for row in self._rows(query.group_by(name).order_by(name))]

    def stories(self, sort: str, first: int, most: int) -> list[str]:
        """Ids of families from the `first` on, which counts from 0, at most `most`. Each stands
        where its first article does; `copies` puts those with most articles first."""
        placed = self._placed(sort)
        family, place = placed.c.family_id, func.min(placed.c.place)
        order = (func.count().desc(), place) if sort == "copies" else (place,)
        query = select(family).group_by(family).order_by(*order).offset(first).limit(most)
        return [row.family_id for row in self._rows(query)]

    def members(self, families: Sequence[str], sort: str) -> Rows:
        """Rows of (article id, title, source, publisher, day, family id, role, canonical) of the
        articles of these families."""
        query = self._narrowed(select(*LISTED), indexed=False)
        of_them = among(members.c.family_id, "families")
        return self._rows(query.where(of_them).order_by(*_SORTS[sort]), families=list(families))

    def articles(self, sort: str, after: str, place: int, most: int) -> tuple[int, list[str]]:
        """Where the page begins, and the ids of its at most `most` articles: those behind the
        article `after` or, where that is gone, from `place` on, which counts from 0."""
        placed = self._placed(sort)
        behind = select(placed.c.place).where(placed.c.article_id == after)
        found = self._rows(behind) if after else []
        start = found[0].place if found else place
        query = select(placed.c.article_id).where(placed.c.place > start)
        rows = self._rows(query.order_by(placed.c.place).limit(most))
        return start, [row.article_id for row in rows]

    def _placed(self, sort: str) -> Any:
        place = func.row_number().over(order_by=_SORTS[sort]).label("place")
        return self._narrowed(select(versions.c.article_id, members.c.family_id, place)).subquery()

    def _narrowed(
        self, query: Select[*tuple[Any, ...]], *, indexed: bool = True
    ) -> Select[*tuple[Any, ...]]:
        query = query.join_from(versions, members, OF_THE_ARTICLE).where(
            live(versions), *conditions(self.snapshot, self.permitted_by)
        )
        if self.only is not None:
            return query.where(among(versions.c.article_id, "only"))
        return query.with_hint(versions, *PLACES) if indexed else query

    def _rows(self, query: Select[*tuple[Any, ...]], **values: Any) -> Rows:
        only = {} if self.only is None else {"only": list(self.only)}
        return self.snapshot.rows(query, **only, **values)


_NEWEST: Keys = (
    versions.c.published_on.is_(None),
    versions.c.published_on.desc(),
    versions.c.article_id,
)
_TITLE = func.coalesce(func.nullif(versions.c.title, ""), versions.c.source)
_OUTLET = func.nullif(versions.c.publisher, "")
_SORTS: dict[str, Keys] = {
    "id": (versions.c.article_id,),
    "newest": _NEWEST,
    "copies": _NEWEST,  # among stories of one size
    "oldest": (_NEWEST[0], versions.c.published_on, versions.c.article_id),
    "title": (func.lower(_TITLE), *_NEWEST),
    "outlet": (_OUTLET.is_(None), func.lower(_OUTLET), *_NEWEST),
}
