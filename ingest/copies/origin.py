"""Where the story of a family comes from, as far as its copies say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.types import Article


@dataclass(frozen=True, slots=True)
class Origin:
    """The outlet that copies credit, the member that was published first, and who only repeats it."""

    credited_to: str | None  # as most credit lines write it
    earliest_id: str | None  # None where no member states its day, or two state the same first one
    repeated_by: tuple[str, ...]  # the other outlets, in alphabetical order


def origin(articles: Sequence[Article]) -> Origin:
    """The origin of one family's articles; every field is empty where nothing is known."""
    credits = Counter(a.credited_to for a in articles if a.credited_to)
    credited = min(credits, key=lambda name: (-credits[name], name), default=None)
    days = sorted((a.published_on, a.article_id) for a in articles if a.published_on)
    alone = bool(days) and (len(days) == 1 or days[0][0] < days[1][0])
    earliest = days[0][1] if alone and len(articles) > 1 else None
    first = next((a.publisher for a in articles if a.article_id == earliest), None)
    source = credited or first
    outlets = {a.publisher for a in articles if a.publisher and a.publisher != source}
    return Origin(credited, earliest, tuple(sorted(outlets)) if source else ())
