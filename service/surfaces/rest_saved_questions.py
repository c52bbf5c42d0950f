"""Saved questions over HTTP."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from ingest.errors import AddressRefused, InvalidRequest
from ingest.web.addresses import allowed, checked, expect_reachable
from service.contract.problems import problems
from service.contract.request_bodies import SavedQuestionRequest
from service.contract.response_bodies import (
    SavedQuestion,
    SavedQuestionList,
    SavedQuestionRead,
    body_of,
)
from service.given_answers.saved_questions import SavedQuestion as Saved
from service.surfaces.admission import guards
from service.wiring import Service


def routes(service: Service) -> APIRouter:
    """`/v1/saved-questions`, bound to one service. Another key's question is a 404."""
    router = APIRouter(tags=["Answers"], dependencies=guards(service))
    saved, allow = service.saved_questions, allowed(service.settings.fetch_allow)

    @router.post(
        "/v1/saved-questions",
        summary="Save a question",
        status_code=201,
        responses=problems(400, 413, 415, 422, 504),
    )
    async def save(request: Request, body: SavedQuestionRequest) -> SavedQuestion:
        """It is asked at once, and again after each change of the archive that may bear on it.

        The webhook and the channel are told only if the answer's numbers, dates, names or polarity
        are other ones, an account came that disputes it, or there was no answer before.
        """
        if body.webhook:
            try:
                expect_reachable(checked(body.webhook), allow)
            except AddressRefused as error:
                raise InvalidRequest(f"webhook: this {error}") from error
        asked, owner = body.asked(), request.state.caller
        return _shown(service, await saved.save(asked, body.webhook, body.slack_channel, owner))

    @router.get("/v1/saved-questions", summary="List saved questions")
    def list_saved(request: Request) -> SavedQuestionList:
        """Those of this key."""
        return SavedQuestionList(
            saved_questions=[_shown(service, one) for one in saved.all(request.state.caller)]
        )

    @router.get(
        "/v1/saved-questions/{saved_question_id}",
        summary="Read a saved question",
        response_model=SavedQuestionRead,
        responses=problems(404),
    )
    def read(request: Request, saved_question_id: str) -> Response:
        """With its last 20 changes, both answers of each side by side."""
        manages = request.state.may_manage  # as the Slack bot of this service does
        one = saved.get(saved_question_id, None if manages else request.state.caller)
        changes: list[dict[str, Any]] = saved.changes(one, service.events)
        return JSONResponse(body_of(_shown(service, one)) | {"changes": changes})

    @router.delete(
        "/v1/saved-questions/{saved_question_id}",
        summary="Delete a saved question",
        status_code=204,
        response_class=Response,
        responses=problems(404),
    )
    def delete(request: Request, saved_question_id: str) -> Response:
        """Nothing more is told of it."""
        saved.delete(saved_question_id, request.state.caller)
        return Response(status_code=204)

    return router


def _shown(service: Service, one: Saved) -> SavedQuestion:
    secret = service.events.secret_for(one.question_id) if one.webhook else None
    return SavedQuestion(
        saved_question_id=one.question_id,
        webhook_secret=secret,
        **one.asked.model_dump(
            mode="json", include={"question", "as_of", "filters", "collections"}
        ),
        **{
            name: getattr(one, name)
            for name in ("webhook", "slack_channel", "created_at", "answer_id")
        },
    )
