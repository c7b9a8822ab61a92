"""What a test file asserts already."""

from __future__ import annotations

import ast

from greenline.domain.code.parse import parse
from greenline.domain.generation.unittest_words import in_plain_words


def assertions_of(text: str) -> frozenset[str]:
    """Return every assertion of a text in a form that does not depend on layout; empty for text that does not parse.

    A block that expects an exception is one assertion, with all that it holds. Methods of ``unittest`` that assert the
    same count as the same.
    """
    tree, _ = parse(text)
    said = map(in_plain_words, ast.walk(tree)) if tree else ()
    return frozenset(ast.dump(node) for node in said if _asserts(node))


def says_nothing_new(code: str, known: frozenset[str]) -> bool:
    """Tell whether all that a test asserts is asserted in the file already. A table says its rows, which are new."""
    found = assertions_of(code)
    return bool(found) and "parametrize" not in code and found <= known


def _asserts(node: ast.AST) -> bool:
    if isinstance(node, ast.With):
        return any("pytest.raises" in ast.unparse(item.context_expr) for item in node.items)
    return isinstance(node, ast.Assert)
