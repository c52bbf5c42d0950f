"""Whatever is read from outside: it is understood or refused in our own words, by rule-made nonsense of every length."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as profile
from hypothesis import strategies as st
from pydantic import ValidationError

from ingest.english.date_mentions import impossible_day, mentions
from ingest.english.periods import periods
from ingest.errors import DatelineError
from ingest.formats.csv_file import mapping, rows_of
from ingest.formats.encodings import decode
from ingest.formats.front_matter import read_markdown, split_front_matter
from ingest.settings import Settings
from ingest.text.publication_dates import find_published, latest_named_date, parse
from service.contract.cursors import cursor_of, place_of
from service.contract.request_bodies import AnswerRequest
from service.drafting import completions, draft_parsing

pytestmark = pytest.mark.slow

EXAMPLES = profile(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TEXTS = st.text(max_size=400)
# what our readers look for, in any order and number
WORDS = st.lists(
    st.sampled_from(
        "---\n|title: |: |*a|&a |[|]|{|}|\n|,|\"|'|published_on|2024-02-30|31 April|last |next |the |"
        "year |week |since |until |between |and |May |32 |9999|0000|1/3/2024|Updated |—|s1a2b3|data: |"
        "data:[DONE]|\r|<think>|</think>|\x00|\ufeff|\ud83d|💧|99999999999999999999".split("|")
    ),
    max_size=40,
).map("".join)
NONSENSE = TEXTS | WORDS
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | NONSENSE,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=12,
)
DAYS = st.dates()


@EXAMPLES
@given(st.sampled_from(sorted(Settings.model_fields)), NONSENSE)
def test_a_setting_is_read_orsuppress(name: str, said: str) -> None:
    field = Settings.model_fields[name]
    with suppress(ValidationError):
        Settings(_env_file=None, **{field.alias or name: said})  # type: ignore[call-arg]


@EXAMPLES
@given(NONSENSE, st.lists(st.text(max_size=20), min_size=1, max_size=3))
@example("WzFd", ["x"])
def test_a_cursor_is_ours_orsuppress(said: str, place: list[str]) -> None:
    with suppress(DatelineError):
        place_of(said, tuple(place))
    assert place_of(cursor_of(*place), ("",) * len(place)) == tuple(place)


@EXAMPLES
@given(JSON, JSON)
def test_a_question_and_its_filters_are_read_orsuppress(question: Any, filters: Any) -> None:
    body = json.dumps({"question": question, "filters": filters, "as_of": filters})
    with suppress(ValidationError, DatelineError):
        AnswerRequest.model_validate_json(body).read()


@EXAMPLES
@given(NONSENSE, DAYS)
@example("next year", date.max)
@example("last century and the year before", date.min)
def test_days_and_periods_are_found_or_not(text: str, today: date) -> None:
    assert all(p.first is None or p.last is None or p.first <= p.last for p in periods(text, today))
    assert impossible_day(text) in text
    assert all(one is not None for one in mentions(text))
    find_published(text)
    for found in (latest_named_date(text), parse(text)):
        assert found is None or isinstance(found, date)


@EXAMPLES
@given(NONSENSE)
def test_front_matter_is_read_orsuppress(text: str) -> None:
    with suppress(DatelineError):
        split_front_matter(f"---\n{text}\n---\nBelow.")
    with suppress(DatelineError):
        read_markdown(text.encode("utf-8", "surrogatepass"))


@EXAMPLES
@given(
    st.binary(max_size=400) | NONSENSE.map(lambda t: t.encode("utf-8", "surrogatepass")), NONSENSE
)
def test_a_table_is_read_orsuppress(data: bytes, columns: str) -> None:
    with suppress(DatelineError):
        decode(data)
    with suppress(DatelineError):
        list(rows_of(data, mapping(columns)))
    with suppress(DatelineError):
        list(rows_of(b"title,text\n" + data, {"title": "Text"}))


@EXAMPLES
@given(
    st.lists(JSON.map(lambda one: b"data: " + json.dumps(one).encode() + b"\n\n"), max_size=5).map(
        b"".join
    )
    | st.binary(max_size=300)
    | NONSENSE.map(lambda t: t.encode("utf-8", "surrogatepass")),
    st.integers(1, 50),
)
def test_a_models_stream_is_read_or_refused_however_it_is_cut(data: bytes, size: int) -> None:
    whole, in_pieces = (_said(data, each) for each in (max(1, len(data)), size))
    assert whole == in_pieces


@EXAMPLES
@given(NONSENSE, st.integers(1, 30))
def test_drafts_are_the_same_however_a_text_is_cut(text: str, size: int) -> None:
    buffer, drafts = "", []
    for start in range(0, len(text), size):
        done, buffer = draft_parsing.take(buffer + text[start : start + size])
        drafts += done
    drafts += draft_parsing.take(buffer, final=True)[0]
    assert drafts == draft_parsing.take(text, final=True)[0]


def _said(data: bytes, size: int) -> tuple[str, str]:
    """The words of a reply that comes in pieces of that size, and why it failed."""

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(data), size):
            yield data[start : start + size]

    async def read() -> tuple[str, str]:
        said = ""
        try:
            async for piece in completions.read(chunks()):
                said += piece if isinstance(piece, str) else ""
        except DatelineError as error:
            return said, str(error)
        return said, ""

    return asyncio.run(read())
