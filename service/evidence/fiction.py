"""Tells stories that an outlet prints as fiction from what it reports: they say so in a label of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.english import analyse
from ingest.english.words import stems
from ingest.types import Article, Sentence, SentenceKind
from service.types import Question

OPENING = 3  # sentences before or below the title in which a label stands
CLOSING = 2  # and at the end
LONGEST_LABEL = 200  # characters

_KIND = (
    r"(?:short[- ]stor(?:y|ies)|(?:flash |science |short )?(?<!non-)fiction|novellas?|ghost story|fairy tale"
    r"|tall tale|satire|spoof|parody)"
)
_TOLD_BY = (
    r"(?:(?:story|tale|fable|monologue) by|(?:novel )?(?:extract|excerpt) from (?:the|a|his|her)\b)"
)
_CONTEST = r"(?:competition|contest|prize|award|challenge)"
_NEWS_OF_ONE = (
    rf"(?! (?:{_CONTEST}|festival|writ|collection|club|workshop|evening|night|week|course|sales))"
)
_LEAD = r"^\W*(?:(?:an?|our|the|this (?:week|month|year)['’]s|(?:prize-)?winning|new|original|weekend|summer|christmas) )*"
_TITLED = re.compile(
    rf"(?i){_LEAD}(?:{_KIND}|(?:story|tale) by [^:]+)\s*(?::|\||\s[–—-]\s)"
    rf"|(?:[:|(]|\s[–—-])\s*(?:an? |the )?(?:(?!fiction){_KIND}|{_TOLD_BY})(?: by\b.*)?\s*\)?\s*$"
    rf"|\({_KIND}\)|[:|–—-]\s*(?:an? )?{_TOLD_BY}"
)
_LINE = re.compile(
    rf"(?i){_LEAD}(?:{_KIND}(?=\W*$|[,:.;|(–—]|\s[(–—-]| by\b| from\b| of the )|{_TOLD_BY})"
)
_FROM = re.compile(
    r"^\W*(?:(?:[Aa]n? )?(?:[Ee]xtract|[Ee]xcerpt|[Cc]hapter \w+|[Tt]aken|[Aa]dapted),? )?[Ff]rom "
    r"(?:the|an?|his|her)(?: [\w'’-]+){0,2} (?:novel|novella|story collection),? (?:[“\"‘'A-Z]|by\b)"
)
_WON = re.compile(
    rf"(?i)\b(?:winn(?:er|ing)|runner-up|(?:first|second|third) (?:prize|place)|commended|shortlisted)\b"
    rf".{{0,60}}\b(?:{_KIND}|story|writing)\b.{{0,20}}\b{_CONTEST}"
)
_OF_ITSELF = re.compile(
    r"(?i)^\W*(?:this|the following|what follows|here|below|we (?:\w+ )?(?:print|publish|run|present)"
    r"|(?:all )?(?:the )?(?:people|characters|events) (?:in|of)|all (?:people|characters|events))\b"
)
_INVENTED = re.compile(
    rf"(?i)\b(?:(?:works?|pieces?) of (?:fiction|satire)|fictional|is fiction\b|are (?:all )?(?:invented|imaginary)"
    rf"|winning (?:story|tale|entry)|(?:this|following|is an?|is the|is our) (?:[\w-]+ ){{0,2}}{_KIND}{_NEWS_OF_ONE})"
)
_SUBJECTS = frozenset(("fiction", "short story", "short stories", "flash fiction"))
_OF_BOOKS = re.compile(r"(?i)\b(?:books?|reviews?|literature|publishing|authors?)\b")
_ANY_SIGN = re.compile(
    rf"(?i){_KIND}|\b(?:story|tale|novel|writing|extract|excerpt|invented|imaginary)\b|fiction"
)
_ASKS = re.compile(
    rf"(?i)\b(?:{_KIND}|novels?|fictional|(?:story|tale)(?: called| titled| by)?\s[\"“‘']|in (?:the|his|her) story)"
)


def is_fiction(article: Article, sentences: Sequence[Sentence]) -> bool:
    """Whether the article is labelled as a made-up story: in its title, its subjects, or a line of its own
    at its beginning or end. News of a prize for stories has no such label."""
    named = [subject.name.strip() for subject in article.terms.subjects]
    of_books = any(map(_OF_BOOKS.search, named))
    if not of_books and any(name.casefold() in _SUBJECTS for name in named):
        return True
    if _TITLED.search(article.title or ""):
        return True
    lines = [one for one in sentences if one.kind is not SentenceKind.TITLE]
    told = [one.text for one in (*lines[:OPENING], *lines[-CLOSING:])]
    return any(map(_is_label, (*told, f"By {article.author}" if article.author else "")))


def asks_for(question: Question, article: Article) -> bool:
    """Whether the question is about fiction, or names the story."""
    title = stems(article.title or "")
    return bool(_ASKS.search(question.text)) or (
        len(title) > 1 and title <= stems(question.text) and "“" in question.text
    )


def _is_label(line: str) -> bool:
    if len(line) > LONGEST_LABEL or not _ANY_SIGN.search(line):
        return False
    if _OF_ITSELF.match(line):
        return _INVENTED.search(line) is not None
    bare = line.startswith("By ") or not any(one.subject for one in analyse(line).statements)
    named = _LINE.search(line) or _WON.search(line)
    return _FROM.search(line) is not None or (bare and named is not None)
