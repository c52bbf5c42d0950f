"""Writes the examples of the API's description, which are replies over the bundled sample:
`python tests/examples.py`."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "service" / "contract" / "examples.json"
TEXT = "The undersea cable is 94 kilometres long. A comet was seen last night."


def replies() -> dict[str, Any]:
    """By the name of their schema or by method and path, each as short as it can be."""
    import httpx2
    from running import running

    from ingest.pipeline import SAMPLE, ingest
    from ingest.settings import Settings

    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(_env_file=None, data_dir=Path(folder))  # type: ignore[call-arg]
        with running(settings) as (url, service), httpx2.Client(base_url=url, timeout=60) as http:
            ingest(service.archive, [SAMPLE])

            def get(path: str) -> dict[str, Any]:
                return dict(http.get(path).json())

            asked = "How long is the undersea cable?"
            question = {"question": asked, "conversation_id": "new"}

            def post(path: str, body: dict[str, Any]) -> dict[str, Any]:
                return dict(http.post(path, json=body).json())

            post("/v1/answers", {"question": asked})  # the first one takes longer
            answer = post("/v1/answers", question)
            http.post("/v1/feedback", json={"answer_id": answer["id"], "rating": "up"})
            conversations = get("/v1/conversations")
            conversation = get(f"/v1/conversations/{answer['conversation_id']}")
            feedback = get("/v1/feedback")
            listed_turn = {**conversation["turns"][0], "made_from": {}}
            conversation["turns"] = [listed_turn]
            feedback["feedback"][0] |= {"answer": listed_turn, "rated_by": "nobody"}
            own = {"dateline": {"id": answer["id"], "outcome": "answered", "text": answer["text"]}}
            chat = post("/v1/chat/completions", {"messages": [{"role": "user", "content": asked}]})
            response = post("/v1/responses", {"input": asked})
            receipt = get(f"/v1/answers/{answer['id']}")
            made_from = receipt["made_from"]
            receipt["made_from"] = made_from | {"evidence": made_from["evidence"][:1]}
            listed = get("/v1/articles?limit=200")["articles"]
            altered = next(a["article_id"] for a in listed if a["family"]["role"] == "altered")
            article = get(f"/v1/articles/{altered}")
            [first, *_] = article["alterations"]
            article |= {"alterations": [first], "text": article["text"][: first["here"]["end"]]}
            article["family"]["members"] = article["family"]["members"][:1]
            compared = get(f"/v1/articles/{altered}/alterations")
            made = {
                "Answer": answer,
                "Receipt": receipt,
                "SigningKey": get("/v1/receipts/key"),
                "Search": get("/v1/search?q=undersea+cable&k=1"),
                "Check": http.post("/v1/checks", json={"text": TEXT}).json(),
                "Articles": get("/v1/articles?limit=1"),
                "Article": article,
                "Comparison": compared | {"pairs": compared["pairs"][:1]},
                "Ready": get("/readyz"),
                "Alive": get("/healthz"),
                "ConversationList": conversations,
                "ConversationCard": conversations["conversations"][0],
                "ConversationRead": conversation,
                "FeedbackPage": feedback,
                "ShareLink": {"url": "https://news.example/s/8pR0…"},
                "get /v1/models": get("/v1/models"),
                "get /v1/models/{model}": get("/v1/models/dateline"),
                "post /v1/chat/completions": chat | own,
                "post /v1/responses": response | own,
                "get /metrics": http.get("/metrics").text[:300].rpartition("\n")[0] + "\n…\n",
            }

            def sent(day: str) -> tuple[dict[str, Any], dict[str, Any]]:
                text = f"The ferry to Tarn sails again from {day} June 2025."
                job = post("/v1/articles", {"id": "ferry", "title": "Ferry sails", "text": text})
                while not get(f"/v1/jobs/{job['job_id']}")["finished_at"]:
                    time.sleep(0.05)
                return job, get(f"/v1/jobs/{job['job_id']}")

            job, state = sent("3")  # the sample is gone
            post("/v1/answers", {"question": "When does the ferry to Tarn sail again?"})
            saved = post(
                "/v1/saved-questions", {"question": "When does the ferry to Tarn sail again?"}
            )
            sent("7")
            asyncio.run(service.saved_questions.ask_again())
            read = get(f"/v1/saved-questions/{saved['saved_question_id']}")
            for name in ("before", "after"):
                read["changes"][0][name]["made_from"] = {}
            made |= {"SavedQuestion": saved, "SavedQuestionRead": read}
            made |= {"SavedQuestionList": {"saved_questions": [saved]}}
            stale = get("/v1/answers?stale=true&limit=1")
            stale["answers"][0]["made_from"] = {}
            made |= {"EventList": get("/v1/events?limit=1")}
            made |= {"ReceiptList": stale | {"next_cursor": None}}
            return made | {"JobAccepted": job, "JobState": state}


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    written = json.dumps(replies(), ensure_ascii=False, indent=1)
    EXAMPLES.write_text(written + "\n", "utf-8")
