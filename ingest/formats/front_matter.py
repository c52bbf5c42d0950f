"""Reads markdown files: the fields of the YAML front matter, and the text below it."""

from __future__ import annotations

import re

import yaml

from ingest.errors import BadArticle
from ingest.formats.articles import with_fields
from ingest.formats.encodings import decode
from ingest.formats.field_names import BODIES, understood
from ingest.types import Extract

LONGEST = 20_000  # characters; more than that between two rules is text

_FRONT = re.compile(r"\ufeff?\s*---[ \t]*\n(?P<yaml>.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_FIELD = re.compile(r"(?P<key>[A-Za-z_]+)[ \t]*:[ \t]*(?P<value>.*\S)[ \t]*")


class _Loader(yaml.BaseLoader):
    """Makes strings of everything: no dates that raise, no objects. An alias is an error: nested
    ones multiply."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise BadArticle(
                "has front matter with YAML aliases (*name), which are not read; write the values out"
            )
        return super().compose_node(parent, index)


def read_markdown(data: bytes) -> Extract:
    """What a markdown file says. Raises BadArticle where its encoding is unknown or its front
    matter has aliases."""
    fields, text = split_front_matter(decode(data))
    return with_fields(Extract(text), fields)


def split_front_matter(text: str) -> tuple[dict[str, str], str]:
    """The fields of an article we know (title, author, publisher, url and dates), as written, and
    the text below.

    Front matter that is no YAML is read line by line; where no field of ours is found it is text,
    and stays. Raises BadArticle where it has aliases.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    front = _FRONT.match(text[: LONGEST + 100])
    if front is None:
        return {}, text
    try:
        stated = yaml.load(front["yaml"], Loader=_Loader)  # noqa: S506  it makes strings only
    except (yaml.YAMLError, RecursionError):
        lines = map(_FIELD.fullmatch, front["yaml"].split("\n"))
        stated = {line["key"]: line["value"].strip("\"'") for line in lines if line}
    named = {str(key): value for key, value in stated.items()} if isinstance(stated, dict) else {}
    fields = {name: said for name, said in understood(named)[0].items() if name not in BODIES}
    return (fields, text[front.end() :]) if fields else ({}, text)
