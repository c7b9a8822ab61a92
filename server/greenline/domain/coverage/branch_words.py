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

_Kind = Literal["condition", "loop", "while", "case", "guarded"]
_REASONS: dict[_Kind, tuple[str, str]] = {
    "condition": ("the condition is never true", "the condition is always true"),
    "while": ("the loop never starts", "the loop never ends by its condition"),
    "loop": ("the loop never starts", "the loop never runs to its end"),
    "case": ("the pattern never matches", "the pattern always matches"),
    "guarded": ("the pattern never matches, or its guard is never true", "pattern and guard always hold"),
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
        sentence = self._jump(*arc, never="never ")
        reason = self._reason(*arc)
        return f"{sentence}: {reason}" if reason else sentence

    def describe_taken(self, arc: Arc) -> str:
        """Return a sentence such as "Line 40 jumps to 44"."""
        return self._jump(*arc)

    def _jump(self, line: int, end: int, never: str = "") -> str:
        if end > line:
            return f"Line {line} {never}jumps to {end}"
        if end > 0:
            return f"Line {line} {never}jumps back to {end}"
        scopes: list[Function | Class] = [*self._module.functions, *self._module.classes]
        for left in scopes:
            if left.first_line <= -end <= left.line < line <= left.end_line:
                return f"Line {line} {never}leaves `{left.qualname}`"
        return f"Line {line} {never}reaches the end of the module"

    def _reason(self, line: int, end: int) -> str:
        found = self._branching.get(line)
        if found is None:
            return ""
        entered, left = _REASONS[found.kind]
        if found.body != line:
            return entered if end == found.body else left
        if found.otherwise is None:  # a body on the same line leaves no arc of its own
            return ""
        return left if end == found.otherwise else entered

    def _read(self, tree: ast.Module) -> list[tuple[int, _Branching]]:
        return [
            (self._first(start), _Branching(kind, self._first(body), otherwise and self._first(otherwise)))
            for node in all_statements(tree)
            for kind, start, body, otherwise in _branchings(node)
        ]

    def _first(self, line: int) -> int:
        return self._first_line.get(line, line)


def moved_words(words: str, arc: Arc, now: Arc) -> str:
    """Return what was said of a branch, with the lines where it stands now."""
    said = words.replace(f"Line {arc[0]} ", f"Line {now[0]} ", 1)
    for jump in (" to ", " back to ") if arc[1] > 0 else ():
        said = said.replace(f"jumps{jump}{arc[1]}", f"jumps{jump}{now[1]}", 1)
    return said


@dataclass(frozen=True, slots=True)
class _Branching:
    kind: _Kind
    body: int
    otherwise: int | None
    """Where it goes on when the body is passed over, if that is certain: the first line of ``else``, the next case."""


def _branchings(node: ast.AST) -> list[tuple[_Kind, int, int, int | None]]:
    if isinstance(node, ast.If):
        otherwise = _first_line(node.orelse[0]) if node.orelse else None
        return [("condition", node.test.lineno, _first_line(node.body[0]), otherwise)]
    if isinstance(node, ast.While):
        return [("while", node.test.lineno, _first_line(node.body[0]), None)]
    if isinstance(node, (ast.For, ast.AsyncFor)):
        return [("loop", node.iter.lineno, _first_line(node.body[0]), None)]
    if isinstance(node, ast.Match):
        following = [case.pattern.lineno for case in node.cases[1:]]
        return [
            ("guarded" if case.guard else "case", case.pattern.lineno, _first_line(case.body[0]), following_line)
            for case, following_line in zip(node.cases, [*following, None], strict=True)
        ]
    return []


def _first_line(statement: ast.stmt) -> int:
    decorators = getattr(statement, "decorator_list", None)
    return decorators[0].lineno if decorators else statement.lineno
