"""The front door: one Typer app that mounts the commands of ingest, service and evals; nothing else."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    sys.exit("dateline runs on Linux and macOS: on Windows, install it in WSL (wsl --install)")

import importlib.metadata
import os
from typing import Annotated, Any

import typer

# Before numpy loads: its products are small here, and threads that spin for the next one took a
# third of an answer's CPU (443 ms against 280, n 90, benchmarks/load.py).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from evals import cli as evals_cli
from evals import feedback_cli
from ingest import ingest_cli
from ingest.watch import watch
from service.commands import (
    articles_cli,
    backup_cli,
    keys_cli,
    receipts_cli,
    service_cli,
    slack_cli,
)

HELP = ["-h", "--help"]
app = typer.Typer(
    name="dateline",
    help="Cited answers from a news archive: every sentence is checked against the exact characters it rests on.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": HELP},
)


def tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(importlib.metadata.version("dateline"))
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=tell_version, is_eager=True, help="Its version")
    ] = False,
) -> None:
    """What stands before a command."""


app.command("up")(service_cli.up)
app.command("ingest")(ingest_cli.ingest)
app.command("watch")(watch)
app.command("doctor")(ingest_cli.doctor)
app.command("serve")(service_cli.serve)
app.command("worker")(service_cli.worker)
app.command("ask")(service_cli.ask)
app.command("search")(service_cli.search)
app.command("mcp")(service_cli.mcp)
app.command("replay")(receipts_cli.replay)
app.command("backup")(backup_cli.backup)
app.command("restore")(backup_cli.restore)
app.command("slack")(slack_cli.slack)
app.add_typer(articles_cli.app, name="articles")
app.add_typer(keys_cli.app, name="keys")
app.add_typer(receipts_cli.app, name="receipts")
app.add_typer(feedback_cli.app, name="feedback")
app.add_typer(evals_cli.app, name="eval")


def main() -> None:
    command = typer.main.get_command(app)
    _name_no_type_of_flags(command)
    command(prog_name="dateline")


def _name_no_type_of_flags(command: Any) -> None:
    """`--json`, not `--json <bool>`, in every help."""
    for one in command.get_params(typer.Context(command, help_option_names=HELP)):
        if getattr(one, "is_flag", False):
            one.metavar = ""
    for inner in getattr(command, "commands", {}).values():
        _name_no_type_of_flags(inner)


if __name__ == "__main__":
    main()
