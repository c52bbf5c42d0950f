"""A suite in, two rates out: cases a second of an eval run in process, and answers a second of the service alone.

    python -m benchmarks.eval_runs [--suite newsroom-fit] [--cases 500] [--rounds 3] [--concurrency 4] [--json FILE]

The same service answers the same questions in both ways, in turn; it has answered all of them once before. The run
searches, scores and writes as `dateline eval run` does. Ratios of CPU time say more on a machine that others use too.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

from evals import results
from evals.asker import Asker, in_process, service_over
from evals.cases import Case, Suite, read_suite
from evals.execution import sampled
from evals.run import Asking, run
from ingest.settings import read_settings

Timed = tuple[float, float]  # seconds, and seconds of CPU


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--suite", default="newsroom-fit")
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--concurrency", type=int, default=4)
    parser.add_argument("--json", type=Path)
    wanted = parser.parse_args()
    suite = sampled(read_suite(wanted.suite), wanted.cases, seed=7)
    assert suite.articles is not None, "the card of the suite says what it asks about"
    with service_over(suite.articles, read_settings()) as service:
        found = asyncio.run(measured(suite, in_process(service), wanted.rounds, wanted.concurrency))
    print(json.dumps(found, indent=1))
    if wanted.json:
        wanted.json.write_text(json.dumps(found, indent=1), "utf-8")


async def measured(suite: Suite, opened: Any, rounds: int, at_a_time: int) -> dict[str, Any]:
    """Rates over all rounds, and the ratio of each round."""
    async with opened as asker:
        await answered(asker, suite.cases, at_a_time)
        spent: dict[str, list[Timed]] = {"answers": [], "run": []}
        for number in range(rounds):
            for name in ("answers", "run") if number % 2 else ("run", "answers"):
                work = (
                    ran(asker, suite, at_a_time)
                    if name == "run"
                    else answered(asker, suite.cases, at_a_time)
                )
                spent[name].append(await timed(work))
    found: dict[str, Any] = {"cases": len(suite.cases)}
    for at, kind in enumerate(("seconds", "cpu")):
        totals = {name: sum(one[at] for one in times) for name, times in spent.items()}
        each = zip(spent["answers"], spent["run"], strict=True)
        found[kind] = {
            **{
                f"{name}_a_second": rounds * len(suite.cases) / total
                for name, total in totals.items()
            },
            "ratio": totals["answers"] / totals["run"],
            "ratios": [answers[at] / run[at] for answers, run in each],
        }
    return found


async def answered(asker: Asker, cases: Sequence[Case], at_a_time: int) -> None:
    waiting = iter(cases)

    async def work() -> None:
        for case in waiting:
            await asker.answer(case.question, case.as_of, case.history)

    async with asyncio.TaskGroup() as group:
        for _ in range(at_a_time):
            group.create_task(work())


async def ran(asker: Asker, suite: Suite, at_a_time: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = results.Made(suite=suite.name, cases="", today="2026-01-01")
        with results.begun(Path(folder) / "out", made) as kept:
            await run(suite, asker, kept.keep, lambda *_: None, Asking(at_a_time=at_a_time))
            kept.in_order(suite)


async def timed(work: Coroutine[Any, Any, None]) -> Timed:
    wall, cpu = time.perf_counter(), time.process_time()
    await work
    return time.perf_counter() - wall, time.process_time() - cpu


if __name__ == "__main__":
    main()
