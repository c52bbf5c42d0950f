"""Hands a command's work to the service that owns the data directory."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.errors import DatelineError, InvalidRequest, Owned, WrongUsage
from ingest.storage import directory_owner

REPLY_SECONDS = 3600.0  # an ingest may be silent for long


class _Connection(http.client.HTTPConnection):
    """HTTP over the owner's socket."""

    def __init__(self, data_dir: Path):
        super().__init__("dateline", timeout=REPLY_SECONDS)
        self._data_dir = data_dir

    def connect(self) -> None:
        self.sock = directory_owner.connect(self._data_dir, REPLY_SECONDS)


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
