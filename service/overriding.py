"""Puts a desk's words on an article into effect, whichever surface they come from."""

from __future__ import annotations

from ingest import pipeline
from ingest.errors import InvalidRequest, NotFound
from ingest.storage.overrides import FAMILY
from ingest.storage.snapshot import Snapshot
from service.contract.replies import Article
from service.contract.requests import OverridesRequest
from service.wiring import Service

OWN = "own"  # in the place of a family: the article stands alone


def overridden(service: Service, article_id: str, said: OverridesRequest, author: str) -> Article:
    """The article as it is afterwards.

    Raises NotFound where there is none, InvalidRequest where there is no such family, NotReady
    behind a long ingest.
    """
    words = said.model_dump(mode="json", exclude_unset=True)
    with service.changing():
        with service.archive.catalogue.live() as snapshot:
            if words.get(FAMILY):
                words[FAMILY] = _article_in(snapshot, words[FAMILY], article_id)
        pipeline.override(service.archive, article_id, words, author)
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
