"""A sentence that names the number of another account, and says what it is instead."""

from __future__ import annotations

import re

from ingest.english import analyse
from service.conflicts.answer_values import Values
from service.conflicts.counts import counts

_DENIES = re.compile(r"(?i)\b(?:den(?:y|ies|ied|ying)|disput(?:es?|ed|ing)|reject\w*)\b[^.;]*$")


def revised(text: str) -> tuple[str, Values] | None:
    """(before, after) where a sentence says that a number was changed "from 17 to 21"; else None."""
    reading = analyse(text)
    at = {span.start: span for span in reading.numbers}
    for statement in reading.statements:
        ends = {
            how: at[reading.tokens[phrase[0]].start]
            for how, phrase in statement.others
            if how in ("from", "to") and phrase and reading.tokens[phrase[0]].start in at
        }
        if len(ends) == 2:
            after = ends["to"]
            return ends["from"].value, {after.value: text[after.start : after.end]}
    return None


def answered_by(text: str, mine: Values) -> tuple[Values, bool] | None:
    """What a sentence that names the number of another account says instead, and whether it says that
    it has changed; None where it does not.

    "The toll was lowered from nine to seven"; "it is to lose 260 of its staff, and denied that the
    number was 310".
    """
    anew = revised(text)
    if anew and anew[0] in mine:
        return anew[1], True
    spans = [(n, text[n.start : n.end]) for n, _ in counts(text)]
    denied = any(n.value in mine and _DENIES.search(text[: n.start]) for n, _ in spans)
    if not denied or spans[0][0].value in mine:
        return None
    number, said = spans[0]
    return {number.value: said}, False
