"""Real servers on loopback for tests: PostgreSQL, Chroma and Redis, each in a folder of its own."""

from __future__ import annotations

import contextlib
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
PATIENCE_SECONDS = 180.0
GIVEN_AWAY = Path("/proc/sys/net/ipv4/ip_local_port_range")


@dataclass
class Server:
    """A server that can be stopped, killed and started again."""

    address: str
    process: subprocess.Popen[bytes]
    start: Callable[[], subprocess.Popen[bytes]]
    answers: Callable[[], bool]

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def again(self) -> None:
        self.process = self.start()
        self.wait()

    def wait(self) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self.answers():
            assert time.monotonic() < deadline, "it does not start"
            if self.process.poll() is not None:  # what was killed has not let go of everything yet
                self.process = self.start()
            time.sleep(0.05)


def free_port() -> int:
    """One that the kernel gives to nobody by itself: it is still free when a server comes, or comes again."""
    first = int(GIVEN_AWAY.read_text().split()[0]) if GIVEN_AWAY.exists() else 32_768
    while True:
        port = random.SystemRandom().randrange(10_000, max(first, 20_000))
        with contextlib.suppress(OSError), socket.socket() as one:
            one.bind(("127.0.0.1", port))
            return port


@contextlib.contextmanager
def postgres() -> Iterator[Server]:
    """PostgreSQL with a database `dateline` of the user `dateline`, password `sekret`."""
    # its own user, as whom it runs, may not enter pytest's folders
    with (
        tempfile.TemporaryDirectory(prefix="postgres-", ignore_cleanup_errors=True) as folder,
        _postgres(Path(folder)) as server,
    ):
        yield server


@contextlib.contextmanager
def _postgres(folder: Path) -> Iterator[Server]:
    if not POSTGRES:
        pytest.skip("no PostgreSQL server: apt-get install postgresql")
    pytest.importorskip("psycopg", reason="no PostgreSQL client: pip install 'dateline[scale]'")
    import psycopg

    root = os.geteuid() == 0  # which PostgreSQL refuses to run as
    user = pwd.getpwnam("postgres") if root else pwd.getpwuid(os.geteuid())
    data, port = folder / "data", free_port()
    password = folder / "password"
    password.write_text("sekret")
    for place in (folder, password):
        os.chown(place, user.pw_uid, user.pw_gid)
    others: dict[str, object] = {"user": user.pw_uid, "group": user.pw_gid} if root else {}
    others |= {"extra_groups": []} if root else {}
    options = ["-U", "dateline", "-A", "scram-sha-256", f"--pwfile={password}"]
    options += ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    made = subprocess.run(
        [POSTGRES[-1] / "initdb", "-D", data, *options],
        capture_output=True,
        text=True,
        cwd="/",
        **others,
    )
    assert made.returncode == 0, made.stderr

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [
                POSTGRES[-1] / "postgres",
                "-D",
                data,
                "-p",
                str(port),
                "-h",
                "127.0.0.1",
                "-k",
                folder,
                "-c",
                "fsync=off",
                "-c",
                "max_connections=200",
            ],
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
            **others,
        )

    address = f"postgresql://dateline:sekret@127.0.0.1:{port}/postgres"

    def answers() -> bool:
        try:
            psycopg.connect(address, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    # a quick end that leaves no shared memory behind, of which containers have little
    with _running(address, start, answers, signal.SIGQUIT) as server:
        yield server


@contextlib.contextmanager
def chroma(folder: Path) -> Iterator[Server]:
    port = free_port()
    program = Path(sys.executable).with_name("chroma")
    address = f"http://127.0.0.1:{port}"

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [program, "run", "--path", folder, "--port", str(port), "--host", "127.0.0.1"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, "ANONYMIZED_TELEMETRY": "False"},
        )

    def answers() -> bool:
        try:
            urllib.request.urlopen(f"{address}/api/v2/heartbeat", timeout=2).close()
        except OSError:
            return False
        return True

    with _running(address, start, answers) as server:
        yield server


@contextlib.contextmanager
def redis(folder: Path) -> Iterator[Server]:
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("no Redis server: apt-get install redis-server")
    pytest.importorskip("redis", reason="no Redis client: pip install 'dateline[scale]'")
    port = free_port()
    folder.mkdir()

    def start() -> subprocess.Popen[bytes]:
        options = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
        return subprocess.Popen(
            [program, *options], stdout=subprocess.DEVNULL, start_new_session=True
        )

    def answers() -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return True
        return False

    with _running(f"redis://127.0.0.1:{port}/0", start, answers) as server:
        yield server


@contextlib.contextmanager
def _running(
    address: str,
    start: Callable[[], subprocess.Popen[bytes]],
    answers: Callable[[], bool],
    ending: signal.Signals = signal.SIGKILL,
) -> Iterator[Server]:
    server = Server(address, start(), start, answers)
    try:
        server.wait()
        yield server
    finally:
        if server.process.poll() is None:
            server.process.send_signal(ending)
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.process.wait(PATIENCE_SECONDS)
            server.kill()
