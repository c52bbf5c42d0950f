"""Accounts of two outlets, in our own words: which of them disagree, and which one is used."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from asking import query
from newsroom import card, sentences

from ingest.types import SentenceKind
from service.conflicts.disputes import Dispute, dispute, settled
from service.drafting import extractive
from service.query.question_analysis import analyse
from service.types import Draft, Evidence, Question

Told = tuple[str, str, str]  # published on (may be ""), title, sentence

MARCH = "How many people marched against the quarry in Ashby?"
MAYOR = "Who is the mayor of Ashby?"
FARE = "How much does a day ticket to Loam Island cost?"
ARREST = "Was anybody arrested at the quarry march?"

# (question, one account, another, what they are to each other; None: they do not disagree)
PAIRS: list[tuple[str, Told, Told, str | None]] = [
    # one event, different values
    (MARCH, ("2025-05-04", "Ashby marches", "About 3,000 people marched through Ashby against the quarry on Saturday, police said."),
     ("2025-05-04", "A town says no", "Organisers counted 11,000 people who marched in Ashby against the quarry."), "disputed"),
    ("How many houses did the Loam flood damage?", ("2024-02-11", "Flood in Loam", "The flood in Loam damaged 40 houses, the county said."),
     ("2024-02-12", "Loam after the flood", "The Loam flood damaged 95 houses, according to the insurers."), "disputed"),
    ("How many workers joined the strike at Corbel Mills?", ("2025-03-02", "Corbel strike", "Some 200 workers joined the strike at Corbel Mills, the firm said."),
     ("2025-03-03", "Looms stand still", "The union said that 640 workers had joined the strike at Corbel Mills."), "disputed"),
    ("How much did the fire at the Ashby depot cost?", ("2025-07-01", "Depot fire", "The fire at the Ashby depot cost £2 million, its owner said."),
     ("2025-07-03", "After the depot fire", "The fire at the Ashby depot cost £9 million, assessors reckon."), "disputed"),
    ("When did the Ashby quarry blast happen?", ("2025-07-01", "Blast at quarry", "The blast at the Ashby quarry happened on 28 June 2025."),
     ("2025-07-02", "Quarry blast", "The Ashby quarry blast happened on 29 June 2025, a driver said."), "disputed"),
    ("Who led the Ashby quarry march?", ("2025-05-04", "Quarry march", "The Ashby quarry march was led by Nora Finch."),
     ("2025-05-05", "March on the quarry", "Leon Abel led the quarry march in Ashby."), "disputed"),
    (ARREST, ("2025-05-04", "Quarry march", "Nobody was arrested at the quarry march, police said."),
     ("2025-05-04", "March on the quarry", "Two students were arrested at the quarry march."), "disputed"),
    ("Did the council approve the quarry?", ("2025-06-10", "Quarry vote", "The council approved the quarry on Monday."),
     ("2025-06-10", "Vote on the quarry", "The council did not approve the quarry on Monday; it asked for more time."), "disputed"),
    ("How many sheep did the storm kill?", ("2024-11-20", "Storm on the fells", "The storm killed 300 sheep on the fells."),
     ("2024-11-21", "Storm losses", "The storm killed 1,150 sheep, the farmers' union said."), "disputed"),
    ("How many boats sank in Loam harbour?", ("2024-11-20", "Harbour storm", "Five boats sank in Loam harbour."),
     ("2024-11-21", "Loam harbour", "Nine boats sank in Loam harbour, the harbour master said."), "disputed"),
    ("How many jobs will Corbel Mills cut?", ("", "Corbel Mills", "Corbel Mills will cut 120 jobs."),
     ("", "Corbel Mills", "Corbel Mills will cut 210 jobs."), "disputed"),
    # things that change
    (FARE, ("2023-04-01", "Loam fares", "A day ticket to Loam Island costs £6."),
     ("2025-04-01", "Island fares", "A day ticket to Loam Island costs £8."), "superseded"),
    (MAYOR, ("2022-05-10", "Hall opens", "Ida Crane, the mayor of Ashby, opened the hall."),
     ("2025-05-10", "New pool", "Tom Reed, the mayor of Ashby, swam the first length."), "superseded"),
    ("How many buses run between Ashby and Loam?", ("2023-01-05", "Bus cuts", "Six buses run between Ashby and Loam."),
     ("2025-01-05", "Buses", "Nine buses run between Ashby and Loam."), "superseded"),
    ("How many members does the Ashby choir have now?", ("2021-01-05", "Choir", "The Ashby choir has 31 members."),
     ("2025-01-05", "Ashby choir", "The Ashby choir has 54 members."), "superseded"),
    ("Is the Loam bridge closed?", ("2024-01-05", "Bridge", "The Loam bridge is closed."),
     ("2025-01-05", "Loam bridge", "The Loam bridge is not closed to traffic any more."), "superseded"),
    ("How many people died in the Loam rail crash?", ("2025-03-02", "Rail crash", "Four people died in the Loam rail crash."),
     ("2025-03-04", "Loam crash", "The number of people who died in the Loam rail crash rose to seven people, the hospital said."), "superseded"),
    ("How much will the Ashby pool cost?", ("2025-03-02", "Pool", "The Ashby pool will cost £4 million."),
     ("2025-03-20", "Pool bill grows", "The Ashby pool will now cost £7 million, the council said."), "superseded"),
    # different events that look alike
    (MARCH, ("2025-05-04", "Ashby marches", "About 3,000 people marched through Ashby against the quarry on Saturday."),
     ("2025-05-05", "Loam regatta", "Some 9,000 people watched the regatta in Loam."), None),
    ("How many houses did the Loam flood damage?", ("2024-02-11", "Flood in Loam", "The flood in Loam damaged 40 houses on 9 February 2024."),
     ("2021-10-03", "Flood in Loam", "The flood in Loam damaged 7 houses on 1 October 2021."), None),
    ("How many people died in the Loam rail crash?", ("2025-03-02", "Rail crash", "Four people died in the Loam rail crash."),
     ("2025-03-03", "Ashby fire", "Two people died in a fire in Ashby."), None),
    ("Who won the Ashby marathon?", ("2024-09-02", "Marathon", "Kofi Lane won the Ashby marathon on 1 September 2024."),
     ("2025-09-08", "Marathon", "Ruth Berg won the Ashby marathon on 7 September 2025."), None),
    ("How much did the fire at the Ashby depot cost?", ("2025-07-01", "Depot fire", "The fire at the Ashby depot cost £2 million, its owner said."),
     ("2025-07-03", "New hall", "The new hall in Loam cost £9 million."), None),
    ("When did the Ashby quarry open?", ("2025-07-01", "Quarry", "The Ashby quarry opened on 3 May 1998."),
     ("2025-07-02", "Loam pier", "The Loam pier opened on 9 June 2001."), None),
    ("Did the council approve the quarry?", ("2025-06-10", "Quarry vote", "The council approved the quarry on Monday."),
     ("2025-06-11", "Library", "The council did not close the library."), None),
    ("Was anybody hurt in the depot fire?", ("2025-07-01", "Depot fire", "Two people were hurt in the depot fire."),
     ("2025-07-30", "Depot", "The depot fire did not stop the parcels."), None),
    # the same value, otherwise written
    (MARCH, ("2025-05-04", "Ashby marches", "About 3,000 people marched through Ashby against the quarry."),
     ("2025-05-04", "A town says no", "The police counted 3,040 people who marched in Ashby against the quarry."), None),
    (MARCH, ("2025-05-04", "Ashby marches", "More than 10,000 people marched through Ashby against the quarry."),
     ("2025-05-04", "A town says no", "Organisers counted 11,000 people who marched in Ashby against the quarry."), None),
    ("When did the Ashby quarry blast happen?", ("2025-07-01", "Blast at quarry", "The blast at the Ashby quarry happened on 28 June 2025."),
     ("2025-07-02", "Quarry blast", "The Ashby quarry blast happened on 28 June."), None),
    (MAYOR, ("2025-05-10", "Hall opens", "Ida Crane, the mayor of Ashby, opened the hall."),
     ("2025-08-10", "New pool", "Mayor Crane of Ashby swam the first length."), None),
    (FARE, ("2025-04-01", "Loam fares", "A day ticket to Loam Island costs £6."),
     ("2025-04-02", "Island fares", "A day ticket to Loam Island costs 6 pounds."), None),
    ("Did the council approve the quarry?", ("2025-06-10", "Quarry vote", "The council approved the quarry on Monday."),
     ("2025-06-10", "Vote on the quarry", "The quarry was approved by the council, though not by its leader."), None),
    ("How many houses did the Loam flood damage?", ("2024-02-11", "Flood in Loam", "The flood in Loam damaged 40 houses."),
     ("2024-02-12", "Loam after the flood", "Forty houses in Loam were damaged by the flood."), None),
    # a later account says what it changes
    ("How many people died in the Loam flood?", ("2024-02-11", "Flood in Loam", "Twelve people died in the flood in Loam."),
     ("2024-11-28", "Report on the Loam flood", "The report raises the number of the dead from 12 to 15."), "superseded"),
    ("How many people died in the Loam flood?", ("2024-02-11", "Flood in Loam", "Twelve people died in the flood in Loam."),
     ("2024-11-28", "Report on the Loam flood", "The report raises the number of pumps from 9 to 15."), None),
]  # fmt: skip
UNSEEN = 0  # pairs in conflict that may be overlooked, of 18
FALSE = 0  # pairs without a conflict that may be called one, of 15


def found(
    question: str, one: Told, two: Told, outlets: tuple[str, str] = ("Ashby Echo", "Loam Post")
) -> Dispute | None:
    made = []
    for name, outlet, (day, title, text) in zip("ab", outlets, (one, two), strict=True):
        on = date.fromisoformat(day) if day else None
        made += sentences(card(name, title, publisher=outlet, published_on=on), text)
    return dispute(query(question), made, made[0])


def status(one: Dispute | None) -> str | None:
    return one and one.status


def test_most_disagreements_are_seen_and_nothing_else_is_called_one() -> None:
    unseen, wrong = [], []
    for question, one, two, expected in PAIRS:
        got = status(found(question, one, two))
        if got != expected:
            (wrong if expected is None else unseen).append((question, two[2], expected, got))

    assert len(PAIRS) >= 30
    assert len(unseen) <= UNSEEN, unseen
    assert len(wrong) <= FALSE, wrong


@pytest.mark.parametrize("order", [1, -1])
def test_the_later_account_of_what_changes_is_used_whichever_was_found_first(order: int) -> None:
    accounts = [("2023-04-01", "Loam fares", "A day ticket to Loam Island costs £6."),
                ("2025-04-01", "Island fares", "A day ticket to Loam Island costs £8.")][::order]  # fmt: skip

    rival = found(FARE, *accounts)

    assert rival.status == "superseded" and rival.chosen is not None and "£8" in rival.chosen.text
    assert "2025-04-01" in rival.why and "later" in rival.why


def test_an_outlet_s_own_later_word_takes_the_place_of_its_earlier_one() -> None:
    one = (
        "2025-05-04",
        "Ashby marches",
        "About 3,000 people marched through Ashby against the quarry.",
    )
    two = (
        "2025-05-06",
        "The march",
        "About 5,000 people marched through Ashby against the quarry.",
    )

    rival = found(MARCH, one, two, ("Ashby Echo", "Ashby Echo"))

    assert (
        rival.status == "superseded" and rival.chosen is not None and "5,000" in rival.chosen.text
    )
    assert found(MARCH, one, two).status == "disputed"


def test_what_has_no_date_never_takes_the_place_of_anything() -> None:
    rival = found(FARE, ("", "Fares", "A day ticket to Loam Island costs £6."),
                  ("2025-04-01", "Island fares", "A day ticket to Loam Island costs £8."))  # fmt: skip

    assert rival.status == "disputed" and rival.chosen is None


def test_the_sentence_on_a_dispute_names_outlets_and_nothing_that_looks_like_an_address() -> None:
    one, two = PAIRS[0][1], PAIRS[0][2]

    assert found(MARCH, one, two).sentence == "Ashby Echo and Loam Post disagree on this."
    assert (
        found(MARCH, one, two, ("evil.example/pay", "Loam Post")).sentence
        == "The two accounts disagree on this."
    )


WINNER = "Who won the Ashby fell race?"
FOUR = (
    "Nora Finch of Loam won the Ashby fell race ahead of Ida Crane, Tom Reed, Leon Abel and Ines Vale.",
    "The Ashby fell race was won by Nora Finch, with Tom Reed, Leon Abel and Ines Vale behind her.",
    "Mira Stone won the Ashby fell race ahead of Ida Crane, Tom Reed, Leon Abel and Ines Vale.",
    "The Ashby fell race was won by Mira Stone, with Tom Reed, Leon Abel and Ines Vale behind her.",
)


def of_outlets(texts: tuple[str, ...]) -> list[Evidence]:
    on = date(2025, 5, 4)
    return [
        s
        for n, t in enumerate(texts)
        for s in sentences(card(f"f{n}", "", publisher=f"Outlet {n}", published_on=on), t)
    ]


def test_two_outlets_against_two_are_a_dispute_though_each_names_many() -> None:
    rival = dispute(query(WINNER), of_outlets(FOUR), of_outlets(FOUR)[0])

    assert rival.status == "disputed" and "Finch" in rival.about and "Stone" in rival.about


def test_names_that_some_outlets_leave_out_divide_nobody() -> None:
    agreed = (
        *FOUR[:2],
        FOUR[0].replace("Loam", "Corbel"),
        FOUR[1].replace(", Leon Abel and Ines Vale", " and Ida Crane"),
    )

    assert not dispute(query(WINNER), of_outlets(agreed), of_outlets(agreed)[0])
    assert not dispute(query(WINNER), of_outlets(FOUR[:3]), of_outlets(FOUR[:3])[0])


def test_a_name_that_holds_another_is_the_same_name() -> None:
    one = ("2025-05-04", "", "Corbel chief Tom Reed Received £2 million from Corbel Mills.")
    two = ("2025-05-05", "", "Tom Reed is the chief of Corbel Mills.")

    assert not found("Who is the chief of Corbel Mills?", one, two)


def test_an_answer_from_outside_both_camps_takes_neither_side() -> None:
    aside = sentences(
        card("aside", "", publisher="Outlet 9", published_on=date(2025, 5, 4)),
        "Rain fell on Vale and Crane.",
    )

    assert not dispute(query(WINNER), [*of_outlets(FOUR), *aside], aside[0])


def test_two_outlets_on_one_race_and_two_on_the_next_do_not_disagree() -> None:
    told = [
        f"{text} It was run on 4 May {year}."
        for text, year in zip(FOUR, (2024, 2024, 2025, 2025), strict=True)
    ]
    races = [
        s
        for n, text in enumerate(told)
        for s in sentences(
            card(f"f{n}", "", publisher=f"Outlet {n}", published_on=date(2024 + n // 2, 5, 5)), text
        )
    ]

    assert not dispute(query(WINNER), races, races[0])


def series(texts: list[str], titles: list[str] | None = None) -> list[Evidence]:
    """One article of an outlet of its own for each text, all of one day."""
    on = date(2025, 6, 2)
    return [
        item
        for n, text in enumerate(texts)
        for item in sentences(
            card(f"s{n}", titles[n] if titles else "", publisher=f"Outlet {n}", published_on=on),
            text,
        )
    ]


def test_articles_made_to_one_pattern_contradict_nobody() -> None:
    budgets = series(
        [
            f"The budget of district {n} is {3 + n}00,000 crowns, the council said."
            for n in range(12, 52)
        ],
        [f"Budget of district {n}" for n in range(12, 52)],
    )
    named = series(
        [f"The budget of the {name} district is {n}00,000 crowns, the council said."
         for n, name in enumerate(("harbour", "market", "orchard", "station"), 3)]
    )  # fmt: skip

    assert not dispute(query("What is the budget of district 12?"), budgets, budgets[0])
    assert not dispute(query("What is the budget of the harbour district?"), named, named[0])


def test_a_number_of_the_question_must_be_in_both_articles() -> None:
    gates = [
        "Gate 4 was closed on Monday, the port said.",
        "Gate 7 was not closed on Monday, drivers said.",
    ]
    same = [gates[0], gates[1].replace("7", "4")]

    assert not dispute(query("Was gate 4 closed on Monday?"), series(gates), series(gates)[0])
    assert dispute(query("Was gate 4 closed on Monday?"), series(same), series(same)[0])


def test_more_than_three_different_accounts_are_a_series() -> None:
    told = [f"The Loam storm killed {n} sheep." for n in (120, 300, 470, 650, 900)]
    asked = query("How many sheep did the Loam storm kill?")

    assert dispute(asked, series(told[:4]), series(told)[0])
    assert not dispute(asked, series(told), series(told)[0])


@pytest.mark.parametrize(
    "aside",
    [
        "More than 9,000 people joined the quarry march in Ashby on Sunday.",
        "The talks were held in a disused lighthouse above the quarry in Ashby.",
        "Nobody paid for a ticket at the quarry march in Ashby.",
    ],
)
def test_a_yes_or_no_must_be_about_what_is_asked(aside: str) -> None:
    told = series(["Nobody was arrested at the quarry march in Ashby on Sunday.", aside])

    assert not dispute(query(ARREST), told, told[0])


def test_a_yes_and_a_no_are_found_behind_a_better_ranked_sentence_that_says_neither() -> None:
    on = date(2025, 5, 4)
    echo = card("e", "Quarry march in Ashby", publisher="Ashby Echo", published_on=on)
    post = card("p", "March on the quarry", publisher="Loam Post", published_on=on)
    lead, no = sentences(
        echo, "Some 3,000 people joined the quarry march in Ashby.", "Police made no arrests."
    )
    _, yes = sentences(
        post, "The quarry march in Ashby was loud.", "Two students were arrested near the lock."
    )
    ranked = [lead, no, *sentences(post, "The quarry march in Ashby was loud."), yes]
    asked = query("Were there any arrests at the quarry march in Ashby?")

    drafts, found = settled(asked, ranked, extractive.draft(asked, ranked[:1]))

    assert found is not None and found.status == "disputed"
    assert [draft.text for draft in drafts] == [no.text, yes.text]


def test_what_one_account_left_open_the_later_one_decides() -> None:
    early = (
        "2025-03-01",
        "Corbel sale",
        "Whether Mayor Crane supports the sale of Corbel Mills to Loam Steel is unclear.",
    )
    late = (
        "2025-03-09",
        "Mills",
        "Mayor Crane has come out against the sale of Corbel Mills to Loam Steel.",
    )
    asked = "Does Mayor Crane support the sale of Corbel Mills?"

    for accounts in ((early, late), (late, early)):
        one = found(asked, *accounts)
        assert one is not None and one.status == "superseded"
        assert one.chosen is not None and "against" in one.chosen.text
        assert "left this open" in one.why


def test_a_price_asked_for_with_will_is_the_later_one_though_the_earlier_ranks_higher() -> None:
    old = sentences(
        card("o", "Loam keeps its boats", publisher="Ashby Echo", published_on=date(2024, 5, 16)),
        "A single ticket to Loam stays at £4.", "The new pier at Loam will cost £38 million.",
    )  # fmt: skip
    new = sentences(
        card("n", "Loam gets a new boat", publisher="Loam Post", published_on=date(2025, 11, 20)),
        "A single ticket will rise to £6 in January.",
    )
    asked = query("Will tickets to Loam get more expensive?")
    ranked = [old[1], old[0], *new]

    drafts, one = settled(asked, ranked, extractive.draft(asked, ranked))

    assert [draft.text for draft in drafts] == [new[0].text]
    assert one is not None and one.status == "superseded" and "£4" in one.about

    rest = sentences(new[0].article, "Dogs go free.", start=200)
    both = [*extractive.draft(asked, old), *extractive.draft(query("Do dogs go free?"), rest)]
    drafts, _ = settled(asked, [*ranked, *rest], both)
    assert [draft.text for draft in drafts] == [new[0].text, rest[0].text]


@pytest.mark.parametrize(
    ("until", "replaced"), [("2 January 2025", False), ("5 January 2025", True)]
)
def test_what_is_told_after_the_time_asked_about_takes_the_place_of_nothing(
    until: str, replaced: bool
) -> None:
    old = sentences(
        card("o", "Loam fares", publisher="Ashby Echo", published_on=date(2023, 4, 1)),
        "A day ticket to Loam Island costs £6.",
    )
    new = sentences(
        card("n", "Island fares", publisher="Loam Post", published_on=date(2025, 1, 3)),
        "A day ticket to Loam Island costs £8.",
    )
    text = f"What does a day ticket to Loam Island cost before {until}?"
    asked = analyse(Question(text), date(2026, 1, 1))
    assert asked.periods

    drafts, one = settled(asked, [*old, *new], extractive.draft(query(FARE), old))

    assert (one is not None) is replaced
    assert [draft.text for draft in drafts] == [(new if replaced else old)[0].text]


def test_a_comparison_tells_what_a_later_account_replaces_too() -> None:
    old, new = (
        sentences(
            card(f"{year}", "Loam fares", publisher="Ashby Echo", published_on=date(year, 4, 1)),
            f"A day ticket to Loam Island costs £{pounds}.",
        )
        for year, pounds in ((2023, 6), (2025, 8))
    )
    asked = query("How has the fare of a day ticket to Loam Island changed?")
    both = [Draft(one[0].text, (one[0].key,)) for one in (new, old)]
    assert settled(asked, [*new, *old], both)[0] == tuple(both)


def test_an_account_need_not_name_again_what_its_article_has_named() -> None:
    one = sentences(
        card("a", "Bridge collapses", publisher="Ashby Echo", published_on=date(2024, 2, 12)),
        "Fourteen people were injured when the Kestrel Bridge in Ashby collapsed on Saturday.",
    )
    two = sentences(
        card("b", "Footbridge gives way", publisher="Loam Post", published_on=date(2024, 2, 11)),
        "The Kestrel Bridge in Ashby gave way on Saturday afternoon.",
        "Nine people were injured, two of them seriously, the fire brigade said.",
    )
    asked = query("How many people were injured when the Kestrel Bridge gave way?")
    assert status(dispute(asked, [*one, two[1], two[0]], one[0])) == "superseded"

    other = sentences(
        replace(two[0].article, article_id="c", title="Market fire"),
        "A fire broke out in the market of Ashby on Saturday.",
        "Nine people were injured, two of them seriously, the fire brigade said.",
    )
    assert dispute(asked, [*one, other[1], other[0]], one[0]) is None


def test_the_day_of_a_corrected_article_replaces_no_other_day() -> None:
    ward = (
        "2025-03-04",
        "Ashby hospital to close its maternity ward",
        "The maternity ward closes on 1 July 2025.",
    )
    note = (
        "2025-03-06",
        "Corrections",
        'An article of 4 March 2025, "Ashby hospital to close its maternity ward", stated that 212 children were born there.',
    )
    assert status(found("When will the maternity ward close?", ward, note)) is None


@pytest.mark.parametrize(("days", "status_then"), [(29, "disputed"), (30, "superseded")])
def test_from_thirty_days_on_a_later_account_of_what_changes_is_used(
    days: int, status_then: str
) -> None:
    first = date(2025, 4, 1)
    one = (first.isoformat(), "Loam fares", "A day ticket to Loam Island costs £6.")
    two = (
        (first + timedelta(days)).isoformat(),
        "Island fares",
        "A day ticket to Loam Island costs £8.",
    )

    assert status(found(FARE, one, two)) == status_then


@pytest.mark.parametrize(("counted", "status_then"), [("12,500", None), ("12,510", "disputed")])
def test_more_than_leaves_room_for_a_quarter(counted: str, status_then: str | None) -> None:
    one = (
        "2025-05-04",
        "Ashby marches",
        "More than 10,000 people marched through Ashby against the quarry.",
    )
    two = (
        "2025-05-04",
        "Ashby",
        f"Organisers counted {counted} people who marched in Ashby against the quarry.",
    )

    assert status(found(MARCH, one, two)) == status_then


@pytest.mark.parametrize(("counted", "status_then"), [("8,400", None), ("8,430", "disputed")])
def test_a_round_number_may_be_off_by_a_twentieth(counted: str, status_then: str | None) -> None:
    one = (
        "2025-05-04",
        "Ashby marches",
        "About 8,000 people marched through Ashby against the quarry.",
    )
    two = (
        "2025-05-04",
        "Ashby",
        f"Organisers counted {counted} people who marched in Ashby against the quarry.",
    )

    assert status(found(MARCH, one, two)) == status_then


@pytest.mark.parametrize(("days", "status_then"), [(7, "disputed"), (8, None)])
def test_accounts_of_an_event_stand_within_a_week(days: int, status_then: str | None) -> None:
    """Beyond it they must have all of the question's words in common: here one lacks the storm."""
    first = date(2024, 11, 20)
    one = (first.isoformat(), "Loam storm", "The storm killed 300 sheep near Loam and Ashby.")
    two = (
        (first + timedelta(days)).isoformat(),
        "Losses",
        "Farmers near Loam and Ashby lost 1,150 sheep.",
    )

    assert status(found("How many sheep did the storm kill?", one, two)) == status_then


def test_a_sentence_with_three_values_is_a_list_and_contradicts_nobody() -> None:
    two = "Nora Finch and Tom Reed led the Ashby quarry march."
    three = "Nora Finch, Tom Reed and Ines Vale led the Ashby quarry march."
    other = ("2025-05-05", "March on the quarry", "Leon Abel led the quarry march in Ashby.")
    asked = "Who led the Ashby quarry march?"

    assert status(found(asked, ("2025-05-04", "Quarry march", two), other)) == "disputed"
    assert found(asked, ("2025-05-04", "Quarry march", three), other) is None


@pytest.mark.parametrize(
    ("question", "status_then"),
    [
        ("Who is the leader of the quarry march?", "disputed"),
        ("Who is a leader of the quarry march?", None),
    ],
)
def test_one_of_many_contradicts_no_other(question: str, status_then: str | None) -> None:
    one = ("2025-05-04", "Quarry march", "Nora Finch is the leader of the quarry march in Ashby.")
    two = ("2025-05-05", "Quarry march", "Leon Abel is the leader of the quarry march in Ashby.")

    assert status(found(question, one, two)) == status_then


def test_a_number_that_is_part_of_an_age_counts_nothing() -> None:
    one = ("2024-05-16", "Loam boats", "The 46-year-old boat of Loam was broken up.")
    two = ("2025-11-20", "Loam boats", "Loam now has five boats.")

    assert found("How many boats does Loam have?", one, two) is None


def test_an_article_of_many_numbers_is_one_account_and_a_rank_is_none() -> None:
    old = sentences(
        card("o", "Loam boats", publisher="Ashby Echo", published_on=date(2024, 5, 16)),
        "Three boats sail to Loam.", "The first boat to Loam leaves at six.",
        "Last winter four boats sailed to Loam.", "The fifth boat to Loam was sold.", "Eight boats were too dear for Loam.",
    )  # fmt: skip
    new = sentences(
        card("n", "Loam boats", publisher="Loam Post", published_on=date(2025, 11, 20)),
        "Loam now has seven boats.",
    )
    asked = query("How many boats does Loam have now?")

    drafts, one = settled(asked, [*new, *old], extractive.draft(asked, [*new, *old]))

    assert one is not None and one.about == "“seven” against “Three”"
    assert [draft.text for draft in drafts] == [new[0].text]


def fares(*accounts: tuple[str, str]) -> list[Evidence]:
    """One sentence on the fare by each outlet on its day; the first is the best."""
    return [
        item
        for n, (day, price) in enumerate(accounts)
        for item in sentences(
            card(
                f"m{n}", "Loam fares", publisher=f"Outlet {n}", published_on=date.fromisoformat(day)
            ),
            f"A day ticket to Loam Island costs {price}.",
        )
    ]


def test_the_newest_of_several_later_accounts_is_used() -> None:
    ranked = fares(("2023-04-01", "£6"), ("2024-04-01", "£7"), ("2025-04-01", "£8"))
    one = dispute(query(FARE), ranked, ranked[0])
    assert one is not None and one.chosen == ranked[2] and "“£6” against “£8”" in one.about


def test_an_account_of_the_same_month_counts_before_one_that_is_replaced() -> None:
    ranked = fares(("2025-04-01", "£8"), ("2023-04-01", "£6"), ("2025-04-20", "£9"))
    one = dispute(query(FARE), ranked, ranked[0])
    assert one is not None and one.status == "disputed" and one.other == ranked[2]
    replaced = dispute(query(FARE), ranked[:2], ranked[0])
    assert replaced is not None and replaced.chosen == ranked[0]


def test_one_family_is_one_account_and_altered_copies_are_none() -> None:
    lead, old, again = fares(("2025-04-01", "£8"), ("2023-04-01", "£6"), ("2023-05-01", "£7"))
    again = replace(again, article=old.article)
    one = dispute(query(FARE), [lead, old, again], lead)
    assert one is not None and one.other == old
    assert dispute(query(FARE), [lead, replace(old, altered=True)], lead) is None
    assert dispute(query(FARE), [lead, replace(old, kind=SentenceKind.TITLE)], lead) is None


@pytest.mark.parametrize(("before", "seen"), [(38, True), (39, False)])
def test_one_of_the_best_forty_sentences_disagrees(before: int, seen: bool) -> None:
    lead, old = fares(("2025-04-01", "£8"), ("2023-04-01", "£6"))
    rain = [one for n in range(before) for one in sentences(card(f"r{n}"), "It rained.")]
    assert (dispute(query(FARE), [lead, *rain, old], lead) is not None) == seen


def test_drafts_heed_what_replaces_them_and_stand_beside_what_disagrees() -> None:
    asked = query("How many sheep did the Loam storm kill?")
    told = series([f"The Loam storm killed {n} sheep." for n in (120, 300)])
    (draft,) = extractive.draft(asked, told[:1])
    drafts, one = settled(asked, told, (draft,))
    assert one is not None and one.status == "disputed"
    assert drafts == (draft, Draft(told[1].text, (told[1].key,)))
    assert settled(asked, told, ()) == ((), None)
    assert settled(asked, told[:1], (draft,)) == ((draft,), None)


def test_a_draft_that_is_the_later_account_stays_as_it_is() -> None:
    asked = query("How much does a day ticket to Loam Island cost?")
    new, old = fares(("2025-04-01", "£8"), ("2023-04-01", "£6"))
    drafts, one = settled(asked, [new, old], (Draft("It costs £8.", (new.key,)),))
    assert one is not None and one.chosen == new
    assert [draft.keys for draft in drafts] == [(new.key,)]
    drafts, one = settled(asked, [new, old], (Draft("It costs £6.", (old.key,)),))
    assert one is not None and drafts == (Draft(new.text, (new.key,)),)


@pytest.mark.parametrize(("third", "status_then"), [("Ruth Berg", "disputed"), ("Ida Crane", None)])
def test_a_camp_has_two_outlets_and_nobody_stands_outside(
    third: str, status_then: str | None
) -> None:
    told = series(
        [f"{who}, Ann Lee, Bo Day and Cy Fox ran, and the Ashby marathon was won by {who}."
         for who in ("Kofi Lane", "Kofi Lane", "Ruth Berg", third)]
    )  # fmt: skip
    assert status(dispute(query("Who won the Ashby marathon?"), told, told[0])) == status_then


def test_an_outlet_with_less_than_half_of_the_words_is_in_no_camp() -> None:
    texts = [f"{who}, Ann Lee, Bo Day and Cy Fox ran, and the Ashby marathon was won by {who}."
             for who in ("Kofi Lane", "Kofi Lane", "Ruth Berg", "Ruth Berg")]  # fmt: skip
    asked = query("Who won the Ashby marathon?")
    beside = series([*texts, "Ashby was cold."])
    inside = series([*texts, "The Ashby marathon was cold."])
    assert status(dispute(asked, beside, beside[0])) == "disputed"
    assert dispute(asked, inside, inside[0]) is None


BLAST = "What time was the first blast at the Ashby quarry?"


@pytest.mark.parametrize(
    ("question", "one", "two", "expected"),
    [
        # two clocks of one thing; the time of an entry is no account, nor is a day against a clock
        (BLAST, "The first blast at the Ashby quarry came at 2.40 am.", "3.10 am: The first blast at the Ashby quarry came at 2.55 am.", "disputed"),
        (BLAST, "The first blast at the Ashby quarry came at 2.40 am.", "3.10 am: The first blast at the Ashby quarry woke the town.", None),
        (BLAST, "The first blast at the Ashby quarry came at 2.40 am.", "The first blast at the Ashby quarry came on 4 May 2025.", None),
        # "the first" need not be said by both
        ("How many stalls were shut on the first day of the Ashby strike?", "The strike in Ashby shut 38 stalls.", "All 46 stalls in Ashby were shut by the strike.", "disputed"),
        # a hundred times as much is another thing
        ("How much did the Ashby pool cost?", "The pool in Ashby cost £4 million.", "The pool in Ashby cost £400 million.", "disputed"),
        ("How much did the Ashby pool cost?", "The pool in Ashby cost £4 million.", "The pool in Ashby cost £401 million.", None),
        # what might have been
        ("How much was the fine for the Ashby mill?", "The fine for the mill in Ashby was £3 million.", "The fine for the mill in Ashby would have been £5 million.", None),
        # the rest of the passage names what is asked about
        ("How many people were hurt at the Corbel works?", "A blast hurt 11 people at the Corbel works.", "Fourteen people were hurt when the works blew up.|Corbel makes paint.", "disputed"),
    ],
)  # fmt: skip
def test_values_of_one_thing_disagree_and_others_do_not(
    question: str, one: str, two: str, expected: str | None
) -> None:
    on = date(2025, 5, 5)
    made = [
        item
        for name, text in zip("ab", (one, two), strict=True)
        for item in sentences(
            card(name, "", publisher=f"Outlet {name}", published_on=on), *text.split("|")
        )
    ]
    assert status(dispute(query(question), made, made[0])) == expected


@pytest.mark.parametrize(
    ("places", "expected"), [("Skerra and Brasken", None), ("Skerra", "superseded")]
)
def test_articles_that_name_much_and_share_nothing_speak_of_two_countries(
    places: str, expected: str | None
) -> None:
    old = sentences(
        card("o", "", publisher="Outlet 1", published_on=date(2023, 5, 5)),
        "The Greens hold three seats.", "They met in Ostrava, Tarnholm and Corbeck.",
    )  # fmt: skip
    new = sentences(
        card("n", "", publisher="Outlet 2", published_on=date(2025, 5, 5)),
        "The Greens hold 64 seats.", f"They met in Mirefold, {places}.",
    )  # fmt: skip
    asked = query("How many seats do the Greens have?")
    assert status(dispute(asked, [*old, *new], old[0])) == expected


@pytest.mark.parametrize(("day", "expected"), [(7, "disputed"), (8, "disputed"), (9, None)])
def test_on_monday_is_the_same_day_in_monday_s_paper_and_in_tuesday_s(
    day: int, expected: str | None
) -> None:
    when = "yesterday" if day > 7 else "on Monday"
    made = [
        item
        for number, on, text in ((38, 7, "on Monday"), (46, day, when))
        for item in sentences(
            card(f"s{number}", "", publisher=f"Outlet {number}", published_on=date(2024, 10, on)),
            f"The strike in Ashby shut {number} stalls {text}.",
        )
    ]
    asked = query("How many stalls did the strike in Ashby shut?")
    assert status(dispute(asked, made, made[0])) == expected


def test_the_last_count_of_victims_is_used_and_earlier_ones_are_not_told_beside_it() -> None:
    asked = query("How many people died in the Loam crash?")
    first, last = (
        sentences(
            card(name, "Loam crash", publisher=outlet, published_on=date(2025, 3, day)),
            f"{count} people died in the Loam crash.",
        )[0]
        for name, outlet, day, count in (
            ("a", "Ashby Echo", 4, "Three"),
            ("b", "Loam Post", 5, "Five"),
        )
    )
    drafts = [Draft(item.text, (item.key,)) for item in (last, first)]
    for ranked in ([last, first], [first, last]):
        told, one = settled(asked, ranked, drafts)
        assert one is not None and one.status == "superseded" and one.chosen is last
        assert "holds until the next" in one.why
        assert [draft.text for draft in told] == [last.text]
    sheep = query("How many sheep died in the Loam storm?")
    told_of = [
        replace(item, text=item.text.replace("people", "sheep").replace("crash", "storm"))
        for item in (last, first)
    ]
    assert status(dispute(sheep, told_of, told_of[0])) == "disputed"


def test_who_denies_a_number_and_gives_another_disagrees() -> None:
    plan = ("2025-11-04", "Corbel to cut jobs", "Corbel Glass plans to cut 310 jobs in Loam.")
    reply = "Corbel Glass is to lose 260 of its 800 staff, and it denied that the number was 310."
    asked = "How many jobs did Corbel Glass plan to cut?"
    assert status(found(asked, plan, ("2025-11-05", "260 to go", reply))) == "disputed"
    agrees = reply.replace("denied", "agreed")
    assert status(found(asked, plan, ("2025-11-05", "260 to go", agrees))) is None
