"""Writes log lines: words for people, or one JSON object a line for machines; each knows its request."""

from __future__ import annotations

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Literal

Format = Literal["text", "json"]
REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)


def write_as(wanted: Format) -> None:
    """From now on. Lines go to where they went before."""
    if wanted == "json":
        for handler in logging.getLogger().handlers:
            handler.setFormatter(JsonLines())


class JsonLines(logging.Formatter):
    """`at`, `level`, `logger`, `message`, `request_id` where there is one, and what stands as
    `name=value` in the message, before any colon: what people wrote stands behind one."""

    def format(self, record: logging.LogRecord) -> str:
        message = record.getMessage()
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": message,
        }
        if request_id := REQUEST_ID.get():
            line["request_id"] = request_id
        pairs = re.findall(r"(?<!\S)([a-z_]+)=(\S+)", message.partition(": ")[0])
        told = {n: int(v) if re.fullmatch(r"\d{1,15}", v) else v for n, v in pairs}
        line = told | line
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
