"""Completes the description of the API that the framework makes: failures, keys, media types."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
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


EXAMPLES = Path(__file__).with_name("examples.json")  # `python tests/examples.py` writes it


def complete(described: Schema, *, keyed: bool) -> Schema:
    """The description with every schema that it refers to, and an example of every reply.

    Without keys a key may be sent, and need not."""
    schemas = described.setdefault("components", {}).setdefault("schemas", {})
    for model in (Problem, OpenAIError):
        own = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= own.pop("$defs", {}) | {model.__name__: own}
    for name, example in json.loads(EXAMPLES.read_text("utf-8")).items():
        method, _, path = name.partition(" ")
        if name in schemas:
            schemas[name]["example"] = example
        elif path in described["paths"]:  # a reply without a schema of its own
            content = described["paths"][path][method]["responses"]["200"]["content"]
            next(iter(content.values()))["example"] = example
    for operation in operations(described):
        if not keyed and "security" in operation:
            operation["security"] = [{}, *operation["security"]]
    return described


def operations(described: Schema) -> Iterator[Schema]:
    for path in described["paths"].values():
        yield from path.values()
