"""What tests of one function are worth: measured by the engine's bench, with and without those of the model."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from generators import Written
from measure import Row, measured
from mutate import Mutant, sampled
from subjects import Subject
from target_figures import Reached

MUTANTS = 20
"""Of one function, at most."""


@dataclass(frozen=True)
class Worth:
    """Of the function's own lines, branches and mutants."""

    lines: Reached
    branches: Reached
    mutants: Reached
    unsteady: int
    """Tests that failed in one of the reruns, those that exploring found among them."""


def worth(subject: Subject, function: str, by_model: Collection[str], scratch: Path) -> Worth:
    """Measure the tests that stand in the project, and those of them that no model wrote."""
    mutants = mutants_of(subject, function)
    after = _measured(subject, mutants)
    before = after
    if by_model:
        shutil.copytree(subject.project, scratch / "before")
        explored = replace(subject, project=scratch / "before")
        for file in explored.tests.rglob("test_*.py"):
            left = without(file.read_text(encoding="utf-8"), by_model)
            if "def test_" in left:
                file.write_text(left, encoding="utf-8")
            else:
                file.unlink()  # nothing to run again and again
        before = _measured(explored, mutants)
    if not after.by_function:
        after.by_function = _only_imported(subject)
    lines_before, _, branches_before, _ = _reached(before, function)
    lines, all_lines, branches, all_branches = _reached(after, function)
    return Worth(
        Reached(lines_before, lines, all_lines),
        Reached(branches_before, branches, all_branches),
        Reached(before.killed, after.killed, len(mutants)),
        after.tests - after.steady,
    )


def mutants_of(subject: Subject, function: str) -> list[Mutant]:
    """Return changes of one function by operators that the explore engine does not have."""
    text = subject.source.read_text(encoding="utf-8")
    node = _found(ast.parse(text).body, function.split("."))
    if node is None:
        return []
    lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
    return sampled(text, MUTANTS, f"evals:{subject.module}:{function}", lines)


def without(text: str, names: Collection[str]) -> str:
    """Return a test file without some of its tests; all else of it stays."""
    lines = text.splitlines(keepends=True)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name in names:
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            end = node.end_lineno or node.lineno
            lines[first - 1 : end] = [f"{' ' * node.col_offset}pass\n", *["\n"] * (end - first)]
    return "".join(lines)


def _measured(subject: Subject, mutants: list[Mutant]) -> Row:
    return measured("", Written(subject, 0.0), mutants)


def _only_imported(subject: Subject) -> dict[str, list[int]]:
    """Return what there is to reach where no test was written, so that nothing has imported the module."""
    test = subject.tests / "test_it_is_imported.py"
    test.write_text(f"import {subject.module}\n\n\ndef test_it_is_imported():\n    pass\n", encoding="utf-8")
    return _measured(subject, []).by_function


def _reached(row: Row, function: str) -> list[int]:
    """Return what is reached of a function, and of those that are defined in it."""
    own = [each for name, each in row.by_function.items() if name == function or name.startswith(f"{function}.")]
    return [sum(counts) for counts in zip(*own, strict=True)] if own else [0] * 4


def _found(body: list[ast.stmt], names: list[str]) -> ast.stmt | None:
    """Return the definition of a qualified name, the last of several."""
    found: ast.stmt | None = None
    for node in body:
        if isinstance(node, (ast.If, ast.Try)):
            found = _found([*node.body, *node.orelse], names) or found
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.name == names[0]:
            inner = _found(node.body, names[1:]) if len(names) > 1 else node
            found = inner or found
    return found
