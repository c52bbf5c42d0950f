"""Pages of a site are no articles; articles about sites, and short ones, are."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.formats.file_readers import read
from ingest.text.site_pages import site_page
from ingest.types import Failure

CONSENT = """We value your privacy

We and our 412 partners store cookies on your device and process personal data such as your address. You can accept or
reject this, or manage your choices at any time in our privacy policy. Some partners rely on their legitimate interest
and do not ask for your consent; you may object to that below."""
SURVEY = """1. How useful was this advertisement to you?

The ad covered the page Video did not start after the ad The player was too loud Ad never stopped loading"""
SCRIPT = """Please enable JavaScript to view this page.

Your browser is out of date, or an ad blocker keeps this page from loading. Reload the page when you have changed it."""
ROBOT = "Are you a robot? We have seen unusual traffic from your network. Please solve the captcha to go on."
LOGIN = """Subscribe to continue reading

You have read your three free stories this month. Subscribe now for one crown a week. Already a subscriber? Sign in
with your password. By signing up you get our newsletters, and you can cancel at any time."""
SHELL = "Page not found. Something went wrong, please try again later.\n\nSkip to content\n\n© 2025 Senn Valley Post. All rights reserved."

LAW = """Parliament limits cookie banners

Web sites in Orvel may no longer ask for consent twice, parliament decided on Tuesday. Operators who hide the button
that rejects cookies face fines of up to 40,000 crowns.

The minister said the law would spare people a hundred clicks a month. Advertisers had warned of losses."""
NEWSLETTER = """Gazette sells its newsletters

The Harbour Gazette has sold its four newsletters, which reach 90,000 subscribers, to the Senn Valley Post. “You will keep
getting what you signed up for,” its editor Ines Marlow told readers in the last issue."""
LOTTERY = "The winning numbers on Saturday were 4, 18, 22, 31 and 40. Nobody won the jackpot of two million crowns."
TEASER = """The dam at Orvel was closed on 2 June 2025 after inspectors found cracks in its spillway, which holds back
41 million cubic metres of water above a town of nine thousand people and two railway lines.

Subscribe to our newsletter for more on the dam. Sign in to leave a comment. Follow us for news of the valley."""


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (CONSENT, "consent"),
        (SURVEY, "survey"),
        (SCRIPT, "JavaScript"),
        (ROBOT, "JavaScript"),
        (LOGIN, "subscription"),
        (SHELL, "empty"),
    ],
)
def test_a_page_of_the_site_is_known_by_its_kind(text: str, kind: str) -> None:
    found = site_page(text)
    assert found is not None and kind in found


@pytest.mark.parametrize("text", [LAW, NEWSLETTER, LOTTERY, TEASER, "It rained."])
def test_an_article_is_none(text: str) -> None:
    assert site_page(text) is None


def test_site_talk_around_enough_prose_is_an_article() -> None:
    prose = "The council of Orvel met on Monday and voted for the bridge by nine to four. "
    talk = (SCRIPT + "\n\n") * 6
    assert site_page(talk + "\n\n" + prose * 4) is not None
    assert site_page(talk + "\n\n" + prose * 6) is None


def test_a_page_of_the_site_is_reported_with_a_remedy_and_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(CONSENT, "utf-8")
    (tmp_path / "b.txt").write_text(LAW, "utf-8")
    failure, article = read(tmp_path, max_article_mb=5)
    assert isinstance(failure, Failure) and failure.source == "a.txt"
    assert "consent" in failure.reason and "save the article" in failure.reason
    assert article.source == "b.txt"  # type: ignore[union-attr]
