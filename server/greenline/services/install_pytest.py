"""Install pytest into the project's Python, for a person who said yes to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.ports.project import InterpreterProblem

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.ports.installer import Installer
    from greenline.ports.progress import Progress
    from greenline.ports.project import Interpreter, InterpreterFinder, Project, ProjectFinder
    from greenline.settings import Settings


@dataclass(frozen=True, slots=True)
class Lack:
    """A project whose Python has no pytest, and could be given one by ``command``."""

    root: Path
    command: tuple[str, ...]
    message: str


@dataclass(frozen=True, slots=True)
class Installed:
    """How it ended; ``message`` is for the person."""

    message: str
    ok: bool


class InstallPytest:
    """Knows where pytest is missing, and installs it there."""

    def __init__(
        self, *, projects: ProjectFinder, interpreters: InterpreterFinder, installer: Installer, settings: Settings
    ) -> None:
        self._projects, self._interpreters = projects, interpreters
        self._installer, self._settings = installer, settings

    async def lack(self, path: Path) -> Lack | None:
        """Say what is missing for a file's or folder's project; None where nothing is, or nothing can be done."""
        project = self._project_of(path)
        try:
            interpreter = await self._interpreter(project)
        except InterpreterProblem:
            return None
        command = interpreter.installing("pytest")
        if interpreter.pytest_version is not None or not command:
            return None
        return Lack(project.root, command, interpreter.without_pytest)

    async def in_the_way(self, path: Path) -> str:
        """Say why no test can run in a file's or folder's project; empty where pytest is there."""
        try:
            interpreter = await self._interpreter(self._project_of(path))
        except InterpreterProblem as problem:
            return str(problem)
        return "" if interpreter.pytest_version is not None else f"{interpreter.path} has no pytest."

    async def install(self, path: Path, progress: Progress) -> Installed:
        """Install it, and look whether it is there. Raises nothing; cancelling ends all children."""
        lack = await self.lack(path)
        project = self._project_of(path)
        if lack is not None:
            progress.step("Installing pytest")
            problem = await self._installer.install(lack.command, progress)
            if problem:
                return Installed(f"pytest was not installed. {problem}", ok=False)
        try:
            interpreter = await self._interpreter(project)
        except InterpreterProblem as problem:
            return Installed(str(problem), ok=False)
        if interpreter.pytest_version is None:
            return Installed(interpreter.without_pytest, ok=False)
        verb = "is" if lack is None else "was"
        there = "there already" if lack is None else "installed"
        return Installed(f"pytest {interpreter.pytest_version} {verb} {there}, for {interpreter.path}.", ok=True)

    def _project_of(self, path: Path) -> Project:
        return self._projects.project_of(path / "any.py" if path.is_dir() else path)

    async def _interpreter(self, project: Project) -> Interpreter:
        return await self._interpreters.interpreter_for(project, setting=self._settings.interpreter)
