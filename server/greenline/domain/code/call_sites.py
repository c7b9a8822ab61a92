"""Calls of a module's functions in any file, as small programs: what made the receiver, what went before, the call."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from greenline.domain.code.dotted_names import dotted
from greenline.domain.code.file_names import FileNames, Scope, names_of_file
from greenline.domain.code.parse import parse
from greenline.domain.code.static_types import type_of
from greenline.domain.code.static_values import Reading, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from greenline.domain.code.model import Function

MOST_PROGRAMS = 16
_MOST_ROWS = 12
_MOST_STEPS = 3
_UNKNOWN, _INSTANCE = "_", "instance"
_COMMON = frozenset(
    name for kind in (str, bytes, list, dict, set, int, float) for name in dir(kind) if not name.startswith("_")
)
"""Methods that everything has: whose they are cannot be told without the receiver."""


@dataclass
class Seen:
    """How one function is called elsewhere: programs as ``wire.Explore.examples``, parameter -> types."""

    programs: list[str] = field(default_factory=list)
    types: dict[str, list[str]] = field(default_factory=dict)

    def add(self, other: Seen) -> None:
        """Take in more, after what is there."""
        self.programs += [p for p in other.programs if p not in self.programs][: MOST_PROGRAMS - len(self.programs)]
        for name, kinds in other.types.items():
            known = self.types.setdefault(name, [])
            known += [kind for kind in kinds if kind not in known]


@dataclass(frozen=True, slots=True)
class Caller:
    """A file that may call: its text, the name that it is imported by, what it is."""

    text: str
    module: str
    is_test: bool = False
    is_package: bool = False
    path: Path | None = None
    """Of the file; None where that is not known."""


def calls_in(caller: Caller, module: str, functions: Sequence[Function]) -> Mapping[str, Seen]:
    """Return, by qualified name, how the file calls these functions of ``module``. Raises nothing."""
    tree, _ = parse(caller.text)
    found: dict[str, Seen] = {}
    if tree is None:
        return found
    try:
        names = names_of_file(tree, caller.module, is_package=caller.is_package)
        reader = _Reader(names, module, {f.qualname: f for f in functions}, is_test=caller.is_test)
        for scope in names.scopes:
            for qualname, seen in reader.read(scope):
                found.setdefault(qualname, Seen()).add(seen)
    except RecursionError:  # an expression that is nested a thousand times
        return found
    return found


class _Reader:
    def __init__(self, names: FileNames, module: str, functions: Mapping[str, Function], *, is_test: bool) -> None:
        self._names = names
        self._module = module
        self._functions = functions
        self._classes = {f.class_name for f in functions.values() if f.class_name}
        self._by_name: dict[str, list[Function]] = {}
        self._is_test = is_test
        for function in functions.values():
            self._by_name.setdefault(function.name, []).append(function)

    def read(self, scope: Scope) -> Iterator[tuple[str, Seen]]:
        """Yield what the calls of one scope say."""
        rows = min(_MOST_ROWS, max((len(table) for table in scope.tables), default=1))
        for statement in scope.statements:
            for node in _own_expressions(statement):
                if not isinstance(node, (ast.Call, ast.Attribute)) or not self._may_be(node):
                    continue
                for number in range(rows):
                    row = {k: v for table in scope.tables for k, v in table[number % len(table)].items()}
                    reading = Reading(self._names, scope, self._is_test, row)
                    found = self._called(node, reading) if isinstance(node, ast.Call) else self._read(node, reading)
                    if found is not None:
                        yield found

    def _may_be(self, node: ast.Call | ast.Attribute) -> bool:
        called = node.func if isinstance(node, ast.Call) else node
        last = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        if isinstance(node, ast.Attribute):
            return any(f.kind == "property" for f in self._by_name.get(last, ()))
        return last in self._by_name or last in self._classes or last in self._names.imports

    # ---- what is called --------------------------------------------------------------------------------------------

    def _called(self, node: ast.Call, reading: Reading) -> tuple[str, Seen] | None:
        name = self._own_name(node.func, reading)
        function = self._functions.get(f"{name}.__init__" if name in self._classes else name)
        if function is not None and (function.kind != "method" or function.name == "__init__"):
            return self._program(function, node, reading, [], name)
        if isinstance(node.func, ast.Attribute):
            return self._method(node.func, node, reading)
        return None

    def _read(self, node: ast.Attribute, reading: Reading) -> tuple[str, Seen] | None:
        return self._method(node, None, reading)

    def _method(self, node: ast.Attribute, call: ast.Call | None, reading: Reading) -> tuple[str, Seen] | None:
        candidates = [f for f in self._by_name.get(node.attr, ()) if f.class_name]
        candidates = [f for f in candidates if (f.kind == "property") == (call is None)]
        owner, lines = self._receiver(node.value, reading)
        if owner:
            candidates = [f for f in candidates if f.class_name == owner]
        elif dotted(node.value) in ("self", "cls") and not self._is_test:
            candidates = [f for f in candidates if f.class_name == reading.scope.class_name]
        elif node.attr in _COMMON or call is None or len(candidates) > 1 or not self._is_near():
            return None
        if len(candidates) != 1:
            return None
        return self._program(candidates[0], call, reading, lines, f"{_INSTANCE}.{node.attr}")

    def _own_name(self, node: ast.expr, reading: Reading) -> str:
        """Return the name in the module under test of what an expression names, empty for anything else."""
        has_all = any(self._is_related(star) for star in self._names.stars)
        if has_all and isinstance(node, ast.Name) and node.id in (*self._functions, *self._classes):
            return node.id
        try:
            module, name = reading.imported(node)
        except Unknown:
            return ""
        whole = f"{module}.{name}" if name else module
        if whole.startswith(self._module + "."):  # of ``from pkg import module`` too
            return whole[len(self._module) + 1 :]
        return name if self._is_related(module) else ""

    def _is_related(self, module: str) -> bool:
        """Tell whether it is the module, or a package around it that may hand its names on."""
        return module == self._module or self._module.startswith(module + ".")

    def _is_near(self) -> bool:
        """Tell whether the file has to do with the module at all."""
        modules = [*(m for m, _ in self._names.imports.values()), *self._names.modules, *self._names.stars]
        return self._names.module == self._module or any(
            self._is_related(m) or m.startswith(self._module) for m in modules
        )

    # ---- the receiver ----------------------------------------------------------------------------------------------

    def _receiver(self, node: ast.expr, reading: Reading) -> tuple[str, list[str]]:
        """Return the class of the receiver and the lines that make it, both empty when they cannot be told."""
        made, place = node, reading
        if isinstance(node, ast.Name):
            given = reading.value_of(node)
            place, made = given or (reading, node)
        elif isinstance(node, ast.Attribute) and dotted(node.value) == "self":
            made = reading.attribute_of_self(node.attr) or node
        if not isinstance(made, ast.Call):
            return "", []
        name = self._own_name(made.func, place)
        owner = name if name in self._classes else name.rpartition(".")[0]
        if owner not in self._classes:
            return "", []
        try:
            lines = [f"{_INSTANCE} = {place.source(made)}"]
        except Unknown:
            return owner, []
        reading.needed.update(place.needed)
        steps = self._steps(node, reading) if isinstance(node, ast.Name) else []
        return owner, [*lines, *steps[-_MOST_STEPS:]]

    def _steps(self, node: ast.Name, reading: Reading) -> list[str]:
        """Return the calls of the same variable between its making and this one."""
        found: list[str] = []
        for statement in reading.scope.statements:
            if statement.lineno >= node.lineno:
                break
            call = statement.value if isinstance(statement, ast.Expr) else None
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Attribute)
                and dotted(call.func.value) == node.id
            ):
                passed = [(f"{k}=" if k else "") + _source(a, reading) for k, a in _arguments(call) or ()]
                if any(source.rpartition("=")[2] == _UNKNOWN for source in passed):
                    continue
                found.append(f"{_INSTANCE}.{call.func.attr}({', '.join(passed)})")
        return found

    # ---- the program -----------------------------------------------------------------------------------------------

    def _program(
        self, function: Function, call: ast.Call | None, reading: Reading, lines: list[str], name: str
    ) -> tuple[str, Seen] | None:
        passed = [] if call is None else _arguments(call)
        if passed is None:
            return None
        sources, types = [], {}
        for position, (keyword, node) in enumerate(passed):
            source = _source(node, reading)
            sources.append((f"{keyword}=" if keyword else "") + source)
            parameter = _parameter(function, position, keyword)
            kind = type_of(node, reading) if parameter else ""
            if parameter and kind:
                types[parameter] = [kind]
        says_nothing = not lines and all(s.rpartition("=")[2] == _UNKNOWN for s in sources)
        seen = Seen([], types)
        if not says_nothing:
            imports = [f"from {module} import {n}" for n, module in sorted(reading.needed.items())]
            shown = name if call is None else f"{name}({', '.join(sources)})"
            seen.programs = ["\n".join([*imports, *lines, shown])]
        return function.qualname, seen


def _source(node: ast.expr, reading: Reading) -> str:
    before = dict(reading.needed)
    try:
        return reading.source(node)
    except (Unknown, RecursionError):
        reading.needed.clear()
        reading.needed.update(before)
        return _UNKNOWN


def _arguments(call: ast.Call) -> list[tuple[str, ast.expr]] | None:
    """Return (keyword or "", argument), None for a call with stars, of which the arguments cannot be told."""
    if any(isinstance(a, ast.Starred) for a in call.args) or any(k.arg is None for k in call.keywords):
        return None
    return [*(("", a) for a in call.args), *((k.arg or "", k.value) for k in call.keywords)]


def _parameter(function: Function, position: int, keyword: str) -> str:
    """Return the parameter without an annotation that the argument is for, empty for others."""
    bound = function.class_name is not None and function.kind != "staticmethod"
    parameters = function.parameters[1:] if bound else function.parameters
    if keyword:
        found = [p for p in parameters if p.name == keyword]
    else:
        found = [p for p in parameters if p.kind.startswith("positional")][position : position + 1]
    return found[0].name if found and found[0].annotation is None else ""


def _own_expressions(statement: ast.stmt) -> Iterator[ast.AST]:
    """Yield the expressions of one statement, those of statements inside of it not."""
    todo: list[ast.AST] = [n for n in ast.iter_child_nodes(statement) if isinstance(n, (ast.expr, ast.withitem))]
    while todo:
        node = todo.pop(0)
        yield node
        todo[:0] = [n for n in ast.iter_child_nodes(node) if not isinstance(n, ast.stmt)]
