"""The sample, asked over a fake Slack, comes in; a drawing of the blocks that were sent goes out: `make screenshot`."""

from __future__ import annotations

import asyncio
import html
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import fake_slack
from browser import browser
from processes import fill
from test_slack_cli import keys, slack_process

from ingest.pipeline import SAMPLE
from ingest.settings import Settings

ASKED = ("When was the accord signed?", "What did the council decide about hovercrafts?")
STYLE = """
body { font: 15px/1.46 Lato, 'Helvetica Neue', Arial, sans-serif; color: #1d1c1d; width: 620px; margin: 20px 24px }
.message { display: grid; grid-template-columns: 44px 1fr; margin: 0 0 18px }
.face { width: 36px; height: 36px; border-radius: 8px; background: #4a6; color: #fff; text-align: center; line-height: 36px }
.bot .face { background: #1f2a37 }
.name { font-weight: 700 } .app { font-size: 10px; background: #eee; border-radius: 2px; padding: 1px 4px; font-weight: 400 }
.card { border: 1px solid #ddd; border-radius: 10px; padding: 10px 14px; margin: 8px 0; max-width: 430px }
.card b { display: block } .card i, .context { color: #616061; font-size: 13px; font-style: normal }
.card p { margin: 6px 0; font-size: 14px; white-space: pre-line } .section { margin: 6px 0; white-space: pre-line }
.button { display: inline-block; border: 1px solid #bbb; border-radius: 8px; padding: 4px 12px; font-weight: 700; font-size: 13px; margin: 4px 6px 4px 0 }
a { color: #1264a3; text-decoration: none }
"""


def mrkdwn(text: str) -> str:
    """Slack's markup as HTML; entities are HTML's own."""
    text = re.sub(r"<([^|>]*)\|([^>]*)>", r"<a>\2</a>", text)
    return re.sub(r"\*([^*\n]+)\*", r"<strong>\1</strong>", text)


def drawn(block: dict[str, Any]) -> str:
    kind = block["type"]
    if kind in ("section", "markdown"):
        text = block["text"]["text"] if kind == "section" else block["text"]
        return f'<div class="section">{mrkdwn(text)}</div>'
    if kind == "card":
        parts = [f"<b>{mrkdwn(block['title']['text'])}</b>"]
        if "subtitle" in block:
            parts.append(f"<i>{block['subtitle']['text']}</i>")
        if "body" in block:
            parts.append(f"<p>{mrkdwn(block['body']['text'])}</p>")
        return f'<div class="card">{"".join(parts)}{"".join(map(button, block.get("actions", [])))}</div>'
    return "".join(
        drawn(one) if one["type"] == "card" else button(one) for one in block["elements"]
    )


def button(element: dict[str, Any]) -> str:
    if element["type"] == "feedback_buttons":
        return '<span class="button">Good answer</span><span class="button">Bad answer</span>'
    words = element.get("text") or element["placeholder"]
    return f'<span class="button">{html.escape(words["text"])}</span>'


def message(name: str, text: str, blocks: list[dict[str, Any]], bot: bool) -> str:
    said = f'<div class="section">{text}</div>' if text else ""
    sign = ' <span class="app">APP</span>' if bot else ""
    return (
        f'<div class="message{" bot" if bot else ""}"><div class="face">{name[0]}</div><div>'
        f'<span class="name">{name}</span>{sign}{said}{"".join(map(drawn, blocks))}</div></div>'
    )


def main(picture: Path) -> None:
    with tempfile.TemporaryDirectory() as name, fake_slack.running() as workspace:
        folder = Path(name)
        settings = Settings(data_dir=folder / "data")
        fill(settings, SAMPLE)
        shown = []
        public = {"DATELINE_PUBLIC_URL": "https://news.example"}
        with slack_process(settings, folder, **keys(workspace), **public):
            for question in ASKED:
                event = workspace.mention("C1", question)
                workspace.send("events_api", workspace.envelope(event))
                [reply] = workspace.settled("C1", event["ts"])
                shown.append(message("Ann", f"<a>@Dateline</a> {question}", [], bot=False))
                shown.append(message("Dateline", reply["text"], reply["blocks"], bot=True))
        page = folder / "slack.html"
        page.write_text(f"<meta charset=utf-8><style>{STYLE}</style>{''.join(shown)}", "utf-8")
        asyncio.run(shoot(page, picture, folder))


async def shoot(page: Path, picture: Path, folder: Path) -> None:
    async with browser(folder / "profile", width=680, height=900) as tab:
        await tab.open(page.as_uri())
        await tab.screenshot(picture)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
