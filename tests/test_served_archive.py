"""An archive on real servers: replicas see what one writes, and what is down is named with its remedy."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import servers
from conftest import DAM, texts, update
from processes import command
from pydantic import SecretStr
from sqlalchemy import text

from ingest.errors import IndexUnavailable, Owned, WrongUsage
from ingest.pipeline import ingest, remove, rollback
from ingest.settings import Settings
from ingest.storage import doctor
from ingest.storage.archive import Archive, open_archive, rebuild
from ingest.storage.catalogue_tables import CATALOGUE
from ingest.storage.database import open_database
from ingest.storage.postgres import parsed
from ingest.storage.text_follower import LOOK_SECONDS
from service.retrieval.retriever import Retriever
from service.types import Question

pytestmark = pytest.mark.slow
CRACKS = Question("cracks in the spillway")


@dataclass(frozen=True)
class Servers:
    postgres: servers.Server
    chroma: servers.Server

    def fresh(self, settings: Settings, name: str) -> Settings:
        """An empty database of its own, and Chroma as it is: full of collections of others."""
        import psycopg

        with psycopg.connect(self.postgres.address, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        address = self.postgres.address.removesuffix("postgres") + name
        return settings.model_copy(
            update={"database_url": SecretStr(address), "chroma_url": self.chroma.address}
        )


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    folder = tmp_path_factory.mktemp("servers")
    for place in (folder, folder.parent, folder.parent.parent):
        place.chmod(0o755)
    with servers.postgres() as one, servers.chroma(folder / "chroma") as other:
        yield Servers(one, other)


@pytest.fixture
def shared(running: Servers, settings: Settings) -> Settings:
    return running.fresh(settings, f"d{time.monotonic_ns()}")


def beside(settings: Settings) -> Settings:
    """The settings of another machine."""
    return settings.model_copy(update={"data_dir": settings.data_dir / "elsewhere"})


@pytest.fixture
def writer(shared: Settings) -> Iterator[Archive]:
    with open_archive(shared) as archive:
        yield archive


@pytest.fixture
def replica(writer: Archive, shared: Settings) -> Iterator[Archive]:
    with open_archive(beside(shared)) as archive:
        yield archive


def shown(archive: Archive) -> dict[str, str]:
    with archive.catalogue.live() as snapshot:
        return texts(snapshot)


def catches_up(archive: Archive, words: str, count: int) -> bool:
    """Whether the words are found so often after a look or two, which are a second apart."""
    assert LOOK_SECONDS == 1.0
    deadline = time.monotonic() + 180
    while len(archive.text_index.find(words, 9)) != count and time.monotonic() < deadline:
        time.sleep(0.02)
    return len(archive.text_index.find(words, 9)) == count


def test_a_replica_sees_what_another_process_publishes_removes_and_rolls_back(
    writer: Archive, replica: Archive, newsroom: Path
) -> None:
    ingest(writer, [newsroom])
    assert shown(replica) == shown(writer) and len(shown(replica)) == 3
    assert catches_up(replica, "spillway", 1)
    assert Retriever(replica).find(CRACKS, 1)[0].article.title == DAM.splitlines()[0]

    update(newsroom)
    ingest(writer, [newsroom], prune=True)
    assert catches_up(replica, "ferry", 1)
    assert "twelve months" in shown(replica)["dam.txt"]
    rollback(replica)
    assert "eleven months" in shown(writer)["dam.txt"]

    with writer.catalogue.live() as snapshot:
        gone = next(s.article for s in snapshot.everything() if s.article.source == "dam.txt")
    assert remove(replica, gone.article_id)
    assert "dam.txt" not in shown(writer)
    assert doctor.examine(writer) == () and catches_up(replica, "spillway", 0)
    assert doctor.examine(replica) == ()


def test_a_question_that_has_begun_is_answered_from_the_generation_it_began_with(
    writer: Archive, replica: Archive, newsroom: Path
) -> None:
    ingest(writer, [newsroom])
    assert catches_up(replica, "spillway", 1)
    with replica.catalogue.live() as begun:
        update(newsroom)
        ingest(writer, [newsroom], prune=True)
        rebuild(writer.settings.model_copy(update={"data_dir": newsroom.parent / "third"}))
        hits = Retriever(replica).candidates(CRACKS, begun)
        assert any("eleven months" in hit.text for hit in hits)
        assert begun.generation == "g000002"
    assert "twelve months" in Retriever(replica).find(CRACKS, 1)[0].text


def test_vectors_are_made_anew_in_a_collection_of_their_own(
    writer: Archive, replica: Archive, newsroom: Path, running: Servers
) -> None:
    ingest(writer, [newsroom])
    with writer.catalogue.live() as snapshot:
        before = snapshot.collection
    rebuild(writer.settings.model_copy(update={"data_dir": newsroom.parent / "third"}))
    with replica.catalogue.live() as snapshot:
        assert before and snapshot.collection == f"{before.removesuffix('-1')}-2"
    assert Retriever(replica).find(CRACKS, 1)
    update(newsroom)
    ingest(writer, [newsroom])
    with urllib.request.urlopen(
        f"{running.chroma.address}/api/v2/tenants/default_tenant/databases/default_database/collections"
    ) as reply:
        names = {one["name"] for one in json.load(reply)}
    assert before not in names and snapshot.collection in names


def test_one_process_writes_at_a_time(writer: Archive, replica: Archive, newsroom: Path) -> None:
    took = threading.Event()
    ended = threading.Event()

    def hold() -> None:
        with replica.writing():
            took.set()
            ended.wait(300)

    other = threading.Thread(target=hold)
    other.start()
    assert took.wait(300)
    with pytest.raises(Owned, match="another process writes"), writer._database.exclusively(0.2):
        pass
    ended.set()
    other.join()
    assert ingest(writer, [newsroom]).added == 3


def test_a_writer_that_lost_its_lock_publishes_nothing(
    writer: Archive, replica: Archive, shared: Settings, newsroom: Path
) -> None:
    import psycopg

    assert shared.database_url is not None
    with writer.writing():
        with psycopg.connect(shared.database_url.get_secret_value(), autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid, 120000) FROM pg_locks WHERE locktype = 'advisory'"
            )
        with pytest.raises(IndexUnavailable, match="DATELINE_DATABASE_URL"):
            writer.catalogue.publish([], [], [])
    assert replica.catalogue.generation == 1


def test_a_database_server_that_was_killed_is_named_and_serves_again_when_it_is_back(
    writer: Archive, newsroom: Path, running: Servers
) -> None:
    ingest(writer, [newsroom])
    running.postgres.kill()
    try:
        with pytest.raises(IndexUnavailable, match="DATELINE_DATABASE_URL") as failed:
            shown(writer)
        assert "sekret" not in str(failed.value) and failed.value.status == 503
    finally:
        running.postgres.again()
    assert len(shown(writer)) == 3 and Retriever(writer).find(CRACKS, 1)


def test_a_chroma_server_that_is_down_or_hangs_is_named_and_serves_again(
    writer: Archive, newsroom: Path, running: Servers, shared: Settings
) -> None:
    ingest(writer, [newsroom])
    retriever = Retriever(writer)
    running.chroma.kill()
    try:
        with pytest.raises(IndexUnavailable, match="DATELINE_CHROMA_URL") as failed:
            retriever.find(CRACKS, 1)
        assert failed.value.status == 503
        with pytest.raises(IndexUnavailable, match="DATELINE_CHROMA_URL"):
            open_archive(beside(shared))
    finally:
        running.chroma.again()
    assert retriever.find(CRACKS, 1)
    os.killpg(running.chroma.process.pid, signal.SIGSTOP)
    try:
        with pytest.raises(IndexUnavailable, match="timed out"):
            open_archive(beside(shared))
    finally:
        os.killpg(running.chroma.process.pid, signal.SIGCONT)
    assert retriever.find(CRACKS, 1)


def test_a_chroma_server_that_comes_back_empty_gives_no_partial_answer(
    writer: Archive, newsroom: Path
) -> None:
    ingest(writer, [newsroom])
    ids = sorted(writer.catalogue.kept_passages())
    writer.vector_index.remove(ids)
    with pytest.raises(IndexUnavailable, match="--rebuild"):
        Retriever(writer).find(CRACKS, 1)
    name = max(writer.catalogue.collections())
    writer._server.delete(name)  # type: ignore[attr-defined]
    with pytest.raises(IndexUnavailable, match="--rebuild"):
        Retriever(writer).find(CRACKS, 1)
    rebuild(writer.settings.model_copy(update={"data_dir": newsroom.parent / "third"}))
    assert Retriever(writer).find(CRACKS, 1)


@pytest.mark.parametrize(
    "address",
    [
        "postgres//nowhere", "mysql://u:sekret@h/d", "postgresql://", "postgresql://u:sekret@h",
        "postgresql:///d", "x" * 9_000, "postgresql://u:sekret@h:port/d",
    ],
)  # fmt: skip
def test_what_is_no_address_is_wrong_usage_and_no_password_is_told(address: str) -> None:
    with pytest.raises(WrongUsage, match="DATELINE_DATABASE_URL") as failed:
        parsed(address)
    assert "sekret" not in str(failed.value)


def test_what_is_wrong_with_the_servers_is_one_line_with_the_remedy(
    shared: Settings, running: Servers
) -> None:
    assert shared.database_url is not None
    good = shared.database_url.get_secret_value()
    cases = {
        good.replace("sekret", "wr0ng"): (running.chroma.address, "DATELINE_DATABASE_URL"),
        good.replace("127.0.0.1", "no-such-host.invalid"): (running.chroma.address, "DATELINE_DATABASE_URL"),
        good + "_not_there": (running.chroma.address, "DATELINE_DATABASE_URL"),
        good: ("http://127.0.0.1:9", "DATELINE_CHROMA_URL"),
        good + "?application_name=d": (running.postgres.address.replace("postgresql", "http").replace("dateline:sekret@", "").removesuffix("/postgres"), "DATELINE_CHROMA_URL"),
        good + "?connect_timeout=5": ("", "DATELINE_CHROMA_URL"),
    }  # fmt: skip
    for database, (vectors, named) in cases.items():
        more = {"DATELINE_DATABASE_URL": database}
        more |= {"DATELINE_CHROMA_URL": vectors} if vectors else {}
        with pytest.MonkeyPatch.context() as patch:
            for name, value in more.items():
                patch.setenv(name, value)
            done = command(shared, "search", "bridge")
        assert done.returncode in (1, 2) and named in done.stderr, done.stderr
        assert "Traceback" not in done.stderr and len(done.stderr.strip().splitlines()) == 1
        assert "sekret" not in done.stderr and "wr0ng" not in done.stderr


def test_a_database_of_another_application_and_a_newer_one_are_refused(shared: Settings) -> None:
    def changed(*statements: str) -> None:
        opened = open_database(shared, CATALOGUE)
        with opened.write() as connection:
            for statement in statements:
                connection.execute(text(statement))
        opened.close()

    tables = ", ".join(CATALOGUE.metadata.tables)
    changed(f"DROP TABLE {tables}, catalogue_version", "CREATE TABLE orders(n integer)")
    with pytest.raises(IndexUnavailable, match="another application"):
        open_database(shared, CATALOGUE)
    assert shared.database_url is not None
    import psycopg

    with psycopg.connect(shared.database_url.get_secret_value(), autocommit=True) as connection:
        connection.execute("DROP TABLE orders")
    changed("UPDATE catalogue_version SET version_num = '9999'")
    with pytest.raises(IndexUnavailable, match="newer version of Dateline"):
        open_database(shared, CATALOGUE)


def test_collections_of_others_on_the_chroma_server_are_left_alone(
    writer: Archive, newsroom: Path, shared: Settings
) -> None:
    client = writer._server._client  # type: ignore[attr-defined]
    client.get_or_create_collection("holiday-photos").upsert(["a"], [[0.5, 0.5]])
    ingest(writer, [newsroom])
    rebuild(shared.model_copy(update={"data_dir": newsroom.parent / "third"}))
    assert Retriever(writer).find(CRACKS, 1)
    assert client.get_collection("holiday-photos").count() == 1
    client.delete_collection("holiday-photos")


def test_a_replica_that_may_only_read_answers_and_says_why_it_takes_nothing_in(
    writer: Archive, newsroom: Path, shared: Settings
) -> None:
    ingest(writer, [newsroom])
    assert shared.database_url is not None
    import psycopg

    written = shared.database_url.get_secret_value()
    with psycopg.connect(written, autocommit=True) as admin:
        admin.execute("CREATE ROLE reader LOGIN PASSWORD 'sekret'")
        admin.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
    address = SecretStr(written.replace("//dateline:", "//reader:"))
    place = newsroom.parent / "reader"
    reader = shared.model_copy(update={"database_url": address, "data_dir": place})
    with open_archive(reader) as archive:
        assert Retriever(archive).find(CRACKS, 1)
        with pytest.raises(IndexUnavailable, match="lets this user write") as failed:
            ingest(archive, [newsroom / "dam.txt"], collections=["water"])
    assert "sekret" not in str(failed.value) and failed.value.status == 503
