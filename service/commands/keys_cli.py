"""`dateline keys add|list|revoke|rotate|log` in the terminal."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

import typer

from ingest import terminal
from ingest.settings import read_settings
from service.commands.local_service import asked
from service.commands.service_cli import Json

app = typer.Typer(help="Keys of the API: add, list, revoke, rotate.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(help="The key's id, as `dateline keys list` shows it")]
ONCE = "This key is shown once: keep it where secrets are kept."


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="Whose key it is, for the list")],
    role: Annotated[
        str,
        typer.Option(
            help="ask: read and ask; write: change the archive, too; admin: see ratings and "
            "figures of all, too"
        ),
    ] = "ask",
    collections: Annotated[
        list[str] | None,
        typer.Option(
            "--collection",
            metavar="NAME",
            help="Let it see, and add to, this collection only; may be given many times",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a key; a running service knows it at once."""
    wanted = {"name": name, "role": role, "collections": collections or []}
    _tell_key(_ask("POST", "/owner/keys", wanted), as_json)


@app.command("list")
def list_keys(as_json: Json = False) -> None:
    """Every key that was added, without the key."""
    found = _ask("GET", "/owner/keys")
    if as_json:
        terminal.show_json(found)
        return
    for key in found["keys"]:
        state = f"used {key['last_used_on']}" if key["last_used_on"] else "not used yet"
        if key["revoked_at"]:
            state = f"revoked {key['revoked_at'][:10]}"
        bound = f" (only {', '.join(key['collections'])})" if key["collections"] else ""
        terminal.show(
            f"{key['id']}  {key['role']:5}  added {key['added_at'][:10]}, {state}  "
            f"{key['name']}{bound}"
        )
    if not found["keys"]:
        terminal.say("no key was added; DATELINE_API_KEYS and DATELINE_ADMIN_KEYS hold others")


@app.command("revoke")
def revoke(key_id: Id, as_json: Json = False) -> None:
    """Let nobody in with a key from now on, nor with cookies of it."""
    _ask("DELETE", f"/owner/keys/{quote(key_id, safe='')}")
    terminal.show_json({"revoked": key_id}) if as_json else terminal.show(f"revoked {key_id}")


@app.command("rotate")
def rotate(key_id: Id, as_json: Json = False) -> None:
    """Make another key in the place of one, with its conversations; the old one is void at once."""
    _tell_key(_ask("POST", f"/owner/keys/{quote(key_id, safe='')}/rotate"), as_json)


@app.command("log")
def log(
    count: Annotated[int, typer.Option("-n", min=1, max=1000, help="Most lines to show")] = 50,
    as_json: Json = False,
) -> None:
    """Who changed the archive or its keys, the newest first."""
    found = _ask("GET", f"/owner/changes?most={count}")
    if as_json:
        terminal.show_json(found)
        return
    for one in found["changes"]:
        moment = one["at"][:19].replace("T", " ")
        terminal.show(f"{moment}  {one['caller']:20}  {one['status']}  {one['did']}")


def _ask(method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    terminal.start_logs()
    with terminal.spoken_errors():
        return asked(read_settings(), method, path, body)


def _tell_key(made: dict[str, Any], as_json: bool) -> None:
    if as_json:
        terminal.show_json(made)
        return
    terminal.show(made["key"])
    terminal.say(f"{made['id']} ({made['role']}, {made['name']}). {ONCE}")
