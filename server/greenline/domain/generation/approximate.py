"""Which expected values ``pytest.approx`` is for: floats, alone or in a list, tuple or dict with nothing nested."""

from __future__ import annotations

import ast

from greenline.domain.generation.filled_names import expression_in
from greenline.domain.generation.statements import APPROXIMATE

_COLLECTIONS = (ast.List, ast.Tuple, ast.Set, ast.Dict)


def may_be_approximate(source: str) -> bool:
    """Tell whether a value has floats in it, in a form that ``pytest.approx`` compares."""
    return bool(_floats(source))


def should_be_approximate(source: str) -> bool:
    """Tell whether a value has floats with so many digits that they come of calculating."""
    return any(APPROXIMATE.fullmatch(number) for number in _floats(source))


def _floats(source: str) -> list[str]:
    node = expression_in(source)
    if isinstance(node, (ast.List, ast.Tuple)):
        values = node.elts
    elif isinstance(node, ast.Dict):
        values = node.values
    else:
        values = [node] if node is not None else []
    if any(isinstance(value, (*_COLLECTIONS, ast.Starred)) for value in values):
        return []
    return [ast.unparse(value) for value in values if _is_float(value)]


def _is_float(node: ast.expr) -> bool:
    inner = node.operand if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) else node
    return isinstance(inner, ast.Constant) and isinstance(inner.value, float)
