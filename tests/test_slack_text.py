"""What people type becomes a plain question; long markup is cut where Slack can still read it."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.surfaces import slack_text

HIDDEN = "`\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # fences and turned text are taken out


TYPED = {
    "<@U02BOT> who signed it?": "who signed it?",
    "<@U02BOT>, who signed it?": "who signed it?",
    "<@U02BOT|dateline>: who signed it?": "who signed it?",
    "hey <@U02BOT> who signed it?": "hey who signed it?",
    "what of <https://example.org/a?b=1&amp;c=2|the deal>?": "what of the deal?",
    "what of <https://example.org/a?b=1&amp;c=2>?": "what of https://example.org/a?b=1&c=2?",
    "write to <mailto:desk@example.org>": "write to desk@example.org",
    "posted in <#C012|general> by <!subteam^S1|@desk>": "posted in #general by @desk",
    "is 3 &lt; 4 &amp;&amp; 5 &gt; 4?": "is 3 < 4 && 5 > 4?",
    "what does &amp;lt; mean?": "what does &lt; mean?",
    "nul \x00 and half a pair \ud800 go": "nul and half a pair go",
    "two\nlines": "two\nlines",
}


@pytest.mark.parametrize(("typed", "question"), TYPED.items())
def test_markup_is_taken_out_of_what_people_type(typed: str, question: str) -> None:
    assert slack_text.plain(typed) == question


@given(st.text())
def test_any_text_becomes_a_question_that_utf_8_can_hold(text: str) -> None:
    assert "\x00" not in slack_text.plain(text).encode().decode()


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=HIDDEN)))
def test_escaped_words_come_back_as_they_were_and_hold_no_markup(text: str) -> None:
    escaped = slack_text.escape(text)
    assert not set(escaped) & set("<>")
    assert html.unescape(escaped) == text


@given(
    st.text(alphabet=" \nab&<>", max_size=400).map(slack_text.escape),
    st.integers(min_value=10, max_value=120),
)
def test_pieces_fit_lose_no_words_and_break_no_entity(text: str, limit: int) -> None:
    pieces = slack_text.parts(text, limit)
    assert all(0 < len(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(re.fullmatch(r"(?:[^&]|&(?:amp|lt|gt);)*", piece) for piece in pieces)


def test_lines_are_kept_whole_where_they_fit() -> None:
    assert slack_text.parts("one line\ntwo lines\nthree", 20) == ("one line\ntwo lines", "three")
