"""The project that a file belongs to, and the interpreter that runs it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol


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
    python_functions: tuple[str, ...] = ("test",)
    """Beginnings or patterns of the names that pytest takes for tests."""
    python_classes: tuple[str, ...] = ("Test",)
    """The same of classes that hold tests; those of ``unittest`` may have any name."""
    import_mode: str = "prepend"
    """How pytest imports test files: "prepend" and "append" want them to have different names, "importlib" does not."""
    variables: tuple[tuple[str, str], ...] = ()
    """What the project's configuration has pytest set in the environment."""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python that can run the project, and what it has."""

    path: Path
    version: tuple[int, int, int]
    found_by: str
    """Why this one, for a person: "setting greenline.interpreter", "VIRTUAL_ENV", ".venv in the project"."""
    pytest_version: str | None
    installer: tuple[str, ...] | None = ()
    """The command that installs what is named after it; empty: its own pip; None: it has no pip, nor is uv here."""
    managed: bool = False
    """It belongs to the system, which wants nothing installed into it."""
    instead: str = ""
    """Another Python of the project's that has pytest where this one has none: what it is, and where."""
    choosing: str = "set greenline.interpreter to"
    """How a person chooses another one; its path follows."""
    is_ours: bool = False
    """Greenline itself runs in it, and the project has none: nothing is to be installed there."""

    def installing(self, package: str) -> tuple[str, ...]:
        """Return the command that installs a package; empty where there is none."""
        if self.managed or self.is_ours or self.installer is None:
            return ()
        return (*(self.installer or (str(self.path), "-m", "pip", "install")), package)

    def to_install(self, package: str) -> str:
        """Say how a person installs a package."""
        if self.is_ours:
            return (
                "It is the one that Greenline itself runs in, as the project has none of its own. Make one for the "
                f"project, and install {package} there: {self.path} -m venv .venv"
            )
        if self.managed:
            return f"It is the system's; make an environment for the project: {self.path} -m venv .venv"
        if self.installer is None:
            return f"It has no pip either: {self.path} -m ensurepip && {self.path} -m pip install {package}"
        return f"Install it there: {' '.join(self.installing(package))}"

    @property
    def without_pytest(self) -> str:
        """What to say when it has no pytest."""
        python = ".".join(map(str, self.version[:2]))
        said = f"Python {python} at {self.path} has no pytest. {self.to_install('pytest')}"
        return f"{said}. Or {self.choosing} {self.instead}." if self.instead else said


Verdict = Literal["taken", "later", "last", "broken", "nothing"]


@dataclass(frozen=True, slots=True)
class LookedAt:
    """One place where the project's Python could have been.

    ``verdict``: "taken"; "later", as a place before it has one; "last", as it is not the project's own; "broken", it
    does not run; "nothing" is there.
    """

    place: str
    verdict: Verdict
    found: str = ""
    """What is there, in words."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Selected:
    """The Python that is selected in the editor for a folder; ``environment``: not one of the whole machine's."""

    path: Path
    environment: bool = True


class Selection(Protocol):
    """Knows which Python is selected in the editor, and which one is set there for a folder alone."""

    async def setting(self, folder: Path) -> str | None:
        """Return the setting greenline.interpreter as it is for a folder; None where all have the same one.

        Raises nothing.
        """

    async def selected(self, folder: Path) -> Selected | None:
        """Return the selection that counts in a folder; None where the editor has none. Raises nothing."""


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

    async def looked_at(self, project: Project, *, setting: str = "") -> tuple[LookedAt, ...]:
        """Return every place in the order that counts, and what became of each. Raises nothing."""
