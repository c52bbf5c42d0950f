"""Translates to and from Slack's markup; nothing in an article can break or abuse it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date

from service.surfaces.source_links import JOINER, address, inert, is_web_address
from service.types import ArticleCard

TITLE_CHARACTERS = 110  # before a card's `[12][13] ` and within its 150
OUTLET_CHARACTERS = 60
LINK_CHARACTERS = 1_000  # so that one line about a source always fits a section

USAGE = (
    "Ask me something about the articles in the archive, for example: "
    "Who wrote about the ferries, and when?"
)
TOO_LONG = (
    "That question is {count:,} characters long, and I can take {limit:,}. "
    "Please ask it in fewer words."
)
FAILED = "Sorry, I could not answer that: {why}"
BROKEN = (
    "Sorry, something failed on my side, so I cannot answer that now. "
    "The failure is in the service's log."
)
SEARCHING = "Searching the archive…"
NOT_FOR_YOU = "Sorry, the settings of this channel do not let you ask here."
NO_WORDS = "That message has no words that I could check."
ASKED = "<@{user}> asks: {question}"
OUT_OF_DATE = "*The answer above is out of date:* {because}."
BECAUSE = {
    "corrected": "what it cites was corrected; it now reads",
    "altered": "what it cites was found to be altered; the sound copy reads",
    "removed": "an article that it cites was removed from the archive",
    "withdrawn": "an article that it cites was withdrawn",
}
CHANGED = "The answer to a saved question has changed: *{question}*"
GONE = "Its answers are kept no longer."
RESTARTING = "I am being restarted; the answer will stand here when I am back."
STOPPED = "Stopped. Every sentence above is checked; the answer is not complete."
STOPPED_EARLY = "Stopped before the first sentence was found."

ASIDE = JOINER  # begins what we say beside answers; nobody sees it

_TOKEN = re.compile(r"<([^<>]*)>")
_UNSENDABLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_MARKER = re.compile(r"\s*\[\d+\]")
_EMOJI = re.compile(r":(?=[a-z][a-z0-9_+'-]*:)")
# what is never cut: a word or a character, with the markers behind it
_WORD = re.compile(r"\s*\S+(?:\s+\[\d+\]\S*)*|\s+")
_ATOM = re.compile(r"(?s)(?:&(?:amp|lt|gt);|.)(?:\s*\[\d+\])*")


def plain(text: str) -> str:
    """What a person typed, without mentions and markup: links are labels, `&lt;` is `<`.

    What no question may hold (NUL, lone surrogates, other controls) is dropped.

    >>> plain("<@U02BOT>, who runs <https://example.org|the R&amp;D desk>?")
    'who runs the R&D desk?'
    """
    words = _TOKEN.sub(_shown, text).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return re.sub(r"[^\S\n]+", " ", _UNSENDABLE.sub("", words)).strip().lstrip(",:;").strip()


def mentioned(text: str) -> set[str]:
    """The ids of the people that a message as Slack sends it calls."""
    return set(re.findall(r"<@([A-Z0-9]+)(?:\|[^<>]*)?>", text))


def _shown(token: re.Match[str]) -> str:
    """A mention shows nothing, a channel its name, a link its label or address."""
    target, _, label = token[1].partition("|")
    if target.startswith("@"):
        return " "
    if target.startswith("#"):
        return f"#{label}" if label else " "
    if target.startswith("!"):
        return label or " "
    return label or target.removeprefix("mailto:")


def earlier_answer(text: str) -> str:
    """What one of our own replies said, for the history of a thread: without markers."""
    return plain(_MARKER.sub("", text.replace(JOINER, "")))


def escape(text: str) -> str:
    """Text that Slack shows as it is: no mention, link, broadcast or code fence comes of it."""
    safe = _UNSENDABLE.sub("", text).replace("`", "ˋ")
    return safe.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def markdown(text: str) -> str:
    """The same for Slack's Markdown, where brackets, addresses and `:names:` could do something."""
    # first what Slack cannot take: taking it out could bring a bracket and a parenthesis together
    return escape(_EMOJI.sub(f":{JOINER}", inert(_UNSENDABLE.sub("", text))))


def short(text: str, limit: int) -> str:
    """One escaped line of at most `limit` characters, escapes included, cut between words."""
    line = escape(" ".join(text.split()))
    return line if len(line) <= limit else packed([line], limit - 1)[0] + "…"


def packed(sentences: Iterable[str], limit: int, size: Callable[[str], int] = len) -> list[str]:
    """Pieces of at most `limit` by `size`, cut between sentences, and inside one where it must be.

    A sentence is cut between words, a word between characters; a citation's `[n]` stays with the
    word before it, and no `&entity;` is cut. A run of markers longer than `limit` stays whole.
    """
    pieces: list[str] = []
    room = ""
    for sentence in sentences:
        parts = [sentence]
        if size(sentence) > limit:
            words = _WORD.findall(sentence)
            parts = [p for w in words for p in ([w] if size(w) <= limit else _ATOM.findall(w))]
        for part in parts:
            if room and size(room + part) > limit:
                pieces.append(room.rstrip())
                room, part = "", part.lstrip()
            room += part
    return [*pieces, room.rstrip()] if room.strip() else pieces


def day_in_words(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else "undated"


def link(article: ArticleCard, public_url: str | None) -> str | None:
    """The article's web address, else our page; encoded so that it cannot end the link."""
    if not public_url and not is_web_address(article.url or ""):
        return None
    url = address(article, public_url or "")
    return url if len(url) <= LINK_CHARACTERS else None


def linked(words: str, url: str | None) -> str:
    """Escaped words as a link in mrkdwn, where there is an address."""
    return f"<{url.replace('&', '&amp;')}|{words}>" if url else words
