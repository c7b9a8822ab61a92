"""Who else makes instances of a class: functions, methods and attributes of the same module, and its own names."""

from __future__ import annotations

import ast
import functools
from dataclasses import dataclass
from typing import Any, Union

from greenline_probe.explore.definitions import callee, parsed, source_of

_Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]


@dataclass(frozen=True)
class Maker:
    """``owner`` is empty for functions; ``is_called`` tells methods from properties and attributes."""

    owner: str
    name: str
    is_called: bool = True


def makers_of(kind: Any, module: Any) -> list[Maker]:
    """Return who makes instances, as far as the source of the module shows; public ones only."""
    text = source_of(module)
    if text is None:
        return []
    return [m for m in _makers(parsed(text), kind.__name__) if m.owner != kind.__name__ and not m.name.startswith("_")]


def instances_in(kind: Any, module: Any) -> list[str]:
    """Return the module's public names that hold an instance."""
    return [n for n, value in vars(module).items() if not n.startswith("_") and _is_instance(value, kind)]


@functools.lru_cache(maxsize=64)
def _makers(tree: ast.Module, kind: str) -> tuple[Maker, ...]:
    found: dict[Maker, None] = {}
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and _makes(node, kind):
            found[Maker("", node.name)] = None
        elif isinstance(node, ast.ClassDef):
            for member in node.body:
                if isinstance(member, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    found.update(dict.fromkeys(_of_method(node.name, member, kind)))
    return tuple(found)


def _of_method(owner: str, method: _Function, kind: str) -> list[Maker]:
    found = []
    if _makes(method, kind) and not isinstance(method, ast.AsyncFunctionDef):
        found.append(Maker(owner, method.name, not any("property" in ast.unparse(d) for d in method.decorator_list)))
    for node in ast.walk(method):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and callee(node.value) == kind:
            kept = [t.attr for t in node.targets if isinstance(t, ast.Attribute) and isinstance(t.value, ast.Name)]
            found += [Maker(owner, name, is_called=False) for name in kept]
    return found


def _makes(function: _Function, kind: str) -> bool:
    """Tell whether it says that it returns one, or calls the class and returns something."""
    returns = function.returns
    if returns is not None:
        shown = returns.value if isinstance(returns, ast.Constant) else ast.unparse(returns)
        return isinstance(shown, str) and kind in _words(shown)
    calls = [n for n in ast.walk(function) if isinstance(n, ast.Call) and callee(n) == kind]
    gives = any(isinstance(n, (ast.Return, ast.Yield)) and n.value is not None for n in ast.walk(function))
    return bool(calls) and gives


def _words(text: str) -> set[str]:
    return set("".join(c if c.isalnum() or c == "_" else " " for c in text).split())


def _is_instance(value: Any, kind: Any) -> bool:
    return kind in type(value).__mro__ and not isinstance(value, type)
