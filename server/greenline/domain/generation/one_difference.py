"""Statements that differ in one expression: where it stands, and what it is in each."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.domain.code.parse import parse
from greenline.domain.generation.text_spans import Spans

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Difference:
    """The first statement is ``before``, an expression, ``after``."""

    before: str
    after: str
    name: str
    """What it is passed as, empty where it has no name there."""
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    name: str
    nodes: tuple[ast.expr, ...]


def one_difference(statements: Sequence[str]) -> Difference | None:
    """Return the one expression that is not the same in all statements; None where it is more than one, or none."""
    trees = [parse(statement)[0] for statement in statements]
    if not all(trees):
        return None
    places = _places([tree for tree in trees if tree], "")
    if places is None or len(places) != 1:
        return None
    (place,) = places
    texts = [Spans(statement) for statement in statements]
    cells = tuple(text.source(node) for text, node in zip(texts, place.nodes, strict=True))
    first = texts[0].of(place.nodes[0])
    return Difference(statements[0][: first.start], statements[0][first.end :], place.name, cells)


def _places(nodes: Sequence[ast.AST], name: str) -> list[_Place] | None:
    """Return the places in which trees of one shape differ, None where they differ in more than expressions."""
    if len({ast.dump(node) for node in nodes}) == 1:
        return []
    expressions = tuple(node for node in nodes if isinstance(node, ast.expr))
    here = [_Place(name, expressions)] if len(expressions) == len(nodes) else None
    if len({type(node) for node in nodes}) > 1:
        return here
    found: list[_Place] = []
    for field in nodes[0]._fields:
        inner = _places_in([getattr(node, field, None) for node in nodes], _name_below(nodes[0], name))
        if inner is None:
            return here
        found += inner
    return found if len(found) == 1 else here


def _places_in(values: Sequence[object], name: str) -> list[_Place] | None:
    if all(isinstance(value, ast.AST) for value in values):
        return _places([value for value in values if isinstance(value, ast.AST)], name)
    if not all(isinstance(value, list) for value in values):
        return [] if all(value == values[0] for value in values) else None
    rows = [value for value in values if isinstance(value, list)]
    if len({len(row) for row in rows}) > 1:
        return None
    found: list[_Place] = []
    for items in zip(*rows, strict=True):
        inner = _places_in(items, name)
        if inner is None:
            return None
        found += inner
    return found


def _name_below(node: ast.AST, name: str) -> str:
    return node.arg or "" if isinstance(node, ast.keyword) else name
