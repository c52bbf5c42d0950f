"""Shows an altered copy and its canonical copy side by side in a terminal."""

from __future__ import annotations

import io
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from service.commands.service_cli import outlet_and_day

NARROWEST = 40  # columns of a terminal
STYLES = {"canonical": "bold underline green", "here": "bold underline red"}
MARKS = {"canonical": ("[-", "-]"), "here": ("{+", "+}")}  # as `git diff --word-diff` marks them

_LINES = box.Box("    \n  │ \n ─┼─\n  │ \n ─┼─\n ─┼─\n  │ \n    \n")
_ASCII_LINES = box.Box("    \n  | \n -+-\n  | \n -+-\n -+-\n  | \n    \n", ascii=True)


def side_by_side(
    article: dict[str, Any], comparison: dict[str, Any], *, width: int, plain: bool
) -> str:
    """The bodies of `GET /v1/articles/{id}` and its `/alterations` as a table of `width` columns.

    With `plain` there are no colours and no lines but ASCII: words only the canonical copy has are
    `[-so-]`, words only this copy has `{+so+}`.
    """
    table = Table(
        box=_ASCII_LINES if plain else _LINES,
        show_lines=True,
        show_edge=False,
        pad_edge=False,
        expand=True,
    )
    for label, item in (("canonical copy", comparison["canonical"]), ("this copy", article)):
        table.add_column(
            Text(f"{label}: {outlet_and_day(item)}", style="bold"), ratio=1, overflow="fold"
        )
    for pair in comparison["pairs"]:
        kinds = Text(", ".join(pair["kinds"]), style="dim italic")
        table.add_row(
            Text("\n").join([kinds, _marked(pair["canonical"], "canonical", plain=plain)]),
            Text("\n").join([Text(), _marked(pair["here"], "here", plain=plain)]),
        )
    paper = io.StringIO()
    console = Console(
        file=paper,
        width=max(NARROWEST, width),
        force_terminal=not plain,
        no_color=True if plain else None,
    )
    changes, canonical = len(article["alterations"]), comparison["canonical"]
    count = "1 change" if changes == 1 else f"{changes} changes"
    against = f"{canonical['article_id']} ({canonical['title']})"
    console.print(Text(f"{count} against the canonical copy, {against}:"))
    console.print()
    console.print(table)
    return "\n".join(line.rstrip() for line in paper.getvalue().splitlines())


def _marked(side: dict[str, Any], which: str, *, plain: bool) -> Text:
    """A side's sentences on one line, what differs styled, or between marks."""
    text, start = side["text"], side["start"]
    made, done = Text(), 0
    for first, last in _merged(side["marked"]):
        made.append(_one_line(text[done : first - start]))
        words = _one_line(text[first - start : last - start])
        before, after = MARKS[which] if plain else ("", "")
        made.append(f"{before}{words}{after}", STYLES[which])
        done = last - start
    return made.append(_one_line(text[done:]))


def _merged(spans: list[list[int]]) -> list[list[int]]:
    """Spans in order, without empty ones; those that touch become one."""
    merged: list[list[int]] = []
    for first, last in sorted(span for span in spans if span[0] < span[1]):
        if merged and first <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], last)
        else:
            merged.append([first, last])
    return merged


def _one_line(text: str) -> str:
    return text.replace("\n", " ")
