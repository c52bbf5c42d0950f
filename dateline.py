"""The front door: one Typer app that imports the commands of ingest, service and evals as they are used."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    sys.exit("dateline runs on Linux and macOS: on Windows, install it in WSL (wsl --install)")

import os
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

# Before numpy loads: its products are small here, and threads that spin for the next one took a
# third of an answer's CPU (443 ms against 280, n 90, benchmarks/load.py).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

HELP = ["-h", "--help"]
SERVICE = "service.commands"
COMMANDS = {  # in the order of the help
    "up": f"{SERVICE}.service_cli:up",
    "ingest": "ingest.ingest_cli:ingest",
    "watch": "ingest.watch:watch",
    "doctor": "ingest.ingest_cli:doctor",
    "serve": f"{SERVICE}.service_cli:serve",
    "worker": f"{SERVICE}.service_cli:worker",
    "ask": f"{SERVICE}.service_cli:ask",
    "search": f"{SERVICE}.service_cli:search",
    "mcp": f"{SERVICE}.service_cli:mcp",
    "replay": f"{SERVICE}.receipts_cli:replay",
    "backup": f"{SERVICE}.backup_cli:backup",
    "restore": f"{SERVICE}.backup_cli:restore",
    "slack": f"{SERVICE}.slack_cli:slack",
    "articles": f"{SERVICE}.articles_cli:app",
    "keys": f"{SERVICE}.keys_cli:app",
    "receipts": f"{SERVICE}.receipts_cli:app",
    "feedback": "evals.feedback_cli:app",
    "eval": "evals.cli:app",
}


class Commands(Mapping[str, Any]):
    """The commands by name; the module of each is imported when it is used, or its help shown."""

    def __init__(self) -> None:
        self._imported: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._imported:
            module, _, attribute = COMMANDS[name].partition(":")
            found, holder = getattr(import_module(module), attribute), typer.Typer()
            if isinstance(found, typer.Typer):
                holder.add_typer(found, name=name)
            else:
                holder.command(name)(found)
            command: Any = typer.main.get_group(holder).commands[name]
            for one in (command, *getattr(command, "commands", {}).values()):
                _name_no_type_of_flags(one)
            self._imported[name] = command
        return self._imported[name]

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


class FrontDoor(TyperGroup):
    """Knows the names of its commands without importing them."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands: Any = Commands()

    def list_commands(self, ctx: Any) -> list[str]:
        return list(self.commands)


app = typer.Typer(
    cls=FrontDoor,
    name="dateline",
    help="Cited answers from a news archive: every sentence is checked against the exact characters it rests on.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": HELP},
)


def tell_version(wanted: bool) -> None:
    if wanted:
        import importlib.metadata

        typer.echo(importlib.metadata.version("dateline"))
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=tell_version, is_eager=True, help="Its version")
    ] = False,
) -> None:
    """What stands before a command."""


def main() -> None:
    command = typer.main.get_command(app)
    try:
        _name_no_type_of_flags(command)
        command(prog_name="dateline")
    except Exception as error:
        if not _lacks_memory(error):
            raise
        sys.exit("dateline: there is no memory left (or ulimit -v allows no more): give it 2 GB")


def _lacks_memory(error: Exception) -> bool:
    """Libraries say it each in their own way, when they are loaded and later."""
    words = ("failed to map segment", "annot allocate memory", "can't start new thread")
    return isinstance(error, MemoryError) or any(word in str(error) for word in words)


def _name_no_type_of_flags(command: Any) -> None:
    """`--json`, not `--json <bool>`, in every help."""
    for one in command.get_params(typer.Context(command, help_option_names=HELP)):
        if getattr(one, "is_flag", False):
            one.metavar = ""


if __name__ == "__main__":
    main()
