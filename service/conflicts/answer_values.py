"""What value a sentence gives in answer to a question, and whether two give it of the same matter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from ingest.english import Span, analyse
from ingest.english.date_mentions import dates_conflict
from ingest.english.periods import periods
from ingest.english.word_kinds import COUNTRIES, GIVEN_NAMES, TermKind, is_ordinary
from ingest.english.word_tables import lists
from ingest.english.words import opposite, stem, synonyms
from service.conflicts.counts import (
    asked_noun,
    counted,
    counts,
    is_aside,
    may_be_meant,
    one_thing,
    told_of_count,
)
from service.conflicts.provenance import of_the_present
from service.evidence.time_filter import stated_periods
from service.query.question_analysis import Query
from service.types import Evidence

NEAR_WORDS = 6  # words between a person and a word of the question
NEGATION_REACH = 3  # content words between a negation and the word it denies
OF_THIS = 0.5  # share of the question's words with which a sentence says that this is unknown
ROUNDED = Decimal("0.05")  # by this share a round number may differ from another of the same thing
MORE_THAN = Decimal("1.25")  # "more than 10,000" may be 12,500, and no more
MOST_APART = 100  # times that one amount may be another of the same thing
SAME_EVENT_DAYS = 7  # between two accounts of one event
SHARED_TERMS = 0.6  # of the question's words that one account has, the other must have as many
SHARED_MARKS = 2  # or so many names and days
SAME_PATTERN = 0.5  # share of words from which two sentences are made to one pattern
MUCH_NAMED = 3  # words of names in an article, from which on two about one thing share some
SURE_NAME = 2  # words of a name that tell it from others, where it has more
OPEN = "open"  # the value of a sentence that says that nobody knows yet

Values = dict[str, str]  # comparable value → as it is written


def values(query: Query, text: str, title: str = "", share: float = 0.0) -> Values:
    """The values of the wanted kind that a sentence states, by their normal form. `title` is its
    article's, `share` what it has of the best relevance."""
    reading = analyse(text)
    match query.wants:
        case "number":
            return counted(query, text, title, share)
        case "money":
            return {
                s.value: text[s.start : s.end]
                for s in reading.numbers
                if " " in s.value and not reading.is_withdrawn(s) and not is_aside(text, s)
            }
        case "date":
            days = [s for s in reading.dates if s.value[0].isdigit() or "-" in s.value]
            if not days or query.noun == "time":  # the clock's, but not what an entry opens with
                days = [s for s in reading.numbers if ":" in s.value and text[: s.start].strip()]
            return {
                s.value: text[s.start : s.end]
                for s in days
                if not reading.is_withdrawn(s) and not _IN_PRINT.search(text[: s.start])
            }
        case "person":
            return _people(query, text)
    if query.kind != "yes_no":
        return {}
    if analyse(query.text).stems & PRICED:
        return {s.value: text[s.start : s.end] for s in reading.numbers if " " in s.value}
    return _yes_or_no(query, text)


def exclude_each_other(text: str, mine: Values, other_text: str, theirs: Values) -> bool:
    """Whether no value of one sentence can be a value of the other; {} excludes nothing."""
    return bool(mine and theirs) and not any(
        a == b
        or (":" in a) != (":" in b)
        or _too_far_apart(a, b)
        or (mine[a][:1].isupper() and _one_name_holds_the_other(mine[a], theirs[b]))
        or (a.count("-") >= 2 and b.count("-") >= 2 and not dates_conflict(a, b))
        or _about_the_same(text, mine[a], a, b)
        or _about_the_same(other_text, theirs[b], b, a)
        for a in mine
        for b in theirs
    )


def may_be_a_person(text: str, name: Span) -> bool:
    """Whether a name is none of a country, a ship, an institution or where something was.

    So "China", "SS Valencia", "the Cabinet", "in Ashby" are no people."""
    institution = " " not in name.value and is_ordinary(name.value)
    country = not _COUNTRIES.isdisjoint((name.value, name.value.split()[-1]))
    ship, place = _SHIP.match(text[name.start :]), _PLACED.search(text[: name.start])
    return not (institution or country or ship or place)


def predicate_of(question: str) -> str | None:
    """The stem of what a yes-or-no question asks about: "approve" of "Did the council approve it?".

    It ends the first run of plain words; where that run is a title before a name, or has a
    preposition behind it ("the council of Ashby"), it ends the next one.
    """
    run: list[str] = []
    subject_first = bool(_SUBJECT_FIRST.match(question))
    for term in analyse(question).terms:
        written = question[term.start : term.end].lower()
        if term.kind is TermKind.WORD:
            run.append(term.value)
        elif (
            len(run) == 1
            and subject_first
            and (term.kind is TermKind.NAME or written in _PREPOSITIONS)
        ):
            run = []
        elif run and term.kind not in (TermKind.MODAL, TermKind.NUMBER):
            break
    return run[-1] if run else None


def _people(query: Query, text: str) -> Values:
    """Names near a word of the question that are no word of it, by their last word."""
    reading = analyse(text)
    asked_stems = {stemmed for _, stemmed in query.terms}
    row = reading.words
    places = [n for n, token in enumerate(reading.tokens) if token.stem in asked_stems]
    found: Values = {}
    for name in set(reading.names) - set(reading.demonyms):
        last = name.value.split()[-1]
        near = (abs(n - place) for n, word in enumerate(row) if word == last for place in places)
        close = stem(last) not in asked_stems and any(gap <= NEAR_WORDS for gap in near)
        if close and may_be_a_person(text, name):
            found[last] = text[name.start : name.end]
    return found


def _yes_or_no(query: Query, text: str) -> Values:
    """Whether the sentence says the question's predicate, or denies it, or says its opposite."""
    predicate = predicate_of(query.text)
    if predicate is None:
        return {}
    unknown = _UNKNOWN.search(text)
    held = {stemmed for _, stemmed in query.terms} & analyse(text).stems
    if unknown and len(held) >= OF_THIS * len(query.terms):
        return {OPEN: unknown[0]}
    row = [term for term in analyse(text).terms if term.kind is not TermKind.FUNCTION]
    signs = set()
    for place, term in enumerate(row):
        says = term.value == predicate
        if term.kind is TermKind.WORD and (says or opposite(stem(term.value), predicate)):
            denied = any(  # shortly before the word, in the same clause
                (other.kind is TermKind.NEGATION or other.value in ("none", "few"))
                and not _CLAUSE_END.search(text[other.end : term.start])
                for other in row[max(0, place - NEGATION_REACH) : place]
            )
            signs.add(says is not denied)
    if len(signs) != 1:
        return {}
    return {"yes": "yes"} if True in signs else {"no": "no"}


def _one_name_holds_the_other(one: str, other: str) -> bool:
    """ "Tim Cook" is "Tim Cook Received", as headlines write it, and "Singer" is "Bryan Singer"."""
    short, long = sorted((set(analyse(one).words), set(analyse(other).words)), key=len)
    return short <= long


def _about_the_same(text: str, written: str, round_one: str, exact: str) -> bool:
    """Whether "about 8,000" is meant to be 8,213, or "more than 20,000" may be 22,000."""
    (unit, one), (other_unit, two) = _amount(round_one), _amount(exact)
    if unit != other_unit or not one or not two:
        return False
    before = text[: text.find(written)][-20:].lower()
    if _AT_LEAST.search(before) and one <= two <= MORE_THAN * one:
        return True
    digits = f"{one:f}".split(".")[0]
    is_round = len(digits.rstrip("0")) <= max(1, len(digits) - 2)
    return is_round and abs(one - two) <= ROUNDED * two


def _too_far_apart(one: str, other: str) -> bool:
    """Whether two amounts in one unit differ so much that they cannot be of one thing."""
    (unit, low), (other_unit, high) = sorted((_amount(one), _amount(other)), key=lambda a: a[1])
    return unit == other_unit and low > 0 and high > MOST_APART * low


def _amount(value: str) -> tuple[str, Decimal]:
    unit, _, number = value.rpartition(" ")
    try:
        return unit, Decimal(number)
    except InvalidOperation:
        return unit, Decimal(0)


_COUNTRIES = frozenset((*COUNTRIES.values(), "africa", "america", "asia", "europe"))
_SHIP = re.compile(r"[A-Z]{2,3} [A-Z]")  # SS Valencia, HMS Victory
_PLACED = re.compile(r"(?i)\b(?:in|at|near|through|across)\s+(?:the\s+)?$")
_AT_LEAST = re.compile(r"(?:more than|over|at least|above)\W*$")
_IN_PRINT = re.compile(r"(?i)\b(?:article|report|story|edition|column) (?:on|of|from)\W*$")
_CLAUSE_END = re.compile(r"[,;:.!?()–—]")
_PREPOSITIONS = lists("function_words.tsv")["joins"] | {"with"}
PRICED = frozenset(map(stem, lists("question_words.tsv")["of a price"]))
_COUNTS = {stem("number")}  # "the number of houses" asks for houses
_SUBJECT_FIRST = re.compile(
    r"(?i)\W*(?:do|does|did|will|would|has|have|had|can|could|should)\b|"
    r"\W*\w+ (?:the|this|that|its|their|his|her)\b"
)
_UNKNOWN = re.compile(
    r"(?i)\b(?:unclear|undecided|unknown|uncertain|remains? to be seen|"
    r"(?:not|yet to) (?:yet )?(?:been )?(?:clear|decide\w*|known|said?y?))\b"
)


def same_matter(
    query: Query, ranked: Sequence[Evidence], one: Evidence, other: Evidence, *, settles: bool
) -> bool:
    """Whether two sentences of articles in `ranked` are accounts of one event or thing.

    Both articles must have named what the question names, its numbers too. `settles`: one account
    says that the matter is undecided.
    """
    if not both_name_what_is_asked(query, ranked, one, other):
        return False
    here, there = _article_so_far(ranked, one), _article_so_far(ranked, other)
    mine, theirs = (terms_held(query, f"{i.article.title} {i.text}") for i in (one, other))
    if query.kind == "yes_no":  # both say the predicate: the rest may stand earlier in the article
        mine, theirs = (terms_held(query, t) - {predicate_of(query.text)} for t in (here, there))
    if _of_other_places(query, ranked, one, other):
        return False
    stems, other_stems = analyse(one.text).stems, analyse(other.text).stems
    to_one_pattern = len(stems & other_stems) >= SAME_PATTERN * len(stems | other_stems)
    if to_one_pattern and not mine <= theirs:
        return False
    ours, their = one.article.published_on, other.article.published_on
    days = abs((ours - their).days) if ours and their else None
    marks = len(_marks(here) & _marks(there))
    if days is None or days > SAME_EVENT_DAYS:
        if days is not None and settles:
            return marks >= SHARED_MARKS
        return _same_thing(query, one, other, here, there)
    if query.wants != "date" and _times_apart(one, other):
        return False
    in_both = terms_held(query, here) & terms_held(query, there)
    # both articles have named what is asked about, so that "Nine people were hurt" need not
    told = (mine & subject_terms(query)) or mine
    alike = len(told & theirs) >= SHARED_TERMS * max(1, len(told))
    beside = told_of_count(query, one.text) if query.wants == "number" else frozenset[str]()
    alike = alike and (not beside or not beside.isdisjoint(theirs))
    alike = alike or len(_marks(one.text) & _marks(other.text)) >= SHARED_MARKS
    return alike and (marks >= SHARED_MARKS or len(in_both) > 1)


def compared(
    query: Query, ranked: Sequence[Evidence], one: Evidence, other: Evidence
) -> tuple[Values, Values] | None:
    """What two sentences of one week count differently of what is compared; None where nothing."""
    ours, their = one.article.published_on, other.article.published_on
    if ours is None or their is None or abs((ours - their).days) > SAME_EVENT_DAYS:
        return None
    here, there = _article_so_far(ranked, one), _article_so_far(ranked, other)
    mine, theirs = terms_held(query, here), terms_held(query, there)
    in_both = len(mine & theirs)
    if not in_both or in_both < SHARED_TERMS * min(len(mine), len(theirs)):
        return None
    shared = analyse(one.text).stems & analyse(other.text).stems
    least = 1 if query.wants == "number" else SHARED_MARKS
    for number, after in counts(one.text):
        for rival, behind in counts(other.text):
            said = {number.value: one.text[number.start : number.end]}
            instead = {rival.value: other.text[rival.start : rival.end]}
            alike = len(shared - (after & behind)) >= least and one_thing(after, behind)
            if (
                alike
                and may_be_meant(query, after)
                and may_be_meant(query, behind)
                and exclude_each_other(one.text, said, other.text, instead)
            ):
                return said, instead
    return None


def both_name_what_is_asked(
    query: Query, ranked: Sequence[Evidence], one: Evidence, other: Evidence
) -> bool:
    """Whether each article, up to the end of the passage, has the names and numbers of the question."""
    asked = analyse(query.text)
    told = (_texts_so_far(ranked, item, with_passage=True) for item in (one, other))
    bare = not (asked.names or asked.numbers)
    return bare or all(_names_what_is_asked(query, each) for each in told)


def subject_terms(query: Query) -> frozenset[str]:
    """The terms that a sentence must have itself: no names, no words of price (a sum is one)."""
    names = analyse(" ".join(query.names)).stems
    return frozenset(stemmed for _, stemmed in query.terms) - names - PRICED - _COUNTS


def terms_held(query: Query, text: str) -> frozenset[str]:
    """The terms of the question that a text has, in these or related words."""
    stems = analyse(text).all_stems
    asked = (term for _, term in query.terms if term not in _COUNTS)
    return frozenset(term for term in asked if not stems.isdisjoint(synonyms(term)))


def _same_thing(query: Query, one: Evidence, other: Evidence, here: str, there: str) -> bool:
    """Whether accounts of different weeks share all terms, most in the sentences themselves.

    What happened once must not have happened at different times.
    """
    own, their = (terms_held(query, item.text) & subject_terms(query) for item in (one, other))
    held = terms_held(query, here)
    if len(held) < 2 or not held <= terms_held(query, there) or not own:
        return False
    shared = terms_held(query, one.text) & terms_held(query, other.text)
    if (query.wants == "number" and shared <= {asked_noun(query)}) or len(
        own & their
    ) < SHARED_TERMS * len(own):
        return False
    return of_the_present(query) or (query.kind != "yes_no" and not _times_apart(one, other))


def _of_other_places(
    query: Query, ranked: Sequence[Evidence], one: Evidence, other: Evidence
) -> bool:
    """Whether both articles name much, and nothing in common but what is asked: two countries' premiers."""
    named = []
    for item in (one, other):
        own = [i.text for i in ranked if i.article.article_id == item.article.article_id]
        names = {
            word for text in own for name in analyse(text).names for word in name.value.split()
        }
        asked = {word for _, stemmed in query.terms for word in synonyms(stemmed)}
        named.append({word for word in names if stem(word) not in asked and not is_ordinary(word)})
    return min(map(len, named)) >= MUCH_NAMED and named[0].isdisjoint(named[1])


def _article_so_far(ranked: Sequence[Evidence], item: Evidence) -> str:
    """The title and what the article has said up to the end of this sentence, as far as ranked."""
    return " ".join(_texts_so_far(ranked, item))


def _texts_so_far(
    ranked: Sequence[Evidence], item: Evidence, *, with_passage: bool = False
) -> tuple[str, ...]:
    """The same sentence by sentence; and the rest of its passage."""
    own = [i for i in ranked if i.article.article_id == item.article.article_id and i != item]
    passage = item.passage_id if with_passage else None
    told = [other for other in own if other.end <= item.start or other.passage_id == passage]
    told.sort(key=lambda other: other.start)
    return (item.article.title, *(other.text for other in told), item.text)


def _names_what_is_asked(query: Query, told: Sequence[str]) -> bool:
    """Whether all names and numbers of the question stand there; a last name is enough."""
    question, readings = analyse(query.text), [analyse(text) for text in told]
    known = {part for one in readings for t in one.tokens for part in (t.lower, t.stem)}
    known |= {word for one in readings for name in one.names for word in name.value.split()}
    for name in question.names:
        parts = name.value.split()
        wanted = parts[-1:] if parts[0] in GIVEN_NAMES else parts
        held = sum(not known.isdisjoint((word, stem(word))) for word in wanted)
        if held < min(len(wanted), SURE_NAME):
            return False
    numbers = {n.value for n in question.numbers} - {"#1"}  # "on the first day", "the first blast"
    return numbers <= {n.value for one in readings for n in one.numbers}


def _marks(text: str) -> frozenset[str]:
    """Names and days, which mark an event."""
    reading = analyse(text)
    return frozenset(span.value for span in (*reading.names, *reading.dates))


def _times_apart(one: Evidence, other: Evidence) -> bool:
    """Whether each tells when, and not of the same time: two races are no accounts of one. "In February"
    may be the last or the next."""
    mine, theirs = (
        [*stated_periods(text, day), *(p for p in periods(text, day) if p.last and not p.named)]
        for text, day in ((item.text, item.article.published_on) for item in (one, other))
    )
    return bool(mine and theirs) and not any(a.meets(b) for a in mine for b in theirs)
