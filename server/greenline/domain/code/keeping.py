"""Functions that keep what they found out, so that a later call runs less than the first, and who uses them."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from greenline.domain.code.fingerprints import Region, fingerprints
from greenline.domain.code.parse import parse

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_Def = ast.FunctionDef | ast.AsyncFunctionDef
_SIGN = re.compile(r"\bglobal\b|@[\w.]*(?:cache|memo|once|lazy)", re.IGNORECASE)
_KEEPS = ("cache", "memo", "once", "lazy")
_PER_OBJECT = "cached_property"
_NO_USE = frozenset({"cache_clear", "cache_info", "cache_parameters"})
"""Whoever asks for these gets nothing of what is kept."""


@dataclass(frozen=True, slots=True)
class Keeper:
    """One such function."""

    region: Region
    names: frozenset[str]
    """By which others get what it keeps: its own, and those of the globals that it sets."""


@dataclass(frozen=True, slots=True)
class Uses:
    """Where a text speaks of names."""

    functions: tuple[Region, ...] = ()
    at_levels: bool = False
    """Outside of functions, and not only to import or define them."""
    aliases: frozenset[str] = frozenset()
    """Other names that it imports them by."""


@lru_cache(maxsize=1024)
def keepers(text: str) -> tuple[Keeper, ...]:
    """Return the functions with a decorator that keeps results, and those that set a global. Raises nothing."""
    if not _SIGN.search(text):
        return ()
    tree, _ = parse(text)
    if tree is None:
        return ()
    names = {node.lineno: _kept_by(node) for node in ast.walk(tree) if isinstance(node, _Def)}
    return tuple(
        Keeper(region, names[region.line]) for region in fingerprints(text).functions.values() if names.get(region.line)
    )


def uses(text: str, names: Collection[str]) -> Uses:
    """Return where a text speaks of one of the names, as a name or an attribute. Raises nothing."""
    if not re.search(rf"\b(?:{'|'.join(map(re.escape, sorted(names)))})\b", text):
        return Uses()
    tree, _ = parse(text)
    if tree is None:
        return Uses(at_levels=True)
    nodes = list(ast.walk(tree))
    emptied = {id(node.value) for node in nodes if isinstance(node, ast.Attribute) and node.attr in _NO_USE}
    found = [(node, _name(node)) for node in nodes if id(node) not in emptied]
    lines = {node.lineno for node, name in found if name in names and isinstance(node, (ast.Name, ast.Attribute))}
    aliases = {a.asname for a, name in found if name in names and isinstance(a, ast.alias) and a.asname}
    regions = [r for r in fingerprints(text).functions.values() if any(r.first <= line <= r.last for line in lines)]
    inside = {line for line in lines if any(r.first <= line <= r.last for r in regions)}
    return Uses(tuple(regions), bool(lines - inside), frozenset(aliases))


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.name if isinstance(node, ast.alias) else ""


def _kept_by(node: _Def) -> frozenset[str]:
    shared = {name for inner in ast.walk(node) if isinstance(inner, ast.Global) for name in inner.names}
    if shared or any(_is_keeping(name) for name in _names(node.decorator_list)):
        return frozenset({node.name, *shared})
    return frozenset()


def _names(decorators: Iterable[ast.expr]) -> Iterable[str]:
    for decorator in decorators:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        yield called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def _is_keeping(name: str) -> bool:
    return name != _PER_OBJECT and any(word in name.lower() for word in _KEEPS)
