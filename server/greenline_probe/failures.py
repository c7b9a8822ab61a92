"""What a test's end says: its outcome, and of a failure the exception, in words, and the way through the code to it."""

from __future__ import annotations

import os
import sys
from typing import Any

Failure = tuple[str, str, list[list[Any]]]
"""The exception's class, its words, and [file, line, function] of each frame, outermost first."""

_MOST_FRAMES = 50
_LONGEST = 2000
_LONGEST_MESSAGE = 4000
_RUNNERS = ("pytest", "_pytest", "pluggy", "greenline_probe", "unittest", "asyncio", "anyio", "importlib", "xdist")


def outcome(report: Any) -> tuple[str, str] | None:
    """Return the outcome and pytest's words for it; None for a set-up or teardown that just worked."""
    expected_to_fail = hasattr(report, "wasxfail")
    if report.failed:
        return ("error" if report.when in ("setup", "teardown") else "failed"), shortened(report.longreprtext)
    if report.skipped:
        if expected_to_fail:
            return "xfailed", str(report.wasxfail)
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longreprtext
        return "skipped", shortened(str(reason))
    if report.passed and report.when == "call":
        return ("xpassed", str(report.wasxfail)) if expected_to_fail else ("passed", "")
    return None


def shortened(text: str) -> str:
    """Keep both ends: what was called stands first, what went wrong stands last."""
    if len(text) <= _LONGEST_MESSAGE:
        return text
    return f"{text[:1000]}\n[...]\n{text[-(_LONGEST_MESSAGE - 1010) :]}"


def described(error: BaseException | None, report: Any) -> Failure:
    """Tell of a test's failure, or of a file's that could not be collected; an assertion's in pytest's explanation."""
    if error is None:
        return "", "", []
    longrepr = getattr(report, "longrepr", None)
    if type(error).__name__ == "CollectError" and error.__cause__ is not None:
        error, longrepr = error.__cause__, None  # pytest's wrapping of what an import raised
    example = _documented(error)
    if example is not None:
        return example
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ in {"builtins", ""} else f"{kind.__module__}.{kind.__qualname__}"
    crash = getattr(getattr(longrepr, "reprcrash", None), "message", "")
    missing_fixture = str(getattr(longrepr, "errorstring", "")).partition("\n")[0]
    said = str(crash) or missing_fixture or _text(error)
    return name, said[:_LONGEST], [*_frames(error), *_beyond_frames(error, longrepr)]


def _documented(error: BaseException) -> Failure | None:
    """Tell of a documented example that gives something else; None for what is no example."""
    failure: Any = next(iter(getattr(error, "failures", None) or [error]))
    example: Any = getattr(failure, "example", None)
    test: Any = getattr(failure, "test", None)
    if not hasattr(example, "want") or not hasattr(test, "docstring"):
        return None
    raised = getattr(failure, "exc_info", None)
    got = f"raises {_text(raised[1])}" if raised else f"gives {str(failure.got).strip() or 'nothing'}"
    wanted = str(example.want).strip() or "nothing"
    said = f"{str(example.source).strip()} {got}, documented is {wanted}"
    line = (test.lineno or 0) + example.lineno + 1
    return "doctest.DocTestFailure", said[:_LONGEST], [[os.path.abspath(str(test.filename)), line, str(test.name)]]


def _text(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}".rstrip(": ")
    except Exception as problem:  # its own __str__ is code under test
        return f"{type(error).__name__} (its text raises {type(problem).__name__})"


def _frames(error: BaseException) -> list[list[Any]]:
    """Return the frames that are not pytest's; a deep recursion keeps both ends."""
    frames: list[list[Any]] = []
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        module = str(step.tb_frame.f_globals.get("__name__") or "")
        filename = code.co_filename
        if filename.startswith("<frozen "):  # the standard library's, from 3.11 on
            filename = str(getattr(sys.modules.get(module), "__file__", None) or filename)
        if module.partition(".")[0] not in _RUNNERS and not filename.startswith("<"):
            frames.append([os.path.abspath(filename), step.tb_lineno, code.co_name])
        step = step.tb_next
    return frames if len(frames) <= _MOST_FRAMES else [*frames[:10], *frames[10 - _MOST_FRAMES :]]


def _beyond_frames(error: BaseException, longrepr: Any) -> list[list[Any]]:
    """Return the place that an exception names without having run there."""
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        return [[os.path.abspath(error.filename), error.lineno, "<module>"]]
    filename, line = getattr(longrepr, "filename", None), getattr(longrepr, "firstlineno", None)
    if filename and isinstance(line, int):  # of a fixture that is not there: the function that asks for it
        return [[os.path.abspath(str(filename)), line + 1, ""]]
    return []
