"""An expression with values in the place of names: a call in a table, as one row makes it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from greenline.domain.code.parse import parse
from greenline.domain.code.syntax_tree import expression_of
from greenline.domain.generation.wrap_source import double_quoted

if TYPE_CHECKING:
    from collections.abc import Mapping


def expression_in(source: str) -> ast.expr | None:
    """Return the one expression that a source is, None when it is something else. The tree is shared."""
    tree, _ = parse(source.strip())
    statement = tree.body[0] if tree and len(tree.body) == 1 else None
    return statement.value if isinstance(statement, ast.Expr) else None


def filled(source: str, values: Mapping[str, str]) -> str:
    """Return the source with the sources of values for names, on one line; as it is where nothing is to be filled."""
    node = expression_in(source)
    names = {name: e for name, value in values.items() if (e := expression_in(value)) is not None}
    if node is None or not any(isinstance(n, ast.Name) and n.id in names for n in ast.walk(node)):
        return source
    copied = expression_of(ast.unparse(node))
    return double_quoted(ast.unparse(_Filled(names).visit(copied)))


class _Filled(ast.NodeTransformer):
    def __init__(self, values: Mapping[str, ast.expr]) -> None:
        self._values = values

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Put the value in the place of its name."""
        return self._values.get(node.id, node)
