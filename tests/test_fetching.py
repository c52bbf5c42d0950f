"""Pages, feeds and sitemaps from a server of ours: what is taken in, what is asked again, what is told."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from html import escape
from pathlib import Path

import pytest
from bad_web import Answer, Web, bad_web

from ingest import pipeline
from ingest.errors import NotReady
from ingest.settings import Settings
from ingest.storage.archive import Archive
from ingest.types import IngestReport
from ingest.web.fetching import REVISIT_SECONDS, fetch

NOW = 1_772_000_000.0
TIMES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


@pytest.fixture
def web() -> Iterator[Web]:
    with bad_web() as web:
        yield web


@pytest.fixture
def settings(tmp_path: Path, model_cache: Path) -> Settings:
    known = {"data_dir": tmp_path / "data", "model_cache": model_cache}
    return Settings.model_validate({**known, "fetch_allow": "127.0.0.1", "fetch_a_minute": 0})


def ingest(archive: Archive, *addresses: str, now: float = NOW, **more: object) -> IngestReport:
    def progress(stage: str, done: int, total: int) -> None: ...

    found = fetch(archive, addresses, collections=None, progress=progress, now=now)
    return pipeline.ingest(archive, found, **more)  # type: ignore[arg-type]


def counts(report: IngestReport) -> tuple[int, int, int, int]:
    return report.added, report.updated, report.unchanged, len(report.failed)


def texts(archive: Archive) -> dict[str, str]:
    """By the path of its address."""
    with archive.catalogue.live() as snapshot:
        everything = [one.article for one in snapshot.everything()]
    assert all(one.source == one.identity for one in everything)
    return {"/" + one.identity.split("/", 3)[3]: one.text for one in everything}


def page(title: str, words: str) -> str:
    return (
        f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1><p>{words} The council of "
        f"Orvel said so on Monday.</p><p>About 9,000 people live along the Senn.</p></article></body></html>"
    )


def rss(*items: str) -> str:
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>Senn Post</title>{''.join(items)}</channel></rss>"


def item(link: str, words: str = "", **more: str) -> str:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in more.items())
    return f"<item><title>News</title><link>{link}</link><description>{escape(words)}</description>{inner}</item>"


def feed(
    web: Web, path: str, *items: str, kind: str = "application/rss+xml", **headers: str
) -> str:
    web.pages[path] = Answer(rss(*items).encode(), kind=kind, headers=headers)
    return web.address + path


def sitemap(web: Web, path: str, *entries: tuple[str, str], index: bool = False) -> str:
    outer, inner = ("sitemapindex", "sitemap") if index else ("urlset", "url")
    body = "".join(
        f"<{inner}><loc>{loc}</loc><lastmod>{mod}</lastmod></{inner}>" for loc, mod in entries
    )
    web.pages[path] = Answer(f"<{outer} {TIMES}>{body}</{outer}>".encode(), kind="text/xml")
    return web.address + path


def full(words: str) -> str:
    """The text of an item that stands whole in its feed."""
    return f"<p>{words}</p>" + "<p>The mayor of Orvel spoke of it at length on Tuesday.</p>" * 20


def test_a_page_is_an_article_of_its_address_and_not_sent_or_read_again(
    archive: Archive, web: Web
) -> None:
    address = web.page("/bridge?id=1", page("Bridge", "The bridge opened."), etag='"1"')
    assert counts(ingest(archive, address + "#comments")) == (1, 0, 0, 0)
    with archive.catalogue.live() as snapshot:
        [stored] = snapshot.everything()
    assert (stored.article.identity, stored.article.url, stored.root) == (address,) * 3
    assert not stored.article.collections
    assert counts(ingest(archive, address)) == (0, 0, 1, 0)
    assert [sent.get("if-none-match") for _, sent in web.asked] == [None, '"1"']
    web.page("/bridge?id=1", page("Bridge", "The bridge closed again."), etag='"2"')
    assert counts(ingest(archive, address)) == (0, 1, 0, 0)
    assert "closed again" in texts(archive)["/bridge?id=1"]


def test_the_items_of_a_feed_are_its_pages_or_their_own_text(archive: Archive, web: Web) -> None:
    web.page("/a", page("Bridge", "The bridge opened."))
    address = feed(
        web, "/feed", item("/a", "A teaser."), item(f"{web.address}/b", full("The dam closed.")),
        item("", full("The choir won."), guid="urn:choir"),
    )  # fmt: skip
    assert counts(ingest(archive, address)) == (3, 0, 0, 0)
    assert web.paths() == ["/feed", "/a"]
    found = texts(archive)
    assert sorted(found) == ["/a", "/b", "/feed#urn:choir"]
    assert "The bridge opened." in found["/a"]
    assert "The dam closed." in found["/b"]


def test_a_corrected_item_is_a_new_version_of_its_article_with_the_next_poll(
    archive: Archive, web: Web
) -> None:
    web.page("/a", page("Bridge", "It cost 38 million."))
    first = [item("/a", "Teaser."), item("/b", full("The dam holds 41 million."))]
    address = feed(web, "/feed", *first, etag='"1"')
    ingest(archive, address)
    with archive.catalogue.live() as snapshot:
        before = {one.article.article_id for one in snapshot.everything()}
    assert counts(ingest(archive, address)) == (0, 0, 2, 0)
    assert web.paths()[-1:] == ["/feed"]
    web.page("/a", page("Bridge", "It cost 39 million."))
    corrected = [item("/a", "Corrected."), item("/b", full("The dam holds 42 million."))]
    feed(web, "/feed", *corrected, etag='"2"')
    assert counts(ingest(archive, address)) == (0, 2, 0, 0)
    assert "39 million" in texts(archive)["/a"]
    assert "42 million" in texts(archive)["/b"]
    with archive.catalogue.live() as snapshot:
        assert {one.article.article_id for one in snapshot.everything()} == before


def test_so_much_text_in_the_feed_is_the_article_and_less_is_a_teaser(
    archive: Archive, web: Web
) -> None:
    web.page("/teaser", page("Bridge", "The bridge opened."))
    long = "The dam of Orvel closed on Monday. " * 30
    address = feed(
        web, "/feed", item("/whole", f"<p>{long[:1000].strip():x<1000}</p>"),
        item("/teaser", f"<p>{long[:999].strip():x<999}</p>"),
    )  # fmt: skip
    assert counts(ingest(archive, address)) == (2, 0, 0, 0)
    assert web.paths() == ["/feed", "/teaser"]


def test_a_password_in_an_address_is_repeated_nowhere(archive: Archive, web: Web) -> None:
    bad = "http://desk:word@news.example.org/a?b"
    report = ingest(archive, bad, feed(web, "/feed", item(bad)))
    assert [f.source for f in report.failed] == ["http://…@news.example.org/a?b"] * 2
    assert "word@" not in (archive.settings.data_dir / "failures.jsonl").read_text()
    assert "word@" not in repr(archive.address_records.known(f"{web.address}/feed"))


def test_an_item_that_left_its_feed_stays_in_the_archive(archive: Archive, web: Web) -> None:
    address = feed(web, "/feed", item("/a", full("The dam closed.")))
    ingest(archive, address)
    feed(web, "/feed", item("/b", full("The choir won.")))
    report = ingest(archive, address)
    assert counts(report) == (1, 0, 0, 0)
    assert sorted(texts(archive)) == ["/a", "/b"]
    assert not [note for note in report.notes if "no longer there" in note]


def test_pages_of_a_feed_that_says_nothing_new_are_looked_at_once_a_day(
    archive: Archive, web: Web
) -> None:
    web.page("/a", page("Bridge", "It cost 38 million."), etag='"a1"')
    address = feed(web, "/feed", item("/a", "Teaser."), etag='"1"')
    ingest(archive, address)
    web.page("/a", page("Bridge", "It cost 39 million."), etag='"a2"')
    assert counts(ingest(archive, address, now=NOW + REVISIT_SECONDS - 1)) == (0, 0, 1, 0)
    assert counts(ingest(archive, address, now=NOW + REVISIT_SECONDS)) == (0, 1, 0, 0)
    assert web.paths() == ["/feed", "/a", "/feed", "/feed", "/a"]
    assert web.asked[-1][1]["if-none-match"] == '"a1"'


def test_a_sitemap_is_followed_into_others_and_its_pages_by_their_day(
    archive: Archive, web: Web
) -> None:
    for name in "abc":
        web.page(f"/{name}", page(name, f"The {name} opened."))
    packed = sitemap(web, "/news.xml.gz", ("/b", ""), ("/c", "2026-01-02"))
    plain = web.pages["/news.xml.gz"]
    assert isinstance(plain, Answer)
    web.pages["/news.xml.gz"] = Answer(gzip.compress(plain.body), kind="application/gzip")
    sitemap(web, "/pages.xml", ("/a", "2026-01-01"))
    address = sitemap(web, "/sitemap.xml", ("/pages.xml", ""), (packed, ""), index=True)
    assert counts(ingest(archive, address)) == (3, 0, 0, 0)
    web.page("/a", page("a", "The a closed."))
    web.page("/c", page("c", "The c closed."))
    sitemap(web, "/pages.xml", ("/a", "2026-01-05"))
    web.asked.clear()
    assert counts(ingest(archive, address)) == (0, 1, 2, 0)
    assert web.paths() == ["/sitemap.xml", "/pages.xml", "/a", "/news.xml.gz"]


def test_sitemaps_in_a_circle_and_too_deep_end(archive: Archive, web: Web) -> None:
    web.page("/a", page("a", "The a opened."))
    sitemap(web, "/two.xml", ("/one.xml", ""), ("/two.xml", ""), ("/deep.xml", ""), index=True)
    sitemap(web, "/deep.xml", ("/deeper.xml", ""), index=True)
    sitemap(web, "/deeper.xml", ("/a", ""))
    address = sitemap(web, "/one.xml", ("/two.xml", ""), ("/one.xml", ""), index=True)
    report = ingest(archive, address)
    assert [(f.source, "levels deep" in f.reason) for f in report.failed] == [
        (f"{web.address}/deeper.xml", True)
    ]
    assert web.paths() == ["/one.xml", "/two.xml", "/deep.xml"]


def test_feeds_that_lead_to_feeds_end_and_a_page_named_twice_is_asked_once(
    archive: Archive, web: Web
) -> None:
    web.page("/a", page("a", "The a opened."))
    other = feed(web, "/other", item("/feed"))
    items = [item("/a"), item("/a", "Again."), item("/feed"), item("/other"), item("", guid="/a")]
    report = ingest(archive, feed(web, "/feed", *items, item("", guid=f"{web.address}/a")))
    assert report.added == 1
    assert (other, True) in [
        (f.source, "feed or sitemap itself" in f.reason) for f in report.failed
    ]
    assert web.paths() == ["/feed", "/a", "/other"]


def test_what_no_feed_names_any_more_is_forgotten_after_thirty_days(
    archive: Archive, web: Web
) -> None:
    address = feed(web, "/feed", item("/a", full("The dam closed.")))
    ingest(archive, address)
    feed(web, "/feed", item("/b", full("The choir won.")))
    for days, kept in ((30, True), (30.1, False)):
        feed(web, "/feed", item("/b", full(f"The choir won {days} times.")))
        ingest(archive, address, now=NOW + days * 86_400)
        assert (f"{web.address}/a" in archive.address_records.known(address)) == kept
    assert sorted(texts(archive)) == ["/a", "/b"]


def test_what_cannot_be_fetched_is_named_and_the_rest_is_in(archive: Archive, web: Web) -> None:
    web.page("/a", page("a", "The a opened."))
    web.pages["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /closed\n", kind="text/plain")
    web.pages["/empty"] = Answer(b"  ")
    web.pages["/broken"] = Answer(b"no", status=500)
    web.pages["/picture"] = Answer(b"x", kind="image/png")
    bad = {
        "/none": "answered with 404", "/closed": "says its robots.txt", "/empty": "is empty",
        "/broken": "answered with 500", "/picture": "image/png", "ftp://x.example/": "only http",
        "http://10.0.0.1/": "not on the public internet", "file:///etc/passwd": "only http",
    }  # fmt: skip
    address = feed(web, "/feed", *(item(link) for link in (*bad, "/a")))
    report = ingest(archive, address)
    assert counts(report) == (1, 0, 0, len(bad))
    for failure, (link, reason) in zip(report.failed, bad.items(), strict=True):
        assert failure.source == (web.address + link if link.startswith("/") else link)
        assert reason in failure.reason
    kept = (archive.settings.data_dir / "failures.jsonl").read_text().splitlines()
    assert len(kept) == len(bad)
    web.asked.clear()
    again = ingest(archive, address)
    # what the page itself says is told again without asking; what its server could not do is tried
    assert [f.source for f in again.failed] == [f.source for f in report.failed]
    assert web.paths() == ["/feed", "/broken", "/picture"]


def test_a_page_taken_down_leaves_and_one_that_cannot_be_reached_stays(
    archive: Archive, web: Web
) -> None:
    for name in "ab":
        web.page(f"/{name}", page(name, f"The {name} opened."))
    addresses = [f"{web.address}/a", f"{web.address}/b"]
    ingest(archive, *addresses)
    web.pages["/a"] = Answer(b"gone", status=410)
    web.pages["/b"] = Answer(b"gone", status=404)
    report = ingest(archive, *addresses)
    assert (report.removed, [f.source for f in report.failed]) == (1, [addresses[1]])
    assert any("taken down by its publisher" in note for note in report.notes)
    assert sorted(texts(archive)) == ["/b"]


def test_a_host_that_asks_for_a_pause_gets_it(archive: Archive, web: Web) -> None:
    web.page("/a", page("a", "The a opened."))
    busy = Answer(b"busy", status=429, headers={"retry-after": "600"})
    web.pages["/b"] = busy
    web.page("/c", page("c", "The c opened."))
    address = feed(web, "/feed", item("/a"), item("/b"), item("/c"))
    report = ingest(archive, address)
    assert counts(report) == (1, 0, 0, 1)
    assert any("1 page of" in note and "pause of 600 s" in note for note in report.notes)
    web.asked.clear()
    [failure] = ingest(archive, address, now=NOW + 599).failed
    assert "asked for no request before" in failure.reason
    assert not web.asked
    web.page("/b", page("b", "The b opened."))
    assert counts(ingest(archive, address, now=NOW + 600)) == (2, 0, 1, 0)
    assert counts(ingest(archive, address, now=NOW + 601)) == (0, 0, 3, 0)


def test_a_host_in_trouble_is_left_alone_after_five_pages(archive: Archive, web: Web) -> None:
    for n in range(7):
        web.pages[f"/{n}"] = Answer(b"no", status=503)
    report = ingest(archive, feed(web, "/feed", *(item(f"/{n}") for n in range(7))))
    assert len(report.failed) == 5
    assert any("2 pages of" in note for note in report.notes)


def test_one_ingest_takes_so_many_pages_and_the_next_ones_the_rest(
    settings: Settings, web: Web
) -> None:
    for n in range(5):
        web.page(f"/{n}", page(f"News {n}", f"Lane {n} opened."))
    address = feed(web, "/feed", *(item(f"/{n}") for n in range(5)))
    with Archive(settings.model_copy(update={"fetch_pages": 2})) as archive:
        assert counts(report := ingest(archive, address)) == (2, 0, 0, 0)
        assert any("3 pages of" in note and "DATELINE_FETCH_PAGES" in note for note in report.notes)
        assert counts(ingest(archive, address)) == (2, 0, 2, 0)
        assert counts(ingest(archive, address)) == (1, 0, 4, 0)
        web.asked.clear()
        assert counts(ingest(archive, address)) == (0, 0, 5, 0)
        assert web.paths() == ["/feed"]


def test_other_types_and_wrong_ones_are_read_as_what_they_are(archive: Archive, web: Web) -> None:
    body = {
        "items": [
            {
                "id": "1",
                "url": f"{web.address}/j",
                "title": "Dam",
                "content_html": full("The dam closed."),
            }
        ]
    }
    web.pages["/feed.json"] = Answer(json.dumps(body).encode(), kind="application/feed+json")
    web.pages["/note.txt"] = Answer(
        "The café closed.".encode("cp1252"), kind="text/plain; charset=windows-1252"
    )
    wrong = feed(web, "/wrong", item("/w", full("The choir won.")), kind="text/html")
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>Post</title><entry><id>urn:1</id><title>Mill</title>'
        f'<link href="/atom/1"/><content type="html">{escape(full("The mill burned."))}</content></entry></feed>'
    )
    web.pages["/atom/feed"] = Answer(atom.encode(), kind="application/atom+xml")
    cut = rss(item("/x", full("The lock opened.")))[:-40]
    web.pages["/cut"] = Answer(cut.encode(), kind="application/xml")
    paths = ("/feed.json", "/note.txt", "/atom/feed", "/cut")
    report = ingest(archive, wrong, *(web.address + path for path in paths))
    assert counts(report) == (5, 0, 0, 1)
    assert "entries may be missing" in report.failed[0].reason
    found = texts(archive)
    assert sorted(found) == ["/atom/1", "/j", "/note.txt", "/w", "/x"]
    assert "café" in found["/note.txt"]


def test_a_dry_run_asks_and_keeps_nothing(archive: Archive, web: Web) -> None:
    address = web.page("/a", page("a", "The a opened."), etag='"1"')
    assert counts(ingest(archive, address, dry_run=True)) == (1, 0, 0, 0)
    assert counts(ingest(archive, address)) == (1, 0, 0, 0)
    assert "if-none-match" not in web.asked[-1][1]


def test_an_article_that_was_removed_by_hand_is_asked_for_whole(archive: Archive, web: Web) -> None:
    address = web.page("/a", page("a", "The a opened."), etag='"1"')
    ingest(archive, address)
    with archive.catalogue.live() as snapshot:
        [stored] = snapshot.everything()
    pipeline.remove(archive, stored.article.article_id)
    assert counts(ingest(archive, address)) == (1, 0, 0, 0)
    pipeline.erase(archive, stored.article.article_id)
    assert not archive.address_records.known(address)
    assert counts(ingest(archive, address)) == (0, 0, 0, 0)


def test_whoever_asked_can_end_the_fetching(archive: Archive, web: Web) -> None:
    address = feed(web, "/feed", *(item(f"/{n}") for n in range(9)))

    def progress(stage: str, done: int, total: int) -> None:
        if done >= 2:
            raise NotReady("stopped")

    with pytest.raises(NotReady):
        fetch(archive, [address], collections=None, progress=progress)
    assert len(web.asked) == 2
