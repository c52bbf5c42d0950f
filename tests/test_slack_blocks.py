"""Whatever an answer holds, its blocks fit Slack's limits, and no citation is torn."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import fake_slack
import pytest
from fake_dateline import CARD, QUOTE, answered, declined
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.types import Span
from service.surfaces import slack_blocks, slack_text
from service.types import (
    Account,
    Answer,
    ArticleCard,
    Citation,
    Claim,
    Conflict,
    FamilyPlace,
    Nearest,
)

EXAMPLES = int(os.environ.get("DATELINE_SLACK_EXAMPLES", "150"))
WORDS = st.text(
    alphabet=st.one_of(
        st.sampled_from("<>&|*_~`[]()!@#:\n \u202e\u2066é漢😀"), st.characters(exclude_categories=["Cs"])
    ),
    max_size=400,
)  # fmt: skip
LONG = st.builds(lambda words, times: words * times, WORDS, st.sampled_from([1, 1, 1, 40]))
CARDS = st.builds(
    ArticleCard,
    article_id=st.sampled_from([f"a{n}" for n in range(30)]),
    title=LONG,
    author=st.none(),
    publisher=st.none() | LONG,
    url=st.none() | st.just("https://e.example/") | LONG.map(lambda words: f"https://e.example/{words}"),
    source=st.just("x.txt"),
    published_on=st.none() | st.dates(min_value=date(1900, 1, 1), max_value=date(2030, 1, 1)),
    date_source=st.just("text"),
    family=st.builds(
        FamilyPlace,
        id=st.sampled_from([f"f{n}" for n in range(25)]),
        size=st.integers(1, 400),
        role=st.sampled_from(["original", "republished", "fragment", "updated", "altered"]),
        canonical=st.booleans(),
    ),
)  # fmt: skip


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    cards = draw(st.lists(CARDS, max_size=30))
    citations = [
        Citation(number, "p", draw(LONG) or "x", 0, 1, card) for number, card in enumerate(cards, 1)
    ]
    claims, text = [], ""
    for _ in range(draw(st.integers(0, 8))):
        numbers = (
            draw(st.lists(st.sampled_from([c.number for c in citations]), max_size=4))
            if citations
            else []
        )
        words = draw(LONG).replace("[", "(").strip() + "x"
        said = words + " " + "".join(f"[{number}]" for number in numbers) + "."
        start = len(text) + bool(text)
        text += (" " if text else "") + said
        claims.append(Claim(said, start, start + len(said), tuple(numbers), "supported", 1))  # type: ignore[arg-type]
    accounts = [Account(draw(LONG) or "x", citation) for citation in citations[:3]]
    conflicts = [
        Conflict(draw(LONG), draw(st.sampled_from(["superseded", "disputed", "altered_copy"])), tuple(accounts),
                 draw(st.sampled_from([0, None])), "why")
    ] if accounts else []  # fmt: skip
    near = [
        Nearest("p", 0, 1, "x", 0.5, card, sentence=draw(st.none() | st.just(Span(0, 1, draw(LONG) or "x"))))
        for card in cards[:3]
    ]  # fmt: skip
    is_declined = draw(st.booleans())
    return replace(
        answered(), text=text or "No.", claims=tuple(claims), citations=tuple(citations), conflicts=tuple(conflicts),
        nearest=tuple(near) if is_declined else (), outcome="declined" if is_declined else "answered",
    )  # fmt: skip


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from texts(list(value.values()))
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)
    elif isinstance(value, str):
        yield value


def check(answer: Answer) -> None:
    pieces = [answer.text[a.end if a else 0 : b.end] for a, b in zip((None, *answer.claims), answer.claims, strict=False)]  # fmt: skip
    said = [slack_text.markdown(piece) for piece in pieces or [answer.text]]
    messages = slack_text.packed(said, slack_blocks.MESSAGE_BYTES, slack_blocks.size)
    numbers = re.findall(r"\[\d+\]", answer.text)
    assert [n for message in messages for n in re.findall(r"\[\d+\]", message)] == numbers
    assert not any(message.lstrip().startswith("[") for message in messages[1:])
    for message in messages:
        assert len(message.encode()) <= fake_slack.STREAM_BYTES
        assert fake_slack.blocks_fault(slack_blocks.body(message)) is None
        assert "<" not in message and "](" not in message
    for public_url in (None, "https://news.example"):
        for cards in (True, False):
            for blocks in slack_blocks.settled(answer, public_url, cards):
                assert fake_slack.blocks_fault(blocks) is None, blocks
        for blocks in slack_blocks.quotes(answer, public_url):
            assert fake_slack.blocks_fault(blocks) is None, blocks


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(answers())
def test_any_answer_fits_slack_s_limits_and_no_citation_is_torn(answer: Answer) -> None:
    check(answer)


@pytest.mark.slow
@settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(answers())
def test_ten_thousand_answers_fit_slack_s_limits_and_no_citation_is_torn(answer: Answer) -> None:
    check(answer)


def shown(answer: Answer, cards: bool = True) -> list[dict[str, Any]]:
    [blocks] = slack_blocks.settled(answer, "https://news.example", cards)
    return blocks


def test_copies_of_one_story_are_one_card_with_their_numbers() -> None:
    first = answered().citations[0]
    copy = replace(first, number=2, article=replace(CARD, article_id="a2", publisher="The Courier"))
    other = replace(first, number=3, article=replace(CARD, article_id="a3", family=FamilyPlace("f9", 1, "original", True)))  # fmt: skip
    [carousel, *_] = shown(replace(answered(), citations=(first, copy, other)))
    assert [card["title"]["text"] for card in carousel["elements"]] == [
        "[1][2] Cable deal ends quarrel",
        "[3] Cable deal ends quarrel",
    ]
    assert (
        carousel["elements"][0]["body"]["text"] == "Republished copy, one of 3 copies, counted once"
    )
    assert "body" not in carousel["elements"][1]
    assert carousel["elements"][0]["actions"][0]["url"] == "https://ledger.example/cable?a=1&b=2"


def test_an_altered_copy_is_flagged_on_its_card() -> None:
    altered = answered(family=FamilyPlace("f1", 3, "altered", False))
    assert "⚠ Altered copy" in shown(altered)[0]["elements"][0]["body"]["text"]


@pytest.mark.parametrize(("sources", "carousels"), [(10, 1), (11, 2)])
def test_a_carousel_holds_ten_cards(sources: int, carousels: int) -> None:
    cited = answered().citations[0]
    many = tuple(
        replace(cited, number=n, article=replace(CARD, family=FamilyPlace(f"f{n}", 1, "original", True)))
        for n in range(1, sources + 1)
    )  # fmt: skip
    blocks = shown(replace(answered(), citations=many))
    assert sum(block["type"] == "carousel" for block in blocks) == carousels


def conflict(status: str, chosen: int | None, about: str = "the day") -> Conflict:
    here = "After long talks in a disused lighthouse the accord was signed in the night of 28 February by both leaders."
    there = Citation(
        None, "p2", "…", 0, 1, replace(CARD, publisher="The Courier", published_on=None)
    )
    accounts = (
        Account(here, answered().citations[0]),
        Account(here.replace("28 February", "8 May"), there),
    )
    return Conflict(about, status, accounts, chosen, "…")  # type: ignore[arg-type]


TOLD = {
    "Accounts disagree": ("disputed", None),
    "A newer account differs": ("superseded", 0),
    "⚠ An altered copy says otherwise": ("altered_copy", 0),
}


@pytest.mark.parametrize(("title", "kind"), TOLD.items())
def test_a_disagreement_is_one_card_that_says_who_has_what(
    title: str, kind: tuple[str, int | None]
) -> None:
    found = conflict(*kind, about="“28 February” became “18 February”")
    [card] = [b for b in shown(replace(answered(), conflicts=(found,))) if b["type"] == "card"]
    assert card["title"]["text"] == title
    if title == "Accounts disagree":
        assert card["body"]["text"] == (
            "The Strait Ledger (2025-03-03): “…in the night of 28 February by both leaders.” [1]\n"
            "The Courier: “…in the night of 8 May by both leaders.”"
        )
    if "altered" in title:
        assert card["body"]["text"] == "The Courier: “28 February” became “18 February”"


def test_a_refusal_quotes_the_closest_sentence_and_names_what_is_near_too() -> None:
    words = "The accord <!channel> was put off."
    near = Nearest("p1", 0, 90, words, 0.5, replace(CARD, url=None), 0.5, Span(4, 38, words))
    refusal = declined(nearest=(near, replace(near, sentence=None)))
    closest, others, again, rate = shown(refusal)
    assert closest["text"]["text"] == (
        "The closest passage, from <https://news.example/articles/a1|The Strait Ledger of 3 March 2025>, says: "
        "“The accord &lt;!channel&gt; was put off.”"
    )
    assert others["text"]["text"].startswith(
        "Also near:\n• <https://news.example/articles/a1|Cable deal"
    )
    assert again["elements"][0]["placeholder"]["text"] == "Ask again as of another day"
    assert again["block_id"] == "again:ans_1"
    assert rate["elements"][0]["negative_button"]["value"] == "down ans_1"


def test_a_question_whose_spelling_was_corrected_is_shown_as_it_was_read() -> None:
    [note, *_] = shown(replace(answered(), read_as="when was the <accord> signed?"))
    assert note["elements"][0]["text"] == "Read as: when was the &lt;accord&gt; signed?"


def test_quotes_are_whole_up_to_1200_characters() -> None:
    for length, whole in ((1_200, True), (1_201, False)):
        [[block]] = slack_blocks.quotes(answered(quote="x" * length), None)
        assert ("x" * 1_200 in block["text"]["text"]) is whole


def test_at_most_four_stories_are_suggested() -> None:
    prompts = slack_blocks.prompts([QUOTE, "x" * 400, "c", "d", "e"])
    assert len(prompts) == 4
    assert max(len(prompt["title"]) for prompt in prompts) == 150
