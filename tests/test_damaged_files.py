"""Each file of a data directory cut, zeroed or gone: what is left answers rightly, or a remedy is named."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import texts
from test_feedback import COST

from ingest.errors import DatelineError
from ingest.ingest_cli import examined
from ingest.pipeline import ingest
from ingest.settings import Settings
from ingest.storage.archive import Archive
from service.types import Question
from service.wiring import open_service

pytestmark = pytest.mark.slow


# of these nothing can be made again by itself, and an empty one in their place would lie
OURS = ("catalogue.sqlite", "keys.sqlite")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def zeroed(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


DAMAGES: dict[str, Callable[[Path], None]] = {"cut": cut, "zeroed": zeroed, "gone": Path.unlink}


async def asked(settings: Settings) -> set[str]:
    """The sources of all articles, once an answer was right to the letter."""
    with open_service(settings) as service:
        with service.archive.catalogue.live() as snapshot:
            known = texts(snapshot)
        answer = await service.answerer.answer(Question(COST))
        for citation in answer.citations:
            text = known[citation.article.source]
            assert text[citation.start : citation.end] == citation.quote
        return set(known)


@pytest.mark.parametrize("damage", DAMAGES)
async def test_no_damaged_file_loses_an_article_or_makes_a_wrong_citation(
    filled: Archive, settings: Settings, newsroom: Path, tmp_path: Path, damage: str
) -> None:
    filled.close()
    await asked(settings)  # so that there are receipts, keys and vectors of sentences, too
    whole = settings.data_dir.rename(tmp_path / "whole")
    files = [path.relative_to(whole) for path in sorted(whole.rglob("*")) if path.is_file()]
    unread = []
    for file in files:
        shutil.copytree(whole, settings.data_dir, dirs_exist_ok=True)
        DAMAGES[damage](settings.data_dir / file)
        try:
            found = await asked(settings)
        except DatelineError as error:  # in words, and no traceback
            assert len(str(error).splitlines()) == 1, error
            if file.name in OURS:  # a person deletes it, or puts a copy back
                (settings.data_dir / file).unlink(missing_ok=True)
            else:
                assert examined(settings, mend=True)["left"] == [], (file, str(error))
            found = await asked(settings)
        if not found:  # the catalogue is the record of truth: its articles come in again
            assert file.name.startswith("catalogue.sqlite"), file
            with Archive(settings) as anew:
                ingest(anew, [newsroom])
            found = await asked(settings)
        if found != {"bridge.txt", "choir.txt", "dam.txt"}:
            unread.append(str(file))
        shutil.rmtree(settings.data_dir)
    assert len(files) >= 12 and unread == []
