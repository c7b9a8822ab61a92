"""Tests that another one takes the place of, or that do the same as another one."""

from __future__ import annotations

import ast
import copy
from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

from greenline.domain.auditing.model import Weakness

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from greenline.domain.auditing.read_tests import TestFunction


def repeated(tests: Sequence[TestFunction]) -> Iterator[Weakness]:
    """Yield what is wrong between the tests of one file."""
    shadowed = set()
    for earlier, later in _shadowed(tests):
        shadowed.add(earlier)
        evidence = f"`{earlier.name}` is defined again in line {later.line}: this one never runs."
        yield Weakness(
            "shadowed", earlier.node_id, earlier.path, earlier.line, evidence, "Give one of them another name."
        )
    first: dict[tuple[str, str], TestFunction] = {}
    for test in tests:
        if test in shadowed or test.is_conditional or not _does_something(test):
            continue
        same = first.setdefault((_scope(test), _content(test)), test)
        if same is not test:
            evidence = f"It does and asserts the same as `{same.name}` (line {same.line})."
            advice = "Delete one of them, or have it test what its name says."
            yield Weakness("duplicate", test.node_id, test.path, test.line, evidence, advice)


def _shadowed(tests: Sequence[TestFunction]) -> Iterator[tuple[TestFunction, TestFunction]]:
    by_name: dict[tuple[str, str], list[TestFunction]] = defaultdict(list)
    for test in tests:
        by_name[_scope(test), test.name].append(test)
    for same in by_name.values():
        for earlier, later in pairwise(same):
            if not (earlier.is_conditional or later.is_conditional) and not _is_used_between(earlier, later):
                yield earlier, later


def _is_used_between(earlier: TestFunction, later: TestFunction) -> bool:
    """Tell whether the first has another name before the second comes, or a decorator joins the two."""
    marks = [ast.unparse(each) for each in later.node.decorator_list]
    if any(mark.split(".")[0] == earlier.name for mark in marks):
        return True
    for node in ast.walk(earlier.module.tree):
        if isinstance(node, ast.Name) and node.id == earlier.name and earlier.line < node.lineno < later.line:
            return True
    return False


def _scope(test: TestFunction) -> str:
    return f"{test.owner.node.lineno}:{test.owner.node.name}" if test.owner is not None else ""


def _content(test: TestFunction) -> str:
    """Return what a test consists of, but for its name and what it says in words."""
    node = test.node
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    parts = [ast.dump(each) for each in [node.args, *node.decorator_list, *map(_without_messages, body)]]
    return f"{type(node).__name__}\n" + "\n".join(parts)


def _without_messages(statement: ast.stmt) -> ast.stmt:
    if not any(isinstance(each, ast.Assert) and each.msg for each in ast.walk(statement)):
        return statement
    statement = copy.deepcopy(statement)
    for each in ast.walk(statement):
        if isinstance(each, ast.Assert):
            each.msg = None
    return statement


def _does_something(test: TestFunction) -> bool:
    return any(isinstance(each, ast.Call) for statement in test.node.body for each in ast.walk(statement))
