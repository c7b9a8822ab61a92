"""Statements before the call that differ from case to case: what stays, and what becomes a column."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from greenline.domain.code.parse import parse
from greenline.domain.code.syntax_tree import literal_of
from greenline.domain.generation.one_difference import one_difference
from greenline.domain.generation.value_words import slug

if TYPE_CHECKING:
    from collections.abc import Sequence

_MADE = re.compile(r"(\w+) = (.*)", re.DOTALL)
_STAND_IN = re.compile(r"\w+ = (create_autospec|Mock|MagicMock|AsyncMock)\(")
_PAIR = 2


def varied(statements: Sequence[str], holes: Holes) -> str | None:
    """Return what differing statements have in common: empty for things that are made, which become cells."""
    if all(_STAND_IN.match(statement) for statement in statements):
        return _with_a_hole(statements, holes)
    made = [_MADE.fullmatch(statement) for statement in statements]
    names = {found.group(1) for found in made if found}
    if all(made) and len(names) == 1 and names != {"_"}:
        holes.made.add(len(holes.columns))
        holes.add(names.pop(), [found.group(2) for found in made if found])
        return ""
    return _called_alike(statements, holes) or _with_a_hole(statements, holes)


class Holes:
    """The columns of a table, as they are found."""

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self.columns: list[str] = []
        self.cells: list[tuple[str, ...]] = []
        self.made: set[int] = set()

    def add(self, name: str, cells: Sequence[str]) -> str:
        """Return what stands for these cells: the one that all are, or a column's mark."""
        if len(set(cells)) == 1:
            return cells[0]
        self.columns.append(name)
        self.cells.append(tuple(cells))
        return f"\x01{len(self.columns) - 1}\x01"


def _called_alike(statements: Sequence[str], holes: Holes) -> str | None:
    """Return a call whose one argument is a column with a telling name."""
    calls = [_plain_call(statement) for statement in statements]
    if any(call is None for call in calls):
        return None
    heads = {ast.unparse(call.func) for call in calls if call}
    rows = [[ast.unparse(argument) for argument in call.args] for call in calls if call]
    if len(heads) > 1 or len({len(row) for row in rows}) > 1:
        return None
    (head,) = heads
    kind = head.rpartition(".")[2]
    if kind == "setenv" and len({row[0] for row in rows}) == 1 and len(rows[0]) == _PAIR:
        name = slug(str(literal_of(rows[0][0])))
        return f"{head}({rows[0][0]}, {holes.add(name, [row[1] for row in rows])})"
    if kind == "write_text" and len(rows[0]) == 1:
        return f"{head}({holes.add('content', [row[0] for row in rows])})"
    return None


def _with_a_hole(statements: Sequence[str], holes: Holes) -> str | None:
    """Return the statements with a column in the place of the one expression that is not the same, a plain one."""
    found = one_difference(statements)
    if found is None or not (found.before + found.after).strip() or not all(_is_plain(cell) for cell in found.cells):
        return None
    return f"{found.before}{holes.add(slug(found.name) or 'given', found.cells)}{found.after}"


def _is_plain(cell: str) -> bool:
    """Tell whether an expression is the same wherever it stands: a literal, or what a module makes of some."""
    try:
        literal_of(cell)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        tree, _ = parse(cell)
        node = tree.body[0].value if tree and len(tree.body) == 1 and isinstance(tree.body[0], ast.Expr) else None
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            return False
        return all(_is_plain(ast.unparse(each)) for each in [*node.args, *(k.value for k in node.keywords)])
    return True


def _plain_call(statement: str) -> ast.Call | None:
    tree, _ = parse(statement)
    node = tree.body[0] if tree and len(tree.body) == 1 else None
    call = node.value if isinstance(node, ast.Expr) else None
    return call if isinstance(call, ast.Call) and not call.keywords else None
