"""The gold evidence of a case and the archive come in; the exact places that count as that evidence go out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from evals.cases import Case, Gold
from evals.metrics.quotes import Span, covers, find, same_sentence, words
from evals.replies import Article, Citation, Listed, Passage
from ingest.formats.field_names import understood
from ingest.text.segmentation import split

Cited = Citation | Passage


@dataclass(frozen=True, slots=True)
class Place:
    """Where gold words stand: `[start, end)` of one article."""

    article_id: str
    family_id: str
    altered: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Side:
    """One piece of gold evidence, and every place that counts as it; no place where the archive has no such words."""

    gold: Gold
    places: tuple[Place, ...]

    @property
    def altered(self) -> bool:
        """Whether only altered copies say it."""
        return bool(self.places) and all(place.altered for place in self.places)

    def found_in(self, shown: Iterable[Cited]) -> bool:
        """Whether one of the citations or passages holds these words."""
        return any(
            place.article_id == item.article_id and covers((item.start, item.end), place.span)
            for item in shown
            for place in self.places
        )


def candidates(gold: Gold, listed: Sequence[Listed]) -> list[Listed]:
    """Articles a gold file may mean: by its source, else the last part of it, else the file its line stands in."""
    for names in _NAMES:
        if found := [item for item in listed if names(item.source) == gold.file]:
            return found
    return []


def sides(
    case: Case, listed: Sequence[Listed], articles: Mapping[str, Article]
) -> tuple[Side, ...]:
    """The case's evidence, each with its places; `articles` holds the candidates and all members of their families."""
    return tuple(
        Side(gold, tuple(_places(gold, candidates(gold, listed), articles)))
        for gold in case.evidence
    )


def retrievable(all_sides: Sequence[Side]) -> tuple[Side, ...]:
    """The sides a search should bring up: one member speaks for a family, so no altered side where a sound one is."""
    sound = {place.family_id for side in all_sides if not side.altered for place in side.places}
    return tuple(
        side
        for side in all_sides
        if not (side.altered and {p.family_id for p in side.places} <= sound)
    )


def _places(
    gold: Gold, named: Sequence[Listed], articles: Mapping[str, Article]
) -> Iterable[Place]:
    """The quote in its own article, then the same sentence in unaltered copies of it.

    A line of front matter is no text: whatever is cited of its article says it, for a citation names outlet, byline and day.
    A copy of an altered article says it only in the very same words: a sentence that merely resembles altered words is
    the sound one.
    """
    homes = [articles[item.article_id] for item in named if item.article_id in articles]
    spoken = {
        article.article_id: find(gold.quote, article.text) or _stated(gold.quote, article)
        for article in homes
    }
    homes = [article for article in homes if spoken[article.article_id]]
    for article in homes:
        yield from (_place(article, span) for span in spoken[article.article_id])
    home_ids = {article.article_id for article in homes}
    reworded = not any(article.family.role == "altered" for article in homes)
    for copy in articles.values():
        related = (
            copy.family.id in {article.family.id for article in homes}
            and copy.article_id not in home_ids
        )
        if related and copy.family.role != "altered":
            spans = find(gold.quote, copy.text) or (
                _same_sentences(gold.quote, copy.text) if reworded else ()
            )
            yield from (_place(copy, span) for span in spans)


def _stated(quote: str, article: Article) -> tuple[Span, ...]:
    """The whole article where each line of the quote is a field that the catalogue knows of it, "author: Ines Carrow"."""
    for line in quote.splitlines():
        name, _, value = line.partition(":")
        field = next(iter(understood({name: value})[0]), "")
        known = str(getattr(article, field, None) or "")
        if not known or [w for w, *_ in words(known)] != [w for w, *_ in words(value)]:
            return ()
    return ((0, len(article.text)),)


def _same_sentences(quote: str, text: str) -> tuple[Span, ...]:
    return tuple((s.start, s.end) for s in split(text) if same_sentence(s.text, quote))


def _last_part(source: str) -> str:
    return source.rsplit("/", 1)[-1]


def _file(source: str) -> str:
    return _last_part(source.partition("#")[0])


_NAMES: tuple[Callable[[str], str], ...] = (str, _last_part, _file)


def _place(article: Article, span: Span) -> Place:
    return Place(article.article_id, article.family.id, article.family.role == "altered", span)
