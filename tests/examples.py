"""Writes the examples of the API's description, which are replies over the bundled sample:
`python tests/examples.py`."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "service" / "contract" / "examples.json"
TEXT = "The undersea cable is 94 kilometres long. A comet was seen last night."


def replies() -> dict[str, Any]:
    """By the name of their schema, each as short as it can be."""
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

            question = {"question": "How long is the undersea cable?"}
            answer = http.post("/v1/answers", json=question).json()
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
            return {
                "Answer": answer,
                "Receipt": receipt,
                "Search": get("/v1/search?q=undersea+cable&k=1"),
                "Check": http.post("/v1/checks", json={"text": TEXT}).json(),
                "Articles": get("/v1/articles?limit=1"),
                "Article": article,
                "Comparison": compared | {"pairs": compared["pairs"][:1]},
                "Ready": get("/readyz"),
            }


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    written = json.dumps(replies(), ensure_ascii=False, indent=1)
    EXAMPLES.write_text(written + "\n", "utf-8")
