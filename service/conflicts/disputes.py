"""Two accounts that cannot both hold now: finding them, and saying which one is used."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Literal

from ingest.english import analyse
from ingest.english.words import BE
from ingest.types import SentenceKind
from service.answer_text import cite, plain, undated
from service.conflicts.answer_values import (
    OPEN,
    SHARED_TERMS,
    Values,
    both_name_what_is_asked,
    compared,
    exclude_each_other,
    may_be_a_person,
    same_matter,
    subject_terms,
    terms_held,
    values,
)
from service.conflicts.counts import tolls
from service.conflicts.provenance import changes, in_order, why_replaced
from service.conflicts.revisions import answered_by
from service.evidence.ranking import THRESHOLD
from service.query.question_analysis import Query
from service.types import Account, Conflict, Draft, Evidence
from service.verification.verify import names_something_foreign

# Set on the bundled sample and on pairs of accounts in our own words (tests/test_disputes.py).
WEIGHED = 40  # best sentences looked at
MOST_VALUES = 2  # of one account: a sentence with more is a list, which contradicts nobody
MOST_ACCOUNTS = 3  # that contradict the answer, each in its own way: more are a series
SIDE = 2  # families that must agree on a value to be a camp
ON_THE_MATTER = 0.5  # share of the question's words that a family must have to be counted in a camp

_OVER = re.compile(r"(?i)\b(?:did|was|were|has|have|had|been)\b")  # asks of what has been
Camp = Mapping[str, tuple[Evidence, str]]  # family → its best sentence, and the value as written

_ONE_OF_MANY = re.compile(rf"(?i)\W*who (?:{BE}|became) (?:an?|one of|some)\b")


@dataclass(frozen=True, slots=True)
class Dispute:
    """Two accounts of one thing that exclude each other. `chosen` is the one to use, None where
    nothing decides.
    """

    status: Literal["superseded", "disputed"]
    lead: Evidence
    other: Evidence
    chosen: Evidence | None
    about: str
    why: str

    @property
    def sentence(self) -> str:
        """Tells a reader that the two disagree, by name unless a name looks like an address."""
        outlets = [item.article.publisher for item in (self.lead, self.other)]
        plain_names = all(name and not names_something_foreign(name, ()) for name in outlets)
        if not plain_names or outlets[0] == outlets[1]:
            return "The two accounts disagree on this."
        return f"{outlets[0]} and {outlets[1]} disagree on this."

    def as_conflict(self, cited: Sequence[Evidence]) -> Conflict:
        """For the answer's `conflicts`; `cited` is in the order of its numbers, 1 first."""
        numbers = {(e.article.article_id, e.start): n for n, e in enumerate(cited, 1)}
        accounts = tuple(
            Account(plain(e.text), cite(e, numbers.get((e.article.article_id, e.start))))
            for e in (self.lead, self.other)
        )
        chosen = None if self.chosen is None else int(self.chosen is self.other)
        return Conflict(self.about, self.status, accounts, chosen, self.why)


def dispute(query: Query, ranked: Sequence[Evidence], lead: Evidence) -> Dispute | None:
    """The most serious contradiction between `lead` and another family's account of the same event
    or thing.

    A later account that replaces `lead` comes first, the newest of several; then an account beside
    which `lead` stands undecided; then one that `lead` replaces. Within each the best-ranked
    counts.
    """
    if query.about is not None or query.several_articles or _ONE_OF_MANY.match(query.text):
        return None
    best = max((item.relevance for item in ranked), default=0.0)
    mine = _stated(query, lead, best)
    if not 0 < len(mine) <= MOST_VALUES:
        return _between_camps(query, ranked, lead)
    found: list[Dispute] = []
    families = {lead.article.family.id}
    for other in ranked[:WEIGHED]:
        theirs = _stated(query, other, best)
        if (
            query.wants == "number"
            and (answer := answered_by(other.text, mine))
            and other.kind is SentenceKind.BODY
            and not other.altered
            and in_order(lead, other) == (lead, other)
            and not _tells_of_later(query, lead, other)
            and both_name_what_is_asked(query, ranked, lead, other)
        ):
            return _judged(query, lead, other, mine, *answer)
        if (
            other.kind is SentenceKind.BODY
            and not other.altered
            and other.article.family.id not in families
            and len(theirs) <= MOST_VALUES
            and not _tells_of_later(query, lead, other)
            and exclude_each_other(lead.text, mine, other.text, theirs)
            and same_matter(query, ranked, lead, other, settles=OPEN in mine or OPEN in theirs)
            and not _named_together(query, ranked, mine, theirs)
        ):
            found.append(_judged(query, lead, other, mine, theirs))
            families.add(other.article.family.id)
    if len({one.about for one in found}) > MOST_ACCOUNTS:
        return None
    replacing = [one for one in found if one.chosen is one.other]
    if replacing:
        return max(replacing, key=lambda one: one.other.article.published_on or date.min)
    undecided = [one for one in found if one.chosen is None]
    return next(iter([*undecided, *found]), None) or _between_camps(query, ranked, lead)


def _stated(query: Query, item: Evidence, best: float) -> Values:
    """The values of a sentence; a day only where it speaks of what is asked about, and of what is to
    come none that was over when it was written, nor of what has been one that lay ahead. `best` is the
    best relevance.
    """
    share = item.relevance / best if best and not query.of_accounts else 1.0
    given, written_on = (
        values(query, item.text, item.article.title, share),
        item.article.published_on,
    )
    if query.wants != "date":
        return given
    subject = subject_terms(query)
    if subject and subject.isdisjoint(terms_held(query, item.text)):
        return {}
    if written_on is None:
        return given
    over = bool(_OVER.search(query.text))

    def fits(day: str) -> bool:  # one whose year is not said does
        said = day.rstrip("-s")
        today = written_on.isoformat()[: len(said)]
        return not day[:4].isdigit() or (said <= today if over else said >= today)

    return {day: written for day, written in given.items() if fits(day)}


def _tells_of_later(query: Query, lead: Evidence, other: Evidence) -> bool:
    """Whether it was published after all the times asked about, and the lead was not: what it says anew
    was not so yet.
    """
    ours, their = lead.article.published_on, other.article.published_on
    last = max((period.last for period in query.periods if period.last), default=None)
    return ours is not None and their is not None and last is not None and ours <= last < their


def settled(
    query: Query, ranked: Sequence[Evidence], drafts: Sequence[Draft]
) -> tuple[tuple[Draft, ...], Dispute | None]:
    """Drafts that heed a contradiction: the later account in place of the superseded, both accounts
    where disputed.
    """
    shown = {key for draft in drafts for key in draft.keys}
    drafted = [item for item in ranked if item.key in shown]
    weighed = ranked[:WEIGHED] if query.kind == "yes_no" or changes(query) else ()
    answering = (item for item in (*drafted, *weighed) if _answers(query, item))
    lead = next(answering, drafted[0] if drafted else None)
    found = dispute(query, ranked, lead) if lead else None
    if found is None and query.of_accounts:
        found = _compared(query, ranked)
        lead = found.lead if found else None
        if found is None and ranked and ranked[0].relevance < THRESHOLD:
            return (), None
    if found is None or lead is None:
        return tuple(drafts), None
    if query.of_accounts:
        # the later first where it replaces the other, with what else was drafted
        first = found.chosen or found.lead
        second = found.other if first is found.lead else found.lead
        told = {first.key, second.key}
        rest = [draft for draft in drafts if found.chosen and told.isdisjoint(draft.keys)]
        return (_copied(first), _copied(second), *rest), found
    if query.compares or (
        found.chosen is found.lead and found.lead.key in shown and not changes(query)
    ):
        return tuple(drafts) if query.compares else _not_replaced(
            query, found, ranked, drafts
        ), found
    if found.chosen is not None:
        return _with_the_rest(found, ranked, drafts), found
    kept = drafts if found.lead.key in shown and query.kind != "yes_no" else ()
    beside = [item for item in (found.lead, found.other) if not kept or item.key not in shown]
    return (*kept, *map(_copied, beside)), found


def _compared(query: Query, ranked: Sequence[Evidence]) -> Dispute | None:
    """The best two accounts of one event that count the same thing differently."""
    told = [item for item in ranked[:WEIGHED] if item.kind is SentenceKind.BODY]
    counting = [item for item in told if analyse(item.text).numbers]
    for lead, other in combinations(counting, 2):
        if other.article.family.id != lead.article.family.id:
            counted = compared(query, ranked, lead, other)
            if counted:
                return _judged(query, lead, other, *counted)
    return None


def _with_the_rest(
    found: Dispute, ranked: Sequence[Evidence], drafts: Sequence[Draft]
) -> tuple[Draft, ...]:
    """The account that is used, in its place among the drafted sentences of its own article; what the
    other article says besides is as old as its account.
    """
    chosen = found.chosen or found.lead
    own = {item.key for item in ranked if item.article.article_id == chosen.article.article_id}
    rest = [draft for draft in drafts if own.issuperset(draft.keys)]
    if any(chosen.key in draft.keys for draft in rest):
        return tuple(rest)
    return (_copied(chosen), *rest)


def _not_replaced(
    query: Query, found: Dispute, ranked: Sequence[Evidence], drafts: Sequence[Draft]
) -> tuple[Draft, ...]:
    """The drafts without earlier accounts that give another value than the leading one."""
    best = max(item.relevance for item in ranked)
    mine, known = _stated(query, found.lead, best), {item.key: item for item in ranked}

    def replaced(item: Evidence) -> bool:
        theirs = _stated(query, item, best)
        earlier = in_order(item, found.lead) == (item, found.lead)
        return earlier and exclude_each_other(found.lead.text, mine, item.text, theirs)

    return tuple(draft for draft in drafts if not any(replaced(known[key]) for key in draft.keys))


def _answers(query: Query, item: Evidence) -> bool:
    """Whether a sentence says yes or no, or a value of the wanted kind of what the question is
    about.
    """
    given, subject = _stated(query, item, item.relevance), subject_terms(query)
    held = terms_held(query, item.text) & subject
    return bool(given) and (
        not given.keys().isdisjoint(("yes", "no")) or len(held) >= SHARED_TERMS * len(subject)
    )


def _named_together(query: Query, ranked: Sequence[Evidence], mine: Values, theirs: Values) -> bool:
    """Whether one article names people of both accounts: then both may have been there."""
    if query.wants != "person":
        return False
    told: dict[str, set[str]] = defaultdict(set)
    for item in ranked[:WEIGHED]:
        told[item.article.article_id].update(analyse(item.text).words)
    return any(words & mine.keys() and words & theirs.keys() for words in told.values())


def _judged(
    query: Query,
    lead: Evidence,
    other: Evidence,
    mine: Values,
    theirs: Values,
    changed: bool = False,
) -> Dispute:
    about = f"{_quoted(mine)} against {_quoted(theirs)}"
    order = in_order(lead, other)
    if order is not None:
        earlier, later = order
        left_open = OPEN in (mine if earlier is lead else theirs)
        why = why_replaced(earlier, later, left_open=left_open, changed=changed, toll=tolls(query))
        if why is not None:
            return Dispute("superseded", lead, other, later, about, why)
    names = [item.article.publisher or item.article.title for item in (lead, other)]
    why = (
        f"{names[0]} and {names[1]} are independent of each other and nothing decides between them"
    )
    return Dispute("disputed", lead, other, None, about, why)


def _quoted(given: Values) -> str:
    return " and ".join(f"“{as_written}”" for as_written in given.values())


def _copied(item: Evidence) -> Draft:
    return Draft(undated(item.text), (item.key,))


def _between_camps(query: Query, ranked: Sequence[Evidence], lead: Evidence) -> Dispute | None:
    """The dispute of two camps of families, one of which has the answer.

    Where sentences name too many people or numbers to tell which of them answers, the families
    vote: two camps of `SIDE` or more, each with a value of its own that no family of the other has,
    and no family in neither.
    """
    for own, others in _camps(query, ranked[:WEIGHED]):
        if lead.article.family.id in own:
            mine, written = own[lead.article.family.id]
            other, other_written = next(iter(others.values()))
            if same_matter(query, ranked, mine, other, settles=False):
                return _judged(
                    query, mine, other, {written: written}, {other_written: other_written}
                )
    return None


def _camps(query: Query, ranked: Sequence[Evidence]) -> Sequence[tuple[Camp, Camp]]:
    """The two camps, from the side of each; () where there are none."""
    if query.wants is None or len({item.article.family.id for item in ranked}) < 2 * SIDE:
        return ()
    held = [terms_held(query, f"{item.article.title} {item.text}") for item in ranked]
    enough = ON_THE_MATTER * len(frozenset[str]().union(*held))
    spoken = [item for item, own in zip(ranked, held, strict=True) if len(own) >= enough]
    families = {item.article.family.id for item in spoken}
    if len(families) < 2 * SIDE:
        return ()
    camps: dict[tuple[str, str], dict[str, tuple[Evidence, str]]] = defaultdict(dict)
    for item in spoken:
        for value, written in () if item.altered else _any_values(query, item.text).items():
            camps[value].setdefault(item.article.family.id, (item, written))
    large = [(kind, camp) for (kind, _), camp in camps.items() if len(camp) >= SIDE]
    for kind, one in large:
        for other_kind, two in large:
            apart = kind == other_kind and not one.keys() & two.keys()
            if apart and one.keys() | two.keys() == families:
                return ((one, two), (two, one))
    return ()


def _any_values(query: Query, text: str) -> dict[tuple[str, str], str]:
    """Numbers or days where they are wanted, else names by their last word, without those of the
    question.
    """
    reading, known = analyse(text), set(analyse(query.text).words)
    if query.wants in ("number", "money"):
        spans = [(("number", number.value), number) for number in reading.numbers]
    elif query.wants == "date":
        spans = [(("date", day.value), day) for day in reading.dates]
    else:
        spans = [
            (("name", name.value.split()[-1]), name)
            for name in reading.names
            if known.isdisjoint(name.value.split())
            and (query.wants != "person" or may_be_a_person(text, name))
        ]
    return {value: text[span.start : span.end] for value, span in spans}
