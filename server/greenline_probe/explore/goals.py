"""What a search is after, and what it brings back."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any

from greenline_probe.explore.observation import Observation
from greenline_probe.explore.template import Choice


@dataclass
class Goals:
    """What is missing, in first lines of statements: lines and branches of the target."""

    lines: frozenset[int]
    arcs: frozenset[tuple[int, int]]
    first_line: dict[int, int]
    _met: dict[frozenset[tuple[int, int]], frozenset[Any]] = field(default_factory=dict)
    _reached: dict[frozenset[tuple[int, int]], frozenset[int]] = field(default_factory=dict)

    def met_by(self, edges: frozenset[tuple[int, int]]) -> frozenset[Any]:
        """Return the goals (line numbers and arcs) that these raw arcs meet."""
        known = self._met.get(edges)
        if known is not None:
            return known
        first = self.first_line
        arcs = {(first.get(a, a) if a > 0 else a, first.get(b, b) if b > 0 else b) for a, b in edges}
        met = self._met[edges] = frozenset((self.lines & self.reached_by(edges)) | (self.arcs & arcs))
        return met

    def reached_by(self, edges: frozenset[tuple[int, int]]) -> frozenset[int]:
        """Return the first lines of all statements that ran."""
        known = self._reached.get(edges)
        if known is None:
            lines = (line for arc in edges for line in arc if line > 0)
            known = self._reached[edges] = frozenset(map(self.statement, lines))
        return known

    def statement(self, line: int) -> int:
        """Return the first line of the statement that the line belongs to."""
        return self.first_line.get(line, line)

    @property
    def all(self) -> frozenset[Any]:
        """Lines and branches together."""
        return frozenset(self.lines | self.arcs)

    def are_a_rest(self, function: ast.AST) -> bool:
        """Tell whether tests reach the function already: what it does first is not among what is missing."""
        body = [n for n in getattr(function, "body", []) if not _says_nothing(n)]
        return bool(body) and self.statement(body[0].lineno) not in self.lines


def _says_nothing(node: ast.stmt) -> bool:
    """Tell a docstring, ``...``, ``global`` and the like, which leave no trace."""
    constant = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return constant or isinstance(node, (ast.Global, ast.Nonlocal))


@dataclass
class Found:
    """What the search keeps: observations of each behaviour, with the goals that they meet."""

    observations: dict[Any, Observation] = field(default_factory=dict)
    telling: dict[Any, None] = field(default_factory=dict)
    """Keys of observations whose questions were answered in a new way, in order."""
    met: set[Any] = field(default_factory=set)
    calls: int = 0
    refusals: dict[str, int] = field(default_factory=dict)
    refused: dict[str, Choice] = field(default_factory=dict)
    """What was refused -> the simplest call of it."""
    slow: Choice | None = None
    """The simplest call that took too long."""
    kinds: dict[str, int] = field(default_factory=dict)
    accidents: dict[tuple[str, int], Observation] = field(default_factory=dict)
    """Exceptions that nobody announced: (class and line) -> the simplest call that shows one."""
    obstacles: dict[str, int] = field(default_factory=dict)
    """What is missing here -> how many calls failed for want of it."""
    obstructed: dict[str, Observation] = field(default_factory=dict)
    """What is missing here -> the simplest of these calls."""

    def count(self, observation: Observation) -> None:
        """Count a call, and remember it where it was refused something or took too long."""
        choice, refusal = observation.choice, observation.refusal
        self.calls += 1
        self.kinds[observation.kind] = self.kinds.get(observation.kind, 0) + 1
        if refusal:
            self.refusals[refusal] = self.refusals.get(refusal, 0) + 1
            if refusal not in self.refused or choice.cost < self.refused[refusal].cost:
                self.refused[refusal] = choice
        if observation.kind == "timeout" and (self.slow is None or choice.cost < self.slow.cost):
            self.slow = choice

    def obstruct(self, observation: Observation) -> None:
        """Remember a call that failed for want of something."""
        missing = observation.obstacle
        self.obstacles[missing] = self.obstacles.get(missing, 0) + 1
        simplest = self.obstructed.setdefault(missing, observation)
        if observation.choice.cost < simplest.choice.cost:
            self.obstructed[missing] = observation
