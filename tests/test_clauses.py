"""A verb has the subject and the object that a reader would name."""

from __future__ import annotations

import pytest

from ingest.english import analyse


def read(text: str) -> list[tuple[str, str, str, bool | None]]:
    """Verb, subject, object and voice of every statement of a text."""
    found = analyse(text)

    def words(phrase: tuple[int, ...]) -> str:
        return " ".join(found.tokens[n].text for n in phrase)

    return [
        (words((s.verb,)), words(s.subject), words(s.object), s.passive) for s in found.statements
    ]


@pytest.mark.parametrize(
    ("text", "verb", "subject", "object_"),
    [
        ("Pell Aster sued The Karst Mirror.", "sued", "Pell Aster", "Karst Mirror"),
        ("The man from Ghent sold the mill.", "sold", "man", "mill"),
        ("In the valley the council closed two schools.", "closed", "council", "two schools"),
        ("The vice-chair of the party, Pell Aster, left Lund.", "left", "vice chair Pell Aster", "Lund"),
        ("Lena Ostrow, who runs the guild, met him.", "runs", "Lena Ostrow", "guild"),
        ("Lena Ostrow, who runs the guild, met Quill.", "met", "Lena Ostrow", "Quill"),
        ("The buyers, a trust that holds a third, beat a bid.", "beat", "buyers trust", "bid"),
        ("Quill met Hanna Brandt, who sold a mill.", "sold", "Hanna Brandt", "mill"),
        ("A giant called Mor keeps the tides.", "keeps", "giant", "tides"),
        ("Plans to close the pit angered miners.", "angered", "Plans", "miners"),
        ("The party won most of the votes.", "won", "party", "votes"),
        ("The council built a mill and sold a farm.", "sold", "council", "farm"),
        ("He left. It closed the mill and sold a farm.", "sold", "", "farm"),
        ("The mayor has never quite accepted the plan.", "accepted", "mayor", "plan"),
        ("The bridge that spans the Orvel won a prize.", "spans", "bridge", "Orvel"),
        ("The mayor resigned after losing a vote.", "losing", "mayor", "vote"),
        ("The council did not rule out a sale.", "rule", "council", ""),
        ("It closed in August after a diver found cracks in the pier.", "found", "diver", "cracks"),
        ("The farm no longer grows hops.", "grows", "farm", "hops"),
        ("Lena Ostrow, who skippers the Grist, met Quill.", "skippers", "Lena Ostrow", "Grist"),
        ("Complaints about it fell, though complaints about the use of force rose.", "rose", "complaints", ""),
        ("Complaints about it fell, though complaints about the use of force rose.", "fell", "Complaints", ""),
        ("Una Breck said Tarn had won a prize.", "won", "Tarn", "prize"),
        ("After she had left the road, Quill sold a mill.", "left", "", "road"),
        ("Quill, who had earlier been told to wait, left.", "told", "Quill", ""),
        ("The lamp was lit in Lund.", "lit", "lamp", ""),
        ("He left immediately after Quill sold a mill.", "sold", "Quill", "mill"),
        ("The town of Larn built a mill.", "built", "town Larn", "mill"),
    ],
)  # fmt: skip
def test_a_verb_has_its_subject_and_object(
    text: str, verb: str, subject: str, object_: str
) -> None:
    assert (verb, subject, object_) in [statement[:3] for statement in read(text)]


@pytest.mark.parametrize(
    ("text", "passive"),
    [
        ("The hen caught the fox.", False),
        ("The hen caught him.", False),
        ("The hen was caught on Monday.", True),
        ("The hen caught by the fox.", True),
        ("The hen caught on Monday.", None),
        ("The hen caught by a third.", None),
    ],
)
def test_a_verb_without_an_object_may_be_said_of_what_it_is_done_to(
    text: str, passive: bool | None
) -> None:
    assert [voice for verb, _, _, voice in read(text) if verb == "caught"] == [passive]


@pytest.mark.parametrize(
    "text",
    ["Two plans of the council.", "A disputed vote.", "The sailing.", "It went to traffic.", "Its claims are old."],
)  # fmt: skip
def test_a_noun_and_an_adjective_are_no_verbs(text: str) -> None:
    assert not [verb for verb, *_ in read(text) if verb not in ("went", "are")]


def test_a_text_without_words_says_nothing() -> None:
    assert read("") == read("…") == []
