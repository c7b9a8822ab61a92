"""The arcs that a function can show, for a trace function that need not look again once all were seen. Before 3.12."""

from __future__ import annotations

import dis
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import CodeType

_SUSPENDS = 0x20 | 0x80 | 0x200  # generators and coroutines are resumed in the middle
_ENDS = frozenset({"RETURN_VALUE", "RAISE_VARARGS", "RERAISE", "JUMP_FORWARD", "JUMP_ABSOLUTE", "JUMP_BACKWARD"})
_JUMPS = frozenset(dis.hasjrel) | frozenset(dis.hasjabs)


def possible_arcs(code: CodeType) -> frozenset[tuple[int, int]] | None:
    """Return at least the arcs that this code can show without an exception; None where that is hard to tell.

    What catches exceptions is hard: each line may lead to the handler. So are instructions without a line.
    """
    if _is_hard(code):
        return None
    steps = [step for step in dis.get_instructions(code) if step.opname != "CACHE"]
    lines = _lines(code, steps)
    arcs: set[tuple[int, int]] = set()
    for step, after in zip(steps, [*steps[1:], None]):
        line = lines.get(step.offset)
        if step.opname.startswith("SETUP_"):
            return None
        if line is None:  # before the first line
            continue
        if step.opname == "RETURN_VALUE":
            arcs.add((line, -code.co_firstlineno))
        ways = [step.argval] if step.opcode in _JUMPS else []
        if after and step.opname not in _ENDS:
            ways.append(after.offset)
        arcs |= {(line, lines.get(way, 0)) for way in ways}  # line 0 never runs
    return frozenset(arc for arc in arcs if arc[0] != arc[1]) or None


def _is_hard(code: CodeType) -> bool:
    if sys.version_info >= (3, 12):  # other instructions; a trace function is the last resort there
        return True
    if bool(code.co_flags & _SUSPENDS) or bool(getattr(code, "co_exceptiontable", b"")):
        return True
    # A trace function stays on the line that it came from, whichever that was, where an instruction has none.
    return hasattr(code, "co_lines") and any(line is None and start for start, _, line in code.co_lines())


def _lines(code: CodeType, steps: list[dis.Instruction]) -> dict[int, int]:
    """Map offsets to lines, but for what stands before the first line is entered."""
    starts, line = dict(dis.findlinestarts(code)), None
    resumes = [step.offset for step in steps if step.opname == "RESUME"]
    lines: dict[int, int] = {}
    for step in steps:
        line = starts.get(step.offset, line)
        if line is not None and not (resumes and step.offset <= resumes[0]):
            lines[step.offset] = line
    return lines
