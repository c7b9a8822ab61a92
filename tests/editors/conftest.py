"""A copy of the sample project with its coverage."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from editors.real_editors import REPOSITORY, environment

if TYPE_CHECKING:
    from pathlib import Path


FAULTY = """\
def port_of(address: str) -> int:
    parts = address.split(":")
    if len(parts) > 2:
        raise ValueError("one colon at most")
    return int(parts[1])
"""


@pytest.fixture
def faulty(project: Path) -> Path:
    """A module of the project with a bug in its last line."""
    return project / "src" / "parcels" / "ports.py"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the sample project, measured by its own tests."""
    folder = tmp_path / "parcels"
    shutil.copytree(
        REPOSITORY / "examples" / "parcels", folder, ignore=shutil.ignore_patterns("__pycache__", ".*cache")
    )
    (folder / "src" / "parcels" / "ports.py").write_text(FAULTY, encoding="utf-8")
    measured = subprocess.run(
        [sys.executable, "-m", "coverage", "run", "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert measured.returncode == 0, measured.stdout + measured.stderr
    return folder
