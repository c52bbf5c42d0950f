"""The YAML card beside a suite: what it measures, where it comes from, which half it is."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from ingest.errors import WrongUsage


class Card(BaseModel):
    """What stands beside a suite, in a YAML file of the same name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    measures: str
    source: str
    licence: str
    made: str  # by whom, or by which command
    half: Literal["fit", "held", "whole"] = "whole"
    articles: str | None = None  # a path from the card


def read_card(suite: Path) -> Card | None:
    """The card beside a suite, None where there is none; raises WrongUsage naming the file and the fault."""
    path = suite.with_suffix(".yaml")
    if path == suite or not path.is_file():
        return None
    try:
        return Card.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise WrongUsage(f"{path} is no YAML: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "the card"
        raise WrongUsage(f"{path}: {place}: {first['msg']}; correct it") from error
