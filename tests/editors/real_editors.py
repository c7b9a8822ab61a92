"""Where the set-up scripts put the editors, and which server these are to start."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

HERE = Path(__file__).parent
REPOSITORY = HERE.parent.parent


_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
EDITORS = Path(os.environ.get("GREENLINE_EDITORS") or _CACHE / "greenline-editors")
"""Where ``setup_*.sh`` put them; looked up on import, since tests are given a cache of their own later."""


def not_set_up(what: str, script: str) -> NoReturn:
    """Skip; where the editors are required (in CI), fail."""
    message = f"{what} is not set up: run tests/editors/{script}"
    if os.environ.get("GREENLINE_EDITORS_REQUIRED"):
        pytest.fail(message)
    pytest.skip(message)


def server_command() -> list[str]:
    """This interpreter's server, or the one that GREENLINE_SERVER names (an installed wheel, for example)."""
    return shlex.split(os.environ.get("GREENLINE_SERVER", "")) or [sys.executable, "-m", "greenline", "lsp"]


def environment() -> dict[str, str]:
    """The environment without what the outer test run put there."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COVERAGE_", "COV_"))}


def measure(project: Path) -> None:
    """Run a project's own tests with coverage, as its people do."""
    measured = subprocess.run(
        [sys.executable, "-m", "coverage", "run", "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=project,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert measured.returncode == 0, measured.stdout + measured.stderr


def documented(page: str, words: str) -> str:
    """Return the first block of code behind these words, as somebody would copy it."""
    text = (REPOSITORY / page).read_text(encoding="utf-8")
    assert words in text, f"{page} says no longer: {words}"
    block = re.search(r"```\w*\n(.*?)```", text.partition(words)[2], re.DOTALL)
    assert block, f"{page} shows no code behind: {words}"
    return block[1]


def install_as_documented(page: str, words: str, home: Path) -> None:
    """Run the lines that are documented, in a clone, as somebody with this home; there are at most five."""
    lines = documented(page, words)
    assert len(lines.splitlines()) <= 5, lines
    (home / "src").mkdir(parents=True, exist_ok=True)
    (home / "src" / "greenline").symlink_to(REPOSITORY)
    ran = subprocess.run(
        ["/bin/sh", "-e", "-c", lines],
        cwd=REPOSITORY,
        env={**environment(), "HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
