"""An answer comes in; how far its citations bear out its sentences, by ALCE's definitions with our verifier, goes out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from evals.cases import Case
from evals.metrics.outcome import Outcome
from evals.replies import Answer, Article, Citation, Claim
from ingest.text.segmentation import TURN
from ingest.types import SentenceKind
from service.types import ArticleCard, Draft, Evidence, FamilyPlace
from service.verification.verify import verify

# Sentences about the sources themselves, by rule, from what the catalogue knows of them: no words of theirs say it.
_ABOUT_SOURCES = re.compile(
    r"This was reported on |The report comes from |\d+ outlets in the archive carry this"
    r"|In the archive this report stands only in |The question (?:says|takes) “|.+ disagree on this\b"
)

# What the service says in front of a copied sentence (`service.drafting.openings`).
_OPENING = re.compile(rf"^(?:Yes: |No: |[^:\[\]]{{2,80}} writes: |{TURN.pattern})+")


def recall(case: Case, outcome: Outcome) -> float | None:
    """Share of the sentences that all they cite, taken together, bears out (Gao et al. 2023)."""
    judged = _judged(outcome)
    return sum(borne for _, borne in judged) / len(judged) if judged else None


def precision(case: Case, outcome: Outcome) -> float | None:
    """Share of the citations that are needed: of a sentence that is borne out, and by itself or with the others
    necessary for it (Gao et al. 2023)."""
    judged = _judged(outcome)
    needed = [
        borne and _needed(cited, at, claim)
        for (claim, cited), borne in judged
        for at in range(len(cited))
    ]
    return sum(needed) / len(needed) if needed else None


def unsupported(case: Case, outcome: Outcome) -> float | None:
    """Share of the sentences that what they cite does not bear out."""
    share = recall(case, outcome)
    return None if share is None else 1 - share


def borne_out(claim: Claim, cited: Sequence[Evidence]) -> bool:
    keys = tuple(item.key for item in cited)
    return (
        verify(Draft(_OPENING.sub("", claim.text), keys), {e.key: e for e in cited}).support
        is not None
    )


@lru_cache(1)  # three scores ask it of one outcome after the other
def _judged(outcome: Outcome) -> list[tuple[tuple[Claim, list[Evidence]], bool]]:
    """Each sentence with what it cites, and whether that bears it out.

    Counts cite nothing, and sentences about the sources are in nobody's words: both are left out.
    """
    answer = outcome.answer
    if answer is None:
        return []
    found = [
        (claim, _cited(claim, answer, outcome))
        for claim in answer.claims
        if claim.support != "counted" and not _ABOUT_SOURCES.match(claim.text)
    ]
    return [((claim, cited), borne_out(claim, cited)) for claim, cited in found]


def _needed(cited: Sequence[Evidence], at: int, claim: Claim) -> bool:
    others = [*cited[:at], *cited[at + 1 :]]
    return not others or borne_out(claim, [cited[at]]) or not borne_out(claim, others)


def _cited(claim: Claim, answer: Answer, outcome: Outcome) -> list[Evidence]:
    return [
        _evidence(citation, outcome.articles.get(citation.article_id))
        for citation in answer.citations
        if citation.number in claim.citations
    ]


def _evidence(citation: Citation, article: Article | None) -> Evidence:
    """A citation as the verifier reads it: the words that stand there, whatever the answer says they are."""
    text = article.text[citation.start : citation.end] if article else ""
    titled = text.strip() == citation.title.strip()
    family = citation.family
    return Evidence(
        key=f"c{citation.number}",
        text=text,
        start=citation.start,
        end=citation.end,
        kind=SentenceKind.TITLE if titled else SentenceKind.BODY,
        passage_id=citation.passage_id,
        passage_score=1.0,
        article=ArticleCard(
            citation.article_id,
            citation.title,
            citation.author,
            citation.publisher,
            citation.url,
            citation.source,
            citation.published_on,
            citation.date_source,
            FamilyPlace(family.id, family.size, family.role, family.canonical),
        ),
    )
