"""What of a module cannot run here: written for another version or platform, for type checkers, for ``python -m``."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_ASKED = """
import json, os, sys
print(json.dumps({"sys.version_info": sys.version_info[:], "sys.platform": sys.platform, "os.name": os.name,
                  "sys.implementation.name": sys.implementation.name, "sys.maxsize": sys.maxsize,
                  "sys.hexversion": sys.hexversion}))
"""


@dataclass(frozen=True)
class Dead:
    """Lines and branches that cannot run in one interpreter, each with the reason."""

    lines: dict[int, str]
    branches: dict[tuple[int, int], str]
    """Only those whose first line can run."""


def facts_of(python: Path) -> dict[str, Any]:
    """Ask an interpreter what code looks at to tell versions and platforms apart."""
    ended = subprocess.run([str(python), "-c", _ASKED], check=True, capture_output=True, text=True)
    facts: dict[str, Any] = json.loads(ended.stdout)
    facts["sys.version_info"] = tuple(facts["sys.version_info"])
    return {**facts, "TYPE_CHECKING": False, "typing.TYPE_CHECKING": False, "__name__": "not main"}


def dead(source: str, facts: dict[str, Any], missing: list[tuple[int, int]]) -> Dead:
    """Tell what of the source is dead, and which of the missed branches are."""
    tree = ast.parse(source)
    facts = _named(tree, facts)
    lines: dict[int, str] = {}
    sides: dict[int, tuple[bool, set[int]]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.If):
            value = _decided(node.test, facts)
            if value is not None:
                why = f"`{ast.unparse(node.test)}` is always {value} here"
                lines.update((line, why) for line in _lines(node.orelse if value else node.body))
                sides[node.lineno] = value, set(_lines(node.body))
    for handler in _import_handlers(tree):
        lines.update((line, "the import succeeds here") for line in _lines(handler.body))
    branches = {}
    for start, end in missing:
        if start in lines or end in lines:
            branches[start, end] = lines.get(start) or lines[end]
        elif start in sides:
            value, body = sides[start]
            if (end in body) != value:
                branches[start, end] = f"line {start} is always {value} here"
    return Dead(lines, branches)


def _named(tree: ast.Module, facts: dict[str, Any]) -> dict[str, Any]:
    """Add the names by which the module itself calls what is known: imported ones, and its own PY3 or IS_WINDOWS."""
    known = dict(facts)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                of_module = [name for name in facts if alias.asname and name.startswith(f"{alias.name}.")]
                known.update({f"{alias.asname}.{name.partition('.')[2]}": facts[name] for name in of_module})
        elif isinstance(node, ast.ImportFrom):
            names = {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
            known.update({name: facts[full] for name, full in names.items() if full in facts})
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            value = _decided(statement.value, known) if isinstance(statement.value, (ast.Compare, ast.BoolOp)) else None
            if value is not None:
                known[statement.targets[0].id] = value
    return known


def _decided(test: ast.expr, facts: dict[str, Any]) -> bool | None:
    """Evaluate a condition that asks for nothing but known facts; None for all others."""
    for node in ast.walk(test):
        if isinstance(node, ast.Call):
            is_text_method = isinstance(node.func, ast.Attribute) and node.func.attr in {"startswith", "endswith"}
            if not is_text_method:
                return None
    names = {ast.unparse(n) for n in ast.walk(test) if isinstance(n, (ast.Name, ast.Attribute))}
    known = {name for name in names if name in facts}
    parts = {".".join(name.split(".")[:n]) for name in known for n in range(1, name.count(".") + 1)}
    methods = {f"{name}.{method}" for name in known for method in ("startswith", "endswith", "major", "minor")}
    if not known or names - known - parts - methods:
        return None
    try:
        return bool(eval(compile(ast.Expression(_Known(facts).visit(_parsed(test))), "test", "eval"), {}))
    except Exception:  # noqa: BLE001 - a comparison that makes no sense decides nothing
        return None


class _Known(ast.NodeTransformer):
    """Replaces what is known by its value."""

    def __init__(self, facts: dict[str, Any]) -> None:
        self._facts = facts

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, (ast.Name, ast.Attribute)):
            text = ast.unparse(node)
            if text in self._facts:
                return _literal(self._facts[text])
            if text in ("sys.version_info.major", "sys.version_info.minor"):
                return _literal(self._facts["sys.version_info"][text.endswith("minor")])
        return self.generic_visit(node)


def _literal(value: Any) -> ast.expr:
    return ast.parse(repr(value), mode="eval").body


def _parsed(test: ast.expr) -> ast.expr:
    return ast.parse(ast.unparse(test), mode="eval").body


def _import_handlers(tree: ast.Module) -> Iterator[ast.ExceptHandler]:
    """Yield the handlers of module-level imports; where the import failed, its lines ran and nobody asks."""
    for node in tree.body:
        if isinstance(node, ast.Try) and any(isinstance(n, (ast.Import, ast.ImportFrom)) for n in node.body):
            for handler in node.handlers:
                if handler.type is not None and re.search("ImportError|ModuleNotFound", ast.unparse(handler.type)):
                    yield handler


def _lines(body: list[ast.stmt]) -> Iterator[int]:
    for node in body:
        yield from range(node.lineno, (node.end_lineno or node.lineno) + 1)
