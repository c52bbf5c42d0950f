"""Accounts that contradict each other: made-up snippets in the shape of RGB go in, shares of noticed ones come out."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from evals import conflicts
from service.evidence.neural_reader import Reader

TRUE = (
    "Hanna Brandt won the Orvel rowing cup in 2021 ahead of eleven other crews from the coast ...",
    "The Orvel rowing cup of 2021 went to\u00a0Hanna Brandt, who led from the second lock to the end.",
    "In 2021 the winner of the rowing cup at Orvel was Hanna Brandt, a teacher from the east bank.",
    "Hanna Brandt took the rowing cup home from Orvel in 2021 after the closest race in ten years.",
)
FALSE = tuple(text.replace("Hanna Brandt", "Tomas Quill") for text in TRUE)


def written(folder: Path) -> Path:
    row = {
        "question": "Who won the rowing cup at Orvel in 2021?",
        "positive": TRUE,
        "positive_wrong": FALSE,
    }
    (folder / "questions.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    return folder


def unit(texts: list[str]) -> np.ndarray:
    return np.tile(np.array([1.0, 0.0], dtype=np.float32), (len(texts), 1))


def test_snippets_are_read_as_plain_text_without_the_cut(tmp_path: Path):
    (one,) = conflicts.read(written(tmp_path))
    assert one.true[0].endswith("the coast")
    assert "\u00a0" not in "".join(one.true)


def test_exchanged_names_are_noticed_and_snippets_that_agree_are_not(
    tmp_path: Path, reader: Reader
):
    scores = conflicts.measure(conflicts.read(written(tmp_path)), unit, reader)
    assert scores["near-identical, detected"].value == 1.0
    assert scores["near-identical, false alarms"].value == 0.0
    assert (scores["near-identical, detected"].n, scores["near-identical, false alarms"].n) == (
        4,
        6,
    )
    assert scores["two and two, detected"].n == scores["two and two, false alarms"].n == 1


def test_two_true_snippets_stand_against_two_false_ones(tmp_path: Path, reader: Reader):
    scores = conflicts.measure(conflicts.read(written(tmp_path)), unit, reader)
    assert scores["two and two, detected"].value == 1.0
    assert scores["two and two, false alarms"].value == 0.0
