"""The pages, in a real browser: what a reader sees, and that nothing in an article can act on the page."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import httpx2
import pytest
from browser import CHROMIUM, Page, browser
from running import running

from ingest.pipeline import ingest
from ingest.settings import Settings
from service.surfaces.web_pages import WEB

in_browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
COST = "How much did the Orvel bridge cost?"
DONE = "document.getElementById('made').textContent !== ''"
HOSTILE = """Orvel tower <img src=x onerror="window.taken = 1"> opens

By Mallory <b onclick="taken()">Quill</b>, The <i>Post</i>

5 May 2025

The Orvel tower cost 12 million crowns <script>window.taken = 2</script>, said Mayor Quill on Friday 😀.

Nobody of the council <a href="javascript:window.taken = 3">voted</a> against the Orvel tower in 2025.
"""


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Page]:
    async with browser(tmp_path / "profile") as opened:
        yield opened
        assert opened.errors == []


@contextmanager
def filled_service(settings: Settings, folder: Path, **changed: str) -> Iterator[str]:
    with running(settings.model_copy(update=changed)) as (url, service):
        ingest(service.archive, [folder])
        yield url


def question(url: str, text: str, **more: str) -> str:
    return f"{url}/?{urlencode({'q': text, **more})}"


async def text(page: Page, selector: str) -> str:
    return str(await page.evaluate(f"document.querySelector({json.dumps(selector)}).innerText"))


@in_browser
async def test_a_typed_question_is_answered_with_quotes_badges_and_the_conflict(
    page: Page, served: str
) -> None:
    await page.open(served)
    await page.until(
        "document.querySelectorAll('#article-list a').length === 3"
    )  # one line a family
    await page.evaluate(f"document.getElementById('question').value = {json.dumps(COST)}")
    await page.evaluate("document.getElementById('question').focus()")
    await page.call(
        "Input.dispatchKeyEvent",
        type="keyDown",
        key="Enter",
        code="Enter",
        windowsVirtualKeyCode=13,
    )
    await page.until(DONE)
    assert "38 million" in await text(page, "#answer") and "[1]" not in await text(page, "#answer")
    assert await page.evaluate("location.search") == "?" + urlencode({"q": COST})
    cards = await text(page, "#source-list")
    assert "Harbour Gazette · 12 March 2025" in cards and "1 of 2 copies" in cards
    await page.until("!document.getElementById('conflicts').hidden")
    marks = await page.evaluate(
        "[...document.querySelectorAll('#conflicts mark')].map((m) => m.textContent).join('|')"
    )
    assert "38" in marks and "83" in marks
    assert "altered copy" in await text(page, "#conflicts")


@in_browser
async def test_a_marker_leads_to_its_source_and_the_source_to_the_cited_words(
    page: Page, served: str
) -> None:
    await page.open(question(served, COST))
    await page.until(DONE)
    await page.evaluate("document.querySelector('#answer sup a').click()")
    assert await page.evaluate("document.activeElement.id") == "source-1"
    quote = await text(page, "#source-1 blockquote")
    link = await page.evaluate("document.querySelector('#source-1 .headline a').href")
    assert re.search(r"/articles/[0-9a-f]{16}\?span=\d+-\d+#cited$", link)
    await page.open(link)
    cited = await page.evaluate(
        "[...document.querySelectorAll('mark.cited')].map((m) => m.textContent).join('')"
    )
    assert " ".join(cited.split()) == quote
    assert "2 copies of one article" in await text(page, "#family")


@in_browser
async def test_a_refusal_is_told_with_what_came_nearest(page: Page, served: str) -> None:
    await page.open(question(served, "What did the Orvel dam inspectors find on Mars?"))
    await page.until(DONE)
    if await page.evaluate("document.querySelector('#answer').classList.contains('declined')"):
        assert await text(page, "#answer")
    await page.open(question(served, COST, as_of="2025-01-01"))
    await page.until(DONE)
    assert await page.evaluate("document.querySelector('#answer').classList.contains('declined')")
    assert await page.evaluate("document.getElementById('as-of').value") == "2025-01-01"
    assert await page.evaluate("document.getElementById('sources').hidden")


@in_browser
async def test_nothing_in_an_article_acts_on_the_page(
    page: Page, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "hostile").mkdir()
    (tmp_path / "hostile" / "tower.txt").write_text(HOSTILE, "utf-8")
    line = {
        "title": "&lt;img src=x onerror='window.taken = 4'&gt; Orvel mast",
        "url": "javascript:window.taken = 5",
    }
    line["publisher"] = line["author"] = "<img src=x onerror='window.taken = 7'>"
    line["text"] = (
        "The Orvel mast cost 15 million crowns &lt;script&gt;window.taken = 6&lt;/script&gt;, said its owner."
    )
    (tmp_path / "hostile" / "feed.jsonl").write_text(json.dumps(line), "utf-8")
    with filled_service(settings, tmp_path / "hostile") as url:
        for asked, cost in (
            ("How much did the Orvel tower cost?", "12 million"),
            ("What did the Orvel mast cost?", "15 million"),
        ):
            await page.open(question(url, asked))
            await page.until(DONE)
            assert cost in await text(page, "#answer")
            hrefs = await page.evaluate("[...document.querySelectorAll('a')].map((a) => a.href)")
            assert all(href.startswith("http://") for href in hrefs)
            assert not await page.evaluate(
                "document.querySelector('#result img, #result script, #result b, #result i')"
            )
            await page.open(
                await page.evaluate("document.querySelector('#source-1 .headline a').href")
            )
            cited = await page.evaluate(
                "[...document.querySelectorAll('mark.cited')].map((m) => m.textContent).join('')"
            )
            assert cost in cited
            assert not await page.evaluate(
                "window.taken || document.querySelector('main img, main script, main b, main i')"
            )
        await page.open(question(url, "Is <img src=x onerror='window.taken = 8'> shown?"))
        await page.until(DONE)
        assert "<img src=x" in await text(page, "#asked") and not await page.evaluate(
            "window.taken"
        )
        shown = httpx2.get(f"{url}/v1/articles").text + await text(page, "main")
        assert "<img src=x" in shown  # something to be afraid of was there


@in_browser
async def test_the_pages_load_nothing_from_another_host_and_break_no_policy(
    page: Page, served: str
) -> None:
    for path, ready in (
        ("/", "document.querySelector('#article-list a')"),
        ("/docs", "!document.getElementById('status')"),
    ):
        await page.open(served + path)
        await page.until(f"Boolean({ready})")
    assert "/v1/answers" in await text(page, "#routes")
    assert all(url.startswith((served, "data:", "about:")) for url in page.requested)


@in_browser
async def test_the_documentation_shows_how_articles_are_sent(page: Page, served: str) -> None:
    await page.open(f"{served}/docs#post-/v1/articles")
    await page.until("!document.getElementById('status')")
    shown = await text(page, "details[open]")
    for words in (
        "application/json",
        "multipart/form-data",
        "published_on",
        "-F files=@",
        "harbour-17",
        "429",
    ):
        assert words in shown
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_pages_come_with_a_strict_policy_and_without_inline_scripts(served: str) -> None:
    for path in ("/", "/docs", "/archive"):
        reply = httpx2.get(served + path)
        assert reply.status_code == 200 and reply.headers["content-type"].startswith("text/html")
        assert "default-src 'self'" in reply.headers["content-security-policy"]
        assert "unsafe" not in reply.headers["content-security-policy"]
    for file in WEB.rglob("*.html"):
        html = file.read_text("utf-8")
        assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|style=|https?://", html), file.name
    for file in WEB.rglob("*.js"):
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(",
            file.read_text("utf-8"),
        ), file.name
