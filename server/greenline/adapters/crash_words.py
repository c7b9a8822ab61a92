"""What a process that died printed at the end, and where it was: Python's own last words (``faulthandler``) read.

They are a line "Fatal Python error: ...", then for each thread a heading and its frames, innermost first:
``  File "path", line 3 in name``. See https://docs.python.org/3/library/faulthandler.html.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from greenline.adapters.scratch_overlay import Overlay

_FATAL = re.compile(r"^.*?((?:Fatal Python error|Windows fatal exception): .+)$", re.MULTILINE)
_THREAD = re.compile(r"^(?:Current thread|Thread|Stack) .*\(most recent call first\):$", re.MULTILINE)
_FRAME = re.compile(r'^  File "(.+)", line (\d+) in (.+)$')
_RUNNERS = frozenset({"_pytest", "pytest", "pluggy", "greenline_probe", "xdist", "execnet"})
# What pytest itself prints before and between tests.
_PYTESTS = re.compile(
    r"^(?:=+ .*=+|platform .* -- Python .*|(?:rootdir|configfile|testpaths|plugins|cachedir|asyncio): .*"
    r"|collect(?:ing|ed) .*|\S+\.py(?:\s+[.FEsxX]*)?(?:\s*\[\s*\d+%\])?|[.FEsxX]+)$"
)
_COLLECTED = re.compile(r"^collected \d+ items?.*$", re.MULTILINE)
_LONGEST = 300


def last_words(output: str, overlay: Overlay) -> str:
    """Return a sentence or two about the end of what was printed; empty where that says nothing."""
    fatal = None
    for fatal in _FATAL.finditer(output):  # noqa: B007 - the last one
        pass
    if fatal is None:
        return _printed(output)
    where = _where(output[fatal.end() :], overlay)
    before = output[: fatal.start(1)]
    return " ".join(filter(None, [f"{fatal[1].strip()}{where}.", _printed(before)]))


def _printed(output: str) -> str:
    # Before it collects, pytest and its plugins introduce themselves.
    lines = [line.strip() for line in _COLLECTED.split(output)[-1].splitlines() if line.strip()]
    useful = next((line for line in reversed(lines) if not _PYTESTS.match(line)), "")
    return f"It last printed: {useful[:_LONGEST]}" if useful else ""


def _where(trace: str, overlay: Overlay) -> str:
    """Say the innermost call, and the line of the project that led to it."""
    frames = [
        (overlay.map_back(Path(file)), int(line), name)
        for file, line, name in _frames(trace)
        if not _RUNNERS.intersection(Path(file).parts)
    ]
    if not frames:
        return ""
    own = next((frame for frame in frames if _is_own(frame[0], overlay)), None)
    first, line, name = frames[0]
    called = f", called at {own[0].name}:{own[1]}" if own is not None and own != frames[0] else ""
    return f" in `{name}` ({first.name}:{line}){called}"


def _is_own(path: Path, overlay: Overlay) -> bool:
    return path.is_relative_to(overlay.project_root) and not {"site-packages", "dist-packages"} & set(path.parts)


def _frames(trace: str) -> list[tuple[str, str, str]]:
    """Return the frames of the thread that died: the current one where that is marked, else the only one."""
    threads = list(_THREAD.finditer(trace))
    current = next((one for one in threads if one[0].startswith("Current")), threads[0] if threads else None)
    found: list[tuple[str, str, str]] = []
    for line in trace[current.end() :].splitlines()[1:] if current else ():
        frame = _FRAME.match(line)
        if frame is None:
            break
        found.append((frame[1], frame[2], frame[3]))
    return found
