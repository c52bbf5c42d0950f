"""Embeds the sentences of an open archive in the background, before a question needs them."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
from types import TracebackType

from ingest.errors import DatelineError
from ingest.storage.archive import Archive

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0  # between two looks for a new generation; a look is one row of SQLite
# passages between two looks at whether to end: some 40 sentences, a fifth of a second on one core
AT_ONCE = 8
LAST_IN_LINE = 19  # niceness: questions and ingests go first


class Ahead:
    """One thread of lowest priority. A question embeds what it has not reached yet."""

    def __init__(self, archive: Archive):
        self._archive = archive
        self._closed = threading.Event()
        self._worker = threading.Thread(target=self._work, name="sentences")

    def __enter__(self) -> Ahead:
        self._worker.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closed.set()
        self._worker.join()

    def _work(self) -> None:
        with contextlib.suppress(
            AttributeError, OSError
        ):  # only Linux gives a thread a priority of its own
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LAST_IN_LINE)
        seen = -1
        while not self._closed.is_set():
            try:
                generation = self._archive.catalogue.generation
                if generation != seen:
                    self._fill()
                    seen = generation
            except DatelineError as error:  # a full disk: the next generation may find room
                log.warning("sentences are not embedded ahead: %s", error)
                seen = generation
            self._closed.wait(LOOK_SECONDS)

    def _fill(self) -> None:
        """Embeds what the live generation lacks, and drops what no kept generation shows."""
        catalogue, sentences = self._archive.catalogue, self._archive.sentence_vectors
        started = time.monotonic()
        with catalogue.whole() as snapshot:
            lacking = sentences.lacking(snapshot)
        for start in range(0, len(lacking), AT_ONCE):
            if self._closed.is_set():
                return
            # a view of its own for each: one held for an hour would keep what is removed meanwhile
            # in the file
            with catalogue.whole() as snapshot:
                sentences.make(snapshot, lacking[start : start + AT_ONCE])
        sentences.forget(catalogue.kept_passages())
        if lacking:
            log.info(
                "sentences embedded passages=%d seconds=%.1f",
                len(lacking),
                time.monotonic() - started,
            )
