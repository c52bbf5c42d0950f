"""Hands a command's work to the service that owns the data directory."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.errors import DatelineError, InvalidRequest, Owned, WrongUsage
from ingest.storage import directory_owner

STARTING_SECONDS = 60.0  # a service takes its lock before it has loaded its index
REPLY_SECONDS = 3600.0  # an ingest may be silent for long


class _Connection(http.client.HTTPConnection):
    """HTTP over the owner's socket."""

    def __init__(self, data_dir: Path):
        super().__init__("dateline", timeout=REPLY_SECONDS)
        self._data_dir = data_dir

    def connect(self) -> None:
        self.sock = directory_owner.connect(self._data_dir, REPLY_SECONDS)


def serving(data_dir: Path) -> bool:
    """Whether a running service owns the directory and takes work for it; waits for one that is
    starting.

    Raises Owned where the owner is something else, such as another ingest.
    """
    deadline = time.monotonic() + STARTING_SECONDS
    while (name := directory_owner.owner_of(data_dir)) is not None:
        if not name.serves:
            raise Owned(f"{data_dir} belongs to {name}: wait until it ends")
        try:
            directory_owner.connect(data_dir, 1.0).close()
            return True
        except OSError as error:
            if time.monotonic() > deadline:
                raise Owned(
                    f"{data_dir} belongs to {name}, which does not answer ({error}): stop it and try again"
                ) from error
            time.sleep(0.1)
    return False


def request(data_dir: Path, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """The owner's JSON reply, None for an empty one; an error it reports is raised with its own
    words and code."""
    lines = list(stream(data_dir, method, path, body))
    return lines[-1] if lines else None


def stream(
    data_dir: Path, method: str, path: str, body: dict[str, Any] | None = None
) -> Iterator[Any]:
    """The owner's reply, one JSON value a line, as it comes."""
    connection = _Connection(data_dir)
    try:
        connection.request(
            method,
            path,
            json.dumps(body) if body is not None else None,
            {"Content-Type": "application/json"},
        )
        reply = connection.getresponse()
        if reply.status >= 400:
            raise reported(json.loads(reply.read() or b"{}"), reply.status)
        for line in reply:
            if line.strip():
                value = json.loads(line)
                if isinstance(value, dict) and value.keys() == {"error"}:
                    raise reported(value["error"], 500)
                yield value
    except (TimeoutError, OSError, http.client.HTTPException, ValueError) as error:
        raise Owned(
            f"the service that owns {data_dir} broke off ({error or type(error).__name__}): see its log, try again"
        ) from error
    finally:
        connection.close()


def reported(problem: dict[str, Any], status: int) -> DatelineError:
    """What a service said of a failure, as the error it was there; wrong usage stays wrong usage."""
    error = DatelineError(
        str(problem.get("detail") or problem.get("message") or f"the owner answered {status}")
    )
    error.code, error.status = str(problem.get("code", "internal")), status
    if error.code in (InvalidRequest.code, WrongUsage.code):
        error.exit_code = WrongUsage.exit_code
    return error
