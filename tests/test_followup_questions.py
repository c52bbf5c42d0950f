"""Follow-ups resolved by rule: what a question leaves out is taken from the turns before it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.query.followup_questions import standing_alone
from service.types import Question, Turn

FOLLOW_UPS = [
    ("Anybody hurt?", "When was the Wrack Bay protest?", "On Saturday [1].",
     "Was anybody hurt in the Wrack Bay protest?"),
    ("Was anyone arrested?", "When was the Wrack Bay protest?", "On Saturday [1].",
     "Was anyone arrested in the Wrack Bay protest?"),
    ("Did it sink?", "Which boat was scrapped?", "The old ferry [1].", "Did the old ferry sink?"),
    ("And in 2022?", "How many passengers did the line carry in 2023?", "The line carried 611,000 [1].",
     "How many passengers did the line carry in 2022?"),
    ("And in 2022?", "How many passengers did the line carry?", "611,000 [1].",
     "How many passengers did the line carry in 2022?"),
    ("And last year?", "How many crews took part in the regatta?", "Thirty-one [1].",
     "How many crews took part in the regatta last year?"),
    ("And before that?", "How many ferries sail now?", "Five [1]. This was reported on 20 November 2025 [1].",
     "How many ferries sail before 20 November 2025?"),
    ("And before that?", "How many ferries sail now?", "Five [1].", "How many ferries sail: before that?"),
    ("What about March?", "What did the council decide in February 2025?", "To wait [1].",
     "What did the council decide in March 2025?"),
    ("Why?", "Will Corbel Mills close its works in Ashby?", "Yes [1].", "Why will Corbel Mills close its works in Ashby?"),
    ("But why?", "Who closed the quarry?", "The council [1].", "Why closed the quarry?"),
    ("When?", "Was the accord signed?", "Yes [1].", "When was the accord signed?"),
    ("Where?", "When was the accord signed?", "On 28 February [1].", "Where was the accord signed?"),
    ("Since when?", "Who is the mayor of Ashby?", "Ida Crane [1].", "Since when is the mayor of Ashby?"),
    ("How many?", "Which houses did the flood damage?", "Those on the quay [1].",
     "How many: Which houses did the flood damage?"),
    ("Who is he?", "Who is the mayor of Ashby?", "Mayor Tom Reed promised a fund [1].", "Who is Tom Reed?"),
    ("When did she take office?", "Who is the mayor of Ashby?", "Ida Crane, the mayor, cut the ribbon [1].",
     "When did Ida Crane take office?"),
    ("What is her party?", "Who is the mayor of Ashby?", "Ida Crane was elected [1].", "What is Ida Crane's party?"),
    ("How old is she?", "Who runs the bell foundry?", "Ottoline Brake [1].", "How old is Ottoline Brake?"),
    ("How much did it cost?", "What is the Guillemot?", "The Guillemot is a ferry [1].", "How much did the Guillemot cost?"),
    ("How many passengers does she carry?", "What is the Guillemot?", "The Guillemot is a ferry [1].",
     "How many passengers does the Guillemot carry?"),
    ("What does it weigh?", "What is Old Margit?", "A bell [1].", "What does Old Margit weigh?"),
    ("How long will it be?", "What is the tide cable?", "A cable under the sea [1].", "How long will the tide cable be?"),
    ("How many jobs will it bring?", "What will be built at Gull Point?", "A converter station [1].",
     "How many jobs will the converter station bring?"),
    ("What about Lidl?", "How many shops does Tesco have in Ashby?", "Four [1].",
     "How many shops does Lidl have in Ashby?"),
    ("And in Loam?", "How many shops does Tesco have in Ashby?", "Four [1].", "How many shops does Tesco have in Loam?"),
    ("And Tolvay?", "What share of the cable does Sorrenia pay?", "40% [1].", "What share of the cable does Tolvay pay?"),
    ("And the men?", "How fast did the women row at the Seven Locks?", "18 minutes [1].",
     "How fast did the men row at the Seven Locks?"),
    ("Did they apologise?", "Who cut the line to Skerra?", "A survey ship [1].",
     "Who cut the line to Skerra? Did they apologise?"),
    ("What did she say?", "Who leads the dam regulator?", "", "Who leads the dam regulator? What did she say?"),
    ("And how many dives did the team make?", "How deep is the squid nursery?", "1,340 metres [1].",
     "How deep is the squid nursery? How many dives did the team make?"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "before", "answer", "alone"), FOLLOW_UPS)
def test_a_follow_up_takes_what_it_leaves_out_from_before(
    text: str, before: str, answer: str, alone: str
) -> None:
    history = (Turn("user", before), *((Turn("assistant", answer),) if answer else ()))

    assert standing_alone(Question(text, history)) == alone


@pytest.mark.parametrize(
    "whole",
    [
        "Which choir won the national prize?",
        "Who is the captain of the Guillemot?",
        "Was anyone arrested in Ashby?",
        "When was the Ashby quarry opened?",
    ],
)
def test_a_whole_question_is_left_alone(whole: str) -> None:
    before = (
        Turn("user", "Who leads the dam regulator?"),
        Turn("assistant", "Dr. Lena Ostrow [1]."),
    )

    assert standing_alone(Question(whole, before)) == whole


def test_a_chain_of_follow_ups_goes_back_to_the_question_they_began_with() -> None:
    history = (
        Turn("user", "How many shops does Tesco have in Ashby?"), Turn("assistant", "Four [1]."),
        Turn("user", "What about Lidl?"), Turn("assistant", "Two [1]."),
    )  # fmt: skip

    assert (
        standing_alone(Question("And in 2019?", history))
        == "How many shops does Lidl have in Ashby in 2019?"
    )


def test_without_turns_before_it_nothing_is_resolved() -> None:
    assert standing_alone(Question("And in 2022?")) == "And in 2022?"


@given(
    st.text(max_size=120),
    st.lists(st.tuples(st.sampled_from(["user", "assistant"]), st.text(max_size=80)), max_size=4),
)
def test_any_conversation_gives_a_question(text: str, turns: list[tuple[str, str]]) -> None:
    history = tuple(Turn(role, said) for role, said in turns)  # type: ignore[arg-type]

    alone = standing_alone(Question(text, history))

    assert isinstance(alone, str) and (alone.strip() or not text.strip())


@pytest.mark.parametrize(
    ("text", "before", "answer", "alone"),
    [
        ("How much did it cost?", "What crossed the strait?", "The old wooden ferry with one red funnel.", False),
        ("How much did it cost?", "What crossed the strait?", "The old wooden ferry with one tall red funnel.", True),
    ],
)  # fmt: skip
def test_an_answer_of_eight_words_is_the_name_of_what_was_asked_for(
    text: str, before: str, answer: str, alone: bool
) -> None:
    question = Question(text, history=(Turn("user", before), Turn("assistant", answer)))
    assert ("strait" in standing_alone(question)) == alone


@pytest.mark.parametrize(
    ("text", "joined"), [("Did wheat burn?", True), ("Did the wheat burn?", False)]
)
def test_a_question_of_three_words_goes_on_from_the_one_before(text: str, joined: bool) -> None:
    before = "When did the Orvel mill burn?"
    question = Question(text, history=(Turn("user", before), Turn("assistant", "In May [1].")))
    assert standing_alone(question) == (f"{before} {text}" if joined else text)
