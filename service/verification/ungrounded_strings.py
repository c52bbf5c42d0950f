"""Finds addresses and codes in a claim that the sentences it cites do not have.

A claim may have a few words that its evidence has not. An address, an account, a key or any other
string that no reader would miss must not be among them: that is how a model that was talked into it
would carry something out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.types import Evidence


def names_something_foreign(text: str, cited: Sequence[Evidence]) -> bool:
    """Whether an address, or a string that is neither a word nor a number, does not stand in the
    cited sentences.

    Addresses must stand there verbatim; codes (`MH370`, `COVID-19`) may be written with other
    hyphens and capitals, and may stand in an article's title, author or outlet.
    """
    quoted = {token for item in cited for token in _tokens(item.text)}
    cards = [item.article for item in cited]
    told = [part for card in cards for part in (card.title, card.author, card.publisher) if part]
    known = _compact(" ".join([*(item.text for item in cited), *told]))
    for token in _tokens(text):
        if _ADDRESS.search(token):
            if token not in quoted:
                return True
        elif _CODE.search(token) and not _FIGURE.fullmatch(token) and _compact(token) not in known:
            return True
    return False


def _tokens(text: str) -> list[str]:
    return [token for token in (raw.strip(_AROUND) for raw in text.split()) if token]


def _compact(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


_AROUND = ".,;:!?…\"'“”‘’«»()[]{}–—*"
_ADDRESS = re.compile(
    r"://|^www\.|@|^(?:mailto|javascript|data|tel):"
    r"|^[\w-]{2,}(?:\.[\w-]+)*\.[A-Za-z]{2,}(?:[/:?#]|$)"
)
# letters and digits in one word, signs that no prose has, or more letters than a word has
_CODE = re.compile(r"[^\W\d_]\d|\d[^\W\d_]|[_=\\|~^{}<>`$]\w|\w[_=\\|~^{}<>`]|[^\W_]{30}")
_FIGURE = re.compile(
    r"[$€£¥]?[\d.,:/-]*\d(?:st|nd|rd|th|s|am|pm|k|m|bn|tn|km|mph|kg|cm|mm|gb|mb|[°%])?",
    re.IGNORECASE,
)
