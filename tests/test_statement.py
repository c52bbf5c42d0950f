"""A question to be answered with yes or no is turned into the statement that it asks about."""

from __future__ import annotations

import pytest
from asking import query
from hypothesis import given, settings
from hypothesis import strategies as st

from service.query.statement import statement


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Did the council approve the plan?", "the council did approve the plan"),
        ("Will Orvel Elementary stay open?", "Orvel Elementary will stay open"),
        ("Has the mine been sold?", "the mine has been sold"),
        ("are the trains still meant to start?", "the trains are still meant to start"),
        ("Is Hanna Brandt mayor of Loam?", "Hanna Brandt is mayor of Loam"),
        ("Is there a lift on the ship?", "there is a lift on the ship"),
        ("Was anyone ever hurt?", "someone was hurt"),
        ("Is it true that the bridge is 49 metres long?", "the bridge is 49 metres long"),
        ("Were four or six boats lost?", None),
        ("Did she promise not to close schools?", None),
        ("Who closed the school?", None),
        ("Did …?", None),
        ("is it", "it is"),
    ],
)
def test_the_auxiliary_goes_behind_the_subject(question: str, said: str | None) -> None:
    assert statement(query(question)) == said


@given(st.text(alphabet="aI is?.' -“\"did the not any 4…", max_size=60))
@settings(max_examples=200, deadline=None)
def test_no_question_is_too_odd(rest: str) -> None:
    assert statement(query(f"Did {rest}")) is None or rest.strip()
