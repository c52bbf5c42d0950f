"""Ranked evidence in; accounts of other families that contradict the best one, and which of the two holds, out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Literal

from ingest.english import analyse
from ingest.english.numerals import dates_conflict
from ingest.english.thesaurus import related
from ingest.english.words import stem, words
from ingest.types import SentenceKind
from service.answer_text import plain
from service.conflicts.camps import divided
from service.conflicts.staleness import changes
from service.evidence.temporal import stated_periods
from service.query.analysis import Query
from service.types import Draft, Evidence
from service.verification.negations import denied_heads
from service.verification.ungrounded_strings import names_something_foreign

# Set on the bundled sample and on pairs of accounts in our own words (tests/test_rivals.py).
SHARED_TERMS = 0.6  # share of the question's terms in the best account, title included, that a rival of its days holds
SAID_ITSELF = (
    0.6  # share of those terms in each sentence without its title, between accounts of other days
)
MOST_VALUES = (
    2  # of one account: a sentence with more is a list, and another's value need not contradict it
)
SAME_EVENT_DAYS = 7  # between two accounts: beyond them a rival must hold all of those terms
SAME_EVENT_MARKS = (
    2  # names and days in common that stand for terms, between accounts of the same days
)
SUPERSEDED_DAYS = (
    30  # between two accounts: from here on the later one tells of a change, not of another opinion
)
ROUNDED = 0.05  # share by which a round number may differ from another of the same thing
MORE_THAN = 1.25  # times what "more than" names, up to which a number is no other
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

    @property
    def sentence(self) -> str:
        """What tells a reader that both accounts stand."""
        outlets = [item.article.publisher for item in (self.lead, self.other)]
        plain_names = all(name and not names_something_foreign(name, ()) for name in outlets)
        if not plain_names or outlets[0] == outlets[1]:
            return "The two accounts disagree on this."
        return f"{outlets[0]} and {outlets[1]} disagree on this."


def rivals(query: Query, ranked: Sequence[Evidence], lead: Evidence) -> tuple[Rival, ...]:
    """At most one rival a family, best first: same event or same changing thing, same kind of value, another value.

    The rule for which one is used, in this order: the later of one outlet's own; the later where it says that it
    revises, or where the two are dated at least `SUPERSEDED_DAYS` apart; else both stand side by side.
    """
    if query.about is not None or query.several_articles:
        return ()
    mine = values(query, lead)
    if not 0 < len(mine) <= MOST_VALUES:
        return _of_camps(query, ranked, lead)
    found: list[Rival] = []
    families = {lead.article.family.id}
    for other in ranked[:WEIGHED]:
        if (
            other.article.family.id in families
            or other.kind is not SentenceKind.BODY
            or other.altered
        ):
            continue
        theirs = values(query, other)
        if (
            0 < len(theirs) <= MOST_VALUES
            and _disagree(lead, other, mine, theirs)
            and _same_subject(query, lead, other)
            and not _together(query, ranked, mine, theirs)
        ):
            families.add(other.article.family.id)
            found.append(_judged(lead, other, mine, theirs))
    return tuple(found) or _of_camps(query, ranked, lead)


def _of_camps(query: Query, ranked: Sequence[Evidence], lead: Evidence) -> tuple[Rival, ...]:
    """The best account of the camp against that of the answer, where several families stand against several."""
    camps = divided(query, ranked[:WEIGHED]) or ()
    for own, others in (camps, camps[::-1]) if camps else ():
        if lead.article.family.id in own:
            mine, written = own[lead.article.family.id]
            other, other_written = next(iter(others.values()))
            if _same_subject(query, mine, other):
                return (_judged(mine, other, {"": written}, {"": other_written}),)
    return ()


def settled(
    query: Query, ranked: Sequence[Evidence], drafts: Sequence[Draft]
) -> tuple[tuple[Draft, ...], tuple[Rival, ...]]:
    """Drafts that take rival accounts into account: the later one in place of the superseded, both where disputed."""
    known = {item.key: item for item in ranked}
    leads = [known[key] for draft in drafts for key in draft.keys if key in known]
    lead = next((item for item in ranked[:1] if item in leads), leads[0] if leads else None)
    if lead is None:
        return tuple(drafts), ()
    found = rivals(query, ranked, lead)
    newest = max(
        (r.chosen for r in found if r.chosen is not None and r.chosen is not lead),
        key=lambda item: item.article.published_on or date.min,
        default=None,
    )
    if newest is not None:
        return (_copied(newest),), found
    shown = {key for draft in drafts for key in draft.keys}
    beside = [
        _copied(r.other) for r in found if r.status == "disputed" and r.other.key not in shown
    ]
    return (*drafts, *beside), found


def values(query: Query, item: Evidence) -> Values:
    """What a sentence gives of the wanted kind: counted things, sums, names, or yes or no; empty if nothing."""
    stated = analyse(item.text)
    match query.wants:
        case "number" if query.noun:
            return _counted(query.noun, item.text)
        case "money":
            return {f.value: item.text[f.start : f.end] for f in stated.numbers if " " in f.value}
        case "date":
            return {
                f.value: item.text[f.start : f.end]
                for f in stated.dates
                if f.value[0].isdigit() or "-" in f.value
            }
        case "person":
            return _people(query, item.text)
    return _stance(query, item.text) if query.kind == "yes_no" else {}


def _stance(query: Query, text: str) -> Values:
    """Yes or no to what is asked: whether the question's own words, names apart, are said plainly or denied."""
    names = {stem(word) for name in query.names for word in words(name)}
    told = {s for _, s in query.terms} - names
    content = [stem(word) for word in words(text)]
    if not any(s in content or any(related(s, other) for other in content) for s in told):
        return {}
    denied = [stem(text[head.start : head.end].lower()) for _, head in denied_heads(text)]
    no = any(s == other or related(s, other) for s in told for other in denied)
    return {"no": "no"} if no else {"yes": "yes"}


def _counted(noun: str, text: str) -> Values:
    """Numbers that count the noun or a word of its meaning."""
    found: Values = {}
    for number in analyse(text).numbers:
        counted = words(text[number.end : number.end + 60])[:COUNTED_WORDS]
        if any(stem(word) == noun or related(stem(word), noun) for word in counted):
            found[number.value] = text[number.start : number.end]
    return found


def _people(query: Query, text: str) -> Values:
    """Names that stand near a word of the question and are no word of it, by their last word."""
    row = words(text)
    asked_stems = {s for _, s in query.terms}
    places = [n for n, word in enumerate(row) if stem(word) in asked_stems]
    found: Values = {}
    stated = analyse(text)
    for name in stated.names:
        if name in stated.demonyms:
            continue
        last = name.value.split()[-1]
        near = [n for n, word in enumerate(row) if word == last]
        if stem(last) not in asked_stems and any(
            abs(a - b) <= NEAR_WORDS for a in near for b in places
        ):
            found[last] = text[name.start : name.end]
    return found


def _disagree(lead: Evidence, other: Evidence, mine: Values, theirs: Values) -> bool:
    """Whether no value of one account can be a value of the other; round numbers and bare dates leave room."""
    return not any(
        a == b
        or _same_name(mine[a], theirs[b])
        or _dates_agree(a, b)
        or _nearly(lead.text, mine[a], a, b)
        or _nearly(other.text, theirs[b], b, a)
        for a in mine
        for b in theirs
    )


def _together(query: Query, ranked: Sequence[Evidence], mine: Values, theirs: Values) -> bool:
    """Whether one article names people of both accounts: then both may have been there."""
    if query.wants != "person":
        return False
    told: dict[str, set[str]] = {}
    for item in ranked[:WEIGHED]:
        named = {name.value.split()[-1] for name in analyse(item.text).names}
        told.setdefault(item.article.article_id, set()).update(named)
    return any(named & mine.keys() and named & theirs.keys() for named in told.values())


def _same_name(a: str, b: str) -> bool:
    """ "Tim Cook" is "Tim Cook Received", as headlines write it, and "Singer" is "Bryan Singer"."""
    one, two = set(words(a)), set(words(b))
    return a[:1].isupper() and (one <= two or two <= one)


def _dates_agree(a: str, b: str) -> bool:
    return a.count("-") >= 2 and b.count("-") >= 2 and not dates_conflict(a, b)


def _nearly(text: str, written: str, round_one: str, exact: str) -> bool:
    """ "about 8,000" is 8,213, and "more than 20,000" may be 22,000."""
    (unit, one), (other_unit, two) = _amount(round_one), _amount(exact)
    if unit != other_unit or not one or not two:
        return False
    before = text[: text.find(written)][-20:].lower()
    if (
        re.search(r"(?:more than|over|at least|above)\W*$", before)
        and one <= two <= Decimal(str(MORE_THAN)) * one
    ):
        return True
    digits = f"{one:f}".split(".")[0]
    is_round = len(digits.rstrip("0")) <= max(1, len(digits) - 2)
    return is_round and abs(one - two) <= Decimal(str(ROUNDED)) * two


def _amount(value: str) -> tuple[str, Decimal]:
    unit, _, number = value.rpartition(" ")
    try:
        return unit, Decimal(number)
    except InvalidOperation:
        return unit, Decimal(0)


def _same_subject(query: Query, lead: Evidence, other: Evidence) -> bool:
    """Whether two sentences speak of one event, or of one thing that changes.

    Accounts of the same days need most of the question's terms in common, or as many names and days. Others must hold
    all of these, mostly in the sentences themselves; and of what happened once they must not name different times.
    """
    wanted = _terms_held(query, lead)
    share = len(wanted & _terms_held(query, other)) / max(1, len(wanted))
    ours, their = lead.article.published_on, other.article.published_on
    if ours and their and abs((ours - their).days) <= SAME_EVENT_DAYS:
        apart = query.wants != "date" and _times_apart(lead, other)
        return not apart and (
            share >= SHARED_TERMS or len(_marks(lead) & _marks(other)) >= SAME_EVENT_MARKS
        )
    own = min(len(wanted & _terms_held(query, item, titled=False)) for item in (lead, other))
    alike = share == 1.0 and len(wanted) > 1 and own >= SAID_ITSELF * len(wanted)
    return alike and (changes(query) or not _times_apart(lead, other))


def _times_apart(lead: Evidence, other: Evidence) -> bool:
    """Whether each tells when, and not of the same time: two races are no two accounts of one."""
    mine, theirs = (stated_periods(item.text, item.article.published_on) for item in (lead, other))
    if mine and theirs:
        return not any(one.meets(two) for one in mine for two in theirs)
    return False


def _marks(item: Evidence) -> frozenset[str]:
    stated = analyse(item.text)
    return frozenset(f.value for f in (*stated.names, *stated.dates))


def _terms_held(query: Query, item: Evidence, *, titled: bool = True) -> frozenset[str]:
    held = {
        stem(word) for word in words(f"{item.article.title} {item.text}" if titled else item.text)
    }
    return frozenset(
        s for _, s in query.terms if s in held or any(related(s, other) for other in held)
    )


def _judged(lead: Evidence, other: Evidence, mine: Values, theirs: Values) -> Rival:
    about = f"{_quoted(mine)} against {_quoted(theirs)}"
    ours, their = lead.article.published_on, other.article.published_on
    if ours and their and ours != their:
        newer, older = (lead, other) if ours > their else (other, lead)
        why = _superseding(newer, older)
        if why is not None:
            return Rival("superseded", lead, other, newer, about, why)
    why = f"{_name(lead)} and {_name(other)} are independent of each other and nothing decides between them"
    return Rival("disputed", lead, other, None, about, why)


def _superseding(newer: Evidence, older: Evidence) -> str | None:
    """Why the newer account takes the place of the older; None where its being newer decides nothing."""
    later = f"{_name(newer)} ({newer.article.published_on}) is later than {_name(older)} ({older.article.published_on})"
    if newer.article.publisher and newer.article.publisher == older.article.publisher:
        return f"{later}, an earlier report of the same outlet, so the later account is used"
    if _REVISES.search(newer.text):
        return f"{later} and says that the figure has moved, so the later account is used"
    if _days_between(newer, older) >= SUPERSEDED_DAYS:
        return f"{later} on something that changes, so the later account is used"
    return None


def _days_between(newer: Evidence, older: Evidence) -> int:
    ours, their = newer.article.published_on, older.article.published_on
    return abs((ours - their).days) if ours and their else 0


def _quoted(given: Values) -> str:
    return " and ".join(f"“{written}”" for written in given.values())


def _name(item: Evidence) -> str:
    return item.article.publisher or item.article.title


def _copied(item: Evidence) -> Draft:
    return Draft(plain(item.text), (item.key,))


_REVISES = re.compile(
    r"(?i)\b(?:now|revis\w+|correct(?:ed|s|ion)|updated?|has (?:risen|fallen|grown|climbed|dropped)|"
    r"(?:rose|fell|rises|falls|climbed|grew|rising|raised|lowered|cut|increased|reduced) (?:\w+ )?(?:to|from)|"
    r"up from|down from|instead of|replac\w+|succe(?:eds|eded|eding)|took over|sworn in|no longer)\b"
)
