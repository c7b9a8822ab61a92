"""Runs pip or uv, as the person would in a terminal, and tells their lines as progress."""

from __future__ import annotations

import asyncio
import os
import re
import uuid
from collections import deque
from typing import TYPE_CHECKING

from greenline.adapters.process_tree import end_with_all

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from greenline.ports.progress import Progress

_SECONDS = 900.0
_KEPT, _LONGEST = 20, 200
_LINE = 1000
"""Bytes of a line that are kept; it may be of any length."""
_CHUNK = 1 << 16
_MARKER = "GREENLINE_INSTALL"
_NO_NETWORK = re.compile(r"connection broken by|failed to fetch|error sending request|could not connect", re.IGNORECASE)
"""pip's words and uv's."""
_QUIET = {"PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_PROGRESS_BAR": "off", "UV_NO_PROGRESS": "1"}


class PackageInstaller:
    """An Installer. It writes into the environment that the command names, which the person agreed to."""

    def __init__(self, *, seconds: float = _SECONDS) -> None:
        self._seconds = seconds

    async def install(self, command: Sequence[str], progress: Progress, *, called: str = "") -> str:
        """Run to the end; return why it failed; see Installer. Cancelling leaves no process."""
        marker = f"{_MARKER}={uuid.uuid4()}"
        name, _, value = marker.partition("=")
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                env={**os.environ, **_QUIET, name: value},
                start_new_session=True,
            )
        except OSError as error:
            return f"{command[0]} cannot be executed: {error.strerror or error}."
        lines: deque[str] = deque(maxlen=_KEPT)
        try:
            await asyncio.wait_for(_heard(process, lines, progress), self._seconds)
        except (asyncio.TimeoutError, TimeoutError):
            return f"It did not end within {self._seconds:g} s."
        finally:
            await asyncio.shield(end_with_all(process, marker))
        return "" if process.returncode == 0 else _why(called or " ".join(command), process.returncode, lines)


async def _heard(process: asyncio.subprocess.Process, lines: deque[str], progress: Progress) -> None:
    assert process.stdout is not None
    async for raw in _lines(process.stdout):
        if line := raw.decode("utf-8", "replace").strip():
            lines.append(line)
            progress.step(line[:_LONGEST])
    await process.wait()


async def _lines(stream: asyncio.StreamReader) -> AsyncIterator[bytes]:
    rest = b""
    while chunk := await stream.read(_CHUNK):
        *whole, rest = (rest + chunk).split(b"\n")
        rest = rest[:_LINE]
        for line in whole:
            yield line[:_LINE]
    yield rest


def _why(called: str, code: int | None, lines: Sequence[str]) -> str:
    if any(_NO_NETWORK.search(line) for line in lines):  # the last error would be that there is no such package
        return "The package index cannot be reached. Check the network and the proxy (HTTPS_PROXY), and try again."
    errors = [line for line in lines if line.lower().startswith("error")]
    said = (errors or list(lines) or [f"exit code {code}"])[-1]
    return f"{called} said: {said}"
