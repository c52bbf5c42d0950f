"""Faults of the machine beneath: a clock that jumps, memory that runs out. Nothing is lost."""

from __future__ import annotations

import resource
from functools import partial
from pathlib import Path

import httpx2
import pytest
from conftest import texts
from processes import command, fill, served_process
from test_feedback import COST
from test_uploads import ended, files

from ingest.ingest_cli import examined
from ingest.settings import Settings
from ingest.storage.archive import Archive

pytestmark = pytest.mark.slow

FAKED_CLOCK = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
MEGABYTES = (300, 1200, 1800)  # of address space: one ends it at once, others midway


@pytest.mark.skipif(FAKED_CLOCK is None, reason="Debian's package faketime is not installed")
def test_a_clock_that_jumps_back_and_forth_loses_nothing(
    settings: Settings, newsroom: Path, tmp_path: Path
) -> None:
    fill(settings, newsroom)
    clock = tmp_path / "clock"
    clock.write_text("+0\n")
    faked = {
        "LD_PRELOAD": str(FAKED_CLOCK),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "DONT_FAKE_MONOTONIC": "1",  # the kernel's never jumps
    }
    with (
        served_process(settings, **faked) as (url, process),
        httpx2.Client(base_url=url, timeout=60) as http,
    ):
        given = []
        for number, jump in enumerate(("+0", "-40d", "+400d", "-3000d", "+0")):
            (tmp_path / "next").write_text(f"{jump}\n")
            (tmp_path / "next").rename(clock)  # nobody reads half of it
            given.append(http.post("/v1/answers", json={"question": COST}).json())
            sent = http.post("/v1/articles", files=files(**{f"n{number}_txt": f"Note {number}."}))
            assert ended(http, sent)["status"] == "done"
        assert {(one["outcome"], one["text"]) for one in given} == {("answered", given[0]["text"])}
        made = [http.get(f"/v1/answers/{one['id']}").json()["made_at"] for one in given]
        assert made[3] < made[1] < made[0] < made[4] < made[2]
        assert http.get("/v1/articles").json()["total"] == 3 + len(given)
        assert http.get("/readyz").status_code == 200 and process.poll() is None
    assert examined(settings, mend=False)["left"] == []


def test_an_ingest_that_runs_out_of_memory_loses_nothing(
    settings: Settings, newsroom: Path, tmp_path: Path
) -> None:
    fill(settings, newsroom)
    more = tmp_path / "more"
    more.mkdir()
    for number in range(8):
        text = f"The ferry {number} sails. " * 40
        (more / f"{number}.txt").write_text(f"Ferry {number}\n\n{text}", "utf-8")
    ends = set()
    for megabytes in MEGABYTES:
        size = megabytes << 20
        limited = partial(resource.setrlimit, resource.RLIMIT_AS, (size, size))
        done = command(settings, "ingest", str(more), preexec_fn=limited)
        assert "Traceback" not in done.stderr
        ends.add(done.returncode == 0)
        with Archive(settings) as archive, archive.catalogue.live() as snapshot:
            assert {path.name for path in newsroom.iterdir()} <= set(texts(snapshot))
    assert False in ends
    assert command(settings, "ingest", str(more)).returncode == 0
    assert examined(settings, mend=False)["left"] == []
    with Archive(settings) as archive, archive.catalogue.live() as snapshot:
        assert len(texts(snapshot)) == 11
