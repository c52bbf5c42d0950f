"""A hostile file costs itself: the process that reads it has limits, can be stopped, and is replaced when it is lost."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from datetime import date
from pathlib import Path

import pytest
from files import OPENED, TITLE, docx, html, pdf

from ingest.errors import BadArticle, NotReady
from ingest.formats import reading_process
from ingest.formats.file_readers import read
from ingest.formats.reading_process import Content, ReadingProcess, language_of
from ingest.types import Article, Failure

LIMIT = 5_000_000
TODAY = date(2026, 5, 10)


def content(kind: str, data: bytes) -> Content:
    return Content(kind, data, "/a", "a", TODAY, LIMIT)


def bomb(levels: int = 9) -> str:
    """419 bytes of front matter whose title has ten thousand million words."""
    lines = ["a0: &a0 [boom, boom, boom, boom, boom, boom, boom, boom, boom, boom]"]
    for n in range(1, levels):
        lines.append(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]")
    return "\n".join(["---", *lines, f"title: *a{levels - 1}", "---", "", OPENED, ""])


def test_front_matter_whose_aliases_multiply_costs_its_own_file_only(tmp_path: Path) -> None:
    (tmp_path / "bomb.md").write_text(bomb(), "utf-8")
    (tmp_path / "fine.md").write_text(f"---\ntitle: {TITLE}\n---\n\n{OPENED}\n", "utf-8")

    failure, article = read(tmp_path, max_article_mb=5, today=TODAY)

    assert isinstance(failure, Failure) and failure.source == "bomb.md"
    assert "aliases" in failure.reason and "write the values out" in failure.reason
    assert isinstance(article, Article) and article.title == TITLE


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("text", f"{TITLE}\n\n{OPENED}\n".encode()),
        ("markdown", f"# {TITLE}\n\n{OPENED}\n".encode()),
        ("html", html().encode()),
        ("docx", docx()),
        ("pdf", pdf([[(20, 0, TITLE), (11, 30, OPENED[:70]), (11, 14, OPENED[70:])]])),
    ],
)
def test_every_format_is_read_in_the_process_and_its_language_is_told(
    kind: str, data: bytes
) -> None:
    with ReadingProcess() as process:
        article = process.read(content(kind, data))
    assert (article.title, article.language) == (TITLE, "en")
    assert "38 million crowns" in article.text


def test_a_reader_that_dies_costs_one_file() -> None:
    with ReadingProcess() as process:
        assert process.read(content("html", html().encode())).title == TITLE
        lost = process._process
        assert lost is not None
        lost.terminate()
        lost.wait()
        with pytest.raises(BadArticle, match="crash"):
            process.read(content("html", html().encode()))
        assert process.read(content("html", html().encode())).title == TITLE


def test_two_processes_wait_for_the_next_ingest_and_a_third_is_ended() -> None:
    def started(count: int) -> list[subprocess.Popen[bytes]]:
        readers = [ReadingProcess() for _ in range(count)]
        for reader in readers:
            reader.read(content("text", OPENED.encode()))
        processes = [reader._process for reader in readers]
        for reader in readers:
            reader.close()
        return [process for process in processes if process]

    first = started(3)
    assert [process.poll() is None for process in first] == [False, True, True]
    assert set(started(2)) == set(first[1:])
    first[1].kill()
    first[1].wait()
    assert set(started(1)) == {first[2]}, "one that died meanwhile is not taken"


def test_a_waiting_process_ends_with_the_one_that_started_it() -> None:
    script = (
        "from datetime import date; from ingest.formats.reading_process import *\n"
        "with ReadingProcess() as process:\n"
        "    process.read(Content('text', b'Words.', '/a', 'a', date(2026, 5, 10), 99))\n"
        "    print(process._process.pid)"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    deadline = time.monotonic() + 300
    while runs(int(said.stdout)):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def runs(process: int) -> bool:
    """Whether it does; one that nobody waits for stays as a zombie in some containers."""
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] not in "ZX"


def endless() -> bytes:
    """A page whose main text takes longer to find than anybody waits."""
    return html(
        body=("<table><tr><td>" * 60 + f"<p>{OPENED}</p>" + "</td></tr></table>" * 60) * 300
    ).encode()


def test_reading_can_be_stopped_in_the_middle_of_a_file() -> None:
    stop = threading.Event()

    def waiting() -> None:
        if stop.is_set():
            raise NotReady("the service stops")

    with ReadingProcess(waiting) as process:
        process.read(content("text", OPENED.encode()))
        running = process._process
        stop.set()
        with pytest.raises(NotReady):
            process.read(content("html", endless()))
        assert running is not None and running.poll() is not None


@pytest.mark.slow
def test_a_page_that_takes_too_long_is_read_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    # its main text takes about ten: too long on a fast machine too, in a process that is warm
    monkeypatch.setattr(reading_process, "PAGE_SECONDS", 1)
    with ReadingProcess() as process:
        plain = process.read(content("html", endless()))
    assert plain.text.count(OPENED) == 300
    assert "takes too long" in plain.notes[0]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (OPENED, "en"),
        (
            "Der Bürgermeister eröffnete am Freitag die Brücke über die Orvel, an der vier Jahre lang gebaut worden war, und er weinte.",
            "de",
        ),
        (
            "Le maire a inauguré vendredi le pont sur l’Orvel, quatre ans après le début des travaux, et il a pleuré sous la pluie.",
            "fr",
        ),
        (
            "Мэр открыл в пятницу мост через Орвель, который строили четыре года, и заплакал под дождём, говорят жители города.",
            "ru",
        ),
        (
            "市長は金曜日、四年をかけて建設されたオルベル橋を開通させ、雨の中で涙を流したと住民は語った。橋には二車線がある。",
            "ja",
        ),
        ("It rained.", None),
        ("", None),
        ("12 345 " * 40, None),
    ],
)
def test_the_language_of_a_text_is_known_unless_it_is_short(
    text: str, language: str | None
) -> None:
    assert language_of(text) == language
