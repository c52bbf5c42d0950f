"""Which of two accounts of one thing is later, and whether it takes the other's place."""

from __future__ import annotations

import re

from service.types import Evidence

# Days between two accounts from which on the later one tells of a change, not of an opinion.
SUPERSEDED_DAYS = 30


def in_order(one: Evidence, other: Evidence) -> tuple[Evidence, Evidence] | None:
    """(earlier, later) by the day their articles appeared; None where a day is unknown or both
    share it.
    """
    ours, theirs = one.article.published_on, other.article.published_on
    if ours is None or theirs is None or ours == theirs:
        return None
    return (one, other) if ours < theirs else (other, one)


def why_replaced(
    earlier: Evidence, later: Evidence, *, left_open: bool = False, changed: bool = False
) -> str | None:
    """Why the later account of the same thing is used, as a sentence for readers; None where its
    being later decides nothing. `left_open`: the earlier says that the matter is undecided, the
    later decides it. `changed`: the later says what it changes.
    """
    before, after = earlier.article, later.article
    if before.published_on is None or after.published_on is None:
        return None
    names = (
        f"{after.publisher or after.title} ({after.published_on}) is later than "
        f"{before.publisher or before.title} ({before.published_on})"
    )
    if after.publisher and after.publisher == before.publisher:
        return f"{names}, an earlier report of the same outlet, so the later account is used"
    if left_open:
        return f"{names}, which left this open, so the later account is used"
    if changed or _SAYS_IT_CHANGED.search(later.text):
        return f"{names} and says that something has changed, so the later account is used"
    if (after.published_on - before.published_on).days >= SUPERSEDED_DAYS:
        return f"{names} on something that changes, so the later account is used"
    return None


_SAYS_IT_CHANGED = re.compile(
    r"(?i)\b(?:now|revis\w+|correct(?:ed|s|ion)|updated?|"
    r"has (?:risen|fallen|grown|climbed|dropped)|(?:rose|fell|rises?|falls?|climbed|grew|rising|"
    r"raised|lowered|cut|increased|reduced) (?:\w+ )?(?:to|from)|up from|down from|instead of|"
    r"replac\w+|succe(?:eds|eded|eding)|took over|sworn in|no longer)\b"
)
