"""Who sends a request: by a key, by the cookie of somebody who has signed in, or nobody known."""

from __future__ import annotations

import contextlib
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import Scope

from ingest.errors import Refused
from service.access.api_keys import Caller, Keys
from service.access.rate_limits import Guesses
from service.access.session_cookies import COOKIE, Sessions

# Where keys are set, these want none, and everything else does.
OPEN = ("/", "/healthz", "/readyz", "/docs", "/openapi.json", "/sign-in", "/sign-out")
OPEN_BELOW = ("/static/", "/s/", "/slack/")


class Identity:
    """Tells callers apart. On the owner's socket, which is `private`, the mode of its file is the
    key; whoever shows one there all the same is its holder, and may no more than they."""

    def __init__(
        self,
        keys: Keys,
        sessions: Sessions,
        guesses: Guesses,
        public_url: str | None,
        *,
        private: bool = False,
    ):
        self._keys = keys
        self._private = private
        self._sessions = sessions
        self._guesses = guesses
        self._public_url = public_url

    def of(self, scope: Scope, headers: Headers) -> Caller | None:
        """Who asks; None on an open page, of somebody who has shown no key.

        Refused where a key is wanted and no known one is sent. A cookie speaks for its key, but
        where something is to be changed only from our own pages.
        """
        wanted = not is_open(scope["path"])
        sent = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        scheme, _, key = sent.partition(b" ")
        shown = key.strip() if scheme.lower() == b"bearer" else b""
        if not self._keys or (self._private and not shown):
            ours = from_our_page(headers, self._public_url)
            return Caller("", "admin" if ours else "ask", "")
        if shown:
            return self._holder(shown, scope, wanted)
        cookie = cookie_parser(headers.get("cookie", "")).get(COOKIE)
        changes = scope["method"] not in ("GET", "HEAD")
        if cookie and not (changes and not from_our_page(headers, self._public_url)):
            mark = self._sessions.mark(cookie)
            caller = self._keys.known(mark) if mark else None
            if caller is not None:
                return caller
        if wanted:
            raise Refused(401, "missing_key", "send a key: Authorization: Bearer <key>")
        return None

    def _holder(self, key: bytes, scope: Scope, wanted: bool) -> Caller | None:
        client = scope.get("client")
        try:
            caller = self._guesses.judge(client[0] if client else "", self._keys.holder(key))
            if caller is None:
                raise Refused(401, "invalid_key", "this key is not known here")
        except Refused:
            if wanted:
                raise
            return None
        return caller


def is_open(path: str) -> bool:
    """Whether it wants no key, where keys are set."""
    return path in OPEN or path.startswith(OPEN_BELOW)


def from_our_page(headers: Headers, public_url: str | None) -> bool:
    """Whether a request comes from one of our pages, or from no page at all.

    A page of another site that is open in a browser may send requests here; it must not change
    anything. A browser without Sec-Fetch tells by Origin which site's page it is.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("none", "same-origin")
    origin = headers.get("origin")
    if origin is None:
        return True
    with contextlib.suppress(ValueError):
        public = urlsplit(public_url or "").netloc.lower()
        ours = {headers.get("host", "").lower(), public} - {""}
        return urlsplit(origin).netloc.lower() in ours
    return False
