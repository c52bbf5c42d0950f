"""A suite in, two rates out: cases a second of an eval run in process, and answers a second of the service alone.

    python -m benchmarks.eval_runs [--suite newsroom-fit] [--cases 500] [--block 50] [--concurrency 4] [--json FILE]

The same service answers the same questions in both ways, block by block, first the one way, then the other, in turn;
it has answered all of them once before. The run searches, scores and writes as `dateline eval run` does.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
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
    parser.add_argument("--block", type=int, default=50)
    parser.add_argument("--concurrency", type=int, default=4)
    parser.add_argument("--json", type=Path)
    wanted = parser.parse_args()
    suite = sampled(read_suite(wanted.suite), wanted.cases, seed=7)
    assert suite.articles is not None, "the card of the suite says what it asks about"
    with service_over(suite.articles, read_settings()) as service:
        found = asyncio.run(measured(suite, in_process(service), wanted.block, wanted.concurrency))
    print(json.dumps(found, indent=1))
    if wanted.json:
        wanted.json.write_text(json.dumps(found, indent=1), "utf-8")


async def measured(suite: Suite, opened: Any, block: int, at_a_time: int) -> dict[str, Any]:
    """Rates of all cases together, and the ratio with the middle half of the blocks' own ratios."""
    async with opened as asker:
        await answered(asker, suite.cases, at_a_time)
        ways: dict[str, Callable[[Suite], Coroutine[Any, Any, None]]] = {
            "answers": lambda part: answered(asker, part.cases, at_a_time),
            "run": lambda part: ran(asker, part, at_a_time),
        }
        spent: dict[str, list[Timed]] = {name: [] for name in ways}
        for number, start in enumerate(range(0, len(suite.cases), block)):
            part = replace(suite, cases=suite.cases[start : start + block])
            for name in list(ways)[:: -1 if number % 2 else 1]:
                spent[name].append(await timed(ways[name](part)))
    found: dict[str, Any] = {"cases": len(suite.cases)}
    for at, kind in enumerate(("seconds", "cpu")):
        sums = {name: sum(one[at] for one in times) for name, times in spent.items()}
        ratios = [a[at] / r[at] for a, r in zip(spent["answers"], spent["run"], strict=True)]
        spread = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else ratios
        found[kind] = {
            **{f"{name}_a_second": len(suite.cases) / total for name, total in sums.items()},
            "ratio": sums["answers"] / sums["run"],
            "quartiles_of_blocks": spread,
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
