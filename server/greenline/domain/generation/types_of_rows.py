"""The types of a test's parameters, as far as its tables and pytest say them."""

from __future__ import annotations

import ast

_FIXTURES = {
    "tmp_path": ("Path", "from pathlib import Path"),
    "monkeypatch": ("pytest.MonkeyPatch", "import pytest"),
    "capsys": ("pytest.CaptureFixture[str]", "import pytest"),
    "caplog": ("pytest.LogCaptureFixture", "import pytest"),
    "mocker": ("MockerFixture", "from pytest_mock import MockerFixture"),
}
_CONTAINERS = (ast.List, ast.Set)


def types_of_parameters(test: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[dict[str, str], list[str]]:
    """Return the annotation of each parameter that has a certain one, and the imports that they need.

    Columns whose cells are of no simple type are ``Any``.
    """
    columns = _columns(test)
    types, imports = {}, []
    for argument in test.args.args:
        if argument.arg in columns:
            kind = _common([_type(cell) for cell in columns[argument.arg]])
            types[argument.arg] = f'"{kind}"' if " | " in kind else kind  # before 3.10, nobody may evaluate it
            imports += ["from typing import Any"] if "Any" in kind else []
        elif argument.arg in _FIXTURES:
            types[argument.arg], needed = _FIXTURES[argument.arg]
            imports.append(needed)
    return types, imports


def _columns(test: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, list[ast.expr]]:
    found: dict[str, list[ast.expr]] = {}
    for decorator in test.decorator_list:
        if not isinstance(decorator, ast.Call) or not ast.unparse(decorator.func).endswith("mark.parametrize"):
            continue
        names = _names(decorator.args[0])
        for row in decorator.args[1].elts if isinstance(decorator.args[1], ast.List) else ():
            cells = row.args if isinstance(row, ast.Call) and ast.unparse(row.func) == "pytest.param" else [row]
            if cells == [row] and len(names) > 1 and isinstance(row, ast.Tuple):
                cells = row.elts
            for name, cell in zip(names, cells, strict=False):
                found.setdefault(name, []).append(cell)
    return found


def _names(given: ast.expr) -> list[str]:
    if isinstance(given, ast.Constant):
        return [name.strip() for name in str(given.value).split(",")]
    return [str(each.value) for each in getattr(given, "elts", ()) if isinstance(each, ast.Constant)]


def _type(cell: ast.expr) -> str:
    if isinstance(cell, ast.UnaryOp) and isinstance(cell.op, ast.USub):
        cell = cell.operand
    if isinstance(cell, ast.Constant):
        return "None" if cell.value is None else type(cell.value).__name__
    if isinstance(cell, _CONTAINERS):
        inside = _common([_type(each) for each in cell.elts]) if cell.elts else ""
        return f"{type(cell).__name__.lower()}[{inside}]"
    if isinstance(cell, ast.Dict):
        keys, values = [_type(key) for key in cell.keys if key], [_type(value) for value in cell.values]
        return f"dict[{_common(keys)}, {_common(values)}]" if keys else "dict[]"
    if isinstance(cell, ast.Tuple):
        return f"tuple[{', '.join(_type(each) for each in cell.elts)}]" if cell.elts else "tuple[()]"
    return "Any"


def _common(types: list[str]) -> str:
    """Return the one type, with ``None`` beside it; anything else is ``Any``. An empty container is any other's."""
    plain = dict.fromkeys(types)
    full = {each.partition("[")[0] for each in plain if "[" in each and not each.endswith("[]")}
    known = [each for each in plain if not (each.endswith("[]") and each[:-2] in full)]
    if len(known) == 2 and "None" in known:  # noqa: PLR2004 - one type, and nothing
        return " | ".join([next(each for each in known if each != "None"), "None"]).replace("[]", "[Any]")
    return known[0].replace("[]", "[Any]") if len(known) == 1 else "Any"
