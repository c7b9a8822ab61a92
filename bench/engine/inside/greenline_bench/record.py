"""A pytest plugin: what the calls that tests make into one file return, raise, print, write and leave behind.

A call counts when nothing of the file is above it on the stack: that is what a test can see.
"""

from __future__ import annotations

import copy
import dis
import inspect
import sys
from dataclasses import dataclass, field
from typing import Any

import pytest

from greenline_bench.describe import PLAIN, described, scrubbed

Key = tuple[str, int]
"""A function by its code: name and first line."""

MOST_CALLS = 40
_GOES_ON = frozenset({"RETURN_VALUE", "RETURN_CONST", "YIELD_VALUE", "YIELD_FROM", "RETURN_GENERATOR"})


def key_of(code: Any) -> Key:
    """Return what tells one function of the file from another."""
    return code.co_name, code.co_firstlineno


@dataclass
class Call:
    """One call that a test made, to be made again: its arguments are as they were before it."""

    key: Key
    arguments: tuple[list[Any], dict[str, Any]] | None
    """None where they cannot be copied."""
    reached: set[Key] = field(default_factory=set)
    """The file's functions that ran in it."""


class Recorder:
    """Hears every call into the file while tests run."""

    def __init__(self, file: str, *, keeps_calls: bool = False) -> None:
        self.events: dict[str, list[str]] = {}
        """Test -> what could be seen of its calls, in order."""
        self.calls: dict[Key, list[Call]] = {}
        self._file = file
        self._keeps = keeps_calls
        self._seen: list[str] = []
        self._open: dict[int, Call] = {}
        self._given: dict[int, tuple[list[Any], dict[str, Any]]] = {}
        self._first_yield: dict[Any, int] = {}

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_call(self, item: Any) -> Any:
        """Trace the test's call, not its fixtures."""
        self._seen = self.events.setdefault(item.nodeid, [])
        self._open.clear()
        self._given.clear()
        sys.settrace(self._trace)
        yield
        sys.settrace(None)
        folder = getattr(item, "funcargs", {}).get("tmp_path")
        if folder is not None:
            for path in sorted(p for p in folder.rglob("*") if p.is_file()):
                self._seen.append(f"file {path.relative_to(folder)}: {scrubbed(repr(path.read_bytes()))}")

    def pytest_runtest_logreport(self, report: Any) -> None:
        """What was printed and logged can be seen, too."""
        if report.when == "call":
            texts = (report.capstdout, report.capstderr, report.caplog)
            self.events.setdefault(report.nodeid, []).extend(scrubbed(f"printed {text!r}") for text in texts if text)

    def _trace(self, frame: Any, _: str, __: Any) -> Any:
        code = frame.f_code
        if code.co_filename != self._file or not code.co_flags & inspect.CO_OPTIMIZED:
            return None
        above = self._outermost_above(frame)
        if above is not None:
            call = self._open.get(id(above))
            if call is not None:
                call.reached.add(key_of(code))
            return None
        if self._starts(frame):
            self._begin(frame)
        frame.f_trace_lines = False
        return self._within

    def _outermost_above(self, frame: Any) -> Any:
        found, above = None, frame.f_back
        while above is not None:
            if above.f_code.co_filename == self._file and above.f_code.co_flags & inspect.CO_OPTIMIZED:
                found = above
            above = above.f_back
        return found

    def _starts(self, frame: Any) -> bool:
        """Tell a call from a generator or coroutine that goes on."""
        code = frame.f_code
        if not code.co_flags & (inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR):
            return True
        if code not in self._first_yield:
            stops = [i.offset for i in dis.get_instructions(code) if i.opname in ("YIELD_VALUE", "YIELD_FROM", "SEND")]
            self._first_yield[code] = min(stops, default=len(code.co_code))
        return bool(frame.f_lasti < self._first_yield[code])

    def _begin(self, frame: Any) -> None:
        call = Call(key_of(frame.f_code), None, {key_of(frame.f_code)})
        self._open[id(frame)] = call
        self._given[id(frame)] = given = _arguments(frame)
        if self._keeps and len(self.calls.setdefault(call.key, [])) < MOST_CALLS:
            try:
                call.arguments = copy.deepcopy(given)
            except Exception:
                return
            self.calls[call.key].append(call)

    def _within(self, frame: Any, event: str, arg: Any) -> Any:
        if event == "exception":
            frame.f_locals  # noqa: B018 - some versions fill it in only when asked
            self._raised = arg[1]
        elif event == "return":
            name = dis.opname[frame.f_code.co_code[frame.f_lasti]] if frame.f_lasti >= 0 else ""
            ended = described(arg) if name in _GOES_ON or arg is not None else f"raises {described(self._raised)}"
            # The caller's own objects: a parameter that was bound anew, or a default, shows nowhere.
            positional, named = self._given.get(id(frame), ([], {}))
            left = [value for value in (*positional, *named.values()) if type(value) not in PLAIN]
            self._seen.append(f"{frame.f_code.co_name}: {ended}; left {described(left)}")
        return self._within

    _raised: Any = None


def _arguments(frame: Any) -> tuple[list[Any], dict[str, Any]]:
    """Return the positional and named arguments of a call that begins."""
    code, values = frame.f_code, frame.f_locals
    after = code.co_argcount + code.co_kwonlyargcount
    positional = [values[name] for name in code.co_varnames[: code.co_argcount]]
    keywords = {name: values[name] for name in code.co_varnames[code.co_argcount : after]}
    if code.co_flags & inspect.CO_VARARGS:
        positional += values[code.co_varnames[after]]
        after += 1
    if code.co_flags & inspect.CO_VARKEYWORDS:
        keywords.update(values[code.co_varnames[after]])
    return positional, keywords
