"""Which of the days that a copy states is believed where they differ by one."""

from __future__ import annotations

from datetime import date

import pytest

from ingest.text.trusted_dates import believe, stated_date
from ingest.types import DateKind, StatedDate

PROSE = (
    "The orchard of Brask was flooded in the night, and the pickers were sent home before noon. "
    * 3
)


def stamps(*stamps: str, kind: DateKind = DateKind.PUBLISHED) -> list[StatedDate]:
    return [day for stamp in stamps if (day := stated_date(kind, stamp, "json-ld"))]


@pytest.mark.parametrize(
    ("stamp", "printed", "believed"),
    [
        ("2024-06-08T02:10:00Z", "June 7, 2024, 10:10 p.m. EDT", 7),
        ("2024-06-08T02:10:00+00:00", "Published June 7, 2024", 7),
        ("2024-06-08 02:10:00", "7 June 2024", 7),
        ("2024-06-06T22:10:00Z", "7 June 2024, 8:10 AEST", 7),
        ("2024-06-08T02:10:00+02:00", "7 June 2024", 8),
        ("2024-06-08", "7 June 2024", 8),
        ("2024-06-08T02:10:00Z", "5 June 2024", 8),
    ],
)
def test_the_printed_day_goes_before_a_utc_stamp_of_the_day_beside_it(
    stamp: str, printed: str, believed: int
) -> None:
    found = believe(f"Orchard flooded\n\n{printed}\n\n{PROSE}", stamps(stamp), date(2025, 1, 1))
    assert (found.published_on, found.date_source) == (date(2024, 6, believed), "metadata")


def test_a_stamp_with_its_offset_goes_before_one_in_utc() -> None:
    found = believe(
        PROSE, stamps("2024-06-08T02:10:00Z", "2024-06-07T22:10:00-04:00"), date(2025, 1, 1)
    )
    assert found.published_on == date(2024, 6, 7)


def test_an_update_at_the_same_moment_is_none() -> None:
    both = stamps("2024-06-08T02:10:00Z") + stamps("2024-06-08T02:10:00Z", kind=DateKind.UPDATED)
    found = believe(f"Orchard flooded\n\n7 June 2024\n\n{PROSE}", both, date(2025, 1, 1))
    assert (found.published_on, found.updated_on) == (date(2024, 6, 7), None)
