"""Translates to and from Slack's markup; nothing in an article can break or abuse it."""

from __future__ import annotations

import re
from datetime import date

from service.surfaces.sources import address, closest, is_web_address, origin
from service.types import Account, Answer, ArticleCard, Citation, Conflict

SECTION_CHARACTERS = 3_000  # a section block over this is refused, and the bot goes silent
# about 13,200 have been seen refused; the documented 40,000 holds for text without blocks
MESSAGE_CHARACTERS = 12_000
QUOTE_CHARACTERS = 200
WORDS_CHARACTERS = 160  # of one account of a conflict
ABOUT_CHARACTERS = 400  # of the words in which an altered copy differs
WORDS_AROUND = 4  # kept on each side of what differs between two accounts
TITLE_CHARACTERS = 150
OUTLET_CHARACTERS = 80
LINK_CHARACTERS = 1_000  # with the limits above, one line about a source always fits a section
NEAREST_SHOWN = 3
CLOSEST_CHARACTERS = 600
SOURCES = "*Sources*"
CLOSEST = "The closest passage, from"
ALSO_NEAR = "Also near:"

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

_TOKEN = re.compile(r"<([^<>]*)>")
_UNSENDABLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_MARKER = re.compile(r"\s*\[\d+\]")
_COPY = {
    "original": "original",
    "republished": "republished copy",
    "fragment": "fragment",
    "updated": "updated version",
    "altered": "altered copy",
}


def plain(text: str) -> str:
    """What a person typed, without mentions and markup: links are labels, `&lt;` is `<`.

    What no question may hold (NUL, lone surrogates, other controls) is dropped.

    >>> plain("<@U02BOT>, who runs <https://example.org|the R&amp;D desk>?")
    'who runs the R&D desk?'
    """
    words = _TOKEN.sub(_shown, text).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return re.sub(r"[^\S\n]+", " ", _UNSENDABLE.sub("", words)).strip().lstrip(",:;").strip()


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
    """What one of our own replies said, for the history of a thread: no sources, no markers."""
    return plain(_MARKER.sub("", re.split(re.escape(SOURCES) + "|" + CLOSEST, text)[0]))


def render(answer: Answer, public_url: str | None) -> str:
    """The reply as Slack markup: text with `[n]`, sources, conflicts; or why not, and what is near.

    Every word that comes from an article is escaped. `public_url` is where readers reach the
    service, for articles that state no address of their own.
    """
    blocks = [escape(answer.text)]
    if answer.citations:
        blocks.append(
            "\n".join(
                [
                    SOURCES,
                    *(
                        f'[{citation.number}] "{_short(citation.quote, QUOTE_CHARACTERS)}" — '
                        + _described(citation.article, public_url)
                        for citation in answer.citations
                    ),
                ]
            )
        )
    if answer.conflicts:
        blocks.append("\n".join(_conflict(conflict) for conflict in answer.conflicts))
    near = closest(answer)
    if near is not None and near.sentence is not None:
        link, name = _link(near.article, public_url), escape(origin(near.article))
        source = f"<{link}|{name}>" if link else name
        said = _short(near.sentence.text, CLOSEST_CHARACTERS)
        blocks.append(f"{CLOSEST} {source}, says: “{said}”")
    others = [hit for hit in answer.nearest[:NEAREST_SHOWN] if hit is not near]
    if others:
        near_lines = [f"• {_described(hit.article, public_url)}" for hit in others]
        blocks.append("\n".join([ALSO_NEAR if near else "Nearest in the archive:", *near_lines]))
    return "\n\n".join(blocks)


def _described(article: ArticleCard, public_url: str | None) -> str:
    """Title with its link, outlet, date, and what kind of copy this is where there are others."""
    title, link = _short(article.title, TITLE_CHARACTERS), _link(article, public_url)
    parts = [f"<{link}|{title}>" if link else title]
    if article.publisher:
        parts.append(_short(article.publisher, OUTLET_CHARACTERS))
    parts.append(_day(article.published_on))
    copy = f" ({_COPY.get(article.family.role, article.family.role)}, 1 of {article.family.size})"
    return ", ".join(parts) + (copy if article.family.size > 1 else "")


def _link(article: ArticleCard, public_url: str | None) -> str | None:
    """The article's web address, else our page; encoded so that it cannot end the link."""
    if not public_url and not is_web_address(article.url or ""):
        return None
    link = address(article, public_url or "").replace("&", "&amp;")
    return link if len(link) <= LINK_CHARACTERS else None


def _day(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else "undated"


def _conflict(conflict: Conflict) -> str:
    """One line that says which outlet has which words, and which account was used."""
    used = conflict.accounts[conflict.chosen or 0]
    others = [account for account in conflict.accounts if account is not used]
    number = f" [{used.citation.number}]" if used.citation.number is not None else ""
    if conflict.status == "altered_copy":
        outlets = ", ".join(dict.fromkeys(_who(account.citation) for account in others))
        about = _short(conflict.about, ABOUT_CHARACTERS)
        return f"An altered copy in {outlets} has other words than this source{number}: {about}."
    said = "; ".join(f"{_who(account.citation)} has {_words(account, used)}" for account in others)
    here = f"{_who(used.citation)} has {_words(used, others[0] if others else used)}{number}"
    if conflict.chosen is None:
        return f"Accounts disagree: {here}; {said}."
    return f"An older account: {said}; the newer one in {here}."


def _who(citation: Citation) -> str:
    """The outlet, else the title, with the date where there is one."""
    article = citation.article
    name = _short(article.publisher or article.title, OUTLET_CHARACTERS)
    return f"{name} ({_day(article.published_on)})" if article.published_on else name


def _words(account: Account, other: Account) -> str:
    """What this account has where the other has something else, with a few words around it."""
    mine, theirs = account.text.split(), other.text.split()
    before = _agreeing(mine, theirs)
    after = _agreeing(mine[before:][::-1], theirs[before:][::-1])
    start, end = max(0, before - WORDS_AROUND), min(len(mine), len(mine) - after + WORDS_AROUND)
    if before == len(mine):
        start, end = 0, len(mine)
    shown = " ".join(mine[start:end]) + ("…" if end < len(mine) else "")
    return f"“{'…' if start else ''}{_short(shown, WORDS_CHARACTERS)}”"


def _agreeing(mine: list[str], theirs: list[str]) -> int:
    """How many words the two begin with alike."""
    return next(
        (n for n, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b),
        min(len(mine), len(theirs)),
    )


def _short(text: str, limit: int) -> str:
    """One escaped line of at most `limit` characters before escaping, cut between words."""
    line = " ".join(text.split())
    if len(line) > limit:
        line = (line[: limit - 1].rsplit(" ", 1)[0] or line[: limit - 1]).rstrip() + "…"
    return escape(line)


def escape(text: str) -> str:
    """Text that Slack shows as it is: no mention, link, broadcast or code fence comes of it."""
    safe = _UNSENDABLE.sub("", text).replace("`", "ˋ")
    return safe.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def parts(text: str, limit: int) -> tuple[str, ...]:
    """Pieces of at most `limit` characters, cut at lines or spaces, never in an `&entity;`."""
    pieces = []
    while len(text) > limit:
        cut = next((at for gap in ("\n", " ") if (at := text.rfind(gap, 1, limit + 1)) > 0), limit)
        entity = text.rfind("&", max(limit - len("&amp;") + 1, 1), limit)
        if cut == limit and entity > 0 and ";" not in text[entity:limit]:
            cut = entity
        pieces.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return (*(piece for piece in pieces if piece), *([text] if text.strip() else []))
