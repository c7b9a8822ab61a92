"""What a project's tests make instances with: fixtures and factories, read from the text of one file.

Fixtures are those of pytest; factories those of factory_boy, with the fixtures that pytest-factoryboy makes of them.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.domain.code.parse import parse
from greenline.domain.code.syntax_tree import expression_of
from greenline.domain.generation.test_style import is_fixture
from greenline.domain.generation.value_words import snake

if TYPE_CHECKING:
    from collections.abc import Iterator

OF_PYTEST = frozenset({"tmp_path", "monkeypatch"})
"""Fixtures that a fixture may ask for."""
_SHARED = frozenset({"autouse", "params", "scope"})
"""What makes a fixture act on all tests, be several, or be one object for several tests."""
TOOLS = (("model_bakery", "baker"),)
"""(module, attribute) of what makes instances of any model, where tests import it."""
_LAZY = frozenset({"Iterator", "Generator", "Iterable"})


@dataclass(frozen=True, slots=True)
class Maker:
    """A fixture, when ``imported`` is empty, or a factory that tests import."""

    name: str
    """What a test calls it."""
    gives: tuple[str, ...]
    """Names of the classes that it may give an instance of, without their modules; empty for what others need."""
    needs: tuple[str, ...] = ()
    """The fixtures that a fixture asks for."""
    expression: str = ""
    """What it gives, in the namespace of its file; empty for the function of its name."""
    factory: bool = False
    """It is called, with attributes by name."""


def makers_in(text: str) -> tuple[tuple[Maker, ...], tuple[Maker, ...]]:
    """Return the fixtures and the factories that a text defines. Raises nothing."""
    tree, _ = parse(text)
    if tree is None:
        return (), ()
    factories = tuple(_factories(tree))
    fixtures = [
        Maker(node.name, tuple(dict.fromkeys(_given(node))), tuple(a.arg for a in node.args.args))
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and is_fixture(node) and _is_plain(node)
    ]
    return tuple(fixtures), factories


def fixtures_in(text: str) -> frozenset[str]:
    """Return the names of all fixtures that a text defines, of whatever scope. Raises nothing."""
    tree, _ = parse(text)
    found = [node for node in tree.body if is_fixture(node)] if tree else []
    return frozenset(_asked_as(node) for node in found if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


def _asked_as(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    given = (k.value for d in node.decorator_list if isinstance(d, ast.Call) for k in d.keywords if k.arg == "name")
    return next((str(each.value) for each in given if isinstance(each, ast.Constant)), node.name)


def registered_in(text: str, factories: tuple[Maker, ...]) -> tuple[Maker, ...]:
    """Return the fixtures that pytest-factoryboy's ``register`` makes of factories, for a text that calls it."""
    tree, _ = parse(text)
    if tree is None or "register" not in text:
        return ()
    known = {factory.name: factory for factory in factories}
    found: list[Maker] = []
    for factory, wanted in _registered(tree):
        if factory in known:
            gives = known[factory].gives
            found += [Maker(wanted or snake(gives[0]), gives, expression=f"{factory}()")]
            found += [Maker(snake(factory), gives, expression=factory, factory=True)]
    return tuple(found)


def _registered(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield the factory's name, and that of its fixture where it is given."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield from ((node.name, "") for d in node.decorator_list if _last(d) == "register")
        call = node.value if isinstance(node, ast.Expr) else None
        if isinstance(call, ast.Call) and _last(call) == "register" and call.args:
            named = call.args[1] if len(call.args) > 1 else None
            yield _last(call.args[0]), str(named.value) if isinstance(named, ast.Constant) else ""


def _factories(tree: ast.Module) -> Iterator[Maker]:
    for node in tree.body:
        if not isinstance(node, ast.ClassDef) or not any("Factory" in ast.unparse(base) for base in node.bases):
            continue
        meta = [n for n in node.body if isinstance(n, ast.ClassDef) and n.name == "Meta"]
        told = {_last(t): a.value for m in meta for a in m.body if isinstance(a, ast.Assign) for t in a.targets}
        model = told.get("model")
        given = str(model.value).rpartition(".")[2] if isinstance(model, ast.Constant) else _last(model)
        if given and "abstract" not in told:
            yield Maker(node.name, (given,), factory=True)


def _is_plain(fixture: ast.FunctionDef) -> bool:
    """Tell whether it is made for one test, for those that ask for it."""
    options = [k for d in fixture.decorator_list if isinstance(d, ast.Call) for k in d.keywords]
    if any(k.arg in _SHARED and ast.unparse(k.value) not in {"False", "'function'"} for k in options):
        return False
    named = any(k.arg == "name" for k in options)
    return not named and not fixture.args.kwonlyargs and "request" not in {a.arg for a in fixture.args.args}


def _given(fixture: ast.FunctionDef) -> Iterator[str]:
    """Yield the names of the classes that it says or seems to give."""
    if fixture.returns is not None:
        yield from _named_by(fixture.returns)
    made = dict(_made(fixture))
    for node in ast.walk(fixture):
        value = node.value if isinstance(node, (ast.Return, ast.Yield)) else None
        if isinstance(value, ast.Name):
            value = made.get(value.id)
        if isinstance(value, ast.Call):
            yield from _callee(value)


def _made(fixture: ast.FunctionDef) -> Iterator[tuple[str, ast.expr]]:
    """Yield the variables and what they are made by."""
    for node in ast.walk(fixture):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node.value
        elif isinstance(node, ast.withitem) and isinstance(node.optional_vars, ast.Name):
            yield node.optional_vars.id, node.context_expr


def _callee(call: ast.Call) -> Iterator[str]:
    """Yield what may be the class: ``Cart`` of ``Cart()``, ``shop.Cart()`` and ``Cart.empty()``."""
    parts = ast.unparse(call.func).split(".")
    yield from (part for part in parts[-2:] if part[:1].isupper())


def _named_by(annotation: ast.expr) -> Iterator[str]:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        annotation = expression_of(annotation.value) if annotation.value.isidentifier() else annotation
    if isinstance(annotation, ast.Subscript) and _last(annotation.value) in _LAZY:
        inside = annotation.slice
        yield from _named_by(inside.elts[0] if isinstance(inside, ast.Tuple) and inside.elts else inside)
    elif isinstance(annotation, (ast.Name, ast.Attribute)):
        yield _last(annotation)


def _last(node: ast.AST | None) -> str:
    """Return the last part of a dotted name, of what is called too."""
    if isinstance(node, ast.Call):
        return _last(node.func)
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
