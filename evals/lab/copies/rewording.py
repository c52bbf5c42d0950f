"""A sentence comes in; the same said in other words goes out, by a named operation that changes no fact."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from evals.lab.copies.edits import halves
from evals.lab.copies.vocabulary import (
    CONNECTIVES,
    CONTRACTIONS,
    FILLERS,
    MONTHS,
    NUMBER_WORDS,
    SHORT_NAMES,
    SPELLINGS,
)
from evals.lab.words import paraphrases


@dataclass(frozen=True, slots=True)
class Rewording:
    """One way to write a sentence otherwise; `make` returns it unchanged where the operation does not fit."""

    name: str
    kind: str  # form | order | words | synonyms
    make: Callable[[str, random.Random], str]


def seen(name: str) -> bool:
    """Whether an operation may be looked at while the detector is written; the rule is that of `edits.seen`."""
    return name in _SEEN


def _either(pairs: Sequence[tuple[str, str]]) -> Callable[[str, random.Random], str]:
    """Writes every left side as its right side, or, by chance, every right side as its left one."""

    def make(sentence: str, chance: random.Random) -> str:
        pick = chance.random() < 0.5
        return _replaced(sentence, dict(pairs) if pick else {b: a for a, b in pairs})

    return make


def _towards(table: Mapping[str, str]) -> Callable[[str, random.Random], str]:
    return lambda sentence, chance: _replaced(sentence, table)


def _synonyms(part: int) -> Callable[[str, random.Random], str]:
    """Words of every fourth row of the list give way to others that mean the same."""
    return _towards(dict([*paraphrases().items()][part::4]))


def _replaced(sentence: str, table: Mapping[str, str]) -> str:
    """Every phrase of the table by its entry; with a capital only where the sentence begins: elsewhere it is a name."""
    keys = "|".join(re.escape(key) for key in sorted(table, key=len, reverse=True))
    sentence = re.sub(rf"(?<![\w'’-])(?:{keys})(?![\w'’-])", lambda m: table[m[0]], sentence)
    small = sentence[:1].lower() + sentence[1:]
    first = re.match(rf"(?:{keys})(?![\w'’-])", small)
    if first is None or small == sentence:
        return sentence
    new = table[first[0]]
    return new[0].upper() + new[1:] + sentence[first.end() :]


_NUMBERS = dict(zip("2 3 4 5 6 7 8 9 10 11 12 15 20 30".split(), NUMBER_WORDS, strict=True))
_ANY_MONTH = "|".join(MONTHS)


def _spelled_out(sentence: str, _: random.Random) -> str:
    """ "in 7 towns" → "in seven towns"; not where a figure belongs to a date, a score or a name."""
    return re.sub(
        rf"(?<=[a-z] )(?:{'|'.join(_NUMBERS)})(?= [a-z]{{3,}})(?! (?:{_ANY_MONTH}|million|billion|per))",
        lambda m: m[0] if _after_month(sentence, m.start()) else _NUMBERS[m[0]],
        sentence,
    )


def _in_figures(sentence: str, _: random.Random) -> str:
    figures = {word: figure for figure, word in _NUMBERS.items()}
    return re.sub(
        rf"(?<=[a-z] )(?<!hundred and )(?:{'|'.join(figures)})(?= [a-z])(?! (?:hundred|thousand))",
        lambda m: figures[m[0]],
        sentence,
    )


def _after_month(sentence: str, place: int) -> bool:
    return bool(re.search(rf"(?:{_ANY_MONTH}|May)\s$", sentence[:place]))


def _separators(sentence: str, _: random.Random) -> str:
    """ "12,500" → "12500"."""
    return re.sub(r"(?<![\d.,])\d{2,3},\d{3}(?![\d,])", lambda m: m[0].replace(",", ""), sentence)


def _millions(sentence: str, _: random.Random) -> str:
    """ "3 million" → "3,000,000"; "$3 million" → "$3m"."""
    sentence = re.sub(r"(?<=[$£€])(\d+(?:\.\d+)?) million\b", r"\1m", sentence)
    sentence = re.sub(r"(?<=[$£€])(\d+(?:\.\d+)?) billion\b", r"\1bn", sentence)
    return re.sub(
        r"(?<![\w.,$£€])(\d{1,3}) million\b(?! (?:dollars|euros|pounds))", r"\1,000,000", sentence
    )


def _per_cent(sentence: str, chance: random.Random) -> str:
    if "%" in sentence:
        return re.sub(r"(?<=\d)\s?%", chance.choice((" percent", " per cent")), sentence)
    return re.sub(r"(?<=\d) per ?cent\b", "%", sentence)


def _dollars(sentence: str, _: random.Random) -> str:
    return re.sub(r"(?<![A-Z])\$(?=\d)", "US$", sentence)


def _day_order(sentence: str, _: random.Random) -> str:
    """ "March 4, 2024" → "4 March 2024", and "March 4" → "4 March"."""
    return re.sub(
        rf"\b({_ANY_MONTH}|May) (\d{{1,2}})(?:, (\d{{4}})\b,?|(?![\d,]))",
        lambda m: f"{m[2]} {m[1]}" + (f" {m[3]}" if m[3] else ""),
        sentence,
    )


def _short_month(sentence: str, _: random.Random) -> str:
    months = "|".join(m for m in MONTHS if len(m) > 5)
    return re.sub(
        rf"\b({months})(?= \d{{1,2}}\b)",
        lambda m: f"{'Sept' if m[0][0] == 'S' else m[0][:3]}.",
        sentence,
    )


def _straight_quotes(sentence: str, _: random.Random) -> str:
    return sentence.translate(str.maketrans("“”‘’", "\"\"''"))


def _dashes(sentence: str, _: random.Random) -> str:
    return sentence.replace(" – ", "—").replace(" - ", " – ")


_BEGINNERS = r"(?:the|a|an|he|she|it|they|his|her|its|their|this|these|there|we|in|on|at|by|after|during|from)"
_OPENING = re.compile(
    rf"^(?P<lead>(?:In|On|At|By|After|During|From|Since|Under)\s[^,;:()“”\"]{{3,60}}), "
    rf"(?P<rest>{_BEGINNERS}\s[^;:“”\"?]+)\.$"
)
_TRAILING = re.compile(
    r"^(?P<rest>(?P<first>[A-Z]\w*)\s[^,;:“”\"?()]{20,}) "
    r"(?P<lead>(?:in|on|since|during) (?:(?:\w+ )?(?:\d{4}|\d{1,2} \w+ \d{4})))\.$"
)


def _lead_to_end(sentence: str, _: random.Random) -> str:
    """ "In 2012, the band split." → "The band split in 2012."."""
    found = _OPENING.match(sentence)
    if not found:
        return sentence
    lead, rest = found["lead"], found["rest"]
    return f"{rest[0].upper()}{rest[1:]} {lead[0].lower()}{lead[1:]}."


def _end_to_lead(sentence: str, _: random.Random) -> str:
    """ "The band split in 2012." → "In 2012, the band split."."""
    found = _TRAILING.match(sentence)
    if not found:
        return sentence
    rest = found["rest"]
    if re.fullmatch(_BEGINNERS, found["first"].lower()):
        rest = rest[0].lower() + rest[1:]
    return f"{found['lead'][0].upper()}{found['lead'][1:]}, {rest}."


def _split_at_and(sentence: str, _: random.Random) -> str:
    return re.sub(
        r", and (he|she|it|they|the)\b", lambda m: f". {m[1].capitalize()}", sentence, count=1
    )


def _split_at_but(sentence: str, _: random.Random) -> str:
    return re.sub(r"(?:,|;) (but|however,) ", ". But ", sentence, count=1)


def _brackets_to_commas(sentence: str, _: random.Random) -> str:
    return re.sub(r" \(([a-z][^()]{8,60})\)(?= [a-z])", r", \1,", sentence, count=1)


def _which_is_left_out(sentence: str, _: random.Random) -> str:
    return re.sub(
        r", (?:which|who) (?:is|was|were|are) (?=(?:a|an|the|located|based|known|born)\b)",
        ", ",
        sentence,
    )


_OWNED = "capital|population|government|president|economy|history|coast|people|parliament|army|mayor|king|queen"


def _owner_first(sentence: str, _: random.Random) -> str:
    """ "the capital of France" → "France's capital"."""
    return re.sub(
        rf"\b[Tt]he ({_OWNED}) of ([A-Z][a-z]+[a-rt-z])\b(?! [A-Z])", r"\2's \1", sentence
    )


def _that_dropped(sentence: str, _: random.Random) -> str:
    return re.sub(
        r"\b(said|believed|announced|claimed|stated) that (?=the|he|she|it|they)", r"\1 ", sentence
    )


def _enumeration_turned(sentence: str, _: random.Random) -> str:
    """ "red, green and blue" → "green, red and blue"."""
    return re.sub(
        r"(?<=[a-z] )([a-z]{3,}), ([a-z]{3,})(?=,? and [a-z]+\b)", r"\2, \1", sentence, count=1
    )


def _names_turned(sentence: str, _: random.Random) -> str:
    """ "in Norway and Sweden" → "in Sweden and Norway"."""
    return re.sub(
        r"(?<=\b(?:in|of|by) )([A-Z][a-z]+) and ([A-Z][a-z]+)(?=[,.;]| [a-z])",
        r"\2 and \1",
        sentence,
        count=1,
    )


def _year_named(sentence: str, _: random.Random) -> str:
    return re.sub(r"\b([Ii]n) (?=(?:1[5-9]|20)\d\d\b)", r"\1 the year ", sentence, count=1)


def _filler(sentence: str, chance: random.Random) -> str:
    """Words before the sentence that say nothing; only where it does not begin with a name."""
    first = sentence.split(" ", 1)[0].lower()
    if not re.fullmatch(_BEGINNERS, first) or chance.random() < 0.6:
        return sentence
    return chance.choice(FILLERS) + sentence[0].lower() + sentence[1:]


_CLAUSE = re.compile(
    rf"^(?P<main>{_BEGINNERS} [^,;:“”\"?()]{{15,}}?),? "
    r"(?P<word>because|although|while|whereas|when|after|before|if|until|since)"
    r" (?P<clause>[a-z][^,;:“”\"?()]{8,})\.$",
    re.IGNORECASE,
)


def _clause_first(sentence: str, _: random.Random) -> str:
    """ "The fair closed because it rained." → "Because it rained, the fair closed."."""
    found = _CLAUSE.match(sentence)
    if not found:
        return sentence
    main = found["main"]
    return f"{found['word'].capitalize()} {found['clause']}, {main[0].lower()}{main[1:]}."


def _active_voice(sentence: str, _: random.Random) -> str:
    """ "The film was directed by Jane Hill in 1990." → "Jane Hill directed the film in 1990."."""
    return re.sub(
        r"^(The [a-z]+(?: [a-z]+)?) was (written|[a-z]+ed) by ([A-Z][a-z]+(?: [A-Z][a-z]+)+)(?=\.| in | on | at )",
        lambda m: f"{m[3]} {'wrote' if m[2] == 'written' else m[2]} the{m[1][3:]}",
        sentence,
    )


def _terse(sentence: str, _: random.Random) -> str:
    """Without adverbs that say little and without short remarks in brackets."""
    sentence = re.sub(
        r" (?:also|very|currently|commonly|highly|widely|then|however|subsequently|eventually)\b(?! as)",
        "",
        sentence,
    )
    return re.sub(r" \([a-z][^()\d]{3,40}\)", "", sentence)


def _determiners(sentence: str, chance: random.Random) -> str:
    """ "the" before a plain word gives way to "this" or "that", or is left out, as agencies do."""
    return re.sub(
        r"\bthe (?=[a-z]{4,})(?!same|other|most|first|last|only)",
        lambda m: chance.choice(("this ", "that ", "", m[0])),
        sentence,
    )


def _apposition_in_brackets(sentence: str, _: random.Random) -> str:
    """ "Hill, a painter, left" → "Hill (a painter) left"."""
    return re.sub(r", (an? [a-z][a-z ]{3,40}), (?=[a-z])", r" (\1) ", sentence, count=1)


REWORDINGS = (
    Rewording("house_spelling", "form", _either(SPELLINGS)),
    Rewording("short_names", "form", _either(SHORT_NAMES)),
    Rewording("contractions", "form", _either(CONTRACTIONS)),
    Rewording("spelled_out", "form", _spelled_out),
    Rewording("in_figures", "form", _in_figures),
    Rewording("separators", "form", _separators),
    Rewording("millions", "form", _millions),
    Rewording("per_cent", "form", _per_cent),
    Rewording("dollars", "form", _dollars),
    Rewording("day_order", "form", _day_order),
    Rewording("short_month", "form", _short_month),
    Rewording("straight_quotes", "form", _straight_quotes),
    Rewording("dashes", "form", _dashes),
    Rewording("lead_to_end", "order", _lead_to_end),
    Rewording("end_to_lead", "order", _end_to_lead),
    Rewording("split_at_and", "order", _split_at_and),
    Rewording("split_at_but", "order", _split_at_but),
    Rewording("brackets_to_commas", "order", _brackets_to_commas),
    Rewording("which_is_left_out", "order", _which_is_left_out),
    Rewording("owner_first", "order", _owner_first),
    Rewording("enumeration_turned", "order", _enumeration_turned),
    Rewording("names_turned", "order", _names_turned),
    Rewording("clause_first", "order", _clause_first),
    Rewording("active_voice", "order", _active_voice),
    Rewording("apposition_in_brackets", "order", _apposition_in_brackets),
    Rewording("synonyms_a", "synonyms", _synonyms(0)),
    Rewording("synonyms_b", "synonyms", _synonyms(1)),
    Rewording("synonyms_c", "synonyms", _synonyms(2)),
    Rewording("synonyms_d", "synonyms", _synonyms(3)),
    Rewording("connectives", "words", _towards(CONNECTIVES)),
    Rewording("that_dropped", "words", _that_dropped),
    Rewording("year_named", "words", _year_named),
    Rewording("filler", "words", _filler),
    Rewording("terse", "words", _terse),
    Rewording("determiners", "words", _determiners),
)
_SEEN = halves([(r.kind, r.name) for r in REWORDINGS])
