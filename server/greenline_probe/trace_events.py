"""Lines and arcs from ``sys.monitoring``: each place is heard of once, and costs nothing from then on.

What a place tells, once it is heard of, stands in its code object's ``Flow``. Only a condition that has gone one way so
far, and whose other way nothing else would tell of, is heard of again and again.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Callable

from greenline_probe.trace_flow import Flow, lines_of
from greenline_probe.trace_frames import RESUME, TO_RESUME, Recorded

if TYPE_CHECKING:
    from types import CodeType

    from greenline_probe.calls import Calls

_monitoring: Any = getattr(sys, "monitoring", None)
_NAME = "greenline"
_TOOLS = (4, 3)
"""Numbers to listen by that are nobody's: 0, 1, 2 and 5 are for debuggers, coverage, profilers and optimisers."""
_EITHER_WAY = ("BRANCH_LEFT", "BRANCH_RIGHT")  # from 3.14 on, each is switched off by itself
_frame = sys._getframe  # noqa: SLF001 - the events do not bring the frame
_RESUMES = bytes([RESUME or 0])


def is_possible() -> bool:
    """Tell whether there is ``sys.monitoring``, and a number left to listen by."""
    return _monitoring is not None and _free() is not None


class EventRecorder:
    """Has the interface of ``FrameRecorder``, for 3.12 and later.

    Its arcs are those that decide anything; between lines with one way out some are missing.
    """

    def __init__(self, name_of: Callable[[str], str | None], calls: Calls | None = None) -> None:
        self._name_of = name_of
        self._calls = calls
        self._tool = -1
        self._on = False
        self._heard: dict[int, _Heard] = {}
        """By id of the code object, which it keeps alive: hashing one would take its whole content."""
        self._ran: dict[int, tuple[set[int], dict[int, Any]]] = {}
        """By the same: the lines since the last time, and those that have an arc to tell."""
        self._arcs: dict[str, set[tuple[int, int]]] = {}
        self._handlers = _handlers(self._started, self._heard, self._ran, self._of)

    def start(self) -> None:
        """Record from the next call on, in all threads."""
        if self._tool < 0:
            free = _free()
            if free is None:  # taken since: what was recorded stays
                return
            self._tool = free
            _monitoring.use_tool_id(self._tool, _NAME)
        self._on = True
        for event, handler in self._handlers.items():
            _monitoring.register_callback(self._tool, event, handler)
        # Unwinding cannot be asked for by code object; it is rare enough to hear of all.
        _monitoring.set_events(self._tool, _monitoring.events.PY_START | _monitoring.events.PY_UNWIND)
        for heard in list(self._heard.values()):
            _monitoring.set_local_events(self._tool, heard.code, heard.events)
        _monitoring.restart_events()

    def resume(self) -> None:
        """Record again, where the code under test took the number away."""
        if self._on and not self._listens():
            self._tool = -1
            self.start()

    def stop(self) -> None:
        """Stop recording; what was recorded stays."""
        self._on = False
        if self._listens():
            _monitoring.set_events(self._tool, 0)
            for heard in list(self._heard.values()):
                _monitoring.set_local_events(self._tool, heard.code, 0)
            for event in self._handlers:
                _monitoring.register_callback(self._tool, event, None)
            _monitoring.free_tool_id(self._tool)
        self._tool = -1

    def since(self) -> dict[str, Recorded]:
        """Return what ran since the last time, by reported name; each line will be heard of again."""
        since: dict[str, Recorded] = {}
        line, again = _monitoring.events.LINE, self._on and self._listens()
        for key, (ran, _) in list(self._ran.items()):
            del self._ran[key]
            heard = self._heard[key]
            since.setdefault(heard.name, (set(), set()))[0].update(ran)
            if again:  # as dear as to restart all events of all code, but leaves off what is no line, or others' own
                _monitoring.set_local_events(self._tool, heard.code, heard.events & ~line)
                _monitoring.set_local_events(self._tool, heard.code, heard.events)
        for name, arcs in list(self._arcs.items()):
            if arcs:
                new = set(arcs)
                since.setdefault(name, (set(), set()))[1].update(new)
                arcs.difference_update(new)  # in place: what is heard from now on goes to this very set
        return since

    def forget(self) -> None:
        """Hear of everything anew, arcs as well."""
        heard = list(self._heard.values())
        self._heard.clear()
        self._ran.clear()
        if self._on and self._listens():
            for one in heard:
                _monitoring.set_local_events(self._tool, one.code, 0)
            _monitoring.restart_events()

    def _of(self, code: CodeType) -> _Heard | None:
        """Return what is known of a code object, from its first event on; None for one that is not recorded."""
        heard = self._heard.get(id(code))
        if heard is None:
            name = self._name_of(code.co_filename)
            if name is None or code.co_name == "__annotate__":  # annotations run when somebody looks at them
                return None
            new = _Heard(code, name, self._arcs.setdefault(name, set()))
            heard = self._heard.setdefault(id(code), new)
            if self._on and self._listens():
                _monitoring.set_local_events(self._tool, code, heard.events)
        return heard

    def _listens(self) -> bool:
        """Tell whether the number is still ours: the code under test may free it, and others take it."""
        return self._tool >= 0 and _monitoring.get_tool(self._tool) == _NAME

    def _started(self, code: CodeType, _at: int) -> Any:
        if self._of(code) is None or self._calls is None:
            return _monitoring.DISABLE
        if self._calls.wants(code):
            self._calls.look(_frame(1))
        return None


class _Heard:
    """One code object, and what its places tell that was not heard yet."""

    __slots__ = ("arcs", "branches", "code", "events", "lines", "name", "pending", "reached")

    def __init__(self, code: CodeType, name: str, arcs: set[tuple[int, int]]) -> None:
        flow, events = Flow(code), _monitoring.events
        self.code = code
        self.name = name
        self.arcs = arcs
        self.pending = {line: dict(entries) for line, entries in flow.at_line.items() if any(entries.values())}
        self.reached = {**flow.at_jump, **flow.at_return, **flow.at_instruction}
        self.branches: dict[int, list[Any]] = {at: list(outcomes) for at, outcomes in flow.at_branch.items()}
        self.lines: dict[int, int] = {}
        self.events: int = events.LINE
        for told, event in (
            (flow.at_jump, events.JUMP),
            (flow.at_return, events.PY_RETURN),
            (flow.at_instruction, events.INSTRUCTION),
            (flow.at_branch, _branch_events()),
        ):
            self.events |= event if told else 0

    def entered(self, line: int, at: int) -> None:
        """Note that a line with an arc to tell was entered at this instruction."""
        entries = self.pending.get(line)
        if entries is not None:
            arc = entries.pop(at, None)
            if arc:
                self.arcs.add(arc)
            if not entries:
                self.pending.pop(line, None)

    def left(self, at: int) -> None:
        """Note that an exception left by this instruction."""
        # A generator closed where it yielded does not leave by that line, for a trace function.
        if self.code.co_code[at + TO_RESUME : at + TO_RESUME + 1] != _RESUMES:
            self.lines = self.lines or lines_of(self.code)
            line = self.lines.get(at)
            if line:
                self.arcs.add((line, -self.code.co_firstlineno))


def _free() -> int | None:
    return next((tool for tool in _TOOLS if _monitoring.get_tool(tool) is None), None)


def _branch_events() -> int:
    events = _monitoring.events
    if hasattr(events, _EITHER_WAY[0]):
        return int(events.BRANCH_LEFT | events.BRANCH_RIGHT)
    return int(events.BRANCH)


def _handlers(
    started: Callable[..., Any],
    heard: dict[int, _Heard],
    ran: dict[int, tuple[set[int], dict[int, Any]]],
    of: Callable[[CodeType], _Heard | None],
) -> dict[int, Callable[..., Any]]:
    """Make the functions that hear; they hold all they need, because they run often."""
    disable, events, known = _monitoring.DISABLE, _monitoring.events, heard.get

    def reached(code: CodeType, at: int, *_: Any) -> Any:
        one = known(id(code))
        if one is not None and at in one.reached:
            one.arcs.add(one.reached[at])
        return disable

    def branch(code: CodeType, at: int, to: int) -> Any:
        one = known(id(code))
        outcomes = one.branches.get(at) if one is not None else None
        if one is None or outcomes is None:
            return disable
        way = 1 if to < outcomes[0] else 2
        if outcomes[way] is not None:
            one.arcs.add(outcomes[way])
            outcomes[way] = None
        return disable if outcomes[3 - way] is None else None

    def one_branch(code: CodeType, at: int, to: int) -> Any:
        branch(code, at, to)
        return disable

    def unwound(code: CodeType, at: int, _: BaseException) -> None:
        one = known(id(code))
        if one is not None:
            one.left(at)

    either = {getattr(events, name): one_branch for name in _EITHER_WAY if hasattr(events, name)}
    return {
        events.PY_START: started,
        events.PY_UNWIND: unwound,
        events.LINE: _line_handler(heard, ran, of),
        events.JUMP: reached,
        events.PY_RETURN: reached,
        events.INSTRUCTION: reached,
        **(either or {events.BRANCH: branch}),
    }


def _line_handler(
    heard: dict[int, _Heard],
    ran: dict[int, tuple[set[int], dict[int, Any]]],
    of: Callable[[CodeType], _Heard | None],
) -> Callable[..., Any]:
    disable, known, ran_in = _monitoring.DISABLE, heard.get, ran.get

    def line(code: CodeType, number: int) -> Any:
        entry = ran_in(id(code))
        if entry is None:
            one = of(code)
            if one is None:
                return disable
            entry = ran.setdefault(id(code), (set(), one.pending))
        entry[0].add(number)
        if number in entry[1]:
            one = known(id(code))
            if one is not None:
                one.entered(number, _frame(1).f_lasti)
        return disable

    return line
