"""Tests that look at the text of the code instead of what it does: they notice every change, and show nothing by it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from greenline.domain.code.parse import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenline.domain.generation.model import Candidate

_WAYS = frozenset(
    {"__cached__", "__code__", "__file__", "__loader__", "__spec__", "dis", "find_spec", "findsource", "getcomments",
     "getfile", "getsource", "getsourcefile", "getsourcelines", "linecache"}
)  # fmt: skip
"""To the text, or to what is compiled of it, by name or as the text that ``getattr`` takes."""


def reads_source(candidate: Candidate, file_name: str) -> bool:
    """Tell whether a test may read the text of a module, whose file has this name. What does not parse may."""
    brought = [text for each in candidate.fixtures for text in (*each.imports, each.code)]
    tree, _ = parse("\n".join([*candidate.imports, *candidate.shared, candidate.code, *brought]))
    return tree is None or any(told in _WAYS or file_name in told for told in _told(tree))


def _told(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias):
            yield from node.name.split(".")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
