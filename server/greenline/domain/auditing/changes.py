"""Small changes of a function that a good test of it notices.

They are others than those that the explore engine chooses its assertions by: no test of its own is measured by what it
was made for.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from greenline.domain.auditing.modules import FUNCTIONS
from greenline.domain.code.dotted_names import last_name
from greenline.domain.generation.small_changes import SmallChange

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from greenline.domain.auditing.modules import FunctionNode

_OPPOSITE: dict[type[ast.cmpop], str] = {
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Lt: ">=",
    ast.GtE: "<",
    ast.Gt: "<=",
    ast.LtE: ">",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.In: "not in",
    ast.NotIn: "in",
}
_OTHER: dict[type[ast.operator], str] = {
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "+",
    ast.Div: "*",
    ast.FloorDiv: "*",
    ast.Mod: "*",
}
_TELLING = {"debug", "info", "warning", "warn", "error", "exception", "log", "print", "critical"}
"""What a function says to whoever reads logs is rarely tested, and need not be."""
_NUMBER = re.compile(r"\([-\d.e+]+\)")
_LONGEST = 40


def changes_of(node: FunctionNode) -> list[SmallChange]:
    """Return changes of a function's body, the plainest first: what it gives, then what it decides, then details."""
    rated = [found for statement in _without_docstring(node) for found in _in(statement)]
    return [change for _, change in sorted(rated, key=lambda one: (one[0], one[1].line, one[1].column))]


def says_something(changes: Sequence[SmallChange]) -> bool:
    """Tell whether nobody checks a function where nobody notices these: other numbers alone say too little of that."""
    return any(not _NUMBER.fullmatch(change.source) for change in changes)


def _without_docstring(node: FunctionNode) -> list[ast.stmt]:
    return node.body[1:] if ast.get_docstring(node) is not None else node.body


def _in(node: ast.AST) -> Iterator[tuple[int, SmallChange]]:
    """Yield changes with their rank."""
    if isinstance(node, (*FUNCTIONS, ast.ClassDef, ast.Assert)) or _only_tells(node):
        return
    for rank, at, source in _changes(node):
        yield rank, _change(at, source)
    if isinstance(node, (ast.Raise, ast.JoinedStr)):
        return  # the words of an error are nobody's promise
    for child in ast.iter_child_nodes(node):
        if not _is_annotation(node, child):
            yield from _in(child)


def _changes(node: ast.AST) -> Iterator[tuple[int, ast.expr | ast.stmt, str]]:
    """Yield rank, place and new source."""
    if isinstance(node, ast.Return) and node.value is not None:
        yield from _of_result(node.value)
    elif isinstance(node, ast.Raise):
        yield 1, node, "pass"
    elif isinstance(node, (ast.If, ast.While, ast.IfExp)) and not isinstance(node.test, (ast.Constant, ast.NamedExpr)):
        yield 2, node.test, f"(not ({ast.unparse(node.test)}))"
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        if ast.unparse(node.value.func) != "super().__init__":  # of errors it has the words, which are nobody's promise
            yield 1, node, "pass"
    elif isinstance(node, ast.AugAssign) and type(node.op) in _OTHER:
        yield 2, node, f"{ast.unparse(node.target)} {_OTHER[type(node.op)]}= {ast.unparse(node.value)}"
    elif isinstance(node, ast.expr):
        yield from _of_expression(node)


def _of_result(value: ast.expr) -> Iterator[tuple[int, ast.expr, str]]:
    if isinstance(value, ast.Constant) and isinstance(value.value, bool):
        yield 0, value, str(not value.value)
    elif isinstance(value, ast.Constant) and value.value is None:
        yield 0, value, "0"
    else:
        yield 0, value, "None"


def _of_expression(node: ast.expr) -> Iterator[tuple[int, ast.expr, str]]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        left, right = ast.unparse(node.left), ast.unparse(node.comparators[0])
        yield 3, node, f"({left} {_OPPOSITE[type(node.ops[0])]} {right})"
    elif isinstance(node, ast.BoolOp):
        word = " or " if isinstance(node.op, ast.And) else " and "
        yield 3, node, f"({word.join(f'({ast.unparse(each)})' for each in node.values)})"
    elif isinstance(node, ast.BinOp) and type(node.op) in _OTHER and not _is_text(node.left):
        yield 3, node, f"(({ast.unparse(node.left)}) {_OTHER[type(node.op)]} ({ast.unparse(node.right)}))"
    elif isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
        yield 4, node, f"({node.value + 1!r})"


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)))


def _only_tells(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and _method(node.value) in _TELLING


def _method(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else last_name(node.func)


def _is_annotation(node: ast.AST, child: ast.AST) -> bool:
    return isinstance(node, ast.AnnAssign) and child is node.annotation


def _change(at: ast.expr | ast.stmt, source: str) -> SmallChange:
    assert at.end_lineno is not None
    assert at.end_col_offset is not None
    before = _short(ast.unparse(at))
    words = f"line {at.lineno}: `{_short(source.strip())}` instead of `{before}`"
    return SmallChange(words, at.lineno, at.col_offset, at.end_lineno, at.end_col_offset, source)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
