"""What the numbers of a sentence count, and which of them answer "how many"."""

from __future__ import annotations

import re
from functools import lru_cache

from ingest.english import Analysis, Span, analyse
from ingest.english.word_tables import lists
from ingest.english.words import BE, stem, synonyms
from service.query.question_analysis import Query

COUNTED_WORDS = 3  # words between a number and what it counts: "22,000 angry people"
# Share of the best relevance from which on a sentence is read as an answer to what is asked
LIKELY = 0.1  # though it repeats none of the question's other words
AS_LIKELY = (
    0.3  # though it counts people of another kind: "340 porters" where workers are asked for
)

_BEING = frozenset((*BE.split("|"), "be", "been"))
_CLAUSE_END = re.compile(r"[,;:.!?()–—]")
_COUNTED = re.compile(r"(?i)\b(?:how many|numbers? of)\b")
_WORDS = {kind: frozenset(map(stem, words)) for kind, words in lists("question_words.tsv").items()}
_TIMES = _WORDS["of dates"] | {"hour", "minut", "week"}  # two years are of nothing in particular
_BARE = frozenset(map(stem, "number figure total toll turnout crowd count attendance".split()))
_PEOPLE, _FATES = _WORDS["people"], (_WORDS["dies"], _WORDS["is hurt"], _WORDS["is missing"])
# "the number killed in the crash to five", "the toll stands at 12"
_TOTALS = re.compile(
    r"(?i)\b(?:number|toll|total|tally|count)\b[^.;,]*? (?:to|at|is|was|of)(?: (?:about|some|at least))? $"
)
# "The union put the turnout at 9,000": a count of somebody else's
_PUTS = re.compile(
    r"(?i)\b(?P<puts>puts?|putting|estimat\w+) (?:the |that |its |it |them )?(?:[\w’'-]+ ){0,5}?at"
    r"(?: (?:about|some|around|nearly|over|more than|at least))? $"
)
_MORE = re.compile(r"(?i)^ (?:more|further|other|others|additional)\b(?! than\b)")
# "up from 12", "against 14,900 in 2017", "instead of six": what was, or is not
_SET_BESIDE = re.compile(
    r"(?i)\b(?:(?:up|down|risen|fallen|rose|fell|raised|cut|reduced|increased) from|compared (?:with|to)|against|"
    r"instead of|rather than|(?<!more )(?<!less )(?<!fewer )than)\W*(?:about|some|only|just|nearly)?\W*$"
)
_LEFT = re.compile(r"(?i)\b(?:still|remain\w*)\b")  # in hospital, of those who were hurt
_COULD_HAVE = re.compile(r"(?i)\b(?:would|could|might|should) (?:\w+ )?have\b")


def asked_noun(query: Query) -> str | None:
    """The stem of what a question has counted: of "how many dock workers were hurt" that of workers, of
    "how many died" people.
    """
    return _noun_counted(query.text) or query.noun


@lru_cache(maxsize=256)  # asked of every sentence
def _noun_counted(question: str) -> str | None:
    found = _COUNTED.search(question)
    if found is None:
        return None
    reading = analyse(question)
    verbs = {statement.verb for statement in reading.statements}
    phrase = list[str]()
    for place, token in enumerate(reading.tokens):
        if token.start >= found.end():
            if token.stop or place in verbs:
                break
            phrase.append(token.stem)
    return phrase[-1] if phrase else stem("people")


def counted(query: Query, text: str, title: str = "", share: float = 0.0) -> dict[str, str]:
    """The numbers of what is counted, normal form → as written; none of those who do what the question
    does not ask of them, and of several those with most of its words about them. `share` is the
    sentence's of the best relevance.
    """
    noun, reading = asked_noun(query), analyse(text)
    if noun is None or not counts(text):
        return {}
    named = synonyms(noun)
    asked = {word for _, stemmed in query.terms for word in synonyms(stemmed)} - named
    on_the_matter = share >= LIKELY or not asked.isdisjoint(reading.stems)
    in_title = {number.value for number in analyse(title).numbers}
    anybody = stem("people") in named
    fates = [one for one in _FATES if any(stemmed in one for _, stemmed in query.terms)]
    found: list[tuple[int, Span]] = []
    for number, after in counts(text):
        does = _does_something(reading, number)
        if not on_the_matter and does:
            continue  # "How many passengers were there?": "Four passengers had gone home."
        people = noun in _PEOPLE and not _PEOPLE.isdisjoint(after)
        if noun not in _PEOPLE:
            after -= _PEOPLE  # "residents" are no "residences"
        alone = bool(found) and any(  # before its verb: "of nine men two wanted it"
            statement.subject and reading.tokens[statement.subject[-1]].start == number.start
            for statement in reading.statements
        )
        sure = not named.isdisjoint(after) or alone
        sure = sure or (people and (share >= AS_LIKELY or (anybody and number.value in in_title)))
        met = _fate(text, number)
        total = anybody and bool(_TOTALS.search(text[: number.start]))
        sure = sure or total or (anybody and met in fates)
        told = _told_of(text, number)
        of_others = fates and (met not in fates if met else _LEFT.search(text))
        if sure and not of_others:  # the dead are not the injured
            found.append((len(asked) * total + len(asked & told), number))
    most = max((held for held, _ in found), default=0)
    return {n.value: text[n.start : n.end] for held, n in found if held == most}


def told_of_count(query: Query, text: str) -> frozenset[str]:
    """The terms of the question beside what is counted that the sentence says of the count itself."""
    found = counted(query, text, share=1.0)
    told = frozenset[str]().union(
        *(_told_of(text, number) for number in analyse(text).numbers if number.value in found)
    )
    terms = {term for _, term in query.terms} - {asked_noun(query)}
    return frozenset(term for term in terms if not told.isdisjoint(synonyms(term)))


@lru_cache(maxsize=4096)
def counts(text: str) -> tuple[tuple[Span, frozenset[str]], ...]:
    """Each number that counts, with the stems of the words behind it in its clause."""
    reading, found = analyse(text), list[tuple[Span, frozenset[str]]]()
    for number in reading.numbers:
        # the 46-year-old ship, the first ship, 14.20, 12 percent, £4
        if text[number.end :].startswith("-") or not number.value.replace(".", "").isdigit():
            continue
        added = _MORE.match(text[number.end :])
        if not reading.is_withdrawn(number) and not is_aside(text, number) and not added:
            behind = _CLAUSE_END.split(text[number.end : number.end + 60], maxsplit=1)[0]
            stems = frozenset(t.stem for t in analyse(behind).tokens[:COUNTED_WORDS])
            found.append((number, stems))
    return tuple(found)


def put_at(query: Query, text: str) -> Span | None:
    """The number that somebody puts at what a question counts: 9,000 of "the union put the turnout at 9,000", where
    marchers are asked for; none of "the number of new jobs at 1,100"."""
    asked = {stemmed for _, stemmed in query.terms} | _BARE | _PEOPLE
    for number, _ in counts(text):
        found = _PUTS.search(text[: number.start])
        if found and analyse(text[found.end("puts") : number.start]).stems <= asked:
            return number
    return None


def one_thing(after: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two numbers count the same by the words behind them: both people, or in one word."""
    people = not (_PEOPLE.isdisjoint(after) or _PEOPLE.isdisjoint(other))
    return people or any(not synonyms(word).isdisjoint(other) for word in after - _TIMES)


def may_be_meant(query: Query, after: frozenset[str]) -> bool:
    """Whether a number with these words behind it may be what accounts are compared of."""
    asked = frozenset(term for _, term in query.terms)
    if not asked.isdisjoint(_PEOPLE.union(*_FATES)):
        return not after.isdisjoint(_PEOPLE)
    return query.wants != "number" or not after.isdisjoint(synonyms(asked_noun(query) or ""))


def is_aside(text: str, number: Span) -> bool:
    """Whether a number only stands beside what is told: what was before, or what might have been."""
    before = _CLAUSE_END.split(text[: number.start])[-1]
    behind = _CLAUSE_END.split(text[number.end :], maxsplit=1)[0]
    return bool(_SET_BESIDE.search(before) or _COULD_HAVE.search(f"{before} {behind}"))


def _told_of(text: str, number: Span) -> frozenset[str]:
    """The stems of what stands between the numbers before and behind one."""
    others = [n for n in analyse(text).numbers if n != number]
    first = max((n.end for n in others if n.end <= number.start), default=0)
    last = min((n.start for n in others if n.start >= number.end), default=len(text))
    return analyse(text[first:last]).all_stems


def _fate(text: str, number: Span) -> frozenset[str]:
    """The words for what befell those who are counted: of "three were killed and 41 hurt" those for
    being hurt, of 41; empty where nothing is told."""
    others = [n for n in analyse(text).numbers if n != number]
    last = min((n.start for n in others if n.start >= number.end), default=len(text))
    first = max((n.end for n in others if n.end <= number.start), default=0)
    for part in (analyse(text[number.end : last]), analyse(text[first : number.start])):
        met = [one for token in part.tokens for one in _FATES if token.stem in one]
        if met:
            return met[0]
    return frozenset()


def tolls(query: Query) -> bool:
    """Whether people are counted whom an event killed or hurt, or who are missing: the last count holds."""
    told = (stemmed in one for _, stemmed in query.terms for one in _FATES)
    return query.wants == "number" and asked_noun(query) in _PEOPLE and any(told)


def _does_something(reading: Analysis, number: Span) -> bool:
    """Whether the number is of those who do something, or to whom something is done."""
    return any(
        reading.tokens[place].start == number.start
        for statement in reading.statements
        if reading.words[statement.verb] not in _BEING
        for place in statement.subject
    )
