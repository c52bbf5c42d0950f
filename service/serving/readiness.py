"""Tells whether a service can answer, and which of its parts cannot do their work."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from ingest.errors import UNFORESEEN, DatelineError, NotReady
from service.types import Question
from service.wiring import Service

log = logging.getLogger(__name__)


class Missing(NotReady):
    """Parts by their names, each with what is wrong with it."""

    def __init__(self, parts: dict[str, str]):
        super().__init__("; ".join(f"{name}: {words}" for name, words in parts.items()))
        self.members = {"missing": parts}


def expect_ready(service: Service) -> tuple[str, int, int]:
    """The generation and how many articles and passages it has. Raises Missing."""
    if service.stopping.is_set():
        raise Missing({"service": "is stopping"})
    archive, found = service.archive, list[tuple[str, int, int]]()

    def counted() -> None:
        with archive.catalogue.live() as snapshot:
            counts = snapshot.counts()
            found.append((snapshot.generation, counts["articles"], counts["passages"]))

    parts: dict[str, Callable[[], object]] = {
        "catalogue": counted,
        "index": partial(service.retriever.find, Question("is the index open?"), 1),
        "receipts": partial(service.receipts.get, "ans_none"),
        "keys": service.keys.refresh,
    }
    missing: dict[str, str] = {}
    for name, part in parts.items():
        try:
            part()
        except DatelineError as error:
            missing[name] = str(error)
        except Exception:  # a rim: whoever asks whether we are ready hears which part is not
            log.exception("not ready part=%s", name)
            missing[name] = UNFORESEEN
    if missing:
        raise Missing(missing)
    return found[0]
