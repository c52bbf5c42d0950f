"""What happened to answers and saved questions, over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from service.contract.cursors import Limit
from service.contract.problems import problems
from service.contract.response_bodies import Event, EventList
from service.surfaces.admission import guards
from service.wiring import Service


def routes(service: Service) -> APIRouter:
    """`/v1/events`, bound to one service."""
    router = APIRouter(tags=["Answers"], dependencies=guards(service))

    @router.get("/v1/events", summary="What happened since", responses=problems(422))
    def list_events(
        request: Request,
        after: Annotated[
            int, Query(ge=0, le=2**62, description="`number` of the last one that is known")
        ] = 0,
        limit: Limit = 50,
    ) -> EventList:
        """What webhooks are told, without the words, oldest first: of this key's answers and saved
        questions; the role admin sees all."""
        owner = None if request.state.may_manage else request.state.caller
        found = service.events.after(after, owner, limit)
        return EventList(events=[Event.model_validate(one, from_attributes=True) for one in found])

    return router
