"""Where a page of a list ended, as an opaque word that clients send back."""

from __future__ import annotations

import base64
import json

from ingest.errors import InvalidRequest

LONGEST_CURSOR = 500


def cursor_of(*place: str) -> str:
    """A word of letters, digits, `-` and `_`."""
    written = json.dumps(place, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(written).decode().rstrip("=")


def place_of(cursor: str, parts: int) -> tuple[str, ...]:
    """The `parts` words of a place; InvalidRequest for anything that we did not make."""
    try:
        written = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        place = tuple(json.loads(written))
    except (ValueError, TypeError, RecursionError):
        place = ()
    ours = len(place) == parts and all(isinstance(one, str) for one in place)
    if not ours or cursor_of(*place) != cursor:
        raise InvalidRequest(
            "cursor: send next_cursor of the page before as it is, or leave it out"
        )
    return place
