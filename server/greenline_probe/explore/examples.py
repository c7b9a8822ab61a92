"""Calls of the target seen elsewhere (call sites, tests that exist) as choices of its templates."""

from __future__ import annotations

import ast
import builtins
import importlib
import inspect
import sys
from typing import Any, Callable

from greenline_probe.calls import INSTANCE, UNKNOWN
from greenline_probe.explore.express import Names
from greenline_probe.explore.template import OMITTED, Choice, Slot, Template

MOST_WAYS = 2
MOST_IN_POOL = 8
PLACE_IN_POOL = 1
"""After the most ordinary value: what real callers pass is worth an early try, alone and with everything else."""


class Unfit(Exception):
    """The program has no place in the template, or needs what cannot be had here."""


class Examples:
    """Reads programs as ``wire.Explore.examples`` describes them. ``announce`` refuses what ended an earlier worker."""

    def __init__(self, names: Names, templates: list[Template], announce: Callable[[str], bool]) -> None:
        self._names = names
        self._templates = templates
        self._announce = announce

    def choices(self, programs: list[str], *, documented: bool = False) -> list[Choice]:
        """Return the choices that make these calls, in the order of the programs; their values join the pools."""
        found: dict[Any, Choice] = {}
        for program in programs:
            for choice in self._of(program):
                choice.documented = documented
                found.setdefault(choice.key, choice)
        _join_pools(list(found.values()))
        return list(found.values())

    def _of(self, program: str) -> list[Choice]:
        found: list[Choice] = []
        for template in self._templates:
            if len(found) < MOST_WAYS:
                try:
                    found.append(self._fitted(program, template))
                except (Unfit, SyntaxError, ValueError, RecursionError):
                    continue
        return found

    def _fitted(self, program: str, template: Template) -> Choice:
        *before, last = ast.parse(program).body
        if template.form in ("curried", "client") or not isinstance(last, ast.Expr):
            raise Unfit
        known = {INSTANCE: template.receiver} if template.receiver else {}
        chosen = [OMITTED if OMITTED in slot.pool else slot.pool[0] for slot in template.slots]
        steps = []
        for statement in before:
            if isinstance(statement, ast.ImportFrom):
                known.update(self._imported(statement))
            elif isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == INSTANCE:
                self._receive(statement.value, template, chosen, known)
            elif isinstance(statement, ast.Expr):
                steps.append(self._source(statement.value, known))
        self._pass(last.value, template, chosen, known)
        free = [i for i, slot in enumerate(template.slots) if slot.role == "step"]
        for i, step in zip(free, steps[-len(free) :]):
            chosen[i] = step
        return Choice(template, tuple(chosen))

    def _receive(self, made: ast.expr, template: Template, chosen: list[str], known: dict[str, str]) -> None:
        """Make the receiver as the program does. Raises Unfit."""
        places = [i for i, slot in enumerate(template.slots) if slot.role == "construct"]
        if not template.receiver:
            raise Unfit
        if not template.maker:
            chosen[places[0]] = self._source(made, known)
        elif isinstance(made, ast.Call) and self._source(made.func, known) == template.maker:
            self._put(made, _signature(template.subject.owner), [(i, template.slots[i]) for i in places], chosen, known)
        else:
            raise Unfit

    def _pass(self, call: ast.expr, template: Template, chosen: list[str], known: dict[str, str]) -> None:
        """Pass what the call passes. Raises Unfit."""
        arguments = len(call.args) + len(call.keywords) if isinstance(call, ast.Call) else 0
        places = [(i, slot) for i, slot in enumerate(template.slots) if slot.role == "argument"]
        if template.form == "property" and not arguments:
            return
        if not isinstance(call, ast.Call) or template.form == "property" or (template.form == "setter") > arguments:
            raise Unfit
        self._put(call, template.subject.signature, places, chosen, known)

    def _put(
        self,
        call: ast.Call,
        signature: inspect.Signature,
        places: list[tuple[int, Slot]],
        chosen: list[str],
        known: dict[str, str],
    ) -> None:
        """Put the arguments of a call into the slots. Raises Unfit for one that has no place."""
        parameters = signature.parameters
        by_name = {name for name, p in parameters.items() if p.kind is p.KEYWORD_ONLY}
        in_order = [(i, slot) for i, slot in places if not slot.keyword and slot.name not in by_name]
        more = [i for i, slot in places if slot.keyword]
        given = [(i, slot, argument) for (i, slot), argument in zip(in_order, call.args)]
        any_number = any(p.kind is p.VAR_POSITIONAL for p in parameters.values())
        if any(isinstance(a, ast.Starred) for a in call.args) or (len(call.args) > len(in_order) and not any_number):
            raise Unfit
        for keyword in call.keywords:
            place = next(((i, s) for i, s in places if s.name == keyword.arg and not s.keyword), None)
            if place is not None:
                given.append((*place, keyword.value))
            elif more and keyword.arg and not _is_unknown(keyword.value):
                chosen[more.pop(0)] = f"{keyword.arg}={self._source(keyword.value, known)}"
        for i, slot, argument in given:
            if not _is_unknown(argument):
                source = self._source(argument, known)
                parameter = parameters.get(slot.name)
                is_default = parameter is not None and source == _shown(parameter.default) and OMITTED in slot.pool
                chosen[i] = OMITTED if is_default else source

    def _source(self, node: ast.expr, known: dict[str, str]) -> str:
        """Return the expression with the names that tests know things by. Raises Unfit."""
        inner = {n.arg for n in ast.walk(node) if isinstance(n, ast.arg)}
        inner |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
        for name in {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} - inner - set(known):
            if not hasattr(builtins, name):
                raise Unfit
        return ast.unparse(_Renamed({k: v for k, v in known.items() if k not in inner}).visit(node))

    def _imported(self, statement: ast.ImportFrom) -> dict[str, str]:
        """Import what the program imports. Raises Unfit."""
        found = {}
        for alias in statement.names:
            module = statement.module or ""
            if not self._is_there(module):
                raise Unfit
            value = vars(sys.modules[module]).get(alias.name, self)
            if value is self:
                raise Unfit
            expression = self._names.of(value) if isinstance(value, type) or callable(value) else None
            found[alias.asname or alias.name] = expression or self._names.bind_attribute(module, alias.name, value)
        return found

    def _is_there(self, module: str) -> bool:
        if module not in sys.modules and self._announce(f"import {module}"):
            try:
                importlib.import_module(module)
            except BaseException:
                return False
        return module in sys.modules


def hinted_types(hints: dict[str, str]) -> dict[str, list[Any]]:
    """Return the types that ``wire.Explore.hints`` names, without those that are not loaded here."""
    found: dict[str, list[Any]] = {}
    for name, source in hints.items():
        for part in source.split(" | "):
            try:
                kind = _type(ast.parse(part, mode="eval").body)
            except (LookupError, SyntaxError, TypeError):
                continue
            found.setdefault(name, []).append(kind)
    return found


def _type(node: ast.expr) -> Any:
    """Return the type that an expression of names, dots and brackets means. Raises LookupError or TypeError."""
    if isinstance(node, ast.Subscript):
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return _type(node.value)[tuple(_type(item) for item in inner)]
    if isinstance(node, ast.Name):
        return vars(builtins)[node.id]
    module, _, rest = ast.unparse(node).rpartition(".")
    outer: list[str] = []
    while module not in sys.modules:
        module, _, last = module.rpartition(".")
        outer.insert(0, last)
        if not module:
            raise LookupError(rest)
    found: Any = sys.modules[module]
    for part in (*outer, rest):
        found = vars(found)[part]
    if not isinstance(found, type):
        raise TypeError(rest)
    return found


class _Renamed(ast.NodeTransformer):
    def __init__(self, known: dict[str, str]) -> None:
        self._known = known

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Put the binding that a test has in the place of the program's."""
        known = self._known.get(node.id)
        return node if known is None else ast.parse(known, mode="eval").body


def _is_unknown(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == UNKNOWN


def _signature(owner: Any) -> inspect.Signature:
    try:
        return inspect.signature(owner)
    except (TypeError, ValueError):
        return inspect.Signature()


def _shown(default: Any) -> str:
    """Return the source of a default, as far as it is one of a builtin type."""
    return repr(default) if type(default) in (type(None), bool, int, float, str, bytes) else ""


def _join_pools(choices: list[Choice]) -> None:
    """Let the search try each value with everything else."""
    for template in {id(c.template): c.template for c in choices}.values():
        mine = [c.chosen for c in choices if c.template is template]
        for slot, sources in zip(template.slots, zip(*mine)):
            if slot.role in ("argument", "construct"):
                fresh = [s for s in dict.fromkeys(sources) if s and s not in slot.pool][:MOST_IN_POOL]
                slot.pool[PLACE_IN_POOL:PLACE_IN_POOL] = fresh
