"""Bodies of replies against the schemas that `/openapi.json` documents."""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from pydantic import TypeAdapter


def assert_fits(kind: Any, body: Any) -> None:
    """Every field that is documented is there, of its type, and no other."""
    schema = TypeAdapter(kind).json_schema(mode="serialization")
    definitions = schema.get("$defs", {})
    for name, one in {**definitions, "": schema}.items():
        if "properties" in one and name != "ArticleCard":  # that one is a part of others
            one["unevaluatedProperties"] = False
    Draft202012Validator(schema).validate(body)
