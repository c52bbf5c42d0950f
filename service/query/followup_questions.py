"""A question with the turns before it comes in; the question as it reads without them goes out, by rule alone."""

from __future__ import annotations

import re
from datetime import date

from ingest.english import analyse
from ingest.english.periods import RELATIVE_WORDS, Period, in_words, periods
from ingest.english.word_tables import lists
from ingest.english.words import AUXILIARIES, BE, QUESTION_WORDS, STOP_WORDS
from service.types import Question

MOST_TURNS = 20  # of a conversation that are read; older ones never decide what a follow-up means
SHORT_ANSWER = 8  # words, up to which an answer is the name of what was asked for
SHORTEST = 4  # words, below which a question after another one is taken to go on from it


def standing_alone(question: Question) -> str:
    """The question with what it leaves out: a name for a pronoun, the rest of the question before for "And in 2022?".

    What fits no rule takes the question before along as it stands; a whole question of its own is left alone.
    """
    last_asked, last_answer = "", ""
    for turn in question.history[-MOST_TURNS:]:
        if turn.role == "user":
            last_asked, last_answer = _resolved(turn.content, last_asked, last_answer), ""
        else:
            last_answer = turn.content
    return _resolved(question.text, last_asked, last_answer)


def _resolved(text: str, before: str, answer: str) -> str:
    if not before:
        return text
    bare = _OPENING.sub("", " ".join(text.split())).strip(" ?!.,") or text
    count = len(analyse(bare).words)
    if _WHY.fullmatch(bare):
        stated = _lower(_QUESTION_LEAD.sub("", before.strip()).strip(" ?"))  # no question word
        return f"Why {stated or before}?"
    if _QUESTION_WORDS.fullmatch(bare):
        asked = _OWN_WORD.sub("", before)
        return (
            f"{_capital(bare)} {_lower(asked)}"
            if _AUXILIARY.match(asked)
            else f"{_capital(bare)}: {before}"
        )
    said = bare[:1].lower() + bare[1:]
    of = _thing(before, "") if _ANYBODY.match(said) and not analyse(said).names else None
    if of:
        return f"{_capital(said) if _AUXILIARY.match(said) else f'Was {said}'} in {_lower(of)}?"
    if count <= _LONGEST_SLOT and not _HAS_QUESTION.search(bare):
        slot = _ABOUT.sub("", bare)
        days = [period.first for period in _relative(answer) if period.named and period.first]
        if days and _BEFORE_THAT.fullmatch(slot):  # the last is often the day of the report
            slot = f"before {in_words(days[-1])}"
        if slot.startswith("before "):
            before = _NOW.sub("", before)
        put = _with_period(before, slot) or _with_name(before, slot)
        return put or f"{before.rstrip(' ?')}: {slot}?"
    named = _named(text, before, answer)
    if named != text:
        return named
    if bare != text.strip(" ?!.,") and not analyse(bare).names:  # "And how many were hurt?"
        return f"{before} {_capital(bare)}?"
    points = _POINTS.intersection(text.lower().replace("?", " ").split())
    return f"{before} {text}" if count < SHORTEST or points else text


def _with_period(before: str, slot: str) -> str | None:
    """ "in 2022" in the place of the time that the question before named, or at its end; "March" keeps its year."""
    when = _relative(slot) or _relative(f"in {slot}")
    if not when or len(analyse(slot).words) - len(analyse(when[0].words).words) > 1:
        return None
    led = re.match(rf"(?i)(?:{_TIME})\b", slot)
    old = _relative(before)
    if not old:
        return f"{before.rstrip(' ?')} {'' if led else 'in '}{slot}?"
    if not when[0].named and not RELATIVE_WORDS.search(slot) and old[0].named and old[0].first:
        slot = f"{slot} {old[0].first.year}"
    lead = None if led else re.match(rf"(?i)(?:{_TIME})\b\s*(?:the\s+)?", old[0].words)
    return f"{before[: old[0].start]}{lead[0] if lead else ''}{slot}{before[old[0].end :]}"


def _relative(text: str) -> tuple[Period, ...]:
    """Periods counted from a day; only their words matter here, so any day will do."""
    return periods(text, _ANY_DAY)


def _with_name(before: str, slot: str) -> str | None:
    """ "Lidl" or "the women" in the place of what the question before was about.

    A name takes the place of the one that has the same preposition ("in Northfold"), else of the first.
    """
    lead = _PLACED.match(slot)
    names = analyse(before).names
    if names and analyse(f"about {slot}").names:
        led = [
            name
            for name in names
            if lead and re.search(rf"(?i)\b{lead[1]}\s+$", before[: name.start])
        ]
        old = (led or names)[0]
        return f"{before[: old.start]}{slot[lead.end() :] if led and lead else slot}{before[old.end :]}"
    found = list(_NOUN_PHRASE.finditer(before))
    if found and re.match(r"(?i)the\s+", slot):
        return f"{before[: found[0].start()]}{slot}{before[found[0].end() :]}"
    return None


def _named(text: str, before: str, answer: str) -> str:
    """Pronouns replaced by the last person or thing that was spoken of, answers first."""
    pronoun = _PRONOUN.search(text)
    if pronoun is None or pronoun[0].lower() in _MANY:
        return text
    person = pronoun[0].lower() in _PERSONS
    name = _person(answer) or _person(before) if person else None
    if name is None and (not person or analyse(before).names):
        name = _thing(before, answer)
    if name is None or name.lower() in text.lower():
        return text
    name = _lower(name)

    def put(match: re.Match[str]) -> str:
        return (
            f"{name}'s"
            if match[0].lower() in _POSSESSIVES and not _OBJECT.match(match.string, match.end())
            else name
        )

    wanted = _PERSONS if person else _THINGS
    return _PRONOUN.sub(lambda m: put(m) if m[0].lower() in wanted else m[0], text)


def _person(text: str) -> str | None:
    """The first name of several words, or after a title; what comes first an answer is mostly about."""
    for name in analyse(text).names:
        written = _MARKER.sub("", text[name.start : name.end]).strip()
        titled = re.search(
            r"(?i)\b(?:mr|mrs|ms|dr|sir|president|mayor|minister|captain|councillor)\.?\s+$",
            text[: name.start],
        )
        if (" " in written or titled) and not _NO_PERSON.search(written):
            return written
    return None


def _thing(before: str, answer: str) -> str | None:
    """What was spoken of: what a short answer names, else the question's last name or first thing."""
    said = _MARKER.sub("", answer).strip(" .")
    if said and len(analyse(said).words) <= SHORT_ANSWER and _ASKS_WHAT.match(before):
        return re.sub(r"(?i)^an?\s+", "the ", said)
    stated = analyse(before)
    names = [name for name in stated.names if name not in stated.demonyms]
    if names:
        last = names[-1]
        led = re.search(r"(?i)\bthe\s+(?:[\w-]+\s+)?$", before[: last.start])
        noun = _NOUN_AFTER.match(before[last.end :])
        return f"{led[0] if led else ''}{before[last.start : last.end]}{noun[0] if noun and led else ''}"
    found = _NOUN_PHRASE.search(before)
    return found[0] if found else None


def _lower(text: str) -> str:
    """Begun small, where it begins with a word that is no name."""
    return text[:1].lower() + text[1:] if text and text.split()[0].lower() in STOP_WORDS else text


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_ANY_DAY = date(2000, 7, 15)
_LONGEST_SLOT = 6  # words of "what about the women's race", without its opening
_TIME = "in|on|since|before|after|until|till|by|during|between|from|as of|last|this|next|yesterday|the (?:last|past)|"
_TIME += "early|late"
_OPENING = re.compile(r"(?i)^\W*(?:(?:and|but|so|ok(?:ay)?|then|also|well|or)\b[\s,]*)+")
_ABOUT = re.compile(r"(?i)^(?:(?:what|how)\s+about|what\s+of)\s+")
_BEFORE_THAT = re.compile(
    r"(?i)before(?: (?:that|then|this))?|(?:earlier|previously)(?: than that)?"
)
_NOW = re.compile(r"(?i)\s+(?:now|currently|today|at present|at the moment)\b")
_WHY = re.compile(
    r"(?i)(?:but\s+)?(?:why|why is that|why was that|how come|for what reason|what for|why so|why not)"
)
_QUESTION_WORDS = re.compile(
    r"(?i)(?:since |until |by |with |from |to |for |at )?(?:who|whom|whose|when|where|which(?: one)?|how|how many|"
    r"how (?:much|long|old|far|big|high|often)|what (?:year|day|date|time)|in (?:which|what) year|who else|what else)"
)
_HAS_QUESTION = re.compile(
    r"(?i)^(?!(?:what|how)\s+about\b|what\s+of\b)(?:"
    rf".*\b(?:{QUESTION_WORDS})\b|(?:{AUXILIARIES})\b)"
)
# "Anybody hurt?", "Was anyone arrested?": of what was asked about before
_ANYBODY = re.compile(rf"(?i)(?:(?:{AUXILIARIES}) )?any(?:body|one|thing)(?! else)(?: \w+){{1,3}}$")
_WORDS = lists("question_words.tsv")
_POINTS, _PERSONS, _THINGS = _WORDS["points back"], _WORDS["of a person"], frozenset(("it", "its"))
_MANY = _WORDS["of many"]  # more than a rule can tell: the question before goes along
_POSSESSIVES = _WORDS["possessive"]
_PRONOUN = re.compile(rf"(?i)\b(?:{'|'.join(sorted(_PERSONS | _THINGS | _MANY))})\b")
_OBJECT = re.compile(r"\s*(?:[?.,!]|$|\s(?:in|on|at|to|for|with|by|from|and|or|about)\b)")
_NOUN_AFTER = re.compile(rf"\s+[a-z][\w-]+(?=\s+(?:{AUXILIARIES}|cost|close|open)\b|\s*[?.,]|$)")
_NO_PERSON = re.compile(rf"(?i)\b(?:{'|'.join(sorted(_WORDS['no person']))})\b|\d")
_PLACED = re.compile(r"(?i)(in|at|on|for|from|near|by)\s+")
_MARKER = re.compile(r"\s*\[\d+\]")
_OWN_WORD = re.compile(rf"(?i)^\W*(?:who|when|where|why|how)\s+(?=(?:{AUXILIARIES})\b)")
_AUXILIARY = re.compile(rf"(?i)(?:{AUXILIARIES})\b")
_ASKS_WHAT = re.compile(rf"(?i)^\W*(?:what|which)\b(?!\s+(?:{BE})\b)")
_NOUN_PHRASE = re.compile(
    r"(?i)\bthe\s+(?!same\b|most\b|first\b|last\b)(?:(?:\w*[^s\W]s|men|women|people|children|police)\b(?!['’])|"
    r"(?:[\w’'-]+\s+)?[\w’'-]+(?=\W|$))"
)
_QUESTION_LEAD = re.compile(
    r"(?i)^\W*(?:and\s+)?(?:(?:in|on|at|by|for|from|to|with)\s+)?"
    rf"(?:how\s+(?:many|much|long|old|far|often)|{QUESTION_WORDS})(?:\s+(?:{BE})(?=\s+the\b))?\s+|"
    rf"^\W*(?=(?:{AUXILIARIES})\b)"
)
