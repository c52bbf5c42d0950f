"""A channel's settings: defaults, then the file, then what was changed in Slack; what is wrong is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import WrongUsage
from service.surfaces.slack_settings import ChannelSettings, Rules, changed, shown

FILE = """
teams: [T1]
only_listed_channels: true
defaults: {outlets: [The Wire]}
channels:
  C1: {ephemeral: true}
"""


@pytest.fixture
def rules(tmp_path: Path) -> Rules:
    (tmp_path / "slack.yaml").write_text(FILE)
    return Rules.read(tmp_path / "slack.yaml")


def test_without_a_file_every_channel_is_answered_in_full() -> None:
    assert Rules.read(None).of("C1") == ChannelSettings()
    assert Rules.read(None).answers_in("T9", "C9")


def test_what_is_changed_in_slack_lies_over_the_file_and_the_file_over_defaults(
    rules: Rules,
) -> None:
    assert rules.of("C2").outlets == ("The Wire",)
    assert (rules.of("C1").outlets, rules.of("C1").ephemeral) == (("The Wire",), True)
    assert rules.of("C1", {"ephemeral": False}).ephemeral is False


@pytest.mark.parametrize(
    ("team", "channel", "answered"),
    [("T1", "C1", True), ("T1", "C2", False), ("T1", "D5", True), ("T2", "C1", False)],
)
def test_only_configured_teams_and_channels_are_answered(
    rules: Rules, team: str, channel: str, answered: bool
) -> None:
    assert rules.answers_in(team, channel) is answered


BROKEN = {
    "no such field": ("chanels: {}", "chanels"),
    "a channel's value": ("channels: {C1: {ephemeral: maybe}}", "ephemeral"),
    "no YAML": ("a: [", "it is no YAML"),
}


@pytest.mark.parametrize(("text", "named"), BROKEN.values(), ids=BROKEN)
def test_what_is_wrong_with_the_file_is_named(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / "slack.yaml").write_text(text)
    with pytest.raises(WrongUsage, match=named):
        Rules.read(tmp_path / "slack.yaml")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="No such file"):
        Rules.read(tmp_path / "none.yaml")


def test_a_change_is_checked_and_added_to_those_before() -> None:
    assert changed("outlets = The Wire, Post", {"ephemeral": True}) == {
        "ephemeral": True,
        "outlets": ["The Wire", "Post"],
    }
    assert changed("follow-ups=off", {}) == {"follow_ups": False}
    assert changed("people=<@U1>, U2", {}) == {"people": ["U1", "U2"]}
    assert changed("reset", {"ephemeral": True}) == {}


@pytest.mark.parametrize("words", ["outlet=x", "ephemeral", "ephemeral=maybe", "=x"])
def test_a_change_that_means_nothing_is_refused(words: str) -> None:
    with pytest.raises(WrongUsage):
        changed(words, {})


def test_all_settings_are_shown_with_what_they_do() -> None:
    words = shown(ChannelSettings(outlets=("The Wire",)))
    assert all(f"`{name}`" in words for name in ChannelSettings.model_fields)
    assert "`outlets`: The Wire" in words
