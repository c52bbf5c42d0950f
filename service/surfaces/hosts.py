"""Tells which Host names a service without keys answers to.

A page of any site can make its own name lead to 127.0.0.1 and then read this service as its own
origin (DNS rebinding). Its requests still carry that name.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def is_ours(host: str, public_url: str | None) -> bool:
    """True for a loopback name or address, with or without port, and for the host of
    `DATELINE_PUBLIC_URL`.

    No Host at all is no browser's request, and true.
    """
    try:
        name = urlsplit(f"//{host}").hostname or ""
        public = urlsplit(public_url or "").hostname
    except ValueError:
        return False
    if (
        not host
        or name == "localhost"
        or name.endswith(".localhost")
        or (public and name == public)
    ):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
