"""`dateline eval …`: suites and results in, scores and verdicts out."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evals import suite_cli
from evals.suite_cli import Json
from ingest import ingest_cli, terminal
from ingest.errors import WrongUsage
from ingest.settings import read_settings

if TYPE_CHECKING:
    from evals.run import Run

app = typer.Typer(
    help="Gold suites: run one, compare two runs, gate a change.", no_args_is_help=True
)
app.command("import")(suite_cli.import_set)
app.command("stress")(suite_cli.make_stress)
app.command("draft")(suite_cli.draft)


@app.command("run")
def run_suite(
    suite: Annotated[
        str, typer.Argument(help="A JSONL file of cases, or the name of a bundled suite")
    ] = "newsroom",
    articles: Annotated[
        Path | None, typer.Option(help="Articles to ask about, in a throw-away index")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Where results go; default eval-results/SUITE-TIME")
    ] = None,
    url: Annotated[
        str | None, typer.Option(help="Ask the service there instead, with DATELINE_API_KEYS")
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(help="Go on with the run in this directory, which was stopped")
    ] = None,
    replay: Annotated[
        Path | None, typer.Option(help="Run again with the recorded calls of this one, offline")
    ] = None,
    concurrency: Annotated[int, typer.Option(min=1, max=64, help="Cases asked at a time")] = 4,
    sample: Annotated[
        int | None, typer.Option(min=1, help="Ask only so many cases, drawn by --seed")
    ] = None,
    seed: Annotated[int, typer.Option(help="What a sample is drawn by")] = 0,
    price: Annotated[
        str | None,
        typer.Option(metavar="IN,OUT", help="USD a million tokens read and written: 0.15,0.60"),
    ] = None,
    max_cost: Annotated[
        float | None, typer.Option(min=0, help="USD after which no further case is begun")
    ] = None,
    judge: Annotated[
        bool, typer.Option("--judge", help="Let the model judge every answer, beside the scores")
    ] = False,
    as_json: Json = False,
) -> None:
    """Ask every case of a suite, score what comes back, write results and a report."""
    terminal.start_logs()
    with terminal.spoken_errors():
        from evals.execution import Order, execute

        order = Order(
            suite, articles, url, out, resume, replay, sample, seed, _price(price), max_cost, concurrency, judge
        )  # fmt: skip
        made, summary, directory = execute(order, read_settings())
        _tell(made, summary, directory, as_json)


@app.command("compare")
def compare_runs(
    base: Annotated[Path, typer.Argument(help="Results directory or cases file to compare with")],
    new: Annotated[Path, typer.Argument(help="Results directory or cases file that is compared")],
    as_json: Json = False,
) -> None:
    """Paired differences of two runs, with intervals, and the cases that changed."""
    with terminal.spoken_errors():
        from evals import compare

        comparison, earlier, later = compare.read_pair(base, new)
        if as_json:
            terminal.show_json(compare.as_json(comparison, earlier, later))
        else:
            terminal.show("\n".join(compare.table(comparison, earlier, later)))


@app.command("report")
def report_run(
    run: Annotated[Path, typer.Argument(help="Results directory")],
    against: Annotated[
        Path | None, typer.Option(help="Results directory to show beside it")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The HTML file; default RUN/report.html")] = None,
) -> None:
    """One HTML file that needs nothing else: scores, plots, every case, two runs side by side."""
    with terminal.spoken_errors():
        from evals import compare, report_page, results

        if against:
            compare.read_pair(against, run)  # refuses a run of another suite
        base = report_page.read_run(against) if against else None
        file = out or run / results.REPORT
        results.write_text(file, report_page.page(report_page.read_run(run), base))
        terminal.show(str(file))


@app.command("agree")
def agree(
    run: Annotated[Path, typer.Argument(help="Results directory or cases file")],
    labels: Annotated[Path, typer.Argument(help='JSONL: {"id", "score"?: "right", "value": true}')],
    as_json: Json = False,
) -> None:
    """How far scores agree with what people say of the same cases: share and Cohen's kappa."""
    with terminal.spoken_errors():
        from evals import agreement, report, results

        found = agreement.agreement(labels, results.read_rows(run))
        if as_json:
            terminal.show_json(agreement.as_json(found))
            return
        rows = [["score", "n", "agreement", "95 % interval", "kappa", "95 % interval"]]
        for name, measures in found.items():
            share, kappa = measures["agreement"], measures["kappa"]
            cells = [f"{i.value:.3f}" if i.value is not None else "–" for i in (share, kappa)]
            spans = [
                f"{i.low:.3f} to {i.high:.3f}" if i.low is not None else "–" for i in (share, kappa)
            ]
            rows.append([name, str(share.n), cells[0], spans[0], cells[1], spans[1]])
        terminal.show("\n".join(report.aligned(rows)))


@app.command("gate")
def gate_run(
    run: Annotated[Path, typer.Argument(help="Results directory or cases file to judge")],
    against: Annotated[
        Path, typer.Option(help="Results directory or cases file that must not be undercut")
    ],
    thresholds: Annotated[
        Path | None, typer.Option(help="A TOML or YAML file of what else must hold")
    ] = None,
    junit: Annotated[Path | None, typer.Option(help="Write every check as JUnit XML here")] = None,
    markdown: Annotated[
        Path | None, typer.Option(help="Write a summary for a pull request here")
    ] = None,
    as_json: Json = False,
) -> None:
    """Exit 1 where a guarantee is broken, a score got worse or a threshold is missed, and say which."""
    with terminal.spoken_errors():
        from evals import compare, gate, results

        asked = gate.read_thresholds(thresholds)
        comparison, earlier, later = compare.read_pair(against, run)
        checks = gate.checks(comparison, later, asked, results.read_figures(run))
        faults = [told for check in checks for told in check.faults]
        if junit:
            results.write_text(junit, gate.junit(str(run), checks))
        if markdown:
            chances = gate.chances_of_loss(comparison, asked)
            told = gate.markdown(comparison, checks, earlier, later, chances)
            results.write_text(markdown, told)
        if as_json:
            body = compare.as_json(comparison, earlier, later)
            terminal.show_json({"passed": not faults, "regressions": faults, **body})
        else:
            terminal.show("\n".join(faults) or f"no regression over {comparison.paired} cases")
            for note in compare.notes(comparison):
                terminal.say(note)
        raise typer.Exit(1 if faults else 0)


@app.command("publish")
def publish(
    path: Annotated[Path, typer.Argument(help="A file or folder of articles, as for ingest")],
    suite: Annotated[
        str, typer.Option(help="A JSONL file of cases that must not be answered worse")
    ],
    thresholds: Annotated[
        Path | None, typer.Option(help="A TOML or YAML file of what else must hold")
    ] = None,
    prune: Annotated[
        bool, typer.Option("--prune", help="Also remove what is gone from PATH, as for ingest")
    ] = False,
    concurrency: Annotated[int, typer.Option(min=1, max=64, help="Cases asked at a time")] = 4,
    out: Annotated[
        Path | None, typer.Option(help="Where both runs go; default eval-results/publish-TIME")
    ] = None,
    as_json: Json = False,
) -> None:
    """Ingest articles aside, ask the suite before and after, and go live only where the gate holds."""
    terminal.start_logs()
    with terminal.spoken_errors():
        from evals import compare, gate, publishing, report
        from evals.publishing import Publication

        limits = gate.read_thresholds(thresholds)
        wanted = Publication(path, suite, limits, out, prune, concurrency)
        tried, done = publishing.publish(wanted, read_settings())
        if as_json:
            terminal.show_json(publishing.as_json(tried, done))
        else:
            if tried:
                lines = compare.table(tried.comparison, tried.base, tried.new)
                if not tried.base:  # the archive held nothing
                    lines = report.table(
                        report.scores_of([row.model_dump() for row in tried.new.values()])
                    )
                terminal.show("\n".join((*lines, "", *tried.faults)))
            if done:
                ingest_cli.tell(done)
        if tried and not done:
            terminal.say(
                f"not published: readers see what they saw; both runs are in {tried.results}"
            )
        raise typer.Exit(0 if done else 1)


def _tell(made: Run, summary: dict[str, Any], directory: Path, as_json: bool) -> None:
    """Results to stdout, the rest to stderr; fails where not one case was answered."""
    from evals import report, results

    report.warn(made.warnings, directory / results.REPORT)
    if summary["held"]:
        terminal.say(f"{summary['suite']} is a held half: nothing may be chosen by its figures")
    if as_json:
        terminal.show_json(summary)
    else:
        terminal.show("\n".join(report.table(summary["scores"])))
        if "judged" in summary:
            terminal.show("\n" + "\n".join(report.judge_table(summary["judged"])))
        wrong = len(report.wrong_rows(made.rows))
        terminal.show(f"\n{summary['n']} cases, {wrong} to look at in {directory / results.REPORT}")
    if made.stopped:
        terminal.say(
            f"stopped after {len(made.rows)} cases: {made.stopped}; go on with "
            f"dateline eval run --resume {directory}"
        )
    unjudged = [row for row in made.rows if row.get("judge_failed")]
    if unjudged:
        why = unjudged[0]["judge_failed"]
        terminal.say(f"the judge failed on {len(unjudged)} cases, the first with: {why}")
    failed = [row for row in made.rows if row["error"]]
    if failed:
        terminal.say(
            f"{len(failed)} of {summary['n']} cases failed, the first with: {failed[0]['error']}"
        )
    if made.stopped or len(failed) == len(made.rows):
        raise typer.Exit(1)


def _price(given: str | None) -> tuple[float, float] | None:
    if given is None:
        return None
    try:
        read, written = map(float, given.split(","))
    except ValueError:
        read = written = math.nan
    if not (0 <= read < math.inf and 0 <= written < math.inf):
        raise WrongUsage(
            f"--price {given}: give USD a million tokens read and written, such as 0.15,0.60"
        )
    return read, written
