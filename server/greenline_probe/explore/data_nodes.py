"""Which parts of a function's source are data that it works with, and which are about its code."""

from __future__ import annotations

import ast
import functools

_DECLARING = frozenset({"TypeVar", "ParamSpec", "NewType", "TypeVarTuple", "overload"})
_TELLING = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical", "log"})
_TELLERS = ("log", "warn")


@functools.lru_cache(maxsize=4096)
def data_nodes(root: ast.AST) -> tuple[ast.AST, ...]:
    """Return the nodes below one, itself included, as ``ast.walk`` does, without what is said about the code.

    That is annotations (quoted ones too), the first argument of ``cast``, documentation, the words of errors that are
    raised and of messages that are logged.
    """
    found = [root]
    for node in found:
        found.extend(_inside(node))
    return tuple(found)


def _inside(node: ast.AST) -> list[ast.AST]:
    children = list(ast.iter_child_nodes(node))
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return [child for child in children if child is not node.returns]
    if isinstance(node, ast.arg):
        return []
    if isinstance(node, ast.AnnAssign):
        return [child for child in children if child is not node.annotation]
    if isinstance(node, ast.Raise) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
        return []
    if isinstance(node, ast.Call):
        hidden = _words_about_code(node)
        return [child for child in children if not any(child is other for other in hidden)]
    return children


def _words_about_code(call: ast.Call) -> list[ast.AST]:
    called = call.func
    name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
    if name == "cast":
        return list(call.args[:1])
    if name in _DECLARING:
        return list(call.args)
    if name in _TELLING and isinstance(called, ast.Attribute):
        teller = ast.unparse(called.value).rpartition(".")[2].lower()
        return list(call.args[:1]) if any(word in teller for word in _TELLERS) else []
    return []
