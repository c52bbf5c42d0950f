"""Where a story comes from: the credited outlet, the first publication, who repeats it."""

from __future__ import annotations

from datetime import date

from ingest.copies.origin import Origin, origin
from ingest.types import Article


def article(
    name: str, publisher: str | None, day: int | None, credited: str | None = None
) -> Article:
    published = date(2025, 3, day) if day else None
    return Article(
        f"/{name}", name, "", publisher=publisher, published_on=published, credited_to=credited
    )


def test_the_credited_outlet_is_the_source_and_the_others_repeat_it() -> None:
    copies = [article("a", "Quay Post", 5, "Senn Wire"), article("b", "Echo", 4, "Senn Wire")]
    assert origin(copies) == Origin("Senn Wire", copies[1].article_id, ("Echo", "Quay Post"))


def test_without_a_credit_line_the_first_publication_is_the_source() -> None:
    copies = [article("a", "Quay Post", 5), article("b", "Echo", 4), article("c", None, None)]
    assert origin(copies) == Origin(None, copies[1].article_id, ("Quay Post",))


def test_nothing_is_said_where_nothing_is_known() -> None:
    assert origin([article("a", "Quay Post", 5)]) == Origin(None, None, ())
    same_day = [article("a", "Quay Post", 5), article("b", "Echo", 5)]
    assert origin(same_day) == Origin(None, None, ())
