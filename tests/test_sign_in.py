"""Signing in to the pages where keys are set: a key once, then a cookie, and nobody else's doing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest
from chromium import PHONE, WIDE, Opening
from conftest import BRIDGE
from playwright.sync_api import Page, expect
from running import running
from test_feedback import COST, key
from test_rest import assert_problem

from ingest.pipeline import ingest
from ingest.settings import Settings
from service.access.session_cookies import SESSION_SECONDS, Sessions

OPEN = ("/", "/healthz", "/readyz", "/docs", "/openapi.json", "/sign-in", "/static/page.css")
CLOSED = ("/archive", "/articles/0123456789abcdef", "/v1/articles", "/metrics", "/nowhere")
SCRIPT = "<img src=x onerror='window.taken = 1'>"
HTML = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("keyed")
    (folder / "bridge.txt").write_text(BRIDGE, "utf-8")
    settings = Settings(  # type: ignore[call-arg]
        _env_file=None,
        data_dir=folder / "data",
        model_cache=model_cache,
        api_keys="sesame,schlüssel",
        admin_keys="desk",
    )
    with running(settings) as (url, service):
        ingest(service.archive, [folder / "bridge.txt"])
        yield url


@pytest.fixture
def http(keyed: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=keyed, timeout=60) as client:
        yield client


def signed_in(http: httpx2.Client, shown: str = "sesame", **more: str) -> httpx2.Response:
    return http.post("/sign-in", data={"key": shown, **more})


@pytest.mark.parametrize("path", OPEN)
def test_what_is_open_is_open(http: httpx2.Client, path: str) -> None:
    assert http.get(path).status_code == 200


@pytest.mark.parametrize("path", CLOSED)
def test_everything_else_wants_a_key(http: httpx2.Client, path: str) -> None:
    assert_problem(http.get(path), 401, "missing_key")
    assert_problem(http.get(path, headers=key("wrong")), 401, "invalid_key")


def test_a_page_leads_a_person_to_sign_in_and_back(http: httpx2.Client) -> None:
    sent = http.get("/archive?q=bridge&page=1", headers=HTML)
    assert sent.status_code == 303
    form = http.get(f"{http.base_url}/{sent.headers['location']}")
    assert 'value="archive?q=bridge&amp;page=1"' in form.text
    reply = signed_in(http, next="archive?q=bridge&page=1")
    assert (reply.status_code, reply.headers["location"]) == (303, "./archive?q=bridge&page=1")
    shown = http.get("/archive?q=bridge", headers=HTML)
    assert shown.status_code == 200 and "Orvel bridge" in shown.text and "Sign out" in shown.text


def test_the_cookie_is_kept_from_scripts_and_holds_no_key(http: httpx2.Client) -> None:
    cookie = signed_in(http).headers["set-cookie"]
    for word in ("HttpOnly", "SameSite=lax", "Path=/", f"Max-Age={SESSION_SECONDS}"):
        assert word in cookie
    assert "sesame" not in cookie and "Secure" not in cookie


def test_behind_https_the_cookie_goes_nowhere_else(settings: Settings) -> None:
    public = {"api_keys": "sesame", "public_url": "https://news.example"}
    with running(settings.model_copy(update=public)) as (url, _):
        reply = httpx2.post(f"{url}/sign-in", data={"key": "sesame"})
        assert "Secure" in reply.headers["set-cookie"]


@pytest.mark.parametrize("shown", ["desk", "schlüssel"])
def test_any_known_key_signs_in_and_stays_what_it_may_do(http: httpx2.Client, shown: str) -> None:
    assert signed_in(http, shown).status_code == 303
    status = http.get("/v1/feedback").status_code
    assert status == (200 if shown == "desk" else 403)


def test_cookie_and_key_are_one_owner(http: httpx2.Client) -> None:
    signed_in(http)
    asked = {"question": COST, "conversation_id": "new"}
    one = http.post("/v1/answers", json=asked).json()["conversation_id"]
    http.cookies.clear()
    path = f"/v1/conversations/{one}"
    assert http.get(path, headers=key("sesame")).status_code == 200
    assert_problem(http.get(path, headers=key("desk")), 404, "not_found")


def test_signing_out_takes_the_cookie_away(http: httpx2.Client) -> None:
    signed_in(http)
    assert http.get("/v1/articles").status_code == 200
    assert http.post("/sign-out").headers["location"] == "./sign-in"
    assert_problem(http.get("/v1/articles"), 401, "missing_key")


FORGED = ["", "x", "a.b.c", "key_0123456789abcdef.99999999999.0", "..", "é" * 50]


@pytest.mark.parametrize("cookie", FORGED)
def test_a_forged_cookie_is_no_key(http: httpx2.Client, cookie: str) -> None:
    sent = [(b"Cookie", b"dateline=" + cookie.encode())]
    assert_problem(http.get("/v1/articles", headers=sent), 401, "missing_key")


def test_a_cookie_holds_for_thirty_days_and_only_as_it_was_signed() -> None:
    now = 1_000_000.0
    made = Sessions(b"secret", lambda: now)
    cookie = made.cookie("key_a")
    assert made.mark(cookie) == "key_a"
    assert Sessions(b"secret", lambda: now + SESSION_SECONDS - 1).mark(cookie) == "key_a"
    assert Sessions(b"secret", lambda: now + SESSION_SECONDS).mark(cookie) is None
    assert Sessions(b"other", lambda: now).mark(cookie) is None
    assert made.mark(cookie.replace("key_a", "key_b")) is None
    assert made.mark(cookie.replace(".3592", ".9592")) is None


def test_a_cookie_outlives_the_service_and_not_its_key(settings: Settings) -> None:
    both = settings.model_copy(update={"api_keys": "sesame,other"})
    with running(both) as (url, _):
        cookie = httpx2.post(f"{url}/sign-in", data={"key": "sesame"}).cookies["dateline"]
    for keys, status in (("sesame", 200), ("other", 401)):
        with running(settings.model_copy(update={"api_keys": keys})) as (url, _):
            reply = httpx2.get(f"{url}/v1/articles", cookies={"dateline": cookie})
            assert reply.status_code == status


@pytest.mark.parametrize(
    "foreign",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "null"}],
)
def test_a_page_of_another_site_changes_nothing_with_the_cookie(
    http: httpx2.Client, foreign: dict[str, str]
) -> None:
    signed_in(http, "desk")
    asked = {"question": COST}
    assert_problem(http.post("/v1/answers", json=asked, headers=foreign), 401, "missing_key")
    gone = http.delete("/v1/articles/0123456789abcdef", headers=foreign)
    assert_problem(gone, 401, "missing_key")
    for path in ("/sign-in", "/sign-out"):
        reply = http.post(path, data={"key": "sesame"}, headers=foreign)
        assert_problem(reply, 403, "foreign_origin")
    assert http.get("/v1/articles").status_code == 200


@pytest.mark.parametrize("onward", ["//evil.example/", "/\\evil.example", "https://evil.example/"])
def test_nobody_is_led_to_another_site(http: httpx2.Client, onward: str) -> None:
    location = signed_in(http, next=onward).headers["location"]
    assert http.base_url.join("/sign-in").join(location).host == http.base_url.host


def test_after_ten_wrong_keys_an_address_waits(settings: Settings) -> None:
    with (
        running(settings.model_copy(update={"api_keys": "sesame,other"})) as (url, _),
        httpx2.Client(base_url=url) as http,
    ):
        assert http.get("/v1/articles", headers=key("sesame")).status_code == 200
        for number in range(10):
            assert signed_in(http, f"wrong {number}").status_code == 401
        for shown in ("wrong", "other"):
            reply = signed_in(http, shown)
            assert reply.status_code == 429 and 1 <= int(reply.headers["retry-after"]) <= 61
        assert http.get("/v1/articles", headers=key("sesame")).status_code == 200


def test_where_no_keys_are_set_nobody_signs_in(served: str) -> None:
    assert httpx2.get(f"{served}/sign-in?next=archive").headers["location"] == "./archive"


def test_a_reader_signs_in_asks_and_signs_out(keyed: str, tab: Opening) -> None:
    page = tab(f"{keyed}/?q=How+much+did+the+Orvel+bridge+cost%3F")
    page.wait_for_url("**/sign-in?next=*")
    page.fill("#key", "wrong")
    page.click("button:text('Sign in')")
    expect(page.locator("#trouble")).to_contain_text("not known")
    page.fill("#key", "sesame")
    page.keyboard.press("Enter")
    page.wait_for_selector("#actions")
    expect(page.locator("#answer")).to_contain_text("38 million")
    assert page.evaluate("document.cookie + sessionStorage.length + localStorage.length") == "00"
    page.goto(f"{keyed}/archive")
    page.click("text=Sign out")
    page.wait_for_url("**/sign-in")
    page.goto(f"{keyed}/archive")
    page.wait_for_url("**/sign-in?next=archive")


@pytest.mark.slow
@pytest.mark.parametrize(("scheme", "viewport"), [("light", WIDE), ("dark", PHONE)])
def test_everybody_can_use_it(
    keyed: str,
    tab: Opening,
    axe: Callable[[Page], list[str]],
    scheme: str,
    viewport: dict[str, int],
) -> None:
    page = tab(f"{keyed}/sign-in", viewport=viewport, color_scheme=scheme)
    assert axe(page) == []
    page.fill("#key", SCRIPT)
    page.keyboard.press("Enter")
    expect(page.locator("#trouble")).to_be_visible()
    assert axe(page) == [] and page.evaluate("window.taken") is None
    page.goto(f"{keyed}/sign-in?next={quote(SCRIPT)}")
    expect(page.locator("main img")).to_have_count(0)


def test_it_works_without_javascript(keyed: str, tab: Opening) -> None:
    page = tab(f"{keyed}/archive?q=bridge", java_script_enabled=False)
    page.fill("#key", "sesame")
    page.keyboard.press("Enter")
    page.wait_for_url("**/archive?q=bridge")
    expect(page.locator("main")).to_contain_text("Orvel bridge opens")
