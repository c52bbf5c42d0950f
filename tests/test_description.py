"""The API keeps to its own description: fuzzed by schemathesis, spoken by a generated client, and by
OpenAI's and Vercel's clients in Node."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from running import running

from ingest.pipeline import SAMPLE, ingest
from ingest.settings import Settings

PROBLEM = "application/problem+json"
ROOT = Path(__file__).parents[1]
NODE = Path(__file__).parent / "node"
# What JSON Schema cannot say is refused although the schema allows it: that a question holds words,
# that a cursor is one of ours, that an article has either text or html, that a file is of a type.
NOT_CHECKED = "positive_data_acceptance"


@pytest.fixture
def own(settings: Settings, newsroom: Path) -> Iterator[str]:
    """A service of its own, to be written to."""
    with running(settings) as (url, service):
        ingest(service.archive, [newsroom])
        yield url


@pytest.mark.slow
def test_schemathesis_finds_nothing(own: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "run", f"{own}/openapi.json",
         "--exclude-checks", NOT_CHECKED, "--max-examples", "5", "--max-time", "90",
         "--phases", "examples,coverage,fuzzing", "--generation-deterministic",
         "--request-timeout", "60", "--no-color"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-1000:]


def test_every_operation_has_a_summary_examples_and_its_errors(served: str) -> None:
    api = httpx2.get(f"{served}/openapi.json").json()

    def schema_of(content: dict[str, Any]) -> dict[str, Any]:
        schema: dict[str, Any] = content.get("schema", {})
        name = schema.get("$ref", "").rpartition("/")[2]
        return api["components"]["schemas"][name] if name else schema

    def has_example(content: dict[str, Any]) -> bool:
        schema = schema_of(content)
        places = [content, schema, *schema.get("properties", {}).values()]
        return any({"example", "examples"} & place.keys() for place in places)

    lacking = []
    for path, operations in api["paths"].items():
        openai = path.startswith(("/v1/chat/", "/v1/responses", "/v1/models"))
        fault = ("application/json", "OpenAIError") if openai else (PROBLEM, "Problem")
        for method, operation in operations.items():
            place = f"{method} {path}"
            lacking += [place for name in ("summary", "description") if not operation.get(name)]
            for kind, content in operation.get("requestBody", {}).get("content", {}).items():
                shown = kind == "multipart/form-data" or has_example(content)  # files are bytes
                lacking += [f"{place} body {kind}"] * (not shown)
            for status, reply in operation["responses"].items():
                for kind, content in reply.get("content", {}).items():
                    if status.startswith("2"):
                        lacking += [f"{place} {kind}"] * (not has_example(content))
                    else:
                        named = content["schema"]["$ref"].rpartition("/")[2]
                        assert (kind, named) == fault, (place, status)
    assert lacking == []


@pytest.fixture(scope="module")
def node_modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the packages of `tests/node/package.json`; skipped where they cannot be had."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("node and npm are not installed")
    folder = tmp_path_factory.mktemp("node")
    shutil.copytree(NODE, folder, dirs_exist_ok=True)
    installed = subprocess.run(
        [npm, "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=600,
    )
    if installed.returncode:
        pytest.skip(f"npm could not install the clients: {installed.stderr[-300:]}")
    return folder


def run(folder: Path, *command: str) -> str:
    done = subprocess.run(
        ["npx", "--no-install", *command], cwd=folder, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.mark.slow
def test_a_typescript_client_made_from_the_description_compiles_and_runs(
    served: str, node_modules: Path
) -> None:
    (node_modules / "openapi.json").write_bytes(httpx2.get(f"{served}/openapi.json").content)
    run(node_modules, "openapi-typescript", "openapi.json", "-o", "dateline.d.ts")
    run(node_modules, "tsc", "-p", "tsconfig.json")
    assert run(node_modules, "node", "out/client.js", served).endswith("ok\n")


@pytest.mark.slow
@pytest.mark.parametrize("script", ["openai.mjs", "ai.mjs"])
def test_official_clients_in_node_get_answers_with_their_sources(
    served: str, node_modules: Path, script: str
) -> None:
    assert run(node_modules, "node", script, served).endswith("ok\n")


RECIPES = re.findall(
    r"```(\w+)\n(.*?)```", (ROOT / "docs/frontends.md").read_text("utf-8"), re.DOTALL
)
HERE = "127.0.0.1:8000"
NEEDED = re.compile(r"^from (\w+(?:\.\w+)*) import", re.MULTILINE)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Iterator[str]:
    """A service over the bundled articles, which the recipes ask."""
    folder = tmp_path_factory.mktemp("sample")
    settings = Settings(_env_file=None, data_dir=folder, model_cache=model_cache)  # type: ignore[call-arg]
    with running(settings) as (url, service):
        ingest(service.archive, [SAMPLE])
        yield url


def asks_here(language: str) -> list[str]:
    return [code for kind, code in RECIPES if kind == language and HERE in code and "cable" in code]


@pytest.mark.slow
@pytest.mark.parametrize("code", asks_here("python"), ids=lambda code: NEEDED.findall(code)[0])
def test_a_recipe_in_python_gets_the_answer(sample: str, code: str) -> None:
    for module in NEEDED.findall(code):
        pytest.importorskip(module)
    local = code.replace(f"http://{HERE}", sample)
    done = subprocess.run([sys.executable, "-c", local], capture_output=True, text=True)
    assert "94-kilometre" in done.stdout, done.stderr


@pytest.mark.slow
def test_the_recipe_for_curl_gets_the_answer(sample: str) -> None:
    [code] = [c.removeprefix("$ ") for c in asks_here("console") if "curl" in c]
    local = code.replace(f"http://{HERE}", sample)
    done = subprocess.run(["sh", "-c", local], capture_output=True, text=True)
    assert "94-kilometre" in done.stdout and done.stdout.endswith("data: [DONE]\n\n")


@pytest.mark.slow
def test_the_recipe_for_the_ai_sdk_gets_the_answer_and_its_source(
    sample: str, node_modules: Path
) -> None:
    [code] = [c for c in asks_here("ts") if "@ai-sdk/openai" in c]
    (node_modules / "recipe.mjs").write_text(code.replace(f"http://{HERE}", sample), "utf-8")
    said = run(node_modules, "node", "recipe.mjs")
    assert "94-kilometre" in said and f"{sample}/articles/" in said
