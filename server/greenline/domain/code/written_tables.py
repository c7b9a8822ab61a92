"""Tables that are written out: what parametrize and loops give to names, row by row."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from greenline.domain.code.dotted_names import last_name

Row: TypeAlias = dict[str, ast.expr]


def parametrized(decorator: ast.expr, named: Mapping[str, ast.expr]) -> list[Row]:
    """Return the rows of ``@pytest.mark.parametrize("a, b", [...])``; the table may be one of those ``named``."""
    if not isinstance(decorator, ast.Call) or last_name(decorator) != "parametrize":
        return []
    given = {k.arg: k.value for k in decorator.keywords}
    columns = decorator.args[0] if decorator.args else given.get("argnames")
    table = decorator.args[1] if len(decorator.args) > 1 else given.get("argvalues")
    if isinstance(columns, ast.Constant) and isinstance(columns.value, str):
        listed = [part.strip() for part in columns.value.split(",") if part.strip()]
    elif isinstance(columns, (ast.List, ast.Tuple)):
        listed = [c.value for c in columns.elts if isinstance(c, ast.Constant) and isinstance(c.value, str)]
    else:
        return []
    if isinstance(table, ast.Name):
        table = named.get(table.id)
    return _rows_of(listed, _items(table))


def looped(target: ast.expr, table: ast.expr) -> list[Row]:
    """Return what a loop over a written-out table gives its names."""
    listed = [target] if isinstance(target, ast.Name) else list(getattr(target, "elts", ()))
    columns = [n.id for n in listed if isinstance(n, ast.Name)]
    return _rows_of(columns, _items(table)) if columns and len(columns) == len(listed) else []


def _rows_of(columns: Sequence[str], items: Sequence[ast.expr]) -> list[Row]:
    rows = []
    for item in items:
        values: list[ast.expr] = [item]
        if isinstance(item, ast.Call) and last_name(item) == "param":
            values = list(item.args)
        elif len(columns) > 1:
            values = list(item.elts) if isinstance(item, (ast.Tuple, ast.List)) else []
        if len(values) == len(columns):
            rows.append(dict(zip(columns, values, strict=True)))
    return rows


def _items(table: ast.expr | None) -> Sequence[ast.expr]:
    if isinstance(table, (ast.List, ast.Tuple, ast.Set)):
        return table.elts
    if isinstance(table, ast.Call) and isinstance(table.func, ast.Attribute) and isinstance(table.func.value, ast.Dict):
        pairs = [(k, v) for k, v in zip(table.func.value.keys, table.func.value.values, strict=True) if k]
        if table.func.attr == "items":
            return [ast.Tuple([k, v], ast.Load()) for k, v in pairs]
    if isinstance(table, ast.Dict):
        return [k for k in table.keys if k]
    return ()
