"""What readers may see in one generation of the catalogue: articles, passages, sentences, families."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import replace
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    Executable,
    FromClause,
    Select,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    union,
)

from ingest.storage.catalogue_tables import (
    collected,
    generations,
    members,
    overrides,
    passages,
    versions,
)
from ingest.storage.database import Reading, Rows, among
from ingest.storage.generations import StoredArticle, member_of, sentences_of, stored_article
from ingest.storage.overrides import FAMILY, Override
from ingest.types import Article, Family, Member, Passage, Role, Sentence, Span

GENERATION: BindParameter[int] = bindparam("generation", 0)  # Snapshot.rows puts its own in
SEES_ALL: BindParameter[bool] = bindparam("sees_all", True, type_=Boolean())  # and these two
SEEN = "seen"

# The collections that whoever asks is bound to, by their key; empty: all. Admission sets it for a
# request, and what runs for it on other threads and tasks inherits it.
BOUND_TO: ContextVar[tuple[str, ...]] = ContextVar("bound_to", default=())

# Of a generation, once they were read: what a question reads again and again.
MOST_KEPT = {
    "articles": 300,
    "sentences": 300,
    "families": 2000,
    "passages": 2000,
    "passages of": 300,
    "places": 10_000,
}

Kept = dict[str, dict[str, Any]]  # by what they are, then by id
T = TypeVar("T")


def live(table: FromClause) -> ColumnElement[bool]:
    """What `table`, of versions or members, shows in the generation that is read, to whoever reads
    it: the one rule of what a key that is bound to collections may see."""
    if "version" in table.c:
        return and_(_standing(table), or_(SEES_ALL, _is_in(table.c.version)))
    of_member = versions.alias()
    seen = exists(of_member.c.version).where(
        of_member.c.article_id == table.c.article_id,
        _standing(of_member),
        _is_in(of_member.c.version),
    )
    return and_(_standing(table), or_(SEES_ALL, seen))


def _standing(table: FromClause) -> ColumnElement[bool]:
    rows = table.c
    return and_(
        rows.added_in <= GENERATION, or_(rows.removed_in.is_(None), rows.removed_in > GENERATION)
    )


def _is_in(version: ColumnElement[int]) -> ColumnElement[bool]:
    named = collected.alias()
    return exists(named.c.version).where(
        named.c.version == version, among(named.c.collection, SEEN)
    )


class Snapshot:
    """Everything readers may see in one generation; safe to use from any thread.

    It is one read transaction: whatever is published, rolled back or removed before it is closed,
    it stays as it was. Where `bound_to` names collections, only what is in one of them exists.
    """

    def __init__(
        self,
        reading: Reading,
        number: int,
        collection: str | None = None,
        bound_to: tuple[str, ...] = (),
        kept: Kept | None = None,
    ):
        """`kept` is what others read of the same generation, bound to nothing as this one is."""
        self._reading = reading
        self.number = number
        self.bound_to = bound_to
        self._seen = spelled(reading.rows(COLLECTIONS), bound_to) if bound_to else []
        self.collection = collection  # of a Chroma server, where there is one
        self._kept: Kept = {} if kept is None else kept

    def close(self) -> None:
        self._reading.close()

    def __enter__(self) -> Snapshot:
        return self

    def __exit__(self, *ended: object) -> None:
        self.close()

    @property
    def generation(self) -> str:
        return generation_name(self.number)

    @property
    def published_at(self) -> datetime | None:
        """When; None before the first ingest."""
        found = self.rows(_PUBLISHED)
        return datetime.fromisoformat(found[0].published_at) if found else None

    def article(self, article_id: str) -> StoredArticle | None:
        return self.articles([article_id]).get(article_id)

    def articles(self, article_ids: Iterable[str]) -> dict[str, StoredArticle]:
        """Those of the ids that are live."""

        def read(ids: list[str]) -> dict[str, StoredArticle]:
            rows = self.rows(_ARTICLES_BY_ID, ids=ids)
            return {row.article_id: self._shown(stored_article(row)) for row in rows}

        return self.known("articles", list(article_ids), read)

    def of_items(self, item_ids: Iterable[str]) -> dict[str, list[Article]]:
        """The live articles that have these identifiers of their publishers."""
        found: dict[str, list[Article]] = {}
        if wanted := list(item_ids):
            for row in self.rows(_OF_ITEMS, ids=wanted):
                found.setdefault(row.item_id, []).append(stored_article(row).article)
        return found

    def live_ids(self, article_ids: Iterable[str]) -> set[str]:
        """Those of the ids that are live, without their texts."""
        return {row.article_id for row in self.rows(_LIVE_IDS, ids=list(article_ids))}

    def changed_since(self, number: int) -> set[str]:
        """Ids of articles with another text than a generation has, or with one in their family."""
        return {row.article_id for row in self.rows(_CHANGED, since=number)}

    def corrections_since(self, family_id: str, number: int) -> list[str]:
        """Ids of a family's corrections by the same outlet that came after a generation."""
        rows = self.rows(_CORRECTIONS, family=family_id, since=number)
        return [row.article_id for row in rows]

    def page(self, after: str, limit: int) -> list[StoredArticle]:
        """The next `limit` articles in order of id, after the id `after` ("" for the first page)."""
        rows = self.rows(_PAGE, after=after, limit=limit)
        return [self._shown(stored_article(row)) for row in rows]

    def everything(self) -> Iterator[StoredArticle]:
        after = ""
        while page := self.page(after, 200):
            yield from page
            after = page[-1].article.article_id

    def sentences(self, article_id: str) -> tuple[Sentence, ...]:
        """In order; () where the article is not live."""

        def read(ids: list[str]) -> dict[str, tuple[Sentence, ...]]:
            rows = self.rows(_SENTENCES, article=ids[0])
            return {i: sentences_of(rows[0].text, rows[0].sentences) if rows else () for i in ids}

        return self.known("sentences", [article_id], read)[article_id]

    def passages(self, passage_ids: Iterable[str]) -> dict[str, Passage]:
        """Those of the ids that are live; whatever another index returned beyond them does not
        exist."""

        def read(ids: list[str]) -> dict[str, Passage]:
            return {row.passage_id: Passage(*row) for row in self.rows(_PASSAGES_BY_ID, ids=ids)}

        return self.known("passages", list(passage_ids), read)

    def passages_of(self, article_id: str) -> tuple[Passage, ...]:
        """In order; () where the article is not live."""

        def read(ids: list[str]) -> dict[str, tuple[Passage, ...]]:
            rows = self.rows(_PASSAGES_OF, article=ids[0])
            return {i: tuple(Passage(*row) for row in rows) for i in ids}

        return self.known("passages of", [article_id], read)[article_id]

    def passage_ids(self) -> set[str]:
        return {row.passage_id for row in self.rows(_PASSAGE_IDS)}

    def collections_of(self, article_id: str) -> tuple[str, ...]:
        """In order of name, those that are seen; () where the article is not live."""
        return tuple(row.collection for row in self.rows(_COLLECTIONS_OF, article=article_id))

    def family(self, family_id: str) -> Family | None:
        """The live members, canonical first, which may be one that is not seen."""

        def read(ids: list[str]) -> dict[str, Family | None]:
            found = tuple(map(member_of, self.rows(_FAMILY, family=ids[0])))
            if found and not found[0].canonical:
                found = tuple(map(_without_source, found))
            return {i: Family(i, found) if found else None for i in ids}

        return self.known("families", [family_id], read)[family_id]

    def families(self) -> tuple[Family, ...]:
        """All of them, in order of id; the canonical member first."""
        found: dict[str, list[Member]] = {}
        for row in self.rows(_FAMILIES):
            found.setdefault(row.family_id, []).append(member_of(row))
        return tuple(Family(family_id, tuple(rows)) for family_id, rows in found.items())

    def known_hashes(self) -> dict[str, tuple[str, str, str]]:
        """article id → (content hash, identity, root) of all live articles."""
        return {r.article_id: (r.content_hash, r.identity, r.root) for r in self.rows(_HASHES)}

    def overrides(self) -> dict[str, tuple[Override, ...]]:
        """What a desk says of articles, by their ids."""
        found: dict[str, tuple[Override, ...]] = {}
        for row in self.rows(_OVERRIDES):
            one = Override(row.field, row.value, row.set_by, row.set_at)
            found[row.article_id] = (*found.get(row.article_id, ()), one)
        if self.bound_to:  # a family is told by one of its articles, which may not be seen
            placed = self.live_ids(self.placed().values())
            for article_id, said in found.items():
                found[article_id] = tuple(
                    one for one in said if one.field != FAMILY or one.value in placed
                )
        return found

    def placed(self) -> dict[str, str]:
        """Ids of articles whose family a desk named → the id of one of that family."""
        rows = self.rows(_OVERRIDES.where(overrides.c.field == FAMILY))
        return {row.article_id: row.value for row in rows}

    def newest_day(self) -> date | None:
        """The last day on which a live article was published; None where no article has a date."""
        newest = self.rows(_NEWEST)[0].newest
        return date.fromisoformat(newest) if newest else None

    def counts(self) -> dict[str, int]:
        """articles, passages, families, altered."""
        return dict(self.rows(_COUNTS)[0]._mapping)

    def known(
        self, what: str, ids: Collection[str], read: Callable[[list[str]], Mapping[str, T]]
    ) -> dict[str, T]:
        """Values by id, of the ids that have one. What nobody has read of this generation is read
        now, and kept: it does not change any more."""
        kept = self._kept.setdefault(what, {})
        found = {i: kept[i] for i in ids if i in kept}
        lacking = [i for i in dict.fromkeys(ids) if i not in found]
        if not lacking:
            return found
        found |= (new := read(lacking))
        if len(kept) + len(new) > MOST_KEPT[what]:  # begun anew: another thread may be reading it
            kept = self._kept[what] = {}
        if len(new) <= MOST_KEPT[what]:
            kept.update(new)
        return {i: found[i] for i in ids if i in found}

    def rows(self, query: Executable, **values: object) -> Rows:
        """Rows of a query over the catalogue's tables; what `live` says goes by this generation."""
        bound = {"sees_all": not self.bound_to, SEEN: self._seen}
        return self._reading.rows(query, {"generation": self.number, **bound, **values})

    def _shown(self, stored: StoredArticle) -> StoredArticle:
        """Without the words of a canonical copy that is not seen."""
        if not (self.bound_to and stored.member.alterations):
            return stored
        family = self.family(stored.family_id)
        members = family.members if family else ()
        if any(member.canonical for member in members):
            return stored
        return replace(stored, member=_without_source(stored.member))


def _without_source(member: Member) -> Member:
    """Which words a copy alters is still known, what its source has there is not."""
    return replace(
        member,
        alterations=tuple(replace(one, canonical=Span(0, 0, "")) for one in member.alterations),
    )


def spelled(known: Rows, given: Iterable[str]) -> list[str]:
    """Names as their articles spell them: SQLite folds the case of ASCII letters only."""
    wanted = {name.casefold() for name in given}
    return [name for (name,) in known if name and name.casefold() in wanted]


def generation_name(number: int) -> str:
    """What people and receipts call a generation."""
    return f"g{number:06d}"


def generation_number(name: str) -> int:
    """The number that `generation_name` made the name of."""
    return int(name.removeprefix("g"))


COLLECTIONS = select(collected.c.collection).distinct()
_PUBLISHED = select(generations.c.published_at).where(generations.c.number == GENERATION)
_ARTICLE = versions.c.article_id == bindparam("article", "")
_PASSAGES: Select[tuple[str, str, int, int, str]] = (
    select(
        passages.c.passage_id,
        versions.c.article_id,
        passages.c.start,
        passages.c.end,
        func.substr(versions.c.text, passages.c.start + 1, passages.c.end - passages.c.start),
    )
    .join_from(passages, versions, passages.c.version == versions.c.version)
    .where(live(versions))
)
_PASSAGES_BY_ID = _PASSAGES.where(among(passages.c.passage_id, "ids"))
_PASSAGES_OF = _PASSAGES.where(_ARTICLE).order_by(passages.c.start)
_PASSAGE_IDS = _PASSAGES.with_only_columns(passages.c.passage_id)
_SENTENCES = select(versions.c.text, versions.c.sentences).where(_ARTICLE, live(versions))
_COLLECTIONS_OF = (
    select(collected.c.collection)
    .join_from(versions, collected, collected.c.version == versions.c.version)
    .where(_ARTICLE, live(versions), or_(SEES_ALL, among(collected.c.collection, SEEN)))
    .order_by(collected.c.collection)
)
_HASHES = select(
    versions.c.article_id, versions.c.content_hash, versions.c.identity, versions.c.root
).where(live(versions))
_OVERRIDES = select(overrides).order_by(overrides.c.article_id, overrides.c.field)
_MEMBERS = select(members).where(live(members))
_FAMILY = _MEMBERS.where(members.c.family_id == bindparam("family", "")).order_by(
    members.c.canonical.desc(), members.c.article_id
)
_FAMILIES = _MEMBERS.order_by(members.c.family_id, members.c.canonical.desc(), members.c.article_id)


def _since(table: FromClause) -> ColumnElement[bool]:
    since: BindParameter[int] = bindparam("since", 0)
    return or_(table.c.added_in > since, table.c.removed_in > since)


_CHANGED = union(
    select(versions.c.article_id).where(_since(versions)),
    select(members.c.article_id).where(
        live(members), members.c.family_id.in_(select(members.c.family_id).where(_since(members)))
    ),
)
_CORRECTIONS = (
    select(members.c.article_id)
    .join_from(
        members, versions, and_(versions.c.article_id == members.c.article_id, live(versions))
    )
    .where(
        live(members),
        members.c.family_id == bindparam("family", ""),
        members.c.role == Role.UPDATED,
        versions.c.added_in > bindparam("since", 0),
    )
)
_others = members.alias()
_SIZE = (
    select(func.count())
    .where(_others.c.family_id == members.c.family_id, live(_others))
    .correlate(members)
    .scalar_subquery()
)
_ARTICLES = (
    select(
        versions,
        members.c.family_id,
        members.c.role,
        members.c.canonical,
        members.c.alterations,
        _SIZE.label("family_size"),
    )
    .join_from(
        versions, members, and_(members.c.article_id == versions.c.article_id, live(members))
    )
    .where(live(versions))
)
_ARTICLES_BY_ID = _ARTICLES.where(among(versions.c.article_id, "ids"))
_OF_ITEMS = _ARTICLES.where(among(versions.c.item_id, "ids"))
_LIVE_IDS = select(versions.c.article_id).where(live(versions), among(versions.c.article_id, "ids"))
_PAGE = (
    _ARTICLES.where(versions.c.article_id > bindparam("after", ""))
    .order_by(versions.c.article_id)
    .limit(bindparam("limit", 0))
)
_NEWEST = select(func.max(versions.c.published_on).label("newest")).where(live(versions))
_COUNTS = select(
    *(
        query.scalar_subquery().label(name)
        for name, query in {
            "articles": select(func.count()).where(live(versions)),
            "passages": _PASSAGES.with_only_columns(func.count()),
            "families": select(func.count(members.c.family_id.distinct())).where(live(members)),
            "altered": select(func.count()).where(members.c.role == "altered", live(members)),
        }.items()
    )
)
