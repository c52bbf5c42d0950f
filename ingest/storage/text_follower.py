"""Keeps the text index of one process at the newest generation that others publish."""

from __future__ import annotations

import logging
import threading

from ingest.errors import DatelineError
from ingest.storage.archive import text_rows
from ingest.storage.catalogue import Catalogue
from ingest.storage.database import chunked
from ingest.storage.postgres import PostgresDatabase
from ingest.storage.text_index import TextIndex

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0  # between two looks where no announcement comes through


class TextFollower:
    """Adds what kept generations show and takes out the rest, on a thread of its own.

    Until it has caught up, words of the newest articles are not searched; their vectors are.
    """

    def __init__(self, database: PostgresDatabase, catalogue: Catalogue, text_index: TextIndex):
        self._database = database
        self._catalogue = catalogue
        self.text_index = text_index
        self._held = text_index.ids()
        self._at = -1
        self._guard = threading.Lock()
        self._closed = threading.Event()
        self._worker = threading.Thread(target=self._follow, name="text index", daemon=True)

    def start(self) -> None:
        self._worker.start()

    def catch_up(self) -> None:
        """Raises IndexUnavailable where the database or the disk does not do its part."""
        with self._guard:
            newest = self._catalogue.generation
            if newest == self._at:
                return
            wanted = self._catalogue.kept_passages()
            if gone := self._held - wanted:
                self.text_index.remove(gone)
                self._held -= gone
            for part in chunked(sorted(wanted - self._held), 5_000):
                self.text_index.add(text_rows(self._catalogue.versions_of(part)))
                self._held |= set(part)
            self._at = newest

    def _follow(self) -> None:
        while not self._closed.is_set():
            try:
                self._database.wait(LOOK_SECONDS)
                if not self._closed.is_set():
                    self.catch_up()
            except DatelineError as error:
                log.warning("the text index waits at generation %d: %s", self._at, error)
                self._closed.wait(LOOK_SECONDS)

    def close(self) -> None:
        self._closed.set()
        if self._worker.is_alive():
            self._worker.join()
