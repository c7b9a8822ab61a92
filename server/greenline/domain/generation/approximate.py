"""Which expected values ``pytest.approx`` is for: floats, alone or in a list, tuple or dict with nothing nested."""

from __future__ import annotations

import ast
import re

from greenline.domain.generation.filled_names import expression_in

_CALCULATED = re.compile(r"-?\d+\.\d{4,}(e[+-]?\d+)?")
_LARGE = 100_000
"""A whole number from here on could be another one: a millionth is the difference that counts as none."""


def may_be_approximate(source: str) -> bool:
    """Tell whether a value has floats in it, in a form that ``pytest.approx`` compares."""
    return bool(_floats(source))


def should_be_approximate(source: str) -> bool:
    """Tell whether a value has floats with so many digits that they come of calculating."""
    looks_so = _CALCULATED.search(source) is not None  # most do not, and need no parser
    return looks_so and any(_CALCULATED.fullmatch(number) for number in _floats(source))


def approximately(assertion: str) -> str:
    """Return what is asserted; where that is equality with such floats, as ``pytest.approx`` says it."""
    node = expression_in(assertion) if _CALCULATED.search(assertion) else None
    if not isinstance(node, ast.Compare) or len(node.ops) != 1 or not isinstance(node.ops[0], ast.Eq):
        return assertion
    expected = ast.get_source_segment(assertion, node.comparators[0]) or ""
    if not should_be_approximate(expected) or not assertion.endswith(expected):
        return assertion
    return f"{assertion.removesuffix(expected)}pytest.approx({expected})"


def _floats(source: str) -> list[str]:
    """Return the floats of a value; none where it holds what ``pytest.approx`` refuses or compares too loosely."""
    node = expression_in(source)
    if isinstance(node, (ast.List, ast.Tuple)):
        values = node.elts
    elif isinstance(node, ast.Dict):
        values = node.values
    else:
        return [source] if node is not None and _is_float(node) else []
    return [ast.unparse(value) for value in values if _is_float(value)] if all(map(_is_compared, values)) else []


def _is_compared(node: ast.expr) -> bool:
    """Tell a plain value of which nothing is lost: what is called may be a collection again."""
    inner = node.operand if isinstance(node, ast.UnaryOp) else node
    return isinstance(inner, ast.Constant) and not (isinstance(inner.value, int) and abs(inner.value) >= _LARGE)


def _is_float(node: ast.expr) -> bool:
    inner = node.operand if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) else node
    return isinstance(inner, ast.Constant) and isinstance(inner.value, float)
