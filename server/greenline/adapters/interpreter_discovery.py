"""Finds the project's own interpreter and asks it what it has."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from greenline.adapters.process_tree import kill_everything
from greenline.ports.project import Interpreter, InterpreterProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenline.ports.project import Project

OLDEST = (3, 9)
_SECONDS_TO_ANSWER = 10.0
_SETTING = "setting greenline.interpreter"
# Runs isolated, so that neither the folder nor the environment changes the answer. Written for any Python 3.
_QUESTION = """
import json, os, site, sys
try:
    from importlib.metadata import version
except ImportError:
    version = None
folders = [p for p in sys.path if os.path.basename(p) in ("site-packages", "dist-packages")]
if sys.prefix == sys.base_prefix:
    user = site.getusersitepackages()
    sys.path.append(user)
    folders.append(user)
def has(name):
    try:
        return version(name)
    except Exception:
        return None
print(json.dumps({"greenline": [list(sys.version_info[:3]), sys.executable, has("pytest"), has("coverage"), folders]}))
"""


@dataclass(frozen=True, slots=True)
class _Answer:
    version: tuple[int, int, int]
    executable: str
    pytest_version: str | None
    coverage_version: str | None
    folders: tuple[Path, ...]
    """Where packages are installed; their times change when something is installed."""


class InterpreterDiscovery:
    """An InterpreterFinder. Remembers answers for as long as nothing is installed or removed."""

    def __init__(self, *, seconds: float = _SECONDS_TO_ANSWER) -> None:
        self._seconds = seconds
        self._known: dict[Path, tuple[object, _Answer]] = {}

    async def interpreter_for(self, project: Project, *, setting: str = "") -> Interpreter:
        """Return the interpreter: the setting, VIRTUAL_ENV, an environment in the project, or PATH.

        Raises InterpreterProblem.
        """
        if setting:
            return await self._ask(_from_setting(project, setting), _SETTING)
        for path, found_by in _environments(project):
            return await self._ask(path, found_by)
        problem: InterpreterProblem | None = None
        for path, found_by in _on_path():
            try:
                return await self._ask(path, found_by)
            except InterpreterProblem as error:  # noqa: PERF203 - two rounds at most
                problem = error
        raise problem or InterpreterProblem(
            f"No Python was found for {project.root}: no VIRTUAL_ENV, no `.venv` or `venv` in the project, no python3 "
            "on PATH. Make an environment there, or set greenline.interpreter."
        )

    async def _ask(self, path: Path, found_by: str) -> Interpreter:
        known = self._known.get(path)
        if known is not None and known[0] == _stamp(path, known[1].folders):
            answer = known[1]
        else:
            answer = await _question(path, found_by, self._seconds)
            self._known[path] = (_stamp(path, answer.folders), answer)
        if answer.version[:2] < OLDEST:
            version, oldest = (".".join(map(str, v)) for v in (answer.version, OLDEST))
            raise InterpreterProblem(
                f"{path} ({found_by}) is Python {version}; Greenline runs tests in {oldest} or newer. "
                "Set greenline.interpreter to a newer one."
            )
        # What it calls itself, not what was asked: a shim on PATH needs the home folder that a test run does not have.
        # It is not resolved further: behind the symlink of an environment is another Python.
        executable = Path(answer.executable)
        if not executable.is_absolute():
            executable = path
        return Interpreter(executable, answer.version, found_by, answer.pytest_version, answer.coverage_version)


def _from_setting(project: Project, setting: str) -> Path:
    path = project.root / Path(setting).expanduser()
    path = Path(os.path.normpath(path))
    if path.is_dir():
        inside = _python_in(path)
        if inside is None:
            raise InterpreterProblem(f"{path} ({_SETTING}) is a folder without a Python in it. Name the python itself.")
        return inside
    return path


def _environments(project: Project) -> Iterator[tuple[Path, str]]:
    """Yield the pythons of environments that exist, the one to use first."""
    active = os.environ.get("VIRTUAL_ENV", "")
    if active and (python := _python_in(Path(active))):
        yield python, "VIRTUAL_ENV"
    for name in (".venv", "venv", "env"):
        if python := _python_in(project.root / name):
            yield python, f"{name} in the project"


def _python_in(environment: Path) -> Path | None:
    for name in ("bin/python", "bin/python3", "Scripts/python.exe"):
        # A dangling link counts: the environment is meant, and broken; that is said, not passed over.
        if (environment / name).is_file() or (environment / name).is_symlink():
            return environment / name
    return None


def _on_path() -> Iterator[tuple[Path, str]]:
    for name in ("python3", "python"):
        if found := shutil.which(name):
            yield Path(found), f"{name} on PATH"


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


async def _question(path: Path, found_by: str, seconds: float) -> _Answer:
    """Run the interpreter once. Raises InterpreterProblem."""
    what = f"{path} ({found_by})"
    if missing := _missing(path):
        raise InterpreterProblem(f"{what} {missing}")
    try:
        code, output = await _output_of(path, seconds)
    except (asyncio.TimeoutError, TimeoutError):
        raise InterpreterProblem(
            f"{what} did not answer within {seconds:g} s. Is it a Python? Set greenline.interpreter to one that is."
        ) from None
    except OSError as error:
        raise InterpreterProblem(
            f"{what} cannot be executed: {error.strerror or error}. Set greenline.interpreter to a Python."
        ) from error
    answer = _read_answer(output)
    if answer is None:
        raise InterpreterProblem(
            f"{what} did not answer as Python 3 does (exit code {code}). Set greenline.interpreter to a Python."
        )
    return answer


def _missing(path: Path) -> str:
    if path.exists():
        return ""
    if path.is_symlink():
        return (
            "is a broken link: the Python behind it is gone. Make the environment again, or set greenline.interpreter."
        )
    return "does not exist. Set greenline.interpreter to a Python that does, or leave it empty to have one found."


def _read_answer(output: str) -> _Answer | None:
    for line in output.splitlines():
        with contextlib.suppress(ValueError, TypeError, KeyError):
            values: dict[str, Any] = json.loads(line)
            version, executable, pytest_version, coverage_version, folders = values["greenline"]
            major, minor, micro = version
            return _Answer(
                (major, minor, micro), executable or "", pytest_version, coverage_version, tuple(map(Path, folders))
            )
    return None


async def _output_of(path: Path, seconds: float) -> tuple[int, str]:
    """Return exit code and standard output; nothing is left running, whichever way this ends."""
    process = await asyncio.create_subprocess_exec(
        path,
        "-I",
        "-c",
        _QUESTION,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(), seconds)
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await asyncio.shield(_end(process))
    return process.returncode or 0, output.decode("utf-8", "replace")


async def _end(process: asyncio.subprocess.Process) -> None:
    await kill_everything(process.pid, reaped=False, marker="GREENLINE_QUESTION=")
    await process.wait()
    process._transport.close()  # type: ignore[attr-defined] # noqa: SLF001 - asyncio.subprocess has no other way
