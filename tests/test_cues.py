"""Words that qualify what a sentence says, and how far they reach."""

from __future__ import annotations

import pytest

from ingest.english import analyse


@pytest.mark.parametrize(
    ("field", "sentence", "kind", "cue", "scope"),
    [
        ("hedges", "The dam may not hold, said the mayor.", "possible", "may", "not hold"),
        ("hedges", "The council planned to close it.", "planned", "planned to", "close it"),
        ("hedges", "Two men tried to open the safe.", "attempted", "tried to", "open the safe"),
        ("hedges", "He allegedly took the boat.", "reported", "allegedly", "took the boat"),
        ("conditions", "The road opens if the rain stops.", "condition", "if", "the rain stops"),
        ("conditions", "Should the dam fail, the town floods.", "condition", "Should", "the dam fail"),
        ("restrictions", "They saved only half of the boats.", "only", "only", "half of the boats"),
        ("restrictions", "Fewer than 200 boats sank.", "below", "Fewer than", "200 boats sank"),
        ("restrictions", "All boats except the Heron sank.", "except", "except", "the Heron sank"),
        ("restrictions", "It was the first lighthouse in Tarn.", "order", "first", "lighthouse"),
        ("connectives", "It closed because of its debts.", "cause", "because of", "its debts"),
        ("connectives", "It cut jobs in order to save money.", "purpose", "in order to", "save money"),
        ("frames", "In the film the ship sinks.", "fiction", "film", "In the film the ship sinks."),
        ("frames", "The picture was a hoax.", "false", "hoax", "The picture was a hoax."),
        ("frames", "Nobody knows whether it sank.", "question", "whether", "it sank"),
    ],
)  # fmt: skip
def test_a_cue_is_found_with_what_it_governs(
    field: str, sentence: str, kind: str, cue: str, scope: str
) -> None:
    found = [
        (one.kind, sentence[one.start : one.end], sentence[one.scope_start : one.scope_end])
        for one in getattr(analyse(sentence), field)
    ]
    assert (kind, cue, scope) in found


def test_may_is_a_month_after_a_preposition() -> None:
    assert analyse("The bridge reopens in May.").hedges == ()


def test_over_restricts_only_a_number() -> None:
    assert [one.kind for one in analyse("Over 200 people left.").restrictions] == ["above"]
    assert analyse("The war is over.").restrictions == ()


def test_a_comparison_has_a_direction_and_two_sides() -> None:
    sentence = "Exports to Tolvay were lower than imports from Senn."
    (found,) = analyse(sentence).comparisons
    assert found.kind == "less"
    assert sentence[found.left_start : found.left_end].strip() == "Exports to Tolvay were"
    assert sentence[found.right_start : found.right_end].strip() == "imports from Senn"


def test_a_plain_sentence_has_no_cues() -> None:
    found = analyse("The ferry sank near the harbour on Monday.")
    groups = (found.hedges, found.conditions, found.restrictions, found.frames, found.comparisons)
    assert not any(groups)
