"""Amounts with their units, and what kind of amount a question asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.english import analyse
from ingest.english.quantities import dimensions, measures


@pytest.mark.parametrize(
    ("text", "value", "unit", "dimension"),
    [
        ("94 km of road", "94", "kilometre", "length"),
        ("94km of road", "94", "kilometre", "length"),
        ("a 94m-long cable", "94", "metre", "length"),
        ("2.3 megawatt-hours", "2.3", "megawatt-hour", "energy"),
        ("30C at noon", "30", "celsius", "temperature"),
        ("minus 5 °C", "-5", "celsius", "temperature"),
        ("1,200 square miles", "1200", "square mile", "area"),
        ("3 cubic metres", "3", "cubic metre", "volume"),
        ("5 km/h", "5", "kilometre per hour", "speed"),
        ("60 miles an hour", "60", "mile per hour", "speed"),
        ("£1.38bn", "1380000000", "gbp", "money"),
        ("5 crore rupees", "50000000", "inr", "money"),
        ("a 92-year-old man", "92", "year", "age"),
        ("3 percentage points", "3", "pp", "points"),
        ("33 per cent", "33", "%", "share"),
        ("half of it", "0.5", "fraction", "share"),
        ("12 boats", "12", "boat", "count"),
        ("38 million crowns", "38000000", "crown", "count"),
        ("an hour later", "1", "hour", "time"),
    ],
)
def test_an_amount_has_a_value_a_unit_and_a_dimension(
    text: str, value: str, unit: str, dimension: str
) -> None:
    (found,) = analyse(text).quantities
    assert (str(found.value), found.unit, found.dimension) == (value, unit, dimension)


def test_the_first_number_of_a_range_has_the_unit_of_the_second() -> None:
    found = analyse("between 5 and 10 kilometres").quantities
    assert [(str(one.value), one.unit) for one in found] == [
        ("5", "kilometre"),
        ("10", "kilometre"),
    ]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How long did it take?", "time"),
        ("How far is it?", "length"),
        ("How old is she?", "age"),
        ("How often does it sail?", "frequency"),
        ("What share of votes did it win?", "share"),
        ("Who won?", None),
    ],
)
def test_a_question_asks_for_a_dimension(question: str, expected: str | None) -> None:
    assert next(iter(dimensions(question)), None) == expected


def test_words_stand_for_measures_too() -> None:
    text = "It sails weekly and twice a day, said Ostrow, 45, by 3 votes."
    found = {d: [text[s:e] for s, e in measures(analyse(text), (d,))] for d in ("frequency", "age")}
    assert found["frequency"] == ["weekly", "twice a day"]
    assert found["age"] == [", 45,"]


@given(st.lists(st.sampled_from("5 -5 $5 40m 94km half a third 30C % pp km/h square miles an hour 5:30 #2 to and 0 ½ degrees F 1/3 5,00,000 per".split(" ")), max_size=12).map(" ".join))  # fmt: skip
def test_every_number_is_read_as_an_amount_where_it_stands(text: str) -> None:
    reading = analyse(text)
    assert {n.start for n in reading.numbers} <= {q.start for q in reading.quantities}
    assert all(0 <= q.start < q.end <= len(text) for q in reading.quantities)
