"""Say in words which branch was never taken, and why."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from greenline.domain.code.parse import all_statements, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from greenline.domain.code.model import Class, Function, Module
    from greenline.domain.coverage.model import Arc

_Kind = Literal["condition", "loop", "while", "case"]
_REASONS: dict[_Kind, tuple[str, str]] = {
    "condition": ("the condition is never true", "the condition is always true"),
    "while": ("the loop never starts", "the loop never ends by its condition"),
    "loop": ("the loop never starts", "the loop never runs to its end"),
    "case": ("the pattern never matches", "the pattern always matches"),
}


class BranchWords:
    """Knows the branching statements of one text. ``first_line`` maps lines to the first of their statement."""

    def __init__(self, text: str, module: Module, first_line: Mapping[int, int]) -> None:
        self._module = module
        self._first_line = first_line
        tree, _ = parse(text)
        self._branching = dict(self._read(tree)) if tree else {}

    def describe(self, arc: Arc) -> str:
        """Return a sentence such as "Line 40 never jumps to 44: the condition is always true"."""
        sentence = self._jump(*arc)
        reason = self._reason(*arc)
        return f"{sentence}: {reason}" if reason else sentence

    def _jump(self, line: int, end: int) -> str:
        if end > line:
            return f"Line {line} never jumps to {end}"
        if end > 0:
            return f"Line {line} never jumps back to {end}"
        scopes: list[Function | Class] = [*self._module.functions, *self._module.classes]
        for left in scopes:
            if left.first_line <= -end <= left.line < line <= left.end_line:
                return f"Line {line} never leaves `{left.qualname}`"
        return f"Line {line} never reaches the end of the module"

    def _reason(self, line: int, end: int) -> str:
        found = self._branching.get(line)
        if found is None or found.body == line:  # a body on the same line leaves no arc of its own
            return ""
        entered, left = _REASONS[found.kind]
        return entered if end == found.body else left

    def _read(self, tree: ast.Module) -> list[tuple[int, _Branching]]:
        return [
            (self._first(start), _Branching(kind, self._first(_body_line(body))))
            for node in all_statements(tree)
            for kind, start, body in _branchings(node)
        ]

    def _first(self, line: int) -> int:
        return self._first_line.get(line, line)


@dataclass(frozen=True, slots=True)
class _Branching:
    kind: _Kind
    body: int


def _branchings(node: ast.AST) -> list[tuple[_Kind, int, list[ast.stmt]]]:
    if isinstance(node, ast.If):
        return [("condition", node.test.lineno, node.body)]
    if isinstance(node, ast.While):
        return [("while", node.test.lineno, node.body)]
    if isinstance(node, (ast.For, ast.AsyncFor)):
        return [("loop", node.iter.lineno, node.body)]
    if isinstance(node, ast.Match):
        return [("case", case.pattern.lineno, case.body) for case in node.cases]
    return []


def _body_line(body: list[ast.stmt]) -> int:
    first = body[0]
    decorators = getattr(first, "decorator_list", None)
    return decorators[0].lineno if decorators else first.lineno
