"""The command that measures servers and Dask workers runs, and tells every contender."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import servers

ROOT = Path(__file__).parents[1]


def told(model_cache: Path, *arguments: str, **more: str) -> str:
    run = [sys.executable, "-m", "benchmarks.servers", *arguments]
    places = {"DATELINE_MODEL_CACHE": str(model_cache), **more}
    done = subprocess.run(
        run, capture_output=True, text=True, cwd=ROOT, env={**os.environ, **places}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_search_on_servers_is_measured_against_one_process(
    tmp_path: Path, model_cache: Path
) -> None:
    with servers.postgres() as database, servers.chroma(tmp_path / "chroma") as vectors:
        places = {"DATELINE_DATABASE_URL": database.address, "DATELINE_CHROMA_URL": vectors.address}
        said = told(model_cache, "search", "--passages", "40", "--questions", "3", **places)
    assert re.search(r"one process: p50 [\d.]+ ms.*\nservers: p50 [\d.]+ ms.* n 3\n", said)
    assert re.search(r"servers / one process, median of 3 questions: [\d.]+\n", said)


@pytest.mark.slow
def test_two_workers_are_measured_against_one_and_none(model_cache: Path) -> None:
    pytest.importorskip("distributed", reason="no Dask: pip install 'dateline[scale]'")
    said = told(model_cache, "dask", "--articles", "12", "--rounds", "1")
    names = re.findall(r"^(.*): p50 [\d.]+ ms, slowest [\d.]+ ms, n 1$", said, re.MULTILINE)
    assert names == ["1 worker", "2 workers", "here"]
