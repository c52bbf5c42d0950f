"""Servers against one process, two Dask workers against one, and a service's start against an older commit's.

    DATELINE_DATABASE_URL=… DATELINE_CHROMA_URL=… python -m benchmarks.servers search --passages 10000 [--work DIR]
    python -m benchmarks.servers dask [--articles 150] [--rounds 3]
    python -m benchmarks.servers start --against COMMIT [--rounds 5]

Contenders take turns, so that what else the machine does meets all of them; medians are told, and for `search` the
ratio of each question's two times. `search` wants an empty database, or the one that it filled with the same `--work`.
`dask` gives each worker one thread and one core. `start` is that of an installed Dateline, whose modules are compiled:
the first one of each compiles them, and is not told.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.ingest import written
from benchmarks.synthetic import open_synthetic, questions
from ingest.pipeline import SAMPLE
from ingest.settings import read_settings
from service.retrieval.retriever import Retriever
from service.types import Question

DATELINE = [sys.executable, "-c", "import dateline; dateline.main()"]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("search", "dask", "start"))
    parser.add_argument("--passages", type=int, default=10_000)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--articles", type=int, default=150)
    parser.add_argument("--against", default="HEAD")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--work", type=Path, help="where archives stay; default: nowhere")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dateline-servers-") as folder:
        work = given.work or Path(folder)
        if given.what == "search":
            search(given.passages, given.questions, work)
        elif given.what == "dask":
            dask(given.articles, given.rounds, work)
        else:
            start(given.against, given.rounds, work)


def search(passages: int, count: int, work: Path) -> None:
    with contextlib.ExitStack() as stack:
        retrievers = {}
        for name, on_servers in (("one process", False), ("servers", True)):
            archive = stack.enter_context(
                open_synthetic(passages, work / name, on_servers=on_servers)
            )
            while archive.text_index.count() < passages:  # it is caught up by generation
                time.sleep(0.1)
            retrievers[name] = Retriever(archive)
        taken: dict[str, list[float]] = {name: [] for name in retrievers}
        for n, words in enumerate(questions(count + 20)):
            for name, retriever in retrievers.items():
                seconds = timed(lambda: retriever.find(Question(words), 10))  # noqa: B023
                if n >= 20:  # the first ones warm caches
                    taken[name].append(seconds)
    told(taken)
    pairs = [b / a for a, b in zip(taken["one process"], taken["servers"], strict=True)]
    print(
        f"servers / one process, median of {len(pairs)} questions: {statistics.median(pairs):.2f}"
    )


def dask(articles: int, rounds: int, work: Path) -> None:
    source = written(articles, work / "corpus.jsonl")
    taken: dict[str, list[float]] = {"1 worker": [], "2 workers": [], "here": []}
    for turn in range(rounds):
        for workers in (1, 2, 0):
            name = "here" if not workers else f"{workers} worker{'s' * (workers > 1)}"
            with cluster(workers) as address:
                more = ["--dask", address] if address else []
                data = work / f"{turn}-{workers}"
                command = [*DATELINE, "ingest", str(source), *more]
                place = environment(Path(__file__).parents[1], data)
                taken[name].append(timed(lambda: subprocess.run(command, env=place, check=True)))  # noqa: B023
    told(taken)


@contextlib.contextmanager
def cluster(workers: int) -> Iterator[str | None]:
    """A scheduler and workers, each pinned to a core of its own; None for no worker."""
    if not workers:
        yield None
        return
    from distributed import Client, LocalCluster

    with LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as local:
        with Client(local) as client:
            for core, worker in enumerate(client.scheduler_info()["workers"]):
                client.run(os.sched_setaffinity, 0, {core}, workers=[worker])
        yield local.scheduler_address


def start(against: str, rounds: int, work: Path) -> None:
    here, other = Path(__file__).parents[1], work / "other"
    subprocess.run(["git", "worktree", "add", "-q", "--detach", other, against], check=True)
    taken: dict[str, list[float]] = {"now": [], against: []}
    try:
        for name, code in (("now", here), (against, other)):
            filled = environment(code, work / f"data-{name}")
            subprocess.run([*DATELINE, "ingest", SAMPLE], env=filled, check=True, cwd=work)
        for turn in range(rounds + 1):
            for name, code in (("now", here), (against, other)):
                place = environment(code, work / f"data-{name}")
                seconds = timed(lambda: served(place, work))  # noqa: B023
                if turn:
                    taken[name].append(seconds)
    finally:
        subprocess.run(["git", "worktree", "remove", "--force", other], check=True)
    told(taken)


def served(place: dict[str, str], work: Path) -> None:
    """A service, until it says where it is."""
    process = subprocess.Popen(
        [*DATELINE, "serve", "--port", "0"], env=place, cwd=work, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    while "Dateline is at" not in process.stderr.readline():
        assert process.poll() is None
    process.kill()
    process.communicate()


def environment(code: Path, data: Path) -> dict[str, str]:
    models = str(read_settings().model_dir.absolute())
    own = {"DATELINE_DATA_DIR": str(data), "DATELINE_MODEL_CACHE": models}
    own |= {"PYTHONPATH": str(code), "PYTHONPYCACHEPREFIX": f"{data}-bytecode"}
    own |= {"PYTHONDONTWRITEBYTECODE": ""}
    return {**os.environ, **own}


def timed(work: Callable[[], object]) -> float:
    before = time.perf_counter()
    work()
    return time.perf_counter() - before


def told(taken: dict[str, list[float]]) -> None:
    for name, seconds in taken.items():
        middle, last = statistics.median(seconds), max(seconds)
        print(f"{name}: p50 {middle * 1000:.1f} ms, slowest {last * 1000:.1f} ms, n {len(seconds)}")


if __name__ == "__main__":
    main()
