"""What is special about a case, in the words of a test's name."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from greenline.domain.coverage.model import Arc
    from greenline.domain.generation.case import Case

_LONGEST = 40
_WORDS = {
    ast.Lt: ("below", "at_least"),
    ast.LtE: ("at_most", "above"),
    ast.Gt: ("above", "at_most"),
    ast.GtE: ("at_least", "below"),
    ast.Eq: ("is", "is_not"),
    ast.NotEq: ("is_not", "is"),
    ast.Is: ("is", "is_not"),
    ast.IsNot: ("is_not", "is"),
    ast.In: ("in", "not_in"),
    ast.NotIn: ("not_in", "in"),
}
_MARKS = {
    " ": "space", "-": "dash", "_": "underscore", ".": "dot", ",": "comma", "/": "slash", ":": "colon", "@": "at", "#": "hash", "%": "percent",
    "\n": "newline", "\t": "tab", "'": "quote", '"': "double_quote", "=": "equals", "+": "plus", "*": "star", "{": "brace", "[": "bracket", "(": "parenthesis",
}  # fmt: skip


def special_about(cases: Sequence[Case], function: ast.AST, first_line: Mapping[int, int]) -> list[str]:
    """Return one slug per case, from the branch that it takes and others do not; empty where nothing sets it apart."""
    branches = _branches(function)
    taken = [{(first_line.get(a, a), first_line.get(b, b)) for a, b in case.edges} for case in cases]
    return [
        _slug_of(branches, mine, [t for j, t in enumerate(taken) if j != i], first_line) for i, mine in enumerate(taken)
    ]


def value_slug(source: str) -> str:
    """Return words for a short expression: ``''`` is "empty", ``-1`` "minus_1", ``'a b'`` "a_b"."""
    try:
        value = ast.literal_eval(source)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return slug(source)
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return slug(str(value).replace("-", "minus_").replace(".", "_"))
    if isinstance(value, (str, bytes)):
        return _text_slug(value if isinstance(value, str) else value.decode("latin-1"))
    if not value:
        return f"empty_{type(value).__name__}"
    if isinstance(value, (list, tuple, set, frozenset)):
        return slug("_".join(value_slug(repr(item)) for item in list(value)[:3]))
    if isinstance(value, dict):
        return slug("_".join(f"{k}_{v}" for k, v in list(value.items())[:2]))
    return slug(source)


def slug(text: str) -> str:
    """Return the text as part of an identifier, cut at a word to a readable length."""
    words = re.sub(r"[^0-9a-zA-Z]+", "_", text).strip("_").lower()
    if len(words) <= _LONGEST:
        return words
    cut = words[: _LONGEST + 1].rpartition("_")[0]
    return cut or words[:_LONGEST]


def _text_slug(text: str) -> str:
    if not text:
        return "empty"
    words = slug(text)
    if words:
        if text != text.strip():
            return f"{words}_padded"
        return words
    if not text.strip():
        return "blank"
    return "_".join(dict.fromkeys(_MARKS.get(c, "symbol" if c.isascii() else "unicode") for c in text[:4]))


def _branches(function: ast.AST) -> dict[int, tuple[ast.expr, int]]:
    """Map the line of a condition to the condition and the first line of what runs when it holds."""
    found: dict[int, tuple[ast.expr, int]] = {}
    for node in ast.walk(function):
        if isinstance(node, (ast.If, ast.While)):
            found[node.lineno] = (node.test, node.body[0].lineno)
    return found


def _slug_of(
    branches: Mapping[int, tuple[ast.expr, int]],
    mine: set[Arc],
    others: Sequence[set[Arc]],
    first_line: Mapping[int, int],
) -> str:
    unique = sorted(arc for arc in mine if arc[0] in branches and not any(arc in other for other in others))
    rare = sorted(
        arc for arc in mine if arc[0] in branches and sum(arc in other for other in others) * 3 <= len(others)
    )
    for line, destination in [*reversed(unique), *reversed(rare)]:
        test, inside = branches[line]
        words = _condition(test, destination == first_line.get(inside, inside))
        if words:
            return words
    return ""


def _condition(test: ast.expr, holds: bool) -> str:
    """Return words for a condition that holds or does not; empty for what has no short words."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _condition(test.operand, not holds)
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return _comparison(test, holds)
    if isinstance(test, ast.Call):
        return _question(test, holds)
    if isinstance(test, ast.BoolOp):
        decides = isinstance(test.op, ast.And) == holds
        parts = [_condition(v, holds) for v in test.values]
        return slug("_and_".join(parts)) if decides and all(parts) and len("_and_".join(parts)) <= _LONGEST else ""
    words = _name(test)
    return slug(f"{'with' if holds else 'without'}_{words}") if words else ""


def _comparison(test: ast.Compare, holds: bool) -> str:
    left, right = test.left, test.comparators[0]
    if isinstance(right, ast.Constant) and right.value is None:
        given = isinstance(test.ops[0], (ast.IsNot, ast.NotEq)) == holds
        name = _name(left)
        return slug(f"{'with' if given else 'without'}_{name}") if name else ""
    word = _WORDS.get(type(test.ops[0]))
    names = _name(left), _name(right)
    if word is None or not all(names):
        return ""
    return slug(f"{names[0]}_{word[0 if holds else 1]}_{names[1]}")


def _question(call: ast.Call, holds: bool) -> str:
    function = call.func
    arguments = [_name(a) for a in call.args]
    if isinstance(function, ast.Name) and function.id == "isinstance" and len(arguments) == 2:  # noqa: PLR2004 - its signature
        kind = slug(ast.unparse(call.args[1]).replace(", ", "_or_"))
        return slug(f"{arguments[0]}_{'is' if holds else 'is_not'}_{kind}") if arguments[0] else ""
    if isinstance(function, ast.Attribute):
        words = [_name(function.value), *re.split(r"_", function.attr), *arguments]
        text = "_".join(w for w in words if w)
    elif isinstance(function, ast.Name):
        text = (
            "_".join([*(a for a in arguments if a), function.id])
            if not function.id.startswith("is_")
            else "_".join([*(a for a in arguments if a), function.id])
        )
    else:
        return ""
    return slug(text if holds else f"not_{text}")


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id.strip("_")
    if isinstance(node, ast.Attribute):
        return node.attr.strip("_")
    if isinstance(node, ast.Constant):
        return value_slug(repr(node.value))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1:
        inner = _name(node.args[0])
        return f"{inner}_length" if node.func.id == "len" and inner else inner and f"{node.func.id}_{inner}"
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _name(node.operand)
        return inner and f"minus_{inner}"
    return ""


def distinct(names: Sequence[str], taken: set[str]) -> Iterator[str]:
    """Yield the names with a number where one is taken; what is yielded is taken too."""
    for name in names:
        chosen, number = name, 2
        while chosen in taken:
            chosen, number = f"{name}_{number}", number + 1
        taken.add(chosen)
        yield chosen
