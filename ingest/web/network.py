"""Connects to the machine whose address was checked, and to no other, within a deadline."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore2

from ingest.errors import AddressRefused
from ingest.web.addresses import Allowed, reachable

Resolve = Callable[[str, int], list[str]]


def resolved(host: str, port: int) -> list[str]:
    """All addresses of a host. Raises OSError where it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class CheckedNetwork(httpcore2.NetworkBackend):
    """For one thread. A name is resolved once, when a connection is opened, all it leads to is
    checked, and one of these addresses is connected to: no later reply of a name server counts.

    After `deadline`, by `time.monotonic`, nothing is waited for any more.
    """

    def __init__(self, allow: Allowed, resolve: Resolve = resolved):
        self._allow = allow
        self._resolve = resolve
        self._tcp = httpcore2.SyncBackend()
        self.deadline = 0.0

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Raises AddressRefused, or what httpcore raises."""
        try:
            found = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise AddressRefused("has a host that cannot be found; check the name") from error
        failed: Exception = httpcore2.ConnectError(host)
        for place in reachable(host, port, found, self._allow):
            try:
                return _Timed(self._tcp.connect_tcp(place, port, self.left(timeout)), self)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failed = error
        raise failed

    def left(self, timeout: float | None) -> float:
        """Seconds that one step may take. Raises ReadTimeout after the deadline."""
        seconds = self.deadline - time.monotonic()
        if seconds <= 0:
            raise httpcore2.ReadTimeout("the deadline has passed")
        return seconds if timeout is None else min(timeout, seconds)


class _Timed(httpcore2.NetworkStream):
    """A connection, each step of which ends by the deadline of its network: a server that sends a
    byte now and then keeps nobody waiting."""

    def __init__(self, stream: httpcore2.NetworkStream, network: CheckedNetwork):
        self._stream = stream
        self._network = network

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._network.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._network.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        left = self._network.left(timeout)
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, left), self._network)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
