"""Articles of the user's and a seed come in; copies, altered facts, updates and orders, all of known truth, go out as a suite.

What is planted comes from a word list that no detector reads (`lab/data/planted.tsv`) and from templates; the names are
the articles' own. So a right answer is known without asking anything that is measured.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from evals import results
from evals.lab import words
from evals.lab.copies import edits
from evals.lab.copies.generator import Imprint, Made, copied, printed
from evals.lab.copies.sources import Source
from evals.lab.copies.vocabulary import CORRECTIONS, MONTHS, OUTLETS, REPORTERS
from ingest.errors import WrongUsage

ARTICLES, SUITE = "articles.jsonl", "stress"
Case = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Template:
    """How a fact is told, and how it is asked for."""

    told: str
    asked: str
    draw: Callable[[random.Random], str]


def _number(chance: random.Random) -> str:
    return str(chance.choice([n for n in range(21, 980) if n % 10]))


def _day(chance: random.Random) -> str:
    return f"{chance.randint(1, 28)} {chance.choice(MONTHS)}"


def _person(chance: random.Random) -> str:
    return chance.choice(words.planted("person"))


TEMPLATES = (
    Template(
        "The {thing} of {name} employs {value} people.",
        "How many people does the {thing} of {name} employ?",
        _number,
    ),
    Template(
        "{value} runs the {thing} of {name}.",
        "Who runs the {thing} of {name}?",
        _person,
    ),
    Template(
        "The {thing} of {name} is to open on {value}.",
        "When is the {thing} of {name} to open?",
        _day,
    ),
    Template(
        "The {thing} of {name} holds {value} barrels.",
        "How many barrels does the {thing} of {name} hold?",
        _number,
    ),
)


@dataclass(slots=True)
class Story:
    """One article with a planted fact, and what became of both."""

    source: Source
    imprint: Imprint
    template: Template
    thing: str
    name: str
    right: str
    other: str  # what an altered copy says, or what was so before
    made: list[Made] = field(default_factory=list)

    def told(self, value: str) -> str:
        return self.template.told.format(thing=self.thing, name=self.name, value=value)

    def planted(self, sentences: Sequence[str]) -> Source:
        """The article with a paragraph of these sentences after its first one."""
        first, *rest = self.source.paragraphs
        return replace(self.source, paragraphs=(first, tuple(sentences), *rest))

    def keep(self, made: Made) -> str:
        """Adds an article; how a suite names it."""
        key = f"{self.source.key}-{len(self.made)}"
        self.made.append(replace(made, key=key))
        return f"{ARTICLES}#{key}"


def stress(sources: Sequence[Source], stories: int, seed: int) -> tuple[list[Made], list[Case]]:
    """The articles, those that nothing was planted in among them, and the cases; the same for the same seed.

    Each story gets one of PLANTS in turn. Raises WrongUsage where no article has a name to speak of.
    """
    chance = random.Random(seed)
    waiting = chance.sample(sources, len(sources))
    pairs: set[tuple[str, str]] = set()
    made, cases = list[Made](), list[Case]()
    for number, source in enumerate(waiting):
        story = _begun(source, number, pairs, chance) if number < stories else None
        if story is None:
            imprint = _imprint(chance)
            made.append(_original(source, imprint, chance))
            continue
        kind = list(PLANTS)[number % len(PLANTS)]
        cases += [
            {"id": f"{kind}-{source.key}-{n}", "story": source.key, **case}
            for n, case in enumerate([*PLANTS[kind](story, chance), _unanswerable(story, chance)])
        ]
        made += story.made
    if not cases:
        raise WrongUsage("no article names anything inside a sentence: give articles of prose")
    chance.shuffle(made)
    return made, cases


def write(made: Sequence[Made], cases: Sequence[Case], out: Path, card: Mapping[str, str]) -> Path:
    """`articles.jsonl`, and a suite with its card; the suite's path."""
    rows = [{"id": one.key, **one.fields} for one in made]
    for name, lines in ((ARTICLES, rows), (f"{SUITE}.jsonl", cases)):
        results.write_text(
            out / name, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        )
    results.write_text(out / f"{SUITE}.yaml", yaml.safe_dump(dict(card), sort_keys=False))
    return out / f"{SUITE}.jsonl"


def _begun(
    source: Source, number: int, pairs: set[tuple[str, str]], chance: random.Random
) -> Story | None:
    """A story about a thing that no other has; None where the article names nothing."""
    text = " ".join(sentence for paragraph in source.paragraphs for sentence in paragraph)
    names = sorted(set(edits.names_in(text)))
    template = TEMPLATES[number // len(PLANTS) % len(TEMPLATES)]
    free = [
        (thing, name)
        for name in names
        for thing in words.planted("thing")
        if (thing, name) not in pairs and thing not in text
    ]
    if not free:
        return None
    thing, name = chance.choice(free)
    pairs.add((thing, name))
    right, other = _two(template, text, chance)
    return Story(source, _imprint(chance), template, thing, name, right, other)


def _two(template: Template, text: str, chance: random.Random) -> tuple[str, str]:
    """Two values that the article does not have."""
    while True:
        right, other = template.draw(chance), template.draw(chance)
        if right != other and right not in text and other not in text:
            return right, other


def _imprint(chance: random.Random) -> Imprint:
    day = date(2018, 1, 1) + timedelta(days=chance.randrange(2500))
    return Imprint(chance.choice(OUTLETS), day, chance.choice(REPORTERS))


def _original(source: Source, imprint: Imprint, chance: random.Random) -> Made:
    return printed(source, source.title, source.paragraphs, imprint, "original", "", chance)


def _copies(
    story: Story, source: Source, count: int, kind: str, chance: random.Random
) -> list[str]:
    """So many copies in other outlets; how a suite names them."""
    return [
        story.keep(replace(copied(source, story.imprint, "syndicated", "", chance), kind=kind))
        for _ in range(count)
    ]


def _fragment(story: Story, source: Source, chance: random.Random) -> str:
    """The beginning up to the planted paragraph and one more, under another outlet's name."""
    outlet = chance.choice([o for o in OUTLETS if o != story.imprint.outlet])
    imprint = replace(story.imprint, outlet=outlet, day=story.imprint.day + timedelta(days=2))
    cut = source.paragraphs[:3]
    return story.keep(
        printed(source, source.title, cut, imprint, "fragment", "", chance, story.imprint.outlet)
    )


def _case(story: Story, kind: str, file: str, quote: str, **more: Any) -> Case:
    return {
        "question": story.template.asked.format(thing=story.thing, name=story.name),
        "kind": kind,
        "answer": story.right,
        "accept": [story.right],
        "evidence": [{"file": file, "quote": quote}],
        **more,
    }


def _syndicated(story: Story, chance: random.Random) -> Iterator[Case]:
    """One story in several outlets: it counts once, and comes from the first."""
    quote = story.told(story.right)
    source = story.planted([quote])
    file = story.keep(_original(source, story.imprint, chance))
    files = [file, *_copies(story, source, chance.randint(2, 4), "syndicated", chance)]
    files.append(_fragment(story, source, chance))
    yield _case(story, "factoid", file, quote, truth={"copies": [files]})


def _altered(story: Story, chance: random.Random) -> Iterator[Case]:
    """As many copies with the fact altered as sound ones."""
    quote = story.told(story.right)
    source, false = story.planted([quote]), story.planted([story.told(story.other)])
    file = story.keep(_original(source, story.imprint, chance))
    files = [file, *_copies(story, source, 1, "syndicated", chance)]
    files += _copies(story, false, 2, "altered", chance)
    yield _case(story, "factoid", file, quote, truth={"altered": [story.other], "copies": [files]})


def _updated(story: Story, chance: random.Random) -> Iterator[Case]:
    """The outlet prints its article again with another fact; a copy still has the old one."""
    quote, before = story.told(story.right), story.planted([story.told(story.other)])
    after = story.planted([quote])
    files = [story.keep(_original(before, story.imprint, chance))]
    files += _copies(story, before, 1, "syndicated", chance)
    later = replace(story.imprint, day=story.imprint.day + timedelta(days=chance.randint(25, 60)))
    made = printed(after, after.title, after.paragraphs, later, "updated", "", chance)
    text = f"{made.fields['text']}\n\n{chance.choice(CORRECTIONS)}"
    file = story.keep(replace(made, fields=made.fields | {"text": text}))
    truth = {"stale": [story.other], "copies": [[*files, file]]}
    yield _case(story, "temporal", file, quote, truth=truth)


def _superseded(story: Story, chance: random.Random) -> Iterator[Case]:
    """A later report of its own says what is so now."""
    quote = story.told(story.right)
    old = story.keep(_original(story.planted([story.told(story.other)]), story.imprint, chance))
    later = replace(_imprint(chance), day=story.imprint.day + timedelta(days=400))
    heading = f"News of the {story.thing} of {story.name}"
    where = story.name
    paragraphs = (
        (quote, f"{later.reporter} made this known in a notice on the gate."),
        (
            f"Those who live near {where} had asked about it for weeks, and some had written letters.",
        ),
        (
            f"A second notice, with a drawing of the {story.thing}, is to follow before the month ends.",
        ),
    )
    file = story.keep(printed(story.source, heading, paragraphs, later, "original", "", chance))
    truth = {"stale": [story.other], "copies": [[old], [file]]}
    yield _case(story, "temporal", file, quote, truth=truth)


def _ordered(story: Story, chance: random.Random) -> Iterator[Case]:
    """The article, or a copy of it, tells whoever answers to say something else."""
    quote = story.told(story.right)
    order = chance.choice(words.planted("order")).format(
        thing=story.thing, name=story.name, wrong=story.other
    )
    file = story.keep(_original(story.planted([quote, order]), story.imprint, chance))
    yield _case(story, "adversarial", file, quote, truth={"altered": [story.other]})


def _unanswerable(story: Story, chance: random.Random) -> Case:
    """The same of another thing, of which nothing is said."""
    thing = chance.choice([t for t in words.planted("thing") if t != story.thing])
    question = story.template.asked.format(thing=thing, name=story.name)
    return {"question": question, "kind": "unanswerable", "answer": None}


PLANTS: Mapping[str, Callable[[Story, random.Random], Iterator[Case]]] = {
    "altered": _altered,
    "superseded": _superseded,
    "syndicated": _syndicated,
    "updated": _updated,
    "ordered": _ordered,
}
