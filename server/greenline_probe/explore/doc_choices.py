"""Documented examples as choices of a template, with what their lines set up put in its place."""

from __future__ import annotations

import ast
import builtins
import copy
import types
from typing import TYPE_CHECKING, Any

from greenline_probe.explore.doc_examples import Outcome
from greenline_probe.explore.template import OMITTED, Choice, Template

if TYPE_CHECKING:
    from greenline_probe.explore.express import Names

DEEPEST = 4


class _Unfit(Exception):
    """The example uses what a test could not."""


class DocumentedChoices:
    """Turns the calls of examples into choices; those that lean on anything that is not plain are left out."""

    def __init__(self, names: Names, templates: list[Template]) -> None:
        self._names = names
        self._templates = templates

    def of(self, outcome: Outcome) -> list[Choice]:
        """Return the choices that make the call of this example, the most likely first; empty where none does."""
        found = []
        for template in self._templates:
            if template.detour:
                continue
            try:
                found += self._fitted(outcome, template)
            except _Unfit:
                continue
        return found

    def _fitted(self, outcome: Outcome, template: Template) -> list[Choice]:
        call, place = outcome.call, _Place(self._names, outcome)
        if template.form == "property" and isinstance(call, ast.Attribute):
            return self._with_receiver(place, template, call.value, _least(template))
        if template.form != "call" or not isinstance(call, ast.Call):
            return []
        chosen = _put(_least(template), template, "argument", call, place)
        if not template.receiver:
            return [Choice(template, tuple(chosen), documented=True)]
        if not isinstance(call.func, ast.Attribute):
            return []
        return self._with_receiver(place, template, call.func.value, chosen)

    def _with_receiver(self, place: _Place, template: Template, receiver: ast.expr, chosen: list[str]) -> list[Choice]:
        """Return the choice with the receiver alone, and the one with what was done with it before."""
        steps = place.steps(receiver, template.receiver)
        made = place.resolved(receiver)
        if template.maker:
            if not isinstance(made, ast.Call) or ast.unparse(made.func) != template.maker:
                return []
            chosen = _put(chosen, template, "construct", made, place)
        else:
            chosen[_first(template, "construct")] = ast.unparse(made)
        found = [Choice(template, tuple(chosen), documented=True)]
        free = [i for i, s in enumerate(template.slots) if s.role == "step"]
        if steps and len(steps) <= len(free):
            for i, step in zip(free, steps):
                chosen[i] = step
            found.append(Choice(template, tuple(chosen), documented=True))
        return found


class _Place:
    """Where an example stands: the names that its docstring defined, and what the imports of a test can bring."""

    def __init__(self, names: Names, outcome: Outcome) -> None:
        self._names = names
        self._space = outcome.space
        self._before = outcome.example.before
        self._assigned: dict[str, ast.expr] = {}
        for statement in self._before:
            if isinstance(statement, ast.Assign):
                for target in statement.targets:
                    if isinstance(target, ast.Name):
                        self._assigned[target.id] = statement.value

    def source(self, node: ast.expr) -> str:
        """Return the expression as a test can have it. Raises _Unfit."""
        return ast.unparse(self.resolved(node))

    def resolved(self, node: ast.expr, depth: int = 0) -> ast.expr:
        """Put what variables were assigned, and importable names, in place of the example's names. Raises _Unfit."""
        if depth > DEEPEST:
            raise _Unfit
        found: ast.expr = _Resolver(self, _inner_names(node), depth).visit(copy.deepcopy(node))
        return found

    def of_name(self, name: str, depth: int) -> ast.expr:
        """Return what stands for one name. Raises _Unfit."""
        if name in self._assigned:
            return self.resolved(self._assigned[name], depth + 1)
        if name not in self._space:
            if hasattr(builtins, name):
                return ast.Name(name, ast.Load())
            raise _Unfit
        value: Any = self._space[name]
        source = None
        if isinstance(value, (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType)):
            source = self._names.of(value)
        module = self._names.module
        if source is None and vars(module).get(name, self) is value and not isinstance(value, types.ModuleType):
            source = self._names.bind_attribute(module.__name__, name, value)
        if source is None:
            raise _Unfit
        return ast.parse(source, mode="eval").body

    def steps(self, receiver: ast.expr, variable: str) -> list[str]:
        """Return what the example did with the receiver before, as statements about ``variable``. Raises _Unfit."""
        if not isinstance(receiver, ast.Name):
            return []
        found: list[str] = []
        for statement in self._before:
            if isinstance(statement, ast.Assign) and any(_is_name(t, receiver.id) for t in statement.targets):
                found = []
            elif isinstance(statement, (ast.Expr, ast.Assign)) and _mentions(statement, receiver.id):
                found.append(self._step(statement, receiver.id, variable))
        return found

    def _step(self, statement: ast.stmt, name: str, variable: str) -> str:
        fresh = copy.deepcopy(statement)
        for node in ast.walk(fresh):
            if isinstance(node, ast.Name) and node.id == name:
                node.id = variable
        inner = {*_inner_names(fresh), variable}
        return ast.unparse(_Resolver(self, inner, 0).visit(fresh))


class _Resolver(ast.NodeTransformer):
    """Replaces free names by what stands for them."""

    def __init__(self, place: _Place, inner: set[str], depth: int) -> None:
        self._place = place
        self._inner = inner
        self._depth = depth

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Replace one name, unless the expression itself binds it."""
        return node if node.id in self._inner else self._place.of_name(node.id, self._depth)

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        """Write texts without the ``u`` of old times."""
        node.kind = None
        return node


def _inner_names(node: ast.AST) -> set[str]:
    """Return the names that an expression binds itself: those of lambdas and comprehensions."""
    found = {n.arg for n in ast.walk(node) if isinstance(n, ast.arg)}
    return found | {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}


def _mentions(node: ast.AST, name: str) -> bool:
    return any(_is_name(n, name) for n in ast.walk(node))


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _least(template: Template) -> list[str]:
    """Return the first choices, with everything left out that may be."""
    return [OMITTED if OMITTED in slot.pool else slot.pool[0] for slot in template.slots]


def _first(template: Template, role: str) -> int:
    return next(i for i, s in enumerate(template.slots) if s.role == role)


def _put(chosen: list[str], template: Template, role: str, call: ast.Call, place: _Place) -> list[str]:
    """Put the arguments of a call into the slots of a role. Raises _Unfit for one that has no place there."""
    chosen = list(chosen)
    free = [i for i, s in enumerate(template.slots) if s.role == role]
    if len(call.args) > len(free) or any(isinstance(a, ast.Starred) for a in call.args):
        raise _Unfit
    given = set()
    for i, argument in zip(free, call.args):
        if template.slots[i].keyword:
            raise _Unfit
        chosen[i] = place.source(argument)
        given.add(i)
    for keyword in call.keywords:
        named = [i for i in free if template.slots[i].name == keyword.arg and not template.slots[i].keyword]
        open_ones = [i for i in free if template.slots[i].keyword and i not in given]
        if not named and (not open_ones or keyword.arg is None):
            raise _Unfit
        at = named[0] if named else open_ones[0]
        chosen[at] = place.source(keyword.value) if named else f"{keyword.arg}={place.source(keyword.value)}"
        given.add(at)
    missing = [i for i in free if i not in given and OMITTED not in template.slots[i].pool]
    if missing:
        raise _Unfit
    return chosen
