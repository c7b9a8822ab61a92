"""Lines and arcs by a trace function: before 3.12, and where ``sys.monitoring`` is not to be had."""

from __future__ import annotations

import dis
import sys
import threading
from typing import TYPE_CHECKING, Any, Callable

from greenline_probe.trace_complete import possible_arcs

if TYPE_CHECKING:
    from types import CodeType, FrameType

    from greenline_probe.calls import Calls

Recorded = tuple[set[int], set[tuple[int, int]]]

RESUME = dis.opmap.get("RESUME")  # 3.11 and later mark each start and each resumption with it
_RETURN_VALUE = dis.opmap["RETURN_VALUE"]
_YIELD_VALUE = dis.opmap["YIELD_VALUE"]
_YIELD_FROM = dis.opmap.get("YIELD_FROM", -1)
# At the "return" event of a yield, 3.13 already stands on the RESUME; the others still on the yield.
TO_RESUME = 0 if sys.version_info[:2] == (3, 13) else 2
_LINE_ON_RETURN = sys.version_info >= (3, 14)
_FIRST_CHECK = 8
"""Calls until it is worth a look whether there is anything left to see."""


class _Code:
    """One code object that is recorded: where its arcs go to, and whether all were seen."""

    __slots__ = ("arcs", "calls", "code", "done", "possible")

    def __init__(self, code: CodeType, arcs: set[tuple[int, int]]) -> None:
        self.code = code
        self.arcs = arcs
        self.calls = 0
        self.possible: frozenset[tuple[int, int]] | None = frozenset()
        """None where it is not known; empty as long as nobody asked: every function has at least the arc of its end."""
        self.done = False

    def check(self) -> bool:
        """Tell whether all was seen; looks only now and then, ever more seldom."""
        self.calls += 1
        if self.calls < _FIRST_CHECK or self.calls & (self.calls - 1) or self.possible is None:
            return False
        if not self.possible:
            self.possible = possible_arcs(self.code)
        self.done = self.possible is not None and self.possible <= self.arcs
        return self.done


class FrameRecorder:
    """Records the code whose file ``name_of`` has a name for. Threads that begin meanwhile are recorded as well."""

    def __init__(self, name_of: Callable[[str], str | None], calls: Calls | None = None) -> None:
        self._name_of = name_of
        self._calls = calls
        self._arcs: dict[str, set[tuple[int, int]]] = {}
        self._codes: dict[int, _Code] = {}
        """By id of the code object, which it keeps alive: hashing one would take its whole content."""
        self._others: set[str] = set()
        self._on = False
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

    def stop(self) -> None:
        """Stop recording; what was recorded stays."""
        self._on = False
        before, before_in_threads = self._before.pop() if self._before else (None, None)
        sys.settrace(before)
        threading.settrace(before_in_threads)

    def since(self) -> dict[str, Recorded]:
        """Return what ran since the last time, by reported name."""
        since = {}
        for code in list(self._codes.values()):
            code.done, code.calls = False, 0
        for name, arcs in list(self._arcs.items()):
            if arcs:
                ran = set(arcs)
                since[name] = ({line for arc in ran for line in arc if line > 0}, ran)
                arcs.difference_update(ran)  # in place: frames that are still running hold this very set
        return since

    def forget(self) -> None:
        """Hear of everything anew; this recorder always does."""

    def _call(self, frame: FrameType, event: str, arg: Any) -> Callable[..., Any] | None:  # noqa: ARG002
        """Trace function for new frames; the answer None keeps the lines of a frame free of cost."""
        code = self._codes.get(id(frame.f_code))
        if code is None:
            if frame.f_code.co_filename in self._others:
                return None
            code = self._of(frame.f_code)
        if code is None or event != "call":
            return None
        if not self._on:  # a thread that outlived the recording
            sys.settrace(None)
            return None
        if self._calls is not None and self._calls.wants(frame.f_code) and _begins(frame):
            self._calls.look(frame)
        if code.done or code.check():
            return None
        return _frame_recorder(frame, code.arcs)

    def _of(self, code: CodeType) -> _Code | None:
        name = self._name_of(code.co_filename)
        if name is None:
            self._others.add(code.co_filename)
            return None
        return self._codes.setdefault(id(code), _Code(code, self._arcs.setdefault(name, set())))


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
    if RESUME is None:
        return frame.f_lasti < 0
    return frame.f_code.co_code[frame.f_lasti + 1] == 0


def _ends(frame: FrameType) -> bool:
    """Tell a return (or an exception that leaves) from a yield or await, which are "return" events too."""
    code = frame.f_code.co_code
    at = frame.f_lasti
    if RESUME is not None:
        return len(code) == at + 2 or code[at + TO_RESUME] != RESUME
    if code[at] == _RETURN_VALUE:
        return True
    if code[at] == _YIELD_VALUE:
        return False
    return len(code) <= at + 2 or code[at + 2] != _YIELD_FROM
