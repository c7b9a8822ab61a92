"""Tests that say more about their stand-ins than about the code."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from greenline.domain.auditing.model import Weakness
from greenline.domain.code.dotted_names import dotted, last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenline.domain.auditing.modules import Names
    from greenline.domain.auditing.read_tests import TestFunction

_MAKING = {"Mock", "MagicMock", "AsyncMock", "NonCallableMock", "create_autospec", "PropertyMock", "stub"}
_VAGUE = {"assert_called", "assert_called_once", "assert_awaited", "assert_awaited_once"}
_VAGUE_WORDS = {"called", "call_count", "await_count", "awaited"}
_PATCHING = {"patch", "patch.object", "patch.multiple"}
_CHECKING = ("assert", "raises", "warns", "fail", "check", "verify", "expect")


@dataclass(slots=True)
class _StandIns:
    """What a test replaces, and by which names it knows the stand-ins."""

    names: set[str] = field(default_factory=set)
    answers: dict[str, set[str]] = field(default_factory=dict)
    """Name -> source of what the stand-in was told to give."""
    patched: list[tuple[str, ast.AST]] = field(default_factory=list)
    """What is replaced, with dots; ``Class.method`` of an object's attribute."""


def about_stand_ins(test: TestFunction, names: Names, most: int) -> Iterator[Weakness]:
    """Yield what is wrong with the stand-ins of a test; more than ``most`` patches are too many."""
    found = _stand_ins_of(test)
    replaced = _replaced_subject(test, found)
    if replaced:
        evidence = f"It replaces `{replaced}`, and then calls it: the stand-in is what is tested."
        advice = f"Replace what `{replaced}` reaches outside, not itself."
        yield Weakness("over-mocked", test.node_id, test.path, test.line, evidence, advice)
    elif len(found.patched) > most:
        evidence = f"It replaces {len(found.patched)} things ({_some(found)})."
        advice = "Test a smaller part, or replace only what reaches outside: network, clock, files."
        yield Weakness("over-mocked", test.node_id, test.path, test.line, evidence, advice)
    elif found.names and (why := _only_vague(test, found, names)):
        evidence = f"All that it asserts is {why}."
        advice = "Assert what the code gives, or with what the stand-in was called (`assert_called_once_with`)."
        yield Weakness("only-mocks", test.node_id, test.path, test.line, evidence, advice)


def _stand_ins_of(test: TestFunction) -> _StandIns:
    found = _StandIns()
    decorated = []
    for mark in reversed(test.node.decorator_list):  # the lowest gives the first argument
        if isinstance(mark, ast.Call) and _is_patch(mark):
            found.patched.append((_target(mark), mark))
            decorated += [] if _gives_its_own(mark) else [_target(mark)]
    arguments = [each.arg for each in test.node.args.args if each.arg != "self"]
    found.names |= set(arguments[: len(decorated)])
    for node in ast.walk(test.node):
        if isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                call = item.context_expr
                if isinstance(call, ast.Call) and _is_patch(call):
                    found.patched.append((_target(call), call))
                    _note(found, item.optional_vars, call)
        elif isinstance(node, ast.Assign) and len(node.targets) == 1:
            _assigned(found, node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and _is_mocker(node.value):
            found.patched.append((_target(node.value), node.value))
    return found


def _assigned(found: _StandIns, node: ast.Assign) -> None:
    target, value = node.targets[0], node.value
    if isinstance(value, ast.Call) and _is_mocker(value):
        found.patched.append((_target(value), value))
        _note(found, target, value)
    elif isinstance(value, ast.Call) and last_name(value) in _MAKING:
        _note(found, target, value)
    elif isinstance(target, ast.Attribute) and target.attr == "return_value":
        found.answers.setdefault(ast.unparse(target.value), set()).add(ast.unparse(value))


def _note(found: _StandIns, target: ast.expr | None, call: ast.Call) -> None:
    if isinstance(target, ast.Name):
        found.names.add(target.id)
        given = [ast.unparse(each.value) for each in call.keywords if each.arg == "return_value"]
        found.answers.setdefault(target.id, set()).update(given)


def _is_patch(call: ast.Call) -> bool:
    name = dotted(call.func)
    return any(name == each or name.endswith(f"mock.{each}") for each in _PATCHING)


def _is_mocker(call: ast.Call) -> bool:
    name = dotted(call.func)
    return name.startswith(("mocker.patch", "class_mocker.patch", "module_mocker.patch")) and not name.endswith("dict")


def _target(call: ast.Call) -> str:
    """Return what is replaced, as far as it is written there."""
    first = call.args[0] if call.args else None
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        return first.value
    attribute = call.args[1] if len(call.args) > 1 else None
    if first is not None and isinstance(attribute, ast.Constant) and isinstance(attribute.value, str):
        return f"{ast.unparse(first)}.{attribute.value}"
    return ast.unparse(first) if first is not None else ""


def _gives_its_own(call: ast.Call) -> bool:
    """``patch(name, new)`` hands no stand-in to the test."""
    count = 3 if dotted(call.func).endswith("object") else 2
    return len(call.args) >= count or any(each.arg == "new" for each in call.keywords)


def _replaced_subject(test: TestFunction, found: _StandIns) -> str:
    """Return what is replaced and then called by the test itself, under the name by which it was replaced."""
    for target, call in found.patched:
        keywords = {each.arg for each in getattr(call, "keywords", ())}
        module, _, name = target.rpartition(".")
        if not module or "wraps" in keywords:
            continue
        for used in _asserted_calls(test):
            called = dotted(used.func)
            holder = called.rpartition(".")[0]
            if called.rpartition(".")[2] == name and holder and _is_same(test, holder, module):
                return target
    return ""


def _is_same(test: TestFunction, holder: str, module: str) -> bool:
    """Tell whether a name is what a patch names: ``shop`` is ``acme.shop`` where it is imported so."""
    if holder == module:
        return True
    source, attribute = test.module.imported.get(holder, ("", ""))
    whole = ".".join(part for part in (source, attribute) if part)
    return bool(whole) and whole == module


def _asserted_calls(test: TestFunction) -> Iterator[ast.Call]:
    """Yield the calls whose results are asserted, at once or by way of a variable."""
    asserts = [each.test for each in ast.walk(test.node) if isinstance(each, ast.Assert)]
    used = {each.id for one in asserts for each in ast.walk(one) if isinstance(each, ast.Name)}
    given = [
        each.value
        for each in ast.walk(test.node)
        if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name) and each.targets[0].id in used
    ]
    for one in [*asserts, *given]:
        yield from (each for each in ast.walk(one) if isinstance(each, ast.Call))


def _only_vague(test: TestFunction, found: _StandIns, names: Names) -> str:
    """Return what all assertions of a test are about where that is not the code; empty where one is."""
    told: set[str] = set()
    for node in ast.walk(test.node):
        if isinstance(node, ast.Assert):
            told.add(_about(node.test, found))
        elif isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else last_name(node.func)
            if name in _VAGUE and isinstance(node.func, ast.Attribute) and _is_stand_in(node.func.value, found):
                told.add("that stand-ins were called, not with what")
            elif name.startswith(_CHECKING) or _is_helper(test, node, names):
                return ""
    return "" if not told or "" in told else " and ".join(sorted(told))


def _is_helper(test: TestFunction, node: ast.Call, names: Names) -> bool:
    """Tell whether a call leads into the test's own files: it may assert there."""
    name = dotted(node.func)
    if name.startswith("self."):
        return True
    definition = names.find(test.module, name) if name else None
    return definition is not None and definition.module.is_test


def _about(node: ast.expr, found: _StandIns) -> str:
    subject = node.left if isinstance(node, ast.Compare) else node
    if isinstance(subject, ast.UnaryOp):
        return ""  # that it was not called says all there is to say
    if isinstance(subject, ast.Attribute) and subject.attr in _VAGUE_WORDS and _is_stand_in(subject.value, found):
        is_none = isinstance(node, ast.Compare) and ast.unparse(node.comparators[0]) in {"0", "False"}
        return "" if is_none else "that stand-ins were called, not with what"
    if isinstance(node, ast.Compare) and isinstance(subject, ast.Call) and _is_stand_in(subject.func, found):
        given = found.answers.get(ast.unparse(subject.func), set())
        return "what a stand-in was told to give" if ast.unparse(node.comparators[0]) in given else ""
    return ""


def _is_stand_in(node: ast.expr, found: _StandIns) -> bool:
    return dotted(node).partition(".")[0] in found.names


def _some(found: _StandIns) -> str:
    names = [target for target, _ in found.patched]
    return ", ".join(f"`{name}`" for name in names[:3]) + (", ..." if len(names) > 3 else "")  # noqa: PLR2004 - as before
