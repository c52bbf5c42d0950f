"""Any corpus and a seed come in; an archive of articles and copies of them goes out, with what is true of each."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

from evals.lab.copies import edits, rewording
from evals.lab.copies.sources import Paragraphs, Source
from evals.lab.copies.vocabulary import CORRECTIONS, CREDITS, NOTICES, OUTLETS, REPORTERS

KINDS = ("original", "syndicated", "fragment", "rewrite", "altered", "updated", "round_up")
# How often an article has so many copies, and of which kind a copy is.
COPIES = ((0, 0.3), (1, 0.32), (2, 0.2), (3, 0.1), (5, 0.06), (9, 0.02))
KIND_SHARES = (
    ("syndicated", 0.25),
    ("fragment", 0.12),
    ("rewrite", 0.16),
    ("altered", 0.4),
    ("updated", 0.07),
)
MOST_COPIES = 12  # of one source
ROUND_UPS = 0.02  # of all articles
MAIN_KINDS = (
    "number",
    "date",
    "name",
    "negation",
)  # of four altered facts in five; the rest is of any kind

Drawn = TypeVar("Drawn")


@dataclass(frozen=True, slots=True)
class Edit:
    """A changed fact: `text[start:end]` of the copy stands where its origin has `original`."""

    operation: str
    kind: str
    start: int
    end: int
    original: str


@dataclass(frozen=True, slots=True)
class Made:
    """One generated article and the truth about it. `fields` is a line of JSONL as `dateline ingest` reads it."""

    key: str
    family: str  # the key of the text it was made of; articles are copies of one another if it is the same
    kind: str  # one of KINDS
    half: str  # seen | unseen: which operations it was made with; "" for originals and round-ups
    fields: dict[str, str]
    edits: tuple[Edit, ...] = ()


def generate(sources: Sequence[Source], articles: int, seed: int) -> list[Made]:
    """At most `articles` articles in random order, the same for the same sources and seed.

    Where the sources do not make so many with the usual number of copies, more copies are made of each, up to
    `MOST_COPIES`.
    """
    chance = random.Random(seed)
    waiting = chance.sample(sources, len(sources))
    families: list[_Family] = []
    wanted = articles - max(1, round(articles * ROUND_UPS))
    made = 0
    while waiting and made < wanted:
        families.append(_Family(waiting.pop(), chance))
        copies = min(_drawn(COPIES, chance), wanted - made - 1)
        families[-1].copy(copies)
        made += 1 + copies
    for family in families:
        more = min(
            MOST_COPIES + 1 - len(family.made), (wanted - made) // len(families) + 1, wanted - made
        )
        family.copy(more)
        made += max(0, more)
    found = [one for family in families for one in family.made]
    if len(families) >= 4:
        of = [family.source for family in families]
        found += [
            _round_up(f"r{n:05d}", chance.sample(of, chance.randint(2, 4)), chance)
            for n in range(articles - wanted)
        ]
    chance.shuffle(found)
    return found


def write(made: Iterable[Made], folder: Path) -> None:
    """`articles.jsonl`, which `dateline ingest` reads, and `truth.jsonl`, a line for each of its lines."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        (folder / "articles.jsonl").open("w", encoding="utf-8") as articles,
        (folder / "truth.jsonl").open("w") as truth,
    ):
        for one in made:
            articles.write(json.dumps({"id": one.key, **one.fields}, ensure_ascii=False) + "\n")
            row = {"id": one.key, "family": one.family, "kind": one.kind, "half": one.half}
            row["edits"] = [[e.operation, e.kind, e.start, e.end, e.original] for e in one.edits]  # type: ignore[assignment]
            truth.write(json.dumps(row, ensure_ascii=False) + "\n")


@dataclass(frozen=True, slots=True)
class Imprint:
    """Where and when an article appears."""

    outlet: str
    day: date
    reporter: str


class _Family:
    """One source with its first publication, and the copies made of it so far."""

    def __init__(self, source: Source, chance: random.Random):
        self.source = source
        self._chance = chance
        day = date(2018, 1, 1) + timedelta(days=chance.randrange(2500))
        self._imprint = Imprint(chance.choice(OUTLETS), day, chance.choice(REPORTERS))
        self.made = [
            printed(source, source.title, source.paragraphs, self._imprint, "original", "", chance)
        ]

    def copy(self, count: int) -> None:
        for _ in range(count):
            kind, half = _drawn(KIND_SHARES, self._chance), self._chance.choice(("seen", "unseen"))
            made = copied(self.source, self._imprint, kind, half, self._chance)
            self.made.append(replace(made, key=f"{self.source.key}-{len(self.made)}"))


def _drawn(shares: Sequence[tuple[Drawn, float]], chance: random.Random) -> Drawn:
    return chance.choices([value for value, _ in shares], [share for _, share in shares])[0]


def copied(source: Source, origin: Imprint, kind: str, half: str, chance: random.Random) -> Made:
    later = origin.day + timedelta(days=chance.randint(1, 20))
    outlet = chance.choice([o for o in OUTLETS if o != origin.outlet])
    imprint = Imprint(outlet, later, chance.choice(REPORTERS))
    title, paragraphs = source.title, source.paragraphs
    if kind == "fragment":
        return printed(
            source, title, _cut(paragraphs, chance), imprint, kind, half, chance, origin.outlet
        )
    if kind == "updated":
        imprint = Imprint(origin.outlet, later, origin.reporter)
        changed, placed = _alter(paragraphs, chance.randint(1, 2), half, chance)
        made = printed(source, title, changed, imprint, kind, half, chance, placed=placed)
        note = chance.choice(CORRECTIONS) if chance.random() < 0.5 else ""
        return replace(
            made,
            fields=made.fields | {"text": "\n\n".join(filter(None, (made.fields["text"], note)))},
        )
    if kind == "syndicated" or (kind == "altered" and chance.random() < 0.3):
        paragraphs = _reworded(paragraphs, half, ("form",), chance)
    elif kind == "rewrite" or chance.random() < 0.45:
        deeply = kind == "rewrite" and half == "unseen" and chance.random() < 0.7
        paragraphs = _rewritten(paragraphs, "" if deeply else half, chance)
        title = chance.choice(
            (title, _reworded(((title,),), half, ("words", "synonyms"), chance)[0][0])
        )
    changed, placed = (
        _alter(paragraphs, chance.randint(1, 3), half, chance)
        if kind == "altered"
        else (paragraphs, ())
    )
    return printed(source, title, changed, imprint, kind, half, chance, origin.outlet, placed)


_Placed = tuple[
    tuple[int, int, edits.Change, edits.Operation, str], ...
]  # paragraph, sentence, change, …, original


def _reworded(
    paragraphs: Paragraphs, half: str, kinds: Sequence[str], chance: random.Random
) -> Paragraphs:
    chosen = [
        r
        for r in rewording.REWORDINGS
        if r.kind in kinds and (not half or rewording.seen(r.name) == (half == "seen"))
    ]

    def other(sentence: str) -> str:
        quotes = re.search("[“”\"]|``|''", sentence)
        for operation in chosen:
            if (
                operation.kind == "form" or not quotes
            ):  # whoever puts quoted words otherwise changes a fact
                sentence = operation.make(sentence, chance)
        return sentence

    return tuple(tuple(other(s) for s in p) for p in paragraphs)


def _rewritten(paragraphs: Paragraphs, half: str, chance: random.Random) -> Paragraphs:
    """Every operation of the half, or of both; now and then a sentence is left out, or two neighbours change places."""
    found = []
    for paragraph in _reworded(paragraphs, half, ("form", "order", "words", "synonyms"), chance):
        sentences = [s for s in paragraph if len(paragraph) < 3 or chance.random() > 0.08]
        if len(sentences) > 3 and chance.random() < 0.2:
            n = chance.randrange(1, len(sentences) - 1)
            sentences[n], sentences[n + 1] = sentences[n + 1], sentences[n]
        found.append(tuple(sentences))
    return tuple(found)


def _cut(paragraphs: Paragraphs, chance: random.Random) -> Paragraphs:
    """A run of a quarter to two thirds of the sentences, at least four; it may begin and end inside a paragraph."""
    places = [(n, s) for n, paragraph in enumerate(paragraphs) for s in paragraph]
    length = max(4, round(len(places) * chance.uniform(0.25, 0.67)))
    start = chance.randrange(len(places) - length + 1)
    kept = places[start : start + length]
    return tuple(tuple(s for m, s in kept if m == n) for n in sorted({n for n, _ in kept}))


def _alter(
    paragraphs: Paragraphs, count: int, half: str, chance: random.Random
) -> tuple[Paragraphs, _Placed]:
    """Up to `count` facts changed, each in a sentence of its own."""
    text = [list(p) for p in paragraphs]
    names = edits.names_in(" ".join(s for p in paragraphs for s in p))
    free = [(n, m) for n, p in enumerate(text) for m in range(len(p))]
    placed: list[tuple[int, int, edits.Change, edits.Operation, str]] = []
    for _ in range(count * 6):
        if len(placed) == count or not free:
            break
        operation = _operation(half, chance)
        for n, m in chance.sample(free, len(free)):
            change = operation.make(text[n][m], chance, names)
            if change is not None:
                original = text[n][m][change.start : change.end]
                text[n][m] = edits.apply(text[n][m], change)
                placed.append((n, m, change, operation, original))
                free.remove((n, m))
                break
    return tuple(tuple(p) for p in text), tuple(placed)


def _operation(half: str, chance: random.Random) -> edits.Operation:
    """A kind first, then one of its operations in this half: no kind weighs more for having many."""
    ours = [o for o in edits.OPERATIONS if edits.seen(o.name) == (half == "seen")]
    kind = chance.choice(MAIN_KINDS if chance.random() < 0.8 else sorted({o.kind for o in ours}))
    return chance.choice([o for o in ours if o.kind == kind])


def printed(
    source: Source, title: str, paragraphs: Paragraphs, imprint: Imprint, kind: str, half: str, chance: random.Random,
    credited: str | None = None, placed: _Placed = (),
) -> Made:  # fmt: skip
    """The article as its outlet prints it: fields or a header in the text, a credit line, notices."""
    header, fields = _header(title, imprint, kind, chance)
    tail = (
        [chance.choice(CREDITS).format(outlet=credited)]
        if credited and chance.random() < 0.5
        else []
    )
    tail += chance.sample(NOTICES, chance.choice((0, 0, 1, 2)))
    blocks = [*header, *(" ".join(p) for p in paragraphs), *tail]
    found = []
    for n, m, change, operation, original in placed:
        start = sum(len(block) + 2 for block in blocks[: len(header) + n])
        start += sum(len(s) + 1 for s in paragraphs[n][:m]) + change.start
        found.append(Edit(operation.name, operation.kind, start, start + len(change.new), original))
    fields["text"] = "\n\n".join(blocks)
    return Made(
        source.key, source.key, kind, half, fields, tuple(sorted(found, key=lambda e: e.start))
    )


def _header(
    title: str, imprint: Imprint, kind: str, chance: random.Random
) -> tuple[list[str], dict[str, str]]:
    """Lines above the text, and fields beside it. A fragment often says nothing of where it came from."""
    if kind == "fragment" and chance.random() < 0.5:
        return [], {}
    day = f"{imprint.day.day} {imprint.day:%B %Y}"
    if chance.random() < 0.3:
        return [title, f"By {imprint.reporter}, {imprint.outlet}", day], {}
    fields = {"title": title, "publisher": imprint.outlet, "published_on": imprint.day.isoformat()}
    return ([f"By {imprint.reporter}"] if chance.random() < 0.4 else []), fields


def _round_up(key: str, sources: Sequence[Source], chance: random.Random) -> Made:
    """A digest of several articles, whole or their beginnings, under a headline of its own."""
    blocks = []
    headed = chance.random() < 0.5
    for source in sources:
        kept = (
            source.paragraphs
            if chance.random() < 0.6
            else source.paragraphs[: max(1, len(source.paragraphs) // 2)]
        )
        blocks += [*([source.title] if headed else []), *(" ".join(p) for p in kept)]
    day = date(2025, 1, 1) + timedelta(days=chance.randrange(200))
    fields = {
        "title": f"The week in brief, {day:%B} {day.day}",
        "publisher": chance.choice(OUTLETS),
    }
    fields |= {"published_on": day.isoformat(), "text": "\n\n".join(blocks)}
    return Made(key, key, "round_up", "", fields)
