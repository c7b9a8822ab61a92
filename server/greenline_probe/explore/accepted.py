"""What a function takes by its own checks: ranges, lengths, formats and patterns, read from its source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

LONGEST_PATTERN = 80
_MIRRORED: dict[type, type] = {ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE, ast.Eq: ast.Eq}
_OPPOSITE: dict[type, type] = {ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt, ast.NotEq: ast.Eq}
_FARTHEST = 10**300
_UNTRANSLATED = re.VERBOSE | re.MULTILINE | re.LOCALE


@dataclass
class Range:
    """From ``least`` to ``most``, None where it is open; ``without_*`` says that the end itself is not in it."""

    least: Any | None = None
    most: Any | None = None
    without_least: bool = False
    without_most: bool = False

    @property
    def is_open(self) -> bool:
        """There is no end on either side."""
        return self.least is None and self.most is None

    @property
    def is_empty(self) -> bool:
        """No value is in it: the checks that it was read from are not all of one call."""
        if self.least is None or self.most is None:
            return False
        return bool(self.least > self.most or (self.least == self.most and (self.without_least or self.without_most)))


@dataclass
class Accepted:
    """What is known of the values that one parameter takes."""

    value: Range = field(default_factory=Range)
    length: Range = field(default_factory=Range)
    formats: list[str] = field(default_factory=list)
    """Of ``strptime``."""
    patterns: list[str] = field(default_factory=list)
    """Regular expressions that a whole text matches."""


def accepted(function: ast.AST, parameter: str, space: dict[str, Any]) -> Accepted:
    """Read what checks that raise, assertions, formats and patterns say; ``space`` is what names mean there."""
    found = Accepted()
    reader = _Reader(parameter, space, found)
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            reader.asks(node, node.func)
    for check in _checks(getattr(function, "body", [])):
        if isinstance(check, ast.Assert):
            reader.takes(check.test)
        else:
            reader.refuses(check.test)
    found.value, found.length = (Range() if each.is_empty else each for each in (found.value, found.length))
    return found


def _checks(body: list[ast.stmt]) -> Iterator[ast.If | ast.Assert]:
    """Yield the checks that each call comes to: none in a loop, or under a condition that takes one way or another."""
    for statement in body:
        if isinstance(statement, ast.Assert):
            yield statement
        elif isinstance(statement, ast.If) and isinstance(statement.body[-1], ast.Raise):
            yield statement
            yield from _checks(statement.orelse)
        elif isinstance(statement, (ast.With, ast.AsyncWith, ast.Try)):
            yield from _checks(statement.body)


class _Reader:
    def __init__(self, parameter: str, space: dict[str, Any], found: Accepted) -> None:
        self._parameter = parameter
        self._space = space
        self._found = found

    def refuses(self, test: ast.expr) -> None:
        """Learn from a condition under which the function raises."""
        if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
            for part in test.values:
                self.refuses(part)
        elif isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            self.takes(test.operand)
        elif isinstance(test, ast.Compare) and len(test.ops) == 1 and type(test.ops[0]) in _OPPOSITE:
            self._compared(test.left, _OPPOSITE[type(test.ops[0])], test.comparators[0])

    def takes(self, test: ast.expr) -> None:
        """Learn from a condition without which the function raises."""
        if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
            for part in test.values:
                self.takes(part)
        elif isinstance(test, ast.Compare):
            sides = [test.left, *test.comparators]
            for left, operator, right in zip(sides, test.ops, sides[1:]):
                self._compared(left, type(operator), right)
        elif self._is_parameter(test):
            self._bound(self._found.length, ast.GtE, 1)

    def asks(self, call: ast.Call, called: ast.Attribute) -> None:
        """Learn from ``strptime`` and from patterns that the parameter is matched with."""
        arguments = call.args
        if called.attr == "strptime" and len(arguments) == 2 and self._is_parameter(arguments[0]):
            self._add(self._found.formats, self._value(arguments[1]))
        if called.attr not in ("fullmatch", "match") or not arguments or not self._is_parameter(arguments[-1]):
            return
        owner = self._value(called.value)
        pattern = self._value(arguments[0]) if owner is re else owner
        self._add(self._found.patterns, _plain_pattern(pattern))

    def _add(self, to: list[str], text: Any) -> None:
        if isinstance(text, str) and text and text not in to:
            to.append(text)

    def _compared(self, left: ast.expr, operator: type, right: ast.expr) -> None:
        if operator not in _MIRRORED:
            return
        for one, sign, other in ((left, operator, right), (right, _MIRRORED[operator], left)):
            limit = self._value(other)
            if type(limit) not in (int, float) or not abs(limit) <= _FARTHEST:
                continue  # what is infinite is no limit
            if self._is_parameter(one):
                self._bound(self._found.value, sign, limit)
            elif _is_len(one) and self._is_parameter(one.args[0]):  # type: ignore[attr-defined]
                self._bound(self._found.length, sign, limit)

    def _bound(self, of: Range, operator: type, limit: Any) -> None:
        if operator in (ast.Gt, ast.GtE, ast.Eq) and (of.least is None or limit > of.least):
            of.least, of.without_least = limit, operator is ast.Gt
        if operator in (ast.Lt, ast.LtE, ast.Eq) and (of.most is None or limit < of.most):
            of.most, of.without_most = limit, operator is ast.Lt

    def _is_parameter(self, node: ast.expr) -> bool:
        """Tell whether the node is the parameter, or the field of that name."""
        if isinstance(node, ast.Attribute):
            return isinstance(node.value, ast.Name) and node.value.id == "self" and node.attr == self._parameter
        return isinstance(node, ast.Name) and node.id == self._parameter

    def _value(self, node: ast.expr) -> Any:
        """Return what a literal or a name of the module stands for, None for anything else."""
        if isinstance(node, ast.Name):
            return self._space.get(node.id)
        try:
            return ast.literal_eval(node)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return None


def _is_len(node: ast.expr) -> bool:
    named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len"
    return named and len(node.args) == 1  # type: ignore[attr-defined]


def _plain_pattern(pattern: Any) -> str | None:
    """Return a pattern as the text to match as a whole, None for one that says less without its flags."""
    if isinstance(pattern, re.Pattern):
        if not isinstance(pattern.pattern, str) or pattern.flags & _UNTRANSLATED:
            return None
        text = ("(?a)" if pattern.flags & re.ASCII else "") + pattern.pattern
    elif isinstance(pattern, str):
        text = pattern
    else:
        return None
    text = text.replace("^", "", 1) if text.startswith(("^", "(?a)^")) else text
    text = re.sub(r"(?<!\\)(?:\$|\\[Zz])$", "", text)  # before it, a line's end would be as good
    try:
        re.compile(text)
    except re.error:
        return None
    return text if 0 < len(text) <= LONGEST_PATTERN else None
