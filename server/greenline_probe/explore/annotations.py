"""Annotations as objects, also where their names are imported for type checkers or within functions only."""

from __future__ import annotations

import ast
import functools
import importlib
import sys
import typing
from typing import Any

from greenline_probe.explore.definitions import parsed, source_of

_STANDARD: frozenset[str] = getattr(sys, "stdlib_module_names", frozenset())


def hints_of(function: Any, module: Any) -> dict[str, Any]:
    """Return resolved annotations; those that cannot be resolved are left out."""
    home = sys.modules.get(getattr(function, "__module__", None) or "", module)
    scope = scope_of(home)
    try:
        return typing.get_type_hints(function, localns=imported_elsewhere(home), include_extras=False)
    except Exception:
        raw = getattr(function, "__annotations__", {})
        found = {}
        for name, kind in raw.items() if isinstance(raw, dict) else ():
            try:
                found[name] = eval(kind, scope) if isinstance(kind, str) else kind
            except Exception:
                continue
        return found


def scope_of(module: Any) -> dict[str, Any]:
    """Return what names mean anywhere in a module's source, as far as it is at hand."""
    return {**imported_elsewhere(module), **vars(module)}


@functools.lru_cache(maxsize=32)
def imported_elsewhere(module: Any) -> dict[str, Any]:
    """Return what is imported under ``if TYPE_CHECKING`` and within functions, by name."""
    text = source_of(module)
    found: dict[str, Any] = {}
    if text is None:
        return found
    top = module.__name__.partition(".")[0]
    for node in ast.walk(parsed(text)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                if name not in vars(module):
                    found[name] = _imported(alias.name if alias.asname else name, top)
        elif isinstance(node, ast.ImportFrom):
            home = _absolute(node, module)
            for alias in node.names:
                name = alias.asname or alias.name
                if name != "*" and name not in vars(module):
                    found[name] = getattr(_imported(home, top), alias.name, None)
    return {name: value for name, value in found.items() if value is not None}


def _absolute(node: ast.ImportFrom, module: Any) -> str:
    package = getattr(module, "__package__", None) or ""
    parts = package.split(".") if package else []
    base = parts[: len(parts) - node.level + 1] if node.level else []
    return ".".join([*base, *([node.module] if node.module else [])])


def _imported(name: str, top: str) -> Any:
    """Return a module that is loaded; of the standard library and the project's own, load it."""
    if name in sys.modules or not name:
        return sys.modules.get(name)
    if name.partition(".")[0] not in _STANDARD and name.partition(".")[0] != top:
        return None
    try:
        return importlib.import_module(name)
    except BaseException:  # whatever it does while it is imported: it was for the type checker only
        return None
