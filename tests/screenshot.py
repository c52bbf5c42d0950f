"""The bundled sample, served and asked, comes in; the picture of the page in the README goes out: `make screenshot`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

from chromium import ARGUMENTS, EXECUTABLE
from playwright.sync_api import expect, sync_playwright
from running import running

from ingest.pipeline import SAMPLE, ingest
from ingest.settings import Settings
from ingest.storage.archive import Archive

QUESTION = "How long is the undersea cable?"


def shoot(url: str, picture: Path) -> None:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=EXECUTABLE, args=ARGUMENTS)
        page = opened.new_page(viewport={"width": 1000, "height": 1150})
        for _ in range(2):  # the first answer also waits for what is loaded once
            page.goto(f"{url}/?q={quote(QUESTION)}")
            expect(page.locator(".result .made")).to_be_visible(timeout=60_000)
        page.evaluate("document.activeElement.blur()")
        page.screenshot(path=picture)
        opened.close()


def main(picture: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder) / "data")
        with Archive(settings) as archive:
            ingest(archive, [SAMPLE])
        with running(settings) as (url, _):
            shoot(url, picture)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
