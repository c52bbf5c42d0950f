"""`dateline receipts verify|key` and `dateline replay` in the terminal."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from ingest import terminal
from ingest.errors import DatelineError, WrongUsage
from ingest.settings import read_settings
from service.commands.local_service import reading
from service.commands.service_cli import AnswerId, Json

NO_KEY = "--key is no public key: give what `dateline receipts key` of the archive says"

app = typer.Typer(help="Signed receipts of answers: verify, key.", no_args_is_help=True)


@app.command("verify")
def verify(
    file: Annotated[
        Path, typer.Argument(help="A receipt as GET /v1/answers/ID gives it; - is stdin")
    ],
    key: Annotated[
        str | None,
        typer.Option(
            metavar="KEY", help="The archive's public key, as `dateline receipts key` says it"
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Check that a receipt is as it was signed; needs no archive and no network."""
    terminal.start_logs()
    with terminal.spoken_errors():
        from service.given_answers.receipt_signing import check, is_key

        if key is not None and not is_key(key):
            raise WrongUsage(NO_KEY)
        found = check(_receipt(file), key)
        if as_json:
            about = {"key_id": found.key.key_id if found.key else None, "removed": found.removed}
            terminal.show_json({"sound": not found.wrong, "wrong": found.wrong, **about})
            raise typer.Exit(bool(found.wrong))
        if found.wrong or found.key is None:
            raise DatelineError(f"{file} is not as it was signed: {'; '.join(found.wrong)}")
        terminal.show(f"sound: signed with the key {found.key.key_id}, and unchanged since")
        if key is None:
            terminal.say(
                "The key is the one that the receipt names: whose it is, `dateline receipts key` of "
                "the archive tells, and --key checks."
            )
        if not found.whole:
            terminal.say(
                "It is of an older form, which did not sign what it says of articles and conflicts "
                "beside quotes and places, nor what was nearest."
            )
        if found.removed:
            terminal.say(f"Taken out since, with their article: {', '.join(found.removed)}.")


@app.command("key")
def show_key(as_json: Json = False) -> None:
    """The public key with which this archive signs receipts."""
    terminal.start_logs()
    with terminal.spoken_errors(), reading(read_settings()) as ask:
        found = ask("GET", "/v1/receipts/key")
        terminal.show_json(found) if as_json else terminal.show(found["public_key"])


def replay(answer_id: AnswerId, as_json: Json = False) -> None:
    """Ask the question of an answer again, and show what is different now."""
    terminal.start_logs()
    with terminal.spoken_errors(), reading(read_settings()) as ask:
        from service.given_answers.answer_changes import changes

        before = ask("GET", f"/v1/answers/{quote(answer_id, safe='')}")
        made_from = before["made_from"]
        filters = dict(made_from.get("filters") or {})
        collections = filters.pop("collections", [])
        asked = {"question": before["question"], "as_of": before["as_of"]}
        after = ask("POST", "/v1/answers", asked | {"filters": filters, "collections": collections})
        found = changes(before, after)
        if made_from.get("turns"):
            terminal.say("This answer followed others; its question was asked again by itself.")
        terminal.show_json(found) if as_json else terminal.show(_readable(found))


def _readable(found: dict[str, Any]) -> str:
    """Sentences and sources that went, behind a minus, and that came, behind a plus."""
    before, after = found["before"], found["after"]
    lines = [
        f"{before['id']} of {before['generation']}, again as {after['id']} of {after['generation']}"
    ]
    if before["outcome"] != after["outcome"]:
        lines.append(f"{before['outcome']} then, {after['outcome']} now")
    if found["same"]:
        return "\n".join((*lines, "the same sentences from the same places"))
    marks = {"kept": " ", "gone": "-", "new": "+"}
    lines += [f"{marks[how]} {one}" for how, them in found["sentences"].items() for one in them]
    lines += [
        f"{marks[how]} [{one['title'] or one['article_id']}] {one['quote']}"
        for how, them in found["citations"].items()
        for one in them
        if how != "kept"
    ]
    return "\n".join(lines)


def _receipt(file: Path) -> Any:
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")
        return json.loads(text)
    except OSError as error:
        raise WrongUsage(f"cannot read {file}: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise WrongUsage(f"{file} is no JSON: save what GET /v1/answers/ID replies") from error
