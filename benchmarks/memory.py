"""Archives of several sizes in, megabytes out: what a service over each holds in memory, and what lies on disk.

    python -m benchmarks.memory [--sizes 1000,10000,100000] [--work DIR] [--json FILE]

The archives are those of `benchmarks.latency`. Each size is opened in a process of its own, which imports
all that a service imports, asks 20 questions and reads its resident set from the kernel (Linux).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.synthetic import open_synthetic, questions
from service.answerer import Answerer
from service.given_answers.receipts import Receipts
from service.record_tables import open_records
from service.retrieval.retriever import Retriever
from service.types import Question

MEGABYTE = 1_000_000
PARTS = {
    "catalogue": "catalogue.sqlite*",
    "vectors by content": "vectors.sqlite*",
    "Chroma": "chroma/**/*",
    "text index": "text/*",
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument(
        "--work", type=Path, default=Path(tempfile.gettempdir()) / "dateline-latency"
    )
    parser.add_argument("--json", type=Path)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(measure(arguments.one, arguments.work)))
        return
    found = {}
    for size in arguments.sizes.split(","):
        command = [
            sys.executable,
            "-m",
            "benchmarks.memory",
            "--one",
            size,
            "--work",
            str(arguments.work),
        ]
        found[size] = json.loads(
            subprocess.run(command, capture_output=True, text=True, check=True).stdout
        )
        disk = ", ".join(
            f"{name} {megabytes:.0f}" for name, megabytes in found[size]["disk"].items()
        )
        print(
            f"{int(size):>8,} passages: RSS {found[size]['rss']:.0f} MB; on disk (MB): {disk}",
            flush=True,
        )
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=1), "utf-8")


def measure(size: int, work: Path) -> dict[str, Any]:
    from service import app  # everything a service imports

    assert app.create_app
    with open_synthetic(size, work) as archive:
        receipts = Receipts(open_records(archive.settings))
        retriever = Retriever(archive)
        answerer = Answerer(archive, retriever, receipts)
        for query in questions(20):
            retriever.find(Question(query), 10)
            with archive.catalogue.live() as snapshot:
                answerer.select(Question(query), snapshot)
        return {"rss": resident_megabytes(), "disk": on_disk(archive.settings.data_dir)}


def resident_megabytes() -> float:
    line = next(
        x for x in Path("/proc/self/status").read_text().splitlines() if x.startswith("VmRSS")
    )
    return int(line.split()[1]) * 1024 / MEGABYTE


def on_disk(directory: Path) -> dict[str, float]:
    return {
        name: sum(file.stat().st_size for file in directory.glob(pattern) if file.is_file())
        / MEGABYTE
        for name, pattern in PARTS.items()
    }


if __name__ == "__main__":
    main()
