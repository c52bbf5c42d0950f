"""`kill -9` of real commands, at seeded points: the state before stays or the new one is there, and the next run mends."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import killing
import pytest

from ingest.embedding.embedder import LocalEmbedder
from ingest.pipeline import ingest
from ingest.settings import Settings
from ingest.storage import doctor
from ingest.storage.archive import Archive, is_half_rebuilt
from ingest.types import Article
from service.retrieval.retriever import Retriever
from service.types import Question

pytestmark = pytest.mark.slow

SEED = 20_260_518
GRAPH = "data_level0.bin"  # the file that Chroma writes first

TOWNS = "Orvel Tarn Senn Brask Lindow Quern Mallow Fenwick Harrow Isel Drum Corvey Ashby Nore Pell Wick".split()
THINGS = "bridge harbour library tram school market clinic theatre dam observatory stadium archive".split()
WORDS = "river council winter ferry stone mayor ledger autumn copper lantern signal orchard quarry parish window engine".split()


@dataclass(frozen=True, slots=True)
class State:
    """What readers see: everything the catalogue shows, and whether a search finds it."""

    generation: str
    articles: dict[str, Any]
    is_found: bool


@dataclass(frozen=True, slots=True)
class Scenario:
    """A data directory as it was, a command, and the states before and after it undisturbed."""

    data_dir: Path
    environment: dict[str, str]
    arguments: tuple[str, ...]
    before: State
    after: State
    log: Path
    once: bool  # whether the command is refused when it is done already


def article(number: int, edition: str, sentences: int = 6) -> str:
    """A text that shares no sentence with another number or edition."""
    draw = random.Random(f"{number} {edition}")
    town, thing = TOWNS[number % len(TOWNS)], THINGS[number % len(THINGS)]
    title = f"The {thing} of {town} in report {number}"
    body = [
        f"{' '.join(draw.choice(WORDS) for _ in range(11)).capitalize()} near the {thing} of {town}, {edition} {draw.randrange(10_000)}."
        for _ in range(sentences)
    ]
    return f"{title}\n\nBy Ann Bell, {town} Gazette\n\n3 May 2025\n\n" + "\n\n".join(
        " ".join(body[n : n + 3]) for n in range(0, sentences, 3)
    )


def write(folder: Path, numbers: Sequence[int], edition: str, sentences: int = 6) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        (folder / f"{number:03}.txt").write_text(article(number, edition, sentences), "utf-8")


def seen(archive: Archive) -> State:
    """The whole of what `archive` shows, but when it was ingested."""
    snapshot = archive.catalogue.live()
    articles = {
        stored.article.article_id: (
            replace(stored, ingested_at=""),
            snapshot.sentences(stored.article.article_id),
            snapshot.passages_of(stored.article.article_id),
            snapshot.family(stored.family_id),
        )
        for stored in snapshot.everything()
    }
    # Whole passages are looked for: the order of lesser hits depends on what an index held before.
    asked = [
        passages[-1] for stored, _, passages, _ in articles.values() if stored.family_size == 1
    ][::4]
    found = [Retriever(archive).find(Question(p.text), 1)[0].passage_id for p in asked]
    return State(snapshot.generation, articles, found == [p.passage_id for p in asked])


@pytest.fixture(scope="module")
def server() -> Any:
    return killing.start_server()


@pytest.fixture(scope="module")
def embedder(model_cache: Path) -> LocalEmbedder:
    return LocalEmbedder(model_cache)


@pytest.fixture(scope="module")
def make(
    tmp_path_factory: pytest.TempPathFactory,
    server: Any,
    embedder: LocalEmbedder,
    model_cache: Path,
) -> Any:
    """Builds a scenario: `fill` makes the archive as it was, then the command runs once undisturbed in a copy."""

    def made(
        name: str,
        fill: Callable[[Archive], Any],
        arguments: Sequence[str],
        once: bool = False,
        **more: str,
    ) -> Scenario:
        folder = tmp_path_factory.mktemp(name)
        data_dir, undisturbed, log = folder / "data", folder / "undisturbed", folder / "calls.json"
        with Archive(settings_of(data_dir, model_cache, **more), embedder) as archive:
            fill(archive)
            before = seen(archive)
            assert before.is_found
        if not before.articles:
            shutil.rmtree(data_dir)
            data_dir.mkdir()
        shutil.copytree(data_dir, undisturbed)
        known = {"DATELINE_MODEL_CACHE": str(model_cache), **more}
        assert (
            killing.run(server, {**known, "DATELINE_DATA_DIR": str(undisturbed)}, arguments, log)
            == 0
        )
        with Archive(settings_of(undisturbed, model_cache, **more), embedder) as archive:
            after = seen(archive)
            assert after.is_found
        if before.articles:  # else nothing would be written to the vector cache any more
            shutil.copy(undisturbed / "vectors.sqlite", data_dir / "vectors.sqlite")
        return Scenario(data_dir, known, tuple(arguments), before, after, log, once)

    return made


def settings_of(data_dir: Path, model_cache: Path, **more: str) -> Settings:
    tokens = int(more.get("DATELINE_PASSAGE_TOKENS", 160))
    return Settings(
        _env_file=None, data_dir=data_dir, model_cache=model_cache, passage_tokens=tokens
    )  # type: ignore[call-arg]


Kill = Callable[
    [dict[str, str]], int
]  # the environment of a command in; its exit code out, killed or not


class Killed:
    """Kills a scenario's command, each time in a copy of its data directory, and looks at what is left."""

    def __init__(self, server: Any, embedder: LocalEmbedder, folder: Path):
        self.server, self.embedder, self.folder, self.log = server, embedder, folder, folder / "log"

    def at_points(self, scenario: Scenario, count: int) -> None:
        """At `count` seeded points; four of five must be real deaths, for not every run makes as many calls."""
        deaths = [
            self._dies(scenario, point) for point in killing.points(scenario.log, count, SEED)
        ]
        assert sum(deaths) >= 0.8 * count

    def _dies(self, scenario: Scenario, point: killing.Point) -> bool:
        """A timer may go off after the call has ended, which took longer when it was measured: then it is set sooner."""

        def kill(environment: dict[str, str]) -> int:
            return killing.run(self.server, environment, scenario.arguments, self.log, point)

        for shorter in (1, 5, 25, None):
            after = point.after_seconds / shorter if point.after_seconds and shorter else None
            if self.once(scenario, kill, replace(point, after_seconds=after)):
                return True
            if after is None:
                return False
        return False

    def in_the_graph(self, scenario: Scenario, delays_seconds: Sequence[float]) -> None:
        """So long after Chroma began to change the files of its graph."""

        def kill(environment: dict[str, str], delay: float) -> int:
            return killing.run_until_touched(
                self.server, environment, scenario.arguments, self.log, GRAPH, delay
            )

        for delay in delays_seconds:
            # a busy machine may let the command end before it is killed: then once more
            tries = (self.once(scenario, partial(kill, delay=delay), delay) for _ in range(10))
            assert any(tries), delay

    def once(self, scenario: Scenario, kill: Kill, what: object) -> bool:
        """Afterwards a fresh archive shows the old or the new state whole; then the command again, the state it leaves
        undisturbed, and no fault for the doctor to find. Whether it was a death."""
        environment, settings = self._copied(scenario)
        died = kill(environment) < 0
        with Archive(settings, self.embedder) as archive:
            assert seen(archive) in (scenario.before, scenario.after), what
            done = archive.catalogue.live().generation != scenario.before.generation
        again = killing.run(self.server, environment, scenario.arguments, self.log)
        assert again == (1 if done and scenario.once else 0), (what, self._said())
        with Archive(settings, self.embedder) as archive:
            assert seen(archive) == scenario.after, what
            assert doctor.examine(archive) == (), what
            assert archive.catalogue.is_settled() and not is_half_rebuilt(settings.data_dir), what
        return died

    def refused(self, scenario: Scenario, most_bytes: Sequence[int]) -> None:
        """Not killed, but no file may grow beyond so many bytes, as on a full disk: a clear error, nothing lost."""
        for most in most_bytes:
            environment, settings = self._copied(scenario)
            assert (
                killing.run(self.server, environment, scenario.arguments, self.log, most_bytes=most)
                == 1
            ), most
            assert "DATELINE_DATA_DIR" in self._said() and "Traceback" not in self._said(), (
                self._said()
            )
            with Archive(settings, self.embedder) as archive:
                assert seen(archive) == scenario.before, most
                assert doctor.examine(archive) == (), most

    def _copied(self, scenario: Scenario) -> tuple[dict[str, str], Settings]:
        data_dir = self.folder / "data"
        shutil.rmtree(data_dir, ignore_errors=True)
        shutil.copytree(scenario.data_dir, data_dir)
        environment = {**scenario.environment, "DATELINE_DATA_DIR": str(data_dir)}
        return environment, settings_of(
            data_dir, Path(environment["DATELINE_MODEL_CACHE"]), **scenario.environment
        )

    def _said(self) -> str:
        return self.log.with_name("log.said").read_text()


@pytest.fixture(scope="module")
def newsrooms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("newsrooms")


@pytest.fixture
def killed(server: Any, embedder: LocalEmbedder, tmp_path: Path) -> Killed:
    return Killed(server, embedder, tmp_path)


def test_a_first_ingest_into_an_empty_directory(make: Any, newsrooms: Path, killed: Killed) -> None:
    write(newsrooms / "first", range(6), "morning")

    killed.at_points(make("first", lambda archive: None, ["ingest", str(newsrooms / "first")]), 20)


def test_an_ingest_that_adds_updates_and_prunes(make: Any, newsrooms: Path, killed: Killed) -> None:
    folder = newsrooms / "update"

    def fill(archive: Archive) -> None:
        write(folder, range(12), "morning")
        ingest(archive, [folder])
        write(folder, range(4, 10), "noon")
        ingest(archive, [folder])  # what it took away is for the killed run to clear
        write(folder, range(8, 16), "evening")
        (folder / "copy.txt").write_text(
            article(1, "morning").replace("3 May 2025", "4 May 2025"), "utf-8"
        )
        for gone in (0, 5):
            (folder / f"{gone:03}.txt").unlink()

    scenario = make("update", fill, ["ingest", str(folder), "--prune"])
    killed.at_points(scenario, 26)
    killed.refused(scenario, [10_000, 60_000, 100_000])


def test_an_ingest_so_large_that_chroma_writes_its_graph(
    make: Any, newsrooms: Path, killed: Killed
) -> None:
    """Chroma changes its files in place after every 1,000 rows: killed there, it cannot be read again."""
    folder = newsrooms / "large"

    def fill(archive: Archive) -> None:
        write(folder, range(24), "morning", sentences=60)
        ingest(archive, [folder])
        write(folder, range(8), "noon", sentences=60)
        ingest(archive, [folder])
        write(folder, range(4, 24), "evening", sentences=60)

    scenario = make("large", fill, ["ingest", str(folder)], DATELINE_PASSAGE_TOKENS="40")
    killed.in_the_graph(scenario, [0, 0.001, 0.002, 0.005, 0.01, 0.02])
    killed.at_points(scenario, 6)
    killed.refused(
        scenario, [200_000, 2_000_000, 5_000_000]
    )  # the last one stops nothing but the graph


def test_a_rebuild(make: Any, newsrooms: Path, killed: Killed) -> None:
    write(newsrooms / "rebuild", range(8), "morning")

    killed.at_points(
        make(
            "rebuild",
            lambda archive: ingest(archive, [newsrooms / "rebuild"]),
            ["ingest", "--rebuild"],
        ),
        10,
    )


def test_a_rollback(make: Any, newsrooms: Path, killed: Killed) -> None:
    folder = newsrooms / "rollback"

    def fill(archive: Archive) -> None:
        write(folder, range(8), "morning")
        ingest(archive, [folder])
        write(folder, range(4, 10), "noon")
        ingest(archive, [folder])

    killed.at_points(make("rollback", fill, ["ingest", "--rollback"], once=True), 6)


def test_a_publication(make: Any, newsrooms: Path, killed: Killed) -> None:
    """The suite is asked aside, before and after; killed in any of it, readers keep what they saw."""
    folder, suite = newsrooms / "publication", newsrooms / "suite.jsonl"
    suite.write_text(
        '{"id": "a", "question": "What is said of the bridge of Orvel?", "kind": "factoid", "accept": ["Orvel"]}\n',
        "utf-8",
    )

    def fill(archive: Archive) -> None:
        write(folder, range(6), "morning")
        ingest(archive, [folder])
        write(folder, range(4, 8), "noon")

    out = str(newsrooms / "runs")
    command = ["eval", "publish", str(folder), "--suite", str(suite), "--out", out]
    killed.at_points(make("publication", fill, command), 16)


def test_a_removal(make: Any, newsrooms: Path, killed: Killed) -> None:
    folder = newsrooms / "removal"
    write(folder, range(4), "morning")
    gone = article_id_of(folder / "002.txt")

    killed.at_points(
        make(
            "removal",
            lambda archive: ingest(archive, [folder]),
            ["articles", "remove", gone],
            once=True,
        ),
        6,
    )


def article_id_of(path: Path) -> str:
    return Article(str(path.resolve()), path.name, "").article_id
