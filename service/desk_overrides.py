"""Puts a desk's words on an article into effect, whichever surface they come from."""

from __future__ import annotations

from ingest import pipeline
from ingest.errors import InvalidRequest, NotFound, NotReady, Owned, Refused
from ingest.storage.catalogue import Snapshot, StoredArticle
from ingest.storage.overrides import FAMILY
from ingest.storage.snapshot import BOUND_TO
from ingest.types import may_see
from service.contract.request_bodies import OverridesRequest
from service.contract.response_bodies import Article
from service.wiring import Service

OWN = "own"  # in the place of a family: the article stands alone
OTHER_COLLECTION = "this key may change its own collections only, and this is of others, too"


def changeable(service: Service, article_id: str) -> StoredArticle:
    """The article, for whoever may change it.

    Raises NotFound where there is none, Refused where it is in a collection that the key does not
    see as well.
    """
    with service.archive.catalogue.live() as snapshot:
        stored = snapshot.article(article_id)
    if stored is None:
        raise NotFound("there is no article of this id here")
    with service.archive.catalogue.whole() as everything:
        if not may_see(everything.collections_of(article_id), BOUND_TO.get()):
            raise Refused(403, "other_collection", OTHER_COLLECTION)
    return stored


def overridden(
    service: Service, article_id: str, said: OverridesRequest, author: str, request_id: str
) -> Article | str:
    """The article as it is afterwards; behind an ingest the id of the job that waits for it.

    Raises as `changeable` does, InvalidRequest where there is no such family.
    """
    changeable(service, article_id)
    words = said.model_dump(mode="json", exclude_unset=True)
    if words.get(FAMILY):
        with service.archive.catalogue.live() as snapshot:
            words[FAMILY] = _article_in(snapshot, words[FAMILY], article_id)
    try:
        with service.changing_soon():
            pipeline.override(service.archive, article_id, words, author)
    except (NotReady, Owned):
        return service.jobs.override(article_id, words, author, request_id)
    with service.archive.catalogue.live() as snapshot:
        stored = snapshot.article(article_id)
        if stored is None:
            raise NotFound("this article was removed meanwhile")
        return Article.of(stored, snapshot)


def _article_in(snapshot: Snapshot, family: str, article_id: str) -> str:
    """Another article of the family, if it has one."""
    if family in (OWN, article_id):
        return article_id
    found = snapshot.family(family)
    if found is not None:
        return next((m.article_id for m in found.members if m.article_id != article_id), article_id)
    if snapshot.article(family) is None:
        raise InvalidRequest(
            f"family: send the id of a family or of an article that is here, or {OWN}"
        )
    return family
