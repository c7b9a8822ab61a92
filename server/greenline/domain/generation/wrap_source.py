"""Source as a formatter would leave it: double quotes, and long lines broken at their brackets."""

from __future__ import annotations

import ast
import tokenize

WIDTH = 88
_CLOSING = {"(": ")", "[": "]", "{": "}"}


def double_quoted(source: str) -> str:
    """Return the source with ``'text'`` as ``"text"`` where that needs no escape."""
    try:
        tokens = list(tokenize.generate_tokens(iter([*source.splitlines(keepends=True), ""]).__next__))
    except (tokenize.TokenError, SyntaxError, IndentationError):
        return source
    lines = source.splitlines(keepends=True)
    for token in reversed(tokens):
        if token.type != tokenize.STRING or token.start[0] != token.end[0]:
            continue
        quote = token.string.find("'")
        prefix = token.string[:quote] if quote >= 0 else ""
        if quote < 0 or (prefix and not prefix.isalpha()) or '"' in token.string or token.string.endswith("'''"):
            continue
        body = token.string[quote + 1 : -1].replace("\\'", "'")
        row = token.start[0] - 1
        lines[row] = f'{lines[row][: token.start[1]]}{prefix}"{body}"{lines[row][token.end[1] :]}'
    return "".join(lines)


def wrapped(statement: str, indent: str = "", suffix: str = "") -> list[str]:
    """Return the lines of a one-line statement, broken one element a line where it is too long.

    ``suffix`` follows on the last line (a colon, a comma).
    """
    line = f"{indent}{statement}{suffix}"
    if len(line) <= WIDTH:
        return [line]
    opening = _last_bracket(statement)
    if opening is None:
        return [line]
    start, end = opening
    elements = _elements(statement[start + 1 : end])
    if not elements:
        return [line]
    inner = indent + "    "
    body = [part for element in elements for part in wrapped(element, inner, ",")]
    if len(elements) == 1 and (elements[0].startswith("*") or _is_comprehension(elements[0])):
        body = wrapped(elements[0], inner)
    return [f"{indent}{statement[: start + 1]}", *body, f"{indent}{statement[end:]}{suffix}"]


def _last_bracket(statement: str) -> tuple[int, int] | None:
    """Return the span of the last outermost bracket that holds something (else of the first that does)."""
    spans: list[tuple[int, int]] = []
    stack: list[int] = []
    for position, character in _code_characters(statement):
        if character in _CLOSING:
            stack.append(position)
        elif character in _CLOSING.values() and stack:
            start = stack.pop()
            if not stack and position > start + 1:
                spans.append((start, position))
    return max(spans, key=lambda s: (s[1] - s[0], s[0]), default=None)


def _elements(inside: str) -> list[str]:
    parts, start, depth = [], 0, 0
    for position, character in _code_characters(inside):
        if character in _CLOSING:
            depth += 1
        elif character in _CLOSING.values():
            depth -= 1
        elif character == "," and depth == 0:
            parts.append(inside[start:position].strip())
            start = position + 1
    rest = inside[start:].strip()
    return [part for part in [*parts, rest] if part]


def _code_characters(source: str) -> list[tuple[int, str]]:
    """Return (position, character) of what is not inside a string."""
    found: list[tuple[int, str]] = []
    quote, escaped = "", False
    for position, character in enumerate(source):
        if quote:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == quote:
                quote = ""
        elif character in "'\"":
            quote = character
        else:
            found.append((position, character))
    return found


def _is_comprehension(source: str) -> bool:
    try:
        node = ast.parse(f"({source})", mode="eval").body
    except (SyntaxError, ValueError):
        return True
    return isinstance(node, ast.GeneratorExp)
