"""Where the failure of an assertion would be caught, so that nobody hears of it."""

from __future__ import annotations

import ast
from typing import TypeAlias

from greenline.domain.asking.asserting import is_fixed
from greenline.domain.code.dotted_names import last_name

_With: TypeAlias = "ast.With | ast.AsyncWith"
_ALL = frozenset({"AssertionError", "Exception", "BaseException"})
"""Errors that a failing assertion is one of."""
_EXPECTING = frozenset({"raises", "assertRaises", "assertRaisesRegex"})
_DEFINED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Catching:
    """Knows what a test's text defines: other names for errors, and what may swallow them."""

    def __init__(self, tree: ast.AST) -> None:
        self._errors = set(_ALL)
        self._swallowing = {"suppress"}
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                self._learn(node.targets[0].id, node.value)
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    if alias.name == "suppress" and alias.asname:
                        self._swallowing.add(alias.asname)
            elif isinstance(node, _DEFINED) and _may_swallow(node):
                self._swallowing.add(node.name)

    def _learn(self, name: str, value: ast.expr) -> None:
        if _names_in(value) & self._errors and not isinstance(value, ast.Call):
            self._errors.add(name)
        elif last_name(value) in self._swallowing and not isinstance(value, ast.Call):
            self._swallowing.add(name)

    def swallows(self, node: ast.Try) -> bool:
        """Tell whether a failing assertion in it would be caught and forgotten."""
        return any(self._catches(handler.type) and not _ends(handler) for handler in node.handlers) or any(
            isinstance(each, ast.Return) for each in node.finalbody
        )

    def in_block(self, node: _With) -> bool:
        """Tell the same of a ``with``: it suppresses errors, or expects one that a failing assertion is."""
        for item in node.items:
            call = item.context_expr
            if not isinstance(call, ast.Call):
                continue
            if last_name(call) in self._swallowing:
                return True
            if last_name(call) in _EXPECTING and call.args and self._catches(call.args[0]):
                return True
        return False

    def _catches(self, kind: ast.expr | None) -> bool:
        return kind is None or bool(_names_in(kind) & self._errors)


def _may_swallow(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    """Tell whether a context that is made of it could forget an error."""
    if isinstance(node, ast.ClassDef):
        return any(isinstance(each, _DEFINED) and each.name in {"__exit__", "__aexit__"} for each in node.body)
    tries = [each for each in ast.walk(node) if isinstance(each, ast.Try) and each.handlers]
    return any(isinstance(each, ast.Yield) for attempt in tries for part in attempt.body for each in ast.walk(part))


def _ends(handler: ast.ExceptHandler) -> bool:
    """Tell whether the test fails in it all the same, unless that is hidden under a condition."""
    for each in handler.body:
        if isinstance(each, ast.Raise) or (isinstance(each, ast.Assert) and not _holds_always(each.test)):
            return True
        if isinstance(each, ast.Expr) and last_name(each.value) == "fail":
            return True
        if isinstance(each, ast.If) and not is_fixed(each.test) and any(isinstance(s, ast.Raise) for s in each.body):
            return True
    return False


def _holds_always(test: ast.expr) -> bool:
    return is_fixed(test) and not (isinstance(test, ast.Constant) and not test.value)


def _names_in(node: ast.AST) -> set[str]:
    names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    return names | {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}
