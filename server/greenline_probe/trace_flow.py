"""Where the arcs of a code object show, when each place in it is heard of only once.

From 3.12 on, an event of ``sys.monitoring`` can be switched off where it happened. What is then left to hear is that a
line was entered from another one, that a jump or return was reached, or which way a condition went. An arc shows at
the cheapest of these that it alone explains.

Offsets count bytes of ``co_code``, as the events do. Sources: the ``dis``, ``sys.monitoring`` and
``Objects/exception_handling_notes.txt`` documentation of CPython.
"""

from __future__ import annotations

import opcode
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType

_NAMES = opcode.opname
_JUMPS = frozenset(opcode.hasjrel) - {opcode.opmap["END_ASYNC_FOR"]}  # names its loop, and goes straight on
_BACKWARD = frozenset(op for op in _JUMPS if "BACKWARD" in _NAMES[op])
_UNCONDITIONAL = frozenset(op for op in _JUMPS if _NAMES[op].startswith("JUMP_") and "_IF_" not in _NAMES[op])
_HEARD_JUMPS = frozenset(op for op in _UNCONDITIONAL if "NO_INTERRUPT" not in _NAMES[op])
_CONDITIONAL = frozenset(op for op in _JUMPS if "_IF_" in _NAMES[op] or _NAMES[op] == "FOR_ITER")
_SEND = opcode.opmap["SEND"]


def _ops(*names: str) -> frozenset[int]:
    return frozenset(opcode.opmap[name] for name in names if name in opcode.opmap)


_RETURNS = _ops("RETURN_VALUE", "RETURN_CONST")
_RAISES = _ops("RAISE_VARARGS", "RERAISE")
_RESUME = opcode.opmap["RESUME"]
_EXTENDED_ARG = opcode.EXTENDED_ARG
_ENTERS_WITH = _ops("BEFORE_WITH", "BEFORE_ASYNC_WITH", "LOAD_SPECIAL")


class Flow:
    """What each event tells of one code object's arcs.

    ``at_line``: line -> offset of its first instruction -> arc. ``at_jump``, ``at_return``, ``at_instruction``:
    offset -> arc. ``at_branch``: offset of a condition -> offset that it jumps to, arc if it does not, arc if it does.
    """

    def __init__(self, code: CodeType) -> None:
        self.at_line: dict[int, dict[int, tuple[int, int] | None]] = {}
        self.at_jump: dict[int, tuple[int, int]] = {}
        self.at_return: dict[int, tuple[int, int]] = {}
        self.at_instruction: dict[int, tuple[int, int]] = {}
        self.at_branch: dict[int, tuple[int, tuple[int, int] | None, tuple[int, int] | None]] = {}
        _Reading(code, self)


class _Reading:
    """One pass over one code object."""

    def __init__(self, code: CodeType, flow: Flow) -> None:
        self.flow = flow
        self.exit = -code.co_firstlineno
        self.bytes = code.co_code
        self.lines = _lines(code)
        self.next: dict[int, tuple[int, ...]] = {}
        self.before: dict[int, list[int]] = {}
        self.conditions: dict[int, int] = {}
        self.with_lines: set[int] = set()
        self.handlers = set(_handlers(code))
        self._read()
        self.entries = self._entries()
        self.ways_out = self._ways_out()
        self.explained: set[tuple[int, int]] = set()
        for at, target in self.conditions.items():
            self._condition(at, target)
        self._rest({const.co_firstlineno for const in _classes_and_functions(code)})

    def _read(self) -> None:
        """Find where each instruction leads. What comes before the first line counts as the entry."""
        code, lines = self.bytes, self.lines
        at, extended, end, entering = 0, 0, len(code), True
        while at < end:
            op, arg = code[at], code[at + 1] | extended
            after = at + 2
            while after < end and not code[after]:  # CACHE
                after += 2
            if entering:
                lines[at] = self.exit
                entering = op != _RESUME
            extended = arg << 8 if op == _EXTENDED_ARG else 0
            ways: tuple[int, ...] = (after,)
            if op in _JUMPS:
                target = after - 2 * arg if op in _BACKWARD else after + 2 * arg
                if op in _CONDITIONAL:
                    self.conditions[at] = target
                    ways = (after, target)
                else:  # a SEND waits where it is until it jumps
                    ways = (target,)
            elif op in _RETURNS or op in _RAISES:
                ways = ()
            elif op in _ENTERS_WITH:
                self.with_lines.add(lines.get(at) or 0)
            self.next[at] = ways
            for way in ways:
                self.before.setdefault(way, []).append(at)
            at = after

    def _origins(self, at: int) -> set[int]:
        """Return the lines that can be the last one heard of before this instruction runs; 0 stands for unknown."""
        found, seen, waiting = set(), {at}, list(self.before.get(at, ()))
        if at in self.handlers:
            found.add(0)
        while waiting:
            one = waiting.pop()
            line = self.lines.get(one)
            if line:
                found.add(line)
            elif one not in seen:
                seen.add(one)
                if one in self.handlers:
                    found.add(0)
                waiting += self.before.get(one, ())
        return found

    def line_of(self, at: int) -> int:
        """Return the line that is current at an instruction, 0 where several can be."""
        line = self.lines.get(at)
        if line:
            return line
        origins = self._origins(at)
        return origins.pop() if len(origins) == 1 else 0

    def _entries(self) -> dict[int, tuple[int, int] | None]:
        """Map the instructions where a line can be entered from another to the arc, None where there are several."""
        entries: dict[int, tuple[int, int] | None] = {}
        for at, ways in self.next.items():
            for way in ways:
                line = self.lines.get(way)
                if line and line > 0 and self.lines.get(at) != line and way not in entries:
                    origins = self._origins(way) - {line}
                    entries[way] = (origins.pop(), line) if len(origins) == 1 and 0 not in origins else None
        for at in self.handlers:
            line = self.lines.get(at)
            if line:
                entries[at] = None
        for at, entered in entries.items():
            self.flow.at_line.setdefault(self.lines[at] or 0, {})[at] = entered
        return entries

    def _ways_out(self) -> dict[int, set[int]]:
        """Map each line to all that can follow it."""
        ways_out: dict[int, set[int]] = {}
        for at in self.entries:
            line = self.lines[at]
            for origin in self._origins(at):
                if line and origin != line:
                    ways_out.setdefault(origin, set()).add(line)
        for at in self.next:
            if self.bytes[at] in _RETURNS:
                line = self.line_of(at)
                if line:
                    self.flow.at_return[at] = (line, self.exit)
                    ways_out.setdefault(line, set()).add(self.exit)
        return ways_out

    def _condition(self, at: int, target: int) -> None:
        line = self.line_of(at)
        if len(self.ways_out.get(line, ())) < 2:  # noqa: PLR2004 - such a condition decides nothing between lines
            return
        after = self.next[at][0]
        no, yes = self._outcome(line, after), self._outcome(line, target)
        if no or yes:
            self.flow.at_branch[at] = (target, no, yes)

    def _outcome(self, line: int, at: int) -> tuple[int, int] | None:
        """Follow one outcome to the next line. Return its arc if only the condition itself can tell of it."""
        jump, alone, seen = -1, True, set()
        previous = -1
        while at in self.next and at not in seen:
            seen.add(at)
            here = self.lines.get(at)
            if here and here != line:
                if alone and previous >= 0:
                    self.explained.add((previous, at))
                if self.entries.get(at):
                    return None
                return self._at_jump(jump, (line, here))
            alone = alone and len(self.before[at]) == 1 and at not in self.handlers
            op = self.bytes[at]
            if op in _RETURNS:
                if self.flow.at_return.get(at) == (line, self.exit):
                    return None
                return self._at_jump(jump, (line, self.exit))
            if op in _CONDITIONAL or op in _RAISES:
                return None
            if alone and op in _HEARD_JUMPS:
                jump = at
            previous, at = at, self.next[at][0]
        return None

    def _at_jump(self, jump: int, arc: tuple[int, int]) -> tuple[int, int] | None:
        if jump < 0:
            return arc
        self.flow.at_jump[jump] = arc
        return None

    def _rest(self, defining: set[int]) -> None:
        """Note what no condition decides: the end of a ``finally`` or of an ``async for``, a class on one line."""
        for at, arc in self.entries.items():
            if arc:
                continue
            line = self.lines[at] or 0
            for origin in self.before.get(at, ()):
                last = self.line_of(origin)
                if not last or last == line or origin in self.conditions or (origin, at) in self.explained:
                    continue
                if last in defining or (len(self.ways_out.get(last, ())) > 1 and last not in self.with_lines):
                    heard = self.flow.at_jump if self.bytes[origin] in _HEARD_JUMPS else self.flow.at_instruction
                    heard[origin] = (last, line)


def lines_of(code: CodeType) -> dict[int, int]:
    """Map the offset of each instruction that belongs to a line to it."""
    return {at: line for at, line in _lines(code).items() if line}


def _lines(code: CodeType) -> dict[int, int | None]:
    lines: dict[int, int | None] = {}
    for start, end, line in code.co_lines():
        for at in range(start, end, 2):
            lines[at] = line
    return lines


def _handlers(code: CodeType) -> Iterator[int]:
    """Yield where the exception table leads. Four numbers an entry: start, length, target, depth; six bits a byte."""
    entry: list[int] = []
    number = 0
    for byte in code.co_exceptiontable:  # type: ignore[attr-defined, unused-ignore]
        if byte & 128:
            entry, number = [], 0
        number = number << 6 | byte & 63
        if not byte & 64:
            entry.append(number)
            number = 0
            if len(entry) == 3:  # noqa: PLR2004
                yield 2 * entry[2]


def _classes_and_functions(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if hasattr(constant, "co_firstlineno") and not constant.co_name.startswith("<"):
            yield constant
