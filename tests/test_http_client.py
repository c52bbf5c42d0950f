"""The client for the web, against a server of ours that does everything badly."""

from __future__ import annotations

import gzip
import socket
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from bad_web import Answer, Web, bad_web, bomb, drip, endless
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ingest.errors import AddressRefused, NotFetched
from ingest.settings import Settings
from ingest.web.http_client import Client, Reply
from ingest.web.network import resolved
from ingest.web.robots import LONGEST

TAKES = {"text/html": 100_000, "application/rss+xml": 1_000_000}


@pytest.fixture
def web() -> Iterator[Web]:
    with bad_web() as web:
        yield web


def settings(**more: object) -> Settings:
    known = {"fetch_allow": "127.0.0.1", "fetch_a_minute": 0}
    return Settings.model_validate({"data_dir": Path("unused"), **known, **more})


def get(address: str, headers: dict[str, str] | None = None, **more: object) -> Reply:
    with Client(settings(**more)) as client:
        return client.get(address, TAKES, headers)


def refusal(address: str, **more: object) -> str:
    with pytest.raises((AddressRefused, NotFetched)) as told:
        get(address, **more)
    return str(told.value)


def test_a_page_comes_with_its_type_and_an_honest_name_was_sent(web: Web) -> None:
    web.page("/a", "<p>The harbour bridge reopened.</p>", etag='"1"')
    reply = get(web.address + "/a", public_url="https://desk.example.org")
    assert (reply.status, reply.kind) == (200, "text/html")
    assert b"harbour" in reply.body
    [(_, sent)] = web.asked
    assert sent["user-agent"].startswith("Dateline/")
    assert sent["user-agent"].endswith("(+https://desk.example.org)")
    assert "cookie" not in sent
    assert "referer" not in sent


def test_loopback_is_not_asked_unless_the_setting_allows_it(web: Web) -> None:
    web.page("/a", "<p>Inside.</p>")
    for address in (web.address, web.address.replace("127.0.0.1", "localhost")):
        assert "not on the public internet" in refusal(address + "/a", fetch_allow="")
    assert not web.asked


@pytest.mark.parametrize(
    "target",
    [
        "file:///etc/passwd", "ftp://127.0.0.1/", "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/", "http://[::ffff:169.254.169.254]/", "http://0.0.0.0/", "//192.168.0.1/",
        "http://desk:word@127.0.0.1/", "http://127.0.0.2/", "gopher://127.0.0.1:70/_x", "http://[::1",
    ],
)  # fmt: skip
def test_a_redirect_leads_nowhere_that_may_not_be_asked(web: Web, target: str) -> None:
    web.pages["/r"] = Answer(status=302, headers={"location": target})
    said = refusal(web.address + "/r")
    assert "redirects to an address that" in said or "not on the public internet" in said
    assert web.paths() == ["/r"]


def test_redirects_are_followed_five_times_and_no_more(web: Web) -> None:
    for n in range(7):
        web.pages[f"/{n}"] = Answer(status=301, headers={"location": f"/{n + 1}"})
    web.page("/7", "<p>There.</p>")
    assert get(web.address + "/2").address == web.address + "/7"
    assert "redirects more than 5 times" in refusal(web.address + "/1")
    web.pages["/loop"] = Answer(status=302, headers={"location": "/loop"})
    assert "redirects more than 5 times" in refusal(web.address + "/loop")


def test_a_name_that_leads_elsewhere_the_second_time_is_judged_and_used_once(web: Web) -> None:
    web.page("/a", "<p>There.</p>")
    port = web.address.rpartition(":")[2]
    replies = [["93.184.216.34"], ["127.0.0.1"]]
    asked = []

    def changing(host: str, port: int) -> list[str]:
        asked.append(host)
        return replies[min(len(asked), 2) - 1]

    # at a port that no public machine is asked at: the first, public, address is refused, and the
    # second one, this machine, is never looked up
    with Client(settings(fetch_allow=""), resolve=changing) as client:
        with pytest.raises(AddressRefused, match=f"port {port}"):
            client.get(f"http://rebinding.example.org:{port}/a", TAKES)
        assert asked == ["rebinding.example.org"]
        with pytest.raises(AddressRefused, match="not on the public internet"):
            client.get(f"http://rebinding.example.org:{port}/a", TAKES)
    assert not web.asked


def test_the_machine_that_is_connected_to_is_the_one_that_was_checked(web: Web) -> None:
    web.page("/a", "<p>There.</p>")
    web.pages["/robots.txt"] = robots("User-agent: *\nAllow: /\n")
    port = web.address.rpartition(":")[2]
    asked = []

    def once(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    # a name of nobody: only the resolver that is handed in knows where it leads
    with Client(settings(), resolve=once) as client:
        assert client.get(f"http://news.invalid:{port}/a", TAKES).status == 200
    assert asked == ["news.invalid"]
    assert web.asked[0][1]["host"] == f"news.invalid:{port}"


def test_one_private_address_of_a_host_is_enough_to_leave_it_alone() -> None:
    with (
        Client(
            settings(fetch_allow=""), resolve=lambda *_: ["93.184.216.34", "10.0.0.1"]
        ) as client,
        pytest.raises(AddressRefused, match="not on the public internet"),
    ):
        client.get("http://news.example.org/", TAKES)


def test_a_length_that_is_too_large_is_refused_before_anything_is_read(web: Web) -> None:
    web.pages["/big"] = Answer(b"x", headers={"content-length": "10000000000"})
    assert "more than the 0.1 MB" in refusal(web.address + "/big")


def test_the_limit_is_met_on_both_sides(web: Web) -> None:
    web.pages["/full"] = Answer(b"x" * 100_000)
    web.pages["/over"] = Answer(b"x" * 100_001)
    packed = {"content-encoding": "gzip"}
    web.pages["/packed-full"] = Answer(gzip.compress(b"x" * 100_000), headers=packed)
    web.pages["/packed-over"] = Answer(gzip.compress(b"x" * 100_001), headers=packed)
    for kind in ("", "packed-"):
        assert get(f"{web.address}/{kind}full").body == b"x" * 100_000
        assert "more than the 0.1 MB" in refusal(f"{web.address}/{kind}over")


def test_an_endless_feed_ends_at_its_limit(web: Web) -> None:
    web.pages["/feed"] = endless(b"<rss><channel>", b"<item><title>again</title></item>")
    assert "more than the 1 MB" in refusal(web.address + "/feed")


def test_a_small_reply_does_not_swell_beyond_the_limit(web: Web) -> None:
    web.pages["/bomb"] = bomb(30)
    assert "more than the 0.1 MB" in refusal(web.address + "/bomb")


@pytest.mark.parametrize(
    ("headers", "body", "reason"),
    [
        ({"content-encoding": "br"}, b"x", 'packed as "br"'),
        ({"content-encoding": "gzip, gzip"}, b"x", 'packed as "gzip, gzip"'),
        ({"content-encoding": "gzip"}, b"not gzip", "no gzip that can be unpacked"),
        ({"content-encoding": "gzip"}, gzip.compress(b"cut off" * 99)[:-9], "no gzip that can be"),
    ],
    ids=["brotli", "twice", "not gzip", "cut off"],  # gzip writes the time into what it packs
)
def test_a_reply_that_cannot_be_unpacked_is_refused(
    web: Web, headers: dict[str, str], body: bytes, reason: str
) -> None:
    web.pages["/a"] = Answer(body, headers=headers)
    assert reason in refusal(web.address + "/a")


def test_gzip_in_several_parts_is_whole(web: Web) -> None:
    body = gzip.compress(b"one ") + gzip.compress(b"two")
    web.pages["/a"] = Answer(body, headers={"content-encoding": "gzip"})
    assert get(web.address + "/a").body == b"one two"


@pytest.mark.parametrize("kind", ["image/png", "application/octet-stream", ""])
def test_what_is_of_no_type_that_is_taken_is_refused(web: Web, kind: str) -> None:
    web.pages["/a"] = Answer(b"x", kind=kind)
    assert "type" in refusal(web.address + "/a")


def test_a_server_that_drips_does_not_hold_us_beyond_the_deadline(web: Web) -> None:
    web.pages["/body"] = drip(b"<p>" + b"x" * 1000, 0.05)
    web.pages["/head"] = drip(b"HTTP/1.1 200 OK\r\nX-Much: " + b"x" * 1000, 0.05, status=0)
    for path in ("/body", "/head"):
        assert "did not answer within 1 s" in refusal(web.address + path, fetch_seconds=1)


def test_nothing_that_listens_is_said_and_so_is_a_name_of_nobody() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        assert "cannot be reached" in refusal(address + "/")
    assert "cannot be found" in refusal("http://nobody.invalid/")


def test_what_did_not_change_is_not_sent_again(web: Web) -> None:
    web.page("/a", "<p>The harbour bridge reopened.</p>", etag='"1"')
    assert get(web.address + "/a", {"if-none-match": '"1"'}).status == 304
    assert get(web.address + "/a", {"if-none-match": '"0"'}).status == 200


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500, 503])
def test_a_failure_of_the_server_is_told_with_its_number(web: Web, status: int) -> None:
    web.pages["/a"] = Answer(b"no", status=status)
    assert f"answered with {status}" in refusal(web.address + "/a")


@pytest.mark.parametrize(
    ("stated", "least", "most"),
    [("120", 120, 120), ("-5", 0, 0), ("9999999", 86_400, 86_400), ("soon", 0, 0),
     ("Wed, 21 Oct 2015 07:28:00 GMT", 0, 0), ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400, 86_400)],
)  # fmt: skip
def test_how_long_a_server_asks_to_wait_is_kept_within_a_day(
    web: Web, stated: str, least: float, most: float
) -> None:
    web.pages["/a"] = Answer(status=429, headers={"retry-after": stated})
    with pytest.raises(NotFetched) as told:
        get(web.address + "/a")
    assert least <= told.value.wait_seconds <= most


def robots(words: str) -> Answer:
    return Answer(words.encode(), kind="text/plain")


def test_what_robots_txt_closes_is_not_asked_for(web: Web) -> None:
    web.pages["/robots.txt"] = robots(
        "User-agent: *\nDisallow: /\n\nUser-agent: dateline\nDisallow: /desk/*.html$\nAllow: /\n"
    )
    web.page("/desk/a.html", "<p>Closed.</p>")
    web.page("/desk/a.html?x", "<p>Open.</p>")
    web.pages["/r"] = Answer(status=302, headers={"location": "/desk/a.html"})
    for path in ("/desk/a.html", "/r"):
        assert "says its robots.txt" in refusal(web.address + path)
    assert get(web.address + "/desk/a.html?x").status == 200
    assert web.paths() == ["/r", "/desk/a.html?x"]


@pytest.mark.parametrize(
    ("status", "open_"), [(404, True), (401, True), (500, False), (429, False)]
)
def test_a_host_that_cannot_tell_its_rules_is_left_alone(
    web: Web, status: int, open_: bool
) -> None:
    web.page("/a", "<p>There.</p>")
    web.pages["/robots.txt"] = Answer(b"no", status=status)
    if open_:
        assert get(web.address + "/a").status == 200
    else:
        assert f"robots.txt that was answered with {status}" in refusal(web.address + "/a")
        assert not web.asked


def test_a_robots_txt_is_read_up_to_its_limit_and_a_longer_one_names_its_own_remedy(
    web: Web,
) -> None:
    web.page("/a", "<p>There.</p>")
    web.pages["/robots.txt"] = robots("#" * LONGEST)
    assert get(web.address + "/a").status == 200
    web.pages["/robots.txt"] = robots("#" * (LONGEST + 1))
    told = refusal(web.address + "/a")
    assert "has a robots.txt of more than 1 MB" in told and "DATELINE" not in told


def test_a_host_is_asked_no_faster_than_the_setting_and_its_rules_say(web: Web) -> None:
    web.page("/a", "<p>There.</p>")
    for delay, pause in (("", 2), ("Crawl-delay: 60", 60)):
        web.pages["/robots.txt"] = robots(f"User-agent: *\n{delay}\n")
        waits: list[float] = []
        began = time.monotonic()
        with Client(settings(fetch_a_minute=30), sleep=waits.append) as client:
            for _ in range(2):
                client.get(web.address + "/a", TAKES)
        passed = time.monotonic() - began  # which counts, as the waiting here does not
        assert pause - passed <= waits[-1] - sum(waits[:-1]) <= pause + 2
    web.pages["/robots.txt"] = robots("User-agent: *\nCrawl-delay: 61\n")
    assert "wants 61 s between two requests" in refusal(web.address + "/a")


def test_a_message_is_sent_to_no_private_machine_and_follows_no_redirect(web: Web) -> None:
    web.pages["/hook"] = Answer(b"taken", status=202)
    web.pages["/r"] = Answer(status=307, headers={"location": "/hook"})
    with Client(settings()) as client:
        assert client.post(web.address + "/hook", b"{}", {"x-mark": "1"}).status == 202
        assert client.post(web.address + "/r", b"{}", {}).status == 307
    assert web.paths() == ["/hook", "/r"]
    assert web.asked[0][1]["x-mark"] == "1"
    with Client(settings(fetch_allow="")) as client, pytest.raises(AddressRefused):
        client.post(web.address + "/hook", b"{}", {})


def test_this_machine_has_an_address() -> None:
    assert set(resolved("localhost", 80)) & {"127.0.0.1", "::1"}


def certificate(folder: Path, name: str) -> Path:
    """A file with a key and a certificate for the name, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    day = timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - day)
        .not_valid_after(datetime.now(UTC) + day)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain
    ) + made.public_bytes(serialization.Encoding.PEM)
    (folder / "both.pem").write_bytes(pem)
    return folder / "both.pem"


def test_the_certificate_of_a_host_is_that_of_its_name_though_an_address_is_connected_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = certificate(tmp_path, "news.invalid")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with bad_web(context) as web:
        web.page("/a", "<p>There.</p>")
        port = web.address.rpartition(":")[2]
        with (
            Client(settings(), resolve=lambda *_: ["127.0.0.1"]) as stranger,
            pytest.raises(NotFetched, match="cannot be reached"),
        ):
            stranger.get(f"https://news.invalid:{port}/a", TAKES)
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        with Client(settings(), resolve=lambda *_: ["127.0.0.1"]) as client:
            assert client.get(f"https://news.invalid:{port}/a", TAKES).status == 200
            with pytest.raises(NotFetched, match="cannot be reached"):
                client.get(f"https://other.invalid:{port}/a", TAKES)
