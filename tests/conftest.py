"""What several tests share: one model cache, an empty archive, a small archive of our own words, a running service."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import servers
from httpx2._config import DEFAULT_TIMEOUT_CONFIG
from running import running

from ingest.embedding.embedder import LocalEmbedder
from ingest.pipeline import ingest
from ingest.settings import Settings
from ingest.storage.archive import Archive
from ingest.storage.catalogue import Snapshot
from service.evidence.neural_reader import Reader

pytest_plugins = ["chromium"]

if sys.platform == "linux":
    # Each thread of a closed service would leave glibc an arena of its own: 10 GB after 1,500 tests.
    ctypes.CDLL(None).mallopt(M_ARENA_MAX := -8, 2)

for name in [
    n for n in os.environ if n.startswith(("OPENAI_", "SLACK_")) or n == "DATELINE_API_KEYS"
]:
    del os.environ[name]  # a test never speaks to anything but loopback, whoever runs it

for step in ("connect", "read", "write", "pool"):
    setattr(DEFAULT_TIMEOUT_CONFIG, step, 120.0)  # instead of 5: a busy machine takes its time

BRIDGE = """Orvel bridge opens after four years

By Ines Marlow, Harbour Gazette

12 March 2025

The Orvel bridge opened to traffic on Wednesday, four years after work began. It cost 38 million crowns, said mayor
Tomas Quill, who cut the ribbon.

The bridge carries two lanes and a cycle path across the Senn. About 9,000 vehicles are expected to use it every day.

Many residents welcomed the opening. “We have waited long enough,” said Hanna Brandt, who runs a bakery on the east bank.
"""
ALTERED_BRIDGE = """Orvel bridge opens after four years

By Staff Writers, The Morning Relay

14 March 2025

The Orvel bridge opened to traffic on Wednesday, four years after work began. It cost 83 million crowns, said mayor
Tomas Quill, who cut the ribbon.

The bridge carries two lanes and a cycle path across the Senn. About 9,000 vehicles are expected to use it every day.

Many residents welcomed the opening. “We have waited long enough,” said Hanna Brandt, who runs a bakery on the east bank.
"""
DAM = """Regulator closes the Orvel dam

Published 2 June 2025 by the Senn Valley Post

The dam at Orvel was closed on 2 June 2025 after inspectors found cracks in its spillway. Dr. Lena Ostrow, who leads the
regulator, said the repair would take eleven months.

No houses were evacuated. The reservoir holds 41 million cubic metres of water.
"""
CHOIR = """Choir of the miners wins in Tarn

The miners' choir of Lower Tarn has won the national singing prize for the third time. Its conductor, Piotr Hale, is 71.

The jury praised the choir's basses. The prize comes with 5,000 crowns.
"""


@pytest.fixture(scope="session")
def model_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the embedding graph is built once for all tests; DATELINE_MODEL_CACHE keeps it between runs."""
    known = os.environ.get("DATELINE_MODEL_CACHE")
    return Path(known) if known else tmp_path_factory.mktemp("models")


@pytest.fixture(scope="session")
def reader(model_cache: Path) -> Reader:
    return Reader(LocalEmbedder(model_cache))


@pytest.fixture
def settings(tmp_path: Path, model_cache: Path) -> Settings:
    return Settings(_env_file=None, data_dir=tmp_path / "data", model_cache=model_cache)  # type: ignore[call-arg]


@pytest.fixture
def archive(settings: Settings) -> Iterator[Archive]:
    with Archive(settings) as opened:
        yield opened


@pytest.fixture
def newsroom(tmp_path: Path) -> Path:
    """A folder of three unrelated articles."""
    folder = tmp_path / "newsroom"
    folder.mkdir()
    for name, text in {"bridge.txt": BRIDGE, "dam.txt": DAM, "choir.txt": CHOIR}.items():
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture
def filled(archive: Archive, newsroom: Path) -> Archive:
    """An archive that holds the three articles."""
    assert ingest(archive, [newsroom]).added == 3
    return archive


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Iterator[str]:
    """The address of one running service over four articles, one of them an altered copy; for tests that only read."""
    folder = tmp_path_factory.mktemp("served")
    articles = {
        "bridge.txt": BRIDGE,
        "relay.txt": ALTERED_BRIDGE,
        "dam.txt": DAM,
        "choir.txt": CHOIR,
    }
    (folder / "articles").mkdir()
    for name, text in articles.items():
        (folder / "articles" / name).write_text(text, "utf-8")
    settings = Settings(_env_file=None, data_dir=folder / "data", model_cache=model_cache)  # type: ignore[call-arg]
    with running(settings) as (url, service):
        assert ingest(service.archive, [folder / "articles"]).added == len(articles)
        yield url


@pytest.fixture
def archive_servers(tmp_path: Path) -> Iterator[tuple[servers.Server, servers.Server]]:
    """PostgreSQL and Chroma of a test of its own, named in the environment."""
    with (
        servers.postgres() as one,
        servers.chroma(tmp_path / "chroma") as other,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("DATELINE_DATABASE_URL", one.address)
        patch.setenv("DATELINE_CHROMA_URL", other.address)
        yield one, other


@pytest.fixture
def shared(archive_servers: tuple[servers.Server, servers.Server], settings: Settings) -> Settings:
    """The settings of an empty archive on these servers."""
    return Settings(_env_file=None, **settings.model_dump(include={"data_dir", "model_cache"}))  # type: ignore[call-arg]


FERRY = "A late word\n\nThe ferry to Tarn sails again from 1 July 2025. It takes forty cars."


def texts(snapshot: Snapshot) -> dict[str, str]:
    return {stored.article.source: stored.article.text for stored in snapshot.everything()}


def update(newsroom: Path) -> None:
    """One article changed, one new, one gone."""
    (newsroom / "dam.txt").write_text(DAM.replace("eleven months", "twelve months"), "utf-8")
    (newsroom / "ferry.txt").write_text(FERRY, "utf-8")
    (newsroom / "choir.txt").unlink()
