"""What a host lets programs ask of it: its robots.txt, read as RFC 9309 says."""

from __future__ import annotations

from protego import Protego

from ingest.errors import AddressRefused, NotFetched

OUR_NAME = "Dateline"
LONGEST = 1_000_000  # bytes of a robots.txt
LONGEST_PAUSE_SECONDS = (
    60.0  # that is kept between two requests; a host that asks for more is left alone
)


class Rules:
    """Of one host. Where it has no robots.txt everything may be asked."""

    def __init__(self, status: int, body: bytes):
        """Raises NotFetched where the reply says that the host cannot tell now."""
        if status == 429 or status >= 500:
            raise NotFetched(f"has a robots.txt that was answered with {status}; try again later")
        self._rules = Protego.parse(body.decode("utf-8", "replace") if status == 200 else "")
        self.pause_seconds = float(self._rules.crawl_delay(OUR_NAME) or 0)

    def expect_permission(self, address: str) -> None:
        """Raises AddressRefused where the address may not be asked."""
        if not self._rules.can_fetch(address, OUR_NAME):
            raise AddressRefused(
                "may not be fetched by programs, says its robots.txt; "
                "save the page from a browser, or ask its publisher to let Dateline in"
            )
        if self.pause_seconds > LONGEST_PAUSE_SECONDS:
            raise AddressRefused(
                f"wants {self.pause_seconds:g} s between two requests, says its robots.txt; "
                "ask its publisher for another way to its articles"
            )
