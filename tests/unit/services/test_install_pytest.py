"""Where pytest is missing, and how installing it ends."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from greenline.ports.progress import Progress, Silent
from greenline.ports.project import Interpreter, InterpreterProblem, LookedAt, Project
from greenline.services.install_pytest import Installed, InstallPytest
from greenline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

FILE = Path("/project/src/shop.py")
BARE = Interpreter(Path("/p/python"), (3, 12, 0), ".venv in the project", None)
PIP = ["/p/python", "-m", "pip", "install", "pytest"]


@dataclass
class World:
    """A project, its Python, and an installer that succeeds unless told otherwise."""

    interpreter: Interpreter | InterpreterProblem = BARE
    problem: str = ""
    arrives: bool = True
    ran: list[list[str]] = field(default_factory=list)
    settings: list[str] = field(default_factory=list)

    def project_of(self, path: Path) -> Project:
        return Project(Path("/project"), None, (), ())

    async def interpreter_for(self, project: Project, *, setting: str = "") -> Interpreter:
        self.settings.append(setting)
        if isinstance(self.interpreter, InterpreterProblem):
            raise self.interpreter
        return self.interpreter

    async def looked_at(self, project: Project, *, setting: str = "") -> tuple[LookedAt, ...]:
        return ()

    async def install(self, command: Sequence[str], progress: Progress) -> str:
        self.ran.append(list(command))
        if self.arrives and not self.problem and isinstance(self.interpreter, Interpreter):
            self.interpreter = replace(self.interpreter, pytest_version="8.4.2")
        return self.problem

    @property
    def service(self) -> InstallPytest:
        return InstallPytest(projects=self, interpreters=self, installer=self, settings=Settings(interpreter="x"))


async def test_it_is_installed_where_it_is_missing() -> None:
    world = World()
    lack = await world.service.lack(FILE)
    assert lack is not None
    assert (lack.root, list(lack.command)) == (Path("/project"), PIP)

    assert await world.service.install(FILE, Silent()) == Installed(
        "pytest 8.4.2 was installed, for /p/python.", ok=True
    )
    assert world.ran == [PIP]
    assert await world.service.lack(FILE) is None
    assert set(world.settings) == {"x"}


async def test_what_is_there_is_not_installed_again() -> None:
    world = World(replace(BARE, pytest_version="7.4.4"))

    assert (await world.service.install(FILE, Silent())).message == "pytest 7.4.4 is there already, for /p/python."
    assert world.ran == []


@pytest.mark.parametrize(
    "interpreter",
    [
        replace(BARE, managed=True),
        replace(BARE, installer=None),
        replace(BARE, is_ours=True),
        InterpreterProblem("no Python; make a .venv"),
    ],
)
async def test_where_nothing_can_be_installed_it_is_not_offered(interpreter: Interpreter | InterpreterProblem) -> None:
    world = World(interpreter)
    assert await world.service.lack(FILE) is None
    ended = await world.service.install(FILE, Silent())
    assert not ended.ok
    assert world.ran == []
    assert (
        "make a" in ended.message
        or "make an environment" in ended.message
        or "ensurepip" in ended.message
        or ("Make one for the project" in ended.message)
    )


async def test_a_problem_is_told_and_so_is_one_that_the_installer_did_not_see() -> None:
    failing = await World(problem="pip said: no network").service.install(FILE, Silent())
    assert failing == Installed("pytest was not installed. pip said: no network", ok=False)

    elsewhere = await World(arrives=False).service.install(FILE, Silent())
    assert not elsewhere.ok
    assert "has no pytest" in elsewhere.message
