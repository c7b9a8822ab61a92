"""Whether a test checks anything: by itself, by what it calls, by its fixtures, or by what it is there for."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.domain.auditing.fixed import holds_always
from greenline.domain.auditing.modules import (
    FUNCTIONS,
    Found,
    FunctionNode,
    Module,
    Names,
    dotted_inside,
    statements_of,
)
from greenline.domain.auditing.purposes import CHECKING_NAME, is_about_equality
from greenline.domain.auditing.read_tests import decorators, is_fixture_mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenline.domain.auditing.read_tests import TestFunction

_DEEPEST = 6
"""Helper functions that call helper functions."""
_CHECKING_FIXTURE = re.compile(
    r"(?i)snapshot|regression|approv|benchmark|httpx_mock|requests_mock|respx|responses|golden|assert|check|verif"
)
"""Of fixtures that come from plugins: they compare, or look at the end at what happened."""


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where names are looked up."""

    module: Module
    owner: Found | None
    is_test: bool = True


class Checking:
    """Follows calls through the test's module, its imports, its class's bases and ``conftest.py``."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._known: dict[tuple[int, int | None], bool] = {}

    def checks(self, test: TestFunction) -> bool:
        """Tell whether the test can fail by more than an error on the way."""
        scope = _Scope(test.module.within(test.node), test.owner)
        return (
            self._does(scope, test.node, _DEEPEST)
            or _calls_what_is_given(test)
            or self._mark_checks(scope, test)
            or (is_about_equality(test) and any(isinstance(each, ast.Assert) for each in ast.walk(test.node)))
            or any(self._fixture_checks(scope, name, asked_for=True) for name in asked_for(test))
            or any(self._looks_afterwards(scope, fixture) for fixture in self._automatic(scope))
            or self._class_looks_afterwards(scope)
        )

    def _does(self, scope: _Scope, node: ast.AST, depth: int) -> bool:
        return any(self._is_check(scope, each, depth) for each in ast.walk(node))

    def _is_check(self, scope: _Scope, node: ast.AST, depth: int) -> bool:
        if isinstance(node, ast.Assert):
            return not holds_always(node.test)
        if isinstance(node, ast.Raise):
            return scope.is_test or (node.exc is not None and "AssertionError" in ast.unparse(node.exc))
        if isinstance(node, ast.Call):
            return self._call_checks(scope, node, depth)
        return scope.is_test and self._hands_on_checks(scope, node, depth)

    def _hands_on_checks(self, scope: _Scope, node: ast.AST, depth: int) -> bool:
        """Tell whether it is a function that checks, or a program that is run, with assertions of its own."""
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            return self._reference_checks(scope, node.id, depth)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            return self._attribute_checks(scope, node, depth)
        return isinstance(node, ast.Constant) and isinstance(node.value, str) and "assert " in node.value

    def _attribute_checks(self, scope: _Scope, node: ast.Attribute, depth: int) -> bool:
        """Judge ``self.assertEqual`` or ``testing.assert_equal`` that gets another name or is handed on."""
        receiver = dotted_inside(node.value)
        if receiver in {"self", "cls"}:
            own = scope.owner is not None and any(self._names.methods(scope.owner, node.attr))
            return (own or node.attr.startswith("assert")) and self._own_method_checks(
                scope, node.attr, node.attr, depth
            )
        is_library = self._is_library(scope, receiver) and not self._names.is_of_project(scope.module, receiver)
        return is_library and node.attr.startswith("assert")

    def _mark_checks(self, scope: _Scope, test: TestFunction) -> bool:
        """Look into decorators that are functions of the test's class: they stand around the test."""
        names = [dotted_inside(mark) for mark in test.node.decorator_list] if scope.owner is not None else []
        methods = (found for name in names if scope.owner for found in self._names.methods(scope.owner, name))
        return any(self._function_checks(where.module, node, scope.owner, _DEEPEST) for where, node in methods)

    def _call_checks(self, scope: _Scope, node: ast.Call, depth: int) -> bool:
        if any(each.arg == "check" and ast.unparse(each.value) == "True" for each in node.keywords):
            return True
        name = dotted_inside(node.func)
        last = node.func.attr if isinstance(node.func, ast.Attribute) else name.rpartition(".")[2]
        first, _, rest = name.partition(".")
        if first in {"self", "cls"} and rest:
            return self._own_method_checks(scope, rest, last, depth)
        if first == "super()":
            return bool(CHECKING_NAME.search(last))
        found = self._names.find(scope.module, name) if name else None
        if found is not None:
            return self._definition_checks(scope, found, last, depth)
        if isinstance(node.func, ast.Attribute):
            return self._method_checks(scope, node.func, last, depth)
        return bool(CHECKING_NAME.search(last)) and not self._names.is_of_project(scope.module, name)

    def _own_method_checks(self, scope: _Scope, rest: str, last: str, depth: int) -> bool:
        if scope.owner is not None and "." not in rest:
            own = list(self._names.methods(scope.owner, rest))
            if own:
                where, node = own[0]
                return self._function_checks(where.module, node, scope.owner, depth)
        return bool(CHECKING_NAME.search(last)) or self._some_method_checks(scope, last, depth)

    def _method_checks(self, scope: _Scope, func: ast.Attribute, last: str, depth: int) -> bool:
        """Judge a method of whatever object: by a name that nobody can look into, or helper classes that have it."""
        if scope.is_test and self._some_method_checks(scope, last, depth):
            return True
        if re.search(r"(?i)assert|raises|warns|match_lines|re_match|fnmatch|snapshot|raise_for", last):
            return True
        receiver = dotted_inside(func.value)
        of_project = bool(receiver) and self._names.is_of_project(scope.module, receiver)
        return (
            bool(receiver) and not of_project and bool(CHECKING_NAME.search(last)) and self._is_library(scope, receiver)
        )

    def _is_library(self, scope: _Scope, receiver: str) -> bool:
        """Tell whether a name is imported, from outside of the project: a method of an object may be of its own."""
        return receiver.partition(".")[0] in scope.module.imported

    def _some_method_checks(self, scope: _Scope, name: str, depth: int) -> bool:
        return any(
            self._function_checks(module, each, Found(module, node), depth)
            for module in self._names.neighbours(scope.module)
            for node in module.defined.values()
            if isinstance(node, ast.ClassDef)
            for each in node.body
            if isinstance(each, FUNCTIONS) and each.name == name and not name.startswith("test")
        )

    def _definition_checks(self, scope: _Scope, found: Found, name: str, depth: int) -> bool:
        """Look into a function or class; the code under test only where its name, or its caller's, says that it checks.

        Of the code under test nothing else is looked into, so a caller there, in the same file, is one that says so.
        """
        is_from_there = not scope.is_test and scope.module.path == found.module.path
        if not found.module.is_test and not CHECKING_NAME.search(name) and not is_from_there:
            return False
        if isinstance(found.node, ast.ClassDef):
            return any(
                self._function_checks(each.module, node, found, depth)
                for each in self._names.lineage(found)
                for node in each.node.body
                if isinstance(node, FUNCTIONS) and node.name.startswith("__") and node.name != "__eq__"
            )
        return self._function_checks(found.module, found.node, None, depth)

    def _reference_checks(self, scope: _Scope, name: str, depth: int) -> bool:
        """Look into a function of the tests that is handed on: to a thread, a library, the caller of a fixture."""
        found = self._names.find(scope.module, name)
        if found is None or not found.module.is_test or not isinstance(found.node, FUNCTIONS):
            return False
        return self._function_checks(found.module, found.node, None, depth)

    def _function_checks(self, module: Module, node: FunctionNode, owner: Found | None, depth: int) -> bool:
        key = (id(node), id(owner.node) if owner is not None else None)
        if key in self._known:
            return self._known[key]
        if depth <= 0:
            return False
        self._known[key] = False  # while it is looked at: it may call itself
        inside = _Scope(module.within(node), owner, module.is_test)
        self._known[key] = self._does(inside, node, depth - 1)
        return self._known[key]

    def _fixture_checks(self, scope: _Scope, name: str, *, asked_for: bool) -> bool:
        found = self._fixture(scope, name)
        if found is None:
            return asked_for and bool(_CHECKING_FIXTURE.search(name))
        return self._looks_afterwards(scope, found) or self._hands_out_checks(found)

    def _fixture(self, scope: _Scope, name: str) -> Found | None:
        if scope.owner is not None:
            for where, node in self._names.methods(scope.owner, name):
                return Found(where.module, node)
        for module in [scope.module, *self._names.conftests(scope.module.path)]:
            found = self._names.find(module, name)
            if found is not None and isinstance(found.node, FUNCTIONS):
                return found
            for each in module.defined.values():
                if isinstance(each, FUNCTIONS) and any(_is_named(mark, name) for mark in each.decorator_list):
                    return Found(module, each)
        return None

    def _looks_afterwards(self, scope: _Scope, found: Found) -> bool:
        """Tell whether a fixture, or one that it asks for, checks something behind its ``yield``."""
        inside = _Scope(found.module, None)
        if any(self._does(inside, each, _DEEPEST) for each in statements_after_yield(found.node)):
            return True
        assert isinstance(found.node, FUNCTIONS)
        names = [each.arg for each in found.node.args.args if each.arg not in {"self", "request", found.node.name}]
        return any(self._fixture_checks(_Scope(found.module, scope.owner), name, asked_for=False) for name in names)

    def _hands_out_checks(self, found: Found) -> bool:
        """Tell whether a fixture gives the test a function that checks, or is one of checks itself."""
        inside = _Scope(found.module, None)
        inner = [each for each in ast.walk(found.node) if isinstance(each, (*FUNCTIONS, ast.ClassDef, ast.Lambda))]
        given = [
            each.value for each in ast.walk(found.node) if isinstance(each, (ast.Return, ast.Yield)) and each.value
        ]
        return any(self._does(inside, each, _DEEPEST) for each in [*inner[1:], *given])

    def _automatic(self, scope: _Scope) -> Iterator[Found]:
        """Yield the fixtures that every test has."""
        for module in [scope.module, *self._names.conftests(scope.module.path)]:
            for node in module.defined.values():
                if isinstance(node, FUNCTIONS) and _is_automatic(node):
                    yield Found(module, node)
        if scope.owner is not None:
            for where in self._names.lineage(scope.owner):
                for each in statements_of(where.node):
                    if isinstance(each, FUNCTIONS) and _is_automatic(each):
                        yield Found(where.module, each)

    def _class_looks_afterwards(self, scope: _Scope) -> bool:
        """Tell whether the class checks something when each test is over."""
        if scope.owner is None:
            return False
        ends = ("tearDown", "teardown_method", "asyncTearDown")
        return any(
            self._function_checks(where.module, node, scope.owner, _DEEPEST)
            for name in ends
            for where, node in self._names.methods(scope.owner, name)
        )


def _calls_what_is_given(test: TestFunction) -> bool:
    """Tell whether it calls what the function that made it was given: nobody can look into that."""
    calls = (each.func for each in ast.walk(test.node) if isinstance(each, ast.Call))
    return any(dotted_inside(func).partition(".")[0] in test.given for func in calls)


def asked_for(test: TestFunction) -> list[str]:
    """Return the names of the fixtures that a test asks for."""
    names = [each.arg for each in (*test.node.args.args, *test.node.args.kwonlyargs) if each.arg not in {"self", "cls"}]
    for mark in [*test.node.decorator_list, *(decorators(test.owner.node) if test.owner else ())]:
        if isinstance(mark, ast.Call) and ast.unparse(mark.func).endswith("usefixtures"):
            names += [str(each.value) for each in mark.args if isinstance(each, ast.Constant)]
    return names


def statements_after_yield(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what a fixture does when the test is over."""
    yields = [each.lineno for each in ast.walk(node) if isinstance(each, ast.Yield)]
    if not yields:
        for each in ast.walk(node):
            if isinstance(each, ast.Call) and ast.unparse(each.func).endswith("addfinalizer"):
                yield each
        return
    for each in ast.walk(node):
        if isinstance(each, ast.stmt) and each.lineno > min(yields):
            yield each


def _is_named(mark: ast.expr, name: str) -> bool:
    return (
        isinstance(mark, ast.Call)
        and is_fixture_mark(mark)
        and any(each.arg == "name" and getattr(each.value, "value", None) == name for each in mark.keywords)
    )


def _is_automatic(node: FunctionNode) -> bool:
    return any(is_fixture_mark(mark) and "autouse=True" in ast.unparse(mark) for mark in node.decorator_list)
