"""How a source is named and linked to, and how its words stay words in Markdown."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from ingest.english.periods import in_words
from service.types import Answer, ArticleCard, Nearest

JOINER = "\u2060"  # invisible, and no address continues behind it

_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_LINK = re.compile(r"\](?=[(:\[])")
_SCHEME = re.compile(r"(?i)\b([a-z][a-z0-9+.-]{1,20}:)(?=//)")
_NO_SLASHES = re.compile(r"(?i)\b(javascript|vbscript|data|mailto|xmpp|tel|file)(?=:\S)")
_WWW = re.compile(r"(?i)\b(www)(?=\.)")
_MAIL = re.compile(r"(?<=[\w.+-])@(?=[\w-])")


def inert(text: str) -> str:
    """An article's words as text that no Markdown reader turns into a link, an image or HTML.

    It reads the same: a tag's bracket becomes “‹”, a space or an invisible joiner breaks links and
    addresses. Quotes and offsets elsewhere are not touched.
    """
    text = _LINK.sub("] ", _TAG.sub("‹", text))
    text = _SCHEME.sub(rf"\1{JOINER}", text)
    text = _NO_SLASHES.sub(rf"\1{JOINER}", text)
    return _MAIL.sub(f"@{JOINER}", _WWW.sub(rf"\1{JOINER}", text))


def origin(article: ArticleCard) -> str:
    """Outlet and day in words: "The Strait Ledger of 3 March 2025"; the title without an outlet."""
    name = article.publisher or f"“{article.title}”"
    return f"{name} of {in_words(article.published_on)}" if article.published_on else name


def address(article: ArticleCard, base_url: str) -> str:
    """The article's own web address, else its page here, with nothing in it that ends a link."""
    url = article.url if article.url and is_web_address(article.url) else None
    return escaped(url or f"{base_url.rstrip('/')}/articles/{article.article_id}")


def escaped(url: str) -> str:
    return quote(url.strip(), safe="!#$%&*+,/:;=?@[]~", errors="replace")


def is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def closest(answer: Answer) -> Nearest | None:
    """The best of what is near, where nothing was answered and a sentence comes near at all."""
    return next((hit for hit in answer.nearest if hit.sentence is not None), None)


def closest_in_markdown(answer: Answer, base_url: str) -> str:
    """What a refusal adds for a reader: the closest sentence, dated and linked; or nothing."""
    hit = closest(answer)
    if hit is None or hit.sentence is None:
        return ""
    words = " ".join(hit.sentence.text.split())
    link = f"[{inert(origin(hit.article))}]({address(hit.article, base_url)})"
    undated = "" if hit.article.published_on else " (undated)"
    return f"\n\nThe closest passage, from {link}{undated}, says: “{inert(words)}”"
