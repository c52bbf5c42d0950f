"""Asking on the front page, in a real browser; topics, checks, uploads; and what holds for every page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from statistics import median
from urllib.parse import quote, urlencode

import httpx2
import pytest
from chromium import PHONE, WIDE, Opening
from conftest import ALTERED_BRIDGE, BRIDGE, CHOIR, DAM, FERRY
from playwright.sync_api import Page, expect
from running import running

from ingest.pipeline import ingest
from ingest.settings import Settings
from service.surfaces.answer_page import disagreeing
from service.surfaces.web_pages import WEB

COST = "How much did the Orvel bridge cost?"
SCRIPT = "<img src=x onerror='window.taken = 1'>"
FIRST_LOAD_BYTES = 60_000
FIRST_SENTENCE_FRAMES = 6  # of sixty a second


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("web-pages")
    (folder / "articles").mkdir()
    line = {"title": f"Orvel {escape(SCRIPT)} mast", "publisher": escape(SCRIPT), "author": escape(SCRIPT),
            "url": "javascript:window.taken = 5", "text": f"The Orvel mast cost 15 million crowns {escape(SCRIPT)}, said its owner."}  # fmt: skip
    (folder / "articles" / "feed.jsonl").write_text(json.dumps(line), "utf-8")
    texts = {"bridge": BRIDGE, "relay": ALTERED_BRIDGE, "dam": DAM, "choir": CHOIR}
    for name, text in texts.items():
        (folder / "articles" / f"{name}.txt").write_text(text, "utf-8")
    settings = Settings(_env_file=None, data_dir=folder / "data", model_cache=model_cache)  # type: ignore[call-arg]
    with running(settings) as (address, service):
        assert ingest(service.archive, [folder / "articles"]).added == 5
        yield address


def asked(url: str, text: str, **more: str) -> str:
    return f"{url}/?{urlencode({'q': text, **more})}"


def answered(page: Page) -> None:
    expect(page.locator(".result .made")).to_be_visible(timeout=30_000)


def test_a_typed_question_is_answered_with_its_sources_below_and_the_conflict_below_them(
    url: str, tab: Opening
) -> None:
    page = tab(url)
    page.get_by_label("What do you want to know?").fill(COST)
    page.keyboard.press("Enter")
    answered(page)
    expect(page.locator(".answer")).to_contain_text("38 million")
    assert "[1]" not in page.locator(".answer").inner_text()
    assert page.evaluate("location.search").startswith("?" + urlencode({"q": COST}))
    expect(page.locator(".cards")).to_contain_text("Harbour Gazette · 12 March 2025")
    assert [h.lower() for h in page.locator("#answer h3").all_inner_texts()] == [
        "sources",
        "accounts that disagree",
    ]
    expect(page.locator(".conflict mark")).to_have_text(["38 million", "83 million"])
    page.locator(".card .headline a").last.click()
    expect(page.locator("mark.cited").first).to_be_visible(timeout=30_000)
    page.get_by_role("link", name="Back to the answer").click()
    expect(page.locator(".answer")).to_contain_text("38 million")


@pytest.mark.parametrize(
    ("about", "texts", "marked"),
    [
        (
            "“38 million” against “45 million”",
            [
                "It cost 38 million crowns.",
                "Its price was 45 million, officials said of 2 bridges.",
            ],
            [["38 million"], ["45 million"]],
        ),
        (
            "“no” against “open”",
            ["The dam was closed on 2 June.", "The dam was closed on 3 June."],
            [["2 June"], ["3 June"]],
        ),
    ],
)
def test_the_words_in_which_accounts_differ_are_marked_on_both_sides(
    about: str, texts: list[str], marked: list[list[str]]
) -> None:
    spans = disagreeing(about, texts)
    found = [[t[a:b] for a, b in own] for t, own in zip(texts, spans, strict=True)]
    assert found == marked


def test_filters_stand_behind_one_control_and_in_the_address(url: str, tab: Opening) -> None:
    page = tab(url)
    assert not page.get_by_label("As on an earlier day").is_visible()
    page.get_by_text("Narrow by outlet, collection or date").click()
    page.get_by_label("As on an earlier day").fill("2025-01-01")
    page.get_by_label("What do you want to know?").fill(COST)
    page.locator("#submit").click()
    answered(page)
    assert "38 million" not in page.locator("#answer").inner_text()
    assert "as_of=2025-01-01" in page.evaluate("location.search")
    page.get_by_label("As on an earlier day").fill("")
    page.get_by_label("Outlet").select_option("Senn Valley Post")
    page.locator("#submit").click()
    expect(page.locator(".made")).not_to_contain_text("1 January 2025")
    assert "38 million" not in page.locator("#answer").inner_text()
    page.go_back()
    expect(page.get_by_label("As on an earlier day")).to_have_value("2025-01-01")


def test_examples_are_made_from_the_archive_and_each_has_an_answer(url: str, tab: Opening) -> None:
    page = tab(url)
    examples = page.locator(".examples a").all_inner_texts()
    assert examples and any("Orvel" in example for example in examples)
    for example in examples:
        body = httpx2.post(f"{url}/v1/answers", json={"question": example}).json()
        assert body["outcome"] == "answered", example
    page.locator(".examples a").first.click()
    answered(page)
    assert not page.locator("#welcome").is_visible()


def test_a_digest_is_a_dated_list_with_a_timeline(url: str, tab: Opening) -> None:
    page = tab(asked(url, "Timeline of Orvel"))
    answered(page)
    days = page.locator(".digest time").all_inner_texts()
    assert days[:2] == ["12 March 2025", "2 June 2025"]
    assert page.locator(".digest li").count() == len(days) >= page.locator(".dots a").count() > 1
    assert page.locator(".digest .claim").count() > len(days)  # several sentences of a story
    expect(page.locator(".digest")).to_contain_text("Harbour Gazette · 2 copies")
    page.locator(".dots a").first.click()
    expect(page.locator(".quoted:target")).to_have_count(1)


def test_a_refusal_marks_the_best_sentence_of_the_closest_passages(url: str, tab: Opening) -> None:
    page = tab(asked(url, "Who painted the Orvel dam?"))
    answered(page)
    assert page.locator(".declined").is_visible() and page.locator("mark.best").count() >= 1
    assert "holds nothing" not in page.locator("main").inner_text()
    expect(page.locator("h3")).to_have_text(["Closest in the archive"])


def test_a_counted_sentence_leads_to_the_page_with_the_same_number(url: str, tab: Opening) -> None:
    page = tab(asked(url, "How many articles about Orvel are there?"))
    answered(page)
    number = re.search(r"(\d+) articles", page.locator(".answer").inner_text())
    page.get_by_role("link", name="Show them").click()
    assert number
    expect(page.locator("#total")).to_have_text(re.compile(rf"^\s*{number[1]} articles"))


def test_no_inner_words_are_shown(url: str, tab: Opening) -> None:
    for text in (COST, "Who painted the Orvel dam?"):
        page = tab(asked(url, text))
        answered(page)
        shown = page.locator("body").inner_text().lower()
        assert not re.search(r"generation|passages|g0000|extractive|chunk", shown)


def test_a_topic_is_made_anew_and_never_stored(url: str, tab: Opening) -> None:
    page = tab(f"{url}/topics/Orvel", java_script_enabled=False)
    assert page.locator("h1").inner_text() == "Orvel"
    assert page.locator(".digest li").count() >= 2
    page.get_by_role("link", name=re.compile("4 articles, 3 stories")).click()
    expect(page.locator("#total")).to_have_text(re.compile(r"^\s*4 articles, 3 stories"))
    answer_id = re.search(r'id="(ans_\w+)"', httpx2.get(f"{url}/topics/Orvel").text)
    assert answer_id and httpx2.get(f"{url}/v1/answers/{answer_id[1]}").status_code == 404
    unknown = httpx2.get(f"{url}/topics/Zebra%20{quote(SCRIPT)}")
    assert "No article has all of these words" in unknown.text and "<img" not in unknown.text
    assert httpx2.get(f"{url}/topics/{'x' * 201}").status_code == 422


def test_a_text_is_checked_sentence_by_sentence_without_scripts(url: str, tab: Opening) -> None:
    page = tab(f"{url}/check", java_script_enabled=False)
    page.get_by_label("Paste a text").fill(
        f"The Orvel bridge cost 38 million crowns. The Orvel bridge cost 12 million crowns. {SCRIPT} sings."
    )
    page.get_by_role("button", name="Check").click()
    verdicts = page.locator(".verdicts .verdict")
    expect(verdicts.first).to_have_text("Borne out")
    expect(verdicts.nth(1)).not_to_have_text("Borne out")
    said = page.locator(".verdicts li").first
    expect(said.locator("blockquote")).to_contain_text("38 million")
    expect(said.locator(".where")).to_contain_text("Harbour Gazette · 12 March 2025")
    expect(page.locator(".note-soft")).to_contain_text("Borne out: 1.")
    expect(page.locator("main img")).to_have_count(0)
    page.get_by_label("Paste a text").fill("x" * 20_001)
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("alert")).to_contain_text("at most 20000 characters")
    expect(page.get_by_label("Paste a text")).to_have_value("x" * 20_001)
    page.get_by_label("Paste a text").fill("One is a sentence. " * 101)
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("alert")).to_contain_text("100")
    assert page.get_by_label("Paste a text").input_value().startswith("One is")


def test_dropped_files_come_in_and_each_refused_one_is_named_with_its_remedy(
    settings: Settings, newsroom: Path, tab: Opening
) -> None:
    with running(settings) as (url, service):
        ingest(service.archive, [newsroom])
        page = tab("about:blank")
        page.add_init_script("delete window.EventSource")
        page.goto(f"{url}/archive")
        page.get_by_label("Drop files here").set_input_files(
            [
                {"name": "ferry.txt", "mimeType": "text/plain", "buffer": FERRY.encode()},
                {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF no"},
            ]
        )
        expect(page.locator("#upload-status")).to_have_text("1 added, 1 not read")
        expect(page.locator(".refused")).to_contain_text("scan.pdf")
        page.get_by_role("link", name="Show them in the archive").click()
        expect(page.locator(".stories")).to_contain_text("A late word")
        page.get_by_label("Drop files here").set_input_files(
            [{"name": f"{SCRIPT}.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ"}]
        )
        expect(page.locator("#upload-report")).to_contain_text(f"{SCRIPT}.exe; Dateline")
        expect(page.locator("main img")).to_have_count(0)
        assert page.evaluate("window.taken") is None


def test_nothing_in_an_article_or_question_acts_on_the_page(url: str, tab: Opening) -> None:
    for text in ("What did the Orvel mast cost?", f"Is {SCRIPT} shown?"):
        page = tab(asked(url, text))
        answered(page)
        assert page.evaluate("window.taken") is None
        expect(page.locator("main img, main script")).to_have_count(0)
        assert all(
            h.startswith("http") for h in page.evaluate("[...document.links].map(a => a.href)")
        )


def test_without_scripts_the_front_page_leads_to_what_the_archive_says(
    url: str, tab: Opening
) -> None:
    page = tab(url, java_script_enabled=False)
    page.get_by_label("What do you want to know?").fill("Orvel bridge")
    page.locator("#submit").click()
    page.get_by_role("link", name="what the archive says").click()
    expect(page.locator("main")).to_contain_text("38 million")


def test_the_first_load_is_small_from_no_other_host_and_does_not_jump(
    url: str, tab: Opening
) -> None:
    page = tab(url)
    expect(page.locator("#welcome .headlines a")).to_have_count(4)  # one line a family
    loaded = page.evaluate(
        "performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))"
        ".map(e => [e.name, e.transferSize])"
    )
    assert all(name.startswith(url) for name, _ in loaded)
    assert sum(size for _, size in loaded) <= FIRST_LOAD_BYTES
    page = tab("about:blank")
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver(l => l.getEntries().forEach(e => { shift += e.value }))"
        ".observe({type: 'layout-shift', buffered: true})"
    )
    page.goto(asked(url, COST))
    answered(page)
    assert page.evaluate("shift") <= 0.05


FIRST_SENTENCE = """
const asked = window.fetch;
let frames = 0;
requestAnimationFrame(function next() { frames += 1; requestAnimationFrame(next); });
window.fetch = async (...sent) => {
  const reply = await asked(...sent);
  if (!reply.headers.get("content-type")?.startsWith("text/event-stream")) return reply;
  const noted = new TransformStream({ transform(piece, out) {
    if (!window.came && new TextDecoder().decode(piece).includes("answer.delta")) window.came = frames + 1;
    out.enqueue(piece);
  } });
  return new Response(reply.body.pipeThrough(noted), reply);
};
new MutationObserver((_, watching) => {
  if (!document.querySelector("#answer .claim")) return;
  watching.disconnect();
  requestAnimationFrame(() => requestAnimationFrame(() => { window.waited = frames + 1 - window.came; }));
}).observe(document, { subtree: true, childList: true });
"""


@pytest.mark.slow
def test_a_checked_sentence_is_seen_a_tenth_of_a_second_after_its_event(
    url: str, tab: Opening
) -> None:
    """Counted in frames, which a busy machine shows later; there are none while a script works."""
    waits = []
    for text in [COST, "When did the Orvel bridge open?", "Who leads the regulator?"] * 3:
        page = tab("about:blank")
        page.add_init_script(FIRST_SENTENCE)
        page.goto(asked(url, text))
        answered(page)
        waits.append(page.wait_for_function("window.waited").json_value())
    assert median(waits) <= FIRST_SENTENCE_FRAMES, sorted(waits)


@pytest.mark.slow
@pytest.mark.parametrize(("scheme", "viewport"), [("light", WIDE), ("dark", PHONE)])
def test_everybody_can_use_it(
    url: str, tab: Opening, axe: Callable[[Page], list[str]], scheme: str, viewport: dict[str, int]
) -> None:
    shared = httpx2.post(f"{url}/v1/answers", json={"question": COST}).json()["id"]
    link = httpx2.post(f"{url}/v1/answers/{shared}/share").json()["url"].removeprefix(url)
    for path in (
        "/",
        "/docs",
        "/check",
        "/topics/Orvel",
        "/topics/Zebra",
        link,
        "/archive",
        "/nowhere",
    ):
        page = tab(url + path, viewport=viewport, color_scheme=scheme)
        expect(page.locator("h1")).to_have_count(1)
        page.wait_for_load_state("networkidle")
        assert axe(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
    page = tab(f"{url}/check", viewport=viewport, color_scheme=scheme)
    page.get_by_label("Paste a text").fill("The Orvel bridge cost 38 million crowns. It sings.")
    page.get_by_role("button", name="Check").click()
    expect(page.locator(".verdicts .verdict")).to_have_count(2)
    assert axe(page) == []
    for text in (COST, "Timeline of Orvel", "Who painted the Orvel dam?"):
        page = tab(asked(url, text), viewport=viewport, color_scheme=scheme)
        answered(page)
        assert axe(page) == [], text
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), text


def test_a_missing_page_sends_a_reader_to_the_archive(url: str) -> None:
    lost = httpx2.get(f"{url}/nowhere", headers={"Accept": "text/html"})
    assert lost.status_code == 404 and "There is nothing at this address." in lost.text


def test_the_documentation_shows_how_articles_are_sent(url: str, tab: Opening) -> None:
    page = tab(f"{url}/docs#post-/v1/articles")
    expect(page.locator("#status")).to_have_count(0)
    shown = page.locator("details[open]").first.inner_text()
    for words in (
        "application/json",
        "multipart/form-data",
        "published_on",
        "-F files=@",
        "harbour-17",
        "429",
    ):
        assert words in shown


def test_pages_come_with_a_strict_policy_and_without_inline_scripts(url: str) -> None:
    for path in ("/", "/docs", "/archive", "/check"):
        reply = httpx2.get(url + path)
        assert reply.status_code == 200 and reply.headers["content-type"].startswith("text/html")
        assert "default-src 'self'" in reply.headers["content-security-policy"]
        assert "unsafe" not in reply.headers["content-security-policy"]
    for file in WEB.rglob("*.html"):
        html = file.read_text("utf-8")
        assert not re.search(
            r"<script(?![^>]*\bsrc=)|\son\w+=|style=|https?://|\|\s*safe\b", html
        ), file.name
    for file in WEB.rglob("*.js"):
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(",
            file.read_text("utf-8"),
        ), file.name
