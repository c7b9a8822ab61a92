"""What a function works with is told from what is said about its code."""

from __future__ import annotations

import ast

from greenline_probe.explore.data_nodes import data_nodes
from greenline_probe.explore.facts import read_facts

SOURCE = """
from typing import TypeVar, cast
T = TypeVar("T", bound="os.PathLike[str]")
StrPath = "os.PathLike[bytes]"
MODES = ["always", "never"]


def quote(path: "StrPath", mode: "Mode | None" = "always", size=8) -> "Text":
    \"\"\"Quote what is there.\"\"\"
    found: "Optional[int]" = 41
    if mode not in MODES:
        raise ValueError(f"unknown mode: {mode!r}" + "; use another")
    logger.warning("nothing to quote in %s", path)
    self.log.info("done")
    warnings.warn("soon gone")
    text = cast("Text", path.get("key"))
    report.error("as data")
    return text + "end"
"""


def test_only_data_is_a_seed() -> None:
    tree = ast.parse(SOURCE)
    (function,) = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    constants = read_facts(function, tree, "quote").constants
    assert set(constants) == {"always", "never", 8, 41, "key", "as data", "end"}


def test_everything_else_is_walked() -> None:
    tree = ast.parse("x = [1, {2: (3, lambda y=4: 5)}]\nwith open('a') as f:\n    f.write('b' if x else 'c')\n")
    assert {type(node) for node in data_nodes(tree)} == {type(node) for node in ast.walk(tree)}
    assert [n.value for n in data_nodes(tree) if isinstance(n, ast.Constant)] == [
        n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)
    ]
