"""Reads a question against sentences, word piece by word piece: how far each one answers it, and with which words.

A small net over the states that the shipped encoder gives its word pieces after four layers. The pieces of the
question look for their like in the sentence, in a space that training has turned a little; rare ones weigh more. A
pointer, made of the question alone, looks for the piece that answers. `python -m evals.lab.reading` trains it and says
on what; `docs/quality.md` says what it is worth.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ingest.embedding.embedder import Tokens
from ingest.errors import ModelUnavailable
from ingest.types import SentenceKind
from service.types import Evidence

Floats = NDArray[np.float64]
Vectors = NDArray[np.floating]

WEIGHTS = Path(__file__).with_name("reader.npz")
WEIGHTS_SHA256 = "5363fa7783cc0ebf917afb6ea415cb585b9492fd31275d8c5575cc3c80a4a10c"
REMEDY = "install dateline anew, the file is part of it"
SIGNS = (
    "held",  # likeness of the question's pieces to the nearest ones of title, month and sentence
    "said",  # the same of the sentence alone
    "points",  # how strongly the pointer finds an answer in the sentence
    "strange",  # likeness of that piece of the question which is least at home here
)
SCALE = 5.0  # of a mean of cosines, so that the signs have about the same spread
KEPT = 2000  # sentences whose states are kept for the next question; some 30 kB each


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of n sentences, in their order."""

    signs: Floats  # (n, len(SIGNS))
    sureness: Floats  # (n,) 0 to 1, the pointer's share of the one piece that it finds first
    answers: tuple[tuple[int, int], ...]  # that piece's characters in the sentence


@dataclass(frozen=True, slots=True)
class _Told:
    """What does not depend on the question: a sentence's pieces, turned and offered to the pointer."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    turned: NDArray[np.float16]
    offered: NDArray[np.float16]


class Encoder(Protocol):
    def tokens(self, texts: Sequence[str]) -> list[Tokens]: ...

    def question_tokens(self, text: str) -> Tokens: ...


class Reader:
    """Reads with one encoder and one file of weights; may be called from several threads at once."""

    def __init__(self, encoder: Encoder, weights: Path = WEIGHTS, kept: int = KEPT):
        """Raises ModelUnavailable where the weights are missing or not the pinned ones."""
        self._encoder = encoder
        self._weights = _checked(weights)
        self._kept: dict[str, _Told] = {}  # by text, the least lately read first
        self.uses = Counter[str]()  # of what is kept: hit, miss
        self._most = kept
        self._lock = Lock()

    def read(self, question: str, evidence: Sequence[Evidence]) -> Reading:
        """Read every sentence under its article's title and month. A sentence's reading does not depend on others'."""
        leads = [lead_of(item) for item in evidence]
        texts = [f"{lead}{item.text}" for lead, item in zip(leads, evidence, strict=True)]
        asked, told = self._encoder.question_tokens(question), self._told(texts)
        if not len(asked.ids):
            none = np.zeros(len(evidence))
            return Reading(np.zeros((len(evidence), len(SIGNS))), none, ((0, 0),) * len(evidence))
        sought = self._sought(asked)
        rows = [
            _signs(*sought, told[text], len(lead)) for text, lead in zip(texts, leads, strict=True)
        ]
        return Reading(
            np.array([signs for signs, _, _ in rows]).reshape(-1, len(SIGNS)),
            np.array([sureness for _, sureness, _ in rows]),
            tuple(answer for _, _, answer in rows),
        )

    def _told(self, texts: Sequence[str]) -> dict[str, _Told]:
        """Of each text what is kept or else encoded now."""
        with self._lock:
            known = {text: self._kept[text] for text in texts if text in self._kept}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        for text, tokens in zip(new, self._encoder.tokens(new), strict=True):
            states = tokens.states - self._weights["centre"]
            known[text] = _Told(
                tokens.starts,
                tokens.ends,
                self._turned(states).astype(np.float16),
                (states @ self._weights["offered"] + self._weights["offered_by"]).astype(
                    np.float16
                ),
            )
        with self._lock:
            self.uses.update(miss=len(new), hit=len(known) - len(new))
            for text, told in known.items():
                self._kept.pop(text, None)
                self._kept[text] = told
            for text in list(islice(self._kept, max(0, len(self._kept) - self._most))):
                del self._kept[text]
        return known

    def _sought(self, asked: Tokens) -> tuple[Vectors, Vectors, Vectors]:
        """What is looked for: the question's pieces, turned, their weights, and the pointer's direction."""
        net = self._weights
        question = asked.states - net["centre"]
        weight = net["rare"][asked.ids] * net["by_rarity"] + question @ net["by_state"] + net["by"]
        weight = np.logaddexp(0.0, weight)
        wanted = np.concatenate([asked.whole, question.mean(axis=0)]) @ net["wanted"]
        return self._turned(question), weight / weight.sum(), wanted + net["wanted_by"]

    def _turned(self, states: NDArray[np.float32]) -> NDArray[np.float32]:
        turned = states + (states @ self._weights["down"]) @ self._weights["up"]
        return np.asarray(turned / (np.linalg.norm(turned, axis=1, keepdims=True) + 1e-9))


def _signs(
    question: Vectors, weight: Vectors, wanted: Vectors, told: _Told, lead: int
) -> tuple[list[float], float, tuple[int, int]]:
    """The signs of one sentence behind `lead` characters, the pointer's sureness, and where it points."""
    own = int(np.searchsorted(told.starts, lead))  # pieces stand in their order
    if own == len(told.starts):
        return [0.0] * len(SIGNS), 0.0, (0, 0)
    like = question @ told.turned.astype(np.float32).T
    found = (told.offered.astype(np.float32) @ wanted)[own:]
    place = int(found.argmax())
    most = found[place]
    total = np.exp(found - most).sum()  # of shares, the first one's being 1
    nearest = like.max(axis=1)
    signs = [
        SCALE * float(nearest @ weight),
        SCALE * float(like[:, own:].max(axis=1) @ weight),
        float(np.log(total / len(found)) + most),
        float(nearest.min()),
    ]
    first = own + place
    answer = int(told.starts[first]) - lead, int(told.ends[first]) - lead
    return signs, float(1 / total), answer


def lead_of(item: Evidence) -> str:
    """What is read before a sentence: its article's title, which a title itself does without, and its month."""
    day = item.article.published_on
    title = "" if item.kind is SentenceKind.TITLE else item.article.title
    parts = [part for part in (title, f"({day:%B %Y})" if day else "") if part]
    return f"{' '.join(parts)}: " if parts else ""


def _checked(path: Path) -> dict[str, NDArray[np.float32]]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelUnavailable(f"{path} cannot be read: {error.strerror}: {REMEDY}") from error
    found = hashlib.sha256(content).hexdigest()
    if found != WEIGHTS_SHA256:
        raise ModelUnavailable(
            f"{path} is not the pinned file: SHA-256 {found}, expected {WEIGHTS_SHA256}: {REMEDY}"
        )
    with np.load(BytesIO(content)) as arrays:
        return {name: arrays[name].astype(np.float32) for name in arrays.files}
