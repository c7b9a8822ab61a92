"""What the code under test calls outside of itself, by the objects that its module's names stand for."""

from __future__ import annotations

import ast
import builtins
import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from greenline_probe.explore.definitions import find_def, parameters_of
from greenline_probe.explore.facts import reached_functions

if TYPE_CHECKING:
    from greenline_probe.explore.express import Names
    from greenline_probe.explore.subject import Subject


@dataclass(frozen=True)
class Called:
    """One thing that is called, and where its name is looked up: a test replaces it there."""

    thing: Any
    holder: Any
    """A module or a class."""
    attribute: str
    nodes: tuple[ast.Call, ...]

    def place(self, names: Names) -> str:
        """Return the first two arguments of ``monkeypatch.setattr``."""
        holder = self.holder
        if isinstance(holder, types.ModuleType):
            return f"{names.of_module(holder.__name__)}, {self.attribute!r}"
        return f"{names.of(holder)}, {self.attribute!r}"


def code_of(subject: Subject) -> list[ast.AST]:
    """Return the target, its class's constructor and what they call in the module."""
    nodes = [subject.node]
    owner = subject.qualname.rpartition(".")[0]
    made = find_def(subject.tree, f"{owner}.__init__") if owner else None
    if made is not None and made is not subject.node:
        nodes.append(made)
    for node in list(nodes):
        nodes += [n for n in reached_functions(subject.tree, subject.facts.calls, node) if n not in nodes]
    return nodes


def calls_of(subject: Subject) -> list[Called]:
    """Return what is called by a name of the module: ``subprocess.run``, ``sleep`` that was imported from ``time``."""
    found: dict[tuple[int, str], list[ast.Call]] = {}
    things: dict[tuple[int, str], tuple[Any, Any]] = {}
    for node in code_of(subject):
        for call in ast.walk(node):
            if not isinstance(call, ast.Call):
                continue
            holder, attribute = _looked_up(call.func, subject.module)
            if holder is builtins:
                continue
            thing = getattr(holder, attribute, None) if holder is not None else None
            if thing is not None:
                key = id(holder), attribute
                things[key] = thing, holder
                found.setdefault(key, []).append(call)
    return [Called(*things[key], key[1], tuple(calls)) for key, calls in found.items()]


def libraries_of(subject: Subject) -> set[str]:
    """Return the packages that the names in the code come from."""
    return {home.partition(".")[0] for thing in _named(subject) if (home := _home(thing))}


def handled(subject: Subject) -> list[type[BaseException]]:
    """Return the classes of exceptions that the code catches."""
    found: dict[Any, None] = {}
    for node in code_of(subject):
        for handler in ast.walk(node):
            if isinstance(handler, ast.ExceptHandler) and handler.type is not None:
                named = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
                found.update((value_of(each, subject.module), None) for each in named)
    return [kind for kind in found if isinstance(kind, type) and issubclass(kind, BaseException)]


def value_of(node: ast.AST, module: types.ModuleType) -> Any:
    """Return what a dotted name of the module stands for, None for anything else."""
    holder, attribute = _looked_up(node, module)
    return getattr(holder, attribute, None) if holder is not None else None


def _looked_up(node: ast.AST, module: types.ModuleType) -> tuple[Any, str]:
    """Return the object in which the last part of a dotted name is looked up, and that part."""
    if isinstance(node, ast.Name):
        return (module, node.id) if node.id in vars(module) else (builtins, node.id)
    if isinstance(node, ast.Attribute):
        holder = value_of(node.value, module)
        if isinstance(holder, (types.ModuleType, type)):
            return holder, node.attr
    return None, ""


def _named(subject: Subject) -> Iterator[Any]:
    for node in code_of(subject):
        for name in ast.walk(node):
            if isinstance(name, ast.Name) and name.id in vars(subject.module):
                yield vars(subject.module)[name.id]
            elif isinstance(name, ast.Constant) and isinstance(name.value, str) and _is_annotation(name, node):
                yield vars(subject.module).get(name.value.partition(".")[0])


def _is_annotation(text: ast.Constant, node: ast.AST) -> bool:
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return False
    return any(parameter.annotation is text for parameter in parameters_of(node))


def _home(thing: Any) -> str:
    if isinstance(thing, types.ModuleType):
        return thing.__name__
    home = getattr(thing, "__module__", None) if isinstance(thing, (type, types.FunctionType)) else None
    return home if isinstance(home, str) else type(thing).__module__
