"""Runs the command that prints a key. No shell takes part, nothing that it says on the side is shown."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import uuid
from pathlib import Path

from greenline.adapters.process_tree import end_with_all
from greenline.ports.model import ModelProblem

_SETTING = "greenline.model.keyCommand"
_MARKER = "GREENLINE_KEY_COMMAND"
_SECONDS = 60.0
"""A person may have to touch or type something first."""
_MOST = 1 << 16
"""Bytes of a line."""


async def printed_key(command: str, seconds: float = _SECONDS) -> str:
    """Return the first line that the command prints. Raises ModelProblem; its message holds nothing that was printed.

    It runs in the person's home folder, never in a workspace, and nothing of it is left running.
    """
    words = command_words(command, windows=os.name == "nt")
    marker = str(uuid.uuid4())
    try:
        process = await asyncio.create_subprocess_exec(
            *[_program(words[0]), *words[1:]],
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,  # it may name what the key is of, or the key
            cwd=Path.home(),
            env={**os.environ, _MARKER: marker},
            limit=_MOST,
            start_new_session=True,
        )
    except OSError as error:
        raise _problem(f"{words[0]} cannot be executed ({error.strerror})") from None
    try:
        line = await asyncio.wait_for(_first_line(process), seconds)
    except (asyncio.TimeoutError, TimeoutError):
        raise _problem(f"{words[0]} did not end within {seconds:g} s") from None
    finally:
        await asyncio.shield(end_with_all(process, f"{_MARKER}={marker}"))
    if process.returncode != 0:
        raise _problem(f"{words[0]} ended with exit code {process.returncode}")
    key = line.decode("utf-8", "replace").strip()
    if not key:
        raise _problem(f"{words[0]} printed nothing")
    return key


def command_words(command: str, *, windows: bool) -> list[str]:
    r"""Return the words of a command line as a shell would part them; for Windows ``\`` is no escape.

    ``~`` at the beginning of a word is the home folder; nothing else is replaced. Raises ModelProblem.
    """
    lexer = shlex.shlex(command, posix=True, punctuation_chars=False)
    lexer.whitespace_split = True
    lexer.commenters = ""
    if windows:
        lexer.escape = ""
    try:
        words = [os.path.expanduser(word) for word in lexer]  # noqa: PTH111 - a word need not be a path
    except ValueError as error:
        raise _problem(f"a quotation mark is missing its other half ({error})") from None
    if not words:
        raise _problem("it is empty")
    return words


def _program(word: str) -> str:
    """Return the program's path; Windows would also look in the folder that it is started from, a workspace perhaps."""
    found = shutil.which(word)
    if found is None:
        raise _problem(f"it begins with {word}, and there is no such program here")
    if not Path(found).is_absolute():
        raise _problem(f"it begins with {word}, which is found in the current folder only; write its whole path")
    return found


async def _first_line(process: asyncio.subprocess.Process) -> bytes:
    assert process.stdout is not None
    try:
        line = await process.stdout.readline()
        while await process.stdout.read(_MOST):
            pass  # a password store may go on with notes
    except ValueError:
        raise _problem("the first line that it printed is too long for a key") from None
    await process.wait()
    return line


def _problem(reason: str) -> ModelProblem:
    return ModelProblem(
        "no_key",
        f"The command of the setting {_SETTING} gave no key: {reason}. "
        "Try it in a terminal; its first line has to be the key.",
    )
