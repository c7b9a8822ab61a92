"""Finds the project's own interpreter: looks at each place where it may be, in the order that counts."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.adapters import interpreter_question
from greenline.adapters.environments import ABOVE, Place, above, active, in_project, is_there, looked, python_in
from greenline.adapters.environments_of_tools import of_tools
from greenline.adapters.environments_of_versions import of_versions
from greenline.ports.project import Interpreter, InterpreterProblem, LookedAt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from greenline.adapters.interpreter_question import Answer, Choice
    from greenline.ports.project import Project, Selection, Verdict

OLDEST = (3, 9)
_SECONDS_TO_ANSWER = 10.0
_EDITOR = "the editor's Python extension"


class InterpreterDiscovery:
    """An InterpreterFinder. Remembers answers for as long as nothing is installed or removed.

    The first place that has a Python of the project's own counts; one that does not run is a problem, and is told. Only
    where no place has one, what is not the project's own is used, in the same order, and the first that runs.
    """

    def __init__(
        self,
        selection: Selection | None = None,
        *,
        seconds: float = _SECONDS_TO_ANSWER,
        choice: Choice = interpreter_question.BY_SETTING,
        may_run: Callable[[], bool] = lambda: True,
    ) -> None:
        self._may_run = may_run
        self._selection = selection
        self._seconds = seconds
        self._choice = choice
        self._known: dict[Path, tuple[object, Answer]] = {}

    async def interpreter_for(self, project: Project, *, setting: str = "") -> Interpreter:
        """Return the interpreter: the setting, the editor's, VIRTUAL_ENV, an environment of the project's, or PATH.

        Raises InterpreterProblem.
        """
        setting = await self._setting(project, setting)
        if setting:
            found = await self._ask(self._from_setting(project, setting), self._choice.called)
            return found if found.pytest_version else replace(found, instead=await self._instead(project, found.path))
        last: list[Place] = []
        for place in await self._places(project):
            if place.pythons and not place.own:
                last.append(place)
            elif place.pythons:
                return await self._own(project, place)
        return await self._any(project, last)

    async def looked_at(self, project: Project, *, setting: str = "") -> tuple[LookedAt, ...]:
        """Return every place in the order that counts, and what became of each. Raises nothing."""
        places = await self._places(project)
        setting = await self._setting(project, setting)
        try:
            taken = (await self.interpreter_for(project, setting=setting)).found_by
        except InterpreterProblem:
            taken = self._choice.called if setting else next((p.name for p in places if p.pythons and p.own), "")
        named = Place(self._choice.called, (_named(project, setting),) if setting else ())
        return tuple([await self._judged(place, taken) for place in (named, *places)])

    async def _setting(self, project: Project, setting: str) -> str:
        own = await self._selection.setting(project.root) if self._selection is not None else None
        return setting if own is None else own

    def _from_setting(self, project: Project, setting: str) -> Path:
        path = _named(project, setting)
        if path.is_dir():
            inside = python_in(path)
            if inside is None:
                called = self._choice.called
                raise InterpreterProblem(
                    f"{path} ({called}) is a folder without a Python in it. Name the python itself."
                )
            return inside
        return path

    async def _judged(self, place: Place, taken: str) -> LookedAt:
        if not place.pythons:
            return LookedAt(place.name, "nothing", note=place.note)
        verdict: Verdict = "taken" if place.name == taken else "later" if place.own else "last"
        try:
            interpreter = await self._ask(place.pythons[0], place.name)
        except InterpreterProblem as problem:
            said = str(problem).removeprefix(f"{place.pythons[0]} ({place.name}) ")
            return LookedAt(place.name, "broken", f"{place.pythons[0]} {said}", place.note)
        return LookedAt(place.name, verdict, _words(interpreter), place.note)

    async def _own(self, project: Project, place: Place) -> Interpreter:
        """Ask the project's own Python; what else there is, is only told. Raises InterpreterProblem."""
        python = place.pythons[0]
        try:
            found = await self._ask(python, place.name)
        except InterpreterProblem as problem:
            instead = await self._instead(project, python)
            raise InterpreterProblem(f"{problem} There is also {instead}." if instead else str(problem)) from problem
        return found if found.pytest_version else replace(found, instead=await self._instead(project, found.path))

    async def _any(self, project: Project, last: list[Place]) -> Interpreter:
        """Return the first that runs of what is not the project's own. Raises InterpreterProblem."""
        problem: InterpreterProblem | None = None
        for place in last:
            try:
                found = await self._ask(place.pythons[0], place.name)
            except InterpreterProblem as error:
                problem = error
                continue
            if found.pytest_version is None:
                instead = await self._instead(project, found.path)
                return replace(found, instead=instead, is_ours=_is_ours(found.path))
            return found
        raise problem or InterpreterProblem(
            f"No Python was found for {project.root}: no VIRTUAL_ENV, no `.venv` or `venv` in the project, none of a "
            f"tool's, no python3 on PATH. Make an environment there, or {self._choice.do} one."
        )

    async def _instead(self, project: Project, chosen: Path) -> str:
        """Name another Python that has pytest, of any place, the project's own ones first; empty for none."""
        for place in sorted(await self._places(project), key=lambda place: not place.own):
            for python in place.pythons:
                try:
                    found = await self._ask(python, place.name)
                except InterpreterProblem:
                    continue
                if found.pytest_version is not None and found.path != chosen:
                    return f"{found.path} ({place.name}), which has pytest {found.pytest_version}"
        return ""

    async def _places(self, project: Project) -> list[Place]:
        """Return the places in the order that counts."""
        # On a thread: the folders may be those of a slow disk.
        return [await self._editors(project), *await asyncio.to_thread(_on_disk, project)]

    async def _editors(self, project: Project) -> Place:
        if self._selection is None:
            return Place(_EDITOR, note="only in the editor")
        selected = await self._selection.selected(project.root)
        if selected is None:
            return Place(_EDITOR, note="it has selected none")
        if not is_there(selected.path):
            return Place(_EDITOR, note=f"it has selected {selected.path}, which is not there")
        note = "" if selected.environment else "it is no environment"
        return Place(_EDITOR, (selected.path,), note, own=selected.environment)

    async def _ask(self, path: Path, found_by: str) -> Interpreter:
        if not self._may_run():
            raise InterpreterProblem(f"{path} ({found_by}) is not started, as this workspace is not trusted.")
        known = self._known.get(path)
        if known is not None and known[0] == _stamp(path, known[1].folders):
            answer = known[1]
        else:
            answer = await interpreter_question.ask(path, found_by, self._seconds, self._choice)
            self._known[path] = (_stamp(path, answer.folders), answer)
        if answer.version[:2] < OLDEST:
            version, oldest = (".".join(map(str, v)) for v in (answer.version, OLDEST))
            raise InterpreterProblem(
                f"{path} ({found_by}) is Python {version}; Greenline runs tests in {oldest} or newer. "
                f"{self._choice.of('a newer one')}"
            )
        # What it calls itself, not what was asked: a shim on PATH needs the home folder that a test run does not have.
        # It is not resolved further: behind the symlink of an environment is another Python.
        executable = Path(answer.executable)
        if not executable.is_absolute():
            executable = path
        return Interpreter(
            executable,
            answer.version,
            found_by,
            answer.pytest,
            installer=() if answer.pip else _uv_for(executable),
            managed=answer.managed,
            choosing=self._choice.do,
        )


def _on_disk(project: Project) -> list[Place]:
    return [
        looked("VIRTUAL_ENV", partial(active, project)),
        *in_project(project),
        *of_tools(project),
        looked(ABOVE, partial(above, project)),
        *of_versions(project),
        *_on_path(),
    ]


def _is_ours(python: Path) -> bool:
    """Tell whether a Python is that of the environment that Greenline is installed in."""
    if sys.flags.no_site:
        return False  # brought along by an editor's extension, which borrows any Python to run it
    prefix = Path(sys.prefix)
    # Not resolved: behind the symlinks of two environments may be one Python.
    return python.parent.parent == prefix or python == Path(sys.executable)


def _named(project: Project, setting: str) -> Path:
    path = Path(os.path.normpath(project.root / Path(setting).expanduser()))
    return (python_in(path) or path) if path.is_dir() else path


def _on_path() -> Iterator[Place]:
    for name in ("python3", "python"):
        found = shutil.which(name)
        yield Place(f"{name} on PATH", (Path(found),) if found else (), own=False)


def _uv_for(python: Path) -> tuple[str, ...] | None:
    uv = shutil.which("uv")
    return (uv, "pip", "install", "--python", str(python)) if uv else None


def _words(interpreter: Interpreter) -> str:
    version = ".".join(map(str, interpreter.version))
    pytest = f"pytest {interpreter.pytest_version}" if interpreter.pytest_version else "no pytest"
    return f"{interpreter.path}, Python {version}, {pytest}"


def _stamp(path: Path, folders: tuple[Path, ...]) -> object:
    """Return something that changes when the interpreter or what is installed in it changes."""
    watched = [path, path.parent.parent / "pyvenv.cfg", *folders]
    stamps: list[int | None] = []
    for place in watched:
        try:
            stamps.append(place.stat().st_mtime_ns)
        except OSError:  # noqa: PERF203 - a handful
            stamps.append(None)
    return stamps
