"""The reader tells which sentence answers and with which words; its weights are the pinned ones or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from newsroom import card, sentences

from ingest.embedding.embedder import LocalEmbedder, Tokens
from ingest.errors import ModelUnavailable
from service.evidence.neural_reader import SIGNS, WEIGHTS, Reader

FERRY = card("ferry", "Ferry fares go up in May", published_on=date(2021, 4, 2))
TOLD = sentences(
    FERRY,
    "A foot passenger will pay £7.10 for a single, up from £6.80.",
    "The company blamed the price of marine diesel.",
    "Grete Amosa, the union's secretary, called it a decent lunch.",
)
# held, said, points and strange of each sentence of TOLD
MEASURED = (
    (1.110, 0.633, 0.431, 0.047),
    (1.160, 0.388, 2.127, 0.105),
    (1.477, 1.046, 1.693, 0.033),
)


def test_the_signs_of_a_few_sentences_are_those_that_were_measured(reader: Reader):
    found = reader.read("Why did the crossing become dearer?", TOLD)
    assert found.signs.shape == (len(TOLD), len(SIGNS))
    assert found.signs == pytest.approx(np.array(MEASURED), abs=0.02)


@pytest.mark.parametrize(
    ("question", "sentence", "words"),
    [
        ("How much does a single cost now?", 0, "7.10"),
        ("Why did the crossing become dearer?", 1, "diesel"),
    ],
)
def test_the_pointer_stands_on_words_that_answer(
    reader: Reader, question: str, sentence: int, words: str
):
    start, end = reader.read(question, TOLD).answers[sentence]
    assert TOLD[sentence].text[start:end] in words


def test_a_reading_does_not_depend_on_the_sentences_beside(reader: Reader):
    question = "Why did the crossing become dearer?"
    together = reader.read(question, TOLD).signs
    alone = np.concatenate([reader.read(question, [item]).signs for item in TOLD])
    assert together == pytest.approx(alone, abs=1e-6)


class Counted:
    """The encoder, and how many texts each call gave it."""

    def __init__(self, encoder: LocalEmbedder):
        self.encoder, self.counts = encoder, list[int]()

    def tokens(self, texts: Sequence[str]) -> list[Tokens]:
        self.counts.append(len(texts))
        return self.encoder.tokens(texts)

    def question_tokens(self, text: str) -> Tokens:
        return self.encoder.question_tokens(text)


def test_sentences_read_last_are_not_encoded_again(model_cache: Path):
    encoder = Counted(LocalEmbedder(model_cache))
    reader = Reader(encoder, kept=2)
    first = reader.read("Why did the crossing become dearer?", TOLD[:2])
    again = reader.read("Why did the crossing become dearer?", TOLD[:2])
    assert (again.signs == first.signs).all() and again.answers == first.answers
    reader.read("Who spoke?", TOLD[2:])  # takes the place of the sentence read least lately
    reader.read("Who spoke?", TOLD[1:])
    reader.read("Who spoke?", TOLD[:1])
    assert encoder.counts == [2, 0, 1, 0, 1]


def test_a_question_or_a_sentence_without_a_word_reads_as_nothing(reader: Reader):
    assert not reader.read("", TOLD).signs.any()
    assert np.isfinite(reader.read("Why?", [replace(TOLD[0], text="")]).signs).all()


def test_missing_weights_are_an_error_with_its_remedy(model_cache: Path, tmp_path: Path):
    with pytest.raises(ModelUnavailable, match=r"reader\.npz cannot be read.*install dateline"):
        Reader(LocalEmbedder(model_cache), tmp_path / "reader.npz")


def test_damaged_weights_are_an_error_with_its_remedy(model_cache: Path, tmp_path: Path):
    damaged = bytearray(WEIGHTS.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    (tmp_path / "reader.npz").write_bytes(damaged)
    with pytest.raises(ModelUnavailable, match=r"not the pinned file.*install dateline"):
        Reader(LocalEmbedder(model_cache), tmp_path / "reader.npz")
