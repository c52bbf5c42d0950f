"""A question and evidence come in; by which words it may mean an article, and what a sentence says of one, go out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from ingest.english import analyse
from ingest.english.words import stem, words
from ingest.types import SentenceKind
from service.query.question_analysis import Query
from service.types import Evidence

LONGEST_BYLINE = 160  # characters; a longer sentence names the author in passing

_ROLE_WORDS = {
    "fragment": "fragment excerpt aggregated", "altered": "altered paraphrase copy",
    "republished": "republished republication copy",
    "updated": "updated corrected correction",
}  # fmt: skip


def title_words(query: Query, evidence: Sequence[Evidence]) -> list[frozenset[str]]:
    """For each piece of evidence the stems of what is said of its article besides the text: title, author, outlet.

    A question about an article may call a copy by the title of another of its family, and by what it is.
    """
    cards = {item.article.article_id: item.article for item in evidence}
    own = {
        article_id: frozenset(
            stem(word)
            for said in (card.stated_title, card.author, card.publisher)
            for word in analyse(said or "").words
        )
        for article_id, card in cards.items()
    }
    if query.about is not None:
        families: dict[str, frozenset[str]] = defaultdict(frozenset)
        for article_id, known in own.items():
            families[cards[article_id].family.id] |= known
        own = {
            article_id: families[card.family.id]
            | {stem(word) for word in _ROLE_WORDS.get(card.family.role, "").split()}
            for article_id, card in cards.items()
        }
    return [own[item.article.article_id] for item in evidence]


def states(query: Query, item: Evidence) -> float:
    """How plainly, 0 to 1, the sentence states what a question about an article asks for; 0 for any other question."""
    if query.about is None:
        return 0.0
    said = set(words(item.text))
    match query.about:
        case "author":
            if not item.article.author or not set(words(item.article.author)) <= said:
                return 0.5 * (item.kind is SentenceKind.BYLINE)
            return 1.0 if len(item.text) <= LONGEST_BYLINE else 0.6
        case "outlet":
            return float(
                bool(item.article.publisher) and set(words(item.article.publisher or "")) <= said
            )
        case "date":
            day = item.article.published_on
            named = day is not None and {str(day.year), str(day.day)} <= said | {
                word.lstrip("0") for word in said
            }
            if named and item.kind is not SentenceKind.BODY:
                return 1.0
            return 0.7 if named or item.kind is SentenceKind.DATELINE else 0.0
        case "title":
            return float(item.kind is SentenceKind.TITLE)
    return 0.0
