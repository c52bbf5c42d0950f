"""A real service on a loopback port, in a thread of the test: `with running(settings) as (url, service): …`."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from ingest.settings import Settings
from service.app import create_app
from service.serving.http_connections import LimitedConnection
from service.serving.server import http_server
from service.wiring import Service, open_service

PATIENCE_SECONDS = 120.0  # for a start or an end, on a busy machine too


@contextmanager
def running(settings: Settings, *, private: bool = False) -> Iterator[tuple[str, Service]]:
    """Serves the archive in `settings.data_dir` over HTTP while the block runs."""
    with open_service(settings) as service, socket.create_server(("127.0.0.1", 0)) as listener:
        server = http_server(create_app(service, private=private), LimitedConnection)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        assert server.started
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", service
        finally:
            server.should_exit = True
            thread.join(PATIENCE_SECONDS)
            assert not thread.is_alive()
