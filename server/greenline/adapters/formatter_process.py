"""Runs the formatter that a project is configured for, ruff or black, on text."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.adapters.config_files import read_toml, toml_table
from greenline.adapters.process_tree import end_with_all
from greenline.ports.formatter import LaidOut

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from greenline.ports.project import Interpreter, Project

_SECONDS = 15.0
_MOST = 1 << 20
"""Bytes that a formatter may make more of a text."""
_PIECE = 1 << 16
_MARKER = "GREENLINE_FORMAT"
_HOOK = re.compile(r"^\s*-\s*id:\s*[\"']?(ruff-format|black|black-jupyter)\b", re.MULTILINE)
"""Of pre-commit: https://pre-commit.com/#pre-commit-configyaml---hooks"""
_OPTIONS = {
    "ruff": ("format", "--no-cache", "--force-exclude", "--stdin-filename"),
    "black": ("--quiet", "--stdin-filename"),
}


class FormatterProcess:
    """A Formatter."""

    def __init__(self, *, seconds: float = _SECONDS) -> None:
        self._seconds = seconds

    async def lay_out(self, project: Project, interpreter: Interpreter, path: Path, text: str) -> LaidOut:
        """Format by the installed one of those that are configured."""
        found = await asyncio.to_thread(_found, project, interpreter, path)
        if found is None:
            return LaidOut()
        name, program = found
        command = [str(program), *_OPTIONS[name], str(path), "-"]
        answer = await self._answer(command, project.root, text.encode("utf-8", "surrogatepass"))
        if isinstance(answer, str):
            return LaidOut(note=f"{name} did not format the new tests: {answer}")
        try:
            return LaidOut(answer.decode("utf-8").replace("\r\n", "\n"))
        except UnicodeDecodeError:
            return LaidOut(note=f"{name} did not format the new tests: its answer is no text")

    async def _answer(self, command: Sequence[str], folder: Path, text: bytes) -> bytes | str:
        """Return what a program makes of a text; a string says why nothing."""
        marker = str(uuid.uuid4())
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                cwd=folder,
                env={**os.environ, _MARKER: marker},
                start_new_session=True,
            )
        except OSError as error:
            return f"{command[0]} cannot be executed: {error.strerror or error}"
        try:
            most = len(text) * 4 + _MOST
            output, errors = await asyncio.wait_for(_exchanged(process, text, most), self._seconds)
        except (asyncio.TimeoutError, TimeoutError):
            return f"it did not end within {self._seconds:g} s"
        except _TooLong:
            return "its answer is too long"
        finally:
            await asyncio.shield(end_with_all(process, f"{_MARKER}={marker}"))
        if process.returncode != 0:
            lines = errors.decode("utf-8", "replace").strip().splitlines()
            return lines[-1][:200] if lines else f"exit code {process.returncode}"
        return output


def configured(folders: Sequence[Path]) -> list[str]:
    """Return the formatters that files in these folders tell of, the surest first: "ruff", "black"."""
    surely_ruff = black = ruff = False
    for folder in folders:
        tables = read_toml(folder / "pyproject.toml")
        own = [read_toml(folder / name) for name in (".ruff.toml", "ruff.toml") if (folder / name).is_file()]
        hooks = _hooks(folder / ".pre-commit-config.yaml")
        of_ruff = [*own, *([table] if (table := toml_table(tables, "tool", "ruff")) is not None else [])]
        surely_ruff |= "ruff-format" in hooks or any("format" in each for each in of_ruff)
        black |= "black" in hooks or toml_table(tables, "tool", "black") is not None
        ruff |= bool(of_ruff)
    # Many projects lint with ruff and format with black: a word about linting is none about formatting.
    ordered = [("ruff", surely_ruff), ("black", black), ("ruff", ruff)]
    return list(dict.fromkeys(name for name, told in ordered if told))


def _found(project: Project, interpreter: Interpreter, path: Path) -> tuple[str, Path] | None:
    for name in configured(list(_folders(project.root, path))):
        program = _program(name, interpreter)
        if program:
            return name, program
    return None


def _folders(root: Path, path: Path) -> Iterator[Path]:
    """Yield the folders from a file's up to the repository's; without a repository, to the project's."""
    above = list(path.parents)
    last = next((folder for folder in above if (folder / ".git").exists()), root)
    for folder in above:
        yield folder
        if folder == last:
            return


def _program(name: str, interpreter: Interpreter) -> Path | None:
    suffix = ".exe" if os.name == "nt" else ""
    beside = interpreter.path.parent / f"{name}{suffix}"
    if beside.is_file() and os.access(beside, os.X_OK):
        return beside
    anywhere = shutil.which(name)
    return Path(anywhere) if anywhere else None


def _hooks(file: Path) -> set[str]:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return set()
    return {found.removesuffix("-jupyter") for found in _HOOK.findall(text)}


class _TooLong(Exception):
    """A stream has more in it than is kept."""


async def _exchanged(process: asyncio.subprocess.Process, text: bytes, most: int) -> tuple[bytes, bytes]:
    """Return what a process writes when it is given a text. Raises _TooLong for more than so many bytes a stream."""
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    reading = [asyncio.ensure_future(_read(stream, most)) for stream in (process.stdout, process.stderr)]
    try:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            process.stdin.write(text)
            await process.stdin.drain()
            process.stdin.close()
        output, errors = await asyncio.gather(*reading)
    finally:
        for each in reading:
            each.cancel()
    await process.wait()
    return output, errors


async def _read(stream: asyncio.StreamReader, most: int) -> bytes:
    found = bytearray()
    while piece := await stream.read(_PIECE):
        found += piece
        if len(found) > most:
            raise _TooLong
    return bytes(found)
