"""Where a page of a list ended, as an opaque word that clients send back."""

from __future__ import annotations

import base64
import json
from typing import Annotated

from fastapi import Query

from ingest.errors import InvalidRequest

Cursor = Annotated[
    str | None, Query(max_length=500, description="`next_cursor` of the page before")
]
Limit = Annotated[int, Query(ge=1, le=200)]


def cursor_of(*place: str) -> str:
    """A word of letters, digits, `-` and `_`."""
    written = json.dumps(place, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(written).decode().rstrip("=")


def place_of(cursor: str | None, start: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a place, as many as `start` has, which is that of no cursor; InvalidRequest for
    anything that we did not make."""
    if cursor is None:
        return start
    try:
        written = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        place = tuple(json.loads(written))
    except (ValueError, TypeError, RecursionError):
        place = ()
    ours = len(place) == len(start) and all(isinstance(one, str) for one in place)
    if not ours or cursor_of(*place) != cursor:
        raise InvalidRequest(
            "cursor: send next_cursor of the page before as it is, or leave it out"
        )
    return place
