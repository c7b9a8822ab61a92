"""Why the module under test could not be imported, and what would help."""

from __future__ import annotations

import os
import sys
import types
from collections.abc import Iterator

from greenline_probe.explore import obstacles, reasons
from greenline_probe.guard import GuardRefusal


def why_not_imported(name: str, error: BaseException) -> str:
    """Say why importing the module ``name`` ended in this exception, and where."""
    importing = f"importing {name}"
    if isinstance(error, GuardRefusal):
        return reasons.needs(obstacles.of_refusal(error.what, error.kind), error.what, importing, reasons.NOT_AT_IMPORT)
    words, where = reasons.error_words(error), _where(name, error)
    kind = obstacles.of_error(error)
    if kind and not isinstance(error, ModuleNotFoundError):
        return reasons.fails(kind, f"{where or 'it'} raises {words}", importing, reasons.NOT_AT_IMPORT)
    failed = f"{importing} failed: {f'{where} raises ' if where else ''}{words}"
    if isinstance(error, SystemExit):
        return f'{failed}. Put what runs the program below `if __name__ == "__main__":`.'
    if isinstance(error, ModuleNotFoundError) and error.name and not _is_own(error.name, name):
        wanted = f"Install what provides `{error.name}` for {sys.executable}"
        return f"{failed}. Check that the name is not mistyped. {wanted} if it is meant."
    if isinstance(error, KeyError) and _is_of_environment(error):
        return f"{failed}. Set that environment variable where Greenline starts, or ask for it in a function."
    return failed


def _where(name: str, error: BaseException) -> str:
    """Return "line 3 of shop.py": where the project's own code was."""
    found = ""
    for frame, line in _frames(error):
        if _is_own(str(frame.f_globals.get("__name__", "")), name):
            found = f"line {line} of {os.path.basename(frame.f_code.co_filename)}"
    return found


def _is_of_environment(error: BaseException) -> bool:
    return any(isinstance(frame.f_locals.get("self"), type(os.environ)) for frame, _ in _frames(error))


def _is_own(module: str, name: str) -> bool:
    return module.partition(".")[0] == name.partition(".")[0]


def _frames(error: BaseException) -> Iterator[tuple[types.FrameType, int]]:
    trace = error.__traceback__
    while trace is not None:
        yield trace.tb_frame, trace.tb_lineno
        trace = trace.tb_next
