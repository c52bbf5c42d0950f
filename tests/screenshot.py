"""The bundled sample, served and asked, comes in; the picture of the page in the README goes out: `make screenshot`."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

from browser import browser
from running import running

from ingest.pipeline import SAMPLE, ingest
from ingest.settings import Settings
from ingest.storage.archive import Archive

QUESTION = "How long is the undersea cable?"


async def shoot(url: str, picture: Path, profile: Path) -> None:
    async with browser(profile, width=1000, height=1150) as page:
        await page.open(f"{url}/?q={quote(QUESTION)}")
        await page.until("document.getElementById('made').textContent.includes('Answered')")
        await page.until("!document.getElementById('conflicts').hidden")
        await page.evaluate("document.activeElement.blur()")
        await page.screenshot(picture)


def main(picture: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder) / "data")
        with Archive(settings) as archive:
            ingest(archive, [SAMPLE])
        with running(settings) as (url, _):
            asyncio.run(shoot(url, picture, Path(folder) / "profile"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
