"""`dateline articles list|show|set|remove|erase`: the catalogue in the terminal."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import quote, urlencode

import typer

from ingest import ingest_cli, terminal
from ingest.errors import WrongUsage
from ingest.settings import read_settings
from service.commands.local_service import Ask, reading
from service.commands.service_cli import ArticleId, Collections, Json, outlet_and_day
from service.commands.terminal_table import side_by_side

app = typer.Typer(help="The catalogue: list, show, set, remove, erase.", no_args_is_help=True)


class Said(StrEnum):
    """What a desk may say of an article."""

    DATE = "date"
    OUTLET = "outlet"
    BYLINE = "byline"
    FAMILY = "family"


_FIELDS = {
    Said.DATE: "published_on",
    Said.OUTLET: "publisher",
    Said.BYLINE: "author",
    Said.FAMILY: "family",
}
PAGE = 200
WIDTH = 100  # columns, where no terminal tells


@app.command("list")
def list_articles(as_json: Json = False, collections: Collections = None) -> None:
    """Every article, in order of id."""
    terminal.start_logs()
    with terminal.spoken_errors(), reading(read_settings()) as ask:
        found = list(_all_articles(ask, collections or []))
        if as_json:
            terminal.show_json({"articles": found})
            return
        for item in found:
            family = item["family"]
            copies = (
                f"{family['role']}, 1 of {family['size']} copies"
                if family["size"] > 1
                else family["role"]
            )
            terminal.show(
                f"{item['article_id']}  {item['published_on'] or 'undated':10}  "
                f"{item['title']}  [{copies}]"
            )


@app.command("show")
def show_article(article_id: ArticleId, as_json: Json = False) -> None:
    """One article, its copies and, of an altered copy, what it changed, side by side."""
    terminal.start_logs()
    with terminal.spoken_errors(), reading(read_settings()) as ask:
        path = f"/v1/articles/{quote(article_id, safe='')}"
        body = ask("GET", path)
        if as_json:
            terminal.show_json(body)
            return
        terminal.show(_head(body))
        if body["alterations"]:
            plain = not terminal.is_rich()
            width = shutil.get_terminal_size((WIDTH, 24)).columns
            terminal.show(
                "\n"
                + side_by_side(body, ask("GET", f"{path}/alterations"), width=width, plain=plain)
            )
        terminal.show("\n" + body["text"])


@app.command("set")
def set_article(
    article_id: ArticleId,
    date: Annotated[str | None, typer.Option(metavar="DAY", help="First publication")] = None,
    outlet: Annotated[str | None, typer.Option(metavar="NAME", help="The outlet")] = None,
    byline: Annotated[str | None, typer.Option(metavar="NAME", help="Who wrote it")] = None,
    family: Annotated[
        str | None,
        typer.Option(metavar="ID", help="The family, or an article in it; own: it stands alone"),
    ] = None,
    clear: Annotated[
        list[Said] | None, typer.Option(help="Take the desk's word back; may be repeated")
    ] = None,
    as_json: Json = False,
) -> None:
    """Put a desk's word in the place of what the file states; an ingest keeps it."""
    terminal.start_logs()
    given = {Said.DATE: date, Said.OUTLET: outlet, Said.BYLINE: byline, Said.FAMILY: family}
    words: dict[str, str | None] = {
        _FIELDS[one]: value for one, value in given.items() if value is not None
    }
    words |= {_FIELDS[one]: None for one in clear or ()}
    with terminal.spoken_errors(), reading(read_settings()) as ask:
        if not words:
            raise WrongUsage("say what to set: --date, --outlet, --byline, --family, or --clear")
        body = ask("PATCH", f"/v1/articles/{quote(article_id, safe='')}", words)
        waits = body.get("job_id")
        told = f"will be set behind an ingest: {waits}" if waits else _head(body)
        terminal.show_json(body) if as_json else terminal.show(told)


@app.command("remove")
def remove_article(article_id: ArticleId, as_json: Json = False) -> None:
    """Take one article out of every index at once; the file of one that was uploaded goes too."""
    terminal.start_logs()
    with terminal.spoken_errors(), reading(read_settings()) as ask:
        quoted = quote(article_id, safe="")
        origin = ask("GET", f"/owner/articles/{quoted}/origin")
        waits = ask("DELETE", f"/v1/articles/{quoted}")
        body = {"removed": article_id} if waits is None else waits
        done = f"removed {article_id}"
        words = done if waits is None else f"will be removed behind an ingest: {waits['job_id']}"
        terminal.show_json(body) if as_json else terminal.show(words)
        if origin["file"] and not origin["uploaded"] and not origin["sample"]:
            terminal.say(
                f"{origin['file']} stays where it is: the next ingest of {origin['path']} will "
                "add the article again, unless you move it away"
            )
        elif ingest_cli.is_address(origin["path"]):
            terminal.say(
                f"the next ingest of {origin['path']} will add the article again; "
                "dateline articles erase keeps it out"
            )


@app.command("erase")
def erase_article(article_id: ArticleId, as_json: Json = False) -> None:
    """Take an article out of everything for good: no ingest, rollback or restore brings it back."""
    terminal.start_logs()
    with terminal.spoken_errors(), reading(read_settings()) as ask:
        done = ask("POST", f"/owner/articles/{quote(article_id, safe='')}/erase")
        terminal.show_json(done) if as_json else terminal.show(f"erased {article_id}")
        terminal.say(
            "Backups made before still hold it: keep the output of dateline articles erased for "
            "their restore. Its file, where it was not uploaded, is yours to delete."
        )


@app.command("erased")
def erased() -> None:
    """What was erased, as JSON for `dateline restore --erased`: ids and hashes, no text."""
    terminal.start_logs()
    with terminal.spoken_errors(), reading(read_settings()) as ask:
        terminal.show_json(ask("GET", "/owner/erasures"))


def _all_articles(ask: Ask, collections: list[str]) -> Iterator[dict[str, Any]]:
    cursor = ""
    while True:
        wanted = {
            "limit": PAGE,
            "collection": collections,
            **({"cursor": cursor} if cursor else {}),
        }
        page = ask("GET", f"/v1/articles?{urlencode(wanted, doseq=True)}")
        yield from page["articles"]
        cursor = page["next_cursor"]
        if not cursor:
            return


def _head(body: dict[str, Any]) -> str:
    family = body["family"]
    known = [f"{words} {body[field]}" for words, field in _KNOWN.items() if body[field]]
    stated = [
        f"{'first published' if one['kind'] == 'first' else one['kind']} {one['day']} "
        + f"({one['where']}"
        + (f", to the {one['precision']})" if one["precision"] not in ("day", "minute") else ")")
        for one in body["stated_dates"]
    ]
    desk = [
        f"{one['field']} (the file: {one['stated'] or 'nothing'})"
        if one["field"] != "family"
        else "family"
        for one in body["overrides"]
    ]
    lines = [
        body["title"],
        f"{body['author'] or 'no byline'} — {outlet_and_day(body)}",
        f"{family['role']}, family of {family['size']} ({family['id']})",
        ", ".join([*known, f"from {body['source']}, ingested {body['ingested_at'][:10]}"]),
        *([f"set by the desk: {', '.join(desk)}"] if desk else []),
        *([f"states of itself: {', '.join(stated)}"] if stated else []),
        *(f"{words}: {body[name]}" for name, words in _TERMS.items() if body[name]),
        *([f"corrects {', '.join(body['corrects'])}"] if body["corrects"] else []),
        *(
            ["about " + ", ".join(one["name"] for one in body["subjects"])]
            if body["subjects"]
            else []
        ),
        *([body["url"]] if body["url"] else []),
    ]
    return "\n".join(lines)


_TERMS = {
    "version": "version",
    "copyright_holder": "copyright",
    "usage_terms": "terms of use",
}
_KNOWN = {
    "republished": "republished_on",
    "updated": "updated_on",
    "credits": "credited_to",
    "language": "language",
}
