"""The tests of a file, as pytest would collect them."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.domain.auditing.modules import (
    FUNCTIONS,
    Found,
    FunctionNode,
    Module,
    Names,
    dotted_inside,
    statements_of,
)
from greenline.domain.generation.collected_names import Collected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_Scope = ast.Module | ast.ClassDef | FunctionNode


@dataclass(frozen=True, slots=True, eq=False)
class TestFunction:
    """One test; compared by identity."""

    __test__ = False

    module: Module
    """Where its text stands: for an inherited test that of the base class."""
    node: FunctionNode
    owner: Found | None
    """The class that is collected, which may have inherited it."""
    node_id: str
    """As the command line names it, from the project's root; without the parts in brackets."""
    is_conditional: bool = False
    """It stands below ``if`` or ``try``: another one may be there instead of it."""
    given: frozenset[str] = frozenset()
    """Parameters of the function that made it, which may be called in it."""

    @property
    def path(self) -> Path:
        """The file that it stands in."""
        return self.module.path

    @property
    def line(self) -> int:
        """Where its ``def`` is, from 1."""
        return self.node.lineno

    @property
    def name(self) -> str:
        """What it is collected as."""
        return self.node_id.rpartition("::")[2]

    @property
    def is_skipped(self) -> bool:
        """It never runs, and says so."""
        marks = [*self.node.decorator_list, *(decorators(self.owner.node) if self.owner else ())]
        return any(ast.unparse(each).split("(")[0].rpartition(".")[2] == "skip" for each in marks)


@dataclass(frozen=True, slots=True)
class _Defined:
    """A function under a name: its own, or one that it was assigned to."""

    name: str
    module: Module
    node: FunctionNode
    is_conditional: bool = False
    given: frozenset[str] = frozenset()


def tests_of(module: Module, names: Names, root: Path, collected: Collected) -> Iterator[TestFunction]:
    """Yield the tests of a file, in the order of the text, also those that a later one takes the place of."""
    file = module.path.relative_to(root).as_posix() if module.path.is_relative_to(root) else str(module.path)
    for node in _in_order(module.tree):
        if isinstance(node, ast.ClassDef):
            yield from _of_class(Found(module, node), names, file, collected)
            continue
        for one in _defined_by(node, module, module.tree, names):
            if collected.usual_function(one.name):
                yield TestFunction(one.module, one.node, None, f"{file}::{one.name}", one.is_conditional, one.given)


def made_elsewhere(module: Module, names: Names, root: Path, collected: Collected) -> Iterator[str]:
    """Yield the node ids of what has a test's name and is made by code that nobody can look into: tests, perhaps."""
    file = module.path.relative_to(root).as_posix() if module.path.is_relative_to(root) else str(module.path)
    for node in _in_order(module.tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, (ast.Call, ast.Attribute)):
            for name in sorted(_bound_by(node)):
                is_like_a_test = collected.usual_function(name) or collected.has_class(name)
                if is_like_a_test and _assigned(node.value, module, module.tree, names) is None:
                    yield f"{file}::{name}"


def _of_class(owner: Found, names: Names, prefix: str, collected: Collected) -> Iterator[TestFunction]:
    node = owner.node
    is_unittest = any(base.rpartition(".")[2].endswith("TestCase") for base in names.bases(owner))
    if not is_unittest and (not collected.has_class(node.name) or any(names.methods(owner, "__init__"))):
        return
    is_test: Callable[[str], object] = (
        (lambda name: name.startswith("test")) if is_unittest else collected.usual_function
    )
    for one in _methods(owner, names):
        if is_test(one.name):
            node_id = f"{prefix}::{node.name}::{one.name}"
            yield TestFunction(one.module, one.node, owner, node_id, one.is_conditional, one.given)
    for each in () if is_unittest else _in_order(node):
        if isinstance(each, ast.ClassDef):
            yield from _of_class(Found(owner.module, each), names, f"{prefix}::{node.name}", collected)


def _methods(owner: Found, names: Names) -> Iterator[_Defined]:
    """Yield the methods of a class and those that it inherits: what is nearer hides what has the same name."""
    hidden: set[str] = set()
    for found in names.lineage(owner):
        nearer = frozenset(hidden)
        for statement in _in_order(found.node):
            hidden |= _bound_by(statement)
            yield from (
                one for one in _defined_by(statement, found.module, found.node, names) if one.name not in nearer
            )


def _bound_by(statement: ast.AST) -> set[str]:
    if isinstance(statement, FUNCTIONS):
        return {statement.name}
    return {each.id for each in getattr(statement, "targets", ()) if isinstance(each, ast.Name)}


def _defined_by(statement: ast.AST, module: Module, scope: _Scope, names: Names) -> Iterator[_Defined]:
    """Yield the functions that a statement gives a name to, in a class or at the top of a module."""
    is_conditional = statement not in scope.body
    if isinstance(statement, FUNCTIONS) and not _is_fixture(statement):
        yield _Defined(statement.name, module, statement, is_conditional)
    elif isinstance(statement, ast.Assign):
        bound = _bound_by(statement)
        for name in sorted(bound):
            if (made := _assigned(statement.value, module, scope, names)) is not None:
                yield replace(made, name=name, is_conditional=is_conditional)


def _assigned(value: ast.expr, module: Module, scope: _Scope, names: Names) -> _Defined | None:
    """Return the function that is meant by ``other``, or that ``make(...)`` returns; None where none is known."""
    name = dotted_inside(value)
    own = next((each for each in scope.body if isinstance(each, FUNCTIONS) and each.name == name), None)
    found = Found(module, own) if own is not None else names.find(module, name) if name else None
    if found is None or not found.module.is_test or not isinstance(found.node, FUNCTIONS):
        return None
    if not isinstance(value, ast.Call):
        return None if _is_fixture(found.node) else _Defined(name, found.module, found.node)
    inner = _returned_by(found.node)
    arguments = found.node.args
    given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    called = frozenset(each.arg for each in given)
    return _Defined(name, found.module, inner, given=called) if inner is not None else None


def _returned_by(maker: FunctionNode) -> FunctionNode | None:
    """Return the function inside of another one that it returns, also in decorators."""
    statements = list(statements_of(maker))
    returned = [each.value for each in statements if isinstance(each, ast.Return) and each.value]
    named = {each.id for value in returned for each in ast.walk(value) if isinstance(each, ast.Name)}
    return next((each for each in statements if isinstance(each, FUNCTIONS) and each.name in named), None)


def _in_order(scope: ast.AST) -> list[ast.AST]:
    """Return the statements of a module or class in the order of the text, also those below ``if`` and ``try``."""
    return sorted(statements_of(scope), key=lambda each: getattr(each, "lineno", 0))


def decorators(node: ast.AST) -> list[ast.expr]:
    """Return those of a function or class; none of a module."""
    return getattr(node, "decorator_list", [])


def _is_fixture(node: FunctionNode) -> bool:
    return any(is_fixture_mark(each) for each in node.decorator_list)


def is_fixture_mark(node: ast.expr) -> bool:
    """Tell whether a decorator makes a fixture: pytest's, or a library's own."""
    return ast.unparse(node).split("(")[0].rpartition(".")[2] in {"fixture", "yield_fixture"}
