"""A web server on loopback that does all of it badly: `with bad_web() as web: web.pages["/x"] = …`."""

from __future__ import annotations

import contextlib
import gzip
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HTML = "text/html; charset=utf-8"


@dataclass
class Answer:
    """What one path is answered with; `write` takes the place of `body`, with status 0 of all."""

    body: bytes = b""
    kind: str = HTML
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    write: Callable[[BadHandler], None] | None = None


@dataclass
class Web:
    """Its address, its pages by path, and (path, headers) of each request but those for robots.txt."""

    address: str
    pages: dict[str, Answer | list[Answer]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def page(self, path: str, words: str, **headers: str) -> str:
        """Puts a page up; its address. With an `etag` it is asked for again only if it changed."""
        self.pages[path] = Answer(words.encode(), headers=headers)
        return self.address + path


class BadHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    web: Web

    def do_GET(self) -> None:
        if self.path != "/robots.txt":
            self.web.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
        found = self.web.pages.get(self.path, Answer(b"no such page", status=404))
        answer = (
            (found.pop(0) if len(found) > 1 else found[0]) if isinstance(found, list) else found
        )
        etag = answer.headers.get("etag")
        unchanged = etag is not None and self.headers.get("if-none-match") == etag
        if answer.write is not None and not answer.status:
            with contextlib.suppress(OSError):
                answer.write(self)
            return
        self.send_response(304 if unchanged else answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if unchanged:
            self.end_headers()
            return
        self.send_header("content-type", answer.kind) if answer.kind else None
        if answer.write is None:
            if "content-length" not in answer.headers:
                self.send_header("content-length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)
            return
        self.end_headers()
        with contextlib.suppress(OSError):  # who asked has gone
            answer.write(self)
        self.close_connection = True

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.do_GET()

    def log_message(self, *_: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1_000

    def handle_error(self, *_: object) -> None:
        """Whoever asked went away in the middle: that is what is tested."""


def endless(start: bytes, again: bytes) -> Answer:
    """Chunks without an end."""

    def write(handler: BadHandler) -> None:
        def chunk(data: bytes) -> None:
            handler.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))

        chunk(start)
        while not handler.web.ended.is_set():
            chunk(again * (65_536 // len(again) + 1))

    return Answer(kind="application/rss+xml", headers={"transfer-encoding": "chunked"}, write=write)


def drip(data: bytes, seconds: float, status: int = 200) -> Answer:
    """A byte now and then; with status 0 from the first one on."""

    def write(handler: BadHandler) -> None:
        for byte in data:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
            if handler.web.ended.wait(seconds):
                return

    return Answer(status=status, headers={"content-length": str(len(data))}, write=write)


def bomb(megabytes: int) -> Answer:
    """A small reply that swells to so much."""
    body = gzip.compress(bytes(megabytes * 1_000_000), 9)
    return Answer(body, headers={"content-encoding": "gzip"})


@contextmanager
def bad_web(tls: ssl.SSLContext | None = None) -> Iterator[Web]:
    server = Server(("127.0.0.1", 0), BadHandler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    web = Web(f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}")
    server.RequestHandlerClass = type("Handler", (BadHandler,), {"web": web})
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield web
    finally:
        web.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()
