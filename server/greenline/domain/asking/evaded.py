"""Assertions that are still written, and say nothing of the code: something stands in for it, or does its part."""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING

from greenline.domain.code.dotted_names import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_SKIPS = frozenset({"skip", "skipif", "skipIf", "skipUnless", "xfail", "importorskip", "expectedFailure", "SkipTest"})
_EXPECTING = frozenset({"raises", "assertRaises", "assertRaisesRegex"})


def evaded(old: ast.Module, new: ast.Module) -> Iterator[str]:
    """Yield in a sentence each what the new test does to pass without the code; nothing that the old one did, too."""
    skipped = _skips(new) - _skips(old)
    if skipped:
        yield f"it is skipped or may fail now ({min(skipped)})"
    replaced = (_replaced(new) - _replaced(old)) & _called(old)
    replaced -= _results(new) - _called_plainly(old) - _called_plainly(new)
    if replaced:
        yield f"{min(replaced)} is replaced by something else, so that nothing is said of it"
    if _raises_itself(new) > _raises_itself(old):
        yield "it raises what it expects itself"
    if _fails(new) < _fails(old) and not _asserts(new) > _asserts(old):
        yield "it no longer fails where it did"


def _skips(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            found |= {last_name(node)} & _SKIPS
            if last_name(node) == "getattr":
                found |= {str(each.value) for each in node.args if isinstance(each, ast.Constant)} & _SKIPS
        elif isinstance(node, ast.Attribute) and last_name(node.value) == "mark":
            found |= {node.attr} & _SKIPS
        elif isinstance(node, _FUNCTIONS):
            found |= {last_name(each) for each in node.decorator_list} & _SKIPS
        elif isinstance(node, ast.Raise) and node.exc is not None:
            found |= {last_name(node.exc)} & _SKIPS
    return found


def _called(tree: ast.Module) -> set[str]:
    """Return the names of what assertions call: what they are about."""
    asserted = [node.test for node in ast.walk(tree) if isinstance(node, ast.Assert)]
    about: list[ast.AST] = [*asserted]
    about += [part for node in ast.walk(tree) if _expects_error(node) for part in getattr(node, "body", ())]
    names = {each.id for test in asserted for each in ast.walk(test) if isinstance(each, ast.Name)}
    given = [node for node in ast.walk(tree) if isinstance(node, ast.Assign)]
    given = [node for node in given if any(isinstance(each, ast.Name) and each.id in names for each in node.targets)]
    values = [node.value.value if isinstance(node.value, ast.Await) else node.value for node in given]
    outermost = {last_name(each) for each in values if isinstance(each, ast.Call)}
    calls = [each for part in about for each in ast.walk(part) if isinstance(each, ast.Call)]
    return (outermost | {last_name(each) for each in calls}) - {"", *dir(builtins)}


def _results(tree: ast.Module) -> set[str]:
    """Return names that do nothing but keep what something gave: ``total = cart.total()`` replaces no method."""
    kept: set[str] = set()
    others = {node.name for node in ast.walk(tree) if isinstance(node, (*_FUNCTIONS, ast.ClassDef))}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            others |= _patched(node)
        elif isinstance(node, ast.ClassDef):
            others |= {last_name(target) for each in _run_in(node) for target in _targets(each)}
        may_keep = not isinstance(getattr(node, "value", None), ast.Lambda)
        for target in _targets(node):
            (kept if may_keep and isinstance(target, ast.Name) else others).add(last_name(target))
    return kept - others


def _run_in(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what is in the body of a class, but not what is in functions in it."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (*_FUNCTIONS, ast.Lambda)):
            yield child
            yield from _run_in(child)


def _targets(node: ast.AST) -> list[ast.expr]:
    """Return the names and attributes that a node gives something to."""
    if isinstance(node, ast.Assign):
        given: list[ast.expr] = node.targets
    elif isinstance(node, (ast.AnnAssign, ast.NamedExpr, ast.For, ast.AsyncFor)):
        given = [node.target]
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        given = [node.optional_vars]
    else:
        return []
    found = [each for target in given for each in ast.walk(target) if isinstance(each, (ast.Name, ast.Attribute))]
    return [each for each in found if not isinstance(each.ctx, ast.Load)]


def _called_plainly(tree: ast.Module) -> set[str]:
    """Return what is called by its name alone."""
    calls = [each.func for each in ast.walk(tree) if isinstance(each, ast.Call)]
    return {each.id for each in calls if isinstance(each, ast.Name)}


def _replaced(tree: ast.Module) -> set[str]:
    """Return the last names of what a test puts something else in the place of."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            found |= _patched(node)
        elif isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            found.add(node.name)
        found |= {last_name(each) for each in _targets(node)}
    return found


def _patched(call: ast.Call) -> set[str]:
    """Return what ``patch("a.b")``, ``patch.object(a, "b")``, ``setattr(a, "b", ...)`` and their like replace."""
    if last_name(call) not in {"patch", "object", "setattr", "multiple", "spy", "stub"}:
        return set()
    texts = [each.value for each in call.args[:2] if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    return {text.rpartition(".")[2] for text in texts} | {each.arg for each in call.keywords if each.arg}


def _raises_itself(tree: ast.Module) -> int:
    blocks = [each for each in ast.walk(tree) if _expects_error(each)]
    return sum(isinstance(each, ast.Raise) for block in blocks for each in getattr(block, "body", ()))


def _expects_error(node: ast.AST) -> bool:
    items = node.items if isinstance(node, (ast.With, ast.AsyncWith)) else []
    return any(last_name(item.context_expr) in _EXPECTING for item in items)


def _fails(tree: ast.Module) -> int:
    failing = [each for each in ast.walk(tree) if isinstance(each, ast.Expr) and last_name(each.value) == "fail"]
    raising = [each for each in ast.walk(tree) if isinstance(each, ast.Raise) and each.exc is not None]
    return len(failing) + sum(last_name(each.exc) == "AssertionError" for each in raising if each.exc is not None)


def _asserts(tree: ast.Module) -> int:
    expecting = [each for each in ast.walk(tree) if _expects_error(each)]
    return sum(isinstance(each, ast.Assert) for each in ast.walk(tree)) + len(expecting)
