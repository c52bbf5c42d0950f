"""An answer without a model is made of whole sentences of the articles, as many as the question wants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from asking import query
from hypothesis import given, settings
from hypothesis import strategies as st
from newsroom import altered, by_key, card, sentences

from ingest.types import SentenceKind
from service.drafting.extractive import LONGEST_ANSWER, draft
from service.query.question_analysis import analyse
from service.types import Draft, Evidence, Question
from service.verification.verify import verify

BRIDGE = card("bridge", "Drivers cheer as 38 million crowns of steel swing over the Senn")
TOPIC = card("topic", "Orvel bridge")
TEXTS = (
    "The Orvel bridge opened to traffic on 12 March 2025.",
    "It cost 38 million crowns.",
    "Hanna Brandt runs a bakery on the east bank.",
    "The ferry stopped because its hull had cracked in the storm.",
    "Its owner could not pay for a new one.",
)


def weighed(evidence: Sequence[Evidence], *relevances: float) -> list[Evidence]:
    found = [
        replace(item, relevance=relevance)
        for item, relevance in zip(evidence, relevances, strict=True)
    ]
    return sorted(found, key=lambda item: -item.relevance)


def drafted(question: str, ranked: Sequence[Evidence]) -> list[str]:
    return [one.text for one in draft(query(question), ranked)]


DAYS = (
    "The Orvel bridge opened to traffic on 12 March 2025.",
    "It had been due on 3 June 2024.",
    "The toll house followed on 2 May 2025.",
    "Work on the ramp had begun on 9 July 2021.",
    "The lamps were lit on 20 April 2025.",
)


def test_a_factoid_takes_one_sentence_where_no_other_of_its_passage_is_a_twentieth_as_good():
    ranked = weighed(sentences(BRIDGE, *DAYS), 0.9, 0.044, 0.044, 0.044, 0.044)
    assert drafted("When did the bridge open?", ranked) == [DAYS[0]]
    ranked = weighed(sentences(BRIDGE, *DAYS), 0.9, 0.044, 0.044, 0.046, 0.044)
    assert drafted("When did the bridge open?", ranked) == [DAYS[0], DAYS[3]]


def test_a_further_sentence_of_a_fact_gives_what_is_asked_for():
    ranked = weighed(sentences(BRIDGE, *TEXTS), 0.9, 0.8, 0.8, 0.8, 0.8)
    assert drafted("When did the bridge open?", ranked) == [TEXTS[0]]
    assert drafted("How much did the bridge cost?", ranked) == [TEXTS[0], TEXTS[1]]


def test_a_further_sentence_to_yes_or_no_follows_at_once_or_has_a_word_of_the_question():
    ranked = weighed(sentences(BRIDGE, *TEXTS), 0.9, 0.8, 0.8, 0.8, 0.8)
    assert drafted("Is the bridge open?", ranked) == [*TEXTS[:2]]
    assert drafted("Is the bridge open, or the ferry?", ranked) == [*TEXTS[:2], TEXTS[3]]


def test_a_further_sentence_of_another_article_is_about_as_much_of_the_question():
    best = sentences(BRIDGE, "The Orvel bridge opened to traffic on 12 March 2025.")
    for title, text, told in (
        ("Tunnel of Loam", "The tunnel opened on 4 May 2025.", False),
        ("Orvel bridge in a storm", "Gales kept it shut and let it open late on 4 May 2023.", True),
    ):
        ranked = weighed([*best, *sentences(card("other", title), text)], 0.9, 0.8)
        found = drafted("When did the Orvel bridge open?", ranked)
        assert found == [best[0].text, text][: 1 + told]


def test_a_sentence_of_another_article_must_be_a_third_as_good():
    other = sentences(card("other"), "Children walked over it on 9 March.")
    best = sentences(BRIDGE, TEXTS[0])
    assert len(drafted("When did the bridge open?", weighed([*best, *other], 0.9, 0.31))) == 1
    assert len(drafted("When did the bridge open?", weighed([*best, *other], 0.9, 0.32))) == 2


def test_a_factoid_takes_four_sentences_at_most():
    ranked = weighed(sentences(BRIDGE, *DAYS), 0.9, 0.8, 0.8, 0.8, 0.8)
    assert len(drafted("When did the bridge open?", ranked)) == 4


def test_the_sentence_after_brings_what_is_wanted_of_that_which_the_best_one_names():
    told = sentences(
        BRIDGE,
        "The Ferrymen's Union said it had not been asked.",
        "Its secretary, Dov Harnick, called for a new boat.",
    )
    ranked = weighed(told, 0.9, 0.001)
    assert len(drafted("Who heads the Ferrymen's Union?", ranked)) == 2
    assert len(drafted("When was the Ferrymen's Union asked?", ranked)) == 1


@pytest.mark.parametrize(
    ("later", "first"), [(date(2025, 5, 31), True), (date(2025, 5, 30), False)]
)
def test_of_what_changes_the_newest_sentence_that_tells_it_anew_comes_first(
    later: date, first: bool
):
    old = sentences(
        card("old", "Crossings cut", published_on=date(2025, 5, 1)),
        "The first boat leaves Loam at 6.50 a.m.",
    )
    new = sentences(
        card("new", "More boats", published_on=later),
        "First boat from Loam: 6.20 a.m.",
        "The new pier was dearer than planned.",
    )
    ranked = weighed([*old, *new], 0.9, 0.01, 0.01)
    found = drafted("When does the first boat leave Loam?", ranked)
    assert found[0] == (new if first else old)[0].text
    assert drafted("When did the first boat leave Loam?", ranked) == [old[0].text]


def test_what_a_correction_takes_back_is_never_told_alone():
    wrong = "A report on Monday said that the Orvel bridge cost 83 million crowns."
    told = sentences(card("corrections", "Corrections"), wrong, "It was 38 million.")

    assert drafted("What did the Orvel bridge cost?", weighed(told, 0.9, 0.001)) == [
        wrong,
        "It was 38 million.",
    ]


def test_a_note_of_what_was_corrected_comes_behind_what_is_right():
    note = "Correction: an earlier version said that 240 jobs would be lost; it is 204."
    lead = "Pell Glass will shut its works with the loss of 204 jobs."
    told = weighed(sentences(BRIDGE, note, lead), 0.9, 0.8)
    assert drafted("How many jobs will be lost at Pell Glass?", told) == [lead, note]
    told = weighed(sentences(BRIDGE, note, "It will shut its works for good."), 0.9, 0.8)
    assert drafted("How many jobs will be lost at Pell Glass?", told)[0] == note


def test_a_dateline_is_left_out_except_where_a_place_or_a_day_is_wanted():
    told = weighed(sentences(BRIDGE, "PORT VALE, March 3 — Hanna Brandt opened the bridge."), 0.9)
    assert drafted("Who opened the bridge?", told) == ["Hanna Brandt opened the bridge."]
    assert drafted("Where was the bridge opened?", told)[0].startswith("PORT VALE")


def test_an_article_about_what_is_asked_gives_an_account_and_still_one_sentence_to_a_number():
    ranked = weighed(sentences(TOPIC, *TEXTS), 0.9, 0.001, 0.001, 0.04, 0.001)
    assert drafted("When did the bridge open?", ranked) == [TEXTS[0], TEXTS[3]]
    assert drafted("How long is the bridge?", ranked) == [TEXTS[0]]


def test_a_second_sentence_that_fits_nearly_as_well_is_not_withheld():
    ranked = weighed(sentences(BRIDGE, *TEXTS), 0.9, 0.01, 0.19, 0.01, 0.01)
    assert drafted("Who opened the bridge?", ranked) == [TEXTS[0], TEXTS[2]]


def test_a_reason_takes_several_sentences_in_the_order_of_the_article():
    ranked = weighed(sentences(BRIDGE, *TEXTS), 0.001, 0.001, 0.001, 0.5, 0.9)
    assert drafted("Why did the ferry stop?", ranked) == [TEXTS[3], TEXTS[4]]


def test_a_sentence_that_opens_with_a_pronoun_brings_the_one_before():
    ranked = weighed(sentences(BRIDGE, *TEXTS), 0.01, 0.9, 0.01, 0.01, 0.01)
    assert drafted("How much did the bridge cost?", ranked) == [TEXTS[0], TEXTS[1]]


def test_a_sentence_that_points_back_brings_nobody_whom_the_question_names():
    told = sentences(BRIDGE, "Hanna Brandt runs a bakery.", "She baked 40 cakes for the bridge.")
    ranked = weighed(told, 0.001, 0.9)
    assert drafted("Who baked cakes for the bridge?", ranked) == [told[0].text, told[1].text]
    assert drafted("How many cakes did Hanna Brandt bake?", ranked) == [told[1].text]


def test_what_answers_an_interviewer_who_asks_the_same_comes_first():
    told = sentences(
        card("i", "Ada Quill on her team"),
        "Ada Quill has coached the Loam team since 2020.",
        "Would you like to coach abroad one day?",
        "Not before the pier is mended.",
        "Have you been abroad?",
        "Twice.",
    )
    ranked = weighed(told, 0.9, 0.001, 0.001, 0.001, 0.001)
    asked = "Does Ada Quill want to coach abroad?"
    assert drafted(asked, ranked) == [told[2].text, told[0].text]
    assert drafted("Does Ada Quill want to write books abroad?", ranked) == [told[0].text]


def test_a_comparison_tells_each_time_and_what_differs_only_in_its_number():
    told = [
        *sentences(card("old", published_on=date(2024, 4, 1)), "A single ticket costs 42 crowns."),
        *sentences(card("new", published_on=date(2025, 4, 1)), "A single ticket costs 49 crowns."),
        *sentences(card("far", published_on=date(2023, 4, 1)), "A bicycle is free."),
    ]
    asked = analyse(Question("Compare the ticket prices in 2024 and 2025"), date(2026, 1, 1))
    ranked = weighed(told, 0.046, 0.9, 0.044)
    assert [one.text for one in draft(asked, ranked)] == [told[1].text, told[0].text]
    asked = query("What did a single ticket cost?")
    assert len(draft(asked, weighed(told, 0.8, 0.9, 0.01))) == 1


def test_no_sentence_is_brought_that_speaks_of_somebody_named_further_up():
    for before, brought in (
        ("In a letter she thanked Ada Quill.", []),
        ("Ada Quill was thanked.", [0]),
    ):
        told = sentences(BRIDGE, before, "It opened on 12 March.")
        found = drafted("When did the bridge open?", weighed(told, 0.001, 0.9))
        assert found == [told[n].text for n in (*brought, 1)]


@pytest.mark.parametrize(("gap", "first"), [(800, 1), (801, 0)])
def test_who_follows_is_told_before_who_leaves_an_office(gap: int, first: int):
    gone = "Ada Quill, the mayor of Loam, resigned on Monday."
    told = sentences(BRIDGE, gone, "Her deputy, Tobiah Stone, will be acting mayor.")
    start = told[0].end + gap
    told[1] = replace(told[1], start=start, end=start + len(told[1].text))
    texts = [told[first].text, told[1 - first].text][: 2 if first else 1]
    assert drafted("Who is the mayor of Loam?", weighed(told, 0.9, 0.001)) == texts
    assert drafted("Who was the mayor of Loam?", weighed(told, 0.9, 0.001)) == [gone]


def test_the_best_sentence_comes_first_then_what_stands_behind_it_then_what_stands_before():
    ranked = weighed(sentences(BRIDGE, *TEXTS), 0.2, 0.001, 0.9, 0.3, 0.001)
    assert drafted("What does Hanna Brandt run?", ranked) == [TEXTS[2], TEXTS[3], TEXTS[0]]


def test_a_bare_quotation_brings_its_speaker_and_is_brought_by_no_pronoun():
    spoken = "“The tide carries us twice,” Ruan Pettifer said."
    bare, bell = "“Once underneath, and once through the plug.”", "Her bell was cast in Loam."
    told = sentences(BRIDGE, spoken, bare, bell)
    assert drafted("Where was the bell cast?", weighed(told, 0.01, 0.01, 0.9)) == [bell]
    found = drafted("How does the tide carry the ship?", weighed(told, 0.001, 0.9, 0.001))
    assert found[:2] == [spoken, bare]


def test_each_part_of_a_question_gets_its_sentence():
    ranked = weighed(sentences(BRIDGE, *TEXTS), 0.9, 0.2, 0.5, 0.1, 0.1)
    found = drafted("When did the Orvel bridge open, and who runs the bakery?", ranked)
    assert found[:2] == [TEXTS[0], TEXTS[2]]


def test_a_part_without_words_of_its_own_gets_the_sentence_with_what_it_wants():
    ranked = weighed(sentences(BRIDGE, *TEXTS), 0.9, 0.2, 0.3, 0.1, 0.1)
    assert TEXTS[1] in drafted("When did the Orvel bridge open, and for how much money?", ranked)


def test_two_members_of_a_family_do_not_say_the_same_twice():
    one = sentences(
        card("a", family="f", size=2),
        "The ferry stopped because its hull had cracked in the storm.",
    )
    two = sentences(
        card("b", family="f", size=2),
        "The ferry stopped sailing because a storm had cracked its hull.",
    )
    assert len(drafted("Why did the ferry stop?", weighed([*one, *two], 0.9, 0.8))) == 1


def test_a_question_over_both_articles_is_answered_from_both():
    one = sentences(
        card("a", "Senn ferries"), "The Kittiwake sails at noon.", "The weather was fine in Orvel."
    )
    two = sentences(
        card("b", "New boats"), "Orvel has bought the Kittiwake.", "Nobody knows the price of it."
    )
    ranked = weighed([*one, *two], 0.6, 0.65, 0.5, 0.55)
    found = drafted("Which ferry is named in both articles?", ranked)
    assert set(found) == {"The Kittiwake sails at noon.", "Orvel has bought the Kittiwake."}


def test_an_altered_sentence_is_never_drafted():
    sound, wrong = sentences(BRIDGE, *TEXTS[:2])
    assert drafted("How much did it cost?", weighed([sound, altered(wrong)], 0.2, 0.9)) == [
        TEXTS[0]
    ]
    assert drafted("How much did it cost?", weighed([altered(wrong)], 0.9)) == []


def test_who_is_not_answered_with_sentences_that_name_nobody():
    told = sentences(BRIDGE, "One man was arrested for throwing a shoe.", "Tomas Quill laughed.")
    assert drafted("Who threw the shoe?", weighed(told[:1], 0.9)) == []
    assert drafted("Who laughed?", weighed(told[1:], 0.9)) == ["Tomas Quill laughed."]
    assert drafted("What was thrown?", weighed(told[:1], 0.9)) == [told[0].text]


def test_who_holds_an_office_now_comes_before_who_held_it():
    old = card("old", "Crane wins", published_on=date(2023, 6, 5))
    new = card("new", "Reed moves in", published_on=date(2025, 2, 17))
    ranked = weighed(
        [*sentences(old, "Ida Crane was elected mayor of Ashby with 52 percent of the vote."),
         *sentences(new, "Tom Reed, who owns a bakery, is mayor of Ashby since Monday.")],
        0.9, 0.8,
    )  # fmt: skip
    assert drafted("Who is the mayor of Ashby?", ranked)[0].startswith("Tom Reed")
    assert drafted("Who was elected mayor of Ashby?", ranked)[0].startswith("Ida Crane")


def test_nothing_gives_no_draft():
    assert drafted("Who?", []) == []


def test_white_space_and_bracketed_numbers_are_left_out_of_the_draft():
    evidence = sentences(BRIDGE, "The bridge [12] opened\n on  Wednesday.[3]")
    assert drafted("When did the bridge open?", weighed(evidence, 0.9)) == [
        "The bridge opened on Wednesday."
    ]


def test_a_question_about_the_article_takes_one_line():
    byline = sentences(BRIDGE, "By Ines Marlow", kind=SentenceKind.BYLINE)
    ranked = weighed([*byline, *sentences(BRIDGE, *TEXTS, start=1)], 0.9, 0.8, 0.8, 0.8, 0.8, 0.8)
    assert drafted("Who wrote the article on the bridge?", ranked) == ["By Ines Marlow"]


_SENTENCE = st.text(
    alphabet=st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=80
)


@settings(max_examples=100, deadline=None)
@given(
    question=st.sampled_from(
        [
            "Who?",
            "Why did it stop?",
            "Which ferries stayed?",
            "What is said in both articles?",
            "When, and who?",
        ]
    ),
    texts=st.lists(_SENTENCE, min_size=1, max_size=8),
    relevances=st.lists(st.floats(0, 1), min_size=8, max_size=8),
)
def test_every_draft_copies_one_piece_of_evidence_and_few_are_made(
    question: str, texts: list[str], relevances: list[float]
):
    ranked = weighed(sentences(BRIDGE, *texts), *relevances[: len(texts)])
    found = draft(query(question), ranked)
    evidence = by_key(ranked)
    assert (question != "Who?") <= len(found) <= LONGEST_ANSWER
    assert len({one.keys for one in found}) == len(found)
    for one in found:
        verdict = verify(Draft(one.text, one.keys), evidence)
        assert len(one.keys) == 1
        assert verdict.support == "exact" or not any(c.isalnum() for c in one.text)
