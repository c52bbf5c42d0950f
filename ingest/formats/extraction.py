"""The bytes of a web page, PDF or Word file come in; its extract goes out, read in a process of its own.

Strangers' files can make the libraries that read them run for hours, take all memory or crash. Here they do it alone:
the process is given so much time and memory, and what it could not read is a BadArticle. It starts with the first file.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from ingest.errors import BadArticle
from ingest.types import DateKind, Extract, StatedDate

SECONDS = (
    30  # of processor time for one file; a PDF of 500 pages takes 20, a page of the web under 1
)
PAGE_SECONDS = 8  # for a web page, before it is read without looking for its main text
MEMORY = 2 << 30  # bytes of address space
NOTE_TOO_LONG = "takes too long to look for its main text: all its text was taken"

Read = Callable[[bytes, int], Extract]


class Extraction:
    """Reads files of one thread one after the other; a process that was lost is replaced for the next file."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Extraction:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the process, whatever it is doing."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def extract(self, kind: str, data: bytes, limit_bytes: int) -> Extract:
        """What a file says; `kind` is html, pdf or docx, `limit_bytes` the text an article may have.

        Raises BadArticle with the reason where it cannot be read.
        """
        try:
            if kind == "html":
                return self._ask(kind, data, limit_bytes, PAGE_SECONDS)
            return self._ask(kind, data, limit_bytes, SECONDS)
        except TimeoutError:
            if kind == "html":
                plain = self.extract("plain html", data, limit_bytes)
                return replace(plain, notes=(*plain.notes, NOTE_TOO_LONG))
            raise BadArticle(
                f"takes more than {SECONDS} s to read; save it anew or as plain text"
            ) from None

    def _ask(self, kind: str, data: bytes, limit_bytes: int, seconds: int) -> Extract:
        process = self._process or _started()
        self._process = process
        assert process.stdin is not None
        assert process.stdout is not None
        question = {"kind": kind, "bytes": len(data), "limit": limit_bytes, "seconds": seconds}
        try:
            process.stdin.write(json.dumps(question).encode() + b"\n" + data)
            process.stdin.flush()
            reply = process.stdout.readline()
        except BrokenPipeError:
            reply = b""
        if not reply.endswith(b"\n"):
            code = process.wait()  # its output has ended: so has the process
            self.close()
            if code == -signal.SIGPROF:
                raise TimeoutError
            raise BadArticle("makes its reader crash: it is damaged; save it anew or as plain text")
        return _extract(json.loads(reply))


def _started() -> subprocess.Popen[bytes]:
    """The other process: it finds this package and nothing in the working directory, and it is told no secrets."""
    root = str(Path(__file__).resolve().parents[2])
    script = "import sys; sys.path.append(sys.argv[1]); from ingest.formats.extraction import main; main()"
    return subprocess.Popen(  # noqa: S603  nothing of it is anyone else's
        [sys.executable, "-P", "-c", script, root],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith(_OURS)},
            "OPENBLAS_NUM_THREADS": "1",  # each thread would take address space
        },
        start_new_session=True,  # an interrupt from the keyboard is for us; we end it
    )


_OURS = ("DATELINE_", "OPENAI_", "SLACK_")


def _extract(reply: dict[str, Any]) -> Extract:
    if "bad" in reply:
        raise BadArticle(reply["bad"])
    dates = tuple(
        StatedDate(DateKind(d["kind"]), date.fromisoformat(d["day"]), d["precision"], d["where"])
        for d in reply["dates"]
    )
    return Extract(reply["text"], reply["fields"], dates, tuple(reply["notes"]))


def main() -> None:
    """The other process: a line of JSON and a file in, a line of JSON out, until the input ends."""
    _confine()
    readers = _readers()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not stand among the answers
    while question := sys.stdin.buffer.readline():
        asked = json.loads(question)
        data = sys.stdin.buffer.read(asked["bytes"])
        signal.setitimer(
            signal.ITIMER_PROF, asked["seconds"]
        )  # ends this process: processor time, not that of a clock
        reply = _reply(readers[asked["kind"]], data, asked["limit"])
        signal.setitimer(signal.ITIMER_PROF, 0)
        _write(answers, reply)


def _confine() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")


def _readers() -> dict[str, Read]:
    from ingest.formats.docx_text import read_docx
    from ingest.formats.html import read_page, read_plain_page
    from ingest.formats.pdf import read_pdf

    return {"html": read_page, "plain html": read_plain_page, "pdf": read_pdf, "docx": read_docx}


def _reply(read: Read, data: bytes, limit_bytes: int) -> dict[str, Any]:
    try:
        return asdict(read(data, limit_bytes))
    except BadArticle as error:
        return {"bad": str(error)}
    except MemoryError:
        return {
            "bad": f"takes more than {MEMORY >> 30} GB of memory to read; split it or save it as plain text"
        }
    except RecursionError:
        return {"bad": "is nested too deep to be read; save it anew or as plain text"}
    except Exception as error:  # noqa: BLE001  the outermost rim of this process: strangers' files break libraries anyhow
        return {
            "bad": f"cannot be read ({type(error).__name__}): it is damaged; save it anew or as plain text"
        }


def _write(answers: IO[bytes], reply: dict[str, Any]) -> None:
    answers.write(json.dumps(reply, default=str).encode() + b"\n")
    answers.flush()
