"""A method whose calls show nothing: what it did is seen by another method of its class, after it."""

from __future__ import annotations

import ast
import dataclasses
import itertools
from collections.abc import Iterator

from greenline_probe.explore.definitions import Function, find_def, parameters_of
from greenline_probe.explore.observation import Observation
from greenline_probe.explore.observe import Observer
from greenline_probe.explore.pools import unique
from greenline_probe.explore.steps import CHANGERS
from greenline_probe.explore.template import OMITTED, Choice, Template

MOST = 3
DEPTH = 3


class StepsObserver(Observer):
    """Records what runs in the steps too, where the target is called in one of them."""

    def run(self, choice: Choice, *, trace: bool = True) -> Observation:
        """Execute and judge one choice."""
        if not trace or not choice.template.through:
            return super().run(choice, trace=trace)
        self.tracer.start()
        try:
            return super().run(choice, trace=trace)
        finally:
            self.tracer.stop()
            self.tracer.take()


def gives_nothing(node: ast.AST) -> bool:
    """Tell whether a function has no result: no ``return`` with a value, no ``yield``."""
    for part in _own_parts(node):
        if isinstance(part, (ast.Yield, ast.YieldFrom)):
            return False
        if isinstance(part, ast.Return) and not _is_nothing(part.value):
            return False
    return isinstance(node, ast.FunctionDef)


def readers(tree: ast.Module, qualname: str) -> list[str]:
    """Return the public methods and properties whose results come from what a method writes, the plainest first."""
    path, _, name = qualname.rpartition(".")
    owner = _class_at(tree, path)
    target = find_def(tree, qualname)
    if owner is None or target is None:
        return []
    methods = {n.name: n for n in owner.body if isinstance(n, ast.FunctionDef)}
    written = _attributes(target, methods, writes=True)
    keys = {p.arg for p in parameters_of(target)[1:]}
    found: list[tuple[bool, bool, int, str]] = []
    for place, (other, node) in enumerate(methods.items()):
        is_hidden = other.startswith("_") and other not in {"__len__", "__contains__", "__getitem__", "__iter__"}
        if other == name or is_hidden or gives_nothing(node) or not written & _attributes(node, methods, writes=False):
            continue
        shares = bool(keys & {p.arg for p in parameters_of(node)[1:]})
        found.append((not shares, bool(_attributes(node, methods, writes=True)), place, f"{path}.{other}"))
    return [qualified for *_, qualified in sorted(found)[:MOST]]


def through(template: Template, target: str) -> Template | None:
    """Return the template with a call of the target right before its own; None where no step is one."""
    steps = [slot for slot in template.slots if slot.role == "step"]
    own = [s for s in (steps[-1].pool if steps else []) if s.startswith(f"{template.receiver}.{target}(")]
    if not own:
        return None
    slots = []
    for slot in template.slots:
        pool = slot.pool
        if slot.role == "step":
            pool = own if slot is steps[-1] else unique([OMITTED, *own, *pool])
        slots.append(dataclasses.replace(slot, pool=list(pool)))
    return dataclasses.replace(template, slots=slots, through=target)


def _own_parts(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of a function without those of the functions in it."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            yield child
            yield from _own_parts(child)


def _is_nothing(value: ast.expr | None) -> bool:
    return value is None or (isinstance(value, ast.Constant) and value.value is None)


def _class_at(tree: ast.Module, path: str) -> ast.ClassDef | None:
    body: list[ast.stmt] = tree.body
    found: ast.ClassDef | None = None
    for part in path.split("."):
        found = next((n for n in reversed(body) if isinstance(n, ast.ClassDef) and n.name == part), None)
        if found is None:
            return None
        body = found.body
    return found


def _attributes(function: Function, methods: dict[str, ast.FunctionDef], *, writes: bool) -> set[str]:
    """Return the attributes of the instance that a method writes (or reads), itself or by methods that it calls."""
    found: set[str] = set()
    seen, turn = {function.name}, [function]
    for _ in range(DEPTH):
        called: list[Function] = []
        for part in itertools.chain.from_iterable(map(ast.walk, turn)):
            name = _own_attribute(part)
            if name in methods and name not in seen:
                seen.add(name)
                called.append(methods[name])
            elif name and not writes and isinstance(getattr(part, "ctx", None), ast.Load):
                found.add(name)
            if writes:
                found |= _written_by(part)
        turn = called
    return found


def _written_by(part: ast.AST) -> set[str]:
    if isinstance(part, (ast.Attribute, ast.Subscript)) and isinstance(part.ctx, (ast.Store, ast.Del)):
        return {_root_attribute(part)} - {""}
    if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr in CHANGERS:
        return {_root_attribute(part.func.value)} - {""}
    return set()


def _root_attribute(node: ast.AST) -> str:
    """Return the attribute of ``self`` that an expression begins with: ``self.a[0].b`` gives ``a``."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        name = _own_attribute(node)
        if name:
            return name
        node = node.func if isinstance(node, ast.Call) else node.value
    return ""


def _own_attribute(node: ast.AST) -> str:
    is_own = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"
    return node.attr if is_own and isinstance(node, ast.Attribute) else ""
