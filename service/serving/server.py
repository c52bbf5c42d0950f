"""Serves the public port and the owner's socket until a signal ends both."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import ipaddress
import logging
import signal
import socket
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from ingest import log_lines
from ingest.errors import DatelineError, IndexUnavailable, WrongUsage
from ingest.settings import Settings
from ingest.storage import directory_owner
from service import telemetry
from service.access.api_keys import Keys
from service.access.key_tables import open_keys
from service.app import create_app
from service.serving.archive_follower import follow
from service.serving.background_embedding import Ahead
from service.serving.http_connections import (
    ACCEPTS_AT_ONCE,
    MOST_HEAD_BYTES,
    LimitedConnection,
    log_rarely,
)
from service.types import Question
from service.wiring import Service, open_service

log = logging.getLogger(__name__)

# After this, replies still under way are cut off; they end by themselves after 3 seconds.
STOPPING_SECONDS = 6
EXPIRY_SECONDS = 3600.0  # between two looks for what is kept too long
EMBARGO_SECONDS = 1.0  # after the end of an embargo its article is live
KEYS_SECONDS = 5.0  # until a key that another process revoked is void here, too
QUEUED_CONNECTIONS = 2048  # by the kernel, until the loop takes them


def check(settings: Settings, host: str, port: int) -> None:
    """Raises WrongUsage where `host` needs keys, DatelineError where the port is taken."""
    check_binding(settings, host)
    bound(host, port).close()


def check_binding(settings: Settings, host: str) -> None:
    """Raises WrongUsage where an address that others reach would be open to everybody."""
    with contextlib.suppress(OSError):
        found = {info[4][0] for info in socket.getaddrinfo(host, None)} if host else set()
        addresses = [ipaddress.ip_address(str(one).partition("%")[0]) for one in found]
        if addresses and all(address.is_loopback for address in addresses):
            return
    if settings.reader_keys or settings.writer_keys:
        return
    with (
        directory_owner.owning(settings.data_dir, "serve"),
        contextlib.closing(open_keys(settings)) as database,
    ):
        if Keys(settings, database):
            return
    raise WrongUsage(
        f"--host {host or '(empty)'} can be reached from other machines and there are no keys: "
        "add one with dateline keys add, set DATELINE_API_KEYS, or serve on 127.0.0.1"
    )


def serve(settings: Settings, host: str, port: int, command: str = "serve") -> None:
    """Serves until SIGINT or SIGTERM, then ends within seconds.

    Replies under way finish or end with an error. Raises WrongUsage or DatelineError as `check`
    does, Owned where another process owns the data directory, and what `open_service` raises.
    """
    check_binding(settings, host)
    with contextlib.closing(bound(host, port)) as public:
        serve_on(settings, public, command)


def serve_on(
    settings: Settings,
    public: socket.socket,
    command: str,
    told: Callable[[], None] | None = None,
) -> None:
    """Serves on a socket that is bound; `told` is called once it answers. Raises as `serve` does."""
    log_lines.write_as(settings.log_format)
    telemetry.begin()
    with ended_by_signal(), _owned(settings, command) as (service, private, warm):
        asyncio.run(_run(service, public, private, warm, told))


def serve_privately(
    settings: Settings, command: str, work: Callable[[asyncio.Event], Coroutine[Any, Any, None]]
) -> None:
    """Serves the owner's socket alone while `work` runs; a signal sets the event that it is given.

    Raises as `serve` does.
    """
    log_lines.write_as(settings.log_format)
    with ended_by_signal(), _owned(settings, command) as (service, private, warm):
        asyncio.run(_run_beside(service, private, warm, work))


@contextlib.contextmanager
def _owned(
    settings: Settings, command: str
) -> Iterator[tuple[Service, socket.socket, Future[object]]]:
    """An open service, the owner's socket, and what is done once the model is loaded."""
    with (
        directory_owner.owning(settings.data_dir, command, serves=True),
        open_service(settings) as service,
        ThreadPoolExecutor(1, thread_name_prefix="warm") as aside,
    ):
        # before anybody waits for it, and while the routes are made
        warm: Future[object] = aside.submit(service.retriever.find, Question("warm up"), 1)
        with (
            contextlib.closing(directory_owner.listen(settings.data_dir)) as private,
            Ahead(service.archive),
        ):
            service.jobs.work()
            yield service, private, warm


async def _run_beside(
    service: Service,
    private: socket.socket,
    warm: Future[object],
    work: Callable[[asyncio.Event], Coroutine[Any, Any, None]],
) -> None:
    server = http_server(create_app(service, private=True))
    await asyncio.wrap_future(warm)
    kept_up = _forget_in_time(service), _release_in_time(service), follow(service)
    serving = asyncio.gather(server.serve(sockets=[private]), *kept_up)
    try:
        await work(stopped_by_signal())
    finally:
        service.stopping.set()
        server.should_exit = True
        await serving
        await service.answerer.close()


def stopped_by_signal() -> asyncio.Event:
    """An event that SIGINT and SIGTERM set from now on, in the loop that runs."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    return stopped


async def _run(
    service: Service,
    public: socket.socket,
    private: socket.socket,
    warm: Future[object],
    told: Callable[[], None] | None,
) -> None:
    """Both servers in one loop, until a signal."""
    servers = [
        (http_server(create_app(service), LimitedConnection), public),
        (http_server(create_app(service, private=True)), private),
    ]
    await asyncio.wrap_future(warm)
    gc.freeze()  # what is there now stays
    gc.enable()
    loop = asyncio.get_running_loop()
    log_rarely(loop)

    def stop() -> None:
        service.stopping.set()
        for server, _ in servers:
            server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    serving = [server.serve(sockets=[listener]) for server, listener in servers]
    telling = _tell(service, [server for server, _ in servers], public, told)
    kept_up = _forget_in_time(service), _renew_keys(service)
    following = _release_in_time(service), follow(service)
    await asyncio.gather(*serving, telling, *kept_up, *following)
    await service.answerer.close()


async def _renew_keys(service: Service) -> None:
    """Other processes on the same servers add and revoke keys, too."""
    while not service.stopping.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(service.stopping.wait(), KEYS_SECONDS)
        try:
            await asyncio.to_thread(service.keys.refresh)
        except IndexUnavailable as error:
            log.warning("keys stay as they were known: %s", error)


async def _forget_in_time(service: Service) -> None:
    """What is older than DATELINE_KEEP_DAYS goes while the service runs, too."""
    while not service.stopping.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(service.stopping.wait(), EXPIRY_SECONDS)
        try:
            await asyncio.to_thread(service.receipts.expire, datetime.now(UTC))
        except IndexUnavailable as error:
            log.warning("what is too old stays until the next hour: %s", error)


async def _release_in_time(service: Service) -> None:
    while not service.stopping.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(service.stopping.wait(), EMBARGO_SECONDS)
        try:
            await asyncio.to_thread(service.release, datetime.now(UTC))
        except DatelineError as error:  # an ingest is running, or a disk full: later
            log.warning("what is under embargo no more waits: %s", error)


@contextlib.contextmanager
def serving_privately(settings: Settings, command: str) -> Iterator[None]:
    """Owns the directory and serves its socket, and no port, on a thread while the block runs.

    Raises Owned where another process owns it, and what `open_service` raises.
    """
    with (
        directory_owner.owning(settings.data_dir, command, serves=True),
        open_service(settings) as service,
        contextlib.closing(directory_owner.listen(settings.data_dir)) as private,
    ):
        server = http_server(create_app(service, private=True))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [private]})
        thread.start()
        try:
            yield
        finally:
            server.should_exit = True
            thread.join()


class Server(uvicorn.Server):
    """One of two in a process, so it leaves signals to whoever runs both."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def http_server(app: FastAPI, protocol: type[H11Protocol] = H11Protocol) -> Server:
    """uvicorn over an app, not started yet."""
    config = uvicorn.Config(
        app,
        http=protocol,
        h11_max_incomplete_event_size=MOST_HEAD_BYTES,
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        backlog=ACCEPTS_AT_ONCE,
        timeout_graceful_shutdown=STOPPING_SECONDS,
    )
    logging.getLogger("uvicorn").setLevel(logging.ERROR)  # no line for every bad request
    return Server(config)


async def _tell(
    service: Service,
    servers: list[Server],
    public: socket.socket,
    told: Callable[[], None] | None,
) -> None:
    # uvicorn has no event for this
    while not all(server.started or server.should_exit for server in servers):  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    public.listen(QUEUED_CONNECTIONS)
    with service.archive.catalogue.whole() as snapshot:
        counts = snapshot.counts()
    host, port = public.getsockname()[:2]
    address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    words = (
        f"Dateline is at {address} — {counts['articles']:,} articles, "
        f"{counts['passages']:,} passages"
    )
    if service.settings.log_format == "json":
        log.info(words)
        return
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()
    if told is not None:
        told()


@contextlib.contextmanager
def ended_by_signal() -> Iterator[None]:
    """Before the loop runs, a signal is an orderly exit."""

    def leave(number: int, frame: object) -> None:
        raise SystemExit(0)

    before = {number: signal.signal(number, leave) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def bound(host: str, port: int) -> socket.socket:
    """A socket bound to the address; DatelineError names who has the port."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        bound = socket.socket(family, kind, protocol)
    except OSError as error:
        raise WrongUsage(
            f"--host {host}: {error.strerror}; name an address of this machine"
        ) from error
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(address)
        return bound
    except OSError as error:
        bound.close()
        if port and (name := _holder(port)):
            raise DatelineError(
                f"port {port} is taken by {name}: stop it, or choose another with --port"
            ) from error
        reason = (error.strerror or "cannot be used").lower()
        raise DatelineError(
            f"port {port} on {host}: {reason}; choose another with --port"
        ) from error


def _holder(port: int) -> str:
    """The process that listens on a TCP port, where Linux lets us see it; else empty words."""
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
                    inodes.add(f"socket:[{fields[9]}]")
    for process in Path("/proc").glob("[0-9]*") if inodes else ():
        with contextlib.suppress(OSError):  # it has ended meanwhile, or is another user's
            if inodes & {entry.resolve().name for entry in (process / "fd").iterdir()}:
                words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
                name = " ".join(word for word in words if word)[:80]
                return f'"{name}" (process {process.name})'
    return "another program" if inodes else ""
