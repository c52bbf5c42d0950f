"""Whether an article merely carries another one, as a round-up does, or is the same text continued."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest

from ingest.copies.alterations import Copy, read_copy
from ingest.copies.roundups import carries, same_title
from ingest.copies.sentence_alignment import Embed
from ingest.types import Article, Sentence, SentenceKind

BODY, HEADING = SentenceKind.BODY, SentenceKind.HEADING
ITEM = (
    "Piet Marsh opened the hall at Wexham in spring.",
    "Lena Oak sold 4,100 places there.",
    "The choirs of Osterby sang on both Fridays.",
)
OTHER = [f"Rain of the {n}th hour fell on {town} all night long." for n, town in enumerate(("Skerra", "Tarn", "Loam", "Ashby", "Corbel", "Orvel", "Senn", "Harl"), 4)]  # fmt: skip


def copy_of(
    title: str | None, *texts: str, heading: str | None = None, outlet: str | None = None, day: date | None = None
) -> Copy:  # fmt: skip
    found: list[Sentence] = []
    for text in ([heading] if heading else []) + list(texts):
        start = found[-1].end + 1 if found else 0
        kind = HEADING if text == heading else BODY
        found.append(Sentence(start, start + len(text), text, kind))
    text = " ".join(s.text for s in found)
    return read_copy(Article("/archive/x", "x", text, title, None, outlet, None, day), found)


def turning(cosine: float) -> Embed:
    """A model to which the item's sentences are one direction and all others another, at this cosine."""

    def embed(texts: Sequence[str]) -> np.ndarray:
        away = (cosine, (1 - cosine**2) ** 0.5)
        return np.array([(1, 0) if t in ITEM else away for t in texts], dtype=np.float32)

    return embed


HALL = copy_of("Hall opens", *ITEM)


@pytest.mark.parametrize(("cosine", "carried"), [(0.34, True), (0.36, False)])
def test_a_round_up_turns_to_something_else(cosine: float, carried: bool) -> None:
    holder = copy_of("The week in short", *OTHER, *ITEM)
    assert carries(holder, HALL, turning(cosine)) == carried


@pytest.mark.parametrize(("others", "carried"), [(4, True), (3, False)])
def test_a_round_up_has_four_sentences_besides(others: int, carried: bool) -> None:
    holder = copy_of("The week in short", *OTHER[:others], *ITEM)
    assert carries(holder, HALL, turning(0.0)) == carried


def many(count: int) -> list[str]:
    return [f"Q{chr(97 + n // 26)}{chr(97 + n % 26)} left his y{n} for {n} z{n}." for n in range(count)]  # fmt: skip


@pytest.mark.parametrize(("others", "carried"), [(6, True), (5, False)])
def test_of_a_long_round_up_a_seventh_is_something_else(others: int, carried: bool) -> None:
    story = many(34)  # six of forty are 15 in a hundred
    embed: Embed = lambda texts: np.array([(1, 0) if t in story else (0, 1) for t in texts], dtype=np.float32)  # fmt: skip # noqa: E731
    holder = copy_of("The week in short", *OTHER[:others], *story)
    assert carries(holder, copy_of("Hall opens", *story), embed) == carried


def test_what_is_wholly_another_text_is_not_carried() -> None:
    assert not carries(copy_of("The week in short", *OTHER), HALL, turning(0.0))
    assert not carries(copy_of("The week in short"), HALL, turning(0.0))


def test_a_headline_tells_whose_story_it_is() -> None:
    texts = (*OTHER, *ITEM)
    assert not carries(copy_of("Hall opens", *texts), HALL, turning(0.0))
    assert not carries(copy_of("The week", *texts), copy_of(None, *ITEM), turning(0.0))
    # two of five words of its headline stand in the item
    assert not carries(copy_of("Marsh sang, rain, wind, snow", *texts), HALL, turning(0.0))
    assert carries(copy_of("Marsh sang, rain, wind, snow, hail", *texts), HALL, turning(0.0))
    assert carries(copy_of("Marsh", *texts), HALL, turning(0.0))


@pytest.mark.parametrize(
    ("outlet", "day", "carried"),
    [("The Wexham Echo", None, True), (None, date(2025, 3, 4), True), (None, None, False)],
)
def test_a_whole_article_under_its_own_headline_is_carried(
    outlet: str | None, day: date | None, carried: bool
) -> None:
    holder = copy_of("The week in short", *OTHER, *ITEM, heading="Hall opens")
    item = copy_of("Hall opens", *ITEM, outlet=outlet, day=day)
    assert carries(holder, item, turning(1.0)) == carried


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("New hall opens today", "New hall opens now", True),  # six of eight words
        ("New hall opens now", "New hall shut today", False),
        ("New hall", "New hall opens now", False),  # four of six
        (None, "Hall opens", False),
        (None, None, False),
    ],
)
def test_headlines_are_the_same_by_three_quarters_of_their_words(
    one: str | None, other: str | None, same: bool
) -> None:
    assert same_title(one, other) == same
