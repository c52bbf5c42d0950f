"""Tells what kind of piece each paragraph of an article is: title, heading, byline, date line, body."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.text.header_block import read_header
from ingest.text.header_pieces import is_byline, states_day
from ingest.text.line_kinds import (
    LONGEST_HEADING,
    ends_within,
    is_heading,
    is_notice,
    plain,
    same_line,
    triggers_in,
)
from ingest.types import SentenceKind

BODY, TITLE, HEADING = SentenceKind.BODY, SentenceKind.TITLE, SentenceKind.HEADING
BYLINE, DATELINE, BOILERPLATE = SentenceKind.BYLINE, SentenceKind.DATELINE, SentenceKind.BOILERPLATE

HEADER_BLOCKS = 8  # a title stands among the first of an article
CONTENTS_BLOCKS = 40  # a table of contents stands among so many, and has no more entries


def kinds_of(blocks: Sequence[str], title: str | None = None) -> list[SentenceKind]:
    """The kind of every paragraph or line of an article, in order."""
    triggers = triggers_in("\n".join(blocks))
    kinds = [_kind(block, triggers) for block in blocks]
    header = read_header(blocks, title)
    for index in header.said:
        kinds[index] = BYLINE if kinds[index] in (HEADING, BODY) else kinds[index]
    _mark_title(blocks, kinds, title)
    _mark_contents(blocks, kinds)
    prose_follows = False  # a heading heads something: without prose after it, it is prose itself
    for index in range(len(kinds) - 1, -1, -1):
        if kinds[index] is BODY:
            prose_follows = True
        elif kinds[index] is HEADING and not prose_follows:
            kinds[index], prose_follows = BODY, ends_within(blocks[index])
    return kinds


def _kind(block: str, triggers: Sequence[str]) -> SentenceKind:
    if is_byline(block):
        return BYLINE
    if states_day(block):
        return DATELINE
    if is_notice(block, triggers):
        return BOILERPLATE
    return HEADING if is_heading(block) else BODY


def _mark_title(blocks: Sequence[str], kinds: list[SentenceKind], title: str | None) -> None:
    """The first line that says the title is the title; its second copy, which scrapers leave, is
    boilerplate."""
    if (
        title is None
        and len(blocks) > 2
        and kinds[0] is HEADING
        and same_line(blocks[0], blocks[1])
    ):
        title = blocks[0]
    if title is None:
        return
    seen = False
    for index, block in enumerate(blocks[:HEADER_BLOCKS]):
        if len(block) <= 2 * len(title) + 60 and same_line(block, title):
            kinds[index] = BOILERPLATE if seen else TITLE
            seen = True


def _mark_contents(blocks: Sequence[str], kinds: list[SentenceKind]) -> None:
    """A table of contents: the lines under its heading that merely repeat headings further down."""
    index = next(
        (i for i, block in enumerate(blocks[:CONTENTS_BLOCKS]) if _CONTENTS.fullmatch(block)), None
    )
    if index is None:
        return
    later = zip(blocks[index + 1 :], kinds[index + 1 :], strict=True)
    headings = [
        plain(block) for block, kind in later if kind is HEADING and not _BULLET.match(block)
    ]
    listed = index + 1
    for block in blocks[listed : listed + CONTENTS_BLOCKS]:
        item = plain(_BULLET.sub("", block))
        repeats = sum(heading.startswith(item) or item.startswith(heading) for heading in headings)
        # a line without a bullet is itself among the headings
        if len(block) > LONGEST_HEADING or not item or repeats < (1 if _BULLET.match(block) else 2):
            break
        kinds[listed] = BOILERPLATE
        listed += 1
    if listed > index + 1:
        kinds[index] = BOILERPLATE


_BULLET = re.compile(r"(?:[-*•‣◦▪–+]|\d{1,2}[.)])\s+")
_CONTENTS = re.compile(
    r"(?:table of )?contents|in this (?:article|story|section)|on this page|sommaire|inhalt",
    re.IGNORECASE,
)
