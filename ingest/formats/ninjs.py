"""Reads IPTC ninjs, 1.x to 3.x: an item of an agency as the fields we know."""

from __future__ import annotations

from collections.abc import Mapping

from ingest.formats.field_names import plain, words

_MARKS = frozenset(
    "uri pubstatus versioncreated firstcreated body_html body_text body_xhtml bodies headlines".split()
)
# The same names in ours and theirs.
_AS_NAMED = (
    "pubstatus embargoed usageterms copyrightholder copyrightnotice version versioncreated".split()
)
# What an item may be to one that it is associated with.
_CORRECTIONS = ("correct", "replace", "supersede", "predecessor", "previousversion", "updateof")


def is_item(fields: Mapping[str, object]) -> bool:
    """Whether a JSON object is an item of ninjs: two of its own names stand in it."""
    return len(_MARKS & fields.keys()) > 1


def fields_of(item: Mapping[str, object]) -> dict[str, object]:
    """The item under the names of our fields; `versioncreated` is its last update."""
    bodies = [item.get("body_html"), item.get("body_xhtml"), *_all(item, "bodies", "html", "main")]
    html = next(filter(None, bodies), None)
    text = next(filter(None, [item.get("body_text"), *_all(item, "bodies", "", "main")]), None)
    found = {
        **{name: item.get(name) for name in _AS_NAMED},
        "id": item.get("uri"),
        "item_id": item.get("uri"),
        "subjects": item.get("subjects") or item.get("subject"),
        "corrects": _corrected(item),
        "title": item.get("headline") or next(iter(_all(item, "headlines", "", "main")), None),
        "author": item.get("byline") or item.get("by"),
        "publisher": item.get("source") or next(iter(_all(item, "infosources", "", "")), None),
        "url": item.get("url"),
        **days_of(
            item.get("firstpublished") or item.get("firstcreated"),
            item.get("versioncreated"),
            str(item.get("version") or ""),
        ),
        "html": html,
        "text": None if html else text,
    }
    return {name: value for name, value in found.items() if value}


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


def _corrected(item: Mapping[str, object]) -> list[object]:
    """The items that this one corrects or replaces, by their identifiers."""
    listed = item.get("associations")
    if isinstance(listed, Mapping):  # before ninjs 2
        rows = [(role, one) for role, one in listed.items() if isinstance(one, Mapping)]
    else:
        rows = [
            (words(one.get("rel") or one.get("role") or one.get("name")), one)
            for one in (listed if isinstance(listed, list) else [])
            if isinstance(one, Mapping)
        ]
    linked = (one.get("uri") for role, one in rows if is_correction(role))
    return [*linked, *(item.get(name) for name in ("corrects", "replaces") if item.get(name))]


def days_of(first: object, this: object, version: str) -> dict[str, object]:
    """The day of a first version is that of the item, where nothing else is stated."""
    if not first and version in ("", "1"):
        return {"published_on": this}
    return {"published_on": first, "updated_on": this}


def is_correction(role: str) -> bool:
    """Whether a role of a link, in whatever spelling, is that of what was corrected or replaced."""
    return any(kind in plain(role) for kind in _CORRECTIONS)
