"""Two thousand damaged and hostile files of every format: each is read, or refused in words."""

from __future__ import annotations

import codecs
import gzip
import io
import json
import random
import re
import zipfile
from collections.abc import Callable, Iterator
from os.path import commonprefix
from pathlib import Path

import pytest
from files import OPENED, TITLE, docx, epub, html, odt, pdf
from test_item_files import ATOM, G2, G2_ITEM, NINJS, NITF, RSS
from test_mail import PAGE, newsletter
from test_rtf import rtf
from test_warc import HARBOUR, archived, page

from ingest.formats.file_readers import FORMATS, read
from ingest.types import Article, Failure

SEED = 20261129
MHTML = f"Content-Type: text/html; charset=utf-8\r\nContent-Location: {HARBOUR}\r\n\r\n{PAGE}"
WARC = archived((HARBOUR, "200 OK", "text/html", page(TITLE, OPENED)), gzip=False)
TEXT = f"{TITLE}\n\nBy Ines Marlow\n\n12 March 2025\n\n{OPENED}\n"
LINE = json.dumps({"id": "a1", "title": TITLE, "text": OPENED, "published_on": "2025-03-12"})
SAMPLES: dict[str, bytes] = {
    "atom": ATOM.encode(),
    "csv": f'title,text,published_on\n{TITLE},"{OPENED}",2025-03-12\n'.encode(),
    "docx": docx(),
    "eml": bytes(newsletter()),
    "epub": epub(f"<h1>{TITLE}</h1><p>{OPENED}</p>"),
    "htm": html().encode("utf-16"),
    "html": html().encode(),
    "json": json.dumps(NINJS).encode(),
    "jsonl": f"{LINE}\n{LINE.replace('a1', 'a2')}\n".encode(),
    "md": f"---\ntitle: {TITLE}\ndate: 2025-03-12\n---\n{OPENED}\n".encode(),
    "mht": MHTML.encode(),
    "mhtml": MHTML.encode(),
    "odt": odt(f"<text:p>{OPENED}</text:p>"),
    "pdf": pdf([[(18, 0, TITLE), (11, 30, OPENED[:60])]]),
    "rss": RSS.encode(),
    "rtf": rtf(OPENED),
    "tsv": f"title\ttext\n{TITLE}\t{OPENED}\n".encode(),
    "txt": TEXT.encode(),
    "warc": WARC,
    "warc.gz": gzip.compress(WARC),
    "xml": NITF.format("", "").encode(),
}
OTHERS = {
    "xml": G2.format(G2_ITEM.format(1, "usable")).encode(),
    "txt": b"abc012 4 i 211\nslug/\n" + TEXT.encode(),
}
Chance = random.Random


def cut(data: bytes, chance: Chance) -> bytes:
    return data[: chance.randrange(len(data))]


def flipped(data: bytes, chance: Chance) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 3, 30))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def spliced(data: bytes, chance: Chance) -> bytes:
    """A piece of another format in the middle."""
    other = chance.choice([*SAMPLES.values()])
    at, start = chance.randrange(len(data)), chance.randrange(len(other))
    return data[:at] + other[start : start + 300] + data[at:]


def repeated(data: bytes, chance: Chance) -> bytes:
    start = chance.randrange(len(data))
    piece = data[start : start + chance.choice((1, 10, 100))]
    return data[:start] + piece * chance.choice((50, 3000)) + data[start:]


def sown(data: bytes, chance: Chance) -> bytes:
    """Bytes that mean something to someone, anywhere."""
    changed = data
    for _ in range(chance.choice((1, 10))):
        at = chance.randrange(len(changed) + 1)
        changed = changed[:at] + chance.choice(SEEDS) + changed[at:]
    return changed


SEEDS = [
    b"\0", b"\xff", b"\x9d", b"\xed\xa0\x80", b"\r", b"\r\n", b"\n\n\n", b"\x1b[31m", b"\xe2\x80\xae",
    b"\xe2\x81\xa6", b"\xef\xbb\xbf", b"\xef\xbf\xbf", b"{" * 3000, b"[" * 3000, b"<b>" * 3000, b'"', b"'", b"&#0;",
    b"&#xD800;", b"&#x110000;", b"&e9;", b"<!DOCTYPE x [<!ENTITY e9 '&e9;&e9;'>]>", b"]]>", b"<!--", b"<![CDATA[",
    b"9" * 5000, b"1e999", b"-0", b"NaN", b"\\u0000", b"\\ud800", b"%00", b"../../etc/passwd", b"=?utf-8?b?////?=",
    b"*a", b"&a [*a]", b"!!python/object:os.system x", b"\\bin99999999 ", b"\\u99999 ", b"{\\*", b"Content-Length: 99999999\r\n",
    b" " * 5000, b"a" * 100_000, "٣".encode(), "🙂".encode() * 50,
]  # fmt: skip


def recoded(data: bytes, chance: Chance) -> bytes:
    text = data.decode("utf-8", "replace")
    encoding = chance.choice(
        ("utf-16", "utf-16-le", "utf-32", "cp1252", "cp1251", "shift-jis", "utf-7", "cp037")
    )
    mark = chance.choice((b"", codecs.BOM_UTF8, codecs.BOM_UTF16_BE))
    return mark + text.encode(encoding, "replace")


def retyped(data: bytes, chance: Chance) -> bytes:
    """A value of another type or size in the place of a quoted one."""
    value = chance.choice(
        (
            b"null",
            b"[]",
            b"{}",
            b"true",
            b"-1e400",
            b"9" * 400,
            b'{"name": [[[]]]}',
            b"12345678901234567890",
        )
    )
    places = [*re.finditer(rb'"[^"\n]{1,200}"', data)]
    place = chance.choice(places) if places else re.search(rb"\w+", data)
    return data if place is None else data[: place.start()] + value + data[place.end() :]


def repacked(data: bytes, chance: Chance) -> bytes:
    """A zip file in which one part is damaged, large or missing; others are nested in themselves."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return data + data[: len(data) // 2] * 2
    whole, packed = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    unlucky = chance.choice(whole.namelist())
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in whole.namelist():
            content = whole.read(name)
            if name == unlucky:
                content = chance.choice((flipped, cut, sown, lambda d, c: b" " * 3_000_000))(
                    content or b"x", chance
                )
            if name != unlucky or chance.random() < 0.8:
                target.writestr(
                    chance.choice((name, f"../{name}")) if name == unlucky else name, content
                )
    return packed.getvalue()


HARMS: list[Callable[[bytes, Chance], bytes]] = [
    cut, flipped, spliced, repeated, sown, recoded, retyped, repacked,
]  # fmt: skip


def hostile(count: int) -> Iterator[tuple[str, bytes]]:
    """(end of the name, bytes): formats and harms in turn, the same for the same seed."""
    chance = random.Random(SEED)
    kinds = sorted(SAMPLES)
    for number in range(count):
        kind = kinds[number % len(kinds)]
        harm = HARMS[number // len(kinds) % len(HARMS)]
        sample = OTHERS.get(kind, SAMPLES[kind]) if number % 2 else SAMPLES[kind]
        yield kind, harm(sample, chance)


def read_all(folder: Path, count: int) -> list[object]:
    for number, (kind, data) in enumerate(hostile(count)):
        (folder / f"{number:04}.{kind}").write_bytes(data)
    found = list(read(folder, max_article_mb=1))
    told = {str(getattr(one, "source", "")).partition("#")[0] for one in found}
    assert len(told - {folder.name}) == count  # each file says something of itself
    for one in found:
        if isinstance(one, Failure):
            assert one.reason and ";" in one.reason, one  # what is wrong, and what to do
            assert "makes its reader crash" not in one.reason, one
        if isinstance(one, Article):
            one.text.encode()  # can be stored
            assert "\0" not in one.text + str(one.title) + str(one.author)
    return found


def test_a_sample_of_every_format_is_sound(tmp_path: Path) -> None:
    assert {f".{kind}" for kind in SAMPLES} == set(FORMATS)
    for kind, data in SAMPLES.items():
        (tmp_path / f"sound.{kind}").write_bytes(data)
    found = [one for one in read(tmp_path, max_article_mb=1) if isinstance(one, Article)]
    assert {one.source.partition("#")[0] for one in found} == {f"sound.{kind}" for kind in SAMPLES}


def test_a_hundred_hostile_files_are_read_or_refused_in_words(tmp_path: Path) -> None:
    read_all(tmp_path, 100)


@pytest.mark.slow
def test_two_thousand_hostile_files_are_read_or_refused_in_words(tmp_path: Path) -> None:
    found = read_all(tmp_path, 2000)
    assert sum(isinstance(one, Article) for one in found) > 500


@pytest.mark.parametrize("bad", [b"\xff", b"\x9d", b"\xe2\x80"])
@pytest.mark.parametrize(
    "kind",
    [
        "atom",
        "csv",
        "eml",
        "html",
        "json",
        "jsonl",
        "md",
        "mht",
        "rss",
        "tsv",
        "txt",
        "warc",
        "xml",
    ],
)
def test_one_bad_byte_costs_one_character(kind: str, bad: bytes, tmp_path: Path) -> None:
    data = SAMPLES[kind]
    words = re.search(rb"(?:opened to traffic|flooded on Friday|Skerra closes)", data)
    assert words is not None
    at = words.start() + 5
    paths = [tmp_path / f"{name}.{kind}" for name in ("sound", "bad")]
    paths[0].write_bytes(data)
    paths[1].write_bytes(data[:at] + bad + data[at + 1 :])
    sound, changed = (
        next(one for one in read(path, max_article_mb=1) if isinstance(one, Article))
        for path in paths
    )
    same = len(commonprefix((sound.text, changed.text)))  # noqa: RUF071  letters, not paths
    after = len(commonprefix((sound.text[same:][::-1], changed.text[same:][::-1])))  # noqa: RUF071
    assert max(map(len, (sound.text, changed.text))) - same - after in (1, 2)
    assert (changed.title, changed.published_on) == (sound.title, sound.published_on)
