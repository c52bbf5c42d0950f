"""The house keeps its direction: evals → service → ingest, vendors in the file named for them, surfaces apart."""

from __future__ import annotations

import ast
import graphlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import killing
import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("ingest", "service", "evals")
MAY_IMPORT = {
    "ingest": {"ingest"},
    "service": {"service", "ingest"},
    "evals": {"evals", "service", "ingest"},
}
VENDOR_HOMES = {
    "chromadb": {"ingest/storage/vector_index.py"},
    "cryptography": {"service/given_answers/receipt_signing.py"},
    "alembic": {
        "ingest/storage/database.py",
        *(
            path.relative_to(ROOT).as_posix()
            for package in PACKAGES
            for path in (ROOT / package).rglob("migrations/**/*.py")
        ),
    },
    "opentelemetry": {"service/telemetry.py"},
    "psycopg": {"ingest/storage/postgres.py"},
    "distributed": {"ingest/embedding/dask_embedder.py"},
    "tantivy": {"ingest/storage/text_index.py"},
    "onnxruntime": {"ingest/embedding/embedder.py"},
    "llama_index": {"ingest/text/segmentation.py", "service/llamaindex.py", "evals/judges.py"},
    "openai": {"ingest/embedding/openai_embedder.py", "service/drafting/llm.py"},
    "slack_bolt": {"service/surfaces/slack.py"},
    "mcp": {"service/surfaces/mcp.py"},
    "mcp_types": {"service/surfaces/mcp.py"},
    "slack_sdk": {
        "service/surfaces/slack.py",
        "service/surfaces/slack_check.py",
        "service/surfaces/slack_bot.py",
        "service/surfaces/slack_actions.py",
        "service/surfaces/slack_people.py",
        "service/surfaces/slack_reply.py",
        "service/surfaces/slack_web.py",
    },
    "docx": {"ingest/formats/docx_text.py"},
    "httpcore2": {"ingest/web/http_client.py", "ingest/web/network.py"},
    "jinja2": {"service/surfaces/page_templates.py", "evals/report_page.py"},
    "limits": {"service/access/rate_limits.py"},
    "lxml": {
        "ingest/formats/docx_text.py",
        "ingest/formats/html.py",
        "ingest/formats/page_metadata.py",
        "ingest/formats/xml_items.py",
    },
    "py3langid": {"ingest/formats/reading_process.py"},
    "pypdf": {"ingest/formats/pdf.py"},
    "trafilatura": {"ingest/formats/html.py"},
    "protego": {"ingest/web/robots.py"},
    "tiktoken": {"ingest/tokens.py"},
}
SURFACES = (
    "service/surfaces/rest.py",
    "service/surfaces/rest_answers.py",
    "service/surfaces/rest_articles.py",
    "service/surfaces/rest_conversations.py",
    "service/surfaces/rest_events.py",
    "service/surfaces/rest_feedback.py",
    "service/surfaces/rest_saved_questions.py",
    "service/surfaces/openai_chat.py",
    "service/surfaces/mcp_http.py",
    "service/surfaces/slack.py",
    "service/surfaces/owner_api.py",
    "service/surfaces/owner_keys.py",
    "service/surfaces/shared_answers.py",
    "service/surfaces/sign_in.py",
    "service/surfaces/web_pages.py",
)
PURE = ("ingest/types.py", "ingest/errors.py")


def modules() -> Iterator[tuple[str, ast.Module]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    """Dotted names a module imports for running; imports for type checkers only do not count."""
    typing_only = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if node in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_imports_run_from_evals_over_service_to_ingest_and_never_back() -> None:
    wrong = [
        f"{name} imports {target}"
        for name, tree in modules()
        for target in imported(tree)
        if target.split(".")[0] in PACKAGES
        and target.split(".")[0] not in MAY_IMPORT[name.split("/")[0]]
    ]
    assert not wrong


def rooms(package: str) -> dict[str, set[str]]:
    """The folders of a package, and which other folders of it each imports."""
    found: dict[str, set[str]] = {}
    for name, tree in modules():
        parts = name.split("/")
        if parts[0] == package and len(parts) == 3:
            targets = [target.split(".") for target in imported(tree)]
            others = {
                t[1]
                for t in targets
                if len(t) > 1 and t[0] == package and (ROOT / package / t[1]).is_dir()
            }
            found.setdefault(parts[1], set()).update(others - {parts[1]})
    return found


@pytest.mark.parametrize("package", ["ingest", "service"])
def test_the_rooms_of_a_package_import_in_one_direction(package: str) -> None:
    assert len(rooms(package)) >= 5
    tuple(graphlib.TopologicalSorter(rooms(package)).static_order())  # raises CycleError


def test_each_vendor_is_imported_in_the_file_named_for_it() -> None:
    wrong = [
        f"{name} imports {target}"
        for name, tree in modules()
        for target in imported(tree)
        if target.split(".")[0] in VENDOR_HOMES and name not in VENDOR_HOMES[target.split(".")[0]]
    ]
    assert not wrong


def test_surfaces_do_not_import_each_other() -> None:
    names = {surface.removesuffix(".py").replace("/", ".") for surface in SURFACES}
    wrong = [
        f"{name} imports {target}"
        for name, tree in modules()
        if name in SURFACES
        for target in imported(tree)
        if target in names
    ]
    assert not wrong


def test_types_and_errors_import_nothing_of_ours() -> None:
    wrong = [
        f"{name} imports {target}"
        for name, tree in modules()
        if name in PURE
        for target in imported(tree)
        if target.split(".")[0] in PACKAGES
    ]
    assert not wrong


def test_every_file_opens_with_a_sentence_that_says_what_it_is() -> None:
    assert not [name for name, tree in modules() if not (ast.get_docstring(tree) or "").strip()]


@pytest.mark.parametrize(
    "heavy",
    [
        "chromadb",
        "fastapi",
        "llama_index",
        "mcp",
        "onnxruntime",
        "openai",
        "slack_bolt",
        "sqlalchemy",
        "torch",
    ],
)
def test_the_help_of_the_front_door_loads_nothing_heavy(heavy: str) -> None:
    script = (
        "import sys, dateline; sys.argv = ['dateline', '--help']\n"
        f"try: dateline.main()\nexcept SystemExit as end: sys.exit(end.code or {heavy!r} in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr


def test_what_long_tests_kill_commands_in_is_there() -> None:
    assert killing.moved() == []


@pytest.mark.parametrize(
    ("arguments", "unneeded"), [(("serve", "--help"), "evals"), (("--version",), "pydantic")]
)
def test_a_command_loads_nothing_of_the_others(arguments: tuple[str, ...], unneeded: str) -> None:
    script = (
        f"import sys, dateline; sys.argv = ['dateline', *{arguments}]\n"
        f"try: dateline.main()\nexcept SystemExit as end: sys.exit(end.code or {unneeded!r} in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
