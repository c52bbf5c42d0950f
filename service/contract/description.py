"""Completes the description of the API that the framework makes: failures, keys, media types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from service.contract.problems import Problem

Schema = dict[str, Any]


class OpenAIFault(BaseModel):
    message: str
    type: str
    param: str | None
    code: str


class OpenAIError(BaseModel):
    """What OpenAI's clients take for an error."""

    error: OpenAIFault


def complete(described: Schema, *, keyed: bool) -> Schema:
    """The description with every schema that it refers to. Without keys a key may be sent, and
    need not."""
    schemas = described.setdefault("components", {}).setdefault("schemas", {})
    for model in (Problem, OpenAIError):
        own = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= own.pop("$defs", {}) | {model.__name__: own}
    for operation in operations(described):
        if not keyed and "security" in operation:
            operation["security"] = [{}, *operation["security"]]
    return described


def operations(described: Schema) -> Iterator[Schema]:
    for path in described["paths"].values():
        yield from path.values()
