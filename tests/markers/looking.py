"""A sample, measured once by its own tests and looked at through the real server."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from greenline import bootstrap
from greenline.adapters.probes import Probes
from greenline.adapters.run_store_sqlite import RunStoreSqlite
from markers.marked import Said, edits, measured_text
from unit.lsp.editor import FULL, PULL, Editor, merged

if TYPE_CHECKING:
    from pathlib import Path

LIMIT = 120.0
_AGE = re.compile(r"^Measured [^(]*\(", re.MULTILINE)
"""How long ago that was goes by the clock."""
_PROJECT = """\
[project]
name = "sample"
version = "1"

[tool.coverage.run]
branch = true
source = ["."]
dynamic_context = "test_function"

[tool.pytest.ini_options]
pythonpath = ["."]
testpaths = ["tests"]
"""


@dataclass
class Look:
    """What ``sample.json`` says of how a sample is looked at; every part may be missing."""

    settings: dict[str, Any] = field(default_factory=dict)
    hovers: bool = False
    """Ask for a hover at the beginning of each line."""
    edits: str = "typed"
    """The edits are "typed" into the open buffer, or were "saved" after a commit, and before the tests ran."""
    measure: str = "coverage"
    """Tests are run by "coverage", or by the command "Run tests with coverage" of "greenline"."""

    @classmethod
    def of(cls, sample: Path) -> Look:
        """Read it."""
        stated = sample / "sample.json"
        return cls(**json.loads(stated.read_text(encoding="utf-8"))) if stated.exists() else cls()


async def look_at(texts: dict[str, str], look: Look, folder: Path) -> dict[str, Said]:
    """Return what the server says of each text, by its path in the project, once all edits are made."""
    root = folder / "project"
    before = {name: measured_text(text) for name, text in texts.items()}
    if look.edits == "saved":
        _write(root, before)
        _commit(root)
        _write(root, texts)
    else:
        _write(root, before)
    if look.measure == "coverage":
        _measure(root)
    lasting = bootstrap.Lasting(probes=Probes(folder / "bytecode"), runs=RunStoreSqlite(folder / "runs"))

    def build(settings: Any, documents: Any) -> bootstrap.Services:
        return bootstrap.build(settings, documents, lasting)

    options = {"interpreter": sys.executable, **look.settings}
    async with Editor(build, merged(FULL, PULL), root=root, options=options, encodings=["utf-32"]) as editor:
        if look.measure == "greenline":
            await _run_tests(editor, (root / next(iter(texts))).as_uri())
        return {name: await _said(editor, root / name, text, look) for name, text in texts.items()}


async def _said(editor: Editor, path: Path, text: str, look: Look) -> Said:
    uri = editor.open(path)
    document = {"textDocument": {"uri": uri}}
    if look.edits == "typed":
        await editor.request("textDocument/diagnostic", document)
        whole = _sync_kind(editor.initialize_result["capabilities"]) == 1
        for version, edit in enumerate(edits(text), 2):
            change = {"text": edit.text} if whole else edit.change
            changed = {"textDocument": {"uri": uri, "version": version}, "contentChanges": [change]}
            editor.notify("textDocument/didChange", changed)
    report = await editor.request("textDocument/diagnostic", document)
    lenses = await editor.lenses(uri)
    hovers = {}
    if look.hovers:
        for line, content in enumerate(text.split("\n")):
            if content and not content.startswith("#!"):
                at = {"line": line, "character": len(content) - len(content.lstrip())}
                hover = await editor.request("textDocument/hover", {**document, "position": at})
                if hover is not None:
                    hovers[line] = _AGE.sub("Measured ... (", hover["contents"]["value"])
    return Said(lenses, report["items"], hovers)


async def _run_tests(editor: Editor, uri: str) -> None:
    job = (await editor.run("greenline.runTestsWithCoverage", {"uri": uri}))["job"]

    async def ended() -> None:
        while not any(end["id"] == job for end in editor.sent("greenline/jobEnded")):
            await editor.news()

    await asyncio.wait_for(ended(), LIMIT)


def _write(root: Path, texts: dict[str, str]) -> None:
    for name, text in {"pyproject.toml": _PROJECT, ".gitignore": ".coverage*\n__pycache__/\n", **texts}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


def _measure(root: Path) -> None:
    clean = {name: v for name, v in os.environ.items() if not name.startswith(("COV_", "COVERAGE_", "PYTEST_"))}
    command = [sys.executable, "-m", "coverage", "run", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    environment = {**clean, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    ran = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, timeout=LIMIT, check=False)
    assert (root / ".coverage").exists(), ran.stdout + ran.stderr


def _commit(root: Path) -> None:
    assert shutil.which("git")
    git = ["git", "-c", "user.name=sample", "-c", "user.email=sample@localhost"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "before"]):
        subprocess.run([*git, *command], cwd=root, check=True, capture_output=True, timeout=LIMIT)


def _sync_kind(capabilities: dict[str, Any]) -> int:
    sync = capabilities["textDocumentSync"]
    return int(sync["change"] if isinstance(sync, dict) else sync)
