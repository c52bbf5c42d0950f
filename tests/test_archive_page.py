"""The archive page: readable without JavaScript, every word of an article harmless, the numbers those of the catalogue."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from html import escape, unescape
from pathlib import Path

import httpx2
import pytest
from chromium import PHONE, WIDE, Opening
from conftest import ALTERED_BRIDGE, BRIDGE, DAM
from playwright.sync_api import Page, expect
from running import running

from ingest.pipeline import ingest
from ingest.settings import Settings
from service.wiring import Service

SCRIPT = "<script>window.taken = 1</script><img src=x onerror='window.taken = 2'>"


def total(html: str) -> str:
    found = re.search(r'<p id="total"[^>]*>(.*?)</p>', html, re.DOTALL)
    assert found is not None
    return " ".join(unescape(found[1]).split())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bridge with an altered copy, a dam, an article in Arabic, one full of markup, one that cannot be read."""
    folder = tmp_path_factory.mktemp("archive-page") / "articles"
    folder.mkdir()
    lines = [
        {"id": "port", "title": "ميناء أورفيل يفتح أبوابه", "text": "افتتح الميناء يوم الأحد.", "publisher": "الصحيفة", "published_on": "2024-12-01"},
        {"id": "bad", "title": f"Orvel {escape(SCRIPT)} mast", "text": "The Orvel mast cost 15 million crowns, its owner said on Friday.",
         "publisher": f"Post {escape(SCRIPT)}", "author": escape(SCRIPT), "url": "javascript:window.taken=3", "published_on": "2025-03-20"},
    ]  # fmt: skip
    (folder / "feed.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    for name, text in {"bridge": BRIDGE, "relay": ALTERED_BRIDGE, "dam": DAM}.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")
    (folder / f"{SCRIPT.split('/')[0]}.pdf").write_bytes(b"%PDF no")
    return folder


@pytest.fixture(scope="module")
def service(
    tmp_path_factory: pytest.TempPathFactory, model_cache: Path, folder: Path
) -> Iterator[tuple[str, Service]]:
    data = tmp_path_factory.mktemp("archive-page-data")
    settings = Settings(_env_file=None, data_dir=data, model_cache=model_cache)  # type: ignore[call-arg]
    with running(settings) as (url, opened):
        assert ingest(opened.archive, [folder]).added == 5
        yield url, opened


@pytest.fixture
def url(service: tuple[str, Service]) -> str:
    return service[0]


def test_it_shows_the_number_that_an_answer_counted(url: str) -> None:
    for question, shown in (
        ("How many articles are there?", "5 articles, 4 stories"),
        ("How many articles about the Orvel dam are there?", "1 article, 1 story"),
        ("How many articles were published in June 2025?", "1 article, 1 story"),
        ("How many articles from the Harbour Gazette?", "1 article, 1 story"),
    ):
        body = httpx2.post(f"{url}/v1/answers", json={"question": question}).json()
        reply = httpx2.get(url + body["claims"][0]["counted"]["url"])
        assert reply.status_code == 200 and total(reply.text).startswith(shown), question


def test_without_scripts_a_reader_searches_narrows_sorts_and_unfolds(
    url: str, tab: Opening
) -> None:
    page = tab(f"{url}/archive", java_script_enabled=False)
    expect(page.locator(".stories > li")).to_have_count(4)
    copies = page.locator(".stories > li", has_text="Harbour Gazette").locator("details")
    assert "altered among them" in copies.locator("summary").inner_text()
    assert not copies.get_by_text("The Morning Relay").is_visible()
    copies.locator("summary").click()
    assert copies.get_by_text("The Morning Relay").is_visible()
    page.get_by_label("Words in title or text").fill("bridge opened")
    page.get_by_label("Order").select_option("oldest")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#total")).to_contain_text("2 articles, 1 story")
    page.get_by_label("Outlet").select_option("The Morning Relay")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#total")).to_contain_text("1 article, 1 story")
    page.get_by_role("link", name="Without: “bridge opened”").click()
    page.get_by_role("link", name="Without: The Morning Relay").click()
    expect(page.locator("#total")).to_contain_text("5 articles")
    expect(page.locator(".stories .headline").first).to_contain_text("ميناء")  # oldest first
    page.get_by_label("Order").select_option("copies")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".stories > li").first).to_contain_text("1 copy, altered among them")


def test_a_month_of_the_timeline_narrows_the_list_to_itself(url: str, tab: Opening) -> None:
    page = tab(f"{url}/archive", java_script_enabled=False)
    expect(page.locator(".timeline svg a")).to_have_count(7)  # December to June, empty months too
    page.get_by_role("link", name="March 2025: 3 articles").click()
    expect(page.locator("#total")).to_contain_text("3 articles, 2 stories, published from 12")
    expect(page.locator(".timeline a.chosen")).to_have_count(1)
    expect(page.locator(".timeline svg a")).to_have_count(7)
    page.get_by_role("link", name="June 2025: 1 article").click()
    expect(page.locator(".stories")).to_contain_text("Regulator closes")


def test_it_says_what_the_last_ingests_did(service: tuple[str, Service], folder: Path) -> None:
    url, opened = service
    ingest(opened.archive, [folder])  # nothing new, the same file fails: told once more
    html = unescape(httpx2.get(f"{url}/archive").text)
    assert "5 added, 0 changed, 0 removed, <span" in html and "1 not read" in html
    assert "window.taken" in html.partition("What could not be read")[2]
    assert "altered: relay.txt changes" in html


def test_nothing_in_an_article_or_address_acts_on_it(url: str, tab: Opening) -> None:
    for query in ("", f"?q={SCRIPT}&publisher={SCRIPT}&article_id={SCRIPT}"):
        page = tab(f"{url}/archive{query}")
        assert (
            "<script>"
            in str(page.locator("main").text_content()) + page.locator("#q").input_value()
        )
        expect(page.locator("main script, main img, main b")).to_have_count(0)
        assert page.evaluate("window.taken") is None


def test_days_the_wrong_way_round_are_told_and_padding_is_not_read(url: str) -> None:
    turned = "published_after=2025-07-01&published_before=2025-06-01"
    assert "Exchange the two" in httpx2.get(f"{url}/archive?{turned}").text
    same = "published_after=2025-06-01&published_before=2025-06-01"
    assert "Exchange the two" not in httpx2.get(f"{url}/archive?{same}").text
    padded = httpx2.get(f"{url}/archive?publisher=%20Harbour%20Gazette%20").text
    assert total(padded).startswith("1 article,")


@pytest.mark.parametrize("query", ["q=🦑", "q=%00", "q=%E2%80%8B", "q=…"])
def test_symbols_alone_are_in_no_article(url: str, query: str) -> None:
    assert total(httpx2.get(f"{url}/archive?{query}").text).startswith("0 articles")
    assert "No article has all" in httpx2.get(f"{url}/topics/🦑").text


@pytest.mark.parametrize("query", ["published_after=soon", "sort=best", "page=0", "page=x"])
def test_an_address_that_cannot_be_read_is_a_422(url: str, query: str) -> None:
    assert httpx2.get(f"{url}/archive?{query}").status_code == 422


@pytest.mark.parametrize(("scheme", "viewport"), [("light", WIDE), ("dark", PHONE)])
def test_everybody_can_use_it(
    url: str, tab: Opening, axe: Callable[[Page], list[str]], scheme: str, viewport: dict[str, int]
) -> None:
    page = tab(f"{url}/archive?q=Orvel", viewport=viewport, color_scheme=scheme)
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_it_comes_in_pages(settings: Settings, tmp_path: Path) -> None:
    for number in range(51):
        (tmp_path / f"{number}.txt").write_text(
            f"Boat {number} <b>sails</b>\n\nBoat number {number} left harbour {number * 7}.",
            "utf-8",
        )
    with running(settings) as (url, service):
        ingest(service.archive, list(tmp_path.glob("*.txt")))
        first, second = (httpx2.get(f"{url}/archive?page={page}").text for page in (1, 2))
    listed = [page.count('href="articles/') for page in (first, second)]
    assert listed == [50, 1] and "51 articles" in total(first)
    assert "Page 1 of 2" in first and 'href="archive?page=2"' in first and "<b>" not in first


def test_it_wants_a_key_where_keys_are_set(settings: Settings) -> None:
    keyed = settings.model_copy(update={"api_keys": "sesame"})
    with running(keyed) as (url, _):
        assert httpx2.get(f"{url}/archive").status_code == 401
        sent = {"Authorization": "Bearer sesame"}
        assert httpx2.get(f"{url}/archive", headers=sent).status_code == 200
