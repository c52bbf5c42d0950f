"""Ratings of answers over HTTP: one comes in, and those who keep the archive read them."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from service.contract.cursors import Cursor, Limit, cursor_of, place_of
from service.contract.problems import problems
from service.contract.request_bodies import FeedbackRequest
from service.contract.response_bodies import FeedbackPage, body_of
from service.given_answers.feedback import BEFORE_ALL, Rating
from service.surfaces.admission import MANAGES, guards
from service.wiring import Service


def routes(service: Service) -> APIRouter:
    """`/v1/feedback`, bound to one service."""
    router = APIRouter(tags=["Feedback"], dependencies=guards(service))

    @router.post(
        "/v1/feedback",
        summary="Rate an answer",
        status_code=204,
        response_class=Response,
        responses=problems(400, 404, 413, 415, 422),
    )
    def rate(request: Request, body: FeedbackRequest) -> Response:
        """One rating an answer, key and user: a second one takes the place of the first."""
        hand = "/".join(filter(None, (request.state.caller, body.user)))
        rating = Rating(body.answer_id, body.rating, body.comment, hand, datetime.now(UTC))
        service.feedback.rate(rating)
        return Response(status_code=204)

    @router.get(
        "/v1/feedback",
        summary="List ratings",
        response_model=FeedbackPage,
        dependencies=[MANAGES],
        responses=problems(403, 422),
    )
    def list_feedback(cursor: Cursor = None, limit: Limit = 50) -> Response:
        """Ratings with their answers, oldest first; `next_cursor` is null at the end."""
        after = place_of(cursor, BEFORE_ALL)
        service.stale_answers.catch_up()
        found = service.feedback.page(after, limit + 1)
        page = found[:limit]
        told = service.stale_answers.told([receipt for _, receipt in page])
        body = {
            "feedback": [
                {
                    "rating": one.rating,
                    "comment": one.comment,
                    "rated_by": one.rated_by,
                    "rated_at": one.rated_at.isoformat(),
                    "answer": receipt,
                    "history": [
                        body_of(turn) for turn in service.conversations.history(receipt["id"])
                    ],
                }
                for (one, _), receipt in zip(page, told, strict=True)
            ],
            "next_cursor": cursor_of(*page[-1][0].place) if len(found) > limit else None,
        }
        return JSONResponse(body)

    return router
