"""Expressions that need a statement first: ``statement SEP expression`` is one choice of a slot."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

SEPARATOR = "\x01"
LONG = 20
"""So long a text of one character is written as a product."""
_MOST_TIMES = 100_000


def with_prelude(statement: str, expression: str) -> str:
    """Return the choice that runs the statement before the expression is evaluated."""
    return f"{statement}{SEPARATOR}{expression}"


def prelude_of(source: str) -> str:
    """Return the statements that come first, empty for a plain expression."""
    return source.rpartition(SEPARATOR)[0]


def expression_of(source: str) -> str:
    """Return the expression itself."""
    return source.rpartition(SEPARATOR)[2]


def plain(sources: Sequence[str]) -> list[str]:
    """Return those that need no statement first: the only ones that can stand inside a container."""
    return [s for s in sources if SEPARATOR not in s]


def call(callee: str, arguments: Sequence[str]) -> str:
    """Return a call, the preludes of its arguments before it."""
    preludes = dict.fromkeys(p for p in map(prelude_of, arguments) if p)
    text = f"{callee}({', '.join(map(expression_of, arguments))})"
    return with_prelude("\n".join(preludes), text) if preludes else text


def relabelled(label: str, source: str) -> str:
    """Return the choice as it is passed: by name where there is a label."""
    prelude = prelude_of(source)
    text = f"{label}{expression_of(source)}"
    return with_prelude(prelude, text) if prelude else text


def repeated(text: str | bytes, times: int) -> str:
    """Return the source of a text that is another one so many times."""
    return f"{text!r} * {times}" if times * len(text) >= LONG else repr(text * times)


def evaluated(source: str) -> Any:
    """Return what a literal stands for, or a text so many times. Raises ValueError or SyntaxError for anything else."""
    try:
        return ast.literal_eval(source)
    except TypeError as error:  # {[]}: made of literals, and no value
        raise ValueError(f"{source} has no value") from error
    except ValueError:
        node = ast.parse(source, mode="eval").body
        if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult)):
            raise
        text, times = ast.literal_eval(node.left), ast.literal_eval(node.right)
        if not isinstance(text, (str, bytes)) or type(times) is not int or times > _MOST_TIMES:
            raise
        return text * times
