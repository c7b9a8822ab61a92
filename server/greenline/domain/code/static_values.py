"""Expressions that mean the same elsewhere: names replaced by their values, or by what an import leads to."""

from __future__ import annotations

import ast
import builtins
import copy
from dataclasses import dataclass, field

from greenline.domain.code.dotted_names import dotted, first_name
from greenline.domain.code.file_names import AT_THE_END, FileNames, Scope, given_back
from greenline.domain.code.syntax_tree import expression_of
from greenline.domain.code.written_tables import Row

MAX_SOURCE = 300
_DEEPEST = 5
_NOT_ELSEWHERE = (ast.Await, ast.Yield, ast.YieldFrom, ast.Starred, ast.NamedExpr)
_DO_OR_DIFFER = """
open input exec eval print exit quit help breakpoint globals locals vars id compile super __import__ copyright credits
license dir memoryview object
"""
_BUILTINS = frozenset(dir(builtins)) - frozenset(_DO_OR_DIFFER.split())
_OF_TESTS = frozenset({"pytest", "unittest", "conftest", "tests", "test", "hypothesis", "mock", "__future__"})


class Unknown(Exception):
    """The expression depends on what cannot be told from the text."""


@dataclass
class Reading:
    """Reads expressions of one scope, for one row of its tables. ``needed``: name -> module to import it from."""

    names: FileNames
    scope: Scope
    is_test: bool
    row: Row = field(default_factory=dict)
    needed: dict[str, str] = field(default_factory=dict)

    def source(self, node: ast.expr) -> str:
        """Return the expression as source that needs no more than ``needed``. Raises Unknown."""
        text = ast.unparse(self.resolved(node))
        if len(text) > MAX_SOURCE:
            raise Unknown
        return text

    def resolved(self, node: ast.expr, depth: int = 0) -> ast.expr:
        """Return the expression with all its names resolved. Raises Unknown."""
        if depth > _DEEPEST or any(isinstance(n, _NOT_ELSEWHERE) for n in ast.walk(node)):
            raise Unknown
        found: ast.expr = _Resolver(self, node, depth).visit(copy.deepcopy(node))
        return found

    def value_of(self, node: ast.Name) -> tuple[Reading, ast.expr] | None:
        """Return what the name was given before, and where to read it; None when that cannot be said."""
        name = node.id
        if name in self.row:
            return self, self.row[name]
        if name in self.scope.unclear:
            return None
        if name in self.scope.given:
            value = self.scope.value(name, node.lineno)
            return None if value is None else (self, value)
        fixture = self.names.fixtures.get(name)
        if fixture is not None and fixture is not self.scope and name in _parameters(self.scope):
            given = given_back(fixture)
            return None if given is None else (self.inside(fixture), given)
        value = None if name in _parameters(self.scope) else self.names.outer.value(name, AT_THE_END)
        return None if value is None else (self.inside(self.names.outer), value)

    def attribute_of_self(self, name: str) -> ast.expr | None:
        """Return what the set-up of a test class puts on ``self``."""
        return self.names.attributes.get(self.scope.class_name, {}).get(name)

    def imported(self, node: ast.expr) -> tuple[str, str]:
        """Return (module, rest) of a dotted name that an import leads to. Raises Unknown."""
        whole = dotted(node)
        first, _, rest = whole.partition(".")
        inside = self.scope is not self.names.outer and first in self.scope.given
        if not whole or inside or first in self.scope.unclear or first in _parameters(self.scope):
            raise Unknown
        modules = [m for m in self.names.modules if whole.startswith(m + ".")]
        if modules:
            module = max(modules, key=len)
            return module, whole[len(module) + 1 :]
        if first in self.names.imports:
            module, attribute = self.names.imports[first]
            return module, ".".join(filter(None, [attribute, rest]))
        if first in self.names.defined or first in self.names.outer.given:
            return self.names.module, whole
        raise Unknown

    def need(self, module: str, name: str) -> None:
        """Note an import. Raises Unknown for what only tests have, and for a second thing of the name."""
        own = module == self.names.module and self.is_test
        if own or {*module.split(".")} & _OF_TESTS or any(p.startswith("test_") for p in module.split(".")):
            raise Unknown
        if self.needed.setdefault(name, module) != module:
            raise Unknown

    def inside(self, scope: Scope) -> Reading:
        """Return the same for another scope of the file."""
        return Reading(self.names, scope, self.is_test, needed=self.needed)


class _Resolver(ast.NodeTransformer):
    def __init__(self, reading: Reading, node: ast.expr, depth: int) -> None:
        self._reading = reading
        self._depth = depth
        self._inner = {n.arg for n in ast.walk(node) if isinstance(n, ast.arg)}
        self._inner |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Replace one name, unless the expression itself binds it."""
        if node.id in self._inner:
            return node
        given = self._reading.value_of(node)
        if given is not None:
            try:
                return given[0].resolved(given[1], self._depth + 1)
            except Unknown:
                if self._reading.is_test or node.id not in self._reading.names.outer.given:
                    raise
        return self._imported(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """Replace ``module.name`` and what a set-up put on ``self``."""
        if dotted(node.value) == "self" and "self" not in self._inner:
            given = self._reading.attribute_of_self(node.attr)
            if given is None:
                raise Unknown
            return self._reading.resolved(given, self._depth + 1)
        first = first_name(node)
        if first is not None and first.id not in self._inner and self._reading.value_of(first) is None:
            return self._imported(node)
        node.value = self.visit(node.value)
        return node

    def _imported(self, node: ast.expr) -> ast.expr:
        try:
            module, name = self._reading.imported(node)
        except Unknown:
            if isinstance(node, ast.Name) and node.id in _BUILTINS and node.id not in _parameters(self._reading.scope):
                return node
            raise
        if not name:
            raise Unknown
        self._reading.need(module, name.partition(".")[0])
        return expression_of(name)


def _parameters(scope: Scope) -> set[str]:
    arguments = getattr(scope.node, "args", None)
    if arguments is None:
        return set()
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return {a.arg for a in every if a}
