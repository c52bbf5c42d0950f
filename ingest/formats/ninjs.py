"""Reads IPTC ninjs, 1.x to 3.x: an item of an agency as the fields we know."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from ingest.formats.field_names import words

_MARKS = frozenset(
    "uri pubstatus versioncreated firstcreated body_html body_text body_xhtml bodies headlines".split()
)
_STOPPED = {"canceled": "was killed", "cancelled": "was killed", "withheld": "is withheld"}


def is_item(fields: Mapping[str, object]) -> bool:
    """Whether a JSON object is an item of ninjs: two of its own names stand in it."""
    return len(_MARKS & fields.keys()) > 1


def fields_of(item: Mapping[str, object]) -> dict[str, object]:
    """The item under the names of our fields; `versioncreated` is its last update."""
    bodies = [item.get("body_html"), item.get("body_xhtml"), *_all(item, "bodies", "html", "main")]
    html = next(filter(None, bodies), None)
    text = next(filter(None, [item.get("body_text"), *_all(item, "bodies", "", "main")]), None)
    found = {
        "id": item.get("uri"),
        "title": item.get("headline") or next(iter(_all(item, "headlines", "", "main")), None),
        "author": item.get("byline") or item.get("by"),
        "publisher": item.get("source") or next(iter(_all(item, "infosources", "", "")), None),
        "url": item.get("url"),
        "published_on": item.get("firstpublished") or item.get("firstcreated"),
        "updated_on": item.get("versioncreated"),
        "html": html,
        "text": None if html else text,
    }
    return {name: value for name, value in found.items() if value}


def stopped(status: str, embargo: str) -> str | None:
    """Why an item may not be shown now, for people; None where it may.

    `status` is an IPTC publishing status (usable, withheld, canceled), `embargo` an ISO moment, of
    which one without an offset is in UTC; one that cannot be read holds the item back.
    """
    if why := _STOPPED.get(status.strip().lower().rpartition(":")[2]):
        return f"{why} by its publisher and is not shown"
    if not embargo.strip():
        return None
    try:
        until = datetime.fromisoformat(embargo.strip())
    except ValueError:
        return "has an embargo whose end cannot be read, and is not shown; correct the moment"
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    if until <= datetime.now(UTC):
        return None
    return f"is under embargo until {until.isoformat()} and is not shown; ingest it again then"


def _all(item: Mapping[str, object], name: str, kind: str, role: str) -> list[str]:
    """The values of a list of ninjs 2 and later, those of a role first; `kind` is a part of their
    media type."""
    listed = item.get(name)
    rows = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
    rows.sort(key=lambda row: row.get("role") != role)
    return [
        said
        for row in rows
        if kind in str(row.get("contenttype") or row.get("mimetype") or "")
        and (said := words(row.get("value") or row.get("name")))
    ]
