"""Whether a test asserts anything."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from greenline.domain.code.dotted_names import last_name
from greenline.domain.code.parse import parse

if TYPE_CHECKING:
    from collections.abc import Collection

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_WORDS = r"(?:assert|check|verify|expect|should|ensure)(?![a-z])"
"""Whole words: ``checkout`` and ``expected_total`` are no assertions."""
_ASSERTING = re.compile(
    rf"(?:^|_){_WORDS}|(?:^|[a-z])(?:Assert|Check|Verify|Expect|Should|Ensure)(?![a-z])"
    r"|^(?:raises|warns|deprecated_call|fail|failIf|failUnless)$"
)
_GIVING = re.compile(r"_*(?:check|verify|expect|should|ensure)(?![a-z])", re.IGNORECASE)
"""Who keeps the result of one of these may call the code under test: ``claims = verify_token("t")``."""
_HELPER = re.compile(r"_*(?:assert|check|verify|expect)(?![a-z])")


def asserts_nothing(code: str) -> bool:
    """Tell whether a test has no assertion, or only such that hold whatever the code under test does.

    What does not parse asserts nothing.
    """
    tree, _ = parse(code)
    if tree is None:
        return True
    own = {node.name for node in ast.walk(tree) if isinstance(node, _FUNCTIONS)}
    kept = {kept for node in ast.walk(tree) if (kept := _kept(node)) is not None}
    return not any(_says_something(node, own) for node in ast.walk(tree) if node not in kept)


def is_helper(name: str) -> bool:
    """Tell whether a function that is not seen is one that asserts, as its name begins: ``check_total``."""
    return _HELPER.match(name) is not None


def _says_something(node: ast.AST, own: Collection[str]) -> bool:
    """``own`` are functions that the test itself defines: what they do counts, and not what they are called."""
    if isinstance(node, ast.Assert):
        return not is_fixed(node.test)
    if isinstance(node, ast.Raise):
        return _is_assertion_error(node)
    if not isinstance(node, ast.Call) or _called(node) in own or _is_fixed_call(node):
        return False
    return _ASSERTING.search(_called(node)) is not None


def is_fixed(test: ast.expr) -> bool:
    """Tell whether a condition has the same outcome whatever is done: constants only, a name compared with itself."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
        return any(map(is_fixed, test.values))
    if isinstance(test, ast.Compare) and len(test.comparators) == 1:
        same = ast.dump(test.left) == ast.dump(test.comparators[0])
        if same and not any(isinstance(each, ast.Call) for each in ast.walk(test)):
            return True
    return not any(isinstance(each, (ast.Name, ast.Call, ast.Attribute)) for each in ast.walk(test))


def _kept(node: ast.AST) -> ast.Call | None:
    """Return the call whose result a statement keeps, where that alone does not say that it asserts."""
    value = node.value if isinstance(node, (ast.Assign, ast.AnnAssign)) else None
    value = value.value if isinstance(value, ast.Await) else value
    return value if isinstance(value, ast.Call) and _GIVING.match(_called(value)) else None


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
