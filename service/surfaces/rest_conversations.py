"""Conversations over HTTP: list, read, rename and delete them; questions go on with them elsewhere."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from service.contract.cursors import Cursor, Limit, cursor_of, place_of
from service.contract.problems import problems
from service.contract.request_bodies import TitleRequest
from service.contract.response_bodies import (
    ConversationCard,
    ConversationList,
    ConversationRead,
    body_of,
)
from service.given_answers.conversations import Conversation
from service.record_tables import AFTER_ALL
from service.surfaces.admission import guards
from service.wiring import Service


def routes(service: Service) -> APIRouter:
    """`/v1/conversations`, bound to one service. Another key's conversation is a 404."""
    router = APIRouter(tags=["Conversations"], dependencies=guards(service))

    @router.get("/v1/conversations", summary="List conversations", responses=problems(422))
    def list_conversations(
        request: Request, cursor: Cursor = None, limit: Limit = 50
    ) -> ConversationList:
        """Those of this key; a new one begins with `"conversation_id": "new"` in a question."""
        caller, before = request.state.caller, place_of(cursor, AFTER_ALL)
        found = service.conversations.page(caller, before, limit + 1)
        return ConversationList(
            conversations=[_card(one) for one in found[:limit]],
            next_cursor=cursor_of(*found[limit - 1].place) if len(found) > limit else None,
        )

    @router.get(
        "/v1/conversations/{conversation_id}",
        summary="Read a conversation",
        response_model=ConversationRead,
        responses=problems(404, 422),
    )
    def read_conversation(
        request: Request, conversation_id: str, cursor: Cursor = None, limit: Limit = 50
    ) -> Response:
        """Its answers as they were given, newest first."""
        caller, before = request.state.caller, place_of(cursor, AFTER_ALL)
        service.stale_answers.catch_up()
        card = service.conversations.read(conversation_id, caller)
        found = service.conversations.answers(conversation_id, caller, before, limit + 1)
        seen = [one for _, one in found[:limit] if service.stale_answers.seen(one)]
        told = service.stale_answers.told(seen)
        next_cursor = cursor_of(*found[limit - 1][0]) if len(found) > limit else None
        return JSONResponse(body_of(_card(card)) | {"turns": told, "next_cursor": next_cursor})

    @router.patch(
        "/v1/conversations/{conversation_id}",
        summary="Rename a conversation",
        responses=problems(400, 404, 415, 422),
    )
    def rename_conversation(
        request: Request, conversation_id: str, body: TitleRequest
    ) -> ConversationCard:
        """Its place in the list stays."""
        title = " ".join(body.title.split())
        return _card(service.conversations.rename(conversation_id, request.state.caller, title))

    @router.delete(
        "/v1/conversations/{conversation_id}",
        summary="Delete a conversation",
        status_code=204,
        response_class=Response,
        responses=problems(404),
    )
    def delete_conversation(request: Request, conversation_id: str) -> Response:
        """With its answers, their ratings and their share links."""
        service.conversations.delete(conversation_id, request.state.caller)
        return Response(status_code=204)

    return router


def _card(conversation: Conversation) -> ConversationCard:
    return ConversationCard.model_validate(conversation, from_attributes=True)
