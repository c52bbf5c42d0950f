"""Debian's Chromium through Playwright: tabs in both themes, without scripts, and what axe-core says of a page."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

EXECUTABLE = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
AXE = "axe-core@4.14.1"
WIDE, PHONE = {"width": 1000, "height": 900}, {"width": 390, "height": 844}

Opening = Callable[..., Page]
PATIENCE_MS = 120_000  # a loaded machine takes its time
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser a module. Playwright runs a loop of its own in the thread: such a module has no asynchronous tests."""
    if EXECUTABLE is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=EXECUTABLE, args=ARGUMENTS, timeout=PATIENCE_MS
        )
        yield opened
        opened.close()


@pytest.fixture
def tab(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Opening]:
    """`tab(url)` opens a page; options are those of a browser context. Whatever a page's scripts throw or its policy refuses
    fails the test; a picture of each tab is kept where DATELINE_TEST_PICTURES names a folder."""
    pages: list[Page] = []
    wrong: list[str] = []

    def opening(url: str, **options: Any) -> Page:
        context = chromium.new_context(**({"viewport": WIDE} | options))
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.extend([said.text] * ("Refused" in said.text)))
        page.goto(url)
        pages.append(page)
        return page

    yield opening
    folder = os.environ.get("DATELINE_TEST_PICTURES")
    for number, page in enumerate(pages):
        if folder:
            name = re.sub(r"\W+", "-", request.node.name)
            page.screenshot(path=Path(folder) / f"{name}-{number}.png", full_page=True)
        page.context.close()
    assert wrong == []


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Page], list[str]]:
    """What axe-core finds wrong with a page: rule and first place of each."""
    folder = tmp_path_factory.mktemp("axe")
    npm = shutil.which("npm")
    done = subprocess.run(
        [npm or "false", "pack", "--silent", AXE], cwd=folder, capture_output=True
    )
    if done.returncode != 0:
        pytest.skip("axe-core cannot be had from npm here")
    with tarfile.open(next(folder.glob("*.tgz"))) as package:
        source = package.extractfile("package/axe.min.js").read().decode()  # type: ignore[union-attr]

    def violations(page: Page) -> list[str]:
        page.evaluate(source)
        found = page.evaluate("axe.run()")["violations"]
        return [f"{one['id']}: {one['nodes'][0]['target']}" for one in found]

    return violations
