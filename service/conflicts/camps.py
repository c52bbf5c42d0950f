"""Ranked evidence in; the two camps into which the families that speak of a question fall, or none, out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from ingest.english import analyse
from ingest.english.thesaurus import related
from ingest.english.words import stem, words
from service.query.analysis import Query
from service.types import Evidence

SIDE = 2  # families that must agree on either value
ON_THE_MATTER = (
    0.5  # share of the question's terms that any family holds, from which on one speaks of it
)

Value = tuple[str, str]  # kind, and what is compared
Camp = Mapping[
    str, tuple[Evidence, str]
]  # family → its best sentence with the value, and the value as it is written


def divided(query: Query, ranked: Sequence[Evidence]) -> tuple[Camp, Camp] | None:
    """One value each, of one kind, that no family of the other camp has.

    Every family that speaks of the question must be in a camp, and each camp must count two at least. So a name that
    some reports leave out divides nobody, and a value that nobody else has is one report's own.
    """
    if query.wants is None:
        return None
    spoken = _on_the_matter(query, ranked)
    speaking = {item.article.family.id for item in spoken}
    if len(speaking) < 2 * SIDE:
        return None
    camps: dict[Value, dict[str, tuple[Evidence, str]]] = defaultdict(dict)
    for item in spoken:
        if not item.altered:
            for value, written in _values(query, item.text).items():
                camps[value].setdefault(item.article.family.id, (item, written))
    large = {value: camp for value, camp in camps.items() if len(camp) >= SIDE}
    for (kind, one), camp in large.items():
        for (other_kind, two), rest in large.items():
            apart = kind == other_kind and one != two and not camp.keys() & rest.keys()
            if apart and camp.keys() | rest.keys() == speaking:
                return camp, rest
    return None


def _on_the_matter(query: Query, ranked: Sequence[Evidence]) -> list[Evidence]:
    """Sentences that, title included, hold most of the question's terms that any of them holds."""
    held = []
    for item in ranked:
        known = {stem(word) for word in words(f"{item.article.title} {item.text}")}
        held.append(
            {s for _, s in query.terms if s in known or any(related(s, other) for other in known)}
        )
    every = set[str]().union(*held)
    return [
        item
        for item, own in zip(ranked, held, strict=True)
        if len(own) >= ON_THE_MATTER * len(every)
    ]


def _values(query: Query, text: str) -> dict[Value, str]:
    """Names by their last word, without those that hold a word of the question; numbers and days where wanted."""
    stated, known = analyse(text), set(words(query.text))
    found: dict[Value, str] = {}
    for name in stated.names:
        parts = name.value.split()
        if known.isdisjoint(parts):
            found["name", parts[-1]] = text[name.start : name.end]
    if query.wants in ("number", "money") or not found:
        found |= {
            ("number", number.value): text[number.start : number.end] for number in stated.numbers
        }
    if query.wants == "date":
        found |= {("date", day.value): text[day.start : day.end] for day in stated.dates}
    return found
