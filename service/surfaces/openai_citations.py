"""Numbers an answer's citations by article, with an OpenAI annotation for every marker.

Chat frontends take `[n]` for the n-th distinct address among the annotations, in order. So two
spans of one article share a number here, numbers follow first use, and no two articles share an
address.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from service.surfaces.sources import closest_in_markdown, escaped, inert, is_web_address
from service.types import Answer, ArticleCard, Citation

MARKER = re.compile(r"\[(\d+)\]")
MARKERS = re.compile(r"\[\d+\](?:\s?\[\d+\])*")


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
    """Renumbers a text piece by piece: `know` the citations of a piece, then `write` it."""

    def __init__(self, base_url: str):
        self.annotations: list[Annotation] = []
        self._base_url = base_url.rstrip("/")
        self._citations: dict[int, Citation] = {}
        self._numbers: dict[str, int] = {}  # article id → number, in order of first use
        self._owners: dict[str, str] = {}  # address → the article it stands for
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
            url, title = self._address(citation.article), cited_title(citation.article)
            self.annotations.append(Annotation(place, place + len(marker), url, title, citation))
        return written

    def _address(self, article: ArticleCard) -> str:
        """The article's own address, or its page here where another article has that address."""
        url = article.url or ""
        if (
            is_web_address(url)
            and self._owners.setdefault(url, article.article_id) == article.article_id
        ):
            return escaped(url)
        return f"{self._base_url}/articles/{article.article_id}"


def cited_title(article: ArticleCard) -> str:
    """Title, outlet and day in one line: all that most frontends show of a source."""
    day = article.published_on.isoformat() if article.published_on else "undated"
    outlet = f"{article.publisher}, " if article.publisher else ""
    return inert(f"{article.title} ({outlet}{day})")
