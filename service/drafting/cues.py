"""A question and a sentence come in; whether the sentence holds a thing of the wanted type, 0 to 1, goes out."""

from __future__ import annotations

import re

from ingest.facts.meanings import related
from service.retrieval.questions import Asked
from service.retrieval.words import STOP_WORDS, stem, words

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|"
    r"Nov(?:ember)?|Dec(?:ember)?)"
)
_DATE = re.compile(
    rf"\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}\b|\b{_MONTH}\.?\s+\d{{1,4}}\b|\b\d{{4}}-\d{{2}}-\d{{2}}\b|"
    rf"\b(?:1[0-9]|20)\d\d(?:s|–\d\d(?:\d\d)?)?\b|\b\d+ (?:BC|AD|BCE|CE)\b|\b\d{{1,2}}(?:st|nd|rd|th) century\b"
)
_VAGUE_DATE = re.compile(
    rf"\b{_MONTH}\b|(?i:\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|"
    r"\b(?:this|next|last) (?:spring|summer|autumn|fall|winter|week|month|year)\b|"
    r"\b(?:spring|summer|autumn|winter|yesterday|tomorrow|today|century|annually|decade)\b|\b\d{1,2} ?[ap]\.?m\b)"
)
_ASKS_YEAR = re.compile(r"(?i)\b(?:what|which) year\b")
_ASKS_DAY = re.compile(r"(?i)\b(?:what|which) (?:exact |calendar )?(?:date|day)\b")
_EXACT = {
    _ASKS_YEAR: re.compile(r"\d{4}"),
    _ASKS_DAY: re.compile(rf"\d{{1,2}}\D{{0,6}}{_MONTH}|{_MONTH}\D{{0,2}}\d{{1,2}}\b|\d{{4}}-\d\d-\d\d"),
}
_NUMBER_WORD = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|"
    "nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|trillion|dozen|half|"
    "third|quarter|twice|double|triple|first|second|fourth|fifth|sixth|seventh|eighth|ninth|tenth"
)
_NUMBER = re.compile(rf"(?i)\d+(?:[.,]\d+)*|\b(?:{_NUMBER_WORD})\b")
_TIME_OF_DAY = re.compile(r"(?i)\b\d{1,2}(?:[.:]\d\d)? ?[ap]\.?m\b")
_YEAR = re.compile(r"^(?:1[5-9]|20)\d\d$")
_MONEY = re.compile(
    r"(?i)[$£€¥]\s?\d|\b(?:usd|eur|gbp|jpy|us\$)\s?\d|\d[\d.,]*\s?(?:hundred|thousand|million|billion|trillion|bn|m)?\s?"
    r"(?:dollars?|euros?|pounds?|yen|yuan|francs?|rupees?|pesos?|cents?|per ?cent)\b|"
    r"\b\w+ (?:million|billion|thousand) (?:dollars|euros|pounds)\b"
)
_CAPITALS = re.compile(r"(?<![\w'’-])[A-Z][\w'’.&-]*(?:\s+(?:of |the |de |van |von |al |and )?[A-Z][\w'’.&-]*)*")
_PLACE = re.compile(
    r"\b(?:in|at|from|near|to|on|of|around|outside|inside|across|off|via|between|through)\s+(?:the\s+|\w+(?:ern|ral)\s+)?[A-Z]\w+"
)
_REASON = re.compile(
    r"(?i)\b(?:because|since|due to|owing to|thanks to|as a result|result(?:s|ed|ing)? (?:in|from)|caus(?:e|es|ed|ing)|"
    r"lead(?:s|ing)? to|led to|so that|in order to|therefore|thus|hence|reasons?|why|means that|allow(?:s|ed|ing)?|"
    r"prevents?|purpose|aim(?:s|ed)? to|for fear)\b"
)
_MANNER = re.compile(
    r"(?i)\bby (?:\w+ly )?\w+ing\b|\b(?:through|using|via|by means of|method|process|steps?|first|then|as)\b"
)


def cue(asked: Asked, text: str) -> float:
    """1 where `text` plainly holds a thing of the wanted type that is not in the question, lower where it may; 0 where
    it does not or where the question wants no type. Graded by how often such a thing is the answer, not measured."""
    match asked.wants:
        case "date":
            return _date_cue(asked, text)
        case "number":
            return _number_cue(asked, text)
        case "money":
            return 1.0 if _MONEY.search(text) else 0.3 * _number_cue(asked, text)
        case "person":
            return _name_cue(asked, text, several_words=1.0, one_word=0.7)
        case "organisation" | "name":
            named = _named_as_asked(asked, text)
            return 1.0 if named else _name_cue(asked, text, several_words=0.6, one_word=0.5)
        case "place":
            return 1.0 if _new_place(asked, text) else _name_cue(asked, text, several_words=0.4, one_word=0.4)
        case "reason":
            return 1.0 if _REASON.search(text) else 0.0
    if asked.noun and _named_as_asked(asked, text):
        return 1.0
    if asked.kind == "how":
        return 1.0 if _MANNER.search(text) else 0.0
    return 0.0


def _named_as_asked(asked: Asked, text: str) -> bool:
    """Whether a name holds the noun that was asked for: "which party", "the Liberal Democratic Party"."""
    return asked.noun is not None and any(
        asked.noun in {stem(word) for word in words(name)} and len(name.split()) > 1 for name in new_names(asked, text)
    )


def new_names(asked: Asked, text: str) -> tuple[str, ...]:
    """Runs of capitalised words of `text` that hold a word the question does not; a lone capital may only open it."""
    asked_stems = {stemmed for _, stemmed in asked.terms}
    found = []
    for match in _CAPITALS.finditer(text):
        run = match[0].split()
        while run and run[0].lower() in STOP_WORDS:
            run = run[1:]
        opens = match.start() == 0 or text[: match.start()].rstrip().endswith((".", "“", '"'))
        if not run or (opens and len(run) == len(match[0].split()) == 1 and not run[0].isupper()):
            continue
        name = " ".join(run)
        if any(stem(word) not in asked_stems for word in words(name) if word not in STOP_WORDS):
            found.append(name)
    return tuple(found)


def _date_cue(asked: Asked, text: str) -> float:
    dates = [match[0] for match in _DATE.finditer(text)]
    fresh = [date for date in dates if not set(re.findall(r"\d+", date)) <= asked.numbers]
    exact = _ASKS_YEAR if _ASKS_YEAR.search(asked.text) else _ASKS_DAY if _ASKS_DAY.search(asked.text) else None
    if exact is not None and not any(_EXACT[exact].search(date) for date in fresh):
        return 0.4 if fresh else 0.0
    if fresh:
        return 1.0
    return (
        0.5
        if any(stem(match[0].lower()) not in {s for _, s in asked.terms} for match in _VAGUE_DATE.finditer(text))
        else 0.0
    )


def _number_cue(asked: Asked, text: str) -> float:
    """Best where the number counts what was asked for: "five ships" for "how many boats"."""
    if asked.noun and asked.kind == "how_many" and _counted(asked.noun, text):
        return 1.0
    text = _TIME_OF_DAY.sub(" ", text)
    asked_words = {word for word, _ in asked.terms}
    fresh = [
        match[0].lower()
        for match in _NUMBER.finditer(text)
        if match[0].replace(",", "") not in asked.numbers and match[0].lower() not in asked_words
    ]
    if not fresh:
        return 0.0
    strong = [number for number in fresh if number[0].isdigit() and not _YEAR.match(number)]
    return 0.8 if strong else 0.6 if any(not _YEAR.match(number) for number in fresh) else 0.2


def _counted(noun: str, text: str) -> bool:
    for match in _NUMBER.finditer(text):
        following = words(text[match.end() : match.end() + 60])[:4]
        if any(related(stem(word), noun) for word in following):
            return True
    return False


def _name_cue(asked: Asked, text: str, several_words: float, one_word: float) -> float:
    names = new_names(asked, text)
    if any(len(name.split()) > 1 for name in names):
        return several_words
    return one_word if names else 0.0


def _new_place(asked: Asked, text: str) -> bool:
    asked_stems = {stemmed for _, stemmed in asked.terms}
    return any(
        stem(words(match[0])[-1]) not in asked_stems and not re.search(rf"{_MONTH}$", match[0])
        for match in _PLACE.finditer(text)
    )
