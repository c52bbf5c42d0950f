"""The asking page in a browser: follow-ups, earlier conversations, ratings, copies and share links."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from chromium import Opening
from conftest import BRIDGE, DAM
from playwright.sync_api import Page, expect
from running import running

from ingest.pipeline import ingest
from ingest.settings import Settings
from service.wiring import Service

OPENED = "When did the Orvel bridge open?"


@pytest.fixture(scope="module")
def service(
    tmp_path_factory: pytest.TempPathFactory, model_cache: Path
) -> Iterator[tuple[str, Service]]:
    folder = tmp_path_factory.mktemp("ask-page")
    for name, text in {"bridge.txt": BRIDGE, "dam.txt": DAM}.items():
        (folder / name).write_text(text, "utf-8")
    settings = Settings(_env_file=None, data_dir=folder / "data", model_cache=model_cache)  # type: ignore[call-arg]
    with running(settings) as (url, opened):
        ingest(opened.archive, [folder / "bridge.txt", folder / "dam.txt"])
        yield url, opened


@pytest.fixture
def page(service: tuple[str, Service], tab: Opening) -> Page:
    """With one answer on it, and no conversation before."""
    url, _ = service
    with httpx2.Client(base_url=url) as http:
        for one in http.get("/v1/conversations").json()["conversations"]:
            http.delete(f"/v1/conversations/{one['conversation_id']}")
    opened = tab(url, permissions=["clipboard-read", "clipboard-write"])
    ask(opened, OPENED)
    return opened


def ask(page: Page, question: str) -> None:
    page.fill("#question", question)
    page.keyboard.press("Enter")
    expect(page.locator("#actions")).to_be_visible()


def follow_up(page: Page, question: str) -> None:
    page.fill("#next-question", question)
    page.keyboard.press("Enter")
    expect(page.locator("#answer .asked")).to_have_text(question)
    expect(page.locator("#actions")).to_be_visible()


def test_a_follow_up_is_answered_below_what_was_asked_before(page: Page) -> None:
    follow_up(page, "How much did it cost?")
    expect(page.locator("#answer")).to_contain_text("38 million")
    earlier = page.locator("#earlier details")
    expect(earlier).to_have_count(1)
    earlier.locator("summary").click()
    expect(earlier).to_contain_text("Wednesday")
    follow_up(page, "Who said so?")
    expect(earlier).to_have_count(2)
    ask(page, "What happened to the Orvel dam?")
    expect(earlier).to_have_count(0)


def test_a_conversation_is_there_again_after_a_reload_and_goes_on(page: Page) -> None:
    follow_up(page, "How much did it cost?")
    page.reload()
    expect(page.locator("#answer")).to_contain_text("38 million")
    expect(page.locator("#answer .asked")).to_have_text("How much did it cost?")
    expect(page.locator("#earlier details")).to_have_count(1)
    follow_up(page, "Who said so?")
    expect(page.locator("#conversation-list li")).to_have_count(1)
    expect(page.locator("#conversation-list li")).to_contain_text("3 answers")


def test_an_earlier_conversation_is_opened_renamed_and_deleted(page: Page) -> None:
    ask(page, "What happened to the Orvel dam?")
    rows = page.locator("#conversation-list li")
    expect(rows).to_have_count(2)
    page.click("#conversations summary")
    rows.nth(1).get_by_role("button", name="Rename").click()
    title = "The <img src=x onerror='window.taken = 1'> bridge"
    page.keyboard.type(title)
    page.keyboard.press("Enter")
    link = page.get_by_role("link", name=title, exact=True)
    link.click()
    expect(page.locator("#answer")).to_contain_text("Wednesday")
    expect(page.locator("#answer .asked")).to_have_text(OPENED)
    page.click("#conversations summary")
    remove = page.get_by_role("button", name="Delete “What happened to the Orvel dam?”")
    remove.click()
    expect(rows).to_have_count(2)
    remove.click()
    expect(rows).to_have_count(1)
    expect(page.locator("img")).to_have_count(0)
    assert page.evaluate("window.taken") is None


def test_a_conversation_deleted_elsewhere_is_told_and_the_next_question_begins_anew(
    page: Page, service: tuple[str, Service]
) -> None:
    one = page.evaluate("new URLSearchParams(location.search).get('conversation')")
    assert httpx2.delete(f"{service[0]}/v1/conversations/{one}").status_code == 204
    page.fill("#next-question", "How much did it cost?")
    page.keyboard.press("Enter")
    expect(page.locator("#trouble")).to_contain_text("no conversation of this id")
    ask(page, OPENED)
    page.goto(f"{service[0]}/?conversation={one}")
    expect(page.locator("#welcome")).to_be_visible()


def test_a_rating_is_kept_and_changed_and_says_what_was_wrong(
    page: Page, service: tuple[str, Service]
) -> None:
    def kept() -> list[tuple[str, str | None]]:
        found = httpx2.get(f"{service[0]}/v1/feedback").json()["feedback"]
        return [(one["rating"], one["comment"]) for one in found]

    up, down = (
        page.get_by_role("button", name=name, exact=True) for name in ("Helpful", "Not helpful")
    )
    up.click()
    expect(up).to_have_attribute("aria-pressed", "true")
    assert kept() == [("up", None)]
    down.click()
    expect(page.locator("#comment")).to_be_focused()
    expect(up).to_have_attribute("aria-pressed", "false")
    page.keyboard.type("It was a Tuesday.")
    page.keyboard.press("Enter")
    expect(page.locator(".rating .said")).to_contain_text("kept with the answer")
    assert kept() == [("down", "It was a Tuesday.")]


@pytest.fixture
def clipboard(page: Page) -> Callable[[str], str]:
    def copied(button: str) -> str:
        page.get_by_role("button", name=button).click()
        expect(page.locator(".copying .said")).to_have_text("Copied.")
        return str(page.evaluate("navigator.clipboard.readText()"))

    return copied


def test_an_answer_is_copied_with_its_sources(page: Page, clipboard: Callable[[str], str]) -> None:
    text = clipboard("Copy as Markdown")
    answer = page.inner_text("#answer p.answer")
    assert text.startswith(f"**{OPENED}**\n\n") and answer[:30] in text
    assert "[1]" in text and "\n1. [Orvel bridge opens after four years](" in text
    assert "Harbour Gazette, 12 March 2025: “The Orvel bridge opened" in text
    plain = clipboard("Copy as text")
    assert plain.startswith(f"{OPENED}\n\n") and "[1] Orvel bridge opens" in plain
    assert "/articles/" in plain and "**" not in plain


def test_words_of_an_article_stay_words_in_markdown(page: Page) -> None:
    written = page.evaluate(
        """import('./static/copying.js').then(({ markdown }) => markdown({
        question: 'A *b*?', text: 'See ![x](y) [1] <b>.', citations: [{ number: 1, title: 'A](http://evil)', url: null,
        article_id: 'a', start: 0, end: 1, publisher: '_P_', published_on: null, quote: '`q` [z](javascript:1)' }] }))"""
    )
    assert "**A \\*b\\*?**" in written and "[1] \\<b\\>." in written
    assert "!\\[x\\](y)" in written and "[A\\](http://evil)](" in written
    assert "\\_P\\_, undated: “\\`q\\` \\[z\\](javascript:1)”" in written


def test_an_answer_is_shared_and_taken_back(page: Page) -> None:
    page.get_by_role("button", name="Share", exact=True).click()
    field = page.locator("#share-link")
    expect(field).to_be_visible()
    url = field.input_value()
    assert httpx2.get(url).status_code == 200
    page.get_by_role("button", name="Revoke link").click()
    expect(field).to_be_hidden()
    assert httpx2.get(url).status_code == 404


def test_a_browser_without_eventsource_and_clipboard_works(
    service: tuple[str, Service], tab: Opening
) -> None:
    opened = tab("about:blank")
    opened.add_init_script(
        "delete window.EventSource; Object.defineProperty(navigator, 'clipboard', {value: undefined})"
    )
    opened.goto(service[0])
    ask(opened, OPENED)
    expect(opened.locator("#answer")).to_contain_text("Wednesday")
    opened.get_by_role("button", name="Copy as text").click()
    expect(opened.locator(".copying .said")).to_have_text("Copied.")


def test_a_service_that_keeps_nothing_still_takes_follow_ups(
    settings: Settings, newsroom: Path, tab: Opening
) -> None:
    with running(settings.model_copy(update={"keep_days": 0})) as (url, opened):
        ingest(opened.archive, [newsroom])
        page = tab(url)
        ask(page, OPENED)
        follow_up(page, "How much did it cost?")
        expect(page.locator("#answer")).to_contain_text("38 million")
        page.get_by_role("button", name="Helpful", exact=True).click()
        expect(page.locator(".rating .said")).to_contain_text("not kept")


def test_in_print_there_is_the_answer_with_its_sources_and_nothing_to_press(page: Page) -> None:
    page.emulate_media(media="print")
    for shown in ("#answer", ".cards", "#answer .asked"):
        expect(page.locator(shown)).to_be_visible()
    for hidden in ("#ask", "#actions", "#follow-up", ".foot", "#conversations"):
        expect(page.locator(hidden)).to_be_hidden()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(page: Page, axe: Callable[[Page], list[str]], theme: str) -> None:
    follow_up(page, "How much did it cost?")
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    page.get_by_role("button", name="Share", exact=True).click()
    page.get_by_role("button", name="Not helpful").click()
    expect(page.locator("#share-link")).to_be_visible()
    page.click("#conversations summary")
    assert axe(page) == []


@pytest.mark.slow
def test_of_a_long_conversation_older_answers_come_when_asked_for(
    page: Page, service: tuple[str, Service]
) -> None:
    one = page.evaluate("new URLSearchParams(location.search).get('conversation')")
    for _ in range(21):
        sent = {"question": "How much did it cost?", "conversation_id": one}
        assert httpx2.post(f"{service[0]}/v1/answers", json=sent).status_code == 200
    page.reload()
    earlier = page.locator("#earlier details")
    expect(earlier).to_have_count(19)
    page.get_by_role("button", name="Older answers").click()
    expect(earlier).to_have_count(21)
    expect(earlier.first).to_contain_text(OPENED)
    expect(page.get_by_role("button", name="Older answers")).to_have_count(0)


def test_a_link_within_the_page_asks_nothing_anew(page: Page) -> None:
    follow_up(page, "How much did it cost?")
    page.evaluate("location.hash = '#answer'")
    page.go_back()
    expect(page.locator("#answer .asked")).to_have_text("How much did it cost?")
    expect(page.locator("#conversation-list li")).to_have_count(1)
    expect(page.locator("#conversation-list li")).to_contain_text("2 answers")


def test_a_day_in_the_address_that_is_none_is_told_and_nothing_is_asked(
    service: tuple[str, Service], tab: Opening
) -> None:
    opened = tab(f"{service[0]}/?q=Who+opened+the+bridge%3F&as_of=abc")
    expect(opened.locator("#trouble")).to_contain_text("cannot be “abc”")
    expect(opened.locator("#as_of")).to_be_visible()
    expect(opened.locator("#actions")).to_have_count(0)
