"""Tests of coroutines, in the way in which a project runs them."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from kinds.generated import PYTHON, SECONDS

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = """\
async def half(number: int) -> int:
    if number % 2:
        raise ValueError("number must be even")
    return number // 2
"""
MARKED = "import pytest\n\n\n@pytest.mark.{}\nasync def test_something():\n    assert 'a' in 'abc'\n"
BACKEND = "import pytest\n\n\n@pytest.fixture\ndef anyio_backend():\n    return 'asyncio'\n"
PLAIN = "def test_something():\n    assert 1\n"


@pytest.mark.parametrize(
    ("settings", "other", "conftest", "written"),
    [
        pytest.param("", MARKED.format("asyncio"), "", "@pytest.mark.asyncio\nasync def test_half", id="asyncio"),
        pytest.param("", MARKED.format("anyio"), BACKEND, "@pytest.mark.anyio\nasync def test_half", id="anyio"),
        pytest.param('asyncio_mode = "auto"\n', PLAIN, "", "\n\n\nasync def test_half", id="auto"),
        pytest.param("", PLAIN, "", "asyncio.run(half(", id="plain"),
    ],
)
def test_coroutines_are_tested_as_the_project_does(
    tmp_path: Path, settings: str, other: str, conftest: str, written: str
) -> None:
    if not PYTHON.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("the environment of the examples is missing: make environments")
        pytest.skip("the environment of the examples is missing: make environments")
    (tmp_path / "pyproject.toml").write_text(f'[tool.pytest.ini_options]\npythonpath = ["."]\n{settings}')
    (tmp_path / "tests").mkdir()
    for name, text in {"halves.py": SOURCE, "tests/test_other.py": other, "tests/conftest.py": conftest}.items():
        (tmp_path / name).write_text(text)
    command = [sys.executable, "-m", "greenline", "generate", "--interpreter", str(PYTHON), "halves.py::half"]

    said = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True, timeout=SECONDS)

    assert "1 confirmed" in said.stdout, said.stdout + said.stderr
    text = (tmp_path / "tests" / "test_halves.py").read_text()
    assert written in text, text
    assert ("await half(" in text) == ("asyncio.run" not in text)
