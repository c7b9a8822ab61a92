"""The target as an object: its module imported, its kind, its signature, the ways to call it."""

from __future__ import annotations

import ast
import builtins
import functools
import importlib
import inspect
import keyword
import re
import sys
import types
from dataclasses import dataclass, field
from typing import Any

from greenline_probe.explore import frameworks, idioms
from greenline_probe.explore.definitions import find_def, function_around, parsed
from greenline_probe.explore.facts import Facts, enrich, read_facts
from greenline_probe.explore.failed_imports import why_not_imported
from greenline_probe.explore.not_testable import NotTestable

OPERATORS = {
    "__eq__": "({0} == {1})",
    "__ne__": "({0} != {1})",
    "__lt__": "({0} < {1})",
    "__le__": "({0} <= {1})",
    "__gt__": "({0} > {1})",
    "__ge__": "({0} >= {1})",
    "__add__": "({0} + {1})",
    "__sub__": "({0} - {1})",
    "__mul__": "({0} * {1})",
    "__truediv__": "({0} / {1})",
    "__floordiv__": "({0} // {1})",
    "__mod__": "({0} % {1})",
    "__pow__": "({0} ** {1})",
    "__and__": "({0} & {1})",
    "__or__": "({0} | {1})",
    "__xor__": "({0} ^ {1})",
    "__matmul__": "({0} @ {1})",
    "__lshift__": "({0} << {1})",
    "__rshift__": "({0} >> {1})",
    "__radd__": "({1} + {0})",
    "__rsub__": "({1} - {0})",
    "__rmul__": "({1} * {0})",
    "__rtruediv__": "({1} / {0})",
    "__neg__": "(-{0})",
    "__pos__": "(+{0})",
    "__invert__": "(~{0})",
    "__abs__": "abs({0})",
    "__len__": "len({0})",
    "__bool__": "bool({0})",
    "__str__": "str({0})",
    "__repr__": "repr({0})",
    "__int__": "int({0})",
    "__float__": "float({0})",
    "__bytes__": "bytes({0})",
    "__iter__": "list({0})",
    "__reversed__": "list(reversed({0}))",
    "__contains__": "({1} in {0})",
    "__getitem__": "{0}[{1}]",
    "__format__": "format({0}, {1})",
    "__hash__": "(hash({0}) == hash({0}))",
    "__next__": "next({0})",
    "__round__": "round({0})",
    "__index__": "range(100)[{0}]",
    "__fspath__": "__import__('os').fspath({0})",
}
"""How a special method is called by those who use the class; {0} is the instance."""
STATEMENTS = {"__setitem__": "{0}[{1}] = {2}", "__delitem__": "del {0}[{1}]"}
"""Those that a statement calls."""


@dataclass
class Parameter:
    """One parameter with its pool of expressions; ``passed_as`` is "position", "name", "star" or "stars"."""

    name: str
    passed_as: str
    required: bool
    pool: list[str] = field(default_factory=list)


@dataclass
class Subject:
    """The target, resolved."""

    module: types.ModuleType
    qualname: str
    kind: str
    """function, method, classmethod, staticmethod, property, constructor, operator"""
    function: Any
    """The underlying function (unwrapped), for its code and annotations."""
    owner: Any
    """The class it belongs to, None for functions."""
    signature: inspect.Signature
    node: ast.AST
    tree: ast.Module
    facts: Facts
    text: str
    setter: inspect.Signature | None = None
    """Of a property that can be set: the setter's signature without ``self``."""

    @property
    def name(self) -> str:
        """The last part of the qualified name."""
        return self.qualname.rpartition(".")[2]


def import_module(name: str) -> types.ModuleType:
    """Import the module under test. Raises NotTestable with the import error in words."""
    try:
        frameworks.set_up()
        module = importlib.import_module(name)
    except BaseException as error:
        raise NotTestable(why_not_imported(name, error)) from error
    return sys.modules.get(name, module)


def resolve(module: types.ModuleType, qualname: str, text: str) -> Subject:
    """Find the target in the imported module. Raises NotTestable."""
    tree = parsed(text)
    node = find_def(tree, qualname)
    around = function_around(tree, qualname)
    if around is not None:
        raise NotTestable(
            f"it is defined inside `{around}`, and only reachable through it: generate tests for that one"
        )
    if node is None:
        raise NotTestable(f"{qualname} is no function of the module or of a class")
    owner: Any = None
    thing: Any = module
    raw: Any = module
    for part in qualname.split("."):
        owner, raw = (
            (thing if isinstance(thing, type) else None),
            inspect.getattr_static(thing, _mangled(part, thing), None),
        )
        if raw is None:
            raise NotTestable(
                f"`{qualname}` is not there after importing {module.__name__}: it is defined under a condition that "
                "does not hold here, or removed again"
            )
        thing = getattr(thing, _mangled(part, thing), raw)
    kind, function = _classify(raw, thing, owner, node)
    setter = _without_first(inspect.signature(raw.fset)) if isinstance(raw, property) and raw.fset else None
    try:
        signature = inspect.signature(owner if kind == "constructor" else function)
    except (TypeError, ValueError):
        signature = inspect.Signature()
    if kind in ("method", "property", "operator"):
        signature = _without_first(signature)
    facts = read_facts(node, tree, qualname.rpartition(".")[2])
    enrich(facts, node, tree, module, owner)
    return Subject(module, qualname, kind, function, owner, signature, node, tree, facts, text, setter)


def _mangled(name: str, owner: Any) -> str:
    if name.startswith("__") and not name.endswith("__") and isinstance(owner, type):
        return f"_{owner.__name__.lstrip('_')}{name}"
    return name


def _classify(raw: Any, thing: Any, owner: Any, node: ast.AST) -> tuple[str, Any]:
    if owner is None:
        return "function", idioms.function_of(thing)
    name = getattr(node, "name", "")
    if isinstance(raw, property) or is_cached_property(raw):
        accessor = raw.func if is_cached_property(raw) else raw.fget
        return "property", inspect.unwrap(accessor) if accessor else thing
    if isinstance(raw, classmethod):
        return "classmethod", thing
    if isinstance(raw, staticmethod):
        return ("constructor", thing) if name == "__new__" else ("staticmethod", thing)
    if name in {"__init__", "__new__", "__post_init__", "__attrs_post_init__", "__set_name__"}:
        return "constructor", raw
    if name in OPERATORS or name in STATEMENTS:
        return "operator", raw
    return "method", raw


def is_cached_property(raw: Any) -> bool:
    """Tell whether a class attribute is a property that remembers its value."""
    return isinstance(raw, functools.cached_property) or (
        type(raw).__name__ == "cached_property" and hasattr(raw, "func")
    )


def _without_first(signature: inspect.Signature) -> inspect.Signature:
    parameters = list(signature.parameters.values())
    if parameters and parameters[0].kind in (
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
    ):
        parameters = parameters[1:]
    return signature.replace(parameters=parameters)


def variable_name(class_name: str) -> str:
    """Return the name that a person gives to an instance: HTTPServer -> http_server.

    One that hides no builtin, and no class: a variable that is called as its class cannot be made by calling it.
    """
    last = class_name.rpartition(".")[2]
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", last).lower().strip("_")
    if not words.isidentifier() or keyword.iskeyword(words) or words in {"none", last}:
        return "instance"
    return f"{words}_" if hasattr(builtins, words) else words
