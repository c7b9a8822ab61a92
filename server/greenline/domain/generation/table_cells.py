"""The rows of ``pytest.mark.parametrize`` tables, by column."""

from __future__ import annotations

import ast


def table_cells(definition: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, list[ast.expr]]:
    """Return parameter -> its values, row by row; a table that is not all written out has none."""
    found: dict[str, list[ast.expr]] = {}
    for decorator in definition.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.parametrize":
            found.update(_columns(decorator))
    return found


def loop_of(definition: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.For | None:
    """Return the one loop of subtests that a test of ``unittest`` has for a table, None where there is none."""
    loops = [node for node in definition.body if isinstance(node, ast.For) and _is_of_subtests(node)]
    return loops[0] if len(loops) == 1 and loop_cells(loops[0]) else None


def loop_cells(loop: ast.For) -> dict[str, list[ast.expr]]:
    """Return variable -> its values, round by round; empty where they are not all written out."""
    names = loop.target.elts if isinstance(loop.target, ast.Tuple) else [loop.target]
    if not isinstance(loop.iter, (ast.List, ast.Tuple)) or not all(isinstance(name, ast.Name) for name in names):
        return {}
    rows = [_row(row, len(names)) for row in loop.iter.elts]
    if any(len(row) != len(names) for row in rows):
        return {}
    return {name.id: [row[n] for row in rows] for n, name in enumerate(names) if isinstance(name, ast.Name)}


def row_counts(definition: ast.FunctionDef | ast.AsyncFunctionDef) -> list[int]:
    """Return how many rows each table of a test has, of those that are written out."""
    tables = (
        decorator
        for decorator in definition.decorator_list
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.parametrize"
    )
    return [len(rows) for table in tables if (columns := _columns(table)) for rows in list(columns.values())[:1]]


def column_names(node: ast.expr) -> list[str]:
    """Return the parameters that a table names, in either of pytest's forms; none where they are not written out."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [name.strip() for name in node.value.split(",") if name.strip()]
    if isinstance(node, (ast.Tuple, ast.List)):
        return [e.value for e in node.elts if isinstance(e, ast.Constant) and isinstance(e.value, str)]
    return []


def _columns(call: ast.Call) -> dict[str, list[ast.expr]]:
    if len(call.args) < 2 or not isinstance(call.args[1], (ast.List, ast.Tuple)):  # noqa: PLR2004 - names and rows
        return {}
    names = column_names(call.args[0])
    rows = [_row(row, len(names)) for row in call.args[1].elts]
    if not names or any(len(row) != len(names) for row in rows):
        return {}
    return {name: [row[number] for row in rows] for number, name in enumerate(names)}


def _row(node: ast.expr, width: int) -> list[ast.expr]:
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.param":
        return node.args
    if width == 1:
        return [node]
    return list(node.elts) if isinstance(node, (ast.Tuple, ast.List)) else []


def _is_of_subtests(loop: ast.For) -> bool:
    inner = loop.body[0]
    if len(loop.body) != 1 or loop.orelse or not isinstance(inner, ast.With) or len(inner.items) != 1:
        return False
    call = inner.items[0].context_expr
    return isinstance(call, ast.Call) and ast.unparse(call.func) == "self.subTest"
