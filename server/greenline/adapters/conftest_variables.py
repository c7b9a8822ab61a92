"""The environment variables that a project's conftest.py sets, as far as its text alone says them.

What is explored is imported without pytest; a module that reads such a variable at import needs it all the same.
"""

from __future__ import annotations

import ast
import os
import re
from typing import TYPE_CHECKING

from greenline.domain.code.syntax_tree import module_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from greenline.ports.project import Project

_HOOKS = frozenset({"pytest_configure", "pytest_load_initial_conftests", "pytest_sessionstart"})
"""They run before any test is imported, whatever is tested."""
_OURS = frozenset({"HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP"})
"""Exploring has its own."""
_OF_STARTING = re.compile(r"PYTHON|LD_|DYLD_|(?:PATH|SYSTEMROOT)$", re.IGNORECASE)
"""A conftest.py sets them when its Python runs already; they would decide how exploring's own starts, or whether."""


def with_conftest(project: Project, texts: Mapping[Path, str]) -> dict[str, str]:
    """Return the project's variables with those of the conftest.py of its root and of its test folders.

    Those count that are set to a constant, always: at the top level, or so in a hook like ``pytest_configure``.
    ``texts`` come before what is on the disk. Raises nothing.
    """
    found = dict(project.variables)
    for folder in dict.fromkeys([project.root, *project.test_roots]):
        for name, value, default in _set_in(_text(folder / "conftest.py", texts)):
            if name in _OURS or _OF_STARTING.match(name):
                continue
            if not (default and (name in found or name in os.environ)):
                found[name] = value
    return found


def _text(path: Path, texts: Mapping[Path, str]) -> str:
    if path in texts:
        return texts[path]
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _set_in(text: str) -> Iterator[tuple[str, str, bool]]:
    """Yield name, value, and whether one that is there stays."""
    if "environ" not in text:
        return
    try:
        body = module_of(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for statement in body:
        inside = statement.body if isinstance(statement, ast.FunctionDef) and statement.name in _HOOKS else [statement]
        for each in inside:
            yield from _set_by(each)


def _set_by(statement: ast.stmt) -> Iterator[tuple[str, str, bool]]:
    if isinstance(statement, ast.Assign):
        for target in statement.targets:
            if isinstance(target, ast.Subscript) and _is_environ(target.value):
                yield from _constant(target.slice, statement.value)
    elif isinstance(statement, ast.Expr) and isinstance(call := statement.value, ast.Call):
        method = call.func
        if isinstance(method, ast.Attribute) and _is_environ(method.value):
            yield from _set_by_call(method.attr, call)


def _set_by_call(method: str, call: ast.Call) -> Iterator[tuple[str, str, bool]]:
    if method == "setdefault" and len(call.args) == 2:  # noqa: PLR2004 - name and value
        yield from _constant(*call.args, default=True)
    elif method == "update":
        for argument in call.args:
            if isinstance(argument, ast.Dict):
                for key, value in zip(argument.keys, argument.values, strict=True):
                    yield from _constant(key, value)
        for keyword in call.keywords:
            yield from _constant(ast.Constant(keyword.arg), keyword.value)


def _constant(name: ast.expr | None, value: ast.expr, *, default: bool = False) -> Iterator[tuple[str, str, bool]]:
    texts = [each.value for each in (name, value) if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    if len(texts) == 2 and texts[0] and "=" not in texts[0] and "\0" not in "".join(texts):  # noqa: PLR2004 - both
        yield texts[0], texts[1], default


def _is_environ(node: ast.expr) -> bool:
    """Tell whether this is ``os.environ`` or ``environ``."""
    if isinstance(node, ast.Attribute):
        return node.attr == "environ" and isinstance(node.value, ast.Name) and node.value.id == "os"
    return isinstance(node, ast.Name) and node.id == "environ"
