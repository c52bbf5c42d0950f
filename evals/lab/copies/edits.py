"""A sentence comes in; the same sentence with one fact changed goes out, and the place where, by a named operation."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from evals.lab.copies.figure_edits import Change as Change
from evals.lab.copies.figure_edits import Make as Make
from evals.lab.copies.figure_edits import (
    day_of_month,
    decade,
    digit_dropped,
    digits_swapped,
    from_list,
    instead,
    nudged,
    shifted_year,
    tenfold,
)
from evals.lab.copies.vocabulary import (
    INVENTED_GIVEN,
    INVENTED_SURNAMES,
    MONTHS,
    NUMBER_WORDS,
    ORDINAL_WORDS,
    QUOTED_STRANGERS,
    WEEKDAYS,
)
from evals.lab.copies.word_edits import (
    acronym,
    after_verb,
    antonym,
    contracted,
    contraction_lost,
    denial_lost,
    denied_past,
    invented_place,
    names_swapped,
    nation,
    no_for_a,
    other_name_here,
    person,
    quoted_word,
    whole_person,
)
from evals.lab.copies.word_edits import names_in as names_in


@dataclass(frozen=True, slots=True)
class Operation:
    """One way to change a fact. `make` gets a sentence, chance, and the names of the article."""

    name: str
    kind: str  # number | date | name | negation | quantifier | antonym | quotation
    make: Make


def seen(name: str) -> bool:
    """Whether an operation may be looked at while the detector is written.

    Within each kind the operations are ordered by the SHA-256 of their name; the first, third, fifth … are seen.
    """
    return name in _SEEN


def apply(sentence: str, change: Change) -> str:
    return sentence[: change.start] + change.new + sentence[change.end :]


_HALVES = {
    "half": "a third",
    "Half": "A third",
    "a third of": "a quarter of",
    "a quarter of": "half of",
}
_MULTIPLES = {
    "doubled": "tripled",
    "tripled": "doubled",
    "twice": "three times",
    "double": "triple",
}
_SCALES = {"million": "billion", "billion": "million", "thousand": "million"}
_BOUNDS = {
    "more than": "less than",
    "less than": "more than",
    "at least": "at most",
    "fewer than": "more than",
}
_ALL = {
    "All": "Some",
    "all the": "some of the",
    "all of": "some of",
    "Every": "Hardly any",
    "every": "hardly any",
}
_MOST = {
    "Most": "Few",
    "most of": "few of",
    "Many": "Few",
    "many": "few",
    "Several": "Most",
    "several": "most",
}
_OFTEN = {
    "often": "rarely",
    "usually": "sometimes",
    "always": "sometimes",
    "frequently": "rarely",
    "rarely": "often",
}
_OFTEN |= {"sometimes": "always", "generally": "seldom"}
_SHARES = {
    "majority": "minority",
    "minority": "majority",
    "partly": "entirely",
    "entirely": "partly",
}
_SHARES |= {"fully": "partially", "completely": "partially"}
_REPORTED = {
    f"{verb} that": "denied that"
    for verb in ("said", "stated", "confirmed", "claimed", "announced")
}
_REPORTED |= {"believed that": "doubted that"}
_FAILED = {f"{verb} to": "refused to" for verb in ("agreed", "decided", "wanted", "tried")}
_FAILED |= {
    "able to": "unable to",
    "managed to": "failed to",
    "went on to": "failed to",
    "with": "without",
}

OPERATIONS = (
    Operation("digits_swapped", "number", digits_swapped),
    Operation("tenfold", "number", tenfold),
    Operation("nudged", "number", nudged),
    Operation("digit_dropped", "number", digit_dropped),
    Operation("scale_word", "number", instead(_SCALES)),
    Operation("number_word", "number", from_list(NUMBER_WORDS)),
    Operation("ordinal_word", "number", from_list(ORDINAL_WORDS)),
    Operation("fraction", "number", instead(_HALVES)),
    Operation("multiple", "number", instead(_MULTIPLES)),
    Operation("year_near", "date", shifted_year((-2, -1, 1, 2))),
    Operation("year_far", "date", shifted_year((-20, -10, 10, 11))),
    Operation("month", "date", from_list(MONTHS)),
    Operation("day_of_month", "date", day_of_month),
    Operation("weekday", "date", from_list(WEEKDAYS)),
    Operation("decade", "date", decade),
    Operation("given_name", "name", person("given", INVENTED_GIVEN)),
    Operation("surname", "name", person("surname", INVENTED_SURNAMES)),
    Operation("whole_person", "name", whole_person),
    Operation("invented_place", "name", invented_place),
    Operation("other_name_here", "name", other_name_here),
    Operation("names_swapped", "name", names_swapped),
    Operation("country", "name", nation(0)),
    Operation("demonym", "name", nation(1)),
    Operation("acronym", "name", acronym),
    Operation("not_added", "negation", after_verb("not")),
    Operation("never_added", "negation", after_verb("never")),
    Operation("no_longer_added", "negation", after_verb("no longer")),
    Operation("contraction_added", "negation", contracted),
    Operation("did_not", "negation", denied_past),
    Operation("not_lost", "negation", denial_lost),
    Operation("contraction_lost", "negation", contraction_lost),
    Operation("no_for_a", "negation", no_for_a),
    Operation("denied_report", "negation", instead(_REPORTED)),
    Operation("failed", "negation", instead(_FAILED, r"(?= [a-z])")),
    Operation("bound", "quantifier", instead(_BOUNDS)),
    Operation("all_some", "quantifier", instead(_ALL)),
    Operation("most_few", "quantifier", instead(_MOST, r"(?= [a-z])")),
    Operation("often_rarely", "quantifier", instead(_OFTEN)),
    Operation("share", "quantifier", instead(_SHARES)),
    Operation("opposites_a", "antonym", antonym(0)),
    Operation("opposites_b", "antonym", antonym(1)),
    Operation("opposites_c", "antonym", antonym(2)),
    Operation("quoted_thing", "quotation", quoted_word(QUOTED_STRANGERS[::2])),
    Operation("quoted_idea", "quotation", quoted_word(QUOTED_STRANGERS[1::2])),
)


def halves(operations: Sequence[tuple[str, str]]) -> frozenset[str]:
    """The names of (kind, name) that are seen: every second one of a kind, by the SHA-256 of the name."""
    found: set[str] = set()
    ordered = sorted(operations, key=lambda o: (o[0], hashlib.sha256(o[1].encode()).hexdigest()))
    for _, group in groupby(ordered, key=lambda o: o[0]):
        found.update(name for _, name in [*group][::2])
    return frozenset(found)


_SEEN = halves([(o.kind, o.name) for o in OPERATIONS])
