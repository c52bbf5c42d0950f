"""Where two sentences say different things, and where they only read differently."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.english import differences

KINDS = {"number", "date", "name", "negation", "quantifier", "antonym", "quotation", "wording"}


def serious(left: str, right: str) -> list[tuple[str, str, str]]:
    """The differences that are more than wording, as (kind, words on the left, words on the right)."""
    return [
        (d.kind, left[d.left_start : d.left_end], right[d.right_start : d.right_end])
        for d in differences(left, right)
        if d.kind != "wording"
    ]


SENTENCE = "On 4 March 2024 the U.S. navy's largest ferry, built for $1.2 billion, carried 1,200 people to Tarnmouth, said Lena Ostrow."


@pytest.mark.parametrize(
    "edited",
    [
        SENTENCE.replace("U.S.", "United States"),
        SENTENCE.replace("4 March 2024", "March 4, 2024"),
        SENTENCE.replace("4 March 2024", "2024-03-04"),
        SENTENCE.replace("$1.2 billion", "USD 1.2bn"),
        SENTENCE.replace("1,200", "1200"),
        SENTENCE.replace("people", "persons").replace("largest", "biggest"),
        SENTENCE.replace("navy's", "navy’s").replace(", ", " , "),
        SENTENCE.replace("On 4 March 2024 the", "The").replace(", said", " on 4 March 2024, said"),
    ],
)
def test_benign_edits_give_no_difference(edited: str) -> None:
    assert edited != SENTENCE
    assert serious(SENTENCE, edited) == []


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (
            "The defence ministry organised its centre.",
            "The defense ministry organized its center.",
        ),
        (
            "A long-term plan for co-owners of the Trans-Senn line.",
            "A long term plan for co- owners of the Trans- Senn line.",
        ),
        ("It isn't over.", "It is n’t over."),
        ("The works will last for 18 months.", "The works will last for a year and a half."),
        ("A road of 12 miles was shut.", "A road of 19 kilometres was shut."),
        ("Prices rose from 10 per cent to 12 per cent.", "Prices rose from 10 to 12 per cent."),
        ("Japan and Brazil signed.", "Brazil and Japan signed."),
        ("The Japanese government signed.", "Japan's government signed."),
        ("Tokyo said it would pay.", "Japan said it would pay."),
        ("The council did not reject the plan.", "The council approved the plan."),
        ("The plan is not legal.", "The plan is illegal."),
        ("Lena Ostrow spoke in Tarn.", "Ostrow spoke in Tarn."),
        ("Health care costs fell.", "Healthcare costs fell."),
        ("The hotel opened at 4.30 in the afternoon.", "The hotel opened at 4:30 p.m."),
    ],
)
def test_the_same_said_differently_gives_no_serious_difference(left: str, right: str) -> None:
    assert serious(left, right) == []


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (
            "It cost 38 million crowns.",
            "It cost 83 million crowns.",
            ("number", "38 million", "83 million"),
        ),
        (
            "It cost 38 million crowns.",
            "It cost 38 billion crowns.",
            ("number", "38 million", "38 billion"),
        ),
        ("Eleven men were rescued.", "Seven men were rescued.", ("number", "Eleven", "Seven")),
        (
            "It opened on 4 March 2024.",
            "It opened on 4 May 2024.",
            ("date", "4 March 2024", "4 May 2024"),
        ),
        ("It opened in 2019.", "It opened in 2017.", ("date", "2019", "2017")),
        (
            "The mayor, Tomas Quill, left.",
            "The mayor, Hanna Brandt, left.",
            ("name", "Tomas Quill", "Hanna Brandt"),
        ),
        ("Joe Quill left the hall.", "Jill Quill left the hall.", ("name", "Joe", "Jill")),
        (
            "The Japanese government fell.",
            "The Chinese government fell.",
            ("name", "Japanese", "Chinese"),
        ),
        ("The dam is safe.", "The dam is not safe.", ("negation", "", "not")),
        ("They never agreed to pay.", "They agreed to pay.", ("negation", "never", "")),
        ("Many villagers left.", "Some villagers left.", ("quantifier", "Many", "Some")),
        (
            "Exports increased sharply.",
            "Exports decreased sharply.",
            ("antonym", "increased", "decreased"),
        ),
        (
            "It was a bilateral deal.",
            "It was a multilateral deal.",
            ("antonym", "bilateral", "multilateral"),
        ),
        ("The plan is legal.", "The plan is illegal.", ("antonym", "legal", "illegal")),
        (
            "The two are in lockstep on trade.",
            "The two are at odds on trade.",
            ("antonym", "in lockstep", "at odds"),
        ),
        (
            "He said “the water is ours” twice.",
            "He said “the harbour is ours” twice.",
            ("quotation", "water", "harbour"),
        ),
        (
            "He said “we must help” then.",
            "He said “we must assist” then.",
            ("quotation", "help", "assist"),
        ),
    ],
)
def test_a_changed_fact_is_found_with_its_kind_and_place(
    left: str, right: str, expected: tuple[str, str, str]
) -> None:
    assert serious(left, right) == [expected]


def test_names_that_changed_places_are_found_on_both() -> None:
    found = serious("Japan beat Brazil in Tarn.", "Brazil beat Japan in Tarn.")
    assert found == [("name", "Japan", "Brazil"), ("name", "Brazil", "Japan")]


@pytest.mark.parametrize(
    ("right", "changed"),
    [
        ("Harl will pay 60% of the cost and Senn 40%.", [("Senn", "Harl"), ("Harl", "Senn")]),
        ("Harl will pay 40% of the bill and Senn 60%.", []),
        ("Of the bill, 60% will be paid by Senn and 40% by Harl.", []),
    ],
)
def test_names_whose_numbers_changed_places_are_found(
    right: str, changed: list[tuple[str, str]]
) -> None:
    left = "Senn will pay 60% of the bill and Harl 40%."
    found = [d for d in differences(left, right) if d.kind != "wording"]
    assert {d.kind for d in found} <= {"name"}
    said = [(left[d.left_start : d.left_end], right[d.right_start : d.right_end]) for d in found]
    assert said == changed


def test_a_passive_turns_names_around_without_a_difference() -> None:
    assert serious("Japan beat Brazil in Tarn.", "Brazil was beaten by Japan in Tarn.") == []


def test_a_changed_word_is_found_in_a_reordered_sentence() -> None:
    left = "The next day both ministers held the first trilateral summit in Tarn."
    right = "In Tarn the first multilateral summit was held by both ministers the next day."
    assert serious(left, right) == [("antonym", "trilateral", "multilateral")]


def test_a_rank_before_a_title_is_a_difference_of_wording() -> None:
    left, right = "Ostrow is professor of law.", "Ostrow is assistant professor of law."
    (found,) = differences(left, right)
    assert (found.kind, right[found.right_start : found.right_end]) == ("wording", "assistant")
    assert found.left_start == found.left_end


def test_wordings_are_less_serious_than_any_fact() -> None:
    left = "The old tower leans over 12 houses."
    right = "The old chimney leans over 13 houses."
    by_kind = {d.kind: d.severity for d in differences(left, right)}
    assert by_kind["wording"] < by_kind["number"]


WORDS = st.sampled_from(
    "the U.S. 12 twelve 4 March 2024 $5bn 13% not never many Japan Japanese Lena Ostrow's said “ ” \" isn't n't first May may - , . : "
    "ferry ferries increased decreased 20th 5:30 p.m. İ ß é 👍 \u00a0 \ud800 l'été a.m 1/3 half".split(
        " "
    )
)
SENTENCES = st.lists(WORDS, max_size=25).map(" ".join) | st.text(max_size=60)


@given(SENTENCES, SENTENCES)
def test_differences_lie_where_they_say(left: str, right: str) -> None:
    for d in differences(left, right):
        assert d.kind in KINDS
        assert 0 <= d.left_start <= d.left_end <= len(left)
        assert 0 <= d.right_start <= d.right_end <= len(right)
        assert d.left_start < d.left_end or d.right_start < d.right_end
        assert 0 < d.severity <= 1


@given(SENTENCES)
def test_a_sentence_does_not_differ_from_itself(sentence: str) -> None:
    assert differences(sentence, sentence) == ()
    assert serious(sentence, sentence + " ") == []


PAIRS = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "pairs.jsonl").read_text("utf-8").splitlines()
]


def kinds(pair: dict[str, str]) -> set[str]:
    """What is found in a pair beyond rewordings."""
    return {d.kind for d in differences(pair["left"], pair["right"])} - {"wording"}


def test_there_are_enough_pairs_of_every_kind() -> None:
    found = [pair["kind"] for pair in PAIRS]
    assert len(PAIRS) >= 80
    assert (
        min(
            found.count(kind)
            for kind in ("number", "date", "name", "negation", "quantifier", "antonym")
        )
        >= 4
    )
    assert found.count("benign") >= 30


def test_changed_facts_are_found_with_their_kind() -> None:
    altered = [pair for pair in PAIRS if pair["kind"] != "benign"]
    missed = [pair for pair in altered if pair["kind"] not in kinds(pair)]
    assert 1 - len(missed) / len(altered) >= 0.95, missed


def test_what_is_reported_is_a_changed_fact() -> None:
    reported = [pair for pair in PAIRS if kinds(pair)]
    false = [pair for pair in reported if pair["kind"] == "benign"]
    assert 1 - len(false) / len(reported) >= 0.95, false


@pytest.mark.parametrize(
    ("left", "right", "kinds"),
    [
        ("Talks between the Loam council and Ida Crane failed.", "Talks between Nora Finch and Ida Crane failed.", ["name"]),
        ("Talks between the Loam council and both Crane and Finch failed.",
         "Talks between Crane and Finch failed, the Loam council said.", ["name"]),
        ("Talks between Crane and Finch failed.", "Talks between Finch and Crane failed.", []),
        ("Talks between Crane and Finch failed.", "Talks between Mayor Crane and Finch failed.", []),
    ],
)  # fmt: skip
def test_another_party_between_whom_something_happened_is_a_change(
    left: str, right: str, kinds: list[str]
) -> None:
    found = [d.kind for d in differences(left, right) if d.kind != "wording"]

    assert found[:1] == kinds


def test_an_amount_in_other_units_that_is_another_amount_is_a_difference() -> None:
    assert serious("A road of 12 miles was shut.", "A road of 29 kilometres was shut.")
    assert serious("A ledge 140 feet above ground.", "A ledge 140 metres above ground.")
