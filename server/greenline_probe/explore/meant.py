"""Whether a call is one that somebody would make, and not only one that somebody could make."""

from __future__ import annotations

import ast
import re
from typing import Any

from greenline_probe.explore.fitting import fits, is_number_only
from greenline_probe.explore.sources import expression_of
from greenline_probe.explore.template import Choice, Slot
from greenline_probe.explore.typical import is_a_quantity

MOST_CHOICES = 6
_WORD = re.compile(r"\w+")


def is_meant(choice: Choice) -> bool:
    """Tell whether all that is passed is of the types, signs and choices that its parameters are for."""
    pairs = zip(choice.template.slots, choice.chosen)
    return all(is_for(slot, source) for slot, source in pairs if source and slot.role in ("argument", "construct"))


def is_for(slot: Slot, source: str) -> bool:
    """Tell the same of one choice. What is no literal passes, but for what it is itself made of."""
    if source in slot.odd or not is_allowed(slot, source):
        return False
    if slot.has_no_less and _is_negative(_parsed(source)):
        return False
    return source in slot.pool or all(_is_part_for(slot, name, value) for name, value in _named_parts(source))


def is_allowed(slot: Slot, source: str) -> bool:
    """Tell whether the annotation of the slot's parameter lets the choice pass; its default always passes."""
    if source == slot.default or slot.hint is None:
        return True
    return fits(slot.hint, source) and not (source in ("True", "False") and is_number_only(slot.hint))


def _is_part_for(slot: Slot, name: str, value: ast.expr) -> bool:
    """Tell whether an object may be made with this; texts that are always one of a few words are choices."""
    if is_a_quantity(name) and _is_negative(value):
        return False
    if not isinstance(value, ast.Constant) or not isinstance(value.value, str):
        return True
    parts = [part for source in slot.pool for part in _named_parts(source)]
    known: set[Any] = {v.value for n, v in parts if n == name and isinstance(v, ast.Constant)}
    words = all(isinstance(v, str) and _WORD.fullmatch(v) for v in known)
    return not (1 < len(known) <= MOST_CHOICES and words) or value.value in known


def _named_parts(source: str) -> list[tuple[str, ast.expr]]:
    if "=" not in source:
        return []
    calls = [n for n in ast.walk(_parsed(source)) if isinstance(n, ast.Call)]
    return [(k.arg, k.value) for call in calls for k in call.keywords if k.arg]


def _is_negative(node: ast.AST) -> bool:
    """Tell a negative number, also as what a class makes of a text: ``Decimal("-1")``."""
    if isinstance(node, ast.Call) and len(node.args) == 1:
        inner = node.args[0]
        is_text = isinstance(inner, ast.Constant) and isinstance(inner.value, str)
        return _is_negative(_parsed(inner.value)) if is_text else _is_negative(inner)  # type: ignore[attr-defined]
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant)


def _parsed(source: str) -> ast.AST:
    try:
        return ast.parse(expression_of(source).strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Pass()
