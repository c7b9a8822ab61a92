"""Functions that keep what they found out, so that a later call runs less than the first."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from greenline.domain.code.fingerprints import Region, fingerprints
from greenline.domain.code.parse import parse

if TYPE_CHECKING:
    from collections.abc import Iterable

_Def = ast.FunctionDef | ast.AsyncFunctionDef
_SIGN = re.compile(r"\bglobal\b|@[\w.]*(?:cache|memo|once|lazy)", re.IGNORECASE)
_KEEPS = ("cache", "memo", "once", "lazy")
_PER_OBJECT = "cached_property"


@lru_cache(maxsize=1024)
def functions_that_keep(text: str) -> tuple[Region, ...]:
    """Return the functions with a decorator that keeps results, and those that set a global. Raises nothing."""
    if not _SIGN.search(text):
        return ()
    tree, _ = parse(text)
    if tree is None:
        return ()
    lines = {node.lineno for node in ast.walk(tree) if isinstance(node, _Def) and _keeps(node)}
    return tuple(region for region in fingerprints(text).functions.values() if region.line in lines)


def _keeps(node: _Def) -> bool:
    return any(_is_keeping(name) for name in _names(node.decorator_list)) or any(
        isinstance(inner, ast.Global) for inner in ast.walk(node)
    )


def _names(decorators: Iterable[ast.expr]) -> Iterable[str]:
    for decorator in decorators:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        yield called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def _is_keeping(name: str) -> bool:
    return name != _PER_OBJECT and any(word in name.lower() for word in _KEEPS)
