"""Where the set-up scripts put the editors, and which server these are to start."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import NoReturn

import pytest

HERE = Path(__file__).parent
REPOSITORY = HERE.parent.parent


def editors_folder() -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("GREENLINE_EDITORS") or cache / "greenline-editors")


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
