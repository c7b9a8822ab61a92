"""Asks a Python what it is and what it has."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from greenline.adapters.process_tree import end_with_all
from greenline.ports.project import InterpreterProblem

# Runs isolated, so that neither the folder nor the environment changes the answer. Written for any Python 3.
_QUESTION = """
import json, os, site, sys
try:
    from importlib.metadata import version
except ImportError:
    version = None
folders = [p for p in sys.path if os.path.basename(p) in ("site-packages", "dist-packages")]
managed = ""
if sys.prefix == sys.base_prefix:
    user = site.getusersitepackages()
    sys.path.append(user)
    folders.append(user)
    managed = os.path.join(os.path.dirname(os.__file__), "EXTERNALLY-MANAGED")
def has(name):
    try:
        return version(name)
    except Exception:
        return None
print(json.dumps({"greenline": {
    "version": list(sys.version_info[:3]), "executable": sys.executable, "folders": folders,
    "pytest": has("pytest"), "pip": has("pip"), "managed": os.path.exists(managed),
}}))
"""


@dataclass(frozen=True, slots=True)
class Choice:
    """How a person chooses a Python: what that is called, and what to do, before the path of one."""

    called: str
    do: str

    def of(self, what: str) -> str:
        """Return the sentence that tells a person to choose ``what``."""
        return f"{self.do[0].upper()}{self.do[1:]} {what}."


BY_SETTING = Choice("setting greenline.interpreter", "set greenline.interpreter to")
BY_OPTION = Choice("--interpreter", "use --interpreter with")


@dataclass(frozen=True, slots=True)
class Answer:
    """What it said."""

    version: tuple[int, int, int]
    executable: str
    """What it calls itself; not what was asked where that is a shim."""
    pytest: str | None
    pip: str | None
    managed: bool
    """Belongs to the system, which wants nothing installed into it (PEP 668)."""
    folders: tuple[Path, ...]
    """Where packages are installed; their times change when something is installed."""


async def ask(path: Path, found_by: str, seconds: float, choice: Choice = BY_SETTING) -> Answer:
    """Run the interpreter once, at most so many seconds. Raises InterpreterProblem."""
    what = f"{path} ({found_by})"
    if missing := _missing(path, choice):
        raise InterpreterProblem(f"{what} {missing}")
    try:
        code, output = await _output_of(path, seconds)
    except (asyncio.TimeoutError, TimeoutError):
        raise InterpreterProblem(
            f"{what} did not answer within {seconds:g} s. Is it a Python? {choice.of('one that is')}"
        ) from None
    except OSError as error:
        raise InterpreterProblem(
            f"{what} cannot be executed: {error.strerror or error}. {choice.of('a Python')}"
        ) from error
    answer = _read_answer(output)
    if answer is None:
        raise InterpreterProblem(f"{what} did not answer as Python 3 does (exit code {code}). {choice.of('a Python')}")
    return answer


def _missing(path: Path, choice: Choice) -> str:
    if path.exists():
        return ""
    if path.is_symlink():
        return (
            f"is a broken link: the Python behind it is gone. Make the environment again, or {choice.do} another one."
        )
    return f"does not exist. {choice.of('a Python that does')} Without it, one is found."


def _read_answer(output: str) -> Answer | None:
    for line in output.splitlines():
        with contextlib.suppress(ValueError, TypeError, KeyError):
            told: dict[str, Any] = json.loads(line)["greenline"]
            major, minor, micro = told["version"]
            return Answer(
                version=(major, minor, micro),
                executable=told["executable"] or "",
                pytest=told["pytest"],
                pip=told["pip"],
                managed=told["managed"],
                folders=tuple(map(Path, told["folders"])),
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
            await asyncio.shield(end_with_all(process, "GREENLINE_QUESTION="))
    return process.returncode or 0, output.decode("utf-8", "replace")
