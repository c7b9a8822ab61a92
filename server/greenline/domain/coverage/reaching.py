"""Which tests reach a line, and how far what was recorded of that can be trusted.

Whoever is in a function came in through its first statement. Where tests ran lines of a function and not its beginning,
each line was written down only for the first test that ran it: so records coverage.py with ``sys.monitoring``, when
contexts are switched. Of what networkx's tests ran that leaves 1 %. Its data has such functions by the dozen; that of
another core has one in hundreds, where a thread or a loop outlives the test that began it.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.domain.coverage.contexts import between, bits_of, lines_of, union

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from greenline.domain.code.model import Function, Module
    from greenline.domain.coverage.model import Statements

_FEW = 10
"""Where one function in so many lacks its beginning, contexts were not recorded as they should be."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """How many functions tell whether tests were written down for all that they ran, and how many deny it."""

    functions: int = 0
    against: int = 0

    def __add__(self, other: Evidence) -> Evidence:
        """Return both together."""
        return Evidence(self.functions + other.functions, self.against + other.against)

    @property
    def denied(self) -> bool:
        """Each line was written down for few of its tests."""
        return self.against * _FEW > self.functions


def evidence(tests: Mapping[str, int], outside: int, module: Module, statements: Statements) -> Evidence:
    """Look at the functions that two tests or more ran; all arguments are of the text that was measured.

    ``tests`` has the lines of each, ``outside`` those that ran in none: bit sets.
    """
    ran = union(tests.values()) | outside
    functions = against = 0
    for body in _bodies(module):
        entry = _first_that_ran(body & ran, statements)
        inside = [bits for bits in tests.values() if bits & body] if entry else []
        if len(inside) > 1:
            functions += 1
            against += any(not bits & entry for bits in inside)
    return Evidence(functions, against)


@dataclass(frozen=True, slots=True)
class Recording:
    """What one report or one run told of the tests that reach a text, which may have been edited since."""

    tests: Mapping[str, int]
    """Lines of each test, in the text that was measured."""
    outside: int
    came_from: Mapping[int, int]
    """Line of the text in question -> line of the text that was measured; touched lines are not in it."""
    complete: bool = True
    """All tests that ran a line are written down for it."""
    at: float | None = None
    """When it was measured (seconds since the epoch)."""
    report: str = ""
    """The report's name; empty for runs of Greenline's own."""


@dataclass(frozen=True, slots=True)
class Reached:
    """Which tests reach some lines."""

    tests: tuple[str, ...] = ()
    complete: bool = True
    """False: there may be more."""
    outside: bool = False
    """They also ran, or only, in what is no test: while modules were imported, or in a run that named none."""


def reached(recordings: Sequence[Recording], lines: Collection[int]) -> Reached:
    """Return the tests that ran one of the lines; those that run little else come first, as they are most about it."""
    tests: dict[str, int] = {}
    complete, outside = bool(recordings), False
    for recording in recordings:
        wanted = bits_of(recording.came_from[line] for line in lines if line in recording.came_from)
        if not wanted:
            continue
        for test, bits in recording.tests.items():
            if bits & wanted:
                tests[test] = max(bits.bit_count(), tests.get(test, 0))
        outside = outside or bool(recording.outside & wanted)
        complete = complete and recording.complete
    return Reached(tuple(sorted(tests, key=lambda test: (tests[test], test))), complete, outside)


def body_lines(function: Function) -> range:
    """Return the lines that run when a function is called; of one on a single line, that line."""
    return range(max(function.body_line, min(function.line + 1, function.end_line)), function.end_line + 1)


def named_share(tests: Mapping[str, int], outside: int, module: Module) -> tuple[int, int]:
    """Return for how many lines in functions a test is known, and how many ran; all of the text that was measured."""
    inside = union(_bodies(module))
    named = union(tests.values()) & inside
    return named.bit_count(), (named | (outside & inside)).bit_count()


def _bodies(module: Module) -> Iterator[int]:
    """Yield the lines of each plain function without those of functions and classes inside it.

    A generator goes on in the test that asks for more, which need not be the one that began it.
    """
    inner = [(f.line, between(_after(f.body_line, f.line), f.end_line)) for f in module.functions]
    inner += [(c.line, between(c.line, c.end_line)) for c in module.classes]
    inner.sort()
    for function in module.functions:
        first = _after(function.body_line, function.line)
        if function.is_async or function.is_generator or first > function.end_line:
            continue
        here = slice(bisect_left(inner, (first, 0)), bisect_left(inner, (function.end_line + 1, 0)))
        inside = union(bits for _, bits in inner[here])
        yield between(first, function.end_line) & ~inside


def _after(line: int, header: int) -> int:
    return max(line, header + 1)


def _first_that_ran(bits: int, statements: Statements) -> int:
    """Return the lines of the first statement of which a line ran; where one raised, others of it may not have."""
    if not bits:
        return 0
    lowest = (bits & -bits).bit_length() - 1
    first = statements.first_line.get(lowest, lowest)
    return bits_of([first, lowest, *(line for line in lines_of(bits) if statements.first_line.get(line) == first)])
