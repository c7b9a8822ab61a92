"""The tables of a test, given their names and ids as the project gives them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from greenline.domain.generation.source_text import SourceText
from greenline.domain.generation.wrap_source import wrapped

if TYPE_CHECKING:
    from greenline.domain.generation.test_style import TestStyle


def tables_in_style(code: str, style: TestStyle) -> str:
    """Return the code with each ``parametrize`` as the style has it. Raises SyntaxError when it does not parse."""
    if style.row_names == "tuple" and style.row_ids == "params":
        return code
    source = SourceText(code)
    calls = [
        decorator
        for node in source.parse().body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.parametrize"
    ]
    for call in reversed(calls):
        if len(call.args) == 2 and isinstance(call.args[1], ast.List) and not call.keywords:  # noqa: PLR2004
            start = source.start(call.lineno)
            end = source.start((call.end_lineno or call.lineno) + 1)
            code = code[:start] + "\n".join(_table(source, call, call.args[1], style)) + "\n" + code[end:]
    return code


def _table(source: SourceText, call: ast.Call, table: ast.List, style: TestStyle) -> list[str]:
    rows, ids = zip(*(_row(source, row) for row in table.elts), strict=True) if table.elts else ((), ())
    lines = ["@pytest.mark.parametrize(", *wrapped(_names(call.args[0], style), "    ", ","), "    ["]
    for row, id_ in zip(rows, ids, strict=True):
        if id_ and style.row_ids == "params":
            lines += wrapped(f"pytest.param({', '.join(row)}, id={id_})", "        ", ",")
        else:
            lines += wrapped(row[0] if len(row) == 1 else f"({', '.join(row)})", "        ", ",")
    listed = all(ids) and bool(ids) and style.row_ids == "list"
    ending = wrapped(f"ids=[{', '.join(ids)}]", "    ", ",") if listed else []
    return [*lines, "    ],", *ending, ")"]


def _names(given: ast.expr, style: TestStyle) -> str:
    if isinstance(given, ast.Tuple) and style.row_names != "tuple":
        names = [str(ast.literal_eval(each)) for each in given.elts]
        if style.row_names == "string":
            return f'"{style.names_apart.join(names)}"'
        return "[" + ", ".join(f'"{name}"' for name in names) + "]"
    return ast.unparse(given)


def _row(source: SourceText, row: ast.expr) -> tuple[list[str], str]:
    """Return the cells and the id, as they are written; an id is empty where there is none."""
    if isinstance(row, ast.Call) and ast.unparse(row.func) == "pytest.param":
        ids = [_text(source, keyword.value) for keyword in row.keywords if keyword.arg == "id"]
        return [_text(source, cell) for cell in row.args], ids[0] if ids else ""
    cells = row.elts if isinstance(row, ast.Tuple) else [row]
    return [_text(source, cell) for cell in cells], ""


def _text(source: SourceText, node: ast.expr) -> str:
    """Return an expression on one line."""
    end = source.offset(node.end_lineno or node.lineno, node.end_col_offset or 0)
    text = source.text[source.offset(node.lineno, node.col_offset) : end]
    return ast.unparse(node) if "\n" in text else text
