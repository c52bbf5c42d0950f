"""Keys and changes for commands, over the owner's socket alone."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from service.access.api_keys import Role
from service.contract.request_bodies import CollectionName, PlainText
from service.contract.request_bodies import Request as RequestModel
from service.wiring import Service


class KeyRequest(RequestModel):
    name: PlainText = Field(min_length=1, max_length=100)
    role: Role = "ask"
    collections: list[CollectionName] = Field([], max_length=100)


def routes(service: Service) -> APIRouter:
    """`/owner/keys` and `/owner/changes`."""
    router = APIRouter(include_in_schema=False)

    @router.get("/owner/keys")
    def list_keys() -> dict[str, Any]:
        return {"keys": [asdict(key) for key in service.keys.all()]}

    @router.post("/owner/keys")
    def add(body: KeyRequest) -> dict[str, Any]:
        stored, key = service.keys.add(body.name, body.role, body.collections)
        return {"key": key, **asdict(stored)}

    @router.post("/owner/keys/{key_id}/rotate")
    def rotate(key_id: str) -> dict[str, Any]:
        stored, key = service.keys.rotate(key_id)
        return {"key": key, **asdict(stored)}

    @router.delete("/owner/keys/{key_id}", status_code=204)
    def revoke(key_id: str) -> Response:
        service.keys.revoke(key_id)
        return Response(status_code=204)

    @router.get("/owner/changes")
    def changes(most: Annotated[int, Query(ge=1, le=1000)] = 50) -> dict[str, Any]:
        return {"changes": [asdict(one) for one in service.changes.newest(most)]}

    return router
