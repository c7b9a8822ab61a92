"""Parse a text that may be broken."""

from __future__ import annotations

import ast
import warnings
from functools import lru_cache
from typing import TYPE_CHECKING

from greenline.domain.code.syntax_tree import module_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BLOCKS = ("body", "handlers", "orelse", "finalbody", "cases")
_WALKED = "_greenline_walked"
"""The attribute of a tree with its statements: they live as long as it."""


class _BlocksOf(dict[type[ast.AST], tuple[str, ...]]):
    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        """Return nothing for what stands in no block."""
        return ()


blocks_of = _BlocksOf(
    (kind, tuple(block for block in _BLOCKS if block in kind._fields))
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, (ast.stmt, ast.ExceptHandler, ast.match_case, ast.Module))
).__getitem__
"""Returns the names of the blocks that such a statement, handler or case may have; asked of each of each file."""


def parse(text: str) -> tuple[ast.Module | None, list[str]]:
    """Return the tree, or None and what is wrong in words. The tree is shared: leave it as it is. Raises nothing."""
    tree, problem = _parse(text)
    return tree, [problem] if problem else []


def inner_statements(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the statements, handlers and cases directly inside a node, never an expression."""
    for block in blocks_of(type(node)):
        yield from getattr(node, block, ())


def all_statements(tree: ast.Module) -> Sequence[ast.AST]:
    """Return every statement, handler and case, in no particular order: walked once for all who ask."""
    known: tuple[ast.AST, ...] | None = getattr(tree, _WALKED, None)
    if known is None:
        known = tuple(_walked(tree))
        setattr(tree, _WALKED, known)
    return known


def _walked(tree: ast.Module) -> Iterator[ast.AST]:
    todo = list(inner_statements(tree))
    while todo:
        node = todo.pop()
        yield node
        for block in blocks_of(type(node)):
            todo += getattr(node, block, ())


@lru_cache(maxsize=4)
def _parse(text: str) -> tuple[ast.Module | None, str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the person's invalid escapes are not ours to print
            return module_of(text.removeprefix("\ufeff")), ""
    except SyntaxError as error:
        where = f" at line {error.lineno}" if error.lineno else ""
        return None, f"syntax error{where}: {error.msg}"
    except (RecursionError, MemoryError):
        return None, "the source is nested too deeply to be parsed"
    except ValueError as error:  # null bytes before 3.12, lone surrogates
        return None, f"the source holds characters that Python refuses: {error}"
