"""Ranked evidence in; accounts of other families that contradict the best one, and which of the two holds, out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ingest.facts import facts
from ingest.facts.meanings import related
from ingest.types import SentenceKind
from service.drafting.composer import plain
from service.retrieval.questions import Asked
from service.retrieval.words import stem, words
from service.types import Draft, Evidence

# Set on the bundled sample: two accounts of one event differ in words, not in their subject.
SHARED_TERMS = (
    0.6  # share of the question's terms that the best account holds, title included, and a rival must hold too
)
SAME_EVENT_DAYS = 7  # between two accounts, which then need less in common: as many names and days as this:
SAME_EVENT_MARKS = 2
SUPERSEDED_DAYS = 30  # between two accounts: from here on the later one tells of a change, not of another opinion
NEAR_WORDS = 6  # words between a name and the question's word for it: "Benna Holloway, who was elected mayor"
COUNTED_WORDS = 3  # words between a number and what it counts: "22,000 angry people"
WEIGHED = 40  # best sentences looked at

Values = dict[str, str]  # comparable value → as it is written


@dataclass(frozen=True, slots=True)
class Rival:
    """Two accounts that cannot both hold now. `chosen` is the one to use, None where nothing decides."""

    status: Literal["superseded", "disputed"]
    lead: Evidence
    other: Evidence
    chosen: Evidence | None
    about: str
    why: str


def rivals(asked: Asked, ranked: Sequence[Evidence], lead: Evidence) -> tuple[Rival, ...]:
    """At most one rival a family, best first: same subject, same kind of value, no value in common with `lead`.

    Later wins where both are dated at least `SUPERSEDED_DAYS` apart; else the accounts stand side by side.
    """
    mine = values(asked, lead)
    if not mine or asked.about is not None or asked.several_articles:
        return ()
    found: list[Rival] = []
    families = {lead.article.family.id}
    for other in ranked[:WEIGHED]:
        if other.article.family.id in families or other.kind is not SentenceKind.BODY or other.altered:
            continue
        theirs = values(asked, other)
        if theirs and not mine.keys() & theirs.keys() and _same_subject(asked, lead, other):
            families.add(other.article.family.id)
            found.append(_judged(lead, other, mine, theirs))
    return tuple(found)


def settled(
    asked: Asked, ranked: Sequence[Evidence], drafts: Sequence[Draft]
) -> tuple[tuple[Draft, ...], tuple[Rival, ...]]:
    """Drafts that take rival accounts into account: the later one in place of the superseded, both where disputed."""
    known = {item.key: item for item in ranked}
    leads = [known[key] for draft in drafts for key in draft.keys if key in known]
    lead = next((item for item in ranked[:1] if item in leads), leads[0] if leads else None)
    if lead is None:
        return tuple(drafts), ()
    found = rivals(asked, ranked, lead)
    newest = max(
        (r.chosen for r in found if r.chosen is not None and r.chosen is not lead),
        key=lambda item: item.article.published_on or date.min,
        default=None,
    )
    if newest is not None:
        return (_copied(newest),), found
    shown = {key for draft in drafts for key in draft.keys}
    beside = [_copied(r.other) for r in found if r.status == "disputed" and r.other.key not in shown]
    return (*drafts, *beside), found


def values(asked: Asked, item: Evidence) -> Values:
    """What a sentence gives of the wanted kind: counted things, sums, names, or yes or no; empty if nothing."""
    stated = facts(item.text)
    match asked.wants:
        case "number" if asked.noun:
            return _counted(asked.noun, item.text)
        case "money":
            return {f.value: item.text[f.start : f.end] for f in stated.numbers if " " in f.value}
        case "date":
            return {f.value: item.text[f.start : f.end] for f in stated.dates if f.value[0].isdigit() or "-" in f.value}
        case "person":
            return _people(asked, item.text)
    names = {stem(word) for name in asked.names for word in words(name)}
    told = ({s for _, s in asked.terms} - names) & {stem(word) for word in words(item.text)}
    if asked.kind == "yes_no" and told:
        return {"no": "no"} if stated.negations else {"yes": "yes"}
    return {}


def _counted(noun: str, text: str) -> Values:
    """Numbers that count the noun or a word of its meaning."""
    found: Values = {}
    for number in facts(text).numbers:
        counted = words(text[number.end : number.end + 60])[:COUNTED_WORDS]
        if any(stem(word) == noun or related(stem(word), noun) for word in counted):
            found[number.value] = text[number.start : number.end]
    return found


def _people(asked: Asked, text: str) -> Values:
    """Names that stand near a word of the question and are no word of it, by their last word."""
    row = words(text)
    asked_stems = {s for _, s in asked.terms}
    places = [n for n, word in enumerate(row) if stem(word) in asked_stems]
    found: Values = {}
    for name in facts(text).names:
        last = name.value.split()[-1]
        near = [n for n, word in enumerate(row) if word == last]
        if stem(last) not in asked_stems and any(abs(a - b) <= NEAR_WORDS for a in near for b in places):
            found[last] = text[name.start : name.end]
    return found


def _same_subject(asked: Asked, lead: Evidence, other: Evidence) -> bool:
    """Whether two sentences speak of one thing: they hold the question's words, or are of one week and one event."""
    wanted = _terms_held(asked, lead)
    if len(wanted & _terms_held(asked, other)) >= SHARED_TERMS * max(1, len(wanted)):
        return True
    ours, their = lead.article.published_on, other.article.published_on
    if not ours or not their or abs((ours - their).days) > SAME_EVENT_DAYS:
        return False
    return len(_marks(lead) & _marks(other)) >= SAME_EVENT_MARKS


def _marks(item: Evidence) -> frozenset[str]:
    stated = facts(item.text)
    return frozenset(f.value for f in (*stated.names, *stated.dates))


def _terms_held(asked: Asked, item: Evidence) -> frozenset[str]:
    held = {stem(word) for word in words(f"{item.article.title} {item.text}")}
    return frozenset(s for _, s in asked.terms if s in held or any(related(s, other) for other in held))


def _judged(lead: Evidence, other: Evidence, mine: Values, theirs: Values) -> Rival:
    about = f"{_quoted(mine)} against {_quoted(theirs)}"
    ours, their = lead.article.published_on, other.article.published_on
    if ours and their and abs((ours - their).days) >= SUPERSEDED_DAYS:
        newer, older = (lead, other) if ours > their else (other, lead)
        why = (
            f"{_name(newer)} ({newer.article.published_on}) is later than {_name(older)} "
            f"({older.article.published_on}) on something that changes, so the later account is used"
        )
        return Rival("superseded", lead, other, newer, about, why)
    why = f"{_name(lead)} and {_name(other)} are independent of each other and nothing decides between them"
    return Rival("disputed", lead, other, None, about, why)


def _quoted(given: Values) -> str:
    return " and ".join(f"“{written}”" for written in given.values())


def _name(item: Evidence) -> str:
    return item.article.publisher or item.article.title


def _copied(item: Evidence) -> Draft:
    return Draft(plain(item.text), (item.key,))
