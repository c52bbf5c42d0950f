"""An answer's text and the words a case accepts come in; whether it says them goes out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from evals.cases import Case, Wanted

PARTS_NEEDED = (
    0.6  # share of the parts of a multi-part answer that counts as right (contract, "Gold suites")
)

_MARKER = re.compile(r"\s*\[\d+\]")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_MARKUP = re.compile(r"[*_`#]+")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})


def hit(case: Case, text: str) -> bool:
    """Whether the text of an answer says what the case accepts."""
    if case.wants_parts:
        return parts(case, text) >= PARTS_NEEDED
    return says(text, case.accept)


def parts(case: Case, text: str) -> float:
    """Share of the accepted parts that the text says, 0 to 1; 0 where the case lists none."""
    if not case.accept:
        return 0.0
    return sum(says(text, (part,)) for part in case.accept) / len(case.accept)


def says(text: str, wanted: Sequence[Wanted]) -> bool:
    """Whether the text has any of the wanted words: whole words, without case, markers or markup."""
    shown = plain(text)
    return any(
        _within(shown, word)
        for entry in wanted
        for word in ((entry,) if isinstance(entry, str) else entry)
    )


def plain(text: str) -> str:
    """One sort of quotation mark and of space; no markers, no markup, no capitals; `U.S.` is `us`."""
    bare = _MARKUP.sub("", _LINK.sub(r"\1", _MARKER.sub("", text))).translate(_QUOTES)
    return " ".join(bare.casefold().split()).replace("u.s.", "us")


def _within(shown: str, words: str) -> bool:
    wanted = plain(words)
    return bool(wanted) and re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", shown) is not None
