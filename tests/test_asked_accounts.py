"""Questions whether accounts agree, read as a question of what they are accounts of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from asking import query
from newsroom import card, sentences

from service.conflicts.disputes import settled
from service.drafting import extractive
from service.query.asked_accounts import of_accounts


@pytest.mark.parametrize(
    ("question", "matter"),
    [
        ("Do the papers agree on the number of hurt porters?", "the number of hurt porters?"),
        ("which accounts of the quay injuries differ, and by how much?", "the quay injuries?"),
        ("where do reports of the market strike contradict each other", "the market strike?"),
        ("Is there any disagreement over the toll?", "the toll?"),
        ("what do the different outlets say about the quay", "the quay?"),
        ("What were the different figures given for the cost of the pier over time?", "the cost of the pier?"),
        ("do the Echo and the Post give the same number of barns", "number of barns?"),
        ("Were four or six crates lost?", "how many crates lost?"),
        ("How many crates were lost, four or six?", "How many crates were lost?"),
        ("Did the unions agree to a merger?", None),
        ("Did the League agree to join a coalition?", None),
        ("Which outlets gave different figures for the toll?", None),
        ("How many crates were lost?", None),
    ],
)  # fmt: skip
def test_what_accounts_are_of_is_what_is_asked(question: str, matter: str | None) -> None:
    assert of_accounts(question) == matter
    read = query(question)
    assert read.of_accounts is (matter is not None)
    assert read.text == (matter or question)


def test_whether_papers_agree_is_answered_with_both_accounts_alone() -> None:
    echo, post = (
        card(name, title, publisher=outlet, published_on=date(2025, 3, 2))
        for name, title, outlet in (
            ("e", "Strike at Loam Market", "Ashby Echo"),
            ("p", "Loam Market stands still", "Loam Post"),
        )
    )
    ranked = [
        *sentences(post, "The strike at Loam Market began at dawn in Ashby.", "All 46 stalls of Ashby were shut on Sunday."),
        *sentences(echo, "A strike closed Loam Market in Ashby on Sunday, with 38 stalls shut."),
    ]  # fmt: skip
    asked = query("Where do reports of the strike at Loam Market contradict each other?")

    drafts, one = settled(asked, ranked, extractive.draft(asked, ranked))

    assert one is not None and one.about == "“46” against “38”"
    assert [draft.text for draft in drafts] == [ranked[1].text, ranked[2].text]


@pytest.mark.parametrize(("relevance", "answered"), [(0.57, True), (0.56, False)])
def test_where_no_two_accounts_differ_the_best_sentence_must_answer_by_itself(
    relevance: float, answered: bool
) -> None:
    (told,) = sentences(card("e", "Strike", publisher="Ashby Echo"), "A strike closed Loam Market.")
    ranked = [replace(told, relevance=relevance)]
    asked = query("Do the papers agree on the strike at Loam Market?")

    drafts, one = settled(asked, ranked, extractive.draft(asked, ranked))

    assert one is None and bool(drafts) is answered


def test_figures_over_time_are_all_told_with_the_latest_first() -> None:
    told = [
        item
        for year, cost in ((2021, 4), (2023, 6), (2025, 9))
        for item in sentences(
            card(f"{year}", "The pier", publisher="Loam Post", published_on=date(year, 5, 5)),
            f"Repairing the pier at Loam will cost £{cost} million, the council said.",
        )
    ]
    ranked = [replace(item, relevance=0.9 - 0.1 * n) for n, item in enumerate(told)]
    asked = query(
        "What were the different figures given for the cost of the pier at Loam over time?"
    )

    drafts, one = settled(asked, ranked, extractive.draft(asked, ranked))

    assert one is not None and one.status == "superseded" and one.chosen == ranked[2]
    assert [draft.text for draft in drafts] == [told[2].text, told[0].text, told[1].text]
