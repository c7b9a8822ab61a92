"""How far what comes out of the code may be from what a test expects."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from greenline.domain.code.dotted_names import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

_ANY_WIDTH = float("inf")
_WIDER_WHEN_MORE: dict[str, float] = {
    "rel": 1e-6,
    "abs": 1e-12,
    "rel_tol": 1e-9,
    "abs_tol": 0.0,
    "rtol": 1e-5,
    "atol": 1e-8,
    "delta": 0.0,
}
_WIDER_WHEN_LESS: dict[str, float] = {"places": 7.0, "decimal": 6.0}
_OF_DIFFERENCE = frozenset({"abs", "abs_tol", "atol", "delta"})
_OF_SHARE = frozenset({"rel", "rel_tol", "rtol"})
_DIFFERENCE_OF_FLOATS, _SHARE_OF_FLOATS, _PLACES_OF_FLOATS = 1e-9, 1e-6, 9.0
"""So far apart two floats may be that are the same number, calculated in other ways."""
_SMALLEST, _MOST = 1e-12, 1e15


def tolerances(node: ast.AST) -> Iterator[tuple[str, float]]:
    """Yield how far what comes out may be from what is expected, more for wider."""
    for call in ast.walk(node):
        if not isinstance(call, ast.Call):
            continue
        name = last_name(call)
        places = call.args[1] if name == "round" and len(call.args) > 1 else None
        if places is not None:
            yield "round", -_number(places, otherwise=-_ANY_WIDTH)
        if name == "approx":
            given = [("rel", each) for each in call.args[1:2]] + [("abs", each) for each in call.args[2:3]]
            yield from ((key, _number(each, otherwise=_ANY_WIDTH)) for key, each in given if not _is_none(each))
        for each in call.keywords:
            name = each.arg or ""
            if name in _WIDER_WHEN_MORE and not _is_none(each.value):
                yield name, max(_WIDER_WHEN_MORE[name], _number(each.value, otherwise=_ANY_WIDTH))
            elif name in _WIDER_WHEN_LESS and not _is_none(each.value):
                yield name, -_number(each.value, otherwise=-_ANY_WIDTH)


def usual_tolerance(name: str, expected: ast.expr | None) -> float:
    """Return how wide one may be where nothing was said: as wide as by default, or as floats need it."""
    if name in _OF_DIFFERENCE:
        return max(_WIDER_WHEN_MORE[name], _of_floats(expected))
    if name in _OF_SHARE:
        return max(_WIDER_WHEN_MORE[name], _SHARE_OF_FLOATS)
    return _WIDER_WHEN_MORE.get(name, -_WIDER_WHEN_LESS.get(name, _PLACES_OF_FLOATS))


def _of_floats(expected: ast.expr | None) -> float:
    """Return a difference that is none between floats: as wide as that of ``approx`` without one."""
    numbers = [abs(number) for number in _numbers_in(expected) if number]
    return max(_SMALLEST, min(numbers) * _SHARE_OF_FLOATS) if numbers else _DIFFERENCE_OF_FLOATS


def _numbers_in(expected: ast.expr | None) -> list[float]:
    """Return the floats that are expected, of ``approx([0.1], abs=2)`` 0.1: whole numbers come out as they are."""
    if isinstance(expected, ast.Call):
        expected = expected.args[0] if last_name(expected) == "approx" and expected.args else None
    values = [each.value for each in ast.walk(expected) if isinstance(each, ast.Constant)] if expected else []
    return [each for each in values if isinstance(each, float) and abs(each) < _MOST]


def _number(node: ast.expr, *, otherwise: float) -> float:
    """Return the number that is written there; of anything else nobody knows how wide it is."""
    try:
        value = ast.literal_eval(node)
        return float(value) if isinstance(value, (int, float)) else otherwise
    except (ValueError, TypeError, SyntaxError, OverflowError, MemoryError, RecursionError):
        return otherwise


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
