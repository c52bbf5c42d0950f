"""Who changed what, and when: a line for each request that changes the archive or its keys."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from secrets import token_hex

from sqlalchemy import delete, select

from ingest.errors import IndexUnavailable
from ingest.storage.database import Database, put
from service.access.key_tables import changes

log = logging.getLogger(__name__)

COMMAND = "command"  # in the place of a key: a command on this machine, over the owner's socket
WITHOUT_KEY = "nobody"  # in its place where no keys are set
KEPT_DAYS = 365


@dataclass(frozen=True, slots=True)
class Change:
    """One request that changed something, or was to: its status tells. It has no article text."""

    at: str  # UTC, to the microsecond
    caller: str  # the id of a key, or COMMAND
    did: str  # method and path
    request_id: str
    status: int


class Changes:
    """A table of changes, kept a year."""

    def __init__(self, database: Database):
        self._database = database

    def note(self, change: Change) -> None:
        """What was done stays done where there is no room for the line: the log has it then."""
        log.info("%s by %s: %d (%s)", change.did, change.caller, change.status, change.request_id)
        first = datetime.fromisoformat(change.at) - timedelta(days=KEPT_DAYS)
        try:
            with self._database.write() as connection:
                put(connection, changes, [{"change_id": token_hex(8), **asdict(change)}])
                connection.execute(delete(changes).where(changes.c.at < first.isoformat()))
        except IndexUnavailable as error:
            log.warning("no line of %s by %s: %s", change.did, change.caller, error)

    def newest(self, most: int) -> list[Change]:
        """The newest first."""
        query = select(changes).order_by(changes.c.at.desc(), changes.c.change_id).limit(most)
        return [
            Change(row.at, row.caller, row.did, row.request_id, row.status)
            for row in self._database.rows(query)
        ]
