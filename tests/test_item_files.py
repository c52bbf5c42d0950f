"""Files that hold several articles: ninjs, NITF, NewsML-G2, RSS, Atom, JSON; and what may not be shown."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ingest.formats.file_readers import read
from ingest.types import Article, Failure, Subject, Withdrawn

WORDS = "The orchard of Brask was flooded on Friday, and the pickers went home."
NINJS = {
    "uri": "urn:x:1",
    "firstcreated": "2024-06-07T22:00:00+02:00",
    "versioncreated": "2024-06-09T08:00:00+02:00",
    "headline": "Orchard flooded",
    "byline": "By Nora Pell",
    "source": "XYZ",
    "body_html": f"<p>{WORDS}</p>",
}
NITF = (
    '<nitf><head><docdata{0}><date.issue norm="20240607T220000+0200"/><doc-id id-string="o1"/>{1}</docdata></head><body><body.head>'
    "<hedline><hl1>Orchard flooded</hl1></hedline><byline>By Nora Pell<byttl>Farm Writer</byttl></byline></body.head><body.content>"
    f"<media><media-caption>A wet tree.</media-caption></media><p>{WORDS}</p><hl2>The river</hl2><p>It rose.</p></body.content></body></nitf>"
)
G2 = '<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>{}</itemSet></newsMessage>'
G2_ITEM = (
    '<newsItem guid="urn:x:{0}"><itemMeta><versionCreated>2024-06-09T08:00:00+02:00</versionCreated><firstCreated>2024-06-07T22:00:00+02:00'
    '</firstCreated><pubStatus qcode="stat:{1}"/></itemMeta><contentMeta><creator><name>Nora Pell</name></creator><headline>Orchard flooded'
    '</headline></contentMeta><contentSet><inlineXML><html xmlns="http://www.w3.org/1999/xhtml"><body><p>'
    f"{WORDS}</p></body></html></inlineXML></contentSet></newsItem>"
)
RSS = (
    '<rss xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Brask Post</title>'
    "<item><guid>o1</guid><title>Orchard flooded</title><link>https://example.org/o1</link><dc:creator>Nora Pell</dc:creator>"
    f"<pubDate>Fri, 07 Jun 2024 22:00:00 +0200</pubDate><description>Short.</description><content:encoded><![CDATA[<p>{WORDS}</p>]]></content:encoded>"
    "</item><item><title>No words</title><link>https://example.org/o2</link></item></channel></rss>"
)
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>Brask Post</title><entry><id>o1</id><title>Orchard flooded</title>'
    '<link rel="self" href="https://example.org/self"/><link href="https://example.org/o1"/><author><name>Nora Pell</name></author>'
    "<published>2024-06-07T22:00:00+02:00</published><updated>2024-06-09T08:00:00+02:00</updated>"
    f'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>{WORDS}</p></div></content></entry></feed>'
)


def items(path: Path, content: object) -> list[object]:
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return list(read(path, max_article_mb=5, today=date(2025, 1, 1)))


def one(path: Path, content: object) -> Article:
    article = items(path, content)[0]
    assert isinstance(article, Article), article
    return article


@pytest.mark.parametrize(
    ("name", "content", "source"),
    [
        ("a.json", NINJS, "a.json#urn:x:1"),
        ("a.jsonl", NINJS, "a.jsonl#urn:x:1"),
        ("a.xml", NITF.format("", ""), "a.xml#o1"),
        ("a.xml", G2.format(G2_ITEM.format(1, "usable")), "a.xml#urn:x:1"),
        ("a.rss", RSS, "a.rss#o1"),
        ("a.atom", ATOM, "a.atom#o1"),
    ],
)
def test_formats_of_the_trade_are_read_with_what_they_state(
    name: str, content: object, source: str, tmp_path: Path
) -> None:
    article = one(tmp_path / name, content)
    assert (article.source, article.title, article.author, article.published_on, article.notes) == (
        source,
        "Orchard flooded",
        "Nora Pell",
        date(2024, 6, 7),
        (),
    )
    assert article.text.startswith(WORDS)
    assert "wet tree" not in article.text


def test_a_new_version_is_an_update(tmp_path: Path) -> None:
    for name, content in {"a.json": NINJS, "a.atom": ATOM}.items():
        assert one(tmp_path / name, content).updated_on == date(2024, 6, 9)


def test_feeds_name_their_outlet_and_address_and_items_without_words_fail_alone(
    tmp_path: Path,
) -> None:
    article, failed = items(tmp_path / "a.rss", RSS)
    assert isinstance(article, Article) and isinstance(failed, Failure)
    assert (article.publisher, article.url) == ("Brask Post", "https://example.org/o1")
    assert failed.source == "a.rss#2" and ";" in failed.reason


def test_the_day_of_a_first_version_is_that_of_the_item(tmp_path: Path) -> None:
    first = {name: said for name, said in NINJS.items() if name != "firstcreated"}
    for version, days in {"1": (date(2024, 6, 9), None), "2": (None, date(2024, 6, 9))}.items():
        article = one(tmp_path / "a.json", {**first, "version": version})
        assert (article.published_on, article.updated_on) == days


def test_names_are_taken_in_english_and_without_an_address_of_mail(tmp_path: Path) -> None:
    topic = '<subject qcode="medtop:20000763"><name xml:lang="de">Häfen</name><name xml:lang="en-GB">ports</name></subject>'
    item = G2_ITEM.format(1, "usable").replace("<contentMeta>", f"<contentMeta>{topic}")
    assert one(tmp_path / "a.xml", item).terms.subjects == (Subject("ports", "medtop:20000763"),)
    mailbox = RSS.replace("dc:creator", "author").replace(
        "Nora Pell", "pell@example.org (Nora Pell)"
    )
    assert one(tmp_path / "a.rss", mailbox).author == "Nora Pell"


def test_bodies_and_headlines_of_later_ninjs_are_read(tmp_path: Path) -> None:
    item = {
        "uri": "urn:x:1",
        "firstcreated": "2024-06-07T22:00:00+02:00",
        "headlines": [
            {"role": "short", "value": "Flood"},
            {"role": "main", "value": "Orchard flooded"},
        ],
        "bodies": [{"contenttype": "text/plain", "value": WORDS}],
        "by": "Nora Pell",
        "infosources": [{"name": "XYZ"}],
    }
    article = one(tmp_path / "a.json", item)
    assert (article.title, article.author, article.publisher, article.text) == (
        "Orchard flooded",
        "Nora Pell",
        "XYZ",
        WORDS,
    )


@pytest.mark.parametrize(
    "wrapped",
    [
        [{"title": "A", "body": WORDS}],
        {"status": "ok", "articles": [{"title": "A", "content": WORDS}]},
        {"response": {"results": [{"webTitle": "A", "fields": {"body": WORDS}}]}},
        {"response": {"docs": [{"headline": {"main": "A"}, "lead_paragraph": WORDS}]}},
        {"items": [{"title": "A", "content_text": WORDS}]},
    ],
)
def test_lists_of_articles_in_what_services_reply_are_read(wrapped: object, tmp_path: Path) -> None:
    article = one(tmp_path / "a.json", wrapped)
    assert (article.source, article.title, article.text) == ("a.json#1", "A", WORDS)


GUARDIAN = {
    "id": "world/orchard",
    "sectionName": "World",
    "webPublicationDate": "2024-06-07T22:00:00Z",
    "webTitle": "Orchard flooded",
    "fields": {
        "byline": "Nora Pell in Brask and Ivo Lund",
        "body": f"<p>{WORDS}</p><p>This article was amended on 9 June: it was Friday.</p>",
        "bodyText": WORDS,
        "lastModified": "2024-06-09T08:00:00Z",
        "publication": "Brask Post",
    },
    "tags": [{"id": "orchards", "webTitle": "Orchards"}],
}
TIMES = {
    "_id": "nyt://article/1",
    "abstract": "An orchard is under water.",
    "lead_paragraph": WORDS,
    "source": "Brask Post",
    "headline": {"main": "Orchard flooded", "kicker": "Analysis"},
    "byline": {"original": "By Nora Pell and Ivo Lund"},
    "pub_date": "2024-06-07T22:00:00+0000",
    "updated_date": "2024-06-09",
    "keywords": [{"name": "subject", "value": "Orchards"}],
    "correction": "It was Friday, not Monday.",
}


@pytest.mark.parametrize(
    ("reply", "source", "begins", "ends", "subjects"),
    [
        ({"results": [GUARDIAN]}, "world/orchard", WORDS, "it was Friday.", {"World", "Orchards"}),
        ({"content": GUARDIAN}, "world/orchard", WORDS, "it was Friday.", {"World", "Orchards"}),
        (
            {"docs": [TIMES]},
            "nyt://article/1",
            f"An orchard is under water.\n\n{WORDS}",
            "Correction: It was Friday, not Monday.",
            {"Analysis", "Orchards"},
        ),
    ],
)
def test_what_the_services_of_newspapers_reply_is_read_whole(
    reply: object, source: str, begins: str, ends: str, subjects: set[str], tmp_path: Path
) -> None:
    article = one(tmp_path / "a.json", {"response": reply})
    assert article.source == f"a.json#{source}"
    assert article.text.startswith(begins)
    assert article.text.endswith(ends)
    assert article.author in ("Nora Pell and Ivo Lund", "Nora Pell, Ivo Lund")
    assert (article.title, article.publisher) == ("Orchard flooded", "Brask Post")
    assert (article.published_on, article.updated_on) == (date(2024, 6, 7), date(2024, 6, 9))
    assert {subject.name for subject in article.terms.subjects} == subjects


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.json", {**NINJS, "pubstatus": "canceled"}, "killed"),
        ("a.json", {**NINJS, "pubstatus": "withheld"}, "withheld"),
        ("a.json", {**NINJS, "embargoed": "soon"}, "cannot be read"),
        ("a.xml", G2.format(G2_ITEM.format(1, "canceled")), "killed"),
        ("a.xml", NITF.format(' management-status="withheld"', ""), "withheld"),
    ],
)
def test_what_may_not_be_shown_is_no_article_and_told(
    name: str, content: object, reason: str, tmp_path: Path
) -> None:
    (item,) = items(tmp_path / name, content)
    assert isinstance(item, Withdrawn) and reason in item.reason


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", {**NINJS, "embargoed": "2030-01-01T01:00:00+01:00"}),
        ("a.xml", NITF.format("", '<date.release norm="20300101T000000Z"/>')),
        ("a.csv", f"title\ttext\tembargoed\nA\t{WORDS}\t2030-01-01 00:00"),
    ],
)
def test_an_embargo_is_a_moment_of_the_article(name: str, content: object, tmp_path: Path) -> None:
    terms = one(tmp_path / name, content).terms
    assert terms.embargoed_until == datetime(2030, 1, 1, tzinfo=UTC)


RIGHTS = {
    "version": "3",
    "usageterms": "Not for use in Brask.",
    "copyrightholder": "XYZ",
    "subject": [
        {"code": "20000002", "scheme": "http://cv.iptc.org/newscodes/mediatopic/", "name": "arts"},
        {"name": "orchards"},
    ],
    "associations": {"corrects": {"uri": "urn:x:0"}},
}
NITF_RIGHTS = (
    '<du-key version="3"/><doc.rights owner="XYZ" limitations="Not for use in Brask."/><correction id-string="urn:x:0"/>'
    '<key-list><keyword key="orchards"/></key-list>'
)
NITF_TOPIC = '<tobject><tobject.subject tobject.subject.refnum="20000002" tobject.subject.type="arts"/></tobject></head>'
G2_RIGHTS = (
    "<rightsInfo><copyrightHolder><name>XYZ</name></copyrightHolder><usageTerms>Not for use in Brask.</usageTerms></rightsInfo><itemMeta>"
    '<link rel="irel:previousVersion" residref="urn:x:0"/>'
)
G2_TOPICS = '<contentMeta><subject qcode="medtop:20000002"><name>arts</name></subject><subject><name>orchards</name></subject>'


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", {**NINJS, **RIGHTS}),
        (
            "a.json",
            {
                **NINJS,
                **RIGHTS,
                "version": 3,
                "associations": [{"rel": "corrects", "uri": "urn:x:0"}],
            },
        ),
        (
            "a.xml",
            NITF.format("", NITF_RIGHTS).replace("</head>", NITF_TOPIC).replace("o1", "urn:x:1"),
        ),
        (
            "a.xml",
            G2_ITEM.format(1, "usable")
            .replace("<newsItem", '<newsItem version="3"')
            .replace("<itemMeta>", G2_RIGHTS)
            .replace("<contentMeta>", G2_TOPICS),
        ),
    ],
)
def test_rights_version_subjects_and_what_is_corrected_are_kept(
    name: str, content: object, tmp_path: Path
) -> None:
    terms = one(tmp_path / name, content).terms
    assert (terms.item_id, terms.version, terms.corrects) == ("urn:x:1", "3", ("urn:x:0",))
    assert (terms.usage_terms, terms.copyright_holder) == ("Not for use in Brask.", "XYZ")
    assert terms.subjects == (Subject("arts", "medtop:20000002"), Subject("orchards"))


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.xml", "<urlset><url><loc>https://example.org</loc></url></urlset>", "urlset"),
        ("a.xml", "no markup", "no XML"),
        ("a.xml", "<rss><channel/></rss>", "no articles"),
        ("a.json", "[1, 2]", "objects"),
        ("a.json", "[]", "no articles"),
        ("a.json", '{"title": "A"}\n{"title": "B"}', "line 2"),
        ("a.json", "[" * 50_000, "deep"),
    ],
)
def test_what_is_no_file_of_articles_is_refused(
    name: str, content: str, reason: str, tmp_path: Path
) -> None:
    (item,) = items(tmp_path / name, content)
    assert isinstance(item, Failure) and reason in item.reason and ";" in item.reason


def test_names_whose_prefix_nothing_declares_are_read_as_they_are_meant(tmp_path: Path) -> None:
    undeclared = re.sub(r' xmlns:\w+="[^"]+"', "", RSS)
    assert one(tmp_path / "a.rss", undeclared).text == WORDS


def test_entities_are_not_resolved(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hush")
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 9}">' for n in range(1, 30))
    declared = f'<!DOCTYPE rss [<!ENTITY e0 "ha">{bomb}<!ENTITY f SYSTEM "{tmp_path / "secret"}">]>'
    told = RSS.replace("Orchard flooded", "Orchard &e29; &f; flooded")
    found = str(items(tmp_path / "a.xml", declared + told))
    assert "haha" not in found and "hush" not in found


def test_a_feed_that_was_cut_off_gives_what_is_whole_and_says_so(tmp_path: Path) -> None:
    article = one(tmp_path / "a.rss", RSS[: RSS.index("<title>No words")])
    assert article.title == "Orchard flooded" and "damaged" in article.notes[0]
