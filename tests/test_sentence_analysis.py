"""What the one reading of a sentence finds, and where."""

from __future__ import annotations

from calendar import month_name, monthrange
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.english import Span, analyse
from ingest.english.date_mentions import impossible_day


def values(found: tuple[Span, ...]) -> list[str]:
    return [span.value for span in found]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("13.4 per cent", "13.4%"), ("13.4 percent", "13.40 %"), ("USD 120 billion", "$120bn"), ("120 billion dollars", "$120 billion"),
        ("twelve", "12"), ("1,200", "1200"), ("1.2 million", "1,200,000"), ("the fifth", "the 5th"), ("quadruple", "four-fold"),
        ("a fourfold", "4 times"), ("half a million", "500,000"), ("two hundred and five", "205"), ("twenty-one", "21"),
        ("the twenty-first", "the 21st"), ("5:30 p.m.", "17:30"), ("a dozen", "12"), ("€5m", "5 million euros"), ("thirty five", "35"),
        ("two-thirds", "two thirds"), ("3 percentage points", "3pp"),
    ],
)  # fmt: skip
def test_one_number_written_in_two_ways_has_one_value(one: str, other: str) -> None:
    assert (
        values(analyse(f"It was {one} then.").numbers)
        == values(analyse(f"It was {other} then.").numbers)
        != []
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("April 10", "10 April"), ("Apr. 10", "10 April"), ("April 10, 2024", "2024-04-10"), ("the 10th of April 2024", "10 April 2024"),
        ("Feb. 2021", "February 2021"), ("Sept. 3", "3 September"),
    ],
)  # fmt: skip
def test_one_date_written_in_two_ways_has_one_value(one: str, other: str) -> None:
    assert (
        values(analyse(f"She came on {one} by boat.").dates)
        == values(analyse(f"She came on {other} by boat.").dates)
        != []
    )


def test_numbers_of_different_units_differ() -> None:
    different = ("5%", "5 percentage points", "5", "$5", "€5", "5th", "fivefold")
    assert len(
        {values(analyse(f"It was {amount} more.").numbers)[0] for amount in different}
    ) == len(different)


def test_may_is_a_month_only_after_a_preposition() -> None:
    assert values(analyse("The bridge may close in May.").dates) == ["-----05---"]
    assert values(analyse("The bridge may close in May.").modals) == ["can"]


def test_names_lose_honorifics_and_possessives() -> None:
    found = analyse(
        "Yesterday Dr. Lena Ostrow's lawyers met President Tomas Quill in the U.S. and Japan."
    )
    assert values(found.names) == ["lena ostrow", "tomas quill", "united states", "japan"]


def test_a_word_that_only_begins_the_sentence_is_no_name() -> None:
    assert analyse("Officials and fishermen met again.").names == ()
    assert values(analyse("Ostrow and Kelda met again.").names) == ["ostrow", "kelda"]


def test_demonyms_are_their_country() -> None:
    found = analyse("The Japanese, Dutch and South Korean ministers left America.")
    assert values(found.names) == ["japan", "netherlands", "south korea", "united states"]
    assert values(found.demonyms) == ["japan", "netherlands", "south korea", "united states"]


def test_the_pronoun_us_is_no_country() -> None:
    assert analyse("They told us to polish the turkey.").names == ()


def test_negations_quantifiers_and_quotations_are_found_with_their_places() -> None:
    sentence = "Many didn't agree, and none said “it is done”."
    found = analyse(sentence)
    assert values(found.negations) == ["not"]
    assert values(found.quantifiers) == ["many", "none"]
    assert [sentence[f.start : f.end] for f in found.quotations] == ["it is done"]


WORDS = st.sampled_from(
    "the U.S. 12 twelve 4 March 2024 $5bn 13% not never many Japan Japanese Lena Ostrow's said “ ” \" isn't n't first May may - , . : "
    "ferry ferries increased decreased 20th 5:30 p.m. İ ß é 👍 \u00a0 \ud800 l'été a.m 1/3 half".split(
        " "
    )
)
SENTENCES = st.lists(WORDS, max_size=25).map(" ".join) | st.text(max_size=60)


@given(SENTENCES)
def test_values_lie_where_they_say(sentence: str) -> None:
    found = analyse(sentence)
    for group in (
        found.numbers,
        found.dates,
        found.names,
        found.negations,
        found.quantifiers,
        found.modals,
        found.quotations,
    ):
        for span in group:
            assert 0 <= span.start < span.end <= len(sentence)
            assert sentence[span.start : span.end].strip() == sentence[span.start : span.end]
        assert [f.start for f in group] == sorted(f.start for f in group)


@given(SENTENCES)
def test_tokens_lie_where_they_say_and_are_the_words(sentence: str) -> None:
    found = analyse(sentence)
    assert all(sentence[token.start : token.end] == token.text for token in found.tokens)
    assert found.words == tuple(token.lower for token in found.tokens)
    assert found.stems == {token.stem for token in found.tokens if not token.stop}


def test_one_country_has_one_word_however_it_is_written() -> None:
    found = analyse("The U.S.'s ally paid the us $1,200.50 in the United States of America.")
    assert found.words == (
        "the",
        "usa",
        "ally",
        "paid",
        "the",
        "usa",
        "1,200.50",
        "in",
        "the",
        "usa",
    )
    assert found.tokens[1].text == "U.S.'s"


def test_the_same_text_is_read_once() -> None:
    assert analyse("The ferry sank.") is analyse("The ferry sank.")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("5 crore rupees", "inr 50000000"),
        ("Rs 2 lakh crore", "inr 2000000000000"),
        ("CHF 40m", "chf 40000000"),
        ("£1.38bn", "gbp 1380000000"),
        ("two hundred and five pounds", "gbp 205"),
        ("half a million dollars", "usd 500000"),
        ("-$5 million", "usd -5000000"),
        ("minus 5", "-5"),
        ("5,00,000", "500000"),
        ("two hundred thousand", "200000"),
        ("twelvefold", "x12"),
    ],
)
def test_a_number_has_one_normal_form_with_its_currency_and_scale(written: str, value: str) -> None:
    assert values(analyse(f"They paid {written} for it.").numbers) == [value]


@pytest.mark.parametrize(
    ("written", "dates"),
    [
        ("in the mid-1990s", ["1990s"]),
        ("in AD 79", ["0079------"]),
        ("on 4-6 March 2024", ["2024-03-04", "2024-03-06"]),
        ("in the 2018-19 season", ["2018------", "2019------"]),
        ("in September of 2017", ["2017-09---"]),
        ("on 03/04/2025", []),
        ("to 1200 of them", ["1200------"]),
        ("about 1200 men", []),
    ],
)
def test_a_date_has_one_normal_form(written: str, dates: list[str]) -> None:
    assert values(analyse(f"It was sold {written}.").dates) == dates


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("Yesterday Ursula von der Leyen spoke.", ["ursula von der leyen"]),
        ("Then von der Leyen spoke.", ["von der leyen"]),
        ("They met Daniel de la Cruz and Linus van Pelt.", ["daniel de la cruz", "linus van pelt"]),
        ("O'Brien's van was seen in Oslo.", ["o'brien", "oslo"]),
    ],
)
def test_small_words_inside_a_name_belong_to_it(sentence: str, names: list[str]) -> None:
    assert values(analyse(sentence).names) == names


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("police", "policies"),
        ("university", "universe"),
        ("important", "imports"),
        ("author", "authority"),
        ("general", "generation"),
        ("international", "intern"),
    ],
)
def test_words_of_different_meaning_have_different_stems(one: str, other: str) -> None:
    (first,), (second,) = analyse(one).stems, analyse(other).stems
    assert first != second


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("elections", "elected"),
        ("organised", "organization"),
        ("centres", "center"),
        ("raised", "raise"),
        ("sold", "selling"),
        ("colour", "colors"),
        ("travelled", "traveling"),
        ("universities", "university"),
        ("authorities", "authority"),
    ],
)
def test_inflections_and_spellings_of_a_word_share_a_stem(one: str, other: str) -> None:
    assert analyse(one).stems == analyse(other).stems


FIELDS = ("quantities", "quotations", "attributions")
CLAUSES = st.lists(
    st.sampled_from(
        "said that , . ? ; : “ ” \" Ostrow accused of denied according to if unless should may tried to only half of fewer than "
        "20 higher than because whether film hoax claims the claim von der Leyen and in was March 1990s AD 79 mid-1990s per cent".split(" ")
    ),
    max_size=25,
).map(" ".join)  # fmt: skip


@given(CLAUSES | SENTENCES)
def test_every_reading_lies_inside_the_text(sentence: str) -> None:
    found = analyse(sentence)
    for one in (one for field in FIELDS for one in getattr(found, field)):
        assert 0 <= one.start < one.end <= len(sentence)
        start, end = (getattr(one, f"scope_{edge}", 0) for edge in ("start", "end"))
        assert 0 <= start <= end <= len(sentence)
        speaker = getattr(one, "speaker", None)
        if speaker is not None:
            assert sentence[speaker.start : speaker.end].lower() == speaker.value


@pytest.mark.parametrize("year", [2023, 2024])
def test_a_day_is_impossible_where_its_month_is_shorter(year: int) -> None:
    for month, day in product(range(1, 13), range(1, 33)):
        name = month_name[month]
        written = (f"{day} {name} {year}", f"{name} {day}, {year}", f"{year}-{month:02d}-{day:02d}")
        has = day <= monthrange(year, month)[1]
        for words in written:
            assert impossible_day(f"What happened on {words}?") == ("" if has else words)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Who spoke on the 31st of November?", "31st of November"),
        ("What happened on 32 May in Orvel?", "32 May"),
        ("What was agreed on 31/04/2025?", "31/04/2025"),
        ("Did it snow on 30 february?", "30 february"),
        ("Did it snow on 29 February?", ""),
        ("Did 45 March against the port?", ""),
        ("How far did 31 boats sail in June?", ""),
        ("Where did in June 31 boats sail?", ""),
        ("Which of the 45 may be closed?", ""),
        ("What is case 2025-13-45 about?", ""),
    ],
)
def test_a_number_beside_a_month_need_not_be_its_day(text: str, day: str) -> None:
    assert impossible_day(text) == day
