"""Where things are defined in a source, and who calls them."""

from __future__ import annotations

import ast
import functools
import inspect
from collections.abc import Iterator
from typing import Any, Union

Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]


def find_def(module: ast.Module, qualname: str) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """Return the last definition with that qualified name, looking through ``if`` and ``try`` at each level."""
    body: list[ast.stmt] = module.body
    node: Any = None
    for part in qualname.split("."):
        found = [
            n
            for n in _statements(body)
            if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and n.name == part
        ]
        if not found:
            return None
        node = found[-1]
        body = node.body
    return node if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) else None


def function_around(module: ast.Module, qualname: str) -> str | None:
    """Return the qualified name of the function that a definition stands in, None for none."""
    parts = qualname.split(".")
    for count in range(1, len(parts)):
        outer = ".".join(parts[:count])
        if find_def(module, outer) is not None:
            return outer
    return None


def public_callers(module: ast.Module, qualname: str) -> list[str]:
    """Return the qualified names of public functions that lead to a private one, the nearest first."""
    bodies = dict(_definitions(module.body, ""))
    wanted, seen, found = {qualname}, {qualname}, []
    for _ in range(4):
        names = {w.rpartition(".")[2] for w in wanted}
        names |= {
            w.rpartition(".")[0].rpartition(".")[2] for w in wanted if w.endswith(("__init__", "__call__", "__new__"))
        }
        wanted = {caller for caller, node in bodies.items() if caller not in seen and _mentions(node, names - {""})}
        seen |= wanted
        found += [c for c in bodies if c in wanted and not any(_is_private(part) for part in c.split("."))]
        if found or not wanted:
            break
    return found


def is_private(qualname: str) -> bool:
    """Tell whether any part of the name is private by convention."""
    return any(_is_private(part) for part in qualname.split("."))


@functools.lru_cache(maxsize=32)
def source_of(module: Any) -> str | None:
    """Return the text of a module, None where there is none."""
    try:
        return inspect.getsource(module)
    except (OSError, TypeError):
        return None


@functools.lru_cache(maxsize=32)
def parsed(text: str) -> ast.Module:
    """Return the syntax tree of a text, the same object each time."""
    return ast.parse(text)


@functools.lru_cache(maxsize=8)
def definitions_in(
    module: ast.Module,
) -> tuple[dict[str, Function], dict[int, ast.ClassDef], dict[str, ast.ClassDef]]:
    """Return the module's functions by name, the classes that methods belong to, and the classes by name."""
    functions: dict[str, Function] = {}
    owners: dict[int, ast.ClassDef] = {}
    classes: dict[str, ast.ClassDef] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.ClassDef):
            classes[node.name] = node
            owners.update({id(n): node for n in node.body if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))})
    for node in ast.walk(module):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and id(node) not in owners:
            functions.setdefault(node.name, node)
    return functions, owners, classes


def method_of(owner: ast.ClassDef, name: str) -> Function | None:
    """Return the method of that name, None where the class has none of its own."""
    found = [n for n in owner.body if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef)) and n.name == name]
    return found[-1] if found else None


def parameters_of(function: Function) -> list[ast.arg]:
    """Return the parameters but ``*args`` and ``**kwargs``."""
    arguments = function.args
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]


def is_static(function: Function) -> bool:
    """Tell whether it is a static method."""
    return any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in function.decorator_list)


def _is_private(name: str) -> bool:
    return name.startswith("_") and not (name.startswith("__") and name.endswith("__"))


def _definitions(body: list[ast.stmt], prefix: str) -> Iterator[tuple[str, ast.AST]]:
    for node in _statements(body):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield prefix + node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from _definitions(node.body, f"{prefix}{node.name}.")


def _mentions(node: ast.AST, names: set[str]) -> bool:
    return any(
        (isinstance(n, ast.Name) and n.id in names) or (isinstance(n, ast.Attribute) and n.attr in names)
        for n in ast.walk(node)
    )


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield node
        if isinstance(node, (ast.If, ast.Try, ast.With)):
            for name in ("body", "orelse", "finalbody"):
                yield from _statements(getattr(node, name, []))
            for handler in getattr(node, "handlers", []):
                yield from _statements(handler.body)


def callee(call: ast.Call) -> str:
    """Return the last name of what is called, empty for anything else."""
    return (
        call.func.id
        if isinstance(call.func, ast.Name)
        else call.func.attr
        if isinstance(call.func, ast.Attribute)
        else ""
    )
