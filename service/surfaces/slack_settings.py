"""What a channel of Slack may ask, and how it is answered: from a file, and from `/ask settings`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ingest.errors import WrongUsage

SHOWN = "Settings of this channel:\n{lines}\nChange one with `/ask settings NAME=VALUE`, put the \
file's back with `/ask settings reset`."


class ChannelSettings(BaseModel):
    """How one channel is answered; every field may be left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    collections: tuple[str, ...] = Field((), description="only these collections; empty: all")
    outlets: tuple[str, ...] = Field((), description="only these outlets; empty: all")
    ephemeral: bool = Field(False, description="only the asker sees the answer to /ask")
    follow_ups: bool = Field(
        True, description="answer in a thread that was answered without a mention"
    )
    people: tuple[str, ...] = Field((), description="ids of users who may ask; empty: everybody")


class SettingsFile(BaseModel):
    """The file that DATELINE_SLACK_SETTINGS names."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    teams: tuple[str, ...] = Field((), description="ids of workspaces; empty: any")
    admins: tuple[str, ...] = Field((), description="users who may change settings beside admins")
    only_listed_channels: bool = Field(False, description="answer nowhere else; messages excepted")
    defaults: ChannelSettings = ChannelSettings()
    channels: dict[str, dict[str, Any]] = {}


@dataclass(frozen=True, slots=True)
class Rules:
    """The settings file, with what was changed in Slack laid over it."""

    file: SettingsFile

    @classmethod
    def read(cls, path: Path | None) -> Rules:
        """Raises WrongUsage naming the file and the field."""
        if path is None:
            return cls(SettingsFile())
        try:
            found = SettingsFile.model_validate(yaml.safe_load(path.read_text("utf-8")) or {})
            rules = cls(found)
            for channel in found.channels:
                rules.of(channel)
            return rules
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is no YAML"
            raise WrongUsage(
                f"DATELINE_SLACK_SETTINGS: {path} cannot be read ({why}): correct it, or unset the "
                "variable"
            ) from error
        except ValidationError as error:
            raise WrongUsage(f"DATELINE_SLACK_SETTINGS: {path}: {_first(error)}") from error

    def of(self, channel: str, changed: dict[str, Any] | None = None) -> ChannelSettings:
        """A channel's settings: defaults, then the file's for it, then what was changed in Slack."""
        known = self.file.defaults.model_dump()
        return ChannelSettings.model_validate(
            known | self.file.channels.get(channel, {}) | (changed or {})
        )

    def answers_in(self, team: str, channel: str) -> bool:
        """Whether the bot speaks there at all."""
        listed = channel in self.file.channels or channel.startswith("D")
        return (not self.file.teams or team in self.file.teams) and (
            listed or not self.file.only_listed_channels
        )


def changed(words: str, before: dict[str, Any]) -> dict[str, Any]:
    """What `NAME=VALUE` makes of the changes of a channel; raises WrongUsage saying what is wrong.

    Lists are separated by commas, yes and no are switches.
    """
    if words.strip() == "reset":
        return {}
    name, equals, value = (part.strip() for part in words.partition("="))
    name = name.replace("-", "_")
    if not equals or name not in ChannelSettings.model_fields:
        names = ", ".join(ChannelSettings.model_fields)
        raise WrongUsage(f"write NAME=VALUE with one of {names}, or reset")
    if ChannelSettings.model_fields[name].annotation is bool:
        after: Any = value
    else:
        after = [item.strip().strip("<@>") for item in value.split(",") if item.strip()]
    try:
        read = ChannelSettings.model_validate(before | {name: after})
    except ValidationError as error:
        raise WrongUsage(_first(error)) from error
    return before | {name: read.model_dump(mode="json")[name]}


def shown(settings: ChannelSettings) -> str:
    """The settings in words, for whoever may change them."""
    values: dict[str, bool | tuple[str, ...]] = dict(settings)
    said = {
        name: ("yes" if value else "no") if isinstance(value, bool) else ", ".join(value) or "–"
        for name, value in values.items()
    }
    lines = "\n".join(
        f"• `{name}`: {said[name]} ({field.description})"
        for name, field in ChannelSettings.model_fields.items()
    )
    return SHOWN.format(lines=lines)


def _first(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
