"""Trains the reader (`service/evidence/reader.npz`) on questions over news and on QAMR; needs torch, as nothing else does.

    python -m evals.lab.reading --data DIR [--cache DIR] --out service/evidence/reader.npz

The encoder stays as it is shipped; its states come from our own run of it, once a text. Trained is what turns them, what
weighs the question's word pieces, and the pointer to the answer: 75,000 numbers. The loss is that of choosing among the
sentences that the features rank first, and of pointing at the accepted words. Stories that are `held_back` are not
trained on: `evals/lab/weighing.py` weighs by them what was read.
"""

from __future__ import annotations

import hashlib
import json
import random
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from torch import Tensor, nn
from torch.nn import functional

from evals.lab.asked import Asked, gathered, held_back
from evals.lab.fitting import fitted
from evals.passages import untokenise
from ingest.embedding.embedder import LocalEmbedder, Tokens
from ingest.settings import read_settings
from service.evidence.neural_reader import SCALE, lead_of
from service.evidence.ranking_features import SENTENCE_FEATURES

EPOCHS = 3
RATE = 1e-3  # falls to 0 in a straight line
BATCH = 16  # questions
DROPOUT = 0.2
DIMENSION, VOCABULARY = 384, 30522
TURNED, POINTED = 48, 32  # directions
SHORTLIST = 16  # sentences of a question, the best by features
HARDEST, OTHERS = 3, 3  # of them that do not answer, in one step
POINTING = 0.3  # share of the pointer in the loss
FULL_SCORE = 0.7  # how often the score by features is given whole; else LITTLE of it, so that reading learns too
LITTLE = 0.3
QAMR_QUESTIONS = 5000
QAMR_OTHERS = 5  # sentences beside the right one, of the 20 nearest


@dataclass(frozen=True, slots=True)
class Item:
    """A question, sentences as the reader gets them, and which of them answer it with which words."""

    question: str
    sentences: tuple[str, ...]
    leads: tuple[int, ...]  # characters before the sentence itself
    by_features: tuple[float, ...]
    right: tuple[bool, ...]
    accept: tuple[str, ...]


def main(
    data: Annotated[Path, typer.Option(help="Folder with qamr")],
    out: Annotated[Path, typer.Option(help="Where the weights are written")],
    cache: Annotated[Path | None, typer.Option(help="Keeps what was gathered")] = None,
) -> None:
    """Train for some minutes on one core, write the weights, and print their SHA-256."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    kept = cache or Path(tempfile.gettempdir()) / "dateline-vectors"
    embedder = LocalEmbedder(read_settings().model_dir)
    asked = [one for one in gathered(kept / "news.pickle") if not held_back(one)]
    weights = fitted(asked)["ranking"]
    news = [_of_news(one, weights) for one in asked if not one.about]
    items = [one for one in news if any(one.right) and not all(one.right)]
    others = _of_qamr(data / "qamr", embedder)
    texts = list(
        dict.fromkeys(t for one in (*items, *others) for t in (one.question, *one.sentences))
    )
    tokens = dict(zip(texts, embedder.tokens(texts), strict=True))
    net = Net(list(tokens.values()))
    train(net, tokens, items, others)
    np.savez(out, **net.arrays())  # type: ignore[arg-type]
    typer.echo(hashlib.sha256(out.read_bytes()).hexdigest())


class Net(nn.Module):  # type: ignore[misc]
    """`service/evidence/neural_reader.py` in torch; both compute the same."""

    def __init__(self, texts: Sequence[Tokens]) -> None:
        super().__init__()
        seen = Counter(piece for one in texts for piece in set(one.ids.tolist()))
        rare = [np.log(1 + len(texts) / (1 + seen[piece])) for piece in range(VOCABULARY)]
        self.rare = torch.tensor(rare, dtype=torch.float32)
        self.centre = torch.tensor(np.mean([one.states.mean(axis=0) for one in texts], axis=0))
        self.down = nn.Parameter(torch.randn(DIMENSION, TURNED) * 0.05)
        self.up = nn.Parameter(torch.zeros(TURNED, DIMENSION))
        self.by_state = nn.Parameter(torch.zeros(DIMENSION))
        self.by_rarity, self.by = nn.Parameter(torch.tensor(1.0)), nn.Parameter(torch.tensor(-5.0))
        self.wanted, self.offered = nn.Linear(2 * DIMENSION, POINTED), nn.Linear(DIMENSION, POINTED)
        nn.init.normal_(self.wanted.weight, std=0.02)
        nn.init.normal_(self.offered.weight, std=0.02)
        self.score = nn.Parameter(torch.tensor([1.0, 0.5, 0.5, 0.0, 0.0]))  # by features, SIGNS

    def forward(
        self, asked: Tokens, told: Sequence[Tokens], leads: Sequence[int], by_features: Tensor
    ) -> tuple[Tensor, list[Tensor]]:
        """(n,) scores, and for each sentence the pointer's strength on its own pieces."""
        question = torch.tensor(asked.states) - self.centre
        turned = self._turned(question)
        weight = self.by_rarity * self.rare[asked.ids] + self._dropped(question) @ self.by_state
        weight = functional.softplus(weight + self.by)
        weight = weight / weight.sum()
        whole = torch.cat([self._dropped(torch.tensor(asked.whole)), question.mean(dim=0)])
        wanted = self.wanted(whole)
        signs, pointers = [], []
        for one, lead in zip(told, leads, strict=True):
            sentence = torch.tensor(one.states) - self.centre
            own = torch.tensor(one.starts >= lead)
            like = turned @ self._turned(sentence).T
            pointer = self.offered(self._dropped(sentence[own])) @ wanted
            nearest = like.max(dim=1).values
            points = torch.logsumexp(pointer, 0) - np.log(max(1, int(own.sum())))
            said = SCALE * like[:, own].max(dim=1).values @ weight
            signs.append(torch.stack([SCALE * nearest @ weight, said, points, nearest.min()]))
            pointers.append(pointer)
        rows = torch.column_stack([by_features, torch.stack(signs)])
        return rows @ self.score, pointers

    def arrays(self) -> dict[str, np.ndarray]:
        """The weights as `service.evidence.neural_reader.Reader` takes them, in half precision."""
        named = {
            "centre": self.centre, "rare": self.rare, "down": self.down, "up": self.up, "by_state": self.by_state,
            "by_rarity": self.by_rarity, "by": self.by, "wanted": self.wanted.weight.T, "wanted_by": self.wanted.bias,
            "offered": self.offered.weight.T, "offered_by": self.offered.bias,
        }  # fmt: skip
        return {name: one.detach().numpy().astype(np.float16) for name, one in named.items()}

    def _turned(self, states: Tensor) -> Tensor:
        states = self._dropped(states)
        return functional.normalize(states + (states @ self.down) @ self.up, dim=-1)

    def _dropped(self, states: Tensor) -> Tensor:
        return functional.dropout(states, DROPOUT, self.training)


def train(
    net: Net, tokens: Mapping[str, Tokens], news: Sequence[Item], others: Sequence[Item]
) -> None:
    """AdamW over news and as many questions of QAMR an epoch, one question after the other."""
    chance = random.Random(0)
    groups = [
        {"params": [net.down, net.up], "lr": RATE, "weight_decay": 0.1},
        {"params": [*net.wanted.parameters(), *net.offered.parameters()], "lr": RATE, "weight_decay": 0.05},
        {"params": [net.by_state, net.by_rarity, net.by, net.score], "lr": 5 * RATE, "weight_decay": 0.0},
    ]  # fmt: skip
    optimiser = torch.optim.AdamW(groups)
    steps = EPOCHS * -(-2 * len(news) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: 1 - step / steps)
    for epoch in range(EPOCHS):
        items = [*news, *chance.sample(others, min(len(others), len(news)))]
        chance.shuffle(items)
        losses = []
        for number, item in enumerate(items, 1):
            loss = _loss(net, tokens, item, chance)
            (loss / BATCH).backward()
            losses.append(loss.item())
            if number % BATCH == 0 or number == len(items):
                optimiser.step()
                optimiser.zero_grad()
                schedule.step()
        typer.echo(f"epoch {epoch + 1}: loss {np.mean(losses):.3f}, n {len(items)}")


def _loss(net: Net, tokens: Mapping[str, Tokens], item: Item, chance: random.Random) -> Tensor:
    yes = [n for n, right in enumerate(item.right) if right]
    no = [n for n, right in enumerate(item.right) if not right]
    rest = no[HARDEST:]
    chosen = [*chance.sample(yes, min(2, len(yes))), *no[:HARDEST]]
    chosen += chance.sample(rest, min(OTHERS, len(rest)))
    share = 1.0 if chance.random() < FULL_SCORE else LITTLE
    told = [tokens[item.sentences[n]] for n in chosen]
    leads = [item.leads[n] for n in chosen]
    by_features = torch.tensor([share * item.by_features[n] for n in chosen])
    scores, pointers = net(tokens[item.question], told, leads, by_features)
    right = torch.tensor([item.right[n] for n in chosen])
    loss = torch.logsumexp(scores, 0) - torch.logsumexp(scores[right], 0)
    spans = [
        (pointer, span)
        for n, one, pointer in zip(chosen, told, pointers, strict=True)
        if item.right[n] and (span := _span(one, item.sentences[n], item.leads[n], item.accept))
    ]
    for pointer, span in spans:
        missed = torch.logsumexp(pointer, 0) - torch.logsumexp(pointer[span], 0)
        loss = loss + POINTING / len(spans) * missed
    return loss


def _span(one: Tokens, text: str, lead: int, accept: Sequence[str]) -> list[int]:
    """Which of the sentence's own pieces the first accepted words cover."""
    own = one.starts >= lead
    for words in accept:
        place = text.lower().find(words.lower(), lead)
        covered = (one.starts < place + len(words)) & (one.ends > place)
        if place >= 0 and covered[own].any():
            return [int(n) for n in np.flatnonzero(covered[own])]
    return []


def _of_news(one: Asked, weights: Mapping[str, float]) -> Item:
    scores = one.features.sentences @ np.array([weights[name] for name in SENTENCE_FEATURES])
    may = [n for n in np.argsort(-scores, kind="stable") if one.open[n] and not one.never[n]]
    best = may[:SHORTLIST]
    leads = [lead_of(one.evidence[n]) for n in best]
    return Item(
        one.question,
        tuple(f"{lead}{one.evidence[n].text}" for n, lead in zip(best, leads, strict=True)),
        tuple(map(len, leads)),
        tuple(float(scores[n]) for n in best),
        tuple(bool(one.right[n]) for n in best),
        one.accept,
    )


def _of_qamr(folder: Path, embedder: LocalEmbedder) -> list[Item]:
    """Questions of QAMR with their sentence and the ones nearest to the question."""
    with (folder / "sentences.jsonl").open(encoding="utf-8") as lines:
        sentences = {row["id"]: untokenise(row["text"]) for row in map(json.loads, lines)}
    with (folder / "questions.jsonl").open(encoding="utf-8") as lines:
        rows = random.Random(5).sample([json.loads(line) for line in lines], QAMR_QUESTIONS)
    texts = list(dict.fromkeys(sentences.values()))
    likeness = embedder.embed([row["question"] for row in rows]) @ embedder.embed(texts).T
    chance = random.Random(6)
    items = []
    for row, like in zip(rows, likeness, strict=True):
        right = sentences[row["sentence"]]
        near = [texts[n] for n in np.argsort(-like)[:21] if texts[n] != right]
        shown = (right, *chance.sample(near[:20], QAMR_OTHERS))
        true = tuple(n == 0 for n in range(len(shown)))
        none, accept = (0,) * len(shown), (untokenise(row["answer"]),)
        items.append(Item(row["question"], shown, none, tuple(map(float, none)), true, accept))
    return items


if __name__ == "__main__":
    typer.run(main)
