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


MARKED = st.lists(
    st.text(alphabet=" \nab&<>", max_size=60).map(lambda words: f"w{slack_text.escape(words)}x [1][12]. ")
)  # fmt: skip


@given(MARKED, st.integers(min_value=16, max_value=120))
def test_pieces_fit_lose_no_words_and_break_no_entity_and_no_citation(
    sentences: list[str], limit: int
) -> None:
    pieces = slack_text.packed(sentences, limit)
    assert all(0 < len(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join("".join(sentences).split())
    assert all(re.fullmatch(r"(?:[^&]|&(?:amp|lt|gt);)*", piece) for piece in pieces)
    assert all(re.sub(r"\[\d+\]", "", piece).find("[") < 0 for piece in pieces)
    assert not any(piece.lstrip().startswith("[") for piece in pieces[1:])


def test_a_piece_ends_between_sentences_where_they_fit() -> None:
    assert slack_text.packed(["One is [1]. ", "Two is [2]. ", "Three."], 25) == [
        "One is [1]. Two is [2].",
        "Three.",
    ]


def test_a_long_sentence_is_cut_between_words_and_keeps_its_marker_with_its_last_word() -> None:
    assert slack_text.packed(["alpha beta gamma [1]."], 12) == ["alpha beta", "gamma [1]."]


def test_size_may_be_counted_in_bytes() -> None:
    pieces = slack_text.packed(["éééé éééé"], 8, lambda text: len(text.encode()))
    assert pieces == ["éééé", "éééé"]


@given(st.text(max_size=300), st.integers(min_value=10, max_value=80))
def test_a_shortened_line_fits_with_its_escapes(text: str, limit: int) -> None:
    line = slack_text.short(text, limit)
    assert len(line) <= limit
    assert re.fullmatch(r"(?:[^&<>\n]|&(?:amp|lt|gt);)*", line)


LIVE = {
    "<!channel> read": "‹!channel&gt; read",
    "<@U0ANN>": "&lt;@\u2060U0ANN&gt;",
    "[x](http://e.example)": "[x] (http:\u2060//e.example)",
    "![x](http://e.example/p.png)": "![x] (http:\u2060//e.example/p.png)",
    "mail@e.example": "mail@\u2060e.example",
    "a :tada: at 12:30:15": "a :\u2060tada: at 12:30:15",
    "`code`": "ˋcodeˋ",
    "[x]\u202e(//e.example)": "[x] (//e.example)",
}


@pytest.mark.parametrize(("said", "shown"), LIVE.items())
def test_an_article_s_words_are_only_words_in_markdown(said: str, shown: str) -> None:
    assert slack_text.markdown(said) == shown


def test_whom_a_message_calls_is_read_from_its_markup() -> None:
    assert slack_text.mentioned("<@U1> and <@U2|bob>, not @U3 or &lt;@U4&gt;") == {"U1", "U2"}
