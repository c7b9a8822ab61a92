"""What the source of the target says by itself: constants, examples, conditions, raises."""

from __future__ import annotations

import ast
import functools
import inspect
import re
import sys
from dataclasses import dataclass, field
from typing import Any

from greenline_probe.explore.data_nodes import data_nodes
from greenline_probe.explore.definitions import callee, find_def, parsed, source_of
from greenline_probe.explore.documentation import documented_calls, documented_raises
from greenline_probe.explore.shape import Shape
from greenline_probe.explore.shape_reader import read_shapes

MAX_TABLE = 30


@dataclass
class Facts:
    """Facts about one function. ``constants`` are literals that it and what it calls work with, nearest first."""

    constants: list[Any] = field(default_factory=list)
    compared: dict[str, list[Any]] = field(default_factory=dict)
    """Parameter name -> constants that something derived from it is compared with."""
    uses: dict[str, set[str]] = field(default_factory=dict)
    """Parameter name -> what the code does with it: attribute names, and "iterates", "indexes", "calls", "adds" ..."""
    instances: dict[str, list[str]] = field(default_factory=dict)
    """Parameter name -> source of the types in ``isinstance(name, ...)``."""
    patterns: list[Any] = field(default_factory=list)
    """Regular expressions, as text or compiled."""
    checks_types: bool = False
    """The code looks at the type of something."""
    examples: list[str] = field(default_factory=list)
    """Calls in the documentation, as source."""
    documented_raises: set[str] = field(default_factory=set)
    environment: list[str] = field(default_factory=list)
    """Names of environment variables that the code reads."""
    reads_folder: bool = False
    """The code looks at the current folder."""
    shapes: dict[str, Shape] = field(default_factory=dict)
    """Parameter name -> what is asked of it and of what it leads to, here and where it is handed over."""
    caught: list[str] = field(default_factory=list)
    """Sources of the classes of exceptions that it catches."""
    code: list[ast.AST] = field(default_factory=list, repr=False)
    """Itself and the functions of the module that it leads to."""
    calls: set[str] = field(default_factory=set)
    """Names of module-level functions and of methods that it calls."""


def read_facts(function: ast.AST, module: ast.Module, name: str) -> Facts:
    """Read the facts of one ``def`` (and, for constants and patterns, of what it calls in the same module)."""
    facts = Facts()
    derived = _derived_names(function)
    _read_body(function, facts, derived)
    reached = reached_functions(module, facts.calls, function)
    facts.code = [function, *reached]
    for other in reached:
        facts.constants += _constants_in(other)
    for each in [function, *reached]:
        _read_surroundings(each, facts)
    _module_patterns(module, [function, *reached], facts)
    doc = ast.get_docstring(function) if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)) else None
    for text in filter(None, [doc, ast.get_docstring(module)]):
        facts.examples.extend(documented_calls(text, name))
    if doc:
        facts.documented_raises |= documented_raises(doc)
    facts.constants = _unique(facts.constants)
    return facts


def enrich(facts: Facts, function: ast.AST, tree: ast.Module, module: Any, owner: Any = None) -> None:
    """Add what the names that the code mentions hold at run time: patterns, tables, constants of other modules."""
    for node in [function, *reached_functions(tree, facts.calls, function)]:
        for name in data_nodes(node):
            if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Load):
                _enrich_from(facts, vars(module).get(name.id), 0)
            elif isinstance(name, ast.Attribute) and isinstance(name.value, ast.Name) and owner is not None:
                _enrich_from(facts, inspect.getattr_static(owner, name.attr, None), 0)
    facts.shapes = read_shapes(function, tree, module)
    facts.constants = _unique(facts.constants)
    facts.patterns = list(dict.fromkeys(facts.patterns))
    facts.checks_types = facts.checks_types or any(
        map(_looks_at_types, [function, *reached_functions(tree, facts.calls, function)])
    )


@functools.lru_cache(maxsize=4096)
def _looks_at_types(function: ast.AST) -> bool:
    return any(isinstance(n, ast.Name) and n.id in {"isinstance", "type", "TypeError"} for n in ast.walk(function))


def _enrich_from(facts: Facts, value: Any, depth: int) -> None:
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            facts.patterns.append(value)
    elif type(value) in (int, float, str, bytes):
        if _is_seed(value):
            facts.constants.append(value)
    elif isinstance(value, (dict, list, tuple, set, frozenset)) and depth < 2:
        items = [*value.keys(), *value.values()] if isinstance(value, dict) else list(value)
        for item in items[:MAX_TABLE]:
            _enrich_from(facts, item, depth + 1)


def constructor_facts(kind: Any) -> Facts | None:
    """Return the facts about a class's constructor, wherever its source is; None without a source."""
    module = sys.modules.get(kind.__module__)
    text = source_of(module)
    if module is None or text is None:
        return None
    tree = parsed(text)
    node = find_def(tree, f"{kind.__qualname__}.__init__") or find_def(tree, f"{kind.__qualname__}.__new__")
    facts = Facts()
    if node is not None:
        facts = read_facts(node, tree, kind.__name__)
        enrich(facts, node, tree, module, kind)
    facts.examples += [e for e in documented_calls(text, kind.__name__) if e not in facts.examples]
    return facts


def function_facts(function: Any) -> Facts | None:
    """Return the facts about a function, wherever its source is; None without a source."""
    module = sys.modules.get(getattr(function, "__module__", None) or "")
    text = source_of(module) if module is not None else None
    if module is None or text is None:
        return None
    tree = parsed(text)
    node = find_def(tree, function.__qualname__)
    if node is None:
        return None
    facts = read_facts(node, tree, function.__name__)
    enrich(facts, node, tree, module)
    return facts


def _derived_names(function: ast.AST) -> dict[str, set[str]]:
    """Map each local name to the parameters that its value was made from."""
    arguments = getattr(function, "args", None)
    names = [a.arg for a in _all_arguments(arguments)] if arguments else []
    derived: dict[str, set[str]] = {n: {n} for n in names}
    for _ in range(2):
        for node in ast.walk(function):
            value: ast.AST | None = None
            targets: list[ast.AST] = []
            if isinstance(node, ast.Assign):
                value, targets = node.value, list(node.targets)
            elif isinstance(node, (ast.AnnAssign, ast.AugAssign, ast.NamedExpr)) and node.value is not None:
                value, targets = node.value, [node.target]
            elif isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
                value, targets = node.iter, [node.target]
            if value is None:
                continue
            sources: set[str] = set().union(
                *(derived.get(n.id, set()) for n in ast.walk(value) if isinstance(n, ast.Name))
            )
            for target in targets:
                for name in ast.walk(target):
                    if isinstance(name, ast.Name) and sources:
                        derived.setdefault(name.id, set()).update(sources)
    return derived


def _all_arguments(arguments: ast.arguments) -> list[ast.arg]:
    extra = [a for a in (arguments.vararg, arguments.kwarg) if a]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *extra]


def _names_in(node: ast.AST, derived: dict[str, set[str]]) -> set[str]:
    return set().union(*(derived.get(n.id, set()) for n in ast.walk(node) if isinstance(n, ast.Name)))


def _read_body(function: ast.AST, facts: Facts, derived: dict[str, set[str]]) -> None:
    facts.constants += _constants_in(function)
    for node in ast.walk(function):
        if isinstance(node, ast.Compare):
            _compared(node, facts, derived)
        elif isinstance(node, ast.Call):
            _called(node, facts, derived)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            for name in derived.get(node.value.id, ()):
                facts.uses.setdefault(name, set()).add(node.attr)
        elif isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)) and isinstance(node.iter, ast.Name):
            word = (
                "async iterates" if isinstance(node, ast.AsyncFor) or getattr(node, "is_async", False) else "iterates"
            )
            for name in derived.get(node.iter.id, ()):
                facts.uses.setdefault(name, set()).add(word)
        elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            for name in derived.get(node.value.id, ()):
                facts.uses.setdefault(name, set()).add("indexes by name" if _is_text(node.slice) else "indexes")
        elif isinstance(node, ast.ExceptHandler) and node.type is not None:
            kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            facts.caught += [source for kind in kinds if (source := ast.unparse(kind)) not in facts.caught]
        elif isinstance(node, ast.Await):
            for name in _names_in(node.value, derived):
                facts.uses.setdefault(name, set()).add("awaits")
        elif isinstance(node, ast.BinOp):
            for side in (node.left, node.right):
                if isinstance(side, ast.Name):
                    for name in derived.get(side.id, ()):
                        facts.uses.setdefault(name, set()).add("calculates")


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _compared(node: ast.Compare, facts: Facts, derived: dict[str, set[str]]) -> None:
    sides = [node.left, *node.comparators]
    constants = [c for side in sides for c in _literals(side)]
    for side in sides:
        for name in _names_in(side, derived):
            facts.compared.setdefault(name, []).extend(constants)


def _literals(node: ast.AST) -> list[Any]:
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return []
    return list(value) if isinstance(value, (tuple, list, set, frozenset, dict)) else [value]


def _called(node: ast.Call, facts: Facts, derived: dict[str, set[str]]) -> None:
    called = node.func
    if isinstance(called, ast.Name):
        facts.calls.add(called.id)
        for name in derived.get(called.id, ()):
            facts.uses.setdefault(name, set()).add("calls")
        if called.id == "isinstance" and len(node.args) == 2:
            kinds = node.args[1].elts if isinstance(node.args[1], ast.Tuple) else [node.args[1]]
            for name in _names_in(node.args[0], derived):
                facts.instances.setdefault(name, []).extend(ast.unparse(k) for k in kinds)
        if called.id in {
            "len",
            "iter",
            "list",
            "sorted",
            "enumerate",
            "map",
            "zip",
            "sum",
            "open",
            "int",
            "float",
            "str",
            "next",
        }:
            for argument in node.args:
                if isinstance(argument, ast.Name):
                    for name in derived.get(argument.id, ()):
                        facts.uses.setdefault(name, set()).add(called.id)
    elif isinstance(called, ast.Attribute):
        facts.calls.add(called.attr)
        constants = [c for a in node.args for c in _literals(a)]
        for name in _names_in(called.value, derived):
            facts.compared.setdefault(name, []).extend(c for c in constants if isinstance(c, (str, bytes)) and c)
        if (
            called.attr in {"match", "search", "fullmatch", "sub", "split", "findall", "finditer", "compile"}
            and node.args
        ):
            first = node.args[0]
            if _is_text(first) and isinstance(called.value, ast.Name) and called.value.id == "re":
                facts.patterns.append(first.value)  # type: ignore[attr-defined]


@functools.lru_cache(maxsize=4096)
def _constants_in(node: ast.AST) -> tuple[Any, ...]:
    return tuple(n.value for n in data_nodes(node) if isinstance(n, ast.Constant) and _is_seed(n.value))


def _read_surroundings(function: ast.AST, facts: Facts) -> None:
    """Find what is read from the environment and whether the current folder matters."""
    variables, reads_folder = _surroundings_of(function)
    facts.reads_folder |= reads_folder
    facts.environment += [name for name in variables if name not in facts.environment]


@functools.lru_cache(maxsize=4096)
def _surroundings_of(function: ast.AST) -> tuple[tuple[str, ...], bool]:
    """Return the environment variables that a function reads, and whether it looks at the current folder."""
    variables: dict[str, None] = {}
    reads_folder = False
    for node in ast.walk(function):
        names: list[Any] = []
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called.endswith(("environ.get", "getenv", "environ.setdefault", "environ.pop")):
                names = [a.value for a in node.args[:1] if isinstance(a, ast.Constant)]
            if called.endswith(("getcwd", "Path.cwd", "abspath", "resolve")):
                reads_folder = True
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("environ"):
            names = [node.slice.value] if isinstance(node.slice, ast.Constant) else []
        elif isinstance(node, ast.Compare) and ast.unparse(node.comparators[0]).endswith("environ"):
            names = _literals(node.left)
        variables.update((name, None) for name in names if isinstance(name, str))
    return tuple(variables), reads_folder


def _is_seed(value: Any) -> bool:
    if value is None or value is Ellipsis or isinstance(value, bool):
        return False
    return not (isinstance(value, (str, bytes)) and len(value) > 60)


def reached_functions(module: ast.Module, calls: set[str], start: ast.AST) -> list[ast.AST]:
    """Return the functions of the module that the calls lead to, at most three steps away."""
    return _reached_from(module, frozenset(calls), start)


@functools.lru_cache(maxsize=1024)
def _reached_from(module: ast.Module, calls: frozenset[str], start: ast.AST) -> list[ast.AST]:
    by_name = _by_name(module)
    seen: dict[int, ast.AST] = {}
    frontier = set(calls)
    for _ in range(3):
        found = [n for name in sorted(frontier) for n in by_name.get(name, []) if n is not start and id(n) not in seen]
        seen.update((id(n), n) for n in found)
        frontier = set().union(*map(_called_in, found)) - {""}
    return list(seen.values())


@functools.lru_cache(maxsize=4096)
def _called_in(function: ast.AST) -> frozenset[str]:
    return frozenset(callee(c) for c in ast.walk(function) if isinstance(c, ast.Call))


@functools.lru_cache(maxsize=32)
def _by_name(module: ast.Module) -> dict[str, list[ast.AST]]:
    """Return the functions and methods of a module by their names, and by that of a class what makes and calls it."""
    by_name: dict[str, list[ast.AST]] = {}
    for node in ast.walk(module):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            by_name.setdefault(node.name, []).append(node)
        elif isinstance(node, ast.ClassDef):
            inits = [
                n for n in node.body if isinstance(n, ast.FunctionDef) and n.name in {"__init__", "__new__", "__call__"}
            ]
            by_name.setdefault(node.name, []).extend(inits)
    return by_name


def _module_patterns(module: ast.Module, functions: list[ast.AST], facts: Facts) -> None:
    """Find patterns and string tables kept in module-level or class-level names that the functions mention."""
    mentioned = set().union(*map(_mentioned_in, functions))
    for names, constants in _assigned_in(module):
        if not mentioned.isdisjoint(names):
            facts.constants += constants


@functools.lru_cache(maxsize=4096)
def _mentioned_in(function: ast.AST) -> frozenset[str]:
    """Return the names and attributes that a function works with."""
    nodes = data_nodes(function)
    names = [n.id for n in nodes if isinstance(n, ast.Name)]
    return frozenset([*names, *(n.attr for n in nodes if isinstance(n, ast.Attribute))])


@functools.lru_cache(maxsize=32)
def _assigned_in(module: ast.Module) -> list[tuple[frozenset[str], tuple[Any, ...]]]:
    """Return the constants of each assignment to a name, wherever it stands, with all that is assigned to there."""
    found = []
    for node in ast.walk(module):
        if not isinstance(node, (ast.Assign, ast.AnnAssign)) or node.value is None:
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        constants = tuple(c for c in _constants_in(node.value) if isinstance(c, (int, float, str, bytes)))
        if constants and any(isinstance(t, ast.Name) for t in targets):
            names = (t.id if isinstance(t, ast.Name) else getattr(t, "attr", "") for t in targets)
            found.append((frozenset(names), constants))
    return found


def _unique(values: list[Any]) -> list[Any]:
    return list({(type(v).__name__, repr(v)): v for v in values}.values())
