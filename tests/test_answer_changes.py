"""When a second answer to a question is news for who got the first."""

from __future__ import annotations

from typing import Any

import pytest

from service.given_answers.answer_changes import changes, news


def answer(*sentences: str, answering: str = "", **more: Any) -> dict[str, Any]:
    """An answer of sentences that are quoted as they stand; `answering` are the words that answer."""
    citations = [
        {"number": n, "article_id": f"a{n}", "quote": words, "start": 0, "answer": None}
        for n, words in enumerate(sentences, 1)
    ]
    if answering:
        at = sentences[0].index(answering)
        citations[0]["answer"] = {"start": at, "end": at + len(answering), "text": answering}
    claims = [
        {"text": f"{words[:-1]} [{n}].", "citations": [n]} for n, words in enumerate(sentences, 1)
    ]
    made = {"id": "ans_1", "question": "What is it?", "text": " ".join(sentences), "conflicts": []}
    outcome = "answered" if sentences else "declined"
    index = {"generation": "g000001"}
    return (
        made | {"outcome": outcome, "claims": claims, "citations": citations, "index": index} | more
    )


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("It cost 38 million crowns.", "It cost 41 million crowns.", ("number",)),
        ("Rain of 24 millimetres fell.", "Rain of 24 centimetres fell.", ("number",)),
        ("It opens on 4 May 2025.", "It opens on 11 May 2025.", ("date",)),
        ("The pier is safe.", "The pier is unsafe.", ("antonym",)),
        ("The ferry sails today.", "The ferry does not sail today.", ("negation",)),
        ("On it graze 90 goats, and nobody lives there.", "On it graze 90 goats.", ()),
        ("It has 12 lifts.", "It has twelve lifts.", ()),
        ("Ida Falk heads the clinic.", "The clinic is headed by Dr. Ida Falk.", ()),
    ],
)
def test_facts_are_told_and_words_are_not(before: str, after: str, told: tuple[str, ...]) -> None:
    assert news(answer(before), answer(after)) == told


def test_words_that_answer_are_compared_where_the_old_ones_stand_beside_the_new() -> None:
    before = answer("The fine is 50 crowns.", answering="50 crowns")
    after = answer("The fine was raised from 50 to 80 crowns.", answering="80 crowns")
    assert news(before, after) == ("number",)
    again = answer("The fine of 50 crowns stays, for 80 years.", answering="50 crowns")
    assert news(before, again) == ()


def test_an_answer_that_came_or_went_or_is_disputed_is_told() -> None:
    some, none = answer("It cost 38 million crowns."), answer()
    assert news(none, some) == ("answered",) and news(some, none) == ("lost",)
    assert news(none, none) == ()
    disputed = answer("It cost 38 million crowns.", conflicts=[{"status": "disputed"}])
    assert news(some, disputed) == ("disputed",) and news(disputed, disputed) == ()
    other = answer("It cost 38 million crowns.", conflicts=[{"status": "altered_copy"}])
    assert news(some, other) == ()


def test_sentences_about_the_sources_are_no_news() -> None:
    old = answer("It has 40 members.", "This was reported on 3 May 2024, over a year ago.")
    new = answer("It has 40 members.", "This was reported on 9 June 2025, about a month ago.")
    assert news(old, new) == ()


def test_what_lost_its_words_cannot_be_compared_and_says_so() -> None:
    before = answer("It cost 38 million crowns.")
    before["citations"][0]["quote"] = ""
    assert news(before, answer("It cost 38 million crowns.")) == ("removed",)


def test_a_replay_names_what_went_and_what_came() -> None:
    found = changes(answer("It is old.", "It is tall."), answer("It is tall.", "It is new."))
    assert found["sentences"] == {
        "kept": ["It is tall."],
        "gone": ["It is old."],
        "new": ["It is new."],
    }
    assert not found["same"] and changes(answer("It is old."), answer("It is old."))["same"]
