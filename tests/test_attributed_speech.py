"""Who says what in a sentence, and whose words a quotation holds."""

from __future__ import annotations

import pytest

from ingest.english import analyse


@pytest.mark.parametrize(
    ("sentence", "kind", "speaker", "said"),
    [
        ("Lena Ostrow, the mayor of Tarn, said that the dam holds.", "say", "lena ostrow", "the dam holds."),
        ("The road reopened on Monday, Ostrow said.", "say", "ostrow", "The road reopened on Monday"),
        ("The dam, built in 1967, broke on Monday, said Lena Ostrow.", "say", "lena ostrow", "The dam, built in 1967, broke on Monday"),
        ("On Monday, Ostrow said the road reopened.", "say", "ostrow", "the road reopened."),
        ("According to the harbour office, the boats sank.", "say", "harbour office", "the boats sank."),
        ("The ferry sank, according to a police report.", "say", "police report", "The ferry sank"),
        ("Quill, 45, denied that he had lied.", "deny", "quill", "he had lied."),
        ("Prosecutors accused the mayor of taking bribes.", "accuse", "prosecutors", "taking bribes."),
        ("Quill was accused of stealing the boat.", "accuse", None, "stealing the boat."),
        ("The allegation that Quill lied spread quickly.", "named", None, "Quill lied spread quickly."),
    ],
)  # fmt: skip
def test_a_statement_is_given_to_whoever_makes_it(
    sentence: str, kind: str, speaker: str | None, said: str
) -> None:
    (found,) = analyse(sentence).attributions
    assert found.kind == kind
    assert (found.speaker.value if found.speaker else None) == speaker
    assert sentence[found.scope_start : found.scope_end] == said


@pytest.mark.parametrize(
    ("sentence", "speakers"),
    [
        ('"We shall not pay," said Tomas Quill, who left.', ["tomas quill"]),
        ("“We must help,” the minister for trade told reporters, “or it ends.”", ["minister for trade", "minister for trade"]),
        ('A spokesman for the Tarn council said on Monday: "It is over."', ["spokesman for the tarn council"]),
        ("“It is done,” he said on Monday. “We are glad.”", ["he", "he"]),
        ('He called it "a disgrace".', ["he"]),
        ('The sign read "no entry".', [None]),
    ],
)  # fmt: skip
def test_a_quotation_has_its_speaker(sentence: str, speakers: list[str | None]) -> None:
    found = analyse(sentence).quotations
    assert [one.speaker.value if one.speaker else None for one in found] == speakers


def test_a_report_is_no_verb() -> None:
    assert analyse("The report lists the boats. Its claims were read.").attributions == ()


@pytest.mark.parametrize(
    ("text", "taken_back"),
    [
        (
            "An article of 4 March said that 212 were born.",
            ["An article of 4 March said that 212 were born"],
        ),
        (
            "In our report we stated that it closes in March, but it does not.",
            ["In our report we stated that it closes in March"],
        ),
        ("It was built in 1964; an earlier version said 1962.", ["earlier version said 1962"]),
        ("The price was wrongly given as 12 euros; it is 14.", ["wrongly given as 12 euros"]),
        (
            "We said that its head, Ann Orme, had left.",
            ["We said that its head, Ann Orme, had left"],
        ),
        ("Our report that a wolf killed goats was wrong.", ["report that a wolf killed goats"]),
        ("She was 47, not 46, as this article stated.", []),
        ("As we said on Monday, the bridge cost 12 million.", []),
        ("We reported on Monday that she resigned.", []),
        ('"We said that we would pay 12 million," she said.', []),
        ("A report said that 12 people died.", []),
    ],
)
def test_what_an_outlet_takes_back_is_told_from_what_it_says(
    text: str, taken_back: list[str]
) -> None:
    assert [text[one.start : one.end] for one in analyse(text).withdrawn] == taken_back
