"""The tests of a file, as pytest would collect them."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.domain.auditing.modules import FUNCTIONS, Found, FunctionNode, Module, Names
from greenline.domain.generation.collected_names import Collected

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True, eq=False)
class TestFunction:
    """One test; compared by identity."""

    __test__ = False

    module: Module
    node: FunctionNode
    owner: ast.ClassDef | None
    node_id: str
    """As the command line names it, from the project's root; without the parts in brackets."""

    @property
    def path(self) -> Path:
        """The file that it stands in."""
        return self.module.path

    @property
    def line(self) -> int:
        """Where its ``def`` is, from 1."""
        return self.node.lineno

    @property
    def is_skipped(self) -> bool:
        """It never runs, and says so."""
        marks = [*self.node.decorator_list, *(self.owner.decorator_list if self.owner else ())]
        return any(ast.unparse(each).split("(")[0].rpartition(".")[2] == "skip" for each in marks)


def tests_of(module: Module, names: Names, root: Path, collected: Collected) -> Iterator[TestFunction]:
    """Yield the tests of a file, in the order of the text, also those that a later one takes the place of."""
    file = module.path.relative_to(root).as_posix() if module.path.is_relative_to(root) else str(module.path)
    for node in module.tree.body:
        if isinstance(node, FUNCTIONS) and collected.usual_function(node.name) and not _is_fixture(node):
            yield TestFunction(module, node, None, f"{file}::{node.name}")
        elif isinstance(node, ast.ClassDef):
            yield from _of_class(module, node, names, file, collected)


def _of_class(
    module: Module, node: ast.ClassDef, names: Names, prefix: str, collected: Collected
) -> Iterator[TestFunction]:
    is_unittest = any(base.rpartition(".")[2].endswith("TestCase") for base in names.bases(Found(module, node)))
    if not is_unittest and (not collected.has_class(node.name) or _has_init(node)):
        return
    for each in node.body:
        if isinstance(each, FUNCTIONS) and not _is_fixture(each):
            is_test = each.name.startswith("test") if is_unittest else bool(collected.usual_function(each.name))
            if is_test:
                yield TestFunction(module, each, node, f"{prefix}::{node.name}::{each.name}")
        elif isinstance(each, ast.ClassDef) and not is_unittest:
            yield from _of_class(module, each, names, f"{prefix}::{node.name}", collected)


def _has_init(node: ast.ClassDef) -> bool:
    return any(isinstance(each, FUNCTIONS) and each.name == "__init__" for each in node.body)


def _is_fixture(node: FunctionNode) -> bool:
    return any(is_fixture_mark(each) for each in node.decorator_list)


def is_fixture_mark(node: ast.expr) -> bool:
    """Tell whether a decorator makes a fixture: pytest's, or a library's own."""
    return ast.unparse(node).split("(")[0].rpartition(".")[2] in {"fixture", "yield_fixture"}
