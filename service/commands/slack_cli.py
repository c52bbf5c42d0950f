"""`dateline slack`: the Slack bot over Socket Mode, and what it needs."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import asdict
from typing import Annotated

import typer

from ingest import terminal
from ingest.errors import DatelineError
from ingest.settings import read_settings
from ingest.storage import directory_owner
from service.surfaces import slack_keys


def slack(
    check: Annotated[
        bool, typer.Option("--check", help="Say what is missing, and end; 1 where something is")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With --check: one JSON value")] = False,
) -> None:
    """Answer in Slack over Socket Mode, from this archive or from the service at DATELINE_URL."""
    terminal.start_logs(logging.WARNING if check else logging.INFO)
    with terminal.spoken_errors():
        settings = read_settings()
        if check:
            slack_keys.expect_client("`dateline slack`")
            from service.surfaces import slack_check

            found = asyncio.run(slack_check.findings(settings))
            if as_json:
                terminal.show_json([asdict(finding) for finding in found])
            else:
                for finding in found:
                    terminal.show(
                        f"{'ok     ' if finding.ok else 'missing'}  {finding.what}: {finding.detail}"
                    )
            if not all(finding.ok for finding in found):
                raise DatelineError("something is missing: docs/slack.md says where to find it")
            return
        slack_keys.expect_socket_mode(settings)
        from service.serving import server
        from service.surfaces import slack as transport
        from service.surfaces.http_api_client import DatelineClient

        bot_key = slack_keys.value_of(settings.key)

        async def hear(stopped: asyncio.Event) -> None:
            dateline = DatelineClient(settings.data_dir, settings.url, bot_key)
            await transport.hear(settings, dateline, stopped, terminal.say)

        async def as_client() -> None:
            await hear(server.stopped_by_signal())

        if settings.url or directory_owner.serving(settings.data_dir):
            asyncio.run(as_client())
        else:
            server.serve_privately(settings, "slack", hear)
