"""Sentences that their outlet took back in a note of its own: a correction names what was wrong and says what is right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ingest.english import Analysis, analyse
from ingest.types import SentenceKind
from service.query.question_analysis import Wanted
from service.types import Evidence

SAME_STATEMENT = 0.6  # share of what the note repeats that the sentence must say
WITHOUT_FIGURES = 0.75  # the same of a note without numbers and days, and all of its names
STANDS_ALONE = 0.3  # share of it that what is right must have to be understood without the note
SAYS_WHAT = 3  # words of a note, from which on it says itself what was wrong
FOLLOWING = 3  # sentences behind it of which one says what is right

_THAT = re.compile(r"^\W*(?:that\s+)?")
# "we said on Monday that …" is no correction where nothing says that it was wrong
_WAS_WRONG = re.compile(
    r"(?i)\b(?:correct\w*|clarif\w+|incorrect\w*|mis(?:stated|reported)|wrong\w*|errors?|mistake\w*|"
    r"in fact|should|untrue|apologi[sz]e|no such|inaccurate)\b"
)
# what an outlet reported before; by itself no correction
_REPORTED = re.compile(
    r"(?i)\b(?<!as )(?:we|this newspaper|the \w+) (?:\w+ ){0,2}(?:reported|wrote|published|suggested)\b"
    r"(?! (?:by|in|on)\b)"
)
_ONLY_WRONG = re.compile(
    r"(?i)^\W*(?:this|that|it|which) (?:was|is|proved|were)\b[\w ]{0,30}[.!]?$"
)

_NOT = re.compile(
    r"(?i)^(?P<right>.+?),? (?:and )?(?:not|rather than|instead of) (?P<wrong>[^,;.]+)"
)
_AS_WE_SAID = re.compile(r"(?i)\bas we (?:\w+ )?(?:said|stated|reported|wrote|gave)\b")


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A sentence, the one of its outlet's later note that repeats it, and the one there that says what
    is right; these two may be one.
    """

    wrong: Evidence
    note: Evidence
    right: Evidence
    said: str  # what was wrong, as the note repeats it

    @property
    def stands_alone(self) -> bool:
        """Whether what is right says itself what it speaks of."""
        told, said = analyse(self.right.text).stems, analyse(self.said).stems
        return len(told & said) >= STANDS_ALONE * len(said)

    @property
    def as_corrected(self) -> str | None:
        """What was wrong with what is right in its place; None where this is not one number or day."""
        said, right = analyse(self.said), analyse(self.right.text)
        old, new = (
            [span for span in (*one.numbers, *one.dates) if span.value not in _facts(other)]
            for one, other in ((said, right), (right, said))
        )
        if len(old) != 1 or len(new) != 1:
            return None
        value = self.right.text[new[0].start : new[0].end]
        return f"{self.said[: old[0].start]}{value}{self.said[old[0].end :]}"


def taken_back(ranked: Sequence[Evidence]) -> tuple[TakenBack, ...]:
    """What the notes among these sentences take back of the others.

    A note is of the same outlet, not earlier, repeats the numbers and days of the sentence and most
    of its words, and says in its title or a few sentences that this was wrong. Where a note names no
    number and no day the sentence must have all its names and nearly all its words.
    """
    found = []
    for note in ranked:
        told_wrong = [*_put_otherwise(note, ranked)]
        # what it repeats of what its outlet said before
        repeats = [note.text[one.said : one.end] for one in analyse(note.text).withdrawn]
        if not repeats and (match := _REPORTED.search(note.text)):
            repeats = [note.text[match.end() :]]
        for repeated in repeats:
            said = analyse(_THAT.sub("", repeated))
            behind = _behind(note, ranked)
            told = " ".join((note.article.title, note.text, *(item.text for item in behind)))
            if _WAS_WRONG.search(told):
                facts = _facts(said)
                right_ones = (  # with a figure of its own, or more to say than that it was wrong
                    item
                    for item in behind
                    if (
                        _facts(analyse(item.text)) - facts
                        if facts
                        else not _ONLY_WRONG.match(item.text)
                    )
                )
                told_wrong.append((said, next(right_ones, note)))
        found += [
            TakenBack(wrong, note, right, said.text)
            for said, right in told_wrong
            for wrong in ranked
            if _is_meant(note, said, wrong)
        ]
    return tuple(found)


def _put_otherwise(
    note: Evidence, ranked: Sequence[Evidence]
) -> Iterator[tuple[Analysis, Evidence]]:
    """What was wrong, of a note that names it behind "not", and the sentence that does so: "We gave the
    wrong number of burnt barns. It was nine, not 12." or "The barn cost £9, not £12, as we said."
    """
    in_title, in_text = _WAS_WRONG.search(note.article.title), _WAS_WRONG.search(note.text)
    own = _NOT.search(note.text) if in_title or _AS_WE_SAID.search(note.text) else None
    if own:
        told = analyse(own["right"])
        right = sorted((*told.numbers, *told.dates), key=lambda span: span.start)[-1:]
        if right and _facts(analyse(own["wrong"])):
            said = analyse(f"{own['right'][: right[0].start]}{own['wrong']}")
            if len(said.stems) >= SAYS_WHAT:
                yield said, note
    elif in_text:
        behind = _behind(note, ranked)[:1]
        for item in behind:
            other = _NOT.search(item.text)
            if other and _facts(analyse(other["wrong"])):
                yield analyse(f"{note.text[in_text.end() :]} {other['wrong']}"), item


def without(ranked: Sequence[Evidence], wrong: Sequence[TakenBack]) -> tuple[Evidence, ...]:
    """The sentences without what was taken back, and without what only repeats it."""
    rights = _rights(wrong)
    return tuple(item for item in ranked if place(item) not in rights)


def in_their_place(
    ranked: Sequence[Evidence], wrong: Sequence[TakenBack], wanted: Wanted | None
) -> tuple[Evidence, ...]:
    """What is right in the place of what was taken back, behind the note where it needs that to be
    understood ("The correct number is 312."); all where somebody or a place is wanted, which a
    number that was wrong does not touch.
    """
    if wanted in ("person", "organisation", "place", "name"):
        return tuple(ranked)
    if not wrong:
        return tuple(sorted(ranked, key=lambda item: -item.relevance))
    gone = {place(one.wrong) for one in wrong}
    worth = dict[tuple[str, int], float]()
    for one in wrong:
        best = max(one.wrong.relevance, one.note.relevance, one.right.relevance)
        worth[place(one.right)] = best
        if one.stands_alone:
            gone.add(place(one.note))
        else:
            worth[place(one.note)] = best
    kept = [
        replace(item, relevance=worth.get(place(item), item.relevance))
        for item in ranked
        if place(item) not in gone - {place(one.right) for one in wrong}
    ]
    return tuple(sorted(kept, key=lambda item: -item.relevance))


def put_right(leads: Sequence[Evidence], wrong: Sequence[TakenBack]) -> tuple[Evidence, ...]:
    """Lead sentences with what is right in place of what was taken back, once."""
    rights = _rights(wrong)
    told: dict[tuple[str, int], Evidence] = {}
    for lead in leads:
        right = rights.get(place(lead))
        item = replace(right, key=lead.key) if right else lead
        told.setdefault(place(item), item)
    return tuple(told.values())


def place(item: Evidence) -> tuple[str, int]:
    """Where a sentence stands, whatever key it has."""
    return item.article.article_id, item.start


def _rights(wrong: Sequence[TakenBack]) -> dict[tuple[str, int], Evidence]:
    pairs = [(item, one.right) for one in wrong for item in (one.wrong, one.note)]
    return {place(item): right for item, right in pairs if item != right}


def _is_meant(note: Evidence, said: Analysis, other: Evidence) -> bool:
    mine, theirs = note.article, other.article
    outlet = (mine.publisher or "").casefold()
    days = mine.published_on, theirs.published_on
    if not outlet or outlet != (theirs.publisher or "").casefold() or mine == theirs:
        return False
    if (days[1] or date.min) > (days[0] or date.max) or other.kind is not SentenceKind.BODY:
        return False
    told = analyse(other.text)
    known = told.stems | analyse(theirs.title or "").stems
    shared, named = len(said.stems & known), {w for n in said.names for w in n.value.split()}
    if not _facts(said):
        names = {w for n in told.names for w in n.value.split()}
        title = {w for n in analyse(theirs.title or "").names for w in n.value.split()}
        return (
            bool(named) and named <= names | title and shared >= WITHOUT_FIGURES * len(said.stems)
        )
    return _facts(said) <= _facts(told) and shared >= SAME_STATEMENT * len(said.stems)


def _behind(note: Evidence, ranked: Sequence[Evidence]) -> list[Evidence]:
    """The sentences shortly behind a note, of which one may say what is right."""
    own = [i for i in ranked if i.article == note.article and i.start > note.start]
    return sorted(own, key=lambda item: item.start)[:FOLLOWING]


def _facts(reading: Analysis) -> frozenset[str]:
    return frozenset(span.value for span in (*reading.numbers, *reading.dates))
