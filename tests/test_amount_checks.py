"""Amounts that a sentence bears out and that it does not, on both sides of each edge."""

from __future__ import annotations

import pytest
from newsroom import card, sentences

from service.types import Draft
from service.verification.amount_checks import Amount, amounts, bears_out, derived, implied, joined
from service.verification.claim_reading import read
from service.verification.verify import verify


def released(sentence: str, claim: str) -> bool:
    cited = sentences(card(), sentence)[0]
    return verify(Draft(claim, (cited.key,)), {cited.key: cited}).support is not None


CROWD = "Counters saw 2,316 people in the square."
HERD = "The herd fell by 17% in a decade."
LATE = "One in five ferries was late in May."


@pytest.mark.parametrize(
    ("sentence", "claim", "borne_out", "too_far"),
    [
        (CROWD, "Counters saw {} people in the square.", "more than 1,900", "more than 1,800"),
        (CROWD, "Counters saw {} people in the square.", "more than 2,315", "more than 2,316"),
        (CROWD, "Counters saw {} people in the square.", "at least 2,316", "at least 2,317"),
        (CROWD, "Counters saw {} people in the square.", "fewer than 2,800", "fewer than 2,900"),
        (CROWD, "Counters saw {} people in the square.", "fewer than 2,317", "fewer than 2,316"),
        (HERD, "The herd fell to {} of what it was in a decade.", "83%", "73%"),
        (LATE, "{} of ferries were late in May.", "20%", "25%"),
    ],
)
def test_an_amount_is_borne_out_up_to_its_edge(
    sentence: str, claim: str, borne_out: str, too_far: str
) -> None:
    assert released(sentence, claim.format(borne_out))
    assert not released(sentence, claim.format(too_far))


def amount(text: str) -> Amount:
    """The one amount of a text: the first figure, or what it gives without one."""
    reading = read(text)
    return next(iter((*amounts(reading), *implied(reading))))


@pytest.mark.parametrize(
    ("text", "value", "unit", "bound"),
    [
        ("It weighs 3.2 tonnes.", 3.2e6, "weight", ""),
        ("It weighs 2 metric tons.", 2e6, "weight", ""),
        ("They own 9 square kilometres.", 9e6, "area", ""),
        ("It holds 2 cubic metres.", 2000.0, "volume", ""),
        ("They were away for a year and a half.", 1.5 * 365.25 * 86400, "time", ""),
        ("It lasted 2 and a half hours.", 2.5 * 3600, "time", ""),
        ("Half of them came.", 50.0, "%", ""),
        ("Half a tonne was lost.", 5e5, "weight", ""),
        ("A stamp costs 85p.", 0.85, "gbp", ""),
        ("Two thirds of them came.", 200 / 3, "%", ""),
        ("Output doubled.", 2.0, "times", ""),
        ("Rates rose 2 percentage points.", 2.0, "pp", ""),
        ("They came back after a fortnight.", 14 * 86400, "time", ""),
        ("He owns the eastern third of it.", 100 / 3, "%", ""),
        ("He sold everything except three of them.", 3.0, "", ""),
        ("Nearly 40 people came.", 40.0, "", "nearly"),
        ("Just over 40 people came.", 40.0, "", "over"),
        ("About 40 people came.", 40.0, "", "about"),
        ("Some 40 or so people came.", 40.0, "", "about"),
        ("No more than 40 people came.", 40.0, "", "most"),
        ("At least 40 people came.", 40.0, "", "least"),
        ("More than 40 people came.", 40.0, "", "more"),
        ("Fewer than 40 people came.", 40.0, "", "less"),
        ("It takes 40 people at most.", 40.0, "", "most"),
        ("It takes 40 people or more.", 40.0, "", "least"),
        ("It takes 40 people or fewer.", 40.0, "", "most"),
        ("It takes 40 people or so.", 40.0, "", "about"),
        ("It takes 40 people and more.", 40.0, "", "least"),
        ("It holds as many as 40 people.", 40.0, "", "most"),
        ("No boat may carry more than 40 people.", 40.0, "", "most"),
        ("No room has fewer than 40 seats.", 40.0, "", "least"),
        ("It was six degrees below zero.", -6.0, "temperature", ""),
        ("It lasted three quarters of an hour.", 45 * 60.0, "time", ""),
        ("It lasted half a day.", 12 * 3600.0, "time", ""),
    ],
)
def test_an_amount_is_read_with_its_unit_and_bound(
    text: str, value: float, unit: str, bound: str
) -> None:
    found = amount(text)
    assert found.value == pytest.approx(value, rel=2e-3)
    assert (found.unit, found.bound) == (unit, bound)


@pytest.mark.parametrize(
    "text",
    [
        "They met at 10:30.",
        "She came 3rd.",
        "They met at 7 in the morning.",
        "It ran at 9 at night.",
    ],
)
def test_ranks_and_times_of_day_measure_nothing(text: str) -> None:
    assert not list(amounts(read(text)))


# said, claimed and borne out, claimed and not borne out
EDGES = [
    ("10,000 people", "10,049 people", "10,051 people"),
    ("about 10,000 people", "10,008 people", "10,012 people"),
    ("more than 10,000 people", "more than 10,049 people", "10,000 people"),
    ("100 miles", "159.1 kilometres", "158.9 kilometres"),
    ("1,000 people", "about 1,060 people", "about 1,065 people"),
    ("nearly 1,000 people", "about 1,000 people", "1,000 people"),
    ("990 people", "nearly 1,000 people", "nearly 980 people"),
    ("up to 1,000 people", "nearly 1,000 people", "about 1,000 people"),
    ("1,010 people", "just over 1,000 people", "just over 1,010 people"),
    ("more than 1,000 people", "just over 1,000 people", "about 1,000 people"),
    ("1,000 people", "more than 990 people", "nearly 1,000 people"),
    ("at least 1,000 people", "more than 1,000 people", "fewer than 1,100 people"),
    ("about 1,000 people", "at least 1,000 people", "at least 1,001 people"),
    ("about 1,000 people", "fewer than 1,000 people", "fewer than 999 people"),
    ("1,000 people", "at most 1,000 people", "at most 999 people"),
    ("nearly 1,000 people", "fewer than 1,000 people", "more than 900 people"),
    ("more than 1,000 people", "at least 1,000 people", "at least 700 people"),
    ("up to 1,000 people", "fewer than 1,200 people", "fewer than 1,300 people"),
    ("20%", "20 percentage points", "20 tonnes"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "near", "far"), EDGES)
def test_what_is_said_bears_out_what_is_near_enough(said: str, near: str, far: str) -> None:
    assert bears_out(amount(said), amount(near))
    assert not bears_out(amount(said), amount(far))


# a sentence with its amounts, what follows from them, what does not
RECKONED = [
    ("It fell by 17%.", "86% are left", "87% are left"),
    ("It fell by 17%.", "17.5% were lost", "18% were lost"),
    ("Output doubled.", "200% of it", "220% of it"),
    ("It made 50% of them.", "doubled to 2.1 times that", "some 2.2 times that"),
    ("It costs £6,000.", "£504 a month", "£506 a month"),
    ("It costs £520.", "£10 a week", "£11 a week"),
    ("It costs £70.", "£10 a day", "£11 a day"),
    ("It costs £240.", "£10 an hour", "£11 an hour"),
    ("It costs £3,650.", "£10 a day", "£10.20 a day"),
    ("It rose from 100 to 160 boats.", "61 boats more", "62 boats more"),
    ("They sent 100 boats and 60 boats.", "160.7 boats", "161 boats"),
    ("It cost £7.2 million and they paid 25%.", "£1.81 million", "£1.83 million"),
    ("They had 100 boats and now 40 boats.", "42% of them", "43% of them"),
    ("They had 100 boats and now 40 boats.", "about 44% of them", "about 45% of them"),
    ("They had 100 boats and now 40 boats.", "more than 27% of them", "more than 26% of them"),
    ("They had 100 boats and now 40 boats.", "less than 57% of them", "less than 58% of them"),
    ("They had 100 boats and now 40 tonnes.", "140 people", "40% of them"),
    ("It rose from £40 to £60.", "50% more", "52% more"),
    ("It doubled to £80.", "£40 before", "£41 before"),
    ("It fell by 20% from £100.", "£80 now", "£81 now"),
    ("It fell by 20% to £80.", "£100 before", "£101 before"),
    ("It rose by 20% to £120.", "£100 before", "£96.50 before"),
    ("Of £10 million it paid 40%.", "£4 million", "£4.1 million"),
    ("Each of 12 schools gets £500.", "£6,000 for them", "£6,050 for them"),
    ("The 4 brothers shared £200.", "£50 for each", "£50 for them"),
    ("Rent is £100 a week.", "£5,200 a year", "£5,300 a year"),
    ("Rent is £100 a month.", "£1,200 a year", "£1,220 a year"),
    ("They had 90 boats and now 30 boats.", "3 times as many", "4 times as many"),
]


@pytest.mark.parametrize(("sentence", "follows", "does_not"), RECKONED)
def test_what_follows_from_amounts_is_borne_out(sentence: str, follows: str, does_not: str) -> None:
    said = [*amounts(read(sentence)), *implied(read(sentence))]
    assert derived(amount(follows), said, follows)
    assert not derived(amount(does_not), said, does_not)


@pytest.mark.parametrize(
    ("said", "claim"),
    [
        ("It took 2 hours and 30 minutes.", "It took two and a half hours."),
        ("It took 150 minutes.", "It took 2 hours 30 minutes."),
        ("It costs €1.10.", "It costs 1 euro 10."),
        ("It costs $1.5 billion.", "It costs one and a half billion dollars."),
        ("Nine out of ten pupils passed.", "90% of pupils passed."),
        ("Mr Figgis, 41, left.", "The 41-year-old left."),
        ("It was 30 degrees Celsius.", "It was 86 degrees Fahrenheit."),
        ("It went at 60 mph.", "It went at about 97 kilometres an hour."),
        ("She was born in 1962 and died in 2003.", "She died aged 41."),
        ("It opened in 1950 and closed in 2000.", "It was open for 50 years."),
    ],
)
def test_one_amount_is_known_in_every_way_of_writing_it(said: str, claim: str) -> None:
    given = list(amounts(read(said)))
    known = [*given, *joined(given, read(said)), *implied(read(said))]
    mine = list(joined(list(amounts(read(claim))), read(claim)))
    assert mine and all(any(bears_out(a, b) for a in known) for b in mine)


@pytest.mark.parametrize(
    ("sentence", "claim", "borne_out"),
    [
        ("Frost killed the buds in two nights.", "Frost killed the buds over two nights.", True),
        ("The farm covers 24 hectares.", "The farm extends over 24 hectares.", True),
        ("The farm covers 24 hectares.", "The farm covers over 30 hectares.", False),
        ("Voters went as far as 40 kilometres.", "Voters went about 25 miles.", True),
        ("They limit games to 240 minutes.", "They limit games to no more than four hours.", True),
        ("They limit games to 240 minutes.", "They limit games to no more than 3 hours.", False),
        ("Children account for most of the rise.", "Over half of the rise is children.", True),
        ("Loans rose by 1.4 percentage points.", "Loans rose by 1.4 per cent.", False),
        ("She was paid £900 an acre.", "She was paid £900 altogether.", False),
    ],
)
def test_amounts_are_read_in_whatever_words(sentence: str, claim: str, borne_out: bool) -> None:
    assert released(sentence, claim) == borne_out
