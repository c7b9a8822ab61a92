"""Tries the command that runs probes elsewhere: whether Python answers there, and finds what it needs."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import time
import uuid
from asyncio.subprocess import PIPE
from typing import TYPE_CHECKING

from greenline.adapters.probe_process import ENTRY
from greenline.adapters.process_tree import ask_to_end, end_with_all
from greenline.adapters.scratch_overlay import empty_scratch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from greenline.adapters.command_template import CommandTemplate

    _Answer = tuple[list[int], list[bool], bool]
    """Version, which of the places are there, whether the scratch folder can be written."""

_SECONDS = 30.0
_SECONDS_TO_STOP = 3.0
_MARKER = "GREENLINE_TRIED"
_OLDEST = (3, 9)
_LONGEST = 400
_TRIED = "The setting greenline.isolation.command was tried"
_NAMES = ("{project}", "{scratch}", "{probe}")
_QUESTION = b"""
import json, os, sys
seen = [os.path.isdir(path) for path in sys.argv[1:]]
print(json.dumps({"greenline": [list(sys.version_info[:3]), seen, os.access(sys.argv[2], os.W_OK)]}))
"""


async def tried(
    template: CommandTemplate, interpreter: Path, project: Path, *, seconds: float = _SECONDS
) -> tuple[str, str]:
    """Run the command once, at most so many seconds. Returns what answered, else why it is of no use: one is empty."""
    with empty_scratch() as scratch:
        places = {"{project}": project, "{scratch}": scratch.scratch, "{probe}": ENTRY.parent, "{python}": interpreter}
        words = template.asking(places)
        began = time.monotonic()
        try:
            code, output, complaint = await _said(words, seconds)
        except (asyncio.TimeoutError, TimeoutError):
            return "", f"{_TRIED}, and did not answer within {seconds:g} s: {' '.join(words)}"
        except OSError as error:
            return "", f"{_TRIED}, and {words[0]} could not be started: {error.strerror or error}"
    answer = _answer(output)
    if answer is None:
        return "", _no_answer(code, complaint or output)
    there = template.mapping(places)
    problem = _lacking(answer, {name: there.out(str(places[name])) for name in _NAMES})
    python = ".".join(map(str, answer[0]))
    return ("", problem) if problem else (f"Python {python} answered there after {time.monotonic() - began:.1f} s", "")


def _lacking(answer: _Answer, called: Mapping[str, str]) -> str:
    """Say what is not there that a run needs; empty when all of it is."""
    version, seen, writable = answer
    if tuple(version) < _OLDEST:
        return f"{_TRIED}, and leads to Python {'.'.join(map(str, version))}; Greenline needs 3.9 or newer there."
    for (name, path), is_seen in zip(called.items(), seen, strict=True):
        if not is_seen:
            return (
                f"{_TRIED}: Python answers there, but {name} is not to be found, which would be {path}. Make it "
                "visible there (a volume, a mount); if it has another name there, greenline.isolation.paths says so."
            )
    return (
        "" if writable else f"{_TRIED}: Python answers there, but cannot write to {{scratch}}, {called['{scratch}']}."
    )


def _no_answer(code: int, said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    if code == 0 and not lines:
        return f"{_TRIED}, and Python said nothing there. Does it pass its standard input on, as `docker run -i` does?"
    told = f"It said: {' '.join(lines)[-_LONGEST:]}" if lines else "It said nothing."
    return f"{_TRIED}, and Python did not answer there (exit code {code}). {told}"


def _answer(output: str) -> _Answer | None:
    for line in output.splitlines():
        with contextlib.suppress(ValueError, TypeError, KeyError):
            version, seen, writable = json.loads(line)["greenline"]
            return version, seen, writable
    return None


async def _said(words: Sequence[str], seconds: float) -> tuple[int, str, str]:
    """Return exit code, output and complaints; what was started has ended then. Raises TimeoutError and OSError."""
    marker = uuid.uuid4().hex
    process = await asyncio.create_subprocess_exec(
        *words, env={**os.environ, _MARKER: marker}, stdin=PIPE, stdout=PIPE, stderr=PIPE, start_new_session=True
    )
    try:
        output, complaint = await asyncio.wait_for(process.communicate(_QUESTION), seconds)
    finally:
        await asyncio.shield(_end(process, f"{_MARKER}={marker}"))
    return process.returncode or 0, output.decode("utf-8", "replace"), complaint.decode("utf-8", "replace")


async def _end(process: asyncio.subprocess.Process, marker: str) -> None:
    if process.returncode is None:
        ask_to_end(process.pid)  # it may end what it has started elsewhere
        with contextlib.suppress(asyncio.TimeoutError, TimeoutError):
            await asyncio.wait_for(process.wait(), _SECONDS_TO_STOP)
    await end_with_all(process, marker)
