"""Reads what a publisher says of an item beside its words: status, embargo, version, rights, subjects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from ingest.formats.field_names import TERMS, plain, words
from ingest.types import Subject, Terms

MOST_SUBJECTS = 100
LONGEST = 2000  # characters of terms of use; names have a tenth of it

_STOPPED = {"canceled": "was killed", "cancelled": "was killed", "withheld": "is withheld"}
_MEDIA_TOPIC = re.compile(
    r"(?:medtop:|https?://cv\.iptc\.org/newscodes/mediatopic/)?(?P<number>\d{8})"
)
_UNSTORABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


def terms_of(stated: Mapping[str, object]) -> Terms:
    """The terms that fields state, under the names of `field_names.TERMS`."""
    found: dict[str, object] = {}
    subjects: list[object] = []
    for name, value in stated.items():
        field = TERMS.get(plain(name))
        if field == "subjects":
            subjects += _all(value)
        elif field and value not in (None, "", [], {}):
            found.setdefault(field, value)
    return Terms(
        item_id=_line(found.get("item_id"), LONGEST // 5),
        version=_line(found.get("version")),
        versioned_at=moment(words(found.get("versioned_at"))),
        embargoed_until=moment(words(found.get("embargoed"))),
        usage_terms=_line(found.get("usage_terms"), LONGEST),
        copyright_holder=_line(found.get("copyright_holder")),
        corrects=tuple(dict.fromkeys(filter(None, map(_line, _all(found.get("corrects")))))),
        subjects=tuple(_subjects(subjects))[:MOST_SUBJECTS],
    )


def stopped(stated: Mapping[str, object]) -> str | None:
    """Why an item may not be shown, for people; None where it may be, or may be in time.

    Its status is IPTC's (usable, withheld, canceled), its embargo a moment; one that cannot be read
    holds the item back.
    """
    found = {TERMS.get(plain(name)): words(value) for name, value in stated.items()}
    status = re.split(r"[:/]", found.get("pubstatus", "").strip().lower())[-1]
    if why := _STOPPED.get(status):
        return f"{why} by its publisher and is not shown"
    if found.get("embargoed") and moment(found["embargoed"]) is None:
        return "has an embargo whose end cannot be read, and is not shown; correct the moment"
    return None


def moment(written: str) -> datetime | None:
    """An ISO moment in UTC, which is that of one without an offset; None where it is none."""
    try:
        read = datetime.fromisoformat(written.strip())
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except OverflowError:  # the last hours of the year 9999, elsewhere
        return read.replace(tzinfo=UTC)
    except ValueError:
        return None


def _subjects(given: Iterable[object]) -> Iterable[Subject]:
    seen = set[tuple[str, str | None]]()
    for one in given:
        if not isinstance(one, Mapping):
            name, code = _line(one), None
        else:
            name = _line(one.get("value") or one.get("name") or one.get("webTitle"))
            code = _line(
                one.get("code") or one.get("qcode") or one.get("uri") or one.get("literal")
            )
            scheme = _line(one.get("scheme")) or ""
            if code and not _MEDIA_TOPIC.fullmatch(code) and _MEDIA_TOPIC.fullmatch(scheme + code):
                code = scheme + code
        topic = _MEDIA_TOPIC.fullmatch(code or name or "")
        code = f"medtop:{topic['number']}" if topic else code
        name = name or code
        if name and (name.casefold(), code) not in seen:
            seen.add((name.casefold(), code))
            yield Subject(name, code)


def _all(value: object) -> list[object]:
    """The items of a list, or between the commas or semicolons of a text."""
    if isinstance(value, (list, tuple)):
        return list(value)
    if isinstance(value, str):
        return list(re.split(r"\s*[;,]\s*", value))
    return [] if value is None else [value]


def _line(value: object, longest: int = LONGEST // 10) -> str | None:
    if isinstance(value, Mapping):
        value = value.get("uri") or value.get("href") or value
    said = str(value) if isinstance(value, int) and not isinstance(value, bool) else words(value)
    return " ".join(_UNSTORABLE.sub(" ", said).split())[:longest] or None
