"""Reads files in a process of its own, so that a hostile file costs itself and nothing else.

Strangers' files can make whatever reads them run for hours, take all memory or crash. Here they do
it alone: the process is given so much time and memory, and what it could not read is a BadArticle.
It starts with the first file. What language an article is in is told here, where one model serves all.
"""

from __future__ import annotations

import json
import logging
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from ingest.errors import BadArticle, IndexUnavailable
from ingest.types import Article, Entry, Extract, Failure, Withdrawn

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier  # type: ignore[import-untyped]

SECONDS = 30  # of processor time for one file; a PDF of 500 pages takes 20
# for a web page, which takes under 1, before it is read without looking for its main text
PAGE_SECONDS = 8
WAITING_TIMES = 10  # as many seconds of the clock, where the processor is busy with something else
MEMORY = 2 << 30  # bytes of address space
LOOK_SECONDS = 0.5  # between two calls of `waiting`
IDLE_PROCESSES = 2  # that wait for the next ingest, which they save half a second of a core
IDLE_SECONDS = 60  # after which a process without work ends; it is taken up again in the first half
# before the name of a format: its pages are read without looking for their main text
PLAIN = "plain "
NOTE_TOO_LONG = "takes too long to look for its main text: all its text was taken"
# Pieces of English articles (n = 525 to 21, in own measurement): 40 letters are mistaken in 3 %, 60
# in 1 %, 80 in none.
SHORTEST_TOLD = 80  # characters, or 20 letters of a script that writes a word in one or two
LANGUAGE_SAMPLE = 600  # characters; more cost time (1 ms for 1000) and change nothing
# of 1; what is less sure is a mixture, a list of names or a language the model has not
LEAST_SURE = 0.8

Item = Article | Failure | Withdrawn
_ITEMS: TypeAdapter[list[Entry | Item]] = TypeAdapter(list[Entry | Item])
_OUR_SETTINGS = ("DATELINE_", "OPENAI_", "SLACK_")


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of one article and where they are from. `limit_bytes` is the text that it may have."""

    kind: str  # one of readers.FORMATS; of JSON Lines, a line
    data: bytes
    identity: str
    source: str
    today: date
    limit_bytes: int
    columns: tuple[tuple[str, str], ...] = ()  # of a table: (field, heading)


class ReadingProcess:
    """Reads for one thread, one article after the other; a process that was lost is replaced for
    the next one."""

    def __init__(self, waiting: Callable[[], None] | None = None) -> None:
        """`waiting` is called twice a second while an article is read; what it raises ends the
        reading."""
        self._waiting = waiting or (lambda: None)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> ReadingProcess:
        return self

    def __exit__(self, *ended: object) -> None:
        self.close()

    def close(self) -> None:
        """Keeps the process for whoever reads next; ends it if it is one too many."""
        if self._process is not None:
            with _changing:
                _idle.append((self._process, time.monotonic()))
                spare = [process for process, _ in _idle[:-IDLE_PROCESSES]]
                del _idle[:-IDLE_PROCESSES]
            self._process = None
            for process in spare:
                _end(process)

    def read(self, content: Content) -> Article:
        """The article of a file that holds one. Raises BadArticle with the reason where it cannot
        be read."""
        item = self.read_all(content)[0]
        if isinstance(item, Article):
            return item
        raise BadArticle(item.reason)

    def read_all(self, content: Content) -> list[Item]:
        """All that a file holds, in order; more than one item only of JSON and XML. Raises
        BadArticle with the reason where the file cannot be read."""
        return [item for item in self.read_listing(content) if not isinstance(item, Entry)]

    def read_listing(self, content: Content) -> list[Entry | Item]:
        """As `read_all`; of a feed or sitemap from the web, what it says of its pages."""
        may_be_page = content.kind in ("html", "json", "item")
        try:
            return self._read(content, PAGE_SECONDS if may_be_page else SECONDS)
        except TimeoutError:
            pass
        try:
            if may_be_page:
                items = self._read(replace(content, kind=PLAIN + content.kind), SECONDS)
                return [
                    replace(item, notes=(*item.notes, NOTE_TOO_LONG))
                    if isinstance(item, Article)
                    else item
                    for item in items
                ]
        except TimeoutError:
            pass
        raise BadArticle(f"takes more than {SECONDS} s to read; save it anew or as plain text")

    def _read(self, content: Content, seconds: int) -> list[Entry | Item]:
        try:
            reply = self._reply(content, seconds)
        except BaseException:
            if self._process is not None:
                _end(self._process)  # whatever it is doing
                self._process = None
            raise
        if "bad" in reply:
            raise BadArticle(reply["bad"])
        items = _ITEMS.validate_python(reply["items"])
        return [
            replace(item, language=language_of(item.text)) if isinstance(item, Article) else item
            for item in items
        ]

    def _reply(self, content: Content, seconds: int) -> dict[str, Any]:
        kept = self._process or _kept()
        self._process = process = kept or _started()
        assert process.stdin is not None
        assert process.stdout is not None
        question = asdict(replace(content, data=b"")) | {
            "data": len(content.data),
            "today": content.today.isoformat(),
            "seconds": seconds,
        }
        try:
            process.stdin.write(json.dumps(question).encode() + b"\n" + content.data)
            process.stdin.flush()
        except BrokenPipeError:
            pass  # it has ended: so has its output
        if kept is None:
            load_language_model()  # takes as long as the process does to start
        deadline = time.monotonic() + seconds * WAITING_TIMES
        while not select.select([process.stdout], [], [], LOOK_SECONDS)[0]:
            self._waiting()
            if time.monotonic() > deadline:
                raise TimeoutError
        line = process.stdout.readline()
        if line.endswith(b"\n"):
            return dict(json.loads(line))
        if process.wait() == -signal.SIGPROF:
            raise TimeoutError
        raise BadArticle("makes its reader crash: it is damaged; save it anew or as plain text")


def language_of(text: str) -> str | None:
    """ISO 639-1 code of the language of a text; None for a short text and where the detector is not
    sure.

    A piece from the middle is looked at: the top is names and dates. The first call loads the
    model. Raises IndexUnavailable where that finds no room: the model is unpacked in the temporary
    directory.
    """
    weight = sum(
        4 if "\u2e80" < letter < "\uffef" else 1
        for letter in text[:SHORTEST_TOLD]
        if not letter.isspace()
    )
    if weight < SHORTEST_TOLD * 0.75:
        return None
    middle = max(0, len(text) - LANGUAGE_SAMPLE) // 2
    code, sureness = load_language_model().classify(text[middle : middle + LANGUAGE_SAMPLE])
    return code if len(code) == 2 and sureness >= LEAST_SURE else None


@lru_cache(maxsize=1)
def load_language_model() -> LanguageIdentifier:
    """The detector, loaded once (0.7 s). Raises IndexUnavailable as `language_of` does."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    try:
        return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    except OSError as error:  # else it would be taken for a fault of the file that is being read
        raise IndexUnavailable(
            f"cannot unpack the language model for a moment (30 MB) in {tempfile.tempdir or 'a temporary directory'}: "
            f"{error.strerror}; free that disk, or set TMPDIR to a directory that is writable"
        ) from error


_idle: list[tuple[subprocess.Popen[bytes], float]] = []  # since when, the oldest first
_changing = threading.Lock()


def _kept() -> subprocess.Popen[bytes] | None:
    """One that still runs and will not end by itself before its work reaches it."""
    with _changing:
        while _idle:
            process, since = _idle.pop()
            if process.poll() is None and time.monotonic() - since < IDLE_SECONDS / 2:
                return process
            _end(process)
    return None


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.communicate()


def _started() -> subprocess.Popen[bytes]:
    """The other process: it finds this package and nothing in the working directory, and it is told
    no secrets."""
    root = str(Path(__file__).resolve().parents[2])
    script = (
        "import sys; sys.path.append(sys.argv[1]); "
        "from ingest.formats.reading_process import main; main()"
    )
    return subprocess.Popen(  # noqa: S603  nothing of it is anyone else's
        [sys.executable, "-P", "-c", script, root],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={
            **{k: value for k, value in os.environ.items() if not k.startswith(_OUR_SETTINGS)},
            "OPENBLAS_NUM_THREADS": "1",  # each thread would take address space
        },
        start_new_session=True,  # an interrupt from the keyboard is for us; we end it
    )


def main() -> None:
    """The other process: a line of JSON and the bytes of an article in, a line of JSON out, until
    the input ends or nothing comes for IDLE_SECONDS."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not stand among the answers
    while select.select([0], [], [], IDLE_SECONDS)[0] and (question := sys.stdin.buffer.readline()):
        asked = json.loads(question)
        seconds = asked.pop("seconds")
        asked["data"] = sys.stdin.buffer.read(asked["data"])
        asked["today"] = date.fromisoformat(asked["today"])
        # ends this process: processor time, not that of a clock
        signal.setitimer(signal.ITIMER_PROF, seconds)
        reply = _answer(Content(**asked))
        signal.setitimer(signal.ITIMER_PROF, 0)
        answers.write(json.dumps(reply, default=str).encode() + b"\n")
        answers.flush()


def _answer(content: Content) -> dict[str, Any]:
    try:
        return {"items": [asdict(item) for item in _items(content)]}
    except BadArticle as error:
        bad = str(error)
    except MemoryError:
        bad = f"takes more than {MEMORY >> 30} GB of memory to read; split it or save it as plain text"
    except RecursionError:
        bad = "is nested too deep to be read; save it anew or as plain text"
    except Exception as error:  # noqa: BLE001  the outermost rim of this process: strangers' files break libraries anyhow
        bad = (
            f"cannot be read ({type(error).__name__}): it is damaged; save it anew or as plain text"
        )
    return {"bad": bad}


def _items(content: Content) -> Sequence[Entry | Item]:
    """What each format is read by: a new one is a line here, and one in `readers.FORMATS`."""
    from ingest.formats import article_making

    def read_page(data: bytes, limit_bytes: int) -> Extract:
        from ingest.formats import html

        plain = content.kind.startswith(PLAIN)
        return (
            html.read_plain_page(data, limit_bytes) if plain else html.read_page(data, limit_bytes)
        )

    kind = content.kind.removeprefix(PLAIN)
    if kind not in ("docx", "html", "markdown", "odt", "pdf", "rtf", "text"):
        from ingest.formats import html, item_files

        # the markup of feeds and books holds no menus
        is_plain = kind in ("epub", "item", "xml", "web xml")
        return item_files.READERS[kind](content, html.read_plain_page if is_plain else read_page)
    extract = read_page(content.data, content.limit_bytes) if kind == "html" else _extract(content)
    if extract.stopped:
        return [Withdrawn(content.identity, content.source, extract.stopped, extract.terms)]
    article_making.expect_size(extract.text, content.limit_bytes)
    return [article_making.article_of(extract, content.identity, content.source, content.today)]


def _extract(content: Content) -> Extract:
    """What a file says that holds one article and is no page."""
    if content.kind == "pdf":
        from ingest.formats.pdf import read_pdf

        return read_pdf(content.data, content.limit_bytes)
    if content.kind == "docx":
        from ingest.formats.docx_text import read_docx

        return read_docx(content.data, content.limit_bytes)
    if content.kind == "odt":
        from ingest.formats.odt import read_odt

        return read_odt(content.data, content.limit_bytes)
    if content.kind == "rtf":
        from ingest.formats.rtf import read_rtf

        return read_rtf(content.data)
    if content.kind == "markdown":
        from ingest.formats.front_matter import read_markdown

        return read_markdown(content.data)
    from ingest.formats.agency_wire import read_wire
    from ingest.formats.encodings import decode

    text = decode(content.data)
    return read_wire(text) or Extract(text)
