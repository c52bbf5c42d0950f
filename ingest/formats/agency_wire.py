"""Reads copy as agencies transmit it (IPTC 7901): without the lines that are for their machines."""

from __future__ import annotations

import re

from ingest.text.trusted_dates import stated_date
from ingest.types import DateKind, Extract

_HEAD = re.compile(
    r"\s*(?:[A-Z]{3}|[a-z]{2,4})\d{3,4}[ \t]+\d[ \t]+[a-z]{1,3}[ \t]+\d+[^\n]*\n", re.ASCII
)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufeff]")
_SLUG = re.compile(r"\s*(?P<slug>[^\s/][^\n/]{0,60}/[^\n]{0,40})\n")
_TITLE = re.compile(r"\s*(?P<title>\S[^\n]{3,200}?)[ \t]*=[ \t]*\n")
_TAIL = re.compile(
    r"\n(?:[ \t]*[a-z]{2,4}(?:[ \t]+[a-z]{2,4}){0,4}[ \t]*\n)?\s*"
    r"(?P<day>\d\d)(?P<clock>\d{4})[ \t]+(?P<zone>[A-Z]{3,4})[ \t]+(?P<month>[A-Za-z]{3})[ \t]+(?P<year>\d\d)\s*$"
)


def read_wire(text: str) -> Extract | None:
    """What a transmission says, its title and moment as stated; None where a text is none.

    It begins with service, number, priority, category and length (`abc012 4 i 211`); its slug and
    headline end in `/` and `=`; it ends with day, hour, zone, month and year (`032215 GMT Mar 25`).
    """
    text = _CONTROLS.sub("", text.replace("\r\n", "\n"))
    head, tail = _HEAD.match(text), _TAIL.search(text)
    if head is None or tail is None:
        return None
    body = text[head.end() : tail.start()]
    if slug := _SLUG.match(body):
        body = body[slug.end() :]
    title = _TITLE.match(body)
    if title:
        body = f"{title['title']}\n\n{body[title.end() :]}"
    moment = f"{tail['day']} {tail['month'].capitalize()} 20{tail['year']}"
    day = stated_date(
        DateKind.PUBLISHED, f"{moment} {tail['clock'][:2]}:{tail['clock'][2:]}", "field"
    )
    return Extract(body, {"title": title["title"]} if title else {}, (day,) if day else ())
