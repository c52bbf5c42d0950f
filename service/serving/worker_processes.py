"""Several processes behind one port, and workers of the queue, over an archive on servers."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import signal
import socket
import threading
from multiprocessing.context import SpawnProcess
from multiprocessing.synchronize import Event
from typing import Any

from ingest import log_lines, terminal
from ingest.errors import DatelineError, WrongUsage
from ingest.settings import Settings
from ingest.storage import directory_owner
from service.serving import server
from service.wiring import open_service

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.5  # between two looks whether all are alive
STARTING_SECONDS = 300.0  # for the first, which may have to make the embedding graph
ENDING_SECONDS = 30.0  # for their replies and the job under way


def check(settings: Settings, workers: int) -> None:
    """Raises WrongUsage where several processes would need servers that are not set."""
    if workers > 1 and not settings.on_servers:
        raise WrongUsage(
            "--workers above 1 needs an archive on servers, since one process owns a data directory: "
            "set DATELINE_DATABASE_URL and DATELINE_CHROMA_URL (docs/scaling.md), or leave it out"
        )


def serve(settings: Settings, host: str, port: int, workers: int) -> None:
    """Serves by so many processes until a signal; one that ends is started again.

    The first owns the data directory, each other one a folder in it. Raises as `serving.serve`
    does.
    """
    check(settings, workers)
    server.check_binding(settings, host)
    spawn = multiprocessing.get_context("spawn")
    started, ended = spawn.Event(), threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, frame: ended.set())
    with contextlib.closing(server.bound(host, port)) as public:

        def start(index: int) -> SpawnProcess:
            process = spawn.Process(target=_serve, args=(settings, public, index, started))
            process.start()
            return process

        processes = [start(0)]
        try:
            _await_first(processes[0], started, ended)
            processes += map(start, range(1, workers))
            while not ended.wait(LOOK_SECONDS):
                for index, process in enumerate(processes):
                    if not process.is_alive():
                        log.warning("worker %d ended (%s); again", index, process.exitcode)
                        processes[index] = start(index)
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.join(ENDING_SECONDS)
                if process.is_alive():
                    process.kill()


def _await_first(process: SpawnProcess, started: Event, ended: threading.Event) -> None:
    waited = 0.0
    while not started.wait(LOOK_SECONDS) and not ended.is_set():
        waited += LOOK_SECONDS
        if not process.is_alive() or waited > STARTING_SECONDS:
            raise DatelineError("the first worker did not start; what it said stands above")


def _serve(settings: Settings, public: socket.socket, index: int, started: Any) -> None:
    """One of the processes; all share models, uploads and port."""
    terminal.start_logs(logging.INFO)
    own = settings.model_copy(
        update={
            "data_dir": settings.data_dir / f"worker-{index}" if index else settings.data_dir,
            "model_cache": settings.model_dir,
            "uploads": settings.uploads_dir,
        }
    )
    with terminal.spoken_errors():
        server.serve_on(own, public, "serve", None if index else started.set)


def work(settings: Settings) -> None:
    """Works the queue until a signal, which puts the job under way back.

    Raises WrongUsage where a service works its queue itself.
    """
    if not settings.on_servers or settings.uploads is None:
        raise WrongUsage(
            "a service works its queue itself; a worker beside it needs DATELINE_DATABASE_URL and "
            "DATELINE_CHROMA_URL, and DATELINE_UPLOADS, a folder that all processes share "
            "(docs/scaling.md)"
        )
    log_lines.write_as(settings.log_format)
    with (
        server.ended_by_signal(),
        directory_owner.owning(settings.data_dir, "worker"),
        open_service(settings) as service,
    ):
        service.jobs.work(at_once=True)
        terminal.say(f"Working on uploads in {settings.uploads_dir}")
        threading.Event().wait()
