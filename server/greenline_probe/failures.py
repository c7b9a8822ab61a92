"""What a failing test says: its exception, in words, and the way through the code that led there."""

from __future__ import annotations

import os
from typing import Any

_MOST_FRAMES = 50
_LONGEST = 2000
_RUNNERS = ("pytest", "_pytest", "pluggy", "greenline_probe", "unittest", "asyncio", "anyio")


def described(error: BaseException | None, report: Any) -> tuple[str, str, list[list[Any]]]:
    """Return the exception's class, its words (an assertion's with pytest's explanation), and its frames."""
    if error is None:
        return "", "", []
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ in {"builtins", ""} else f"{kind.__module__}.{kind.__qualname__}"
    crash = getattr(getattr(report, "longrepr", None), "reprcrash", None)
    said = str(getattr(crash, "message", "")) or _text(error)
    return name, said[:_LONGEST], _frames(error)


def _text(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}".rstrip(": ")
    except Exception as problem:  # its own __str__ is code under test
        return f"{type(error).__name__} (its text raises {type(problem).__name__})"


def _frames(error: BaseException) -> list[list[Any]]:
    """Return [file, line, function] of each frame, outermost first; a deep recursion keeps both ends."""
    frames: list[list[Any]] = []
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        top = str(step.tb_frame.f_globals.get("__name__") or "").partition(".")[0]
        if top not in _RUNNERS and not code.co_filename.startswith("<"):
            frames.append([os.path.abspath(code.co_filename), step.tb_lineno, code.co_name])
        step = step.tb_next
    return frames if len(frames) <= _MOST_FRAMES else [*frames[:10], *frames[10 - _MOST_FRAMES :]]
