"""The arcs of each call, at a price that allows thousands of calls a second.

From 3.12 on, turning a trace function on and off makes the interpreter instrument all code anew. Events on the module's
own code objects cost nothing elsewhere and stay on; only a flag says whether they are kept.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from typing import Any

from greenline_probe.trace import Recorded, Tracer
from greenline_probe.trace_frames import RESUME, TO_RESUME

_frame = sys._getframe  # noqa: SLF001 - the events do not bring the frame
_RESUMES = bytes([RESUME or 0])
_TOOL = 3  # free for any tool, unlike 0 to 2 and 5


def recorder(path: str, code: types.CodeType | None) -> Any:
    """Return what records the arcs of one module as "target": its file as code objects name it, its compiled code."""
    if sys.version_info >= (3, 12) and code is not None and sys.monitoring.get_tool(_TOOL) is None:
        return MonitoredArcs(code)
    return Tracer({path: "target"}, frames=True)


class MonitoredArcs:
    """Has the interface of ``Tracer``; its arcs are those that a trace function would give.

    Only arcs from a line to itself, which no report counts, may be missing.
    """

    def __init__(self, code: types.CodeType) -> None:
        monitoring = sys.monitoring  # type: ignore[attr-defined,unused-ignore]
        events = monitoring.events
        monitoring.use_tool_id(_TOOL, "greenline")
        self._on = False
        self._arcs: set[tuple[int, int]] = set()
        self._last: dict[int, int] = {}
        handlers = {
            events.PY_START: self._start,
            events.LINE: self._line,
            events.PY_RETURN: self._end,
            events.PY_UNWIND: self._unwind,
        }
        for event, handler in handlers.items():
            monitoring.register_callback(_TOOL, event, handler)
        # Unwinding cannot be asked for by code object; it is rare enough to hear of all.
        monitoring.set_events(_TOOL, events.PY_UNWIND)
        self._own = set(_all_code(code))
        for each in self._own:
            monitoring.set_local_events(_TOOL, each, events.PY_START | events.LINE | events.PY_RETURN)

    def start(self) -> None:
        """Keep what runs from now on."""
        self._on = True

    def stop(self) -> None:
        """Stop keeping."""
        self._on = False
        self._last.clear()

    def take(self) -> dict[str, Recorded]:
        """Return what ran, and start from nothing."""
        arcs, self._arcs = self._arcs, set()
        return {"target": ({line for arc in arcs for line in arc if line > 0}, arcs)} if arcs else {}

    def _start(self, code: types.CodeType, _offset: int) -> None:
        if self._on:
            self._last[id(_frame(1))] = -code.co_firstlineno

    def _line(self, code: types.CodeType, line: int) -> None:
        if self._on:
            frame = id(_frame(1))
            self._arcs.add((self._last.get(frame, -code.co_firstlineno), line))
            self._last[frame] = line

    def _unwind(self, code: types.CodeType, _offset: int, _error: BaseException) -> None:
        if self._on and code in self._own:
            frame = _frame(1)
            # A generator closed where it yielded does not leave by that line, for a trace function.
            at = frame.f_lasti + TO_RESUME
            if code.co_code[at : at + 1] == _RESUMES:
                self._last.pop(id(frame), None)
            else:
                self._leave(frame, code)

    def _end(self, code: types.CodeType, _offset: int, _value: Any) -> None:
        if self._on:
            self._leave(_frame(1), code)

    def _leave(self, frame: types.FrameType, code: types.CodeType) -> None:
        last = self._last.pop(id(frame), None)
        if last is not None:
            self._arcs.add((last, -code.co_firstlineno))


def _all_code(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _all_code(constant)
