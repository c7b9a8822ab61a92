"""The project that a file belongs to, and the interpreter that runs it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with its settings. ``marker`` is the file that made it a project, None when nothing did."""

    root: Path
    marker: Path | None
    source_roots: tuple[Path, ...]
    """Folders that modules are imported from, nearest first: ``src``, the root, what ``pythonpath`` names."""
    test_roots: tuple[Path, ...]
    """Where the project keeps its tests (``testpaths``, else folders named tests or test), those that exist."""
    python_files: tuple[str, ...] = ("test_*.py", "*_test.py")


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python that can run the project, and what it has."""

    path: Path
    version: tuple[int, int, int]
    found_by: str
    """Why this one, for a person: "setting greenline.interpreter", "VIRTUAL_ENV", ".venv in the project"."""
    pytest_version: str | None
    coverage_version: str | None

    @property
    def without_pytest(self) -> str:
        """What to say when it has no pytest."""
        python = ".".join(map(str, self.version[:2]))
        return f"Python {python} at {self.path} has no pytest. Install it there: {self.path} -m pip install pytest"

    @property
    def without_coverage(self) -> str:
        """What to say to a person who is to run it with coverage, when it has none; Greenline itself needs none."""
        return f"The project's Python has no coverage; install it with `{self.path} -m pip install coverage`."


class InterpreterProblem(Exception):
    """No interpreter can be used; the message says what to do."""


class ProjectFinder(Protocol):
    """Finds the project of a file."""

    def project_of(self, path: Path) -> Project:
        """Return the nearest project; outside any, the file's folder with ``marker`` None. Raises nothing."""


class InterpreterFinder(Protocol):
    """Finds the project's own interpreter."""

    async def interpreter_for(self, project: Project, *, setting: str = "") -> Interpreter:
        """Return the interpreter, asked once and remembered. Raises InterpreterProblem."""
