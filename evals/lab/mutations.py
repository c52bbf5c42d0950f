"""Measures what the tests notice: changes one number or comparison at a time and runs the tests that reach it.

    python -m evals.lab.mutations record --out reached.json        # which test reaches which function, once
    python -m evals.lab.mutations run --reached reached.json --sample 300 --seed 1

A mutant is one number (an integer one more or less, a fraction half or half as much again), one truth value, or one
comparison (at its edge, or turned round). Each runs in a fork of a process that has imported everything, with the tests
that enter the changed function, the quickest first, until one fails. What runs longer than four times its tests did
counts as noticed. Tests that start another process are not asked: it would not have the change.
"""

from __future__ import annotations

import ast
import gc
import importlib
import inspect
import json
import multiprocessing
import os
import random
import signal
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType
from typing import Annotated, Any

import typer

from evals.metrics.intervals import share_interval

ROOT = Path(__file__).parents[2]
ROOMS = (
    "service/query",
    "service/retrieval",
    "service/evidence",
    "service/verification",
    "service/conflicts",
    "ingest/copies",
)
LONGEST = 3.0  # seconds of tests that a mutant is given, as recorded
_OURS = ("ingest", "service", "evals", "test_")
_QUIET = ("-q", "-x", "-p", "no:cacheprovider", "-p", "pytest_asyncio.plugin")
_UNWARNED = ("-W", "ignore::pytest.PytestAssertRewriteWarning")  # of what is imported already
FAILED = (1, 2)  # exits of pytest where a test, or the import of one, fails
_OTHER: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}

# plugins take longer to load than tests to run
os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"

app = typer.Typer(add_completion=False, help=__doc__)


@dataclass(frozen=True, slots=True)
class Mutant:
    """The `place`-th node of a file, in the order of `ast.walk`, replaced in its `way`-th way."""

    file: str
    place: int
    way: int
    line: int
    owner: str  # the function that holds it, "" for the module
    change: str


@app.command()
def record(
    out: Annotated[Path, typer.Option(help="Where the record goes")],
    tests: Annotated[list[Path] | None, typer.Argument(help="Test files; default all")] = None,
) -> None:
    """Run tests once and write which of them enter which functions, and how long each takes; what is known of the
    tests of other files stays."""
    chosen = [str(path.absolute()) for path in tests or sorted((ROOT / "tests").glob("test_*.py"))]
    watcher = _Watcher()
    import pytest

    options = [option for option in _QUIET if option != "-x"]
    if pytest.main([*options, "-m", "not slow", *chosen], plugins=[watcher]) not in (0, 1):
        raise typer.Exit(1)
    kept = json.loads(out.read_text("utf-8")) if out.exists() else {}
    others = {t: one for t, one in kept.items() if str(ROOT / t.split("::")[0]) not in chosen}
    out.write_text(json.dumps(others | watcher.reached), "utf-8")


@app.command()
def run(
    reached: Annotated[Path, typer.Option(help="What `record` wrote")],
    sample: Annotated[int, typer.Option(help="Mutants")] = 300,
    seed: Annotated[int, typer.Option()] = 1,
    rooms: Annotated[list[str] | None, typer.Option(help="Folders; default all six")] = None,
) -> None:
    """Sample mutants, run their tests and print every one that no test noticed."""
    known: dict[str, dict[str, Any]] = json.loads(reached.read_text("utf-8"))
    sys.path.insert(0, str(ROOT / "tests"))
    for test in {Path(test.split("::")[0]).stem for test in known}:
        importlib.import_module(test)
    for room in ROOMS:
        for path in (ROOT / room).glob("*.py"):
            importlib.import_module(f"{room.replace('/', '.')}.{path.stem}")
    every = [m for room in rooms or ROOMS for m in mutants(room)]
    chosen = random.Random(seed).sample(every, min(sample, len(every)))
    noticed: dict[str, list[bool]] = defaultdict(list)
    for done, mutant in enumerate(chosen, 1):
        found = _is_noticed(mutant, known)
        typer.echo(f"{done} of {len(chosen)}", err=True)
        noticed["all"].append(found)
        noticed[str(Path(mutant.file).parent)].append(found)
        if not found:
            typer.echo(f"survived {mutant.file}:{mutant.line} {mutant.owner} {mutant.change}")
    for room, results in sorted(noticed.items()):
        share = share_interval(results)
        low, high = (100 * (edge or 0) for edge in (share.low, share.high))
        typer.echo(f"{room:22} {100 * (share.value or 0):.1f} [{low:.1f}, {high:.1f}] n {share.n}")
    typer.echo(f"seed {seed}, of {len(every)} possible mutants")


def mutants(room: str) -> Iterator[Mutant]:
    """Every mutant of the modules of one folder; what only names a type or the size of a cache is left alone."""
    for path in sorted((ROOT / room).glob("*.py")):
        file = str(path.relative_to(ROOT))
        tree = ast.parse(path.read_text("utf-8"))
        skipped = set(_no_behaviour(tree))
        owners = _owners(tree)
        for place, node in enumerate(ast.walk(tree)):
            if id(node) in skipped:
                continue
            for way, other in enumerate(_replacements(node)):
                change = f"{ast.unparse(node)} → {ast.unparse(other)}"
                line = getattr(node, "lineno", 0)
                yield Mutant(file, place, way, line, owners.get(id(node), ""), change)


def _no_behaviour(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        held: list[ast.AST | None] = []
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            arguments = [*node.args.args, *node.args.kwonlyargs]
            held = [node.returns, *(argument.annotation for argument in arguments)]
            held += [d for d in node.decorator_list if "cache" in ast.unparse(d)]
        elif isinstance(node, ast.AnnAssign):
            held = [node.annotation]
        elif isinstance(node, ast.Call) and "dataclass" in ast.unparse(node.func):
            held = [node]
        yield from (id(one) for part in held if part for one in ast.walk(part))


def _owners(tree: ast.Module) -> dict[int, str]:
    """By node the outermost function or method around it."""
    owners: dict[int, str] = {}
    for top in tree.body:
        inner = top.body if isinstance(top, ast.ClassDef) else [top]
        for one in inner:
            if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
                name = f"{top.name}.{one.name}" if isinstance(top, ast.ClassDef) else one.name
                owners.update((id(node), name) for part in one.body for node in ast.walk(part))
    return owners


def _replacements(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return [
            ast.copy_location(ast.Compare(node.left, [other()], node.comparators), node)
            for other in _OTHER[type(node.ops[0])]
        ]
    if not isinstance(node, ast.Constant):
        return []
    value = node.value
    others: list[Any] = []
    if isinstance(value, bool):
        others = [not value]
    elif isinstance(value, int):
        others = [value + 1, value - 1]
    elif isinstance(value, float):
        others = [value * 1.5 or 1.0, value / 2 or -1.0]
    return [ast.copy_location(ast.Constant(other), node) for other in others]


class _Replace(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.expr) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> Any:
        return self.new if node is self.old else super().visit(node)


def _mutated(mutant: Mutant) -> CodeType:
    path = ROOT / mutant.file
    tree = ast.parse(path.read_text("utf-8"))
    node = list(ast.walk(tree))[mutant.place]
    changed = _Replace(node, _replacements(node)[mutant.way]).visit(tree)
    return compile(ast.fix_missing_locations(changed), str(path), "exec")


def _apply(mutant: Mutant) -> None:
    """Changes the imported module where it stands: the code of a function, or what a name of the module is bound to in
    every module that has it."""
    module = importlib.import_module(mutant.file.removesuffix(".py").replace("/", "."))
    fresh = {**vars(module)}
    exec(_mutated(mutant), fresh)  # noqa: S102  our own source
    if mutant.owner:
        old, new = (_function(names, mutant.owner) for names in (vars(module), fresh))
        old.__code__, old.__defaults__ = new.__code__, new.__defaults__
        return
    for name in _defined_at(mutant):
        before = vars(module).get(name)
        for other in [one for key, one in sys.modules.items() if key.startswith(_OURS)]:
            for alias, value in list(vars(other).items()):
                if value is before and (alias == name or not isinstance(value, int | float)):
                    setattr(other, alias, fresh[name])


def _function(names: dict[str, Any], owner: str) -> Any:
    head, _, method = owner.partition(".")
    found = vars(names[head])[method] if method else names[head]
    for inner in ("func", "fget", "__func__"):
        found = getattr(found, inner, None) or found
    return inspect.unwrap(found)


def _defined_at(mutant: Mutant) -> set[str]:
    """The names that the statement of the module on the changed line defines."""
    tree = ast.parse((ROOT / mutant.file).read_text("utf-8"))
    top = next(t for t in tree.body if t.lineno <= mutant.line <= (t.end_lineno or 0))
    if isinstance(top, ast.FunctionDef | ast.ClassDef):
        return {top.name}
    return {n.id for n in ast.walk(top) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _is_noticed(mutant: Mutant, known: dict[str, dict[str, Any]]) -> bool:
    tests = _tests(mutant, known)
    limit = 30 + 4 * sum(known[test]["seconds"] for test in tests)
    child = multiprocessing.get_context("fork").Process(target=_try, args=(mutant, tests))
    gc.freeze()
    child.start()
    child.join(limit)
    if child.is_alive() and child.pid:
        os.kill(child.pid, signal.SIGKILL)
        child.join()
        return True
    if tests and child.exitcode not in (0, *FAILED):
        raise RuntimeError(f"pytest ended with {child.exitcode} over {mutant}: mend the runner")
    return child.exitcode in FAILED


def _tests(mutant: Mutant, known: dict[str, dict[str, Any]]) -> list[str]:
    """Those that enter the changed function, or one that uses the changed name of the module; the quickest first."""
    users = {mutant.owner} if mutant.owner else _users(mutant)
    wanted = {f"{mutant.file}:{user}" for user in users}

    def enters(test: dict[str, Any]) -> bool:
        if not wanted:
            return any(entry.startswith(f"{mutant.file}:") for entry in test["entered"])
        return not wanted.isdisjoint(test["entered"])

    found = sorted((t for t in known if enters(known[t])), key=lambda t: known[t]["seconds"])
    total = 0.0
    chosen: list[str] = []
    for test in found:
        total += known[test]["seconds"]
        if not chosen or total <= LONGEST:
            chosen.append(test)
    return chosen


def _users(mutant: Mutant) -> set[str]:
    """The functions of a module that use what the changed line defines, by names of the module in between; none where
    other modules alone use it."""
    tree = ast.parse((ROOT / mutant.file).read_text("utf-8"))
    names = _defined_at(mutant)
    owners = _owners(tree)
    users: set[str] = set()
    for _ in range(4):
        for top in tree.body:
            used = [n for n in ast.walk(top) if isinstance(n, ast.Name) and n.id in names]
            users.update(owners[id(n)] for n in used if id(n) in owners)
            if used and isinstance(top, ast.Assign | ast.AnnAssign):
                stored = [n for n in ast.walk(top) if isinstance(n, ast.Name)]
                names |= {n.id for n in stored if isinstance(n.ctx, ast.Store)}
    return users


def _try(mutant: Mutant, tests: Sequence[str]) -> None:
    """In a process of its own: exits with 0 where every test passes."""
    import pytest

    _apply(mutant)
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    os._exit(int(pytest.main([*_QUIET, *_UNWARNED, *tests])) if tests else 0)


class _Watcher:
    """A plugin of pytest that notes which functions of the rooms each test enters."""

    def __init__(self) -> None:
        self.reached: dict[str, dict[str, Any]] = {}
        self.entered: set[str] = set()
        self.files = {
            str(path): str(path.relative_to(ROOT))
            for room in ROOMS
            for path in (ROOT / room).glob("*.py")
        }

    def _note(self, frame: FrameType, event: str, argument: object) -> None:
        file = self.files.get(frame.f_code.co_filename) if event == "call" else None
        if file is not None:
            name = frame.f_code.co_qualname.split(".<locals>")[0]
            self.entered.add(f"{file}:{name}")

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.entered = set()
        self.started = time.perf_counter()
        threading.setprofile(self._note)
        sys.setprofile(self._note)

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self.entered = set()
        if report.when == "teardown" and self.entered:
            seconds = time.perf_counter() - self.started
            self.reached[report.nodeid] = {"seconds": seconds, "entered": sorted(self.entered)}


if __name__ == "__main__":
    app()
