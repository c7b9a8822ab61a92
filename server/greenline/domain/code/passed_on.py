"""What a package gives that one of its modules defines: what people import it by."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from greenline.domain.code.imported_names import absolute
from greenline.domain.code.parse import inner_statements, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

_Definition = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def passed_on(package_text: str, package: str, module_text: str, module: str) -> frozenset[str]:
    """Return the names of a module that a package has under the same names, as the text of its ``__init__`` says.

    A name that the package gives to something else as well is none of them. Raises nothing.
    """
    tree, _ = parse(package_text)
    found: set[str] = set()
    for node in tree.body if tree else []:
        if isinstance(node, ast.ImportFrom) and _source(node, package) == module:
            for alias in node.names:
                if alias.name == "*":
                    found |= _public(module_text)
                elif alias.asname in {None, alias.name}:
                    found.add(alias.name)
        else:
            found.difference_update(_bound(node))
    return frozenset(found)


def _source(node: ast.ImportFrom, package: str) -> str:
    return absolute("." * node.level + (node.module or ""), package)


def _public(text: str) -> set[str]:
    """Return what ``import *`` takes of the definitions of a module."""
    tree, _ = parse(text)
    body = tree.body if tree else []
    named = [node.value for node in body if isinstance(node, ast.Assign) and "__all__" in _bound(node)]
    if named:
        values = named[-1].elts if isinstance(named[-1], (ast.List, ast.Tuple)) else []
        return {value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)}
    return {node.name for node in body if isinstance(node, _Definition) and not node.name.startswith("_")}


def _bound(node: ast.AST) -> Iterator[str]:
    """Yield the names that a statement, or one inside it, gives to something in the module."""
    if isinstance(node, _Definition):
        yield node.name
        return
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
    targets = getattr(node, "targets", [getattr(node, "target", None)])
    for name in (part for target in targets if target is not None for part in ast.walk(target)):
        if isinstance(name, ast.Name):
            yield name.id
    for inner in inner_statements(node):
        yield from _bound(inner)
