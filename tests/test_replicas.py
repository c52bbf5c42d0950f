"""Two services on one archive answer while a third process publishes: no error, no mixture, exact spans."""

from __future__ import annotations

import random
import re
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest
from processes import served_process

from ingest.pipeline import ingest
from ingest.settings import Settings
from ingest.storage.archive import open_archive

pytestmark = pytest.mark.slow

GENERATIONS = 20
QUESTIONS = 200
TOWNS = ("Orvel", "Tarn", "Senn", "Brask", "Lindow")


def write(folder: Path, edition: int) -> None:
    """Every article of an edition says so: an answer that mixes two would tell."""
    folder.mkdir(exist_ok=True)
    for number, town in enumerate(TOWNS):
        (folder / f"{town}.txt").write_text(
            f"The harbour of {town}\n\nBy Ann Bell, {town} Gazette\n\n3 May 2025\n\n"
            f"The harbour of {town} holds {1_000 * (number + 1) + edition} boats. "
            f"The harbour master of {town} counted them for edition {edition}.\n",
            "utf-8",
        )


def editions(answer: dict[str, Any]) -> set[int]:
    """Those that the answer's citations speak of."""
    words = " ".join(citation["quote"] for citation in answer["citations"])
    counted = {int(n) % 1_000 for n in re.findall(r"holds (\d+) boats", words)}
    return counted | {int(n) for n in re.findall(r"edition (\d+)", words)}


def test_no_question_fails_and_no_answer_mixes_generations_while_twenty_are_published(
    shared: Settings, tmp_path: Path
) -> None:
    articles = tmp_path / "articles"
    write(articles, 0)
    with open_archive(shared.model_copy(update={"data_dir": tmp_path / "writer"})) as archive:
        ingest(archive, [articles])
        with ExitStack() as stack:
            addresses = [
                stack.enter_context(
                    served_process(shared.model_copy(update={"data_dir": tmp_path / name}))
                )[0]
                for name in ("one", "two")
            ]
            done = threading.Event()

            updated: list[int] = []

            def publish() -> None:
                try:
                    for edition in range(1, GENERATIONS + 1):
                        write(articles, edition)
                        updated.append(ingest(archive, [articles]).updated)
                finally:
                    done.set()

            writer = threading.Thread(target=publish)
            writer.start()
            generations, asked = set(), 0
            draw = random.Random(7)
            clients = [httpx2.Client(base_url=url, timeout=60) for url in addresses]
            while asked < QUESTIONS or not done.is_set():
                client = clients[asked % 2]
                asked += 1
                town = draw.choice(TOWNS)
                question = f"How many boats does the harbour of {town} hold?"
                reply = client.post("/v1/answers", json={"question": question})
                assert reply.status_code == 200, reply.text
                answer = reply.json()
                assert len(editions(answer)) <= 1, answer["text"]
                generations.add(answer["index"]["generation"])
                for citation in answer["citations"]:
                    assert answer["outcome"] == "answered"
                    assert citation["quote"] and town in citation["quote"]
            writer.join()
            assert updated == [len(TOWNS)] * GENERATIONS
            last = [
                client.post("/v1/answers", json={"question": f"How many boats does the harbour of {TOWNS[0]} hold?"}).json()
                for client in clients
            ]  # fmt: skip
            assert [editions(answer) for answer in last] == [{GENERATIONS}] * 2
            assert len(generations) > 3
            for client, answer in zip(clients, last, strict=True):
                for citation in answer["citations"]:
                    body = client.get(f"/v1/articles/{citation['article_id']}").json()
                    assert body["text"][citation["start"] : citation["end"]] == citation["quote"]
