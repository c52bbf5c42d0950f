"""Names, links and numbers an answer's sources; their words stay words in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from ingest.english.periods import in_words
from ingest.report_in_words import quoted
from service.types import Answer, ArticleCard, Citation, Nearest

JOINER = "\u2060"  # invisible, and no address continues behind it
MARKER = re.compile(r"\[(\d+)\]")
MARKERS = re.compile(r"\[\d+\](?:\s?\[\d+\])*")

_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_LINK = re.compile(r"\](?=[(:\[])")
_SCHEME = re.compile(r"(?i)\b([a-z][a-z0-9+.-]{1,20}:)(?=//)")
_NO_SLASHES = re.compile(r"(?i)\b(javascript|vbscript|data|mailto|xmpp|tel|file)(?=:\S)")
_WWW = re.compile(r"(?i)\b(www)(?=\.)")
_MAIL = re.compile(r"@(?=[\w-])")


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
    return f"\n\nThe closest passage, from {link}{undated}, says: {quoted(inert(words))}"


@dataclass(frozen=True, slots=True)
class Annotation:
    """A link for one marker, `text[start:end]` of the renumbered text, in code points."""

    start: int
    end: int
    url: str
    title: str
    citation: Citation

    def body(self) -> dict[str, Any]:
        """OpenAI's `url_citation` fields, and beside them what they cannot say."""
        day = self.citation.article.published_on
        return {
            "start_index": self.start,
            "end_index": self.end,
            "url": self.url,
            "title": self.title,
            "article_id": self.citation.article.article_id,
            "quote": self.citation.quote,
            "published_on": day.isoformat() if day else None,
        }


class ByArticle:
    """Numbers an answer's citations by article, with an OpenAI annotation for every marker.

    Chat frontends take `[n]` for the n-th distinct address among the annotations, in order; some,
    for the n-th distinct title. So two spans of one article share a number, numbers follow first
    use, and no two articles share an address or a title. The text comes piece by piece: `know` the
    citations of a piece, then `write` it.
    """

    def __init__(self, base_url: str):
        self.annotations: list[Annotation] = []
        self._base_url = base_url.rstrip("/")
        self._citations: dict[int, Citation] = {}
        self._numbers: dict[str, int] = {}  # article id → number, in order of first use
        self._owners: dict[str, str] = {}  # address or title → the article it stands for
        self._length = 0

    def refusal(self, answer: Answer) -> str:
        """What stands behind the sentence of a refusal: the closest one of the archive."""
        return closest_in_markdown(answer, self._base_url)

    def know(self, citations: Iterable[Citation]) -> None:
        self._citations.update((c.number, c) for c in citations if c.number is not None)

    def write(self, text: str) -> str:
        """The piece with our numbers, and no live markup among its words.

        Adjacent markers of one article become one.
        """
        written = ""
        at = 0
        for run in MARKERS.finditer(text):
            written += inert(text[at : run.start()])
            at = run.end()
            written += self._run(run.group(), self._length + len(written))
        written += inert(text[at:])
        self._length += len(written)
        return written

    def _run(self, run: str, start: int) -> str:
        cited = [self._citations.get(int(number)) for number in MARKER.findall(run)]
        first_of: dict[str, Citation] = {}
        for citation in cited:
            if citation is None:
                return run  # not a marker of ours: words of an article
            first_of.setdefault(citation.article.article_id, citation)
        written = ""
        for article_id, citation in first_of.items():
            marker = f"[{self._numbers.setdefault(article_id, len(self._numbers) + 1)}]"
            place = start + len(written)
            written += marker
            article = citation.article
            url = article.url or ""
            # an address that another article has stands for that one
            if is_web_address(url) and self._owners.setdefault(url, article_id) == article_id:
                url = escaped(url)
            else:
                url = f"{self._base_url}/articles/{article_id}"
            title = cited_title(article)
            if self._owners.setdefault(title, article_id) != article_id:
                title = f"{title}, source {self._numbers[article_id]}"
            self.annotations.append(Annotation(place, place + len(marker), url, title, citation))
        return written


def cited_title(article: ArticleCard) -> str:
    """Title, outlet and day in one line: all that most frontends show of a source."""
    day = article.published_on.isoformat() if article.published_on else "undated"
    outlet = f"{article.publisher}, " if article.publisher else ""
    return inert(f"{article.title} ({outlet}{day})")
