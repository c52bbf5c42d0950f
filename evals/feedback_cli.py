"""`dateline feedback list|export`: what readers said of answers, in the terminal and as eval cases."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

import typer

from ingest import terminal
from ingest.errors import DatelineError, WrongUsage
from ingest.settings import read_settings
from service.commands.local_service import Ask, connected
from service.commands.service_cli import Json

app = typer.Typer(
    help="Ratings of answers: list them, make eval cases of them.", no_args_is_help=True
)

Body = dict[str, Any]
PAGE = 200
MARKERS = re.compile(r"\s*\[\d+\]")
RATED_DOWN = "rated down: what a right answer holds is for a person to say"
NO_HISTORY = "asked after other questions, which are not kept"
REMOVED = "an article that it cited was removed"
COUNTED = "it counts articles, and counts change"


@app.command("list")
def list_feedback(as_json: Json = False) -> None:
    """Every rating with its answer, oldest first."""
    terminal.start_logs()
    with terminal.spoken_errors(), connected(read_settings()) as ask:
        found = list(_ratings(ask))
        if as_json:
            terminal.show_json({"feedback": found})
            return
        for one in found:
            answer = one["answer"]
            words = " — ".join(filter(None, (answer["question"], one["comment"])))
            terminal.show(
                f"{one['rating']:4}  {one['rated_at'][:10]}  {answer['id']}  {in_a_line(words)}"
            )
        if not found:
            terminal.say("nobody has rated an answer yet")


def in_a_line(words: str) -> str:
    """What anybody may have written, without anything that a terminal would obey."""
    return "".join(one for one in " ".join(words.split()) if one.isprintable())


@app.command("export")
def export_feedback(
    file: Annotated[Path, typer.Argument(help="Where the suite goes; a file there is replaced")],
    as_json: Json = False,
) -> None:
    """Answers that were rated up alone, as a suite for `dateline eval run`."""
    terminal.start_logs()
    with terminal.spoken_errors():
        with connected(read_settings()) as ask:
            cases, left_out = cases_of(_ratings(ask))
        for why, count in left_out.items():
            terminal.say(f"left out {count}: {why}")
        if not cases:
            raise DatelineError("no rating makes a case yet: rate good answers up, then try again")
        lines = [json.dumps(case, ensure_ascii=False) + "\n" for case in cases]
        try:
            file.write_text("".join(lines), "utf-8", newline="\n")
        except OSError as error:
            raise WrongUsage(f"cannot write {file}: {error.strerror}; name another file") from error
        if as_json:
            terminal.show_json({"cases": len(cases), "left_out": left_out, "file": str(file)})
        else:
            terminal.show(f"{len(cases)} {'case' if len(cases) == 1 else 'cases'} in {file}")


def cases_of(ratings: Iterator[Body]) -> tuple[list[Body], Counter[str]]:
    """One case an answer that nobody rated down, and how many others there are, by the reason."""
    by_answer: dict[str, list[Body]] = {}
    for one in ratings:
        by_answer.setdefault(one["answer"]["id"], []).append(one)
    cases, left_out = [], Counter[str]()
    for rated in by_answer.values():
        down = any(one["rating"] == "down" for one in rated)
        why = RATED_DOWN if down else _unfit(rated[0])
        if why:
            left_out[why] += 1
        else:
            cases.append(_case(rated[0]))
    return cases, left_out


def _unfit(rating: Body) -> str | None:
    answer = rating["answer"]
    if answer["made_from"].get("turns") and not rating["history"]:
        return NO_HISTORY
    from service.given_answers.receipt_signing import REMOVED as REMOVED_WORDS

    if any(REMOVED_WORDS in turn["content"] for turn in rating["history"]) or any(
        not citation["quote"] for citation in _cited(answer)
    ):
        return REMOVED
    if any(claim["support"] == "counted" for claim in answer["claims"]):
        return COUNTED
    return None


def _case(rating: Body) -> Body:
    """A right answer says the same sentences, or the words that they cite, from the same places."""
    answer = rating["answer"]
    declined = answer["outcome"] == "declined"
    quotes = {citation["number"]: citation["quote"] for citation in answer["citations"]}
    parts = [
        list(
            dict.fromkeys(
                (
                    MARKERS.sub("", claim["text"]).strip(),
                    *(" ".join(quotes[number].split()) for number in claim["citations"]),
                )
            )
        )
        for claim in answer["claims"]
    ]
    families = {citation["family"]["id"] for citation in answer["citations"]}
    kind = (
        "unanswerable"
        if declined
        else "conflict"
        if answer["conflicts"]
        else "factoid"
        if len(parts) == 1
        else "cross-article"
        if len(families) > 1
        else "multi-sentence"
    )
    # of these kinds the parts of an answer are listed, of others the alternatives
    listed = kind in ("cross-article", "multi-sentence")
    return {
        "id": answer["id"],
        "question": answer["question"],
        "kind": kind,
        "answer": None if declined else MARKERS.sub("", answer["text"]),
        "accept": parts if listed else [words for part in parts for words in part],
        "evidence": [
            {"file": citation["source"], "quote": citation["quote"]} for citation in _cited(answer)
        ],
        "as_of": answer["as_of"],
        **({"history": rating["history"]} if rating["history"] else {}),
    }


def _cited(answer: Body) -> list[Body]:
    """What stands in the text, then what only a conflict shows."""
    accounts = [
        account["citation"] for conflict in answer["conflicts"] for account in conflict["accounts"]
    ]
    found = {(one["article_id"], one["start"], one["end"]): one for one in answer["citations"]}
    for one in accounts:
        found.setdefault((one["article_id"], one["start"], one["end"]), one)
    return list(found.values())


def _ratings(ask: Ask) -> Iterator[Body]:
    cursor = ""
    while cursor is not None:
        more = {"cursor": cursor} if cursor else {}
        page = ask("GET", f"/v1/feedback?{urlencode({'limit': PAGE, **more})}")
        yield from page["feedback"]
        cursor = page["next_cursor"]
