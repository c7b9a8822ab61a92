"""Move code to another depth of indentation; what stands inside of literals stays."""

from __future__ import annotations

import re
import tokenize
from typing import TYPE_CHECKING

from greenline.domain.generation.wrap_source import WIDTH, wrapped

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

STEP = "    "
_OPENING = {getattr(tokenize, name, -1) for name in ("FSTRING_START", "TSTRING_START")} - {-1}
_CLOSING = {getattr(tokenize, name, -1) for name in ("FSTRING_END", "TSTRING_END")} - {-1}


def indented(code: str, indent: str, step: str = STEP, *, fitting: bool = True) -> str:
    """Return the code below ``indent``, each of its own steps written as ``step``.

    A one-line statement that becomes too long is broken at its brackets, if ``fitting``. Raises SyntaxError for what
    is no code.
    """
    fixed = _inside_literals(code)
    lines = []
    for number, line in enumerate(code.split("\n"), 1):
        if number in fixed or not line.strip():
            lines.append(line if number in fixed else "")
            continue
        text = line.lstrip(" ")
        depth, rest = divmod(len(line) - len(text), len(STEP))
        before = indent + step * depth + " " * rest
        lines += _fitting(before, text) if fitting and number + 1 not in fixed else [before + text]
    return "\n".join(lines)


def outdented(code: str) -> str:
    """Return the code without the indentation of its first line. Raises SyntaxError for what is no code."""
    indent = code[: len(code) - len(code.lstrip())]
    fixed = _inside_literals("if 1:\n" + code)
    lines = code.split("\n")
    return "\n".join(line if n in fixed else line.removeprefix(indent) for n, line in enumerate(lines, 2))


def step_of(text: str) -> str:
    """Return what one step of indentation is in a text: the first one that its statements make."""
    try:
        for token in _tokens(text):
            if token.type == tokenize.INDENT:
                return token.string
    except (tokenize.TokenError, SyntaxError):
        pass
    return STEP


def _fitting(before: str, text: str) -> list[str]:
    if len(before) + len(text) <= WIDTH or re.search(r"[,(\[{]$|^[)\]}]", text):
        return [before + text]
    if not text.endswith(":"):
        return wrapped(text, before)
    return wrapped(text[:-1], before, ":") if text.startswith(("def ", "async def ", "with ")) else [before + text]


def _inside_literals(code: str) -> Collection[int]:
    """Return the lines that begin inside of a literal. Docstrings move with the code that they tell of."""
    found: set[int] = set()
    for first, last, is_docstring in _literals(code):
        if not is_docstring:
            found |= set(range(first + 1, last + 1))
    return found


def _literals(code: str) -> Iterator[tuple[int, int, bool]]:
    before = tokenize.NEWLINE
    starts: list[int] = []
    try:
        for token in _tokens(code):
            if token.type == tokenize.STRING:
                yield token.start[0], token.end[0], before == tokenize.INDENT
            elif token.type in _OPENING:
                starts.append(token.start[0])
            elif token.type in _CLOSING and starts:
                yield starts.pop(), token.end[0], False
            if token.type not in {tokenize.NL, tokenize.COMMENT}:
                before = token.type
    except tokenize.TokenError as error:
        raise SyntaxError(str(error)) from error


def _tokens(code: str) -> Iterator[tokenize.TokenInfo]:
    lines = [line + "\n" for line in code.split("\n")]
    return tokenize.generate_tokens(iter([*lines, ""]).__next__)
