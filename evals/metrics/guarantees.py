"""An answer and the articles it names come in; every promise of the contract that it breaks goes out, as a sentence.

The six guarantees are judged from the outside, from the JSON and the articles alone, whoever drafted the answer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from evals.metrics.quotes import covers, words
from evals.replies import Alteration, Answer, Article, Citation, Claim, Shape, read_answer
from ingest.text.publication_dates import latest_named_date

NEAREST_SHOWN = 3  # contract, guarantee 3
OPPOSING = frozenset(
    {"negation", "quantifier"}
)  # kinds whose insertion alone makes a text say otherwise

_MARKER = re.compile(r"\[(\d+)\]")


def violations(
    answer: Mapping[str, Any], articles: Mapping[str, Article], as_of: date | None = None
) -> list[str]:
    """The guarantees an answer breaks, each once, beginning with its number; [] where all six hold.

    `articles` holds every article that the answer cites or shows in a conflict; `as_of` is the date that was asked for.
    """
    body = read_answer(answer)
    if isinstance(body, Shape):
        return [f"shape: {body.fault}"]
    found = [*_spans(body, articles), *_as_of(body, articles, as_of)]
    if body.declined:
        found += _declined(body)
    else:
        found += [*_text(body), *_numbers(body), *_sources(body, articles)]
        found += [
            f"5: words that were altered in {name} support a claim"
            for name in adopted(body, articles)
        ]
    return list(dict.fromkeys(found))


def exact(citation: Citation, articles: Mapping[str, Article]) -> bool:
    """Guarantee 1 for one citation: its quote stands at its offsets, character for character, and is not empty."""
    article = articles.get(citation.article_id)
    quote = citation.quote
    return (
        article is not None
        and bool(quote.strip())
        and article.text[citation.start : citation.end] == quote
    )


def adopted(answer: Answer, articles: Mapping[str, Article]) -> list[str]:
    """Guarantee 5: sources of the citations whose altered words a claim takes over.

    A claim may cite altered words to tell of them: a conflict then names them as an account that was not chosen, and
    the text cites the chosen account too.
    """
    cited = {citation.number: citation for citation in answer.citations}
    found = []
    for claim in answer.claims:
        for citation in (cited[number] for number in claim.citations if number in cited):
            article = articles.get(citation.article_id)
            if article is None or _told_as_conflict(citation, answer):
                continue
            if any(_takes_over(claim, citation, alteration) for alteration in article.alterations):
                found.append(citation.source)
    return list(dict.fromkeys(found))


def inflated(answer: Answer, articles: Mapping[str, Article]) -> int:
    """Guarantee 4: how many claims count more independent sources than there are families among their citations."""
    return sum(
        claim.independent_sources > families(claim, answer, articles) for claim in answer.claims
    )


def families(claim: Claim, answer: Answer, articles: Mapping[str, Article]) -> int:
    """Distinct families among a claim's citations, as the archive and not the answer tells them."""
    cited = [citation for citation in answer.citations if citation.number in claim.citations]
    return len(
        {
            articles[c.article_id].family.id if c.article_id in articles else c.family.id
            for c in cited
        }
    )


def _spans(answer: Answer, articles: Mapping[str, Article]) -> Iterator[str]:
    for citation in (*answer.citations, *answer.accounts):
        if citation.article_id not in articles:
            yield f"1: {citation.source} is cited and not in the archive"
        elif not exact(citation, articles):
            yield f"1: the quote from {citation.source} does not stand at [{citation.start}, {citation.end})"


def _text(answer: Answer) -> Iterator[str]:
    """Guarantee 2, first half: claims in order cover the text, and each rests on something."""
    at = 0
    for claim in answer.claims:
        if answer.text[claim.start : claim.end] != claim.text:
            yield "2: a claim does not stand at its offsets in the text"
        if claim.start < at or claim.end < claim.start:
            yield "2: claims are out of order"
        elif answer.text[at : claim.start].strip():
            yield "2: words of the text belong to no claim"
        if claim.support == "counted":
            if claim.citations or claim.counted is None:
                yield "2: a counted sentence cites something or does not say what it counts"
        elif not claim.citations:
            yield "2: a claim has no citation"
        if claim.support == "exact" and not _copied(claim, answer):
            yield "2: a claim called exact has words that its quotes have not"
        at = max(at, claim.end)
    if answer.text[at:].strip() or not answer.claims:
        yield "2: words of the text belong to no claim"


def _numbers(answer: Answer) -> Iterator[str]:
    """Guarantee 2, second half: markers run 1, 2, 3 … and are exactly the citations."""
    order = list(dict.fromkeys(int(number) for number in _MARKER.findall(answer.text)))
    if order != list(range(1, len(order) + 1)):
        yield "2: markers do not run 1, 2, 3 in order of first use"
    if Counter(order) != Counter(citation.number for citation in answer.citations):
        yield "2: markers in the text and numbers in citations differ"
    for claim in answer.claims:
        if {int(number) for number in _MARKER.findall(claim.text)} != set(claim.citations):
            yield "2: the markers of a claim and its citations differ"


def _declined(answer: Answer) -> Iterator[str]:
    """Guarantee 3."""
    if not answer.text.strip() or "\n" in answer.text.strip() or _MARKER.search(answer.text):
        yield "3: a refusal must be one plain sentence"
    if answer.claims or answer.citations:
        yield "3: a refusal has claims or citations"
    if answer.declined_because is None:
        yield "3: a refusal gives no reason"
    if len(answer.nearest) > NEAREST_SHOWN:
        yield f"3: a refusal shows more than {NEAREST_SHOWN} nearest passages"


def _sources(answer: Answer, articles: Mapping[str, Article]) -> Iterator[str]:
    """Guarantee 4."""
    if any(
        claim.independent_sources != families(claim, answer, articles) for claim in answer.claims
    ):
        yield "4: independent_sources is not the number of families cited"


def _as_of(answer: Answer, articles: Mapping[str, Article], asked: date | None) -> Iterator[str]:
    """Guarantee 6, for what is shown in conflicts too."""
    if asked is not None and answer.as_of != asked:
        yield "6: as_of was not taken over"
    limit = asked or answer.as_of
    for citation in (*answer.citations, *answer.accounts):
        article = articles.get(citation.article_id)
        if article is None:
            continue
        if citation.published_on != article.published_on:
            yield f"6: the date of {citation.source} is not the archive's"
        if limit is None:
            continue
        latest = article.published_on or latest_named_date(article.text)
        if latest is not None and latest > limit:
            what = "was published" if article.published_on else "names a date"
            yield f"6: {citation.source} {what} after {limit.isoformat()}"


def _told_as_conflict(citation: Citation, answer: Answer) -> bool:
    """Whether a conflict shows this citation as an account that lost, and the text cites the one that won."""
    for conflict in answer.conflicts:
        if conflict.chosen is None or not 0 <= conflict.chosen < len(conflict.accounts):
            continue
        chosen = conflict.accounts[conflict.chosen].citation
        others = (a.citation for at, a in enumerate(conflict.accounts) if at != conflict.chosen)
        won = any(_same_words(chosen, cited) for cited in answer.citations)
        if won and any(_same_words(other, citation) for other in others):
            return True
    return False


def _same_words(a: Citation, b: Citation) -> bool:
    return a.article_id == b.article_id and covers((a.start, a.end), (b.start, b.end))


def _takes_over(claim: Claim, citation: Citation, alteration: Alteration) -> bool:
    """Whether a claim says what an alteration made of a text that said otherwise.

    Words that the other text merely lacks contradict nothing, unless they negate or limit. Words left out (an empty
    span here) are taken over with the sentence they are missing from.
    """
    here, there = alteration.here, alteration.canonical
    if not there.text.strip() and alteration.kind not in OPPOSING:
        return False
    if not here.text.strip():
        return citation.start < here.start < citation.end
    if not (here.start < citation.end and citation.start < here.end):
        return False
    said = {word for word, _, _ in words(_MARKER.sub("", claim.text))}
    changed = {word for word, _, _ in words(here.text)} - {word for word, _, _ in words(there.text)}
    return bool(said & changed) if changed else True


def _copied(claim: Claim, answer: Answer) -> bool:
    """Whether the words of a claim, markers apart, are words of its quotes."""
    quoted = Counter(
        word
        for c in answer.citations
        if c.number in claim.citations
        for word, _, _ in words(c.quote)
    )
    return not Counter(word for word, _, _ in words(_MARKER.sub("", claim.text))) - quoted
