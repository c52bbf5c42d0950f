"""Two answers to one question in; which sentences and citations went and came, and whether that is news, out."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from ingest.english import Analysis, analyse, differences
from ingest.english.date_mentions import dates_conflict
from ingest.english.quantities import numbers_match
from ingest.english.words import opposite
from service.answer_text import plain
from service.conflicts.answer_values import values
from service.query.question_analysis import analyse as analyse_question
from service.types import Question

SAME_SENTENCE = 0.4  # share of the shorter sentence's words that make two say the same thing
FACTS = ("number", "date", "name", "negation", "antonym", "quantifier")  # kinds of differences
# sentences of ours about the sources, which change with the day and with every copy
_ASIDE = re.compile(r"This was reported |The source is undated|The report comes from ")

Body = dict[str, Any]


def changes(before: Body, after: Body) -> Body:
    """`sentences` and `citations` that were `kept`, are `gone` or `new`, in their order; `same`
    where nothing went or came. Two citations are the same that quote the same words of one article."""
    sentences = _apart(
        [plain(claim["text"]) for claim in before["claims"]],
        [plain(claim["text"]) for claim in after["claims"]],
        str,
    )
    citations = _apart(
        before["citations"], after["citations"], lambda one: (one["article_id"], one["quote"])
    )
    moved = (*sentences["gone"], *sentences["new"], *citations["gone"], *citations["new"])
    return {
        "same": not moved and before["outcome"] == after["outcome"],
        "before": _card(before),
        "after": _card(after),
        "sentences": sentences,
        "citations": citations,
    }


def news(before: Body, after: Body) -> tuple[str, ...]:
    """Why somebody who got the first answer wants to hear of the second; () where nobody does.

    `answered`, `lost`: there was no answer, or is none any more. `disputed`: an account came that
    contradicts. `removed`: the first one's words are gone with their article, so that nobody can
    tell what is different. `number`, `date`, `name`, `negation`, `antonym`, `quantifier`: what the
    answer says is another one. Other words for the same are no news, nor is what stands beside it.
    """
    if "declined" in (before["outcome"], after["outcome"]):
        came, went = before["outcome"] == "declined", after["outcome"] == "declined"
        return () if came and went else ("answered",) if came else ("lost",)
    disputed = _is_disputed(after) and not _is_disputed(before)
    found = ["disputed"] if disputed else []
    if any(not citation["quote"] for citation in before["citations"]):
        return (*found, "removed")
    ours, theirs = _said(before), _said(after)
    changed = _changed_facts(ours, theirs) | _another_answer(before, after)
    query = analyse_question(Question(before["question"]), date.min)
    if ours and theirs and query.wants == "person":
        mine, other = values(query, ours[0]), values(query, theirs[0])
        if mine and other.keys() - mine.keys():
            changed.add("name")  # somebody is named for whom the first answer did not
    return (*found, *(kind for kind in FACTS if kind in changed))


def _changed_facts(ours: Sequence[str], theirs: Sequence[str]) -> set[str]:
    """The kinds of facts in which the first sentence, or one that still stands, says otherwise."""
    changed: set[str] = set()
    for place, sentence in enumerate(ours):
        partner = max(theirs, key=lambda other: _shared(sentence, other), default="")
        if _only_longer(sentence, partner) or _only_longer(partner, sentence):
            continue
        if _shared(sentence, partner) >= SAME_SENTENCE:
            changed |= {found.kind for found in differences(sentence, partner)}
            changed |= _measures_or_opposites(analyse(sentence), analyse(partner))
        elif place == 0:
            changed |= _missing(analyse(sentence), [analyse(other) for other in theirs])
    return changed


def _only_longer(one: str, other: str) -> bool:
    """Whether the other sentence goes on, behind a comma, where the one ends."""
    said = one.rstrip(".!?")
    return bool(said) and other.startswith(said) and other[len(said) :][:1] in (",", ";")


def _measures_or_opposites(one: Analysis, other: Analysis) -> set[str]:
    """Amounts of one kind in other units ("24 mm", "24 cm"), and words that exclude each other."""
    apart = {
        place.dimension
        for place in one.quantities
        for there in other.quantities
        if place.dimension == there.dimension and place.unit != there.unit
    } - {"count", "order"}
    unlike = {q.value for q in one.quantities} == {q.value for q in other.quantities} and apart
    mine, theirs = {*one.words, *one.content}, {*other.words, *other.content}
    gone, new = mine - theirs, theirs - mine
    opposed = any(opposite(left, right) for left in gone for right in new)
    found = {"number": unlike, "antonym": opposed}
    return {kind for kind, holds in found.items() if holds}


def _another_answer(before: Body, after: Body) -> set[str]:
    """The kinds of values of which both answers have some in the words that answer, and none in common."""
    ours, theirs = _answering(before), _answering(after)
    return {
        kind
        for kind, alike in _ALIKE.items()
        if ours[kind]
        and theirs[kind]
        and not any(alike(a, b) for a in ours[kind] for b in theirs[kind])
    }


_ALIKE: dict[str, Callable[[str, str], bool]] = {
    "number": lambda one, other: one == other or numbers_match(one, other),
    "date": lambda one, other: not dates_conflict(one, other),
    "name": lambda one, other: (
        {*one.split()} <= {*other.split()} or {*other.split()} <= {*one.split()}
    ),
}


def _answering(answer: Body) -> dict[str, list[str]]:
    """The values in the quotes of the first sentence that the words which answer touch, by kind."""
    first = {number for claim in answer["claims"][:1] for number in claim["citations"]}
    found: dict[str, list[str]] = {kind: [] for kind in _ALIKE}
    for citation in answer["citations"]:
        span = citation.get("answer")
        if citation["number"] in first and span:
            start, end = span["start"] - citation["start"], span["end"] - citation["start"]
            read = analyse(citation["quote"])
            for kind, values_of in zip(_ALIKE, (read.numbers, read.dates, read.names), strict=True):
                found[kind] += [v.value for v in values_of if v.start < end and start < v.end]
    return found


def _missing(said: Analysis, now: Sequence[Analysis]) -> set[str]:
    """Kinds of values that stand in no sentence any more."""
    kinds = {"number": "numbers", "date": "dates", "name": "names", "negation": "negations"}
    return {
        kind
        for kind, name in kinds.items()
        if {one.value for one in getattr(said, name)}
        - {one.value for other in now for one in getattr(other, name)}
    }


def _shared(one: str, other: str) -> float:
    mine, theirs = analyse(one).stems, analyse(other).stems
    return len(mine & theirs) / max(1, min(len(mine), len(theirs)))


def _said(answer: Body) -> list[str]:
    said = [plain(claim["text"]) for claim in answer["claims"]]
    return [sentence for sentence in said if not _ASIDE.match(sentence)]


def _is_disputed(answer: Body) -> bool:
    return any(conflict["status"] == "disputed" for conflict in answer["conflicts"])


def _apart(
    ours: Sequence[Any], theirs: Sequence[Any], key: Callable[[Any], Any]
) -> dict[str, list[Any]]:
    before, after = {key(one) for one in ours}, {key(one) for one in theirs}
    return {
        "kept": [one for one in theirs if key(one) in before],
        "gone": [one for one in ours if key(one) not in after],
        "new": [one for one in theirs if key(one) not in before],
    }


def _card(answer: Body) -> Body:
    names = ("id", "outcome", "text")
    card = {name: answer[name] for name in names}
    return card | {"generation": answer["index"]["generation"]}
