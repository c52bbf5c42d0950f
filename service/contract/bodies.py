"""Inside types in, the contract's JSON out, and a checked request in, a Question out: the one place that knows both."""

from __future__ import annotations

from datetime import date
from typing import Any

from ingest.cli import report_body
from ingest.storage.catalogue import Snapshot, StoredArticle
from ingest.types import Alteration
from service.conflicts.side_by_side import Pair, Side
from service.contract.problems import problem_body
from service.contract.schemas import AnswerRequest
from service.jobs import Job
from service.retrieval.retriever import card
from service.types import (
    Answer,
    ArticleCard,
    Citation,
    Claim,
    Conflict,
    FamilyPlace,
    Filters,
    Hit,
    Question,
    Turn,
)

LAST_TURNS = 20  # older turns never decide what a follow-up means
LONGEST_TURN = 8_000  # characters; longer turns are pasted documents

Body = dict[str, Any]


def question_from(request: AnswerRequest) -> Question:
    """What the request asks; of a long history the last 20 turns, each cut at 8,000 characters."""
    turns = tuple(Turn(turn.role, turn.content) for turn in request.history or ())
    wanted = request.filters
    filters = (
        Filters(
            wanted.published_after,
            wanted.published_before,
            tuple(wanted.publishers),
            tuple(wanted.article_ids),
        )
        if wanted
        else Filters()
    )
    return Question(request.question, recent(turns), request.as_of, filters)


def recent(turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """The end of a history, bounded."""
    return tuple(Turn(turn.role, turn.content[:LONGEST_TURN]) for turn in turns[-LAST_TURNS:])


def answer_body(answer: Answer) -> Body:
    """The object of `POST /v1/answers`."""
    return {
        "id": answer.id,
        "question": answer.question,
        "text": answer.text,
        "outcome": answer.outcome,
        "declined_because": answer.declined_because,
        "claims": [claim_body(claim) for claim in answer.claims],
        "citations": [citation_body(citation) for citation in answer.citations],
        "conflicts": [conflict_body(conflict) for conflict in answer.conflicts],
        "nearest": [hit_body(hit) for hit in answer.nearest],
        "as_of": _iso(answer.as_of),
        "answerer": answer.answerer,
        "model": answer.model,
        "fallback": answer.fallback,
        "usage": answer.usage,
        "timings_ms": answer.timings_ms,
        "index": answer.index,
    }


def claim_body(claim: Claim) -> Body:
    return {
        "text": claim.text,
        "start": claim.start,
        "end": claim.end,
        "citations": list(claim.citations),
        "support": claim.support,
        "independent_sources": claim.independent_sources,
    }


def citation_body(citation: Citation) -> Body:
    card = _card_body(citation.article)
    return {
        "number": citation.number,
        "article_id": card.pop("article_id"),
        "passage_id": citation.passage_id,
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        **card,
    }


def conflict_body(conflict: Conflict) -> Body:
    return {
        "about": conflict.about,
        "status": conflict.status,
        "accounts": [
            {"text": a.text, "citation": citation_body(a.citation)} for a in conflict.accounts
        ],
        "chosen": conflict.chosen,
        "why": conflict.why,
    }


def hit_body(hit: Hit) -> Body:
    """One passage of `GET /v1/search`."""
    card = _card_body(hit.article)
    return {
        "passage_id": hit.passage_id,
        "article_id": card.pop("article_id"),
        "text": hit.text,
        "start": hit.start,
        "end": hit.end,
        "score": round(min(1.0, max(0.0, hit.score)), 6),
        **card,
    }


def article_card_body(stored: StoredArticle) -> Body:
    """One line of `GET /v1/articles`."""
    body = _card_body(card(stored))
    return {
        key: body[key]
        for key in ("article_id", "title", "publisher", "published_on", "source", "family")
    }


def article_body(stored: StoredArticle, snapshot: Snapshot) -> Body:
    """One article with everything that is known of it; `snapshot` names the other members of its family."""
    article = stored.article
    body = _card_body(card(stored))
    return {
        "article_id": body["article_id"],
        "title": body["title"],
        "text": article.text,
        "author": article.author,
        "publisher": article.publisher,
        "url": article.url,
        "source": article.source,
        "published_on": _iso(article.published_on),
        "republished_on": _iso(article.republished_on),
        "updated_on": _iso(article.updated_on),
        "date_source": article.date_source,
        "stated_dates": [
            {"kind": d.kind, "day": d.day.isoformat(), "precision": d.precision, "where": d.where}
            for d in article.stated_dates
        ],
        "credited_to": article.credited_to,
        "language": article.language,
        "ingested_at": stored.ingested_at,
        "family": {**body["family"], "members": _members(stored.family_id, snapshot)},
        "alterations": _alterations(stored, snapshot),
    }


def comparison_body(stored: StoredArticle, canonical: StoredArticle, pairs: list[Pair]) -> Body:
    """The object of `GET /v1/articles/{id}/alterations`."""
    known = article_card_body(canonical)
    return {
        "article_id": stored.article.article_id,
        "canonical": {
            key: known[key] for key in ("article_id", "title", "publisher", "published_on")
        },
        "pairs": [
            {
                "kinds": list(pair.kinds),
                "canonical": _side_body(pair.canonical),
                "here": _side_body(pair.here),
            }
            for pair in pairs
        ],
    }


def _side_body(side: Side) -> Body:
    marked = [list(span) for span in side.marked]
    return {"start": side.start, "end": side.end, "text": side.text, "marked": marked}


def job_body(job: Job) -> Body:
    """The object of `GET /v1/jobs/{id}`; its report is that of `dateline ingest --json`."""
    return {
        "job_id": job.job_id,
        "status": job.status,
        "progress": {"stage": job.stage, "done": job.done, "total": job.total},
        "report": report_body(job.report) if job.report else None,
        "error": problem_body(job.error, job.request_id) if job.error else None,
        "created_at": job.created_at.isoformat(timespec="milliseconds"),
        "finished_at": job.finished_at.isoformat(timespec="milliseconds")
        if job.finished_at
        else None,
    }


def _members(family_id: str, snapshot: Snapshot) -> list[Body]:
    family = snapshot.family(family_id)
    members = family.members if family else ()
    known = snapshot.articles(member.article_id for member in members)
    lines = [
        article_card_body(known[member.article_id])
        for member in members
        if member.article_id in known
    ]
    for line in lines:
        place = line.pop("family")
        line.update(role=place["role"], canonical=place["canonical"])
    return lines


def _alterations(stored: StoredArticle, snapshot: Snapshot) -> list[Body]:
    family = snapshot.family(stored.family_id) if stored.member.alterations else None
    canonical = next((m.article_id for m in family.members if m.canonical), "") if family else ""
    return [_alteration_body(alteration, canonical) for alteration in stored.member.alterations]


def _alteration_body(alteration: Alteration, canonical_id: str) -> Body:
    here, there = alteration.here, alteration.canonical
    return {
        "kind": alteration.kind,
        "here": {"start": here.start, "end": here.end, "text": here.text},
        "canonical": {
            "article_id": canonical_id,
            "start": there.start,
            "end": there.end,
            "text": there.text,
        },
    }


def _card_body(card: ArticleCard) -> Body:
    return {
        "article_id": card.article_id,
        "title": card.title,
        "author": card.author,
        "publisher": card.publisher,
        "url": card.url,
        "source": card.source,
        "published_on": _iso(card.published_on),
        "date_source": card.date_source,
        "family": _place_body(card.family),
    }


def _place_body(place: FamilyPlace) -> Body:
    return {"id": place.id, "size": place.size, "role": place.role, "canonical": place.canonical}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
