"""Tests of coroutines, in the way in which the project's tests wait for them."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, TypeAlias

from greenline.domain.code.parse import parse
from greenline.domain.code.text_lines import split_lines
from greenline.domain.generation.indentation import STEP, indented
from greenline.domain.generation.source_text import SourceText

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenline.domain.generation.test_style import Waiting

_Def: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_AWAITING = (ast.Await, ast.AsyncWith, ast.AsyncFor)
_MARK = re.compile(r"^@pytest\.mark\.(?:asyncio|anyio)\b.*\n", re.MULTILINE)


def waiting_as(code: str, waiting: Waiting, *, is_marked: bool = False) -> str:
    """Return the code with its asynchronous tests written as the project does; without a way, by ``asyncio.run``.

    ``is_marked``: the file has a mark for all of its tests. What does not parse is returned as it is.
    """
    for name in _names(code):
        code = _as_coroutine(code, name)
        node = _find(code, name)
        if isinstance(node, ast.AsyncFunctionDef):
            code = _written(code, node, waiting, is_marked=is_marked)
    return code


def _names(code: str) -> list[str]:
    tree, _ = parse(code)
    return [n.name for n in tree.body if isinstance(n, _FUNCTIONS) and n.name.startswith("test")] if tree else []


def _find(code: str, name: str) -> _Def | None:
    tree, _ = parse(code)
    found = [n for n in (tree.body if tree else []) if isinstance(n, _FUNCTIONS) and n.name == name]
    return found[0] if len(found) == 1 else None


def _as_coroutine(code: str, name: str) -> str:
    """Write ``async`` before a test that awaits without it."""
    node = _find(code, name)
    if not isinstance(node, ast.FunctionDef) or not any(isinstance(each, _AWAITING) for each in _own(node)):
        return code
    at = SourceText(code).offset(node.lineno, node.col_offset)
    return f"{code[:at]}async {code[at:]}"


def _own(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (*_FUNCTIONS, ast.Lambda, ast.ClassDef)):
            yield child
            yield from _own(child)


def _written(code: str, node: ast.AsyncFunctionDef, waiting: Waiting, *, is_marked: bool) -> str:
    marks = [ast.unparse(each) for each in node.decorator_list]
    has = [mark for mark in ("asyncio", "anyio") if any(f"mark.{mark}" in each for each in marks)]
    if waiting == "plain" or (waiting in {"asyncio", "anyio"} and is_marked):
        return _without_marks(code, node)
    if waiting in {"asyncio", "anyio"}:
        if has == [waiting]:
            return code
        code = _without_marks(code, node)
        again = _find(code, node.name)
        assert again is not None
        first = min([again.lineno, *(each.lineno for each in again.decorator_list)])
        lines = split_lines(code)
        return "\n".join([*lines[: first - 1], f"@pytest.mark.{waiting}", *lines[first - 1 :]])
    return _run(_without_marks(code, node), node.name)


def _without_marks(code: str, node: _Def) -> str:
    lines = split_lines(code)
    gone = set()
    for each in node.decorator_list:
        if _MARK.match(f"@{ast.unparse(each)}\n"):
            gone |= set(range(each.lineno, (each.end_lineno or each.lineno) + 1))
    return "\n".join(line for number, line in enumerate(lines, 1) if number not in gone)


def _run(code: str, name: str) -> str:
    """Put what a test does into a coroutine of its own, which ``asyncio.run`` runs."""
    node = _find(code, name)
    if node is None or node.body[0].lineno == node.lineno:
        return code
    lines = split_lines(code)
    has_words = ast.get_docstring(node) is not None
    if has_words and len(node.body) == 1:
        return code
    first = (node.body[0].end_lineno or node.lineno) + 1 if has_words else node.body[0].lineno
    while not has_words and first > 1 and lines[first - 2].lstrip().startswith("#"):
        first -= 1
    last = node.end_lineno or node.lineno
    step = lines[node.body[-1].lineno - 1][: node.body[-1].col_offset] or STEP
    inner = "\n".join(lines[first - 1 : last])
    at = node.lineno - 1
    head = [*lines[:at], lines[at].replace("async def", "def", 1), *lines[at + 1 : first - 1]]
    called = "scenario" if not re.search(r"\bscenario\b", code) else "waited_for"
    body = [f"{step}async def {called}():", indented(inner, step, fitting=False), "", f"{step}asyncio.run({called}())"]
    return "\n".join([*head, *body, *lines[last:]])
