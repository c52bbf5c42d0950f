"""What to ask, of whom and how come in; the run, recorded and written down, goes out."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from evals import report, report_page, results
from evals.asker import Asker, address_of, at_url, in_process, service_over
from evals.cases import Gold, Suite, read_suite
from evals.recording import CALLS, Recorder, recording
from evals.report_page import Shown
from evals.results import Made, Results
from evals.run import Asking, Run, run
from ingest import terminal
from ingest.errors import DatelineError, WrongUsage
from ingest.settings import LOCAL_MODEL, Settings

RESULTS = Path("eval-results")
OPENAI = "https://api.openai.com/v1"


@dataclass(frozen=True, slots=True)
class Order:
    """A run as the command line asks for it."""

    suite: str
    articles: Path | None = None
    url: str | None = None
    out: Path | None = None
    resume: Path | None = None
    replay: Path | None = None
    sample: int | None = None
    seed: int = 0
    price: tuple[float, float] | None = None
    max_cost: float | None = None
    at_a_time: int = 4
    judge: bool = False  # whether a model says what it thinks of every answer
    archive: Path | None = None  # a data directory of the caller's, asked as it stands


def execute(order: Order, settings: Settings) -> tuple[Run, dict[str, Any], Path]:
    """The run, its summary, and the directory that holds both.

    Raises WrongUsage where the order contradicts itself, DatelineError where nothing could be asked.
    """
    made, suite = _planned(order, settings)
    directory = order.resume or order.out or RESULTS / f"{suite.name}-{_now()}"
    calls = (order.replay or directory) / CALLS
    if order.replay and not calls.is_dir():
        raise WrongUsage(f"{order.replay} holds no recorded calls: name the directory of a run")
    opened = results.resumed(directory) if order.resume else results.begun(directory, made)
    with opened as kept:
        ran = _asked(order, made, suite, settings, calls, kept)
        if ran.stopped and (order.replay or not ran.rows):
            raise DatelineError(ran.stopped)
        ran = replace(ran, rows=kept.in_order(suite))
        summary = report.summarise(suite, ran, directory / results.CASES)
        text = json.dumps(summary, ensure_ascii=False, indent=2) + "\n"
        results.write_text(directory / results.SUMMARY, text)
        shown = Shown(directory.name, {row["id"]: row for row in ran.rows}, summary, made)
        results.write_text(directory / results.REPORT, report_page.page(shown, None, ran.warnings))
    return ran, summary, directory


def _planned(order: Order, settings: Settings) -> tuple[Made, Suite]:
    """How the run is made, anew or as an earlier one was, and its cases."""
    earlier = order.resume or order.replay
    if earlier is None:
        return _new(order, settings)
    if order.resume and (order.replay or order.out):
        raise WrongUsage("--resume goes on in its own directory: leave --out and --replay away")
    if order.articles or order.url or order.sample or order.judge:
        raise WrongUsage(
            f"{earlier} knows what it asks about: leave --articles, --url, --sample and --judge away"
        )
    made = results.read_made(earlier)
    suite = sampled(read_suite(made.suite), made.sample, made.seed)
    if results.made_of(suite) != made.cases:
        raise WrongUsage(
            f"{made.suite} was changed since {earlier} was begun: begin a new run, without it"
        )
    return made.model_copy(update={"price": order.price} if order.price else {}), suite


def _new(order: Order, settings: Settings) -> tuple[Made, Suite]:
    if order.url and order.articles:
        raise WrongUsage(
            "--articles and --url exclude each other: a service answers from its own archive"
        )
    suite = sampled(read_suite(order.suite), order.sample, order.seed)
    if not (order.url or order.articles or order.archive or suite.articles):
        raise WrongUsage(
            f"say what {order.suite} asks about: --articles PATH, or --url of a service that holds them"
        )
    drafts = settings.drafts_with_model
    if order.max_cost is not None and order.price is None and (drafts or order.url or order.judge):
        raise WrongUsage("--max-cost wants to know what tokens cost: add --price IN,OUT")
    if order.judge and not (settings.openai_api_key or settings.openai_base_url):
        raise WrongUsage("--judge asks a model: set OPENAI_API_KEY or OPENAI_BASE_URL")
    ours = {
        "answerer": "openai" if drafts else "extractive",
        "model": settings.model if drafts else None,
        "embedding_model": settings.embedding_model,
    }
    return Made(
        suite=order.suite,
        cases=results.made_of(suite),
        articles=str(order.articles) if order.articles else None,
        url=order.url,
        today=datetime.now(UTC).date(),
        sample=order.sample,
        seed=order.seed,
        price=order.price,
        judge=settings.model if order.judge else None,
        **({} if order.url else ours),
    ), suite


def sampled(suite: Suite, count: int | None, seed: int) -> Suite:
    """`count` cases drawn by the seed, in the order of the suite."""
    if count is None or count >= len(suite.cases):
        return suite
    drawn = set(random.Random(seed).sample(range(len(suite.cases)), count))
    return replace(suite, cases=tuple(c for n, c in enumerate(suite.cases) if n in drawn))


def _asked(
    order: Order, made: Made, suite: Suite, settings: Settings, calls: Path, kept: Results
) -> Run:
    with ExitStack() as stack:
        asking = Asking(
            made.today,
            1 if order.replay else order.at_a_time,
            made.price,
            order.max_cost,
        )
        recorders: list[Recorder] = []

        def recorded(upstream: str) -> str:
            one = recording(calls, None if order.replay else upstream)
            recorders.append(stack.enter_context(one))
            return recorders[-1].url

        own = settings.model_copy(update=_as_made(made))
        asks_model = own.drafts_with_model or own.embedding_model != LOCAL_MODEL
        if made.judge or (asks_model and not made.url):
            model = recorded(settings.openai_base_url or OPENAI)
            own = own.model_copy(update={"openai_base_url": model})
        opened: AbstractAsyncContextManager[Asker]
        if made.url:
            opened = at_url(recorded(address_of(made.url)), settings)
        elif order.archive:
            from service.wiring import open_service

            own = own.model_copy(update={"data_dir": order.archive})
            opened = in_process(stack.enter_context(open_service(own)))
        else:
            articles = Path(made.articles) if made.articles else suite.articles
            if articles is None:
                raise WrongUsage(f"{made.suite} was asked of an archive that is gone: run anew")
            asking = replace(asking, written=lambda gold: _written(gold, articles))
            opened = in_process(stack.enter_context(service_over(articles, own)))
        asking = replace(asking, failed=lambda: _missed(recorders))
        judge = own.model_copy(update={"model": made.judge}) if made.judge else None
        return asyncio.run(_run(suite, opened, kept, asking, judge))


async def _run(
    suite: Suite,
    opened: AbstractAsyncContextManager[Asker],
    kept: Results,
    asking: Asking,
    judge: Settings | None,
) -> Run:
    async with AsyncExitStack() as stack:
        asker = await stack.enter_async_context(opened)
        if judge:
            from evals.judges import Judge

            asked = Judge(judge)
            stack.push_async_callback(asked.close)
            asking = replace(asking, judge=asked)
        progress = stack.enter_context(_progress(kept))
        return await run(suite, asker, kept.keep, progress, asking, kept.rows)


@contextmanager
def _progress(kept: Results) -> Iterator[Any]:
    """The bar; whoever stops the run is told how it goes on."""
    try:
        with terminal.progress_bar() as progress:
            yield progress
    except asyncio.CancelledError:
        terminal.say(
            f"{len(kept.rows)} cases are kept: dateline eval run --resume {kept.directory}"
        )
        raise


def _written(gold: Gold, articles: Path) -> bool:
    """Whether a file of the articles holds the quote as it stands, in front matter too, which is no text."""
    name = Path(gold.file.partition("#")[0]).name
    files = [articles] if articles.is_file() else articles.rglob(name)
    return any(gold.quote in path.read_text("utf-8", errors="replace") for path in files)


def _as_made(made: Made) -> dict[str, Any]:
    """The settings that decide what a model is asked, as the run had them when it was begun."""
    known = {
        "answerer": made.answerer,
        "model": made.model,
        "embedding_model": made.embedding_model,
    }
    return {name: value for name, value in known.items() if value is not None}


def _missed(recorders: Sequence[Recorder]) -> str | None:
    missed = [(one.folder, call) for one in recorders for call in one.missed]
    return f"{missed[0][0]} holds no reply to {missed[0][1]}" if missed else None


def _now() -> str:
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
