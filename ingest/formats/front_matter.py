"""Reads markdown files: the fields of the YAML front matter, and the text below it."""

from __future__ import annotations

import re
from collections.abc import Mapping

import yaml

from ingest.errors import BadArticle
from ingest.formats.article_making import with_fields
from ingest.formats.encodings import decode
from ingest.formats.field_names import BODIES, understood
from ingest.formats.publisher_terms import stopped, terms_of
from ingest.types import Extract, Terms

LONGEST = 20_000  # characters; more than that between two rules is text

_FRONT = re.compile(r"\ufeff?\s*---[ \t]*\n(?P<yaml>.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_OPEN = re.compile(r"\ufeff?\s*---[ \t]*\n[a-z_]+[ \t]*:[ \t]", re.IGNORECASE)
NO_YAML = "has front matter that is no YAML; of its lines those were read that say `name: value`"
NO_END = "has front matter without an end, read as text; write --- in a line below it"
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
    stated, text, note = _split(decode(data))
    notes = (note,) if note else ()
    extract = Extract(text, terms=terms_of(stated), stopped=stopped(stated), notes=notes)
    return with_fields(extract, _fields(stated))


def split_front_matter(text: str) -> tuple[dict[str, str], str]:
    """The fields of an article we know (title, author, publisher, url and dates), as written, and
    the text below.

    Front matter that is no YAML is read line by line; where no field of ours is found it is text,
    and stays. Raises BadArticle where it has aliases.
    """
    stated, below, _ = _split(text)
    return _fields(stated), below


def _split(text: str) -> tuple[dict[str, object], str, str]:
    """(what the front matter states, the text below, what is wrong with it or "")."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    front = _FRONT.match(text[: LONGEST + 100])
    if front is None:
        return {}, text, NO_END if _OPEN.match(text) else ""
    note = ""
    try:
        stated = yaml.load(front["yaml"], Loader=_Loader)  # noqa: S506  it makes strings only
    except (yaml.YAMLError, RecursionError):
        note = NO_YAML
        lines = map(_FIELD.fullmatch, front["yaml"].split("\n"))
        stated = {line["key"]: line["value"].strip("\"'") for line in lines if line}
    named = {str(key): value for key, value in stated.items()} if isinstance(stated, dict) else {}
    is_ours = _fields(named) or stopped(named) or terms_of(named) != Terms()
    return (named, text[front.end() :], note) if is_ours else ({}, text, "")


def _fields(stated: Mapping[str, object]) -> dict[str, str]:
    return {name: said for name, said in understood(stated)[0].items() if name not in BODIES}
