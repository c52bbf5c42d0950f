"""`dateline up|serve|ask|search` in the terminal."""

from __future__ import annotations

import contextlib
import gc
import logging
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

import typer

from ingest import ingest_cli, terminal
from ingest.errors import Owned, WrongUsage
from ingest.report_in_words import quoted
from ingest.settings import Settings, read_settings
from ingest.storage import directory_owner
from service.commands.local_service import reading

Json = Annotated[bool, typer.Option("--json", help="Print one JSON value")]


def _no_blank(words: str) -> str:
    if not words.strip():
        raise typer.BadParameter("it is empty: name one")
    return words


ArticleId = Annotated[str, typer.Argument(help="The article's id", callback=_no_blank)]
AnswerId = Annotated[str, typer.Argument(help="The answer's id", callback=_no_blank)]
Collections = Annotated[
    list[str] | None,
    typer.Option(
        "--collection", metavar="NAME", help="Only articles in it; may be given many times"
    ),
]
Host = Annotated[
    str, typer.Option(help="Address to listen on; anything but loopback wants DATELINE_API_KEYS")
]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on")]


def up(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Articles to ingest first; without: the bundled sample"),
    ] = None,
    host: Host = "127.0.0.1",
    port: Port = 8000,
) -> None:
    """Ingest, then serve the API and the web page."""
    terminal.start_logs()
    with terminal.spoken_errors():
        from service.serving import server

        settings = read_settings()
        server.check(settings, host, port)
        if (name := directory_owner.owner_of(settings.data_dir)) is not None:
            raise Owned(
                f"{settings.data_dir} belongs to {name}: it is being served already, or stop it "
                "first"
            )
        if missing := [str(path) for path in paths or () if not path.exists()]:
            raise WrongUsage(
                f"there is nothing at {', '.join(missing)}: name files or folders of articles"
            )
        if paths:
            ingest_cli.tell(ingest_cli.run(settings, paths))
        elif not _holds_articles(settings):
            from ingest.pipeline import SAMPLE

            terminal.say("The archive is empty: taking in the bundled sample.")
            ingest_cli.tell(ingest_cli.run(settings, [SAMPLE]))
        # a line an answer; what the ingest did has been told in words
        terminal.start_logs(logging.INFO)
        server.serve(settings, host, port, command="up")


def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="Processes behind the port; above 1 on servers only")
    ] = 1,
) -> None:
    """Serve the API and the web page over the index as it stands."""
    gc.disable()  # until it serves: looking through all that is imported took a tenth of the start
    terminal.start_logs(logging.INFO)
    with terminal.spoken_errors():
        from service.serving import server, worker_processes

        settings = read_settings()
        worker_processes.check(settings, workers)
        server.check(settings, host, port)
        if workers > 1:
            gc.enable()
            worker_processes.serve(settings, host, port, workers)
        else:
            server.serve(settings, host, port)


def worker() -> None:
    """Work the queue of uploads of an archive on servers, beside the services that answer."""
    terminal.start_logs(logging.INFO)
    with terminal.spoken_errors():
        from service.serving import worker_processes

        worker_processes.work(read_settings())


def ask(
    question: Annotated[
        list[str], typer.Argument(help="What you want to know; - reads it from standard input")
    ],
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of", metavar="DATE", help="Answer from what was published by then, YYYY-MM-DD"
        ),
    ] = None,
    collections: Collections = None,
    as_json: Json = False,
) -> None:
    """One cited answer."""
    terminal.start_logs()
    with terminal.spoken_errors():
        settings = read_settings()
        words = sys.stdin.read().strip() if question == ["-"] else " ".join(question)
        request: dict[str, Any] = {"question": words, "collections": collections or []}
        if as_of:
            try:
                request["as_of"] = date.fromisoformat(as_of).isoformat()
            except ValueError as error:
                raise WrongUsage(
                    f"--as-of wants a calendar day like 2024-04-26, not {as_of[:40]!r}"
                ) from error
        with reading(settings) as ask_owner:
            body = ask_owner("POST", "/v1/answers", request)
        terminal.show_json(body) if as_json else terminal.show(readable(body))


def search(
    query: Annotated[list[str], typer.Argument(help="Words to look for")],
    count: Annotated[int, typer.Option("-k", min=1, max=100, help="Most passages to show")] = 10,
    collections: Collections = None,
    as_json: Json = False,
) -> None:
    """Passages only, best first."""
    terminal.start_logs()
    with terminal.spoken_errors():
        words = " ".join(query)
        wanted = urlencode({"q": words, "k": count, "collections": collections or []}, doseq=True)
        with reading(read_settings()) as ask_owner:
            body = ask_owner("GET", f"/v1/search?{wanted}")
        if as_json:
            terminal.show_json(body)
            return
        for hit in body["passages"]:
            title = terminal.linked(terminal.bold(hit["title"]), hit["url"])
            place = f"{title} — {terminal.faint(outlet_and_day(hit))}"
            terminal.show(f"{hit['score']:.2f}  {place}\n      {marked(hit['text'], words)}\n")
        if not body["passages"]:
            terminal.say("nothing found")


def mcp() -> None:
    """Give an assistant the archive as tools over stdin and stdout (Model Context Protocol)."""
    terminal.start_logs()
    with terminal.spoken_errors():
        import asyncio

        from service.commands.local_service import staying
        from service.surfaces.mcp import Archive, speak

        settings = read_settings()
        with staying(settings, "mcp") as ask:

            async def request(method: str, path: str, body: dict[str, Any] | None) -> Any:
                return await asyncio.to_thread(ask, method, path, body)

            base_url = settings.public_url or "http://127.0.0.1:8000"
            asyncio.run(speak(Archive(request, base_url)))


def readable(answer: dict[str, Any]) -> str:
    """An answer for the terminal: text, then numbered sources with their quotes, then conflicts."""
    from ingest.english.periods import in_words

    lines = [f"(Read as: {answer['read_as']})\n"] if answer["read_as"] else []
    lines.append(answer["text"])
    for c in answer["citations"]:
        family = c["family"]
        copies = f" ({family['role']}, 1 of {family['size']} copies)" if family["size"] > 1 else ""
        title = terminal.linked(terminal.bold(c["title"]), c["url"])
        about = terminal.faint(f"{outlet_and_day(c)}{copies}")
        lines.append(f"\n[{c['number']}] {title} — {about}")
        lines.append(f"    {quoted(' '.join(c['quote'].split()))}")
    for conflict in answer["conflicts"]:
        lines.append(f"\nConflict ({conflict['status'].replace('_', ' ')}): {conflict['about']}")
        lines.append(f"    {conflict['why']}.")
    near = next((hit for hit in answer["nearest"] if hit["sentence"]), None)
    if near:
        said = " ".join(near["sentence"]["text"].split())
        name, day = near["publisher"] or f"“{near['title']}”", near["published_on"]
        source = f"{name} of {in_words(date.fromisoformat(day))}" if day else name
        lines.append(f"\nThe closest passage, from {source}, says: {quoted(said)}")
        lines.append(f"    {', '.join(filter(None, (near['title'], near['url'])))}")
    others = [hit for hit in answer["nearest"] if hit is not near]
    if others:
        lines.append("\nAlso near:" if near else "\nNearest in the archive:")
        lines.extend(f"  - {hit['title']} — {outlet_and_day(hit)}" for hit in others)
    return "\n".join(lines)


def marked(text: str, query: str) -> str:
    """A passage in one line, with its sentence that has most words of the query in bold, or where
    there is no terminal as `» … «`."""
    from ingest.english.words import stems
    from ingest.text.segmentation import split

    wanted = set(stems(query))
    found = [(len(wanted & set(stems(one.text))), one) for one in split(text) if one.kind == "body"]
    most, best = max(found, key=lambda pair: pair[0], default=(0, None))
    if best is None or not most:
        return " ".join(text.split())
    words = " ".join(best.text.split())
    shown = terminal.bold(words) if terminal.is_rich() else f"» {words} «"
    parts = (text[: best.start], text[best.end :])
    before, after = (" ".join(part.split()) for part in parts)
    return " ".join(filter(None, (before, shown, after)))


def outlet_and_day(item: dict[str, Any]) -> str:
    """Who published an article, and when, of any body that has both."""
    return f"{item['publisher'] or 'outlet unknown'}, {item['published_on'] or 'undated'}"


def _holds_articles(settings: Settings) -> bool:
    from ingest.storage.catalogue import Catalogue
    from ingest.storage.catalogue_tables import CATALOGUE
    from ingest.storage.database import open_database

    if not settings.on_servers and not (settings.data_dir / "catalogue.sqlite").exists():
        return False
    with (
        contextlib.closing(open_database(settings, CATALOGUE)) as database,
        Catalogue(database).whole() as snapshot,
    ):
        return snapshot.counts()["articles"] > 0
