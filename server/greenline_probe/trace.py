"""Records the lines and arcs that run in chosen files, as coverage.py defines them."""

from __future__ import annotations

import dis
import os
import sys
import threading
from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import FrameType

    from greenline_probe.calls import Calls

Recorded = tuple[set[int], set[tuple[int, int]]]

_RESUME = dis.opmap.get("RESUME")  # 3.11 and later mark each start and each resumption with it
_RETURN_VALUE = dis.opmap["RETURN_VALUE"]
_YIELD_VALUE = dis.opmap["YIELD_VALUE"]
_YIELD_FROM = dis.opmap.get("YIELD_FROM", -1)
# At the "return" event of a yield, 3.13 already stands on the RESUME; the others still on the yield.
_TO_RESUME = 0 if sys.version_info[:2] == (3, 13) else 2
_LINE_ON_RETURN = sys.version_info >= (3, 14)


class Tracer:
    """Records while started; several starts add up until ``take``.

    ``files`` maps a file name, as code objects may have it, to the name to report. Below ``roots`` each ``.py`` file is
    recorded too, under its own path; installed packages (``site-packages``, the interpreter's own folder) are not.
    Threads that begin while it runs are recorded as well. ``calls`` looks at each call in a recorded file.
    """

    def __init__(self, files: Mapping[str, str], roots: Sequence[str] = (), calls: Calls | None = None) -> None:
        self._files = dict(files)
        self._calls = calls
        self._real_files = {os.path.realpath(path): name for path, name in files.items()}
        self._roots = tuple(
            dict.fromkeys(form for root in roots for form in (os.path.abspath(root), os.path.realpath(root)))
        )
        self._prefixes = tuple({os.path.realpath(p) for p in (sys.prefix, sys.base_prefix)})
        self._arcs: dict[str, set[tuple[int, int]]] = {}
        self._earlier: dict[str, set[tuple[int, int]]] = {}
        self._by_filename: dict[str, set[tuple[int, int]] | None] = {}
        self._on = False
        self._waiting = False
        self._before: list[Any] = []

    def start(self) -> None:
        """Record from the next call on, in this thread and in new ones."""
        self._on = True
        self._before.append((sys.gettrace(), getattr(threading, "_trace_hook", None)))
        threading.settrace(self._call)
        sys.settrace(self._call)

    def resume(self) -> None:
        """Record again in this thread, where endless recursion or the code under test itself ended it."""
        if self._on and sys.gettrace() is None:
            sys.settrace(self._call)

    def start_with_first_file(self) -> None:
        """Start when the first of the files is executed as a module: all that runs before then runs at full speed.

        To be called once; a ``stop`` before then calls it off.
        """
        self._waiting = True

        def hook(event: str, args: tuple[Any, ...]) -> None:
            if event == "exec" and self._waiting and self._is_recorded(getattr(args[0], "co_filename", "")):
                self._waiting = False
                self.start()

        sys.addaudithook(hook)

    def stop(self) -> None:
        """Stop recording; what was recorded stays."""
        self._on = self._waiting = False
        before, before_in_threads = self._before.pop() if self._before else (None, None)
        sys.settrace(before)
        threading.settrace(before_in_threads)

    def switch(self) -> dict[str, set[int]]:
        """Return the lines that ran since the last switch, by reported name; ``take`` has them as well."""
        lines = {}
        for name, ran in self._since().items():
            self._earlier.setdefault(name, set()).update(ran)
            lines[name] = _lines(ran)
        return lines

    def take(self) -> dict[str, Recorded]:
        """Return what ran, by reported name, and start from nothing. Only files in which something ran are in it."""
        self.switch()
        taken, self._earlier = self._earlier, {}
        return {name: (_lines(ran), ran) for name, ran in taken.items()}

    def _since(self) -> dict[str, set[tuple[int, int]]]:
        since = {}
        for name, arcs in self._arcs.items():
            if arcs:
                since[name] = set(arcs)
                arcs.clear()  # in place: frames that are still running hold this very set
        return since

    def _call(self, frame: FrameType, event: str, arg: Any) -> Callable[..., Any] | None:  # noqa: ARG002
        """Trace function for new frames; the answer None keeps the lines of a frame free of cost."""
        filename = frame.f_code.co_filename
        try:
            arcs = self._by_filename[filename]
        except KeyError:
            arcs = self._decide(filename)
        if arcs is None or event != "call":
            return None
        if not self._on:  # a thread that outlived the recording
            sys.settrace(None)
            return None
        if self._calls is not None and self._calls.wants(frame.f_code) and _begins(frame):
            self._calls.look(frame)
        return _frame_recorder(frame, arcs)

    def _is_recorded(self, filename: str) -> bool:
        return (self._by_filename[filename] if filename in self._by_filename else self._decide(filename)) is not None

    def _decide(self, filename: str) -> set[tuple[int, int]] | None:
        name = self.reported_name(filename)
        self._by_filename[filename] = None if name is None else self._arcs.setdefault(name, set())
        return self._by_filename[filename]

    def reported_name(self, filename: str) -> str | None:
        """Return the name that the file is reported by, None for one that is not recorded."""
        if filename in self._files:
            return self._files[filename]
        if filename.startswith("<"):
            return None
        real = os.path.realpath(filename)
        if real in self._real_files:
            return self._real_files[real]
        for path in (os.path.abspath(filename), real):
            if path.endswith(".py") and any(self._is_below(path, root) for root in self._roots):
                return path
        return None

    def _is_below(self, path: str, root: str) -> bool:
        if not path.startswith(root.rstrip(os.sep) + os.sep):
            return False
        inside = path[len(root) :].split(os.sep)
        if "site-packages" in inside or "dist-packages" in inside:
            return False
        # A prefix that holds the root says nothing: the project may live inside the interpreter's folder.
        return not any(
            path.startswith(prefix + os.sep) and len(prefix) > len(root.rstrip(os.sep)) for prefix in self._prefixes
        )


def _lines(arcs: set[tuple[int, int]]) -> set[int]:
    return {line for arc in arcs for line in arc if line > 0}


def _frame_recorder(frame: FrameType, arcs: set[tuple[int, int]]) -> Callable[..., Any]:
    """Return the trace function of one frame. It holds the last line, so that threads and coroutines need no stack."""
    code = frame.f_code
    last = -code.co_firstlineno if _begins(frame) else frame.f_lineno
    add = arcs.add

    def record(frame: FrameType, event: str, arg: Any) -> Callable[..., Any]:  # noqa: ARG001
        nonlocal last
        if event == "line":
            line = frame.f_lineno
            add((last, line))
            last = line
        elif event == "return" and _ends(frame):
            if _LINE_ON_RETURN and frame.f_lineno != last:
                add((last, frame.f_lineno))
                last = frame.f_lineno
            add((last, -code.co_firstlineno))
        return record

    return record


def _begins(frame: FrameType) -> bool:
    """Tell a call from the resumption of a generator or coroutine."""
    if _RESUME is None:
        return frame.f_lasti < 0
    return frame.f_code.co_code[frame.f_lasti + 1] == 0


def _ends(frame: FrameType) -> bool:
    """Tell a return (or an exception that leaves) from a yield or await, which are "return" events too."""
    code = frame.f_code.co_code
    at = frame.f_lasti
    if _RESUME is not None:
        return len(code) == at + 2 or code[at + _TO_RESUME] != _RESUME
    if code[at] == _RETURN_VALUE:
        return True
    if code[at] == _YIELD_VALUE:
        return False
    return len(code) <= at + 2 or code[at + 2] != _YIELD_FROM
