"""Whether a test asserts anything."""

from __future__ import annotations

import ast
import re

from greenline.domain.code.dotted_names import last_name
from greenline.domain.code.parse import parse

_ASSERTING = re.compile(
    r"(?i)assert|^raises$|^warns$|^deprecated_call$|^fail$|^check|_check|verify|expect|should|ensure"
)


def asserts_nothing(code: str) -> bool:
    """Tell whether a test has no assertion, or only such that hold whatever the code under test does.

    What does not parse asserts nothing.
    """
    tree, _ = parse(code)
    return tree is None or not any(_says_something(node) for node in ast.walk(tree))


def _says_something(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert):
        return not is_fixed(node.test)
    if isinstance(node, ast.Raise):
        return _is_assertion_error(node)
    return isinstance(node, ast.Call) and _ASSERTING.search(_called(node)) is not None and not _is_fixed_call(node)


def is_fixed(test: ast.expr) -> bool:
    """Tell whether a condition has the same outcome whatever is done: constants only, a name compared with itself."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
        return any(map(is_fixed, test.values))
    if isinstance(test, ast.Compare) and len(test.comparators) == 1:
        same = ast.dump(test.left) == ast.dump(test.comparators[0])
        if same and not any(isinstance(each, ast.Call) for each in ast.walk(test)):
            return True
    return not any(isinstance(each, (ast.Name, ast.Call, ast.Attribute)) for each in ast.walk(test))


def _is_fixed_call(node: ast.Call) -> bool:
    """``self.assertTrue(True)``."""
    is_own = isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "self"
    return is_own and all(isinstance(each, ast.Constant) for each in node.args)


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return last_name(node.func)


def _is_assertion_error(node: ast.Raise) -> bool:
    return node.exc is not None and last_name(node.exc) == "AssertionError"
