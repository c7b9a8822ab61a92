"""Which exceptions the project means, and which just happened."""

from __future__ import annotations

import ast
import os
import types
from collections.abc import Iterator

from greenline_probe.explore.subject import Subject

_MISSING = ("KeyError", "IndexError")
_CONTRACTS = {
    "__getitem__": _MISSING, "__delitem__": _MISSING, "__missing__": _MISSING, "pop": _MISSING, "popitem": _MISSING,
    "popleft": _MISSING, "remove": ("KeyError", "ValueError"), "index": ("ValueError",), "__next__": ("StopIteration",),
    "__anext__": ("StopAsyncIteration",),
}  # fmt: skip
"""What Python itself lets such methods raise."""
_OF_DATA = (KeyError, StopIteration, StopAsyncIteration, SystemExit, OSError)
"""Their text is what was asked for, or the system's."""
_ASKED_TO_RAISE = {"raise_for_status", "check_returncode"}
_NETWORKING = {"ftplib", "http.client", "imaplib", "poplib", "smtplib", "socket", "ssl", "urllib.request"}


class Intentions:
    """Knows the ``raise`` statements of the project's files and what the target documents."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.networking: set[tuple[str, int]] = set()
        """What the standard library raised on the way to the network: the class, and our line behind it."""
        self._raise_lines: dict[str, list[tuple[int, int]]] = {}

    def judge(self, error: BaseException) -> tuple[bool, int]:
        """Tell whether the project raises it on purpose or documents it, and the module's line that it came through."""
        own = self.subject.module.__file__ or ""
        package = os.path.dirname(own)
        last, line, networking, passed_on = None, 0, False, False
        for frame, number in _frames(error):
            passed_on = _is_passed_on(frame, error)
            last = (frame.f_code.co_filename, number)
            if frame.f_code.co_filename == own:
                line = number
            networking = frame.f_code.co_filename != own and (
                networking or frame.f_globals.get("__name__") in _NETWORKING
            )
        if networking:
            self.networking.add((type(error).__name__, line))
        if type(error).__name__ in _CONTRACTS.get(self.subject.name, ()):
            return True, line
        if line == 0 and isinstance(error, TypeError) and self._returns_not_implemented():
            return True, line
        documented = self.subject.facts.documented_raises
        if any(base.__name__ in documented for base in type(error).__mro__[:-3]) or type(error).__name__ in documented:
            return True, line
        if (
            isinstance(error, SystemExit)
            or type(error).__module__.partition(".")[0] == self.subject.module.__name__.partition(".")[0]
        ):
            return True, line
        if passed_on and line:
            return True, line
        if last is None or not last[0].startswith(package):
            return False, line
        return any(start <= last[1] <= end for start, end in self._raises_in(last[0])), line

    def is_worded_by_python(self, error: BaseException) -> bool:
        """Tell whether no ``raise`` chose the words, but the interpreter; a key that is missing is its own word."""
        if type(error).__module__ != "builtins" or isinstance(error, _OF_DATA):
            return False
        last = None
        for frame, number in _frames(error):
            last = (frame.f_code.co_filename, number)
        return last is None or not any(start <= last[1] <= end for start, end in self._raises_in(last[0]))

    def _returns_not_implemented(self) -> bool:
        """Tell whether the target is an operator that leaves other types to others: Python raises for it then."""
        named = [n.id for n in ast.walk(self.subject.node) if isinstance(n, ast.Name)]
        return self.subject.kind == "operator" and "NotImplemented" in named

    def _raises_in(self, path: str) -> list[tuple[int, int]]:
        if path not in self._raise_lines:
            try:
                with open(path, encoding="utf-8") as file:
                    tree = ast.parse(file.read())
            except (OSError, ValueError, SyntaxError):
                tree = ast.Module([], [])
            self._raise_lines[path] = [
                (n.lineno, n.end_lineno or n.lineno) for n in ast.walk(tree) if isinstance(n, (ast.Raise, ast.Assert))
            ]
        return self._raise_lines[path]


def _is_passed_on(frame: types.FrameType, error: BaseException) -> bool:
    """Tell whether the code asked for it: of an answer that is an error, of a stand-in that raises what it should."""
    if frame.f_code.co_name in _ASKED_TO_RAISE:
        return True
    own = isinstance(error, (TypeError, AttributeError, AssertionError, StopIteration))
    return frame.f_globals.get("__name__") == "unittest.mock" and not own


def _frames(error: BaseException) -> Iterator[tuple[types.FrameType, int]]:
    trace = error.__traceback__
    while trace is not None:
        yield trace.tb_frame, trace.tb_lineno
        trace = trace.tb_next
