"""What the editor says of projects in which one thing is broken; the command line's words are in test_cli_doctor."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from e2e.client import editing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Make = Callable[..., Path]

pytestmark = pytest.mark.e2e


async def titles(root: Path, name: str = "shop.py") -> list[str]:
    async with editing(root) as editor:
        return [command.title for command in await editor.lenses(editor.open(root / name))]


async def shown_at_last(root: Path, *words: str) -> str:
    """Return the lens with these words: a fresh report may still be written, at first."""
    async with editing(root) as editor:
        uri = editor.open(root / "shop.py")
        while True:
            asked_again = editor.lens_refreshes
            for command in await editor.lenses(uri):
                if all(word in command.title for word in words):
                    return command.title
            await editor.until(lambda before=asked_again: editor.lens_refreshes > before)


async def generated(root: Path, settings: dict[str, object] | None = None) -> tuple[str, str, int]:
    """Generate for one function; return outcome, message, and how many edits were asked for."""
    async with editing(root, settings=settings or {}) as editor:
        uri = editor.open(root / "shop.py")
        end = await editor.end_of(await editor.generate(uri, "label"))
        assert await editor.lenses(uri)
        return end.outcome, end.message, len(editor.edits)


async def test_corrupt_data(project: Make) -> None:
    root = project()
    (root / ".coverage").write_bytes(b"not a database at all")
    assert await shown_at_last(root, "cannot be read", "run the tests with coverage again")
    outcome, message, edits = await generated(root)
    assert (outcome, edits) == ("done", 1), message


async def test_data_of_another_coverage_version(project: Make) -> None:
    root = project()
    with sqlite3.connect(root / ".coverage") as database:
        database.execute("update coverage_schema set version = 99")
    database.close()
    assert await shown_at_last(root, "Update coverage in the project")


async def test_no_coverage_data(project: Make) -> None:
    root = project(measured=False)
    assert any(title.startswith("No coverage data yet") for title in await titles(root))
    outcome, message, edits = await generated(root)
    assert (outcome, edits) == ("done", 1), message


async def test_a_syntax_error(project: Make) -> None:
    root = project()
    (root / "shop.py").write_text("def label(:\n", encoding="utf-8")
    assert any("line 1" in title and "parses" in title for title in await titles(root))
    outcome, message, edits = await generated(root)
    assert (outcome, edits) == ("failed", 0)
    assert "does not parse" in message


async def test_outside_any_project(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text("def label(count: int) -> str:\n    return 'x' * count\n", encoding="utf-8")
    assert any("belongs to no project" in title and "pyproject.toml" in title for title in await titles(tmp_path))
    outcome, message, edits = await generated(tmp_path)
    assert (outcome, edits) == ("done", 1), message


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """An interpreter that has nothing."""
    folder = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True, timeout=120)
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


async def test_an_interpreter_without_pytest(
    project: Make, bare: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # no uv
    root, python = project(), bare
    outcome, message, edits = await generated(root, {"interpreter": str(python)})
    assert (outcome, edits) == ("failed", 0)
    assert f"{python} has no pytest. It has no pip either: {python} -m ensurepip && " in message


async def test_no_interpreter(project: Make) -> None:
    outcome, message, edits = await generated(project(), {"interpreter": "nowhere/python"})
    assert (outcome, edits) == ("failed", 0)
    assert "nowhere/python" in message
