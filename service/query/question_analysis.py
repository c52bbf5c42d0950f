"""Reads a question once: what it asks for, by which words, and of what time."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Literal

from ingest import english
from ingest.english.date_mentions import impossible_day
from ingest.english.periods import Period, periods, without
from ingest.english.quantities import Dimension, dimensions
from ingest.english.word_tables import lists
from ingest.english.words import AUXILIARIES, BE, QUESTION_WORDS, STOP_WORDS, stem, words
from service.query.asked_accounts import of_accounts
from service.query.followup_questions import standing_alone
from service.types import Question

Kind = Literal[
    "who",
    "whose",
    "when",
    "where",
    "how_many",
    "how_much",
    "how",
    "why",
    "which",
    "what",
    "yes_no",
    "list",
]
Wanted = Literal["person", "organisation", "place", "date", "number", "money", "reason", "name"]
About = Literal["author", "outlet", "date", "title"]

_ORDER = r"(?i)^\W*(?:system|assistant|developer|user|admin|instructions?|important|note)\s*:"
_COMMAND = (
    r"(?i)^\W*(?:please\s+)?(?:ignore|disregard|forget|print|reveal|output|dump|override|pretend|act as|you are now|"
    r"from now on|repeat (?:your|the|all|after)|show (?:me )?your|tell me your|respond (?:only|with)|"
    r"reply (?:only|with)|do not (?:cite|use))\b"
)
_THEN = re.compile(
    r"(?i)^\W*(?:and\s+)?(?:then|after (?:that|this)|afterwards|finally|next|now|also)?[\s,]*(?:please\s+)?"
    r"(?:(?:say|tell (?:me|us)|explain|answer|state|give (?:me|us)|list|name)\s*[:,]?\s+)(?=\w)"
)
_AFTER_ORDER = re.compile(
    r"(?i)\b(?:just |then |only |please )*(?:tell (?:me|us)|say|answer|explain|state)\s*[:,]?\s+"
    rf"(?=(?:{QUESTION_WORDS}|whether)\b)"
)
_CLAUSE = re.compile(r"(?<=[.!?;\n])\s+")
_SENTENCE = re.compile(r"(?<=[a-z\d][.!])\s+(?=[A-Z])")
_QUESTION_WORD = re.compile(rf"(?i)\b({QUESTION_WORDS}|what's|who's|whats|whos)\b")

_YES_NO = re.compile(rf"(?i)^\W*(?:{AUXILIARIES}|may|might|must)(?:n't)?\b")
_LIST = re.compile(r"(?i)^\W*(?:list|name|enumerate)\b")
_HOW_MUCH = re.compile(r"(?i)^how much\b")
# "how much is a single", "how much was the ferry sold for"; not "how much of it is left"
_PRICED = re.compile(
    r"(?i)^how much(?:'s| is| are| was| were)\b(?!.*\b(?:left|of it|known|cut|raised|reduced|up|down|"
    r"bigger|larger|smaller|longer|higher|lower|faster|quicker|more|less)\b)"
)
_HOW_MANY = re.compile(r"(?i)^how many\b")
_NUMBER_OF = re.compile(r"(?i)^\W*(?:the )?(?:total )?number of\b")
_WHEN = re.compile(
    r"(?i)\b(?:what|which) (?:(?:exact|calendar|same) )?(?:year|date|day|month|century|decade|time|season|era)\b"
)
_WHERE = re.compile(
    r"(?i)\b(?:what|which) (?:\w+ )?(?:country|countries|city|cities|state|states|place|town|region|continent|county|"
    r"location|sea|island|river|province|capital)\b|\bfrom where\b"
)
_REASON = re.compile(
    rf"(?i)\b(?:what (?:{BE}) (?:the )?(?:causes?|reasons?|purpose)|"
    r"what (?:led|caused|causes|prompted|explains)|how come|what (?:was|is) behind|"
    r"what made (?=.+ [a-z]+)|"
    r"for (?:what|which) reasons?)\b"
)
_WORDS = lists("question_words.tsv")
_NOUN_WANTS: tuple[Wanted, ...] = ("money", "number", "person", "organisation")
_ARTICLE = r"(?:article|piece|story|report|essay|copy|fragment|text|paraphrase|item|column|op-ed)"
_ABOUT: tuple[tuple[About, re.Pattern[str]], ...] = (
    ("outlet", re.compile(
        rf"(?i)\b(?:which|what|who)\b[^?]*"
        rf"\b(?:platform|outlet|publisher|newspaper|site|website|magazine|journal|news agency)\b"
        rf"[^?]*\b(?:publish|carr|ran|run|print|post|issue|republish)\w*|"
        rf"\bwho (?:\w+ )?(?:re)?published\b|\bwhere (?:was|were|is) [^?]*\b(?:re)?published\b|"
        rf"\b(?:publisher|outlet) of the\b[^?]*\b{_ARTICLE}")),
    ("author", re.compile(
        rf"(?i)\bwho (?:is|was|are|were)?\s*(?:the )?(?:authors?|writers?) of\b[^?]*(?:\b{_ARTICLE}|[\"“«])|"
        rf"\bwho (?:wrote|authored|penned|co-wrote)\b[^?]*(?:\b{_ARTICLE}\b|[\"“«])|\bwritten by whom\b|\bbyline\b|"
        rf"\b(?:author|writer) of the [^?]*\b{_ARTICLE}")),
    ("date", re.compile(
        rf"(?i)\b(?:when|date|day|year|month)\b[^?]*\b{_ARTICLE}s?\b[^?]*\b(?:publish|appear|written|dated|carr|post|issued)\w*|"
        rf"\b(?:when|date|day)\b[^?]*\b(?:(?:re)?published|carry|carries|dated)\b[^?]*(?:\b{_ARTICLE}\b|[\"“«])?|"
        rf"\b(?:publication|posting) date\b")),
    ("title", re.compile(
        rf"(?i)\b(?:what|which)\b[^?]*\b(?:title|headline|entitled|titled|heading)\b[^?]*\b{_ARTICLE}|"
        rf"\b(?:title|headline) of the\b")),
)  # fmt: skip
_STATED_BY: dict[About, Wanted] = {
    "author": "person",
    "outlet": "organisation",
    "date": "date",
    "title": "name",
}
_META_WORDS = frozenset(map(stem, _WORDS["of articles"]))
_SCAFFOLD = frozenset(map(stem, _WORDS["scaffold"]))
# the answer to "in what year" is a year and seldom says "year"
_TYPE_NOUNS: dict[str | None, frozenset[str]] = {
    "date": frozenset(map(stem, _WORDS["of dates"])),
    "place": frozenset(map(stem, _WORDS["of places"])),
}
# "what did the repair cost", "what do they pay for it": the verb tells what is wanted
_COSTS = re.compile(
    rf"(?i)what (?:{AUXILIARIES})\b.{{1,80}}?"
    r"\b(?:cost|costing|pay|paid|charge[ds]?|earn(?:ed)?|fetch(?:ed)?|spen[dt])\b"
)
_MONEY = re.compile(
    r"(?i)\b(?:cost|pay|paid|price\w*|worth|spen[dt]|money|invest\w*|budget|charge\w*|fine|earn\w*|salary|wage|fund\w*|debt|loan)\b"
)
_MANY_ARTICLES = re.compile(
    rf"(?i)\bboth\b[^?]*\b(?:{_ARTICLE}s?|[\"“«])|\b(?:two|three|several|all|different)\b[^?.]{{0,30}}\b(?:articles|stories)\b|"
    rf"\bone {_ARTICLE}\b[^?]*\banother\b|\bnamed both\b|\bboth for\b[^?]*\band for\b|\bacross\b[^?]*\b{_ARTICLE}s\b"
)
_COMPARES = re.compile(
    r"(?i)^\W*(?:compare|contrast)\b|\b(?:versus|vs|compared? (?:with|to)|differences? between|before and after)\b|"
    r"\bhow (?:did|has|have|does|do)\b.*\bchanged?\b"
)
_PARTS = re.compile(
    r"(?i)(?:,\s*|\s+)(?:and|but)\s+(?=(?:(?:in|on|at|to|for|from|by|with|of|rather than|under)\s+)?"
    rf"(?:{QUESTION_WORDS}|rather)\b)|(?<=\?)\s+(?=\w)"
)
_EITHER = re.compile(
    r"(?i)\b(\w[\w'’-]*)\s*,?\s+or\s+(?:only|just|merely|rather|instead)?\s*(?:a |an |the )?(\w[\w'’-]*)"
)
_NAME = re.compile(
    r"\b(?:[A-Z0-9][\w.'’-]*[A-Za-z][\w.'’-]*)(?:\s+(?:(?:of|the|de|van|von|al|bin|da|del|and)\s+)?[A-Z][\w.'’-]*)*"
)
_QUOTED = re.compile(r"[\"“«]([^\"”»]{2,200})[\"”»]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Query:
    """What a question asks for; made once for each answer and handed on.

    `terms` are (word, stem) pairs without stop words, each stem once, in order.
    """

    question: (
        Question  # as it reads without a conversation; `as_of` also where only its words say so
    )
    text: str  # the question without words to the system and without words that only tell when
    periods: tuple[Period, ...]  # the times that it asks about
    kind: Kind
    wants: Wanted | None
    about: About | None  # asks about an article rather than about what it says
    terms: tuple[tuple[str, str], ...]
    names: tuple[str, ...]
    numbers: frozenset[str]
    quoted: tuple[str, ...]  # titles and phrases in quotation marks
    parts: tuple[Query, ...]  # of a question that asks for several things; none of a plain one
    alternatives: tuple[str, ...]  # "many or only some": the words between which to choose
    several_articles: bool  # wants what more than one article says
    compares: bool  # wants to see accounts or times side by side
    plural: bool  # "which countries", "what technologies": more than one thing
    present: bool  # asks for the present state: the newest account is wanted
    noun: str | None  # stem of the noun right after "which", "what" or "how many"
    dimensions: tuple[Dimension, ...]  # of the wanted quantity: "how tall" wants a length
    no_such_day: str = ""  # the day it names that no calendar has
    of_accounts: bool = False  # asks whether, or how, accounts differ; the rest reads what of


def analyse(question: Question, today: date | None) -> Query:
    """Read a question by rule. Any text is understood somehow: without a question word it is a `what`.

    `today` is the day from which "last month" is counted where the question has no `as_of`. Without it no time is
    read: so for texts that have no dates. Nor is any where a filter gives dates or an article itself is asked about.
    """
    if question.history:
        question = replace(question, text=standing_alone(question), history=())
    text = _addressed_to_the_archive(question.text)
    matter = of_accounts(text)
    if matter is not None:
        read = analyse(replace(question, text=matter), today)
        return replace(read, of_accounts=True, compares=True, about=None)
    day = question.as_of or today
    dated = question.filters.published_after or question.filters.published_before
    if day is None or today is None:
        return _read(replace(question, text=text), text, ())
    impossible = "" if _about(text) else impossible_day(text)
    asked_about = () if dated or _about(text) else periods(text, day)
    until = next((p for p in asked_about if p.as_of and p.last), None)
    if until is not None and question.as_of is None:
        text = without(text, tuple(p for p in asked_about if p.as_of and p.last))
        question, day = replace(question, as_of=until.last), until.last
    asked_about = tuple(period for period in asked_about if not period.as_of)
    told = tuple(period for period in periods(text, day) if period.strict)
    bare = without(text, told) if asked_about or question.as_of else text
    query = _read(replace(question, text=text), bare, asked_about)
    return replace(query, no_such_day=impossible)


def _read(question: Question, text: str, asked_about: tuple[Period, ...]) -> Query:
    text = _addressed_to_the_archive(text)
    asking = _asking(text)
    kind, wants = _kind(asking)
    about = _about(text)
    if about is not None:
        wants = _STATED_BY[about]
    measured = dimensions(text)
    if measured and wants in (None, "organisation", "name", "person"):
        wants = "number"
    several = bool(_MANY_ARTICLES.search(text))
    either = (
        _EITHER.search(text)
        if kind == "yes_no" or re.match(r"(?i)\W*(?:which|what|who)\b", text)
        else None
    )
    parts = [part.strip(" ,") for part in _PARTS.split(text) if part.strip(" ,?")]
    return Query(
        question=question,
        text=text,
        periods=asked_about,
        kind=kind,
        wants=wants,
        about=about,
        terms=_terms(_QUOTED.sub(" ", text) if several else text, wants, bool(about) or several),
        names=_names(text),
        numbers=frozenset(number.replace(",", "") for number in _NUMBER.findall(text)),
        quoted=tuple(match.strip() for match in _QUOTED.findall(text)),
        parts=tuple(_read(question, part, asked_about) for part in parts if len(parts) > 1),
        alternatives=(either[1].lower(), either[2].lower()) if either else (),
        several_articles=several,
        compares=bool(_COMPARES.search(text)),
        plural=bool(_PLURAL.search(text) or _LIST.match(text)),
        present=bool(_NOW.search(text) or not _PAST.search(text)) and not asked_about,
        noun=_noun(asking),
        dimensions=measured,
    )


_PLURAL = re.compile(
    r"(?i)\b(?:which|what)\s+(?:(?:are|were)\s+|"
    r"(?:[\w-]+\s+){0,2}?\w+[^su\W]s\s+(?:are|were|have|had|do|did|can|will|would)\b)"
)
NOW = (
    "now|currently|current|today|nowadays|at present|presently|at the moment|so far|to date|up to now|still|latest|"
    r"newest|most recent(?:ly)?|these days|as of"
)
PAST = "was|were|did|had|won|died|happened|became"
_NOW = re.compile(rf"(?i)\b(?:{NOW}|yet|will|going to)\b")
_PAST = re.compile(rf"(?i)\b(?:{PAST}|first|began|opened|before|ago|last|\d{{4}}|[a-z]{{3,}}ed)\b")


def _about(text: str) -> About | None:
    return next((about for about, pattern in _ABOUT if pattern.search(text)), None)


def _addressed_to_the_archive(text: str) -> str:
    """Drop sentences that give orders to the system; keep everything when nothing else would be left."""
    text = " ".join(text.split())
    kept = []
    for clause in _CLAUSE.split(text):
        bare = re.sub(_ORDER, "", clause).strip()
        if re.match(_COMMAND, bare):
            after = _AFTER_ORDER.search(bare)
            if after is not None:
                kept.append(bare[after.end() :])
                continue
            if not bare.endswith("?"):
                continue
        if re.match(_ORDER, clause) and not _QUESTION_WORD.search(bare):
            continue
        rest = _THEN.sub("", bare)
        kept.append(
            rest if _QUESTION_WORD.match(rest) or _QUESTION_WORD.search(rest[:40]) else bare
        )
    return " ".join(part for part in kept if part) or text


def _asking(text: str) -> str:
    """The last sentence that asks, of a text that tells something first: "A policy ends on 11 May. What is it called?"."""
    sentences = [one for one in _SENTENCE.split(text) if one.endswith("?")]
    return sentences[-1] if sentences and _QUESTION_WORD.search(sentences[-1]) else text


def _kind(question: str) -> tuple[Kind, Wanted | None]:
    if _NUMBER_OF.match(question):
        return "how_many", "number"
    found = _QUESTION_WORD.search(question)
    if _YES_NO.match(question) and (
        found is None or not re.search(rf"(?i)[,;]\s*{found[0]}\b", question)
    ):
        return "yes_no", None
    if found is None:
        return (
            ("list", "name")
            if _LIST.match(question)
            else ("what", _noun_wanted(f"what {question}"))
        )
    rest = question[found.start() :]
    word = found[0].lower().removesuffix("'s")
    if _WHEN.search(question) or word == "when":
        return "when", "date"
    if _REASON.search(question) or word == "why":
        return "why", "reason"
    if word in ("how",):
        if _HOW_MUCH.match(rest):
            return "how_much", "money" if _MONEY.search(rest) or _PRICED.match(rest) else "number"
        return (
            ("how_many", "number") if _HOW_MANY.match(rest) or dimensions(rest) else ("how", None)
        )
    if _WHERE.search(question) or word == "where":
        return "where", "place"
    if word in ("who", "whom", "whos"):
        return "who", "person"
    if word == "whose":
        return "whose", "person"
    wanted = "money" if _COSTS.match(rest) else _noun_wanted(rest)
    return ("which" if word == "which" else "what"), wanted


def _noun_wanted(rest: str) -> Wanted | None:
    """The type of the noun that the question word asks for: "which party", "what is the price of".

    A noun behind an auxiliary is what the question is about: "what did the mayor say" wants no person.
    """
    rest = _IS.sub(" is", rest)
    read = english.analyse(rest)
    following = [token.lower for token in read.tokens[1:]]
    named = following[:1] and following[0] in _BE
    starts = [read.tokens[one.verb].start for one in read.statements]
    verbs = [
        n
        for n, t in enumerate(read.tokens[2:], 1)
        if t.start in starts and rest[t.start - 1] != "-"
    ]
    end = min(verbs, default=len(following))  # "which film won a number of prizes" wants no number
    phrase = following[1:] if named else following[:end]
    for before, word in pairwise(["", *phrase[:6]]):
        if word in _WORDS["ends a noun"]:
            return None
        if word == "figure" and before in _WORDS["figure"]:
            return "person"
        for wanted in _NOUN_WANTS:
            if not _WORDS[wanted].isdisjoint((word, word.removesuffix("s"))):
                return wanted
    return None


_IS = re.compile(r"(?i)(?<=^what)'?s\b")  # "what's", "whats"
_BE = frozenset("is are was were".split())


def _noun(question: str) -> str | None:
    """The noun proper is more than a rule can tell: the first word after the question word will do."""
    found = re.search(
        r"(?i)\b(?:which|what|how many)\s+(?:(?:kind|sort|type)s?\s+of\s+)?((?:[\w’'-]+\s*){1,3})",
        question,
    )
    if not found:
        return None
    following = [word for word in words(found[1]) if word not in STOP_WORDS]
    first = words(found[1])[:1]
    return stem(following[0]) if following and first and first[0] not in STOP_WORDS else None


def _terms(
    question: str, wants: Wanted | None, drop_article_words: bool
) -> tuple[tuple[str, str], ...]:
    terms: dict[str, str] = {}
    for word in words(question):
        if word not in STOP_WORDS and (len(word) > 1 or word.isdigit()):
            terms.setdefault(stem(word), word)
    dropped = (
        _SCAFFOLD
        | _TYPE_NOUNS.get(wants, frozenset())
        | (_META_WORDS if drop_article_words else frozenset())
    )
    terms = {stemmed: word for stemmed, word in terms.items() if stemmed not in dropped} or terms
    return tuple((word, stemmed) for stemmed, word in terms.items())


def _names(question: str) -> tuple[str, ...]:
    names = []
    for match in _NAME.finditer(question):
        name = match[0].strip(".'’-")
        first = name.split()[0].lower()
        if match.start() == 0 and (
            first in STOP_WORDS or _QUESTION_WORD.match(first) or len(name.split()) == 1
        ):
            name = " ".join(name.split()[1:])
        if name and not name.replace(",", "").isdigit() and name.lower() not in STOP_WORDS:
            names.append(name)
    return tuple(dict.fromkeys(names))
