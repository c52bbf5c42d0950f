"""The sentence that says where a story comes from, and how many outlets only repeat it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import mode

from ingest.copies.copy_roles import same_outlet
from ingest.storage.catalogue import Snapshot, StoredArticle
from ingest.storage.passage_filters import permitted_articles
from service.query.question_analysis import Query
from service.retrieval.retriever import filter_of
from service.types import Evidence
from service.verification.verify import names_something_foreign


def note(
    query: Query, snapshot: Snapshot, cited: Sequence[Evidence]
) -> tuple[str, tuple[Evidence, ...]] | None:
    """Whose story the first cited article tells, with that evidence, where the question asks for
    its sources.

    Copies count as one source however many outlets carry them. None where nothing is asked of
    sources, or where their names look like addresses.
    """
    if not cited or not _ASKS_FOR_SOURCES.search(query.question.text):
        return None
    family = snapshot.family(cited[0].article.family.id)
    ids = [member.article_id for member in family.members] if family else []
    members = list(permitted_articles(snapshot, ids, filter_of(query.question)))
    outlets = dict.fromkeys(_outlet(stored) for stored in members)
    origin = _origin(members)
    others = len(outlets.keys() - {origin})
    named = origin or next(iter(outlets), "")
    if not named or names_something_foreign(named, ()):
        return None
    copies = f"{others} other outlet{'s' if others > 1 else ''} in the archive"
    if origin and others:
        said = (
            f"The report comes from {origin}; {copies} only repeat{'' if others > 1 else 's'} it."
        )
    elif others > 1:
        said = f"{others} outlets in the archive carry this, as copies of one report."
    else:
        said = f"In the archive this report stands only in {named}."
    return said, (cited[0],)


def _outlet(stored: StoredArticle) -> str:
    return stored.article.publisher or stored.article.source


def _origin(members: Sequence[StoredArticle]) -> str | None:
    """The outlet that the copies credit; else that of the one earliest copy, where every copy has a
    date.
    """
    credited = [s.article.credited_to for s in members if s.article.credited_to]
    if credited:
        named = mode(credited)
        own = (s.article.publisher for s in members)
        return next((name for name in own if name and same_outlet(named, name)), named)
    dated = sorted((s.article.published_on, _outlet(s)) for s in members if s.article.published_on)
    alone = len(members) == 1 or (len(dated) > 1 and dated[0][0] < dated[1][0])
    return dated[0][1] if dated and alone and len(dated) == len(members) else None


_ASKS_FOR_SOURCES = re.compile(
    r"(?i)\b(?:who|which \w+|what \w+) (?:first |originally )?(?:reports?|reported|broke)\b|"
    r"\bhow many (?:\w+ )?(?:outlets|sources|newspapers|papers|publishers)\b|"
    r"\bwhere (?:does|did) (?:this|the) (?:story|report|news) come from\b|"
    r"\b(?:original|only|sole) source\b"
)
