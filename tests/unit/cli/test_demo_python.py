"""Which Python the demo runs the example with."""

import sys
from pathlib import Path

import pytest

from greenline.cli.demo import DemoProblem, python_for_the_demo
from greenline.ports.project import Interpreter, InterpreterProblem, LookedAt, Project

HERE = Project(Path("/here"), None, (), ())


class Finder:
    """Knows Greenline's own Python, and that of the folder: None for one that cannot be used."""

    def __init__(self, own: Interpreter, other: Interpreter | None) -> None:
        self._own, self._other = own, other

    async def interpreter_for(self, project: Project, *, setting: str = "") -> Interpreter:
        assert project is HERE
        if setting:
            assert setting == sys.executable
            return self._own
        if self._other is None:
            raise InterpreterProblem("it is gone")
        return self._other

    async def looked_at(self, project: Project, *, setting: str = "") -> tuple[LookedAt, ...]:
        raise AssertionError


def python(name: str, pytest_version: str | None, version: tuple[int, int, int] = (3, 12, 1)) -> Interpreter:
    return Interpreter(Path("/", name, "python"), version, name, pytest_version)


@pytest.mark.parametrize(
    ("own", "other", "taken"),
    [
        (python("own", "9"), python("other", "9"), "/own/python"),
        (python("own", None), python("other", "9"), "/other/python"),
        (python("own", "9"), None, "/own/python"),
    ],
)
async def test_its_own_comes_first(own: Interpreter, other: Interpreter | None, taken: str) -> None:
    assert str(await python_for_the_demo(Finder(own, other), HERE)) == taken


@pytest.mark.parametrize("other", [None, python("other", None), python("old", "8", (3, 9, 18))])
async def test_without_pytest_it_says_how_to_get_it(other: Interpreter | None) -> None:
    with pytest.raises(DemoProblem) as problem:
        await python_for_the_demo(Finder(python("own", None), other), HERE)

    assert "/own/python -m pip install pytest\n" in str(problem.value)
    assert "greenline demo --interpreter PATH" in str(problem.value)
