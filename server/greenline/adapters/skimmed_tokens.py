"""The tokens of a text that coverage.py's parser looks at, found without making the others: a tenth of the time.

It asks where each statement begins and ends, how deep it is indented, and where a colon stands that opens a block.
"""

from __future__ import annotations

import io
import re
import sys
import token
import tokenize
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_Place = tuple[int, int]
_Token = tuple[int, str, _Place, _Place, str]
_Statement = tuple[int, list[int], int]
_STRING = r"""(?:\"\"\"(?s:\\.|[^\\])*?\"\"\"|'''(?s:\\.|[^\\])*?'''|"(?s:\\.|[^"\\\n])*"|'(?s:\\.|[^'\\\n])*')"""
_PIECES = re.compile(rf"(?P<string>{_STRING})|#.*|:=|\\\n|[\n:()\[\]{{}}\"'\\]")
"""What may hide something else, what nests, what ends a statement, and quotes and strokes that mean something else."""
_NESTING = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}
_STRAY = {'"', "'", "\\"}
_HIDING = re.compile(r"[\"'#\\]")
_FIRST_STRING = re.compile(rf"(?i:([rbuft]{{0,2}})){_STRING}")
_MAY_START = frozenset("\"'rRbBuUfFtT")
_NESTED_QUOTES = sys.version_info >= (3, 12)
"""An f-string may have the quotes that end it between its braces."""
_WITH_CODE = re.compile(r"(?i)[a-z]*[ft][a-z]*\Z")
_QUOTED = re.compile(r"""'[^']*'|"[^"]*\"""")


class _Unclear(Exception):
    """Only a whole tokenizer can tell."""


def skimmed_tokens(text: str) -> Iterable[_Token]:
    """Return them for a text that parses, with line ends of one kind and no form feed.

    Where a look from outside is not enough, all tokens are made. Raises what ``tokenize`` raises.
    """
    try:
        return list(_skimmed(text))
    except _Unclear:
        return tokenize.generate_tokens(io.StringIO(text).readline)


def _skimmed(text: str) -> Iterator[_Token]:
    lines, line, at, indents = text.split("\n"), 1, 0, [0]
    while line < len(lines):  # behind the last line end there is nothing
        code = lines[line - 1]
        inside = code.lstrip(" \t")
        if not inside or inside[0] == "#":
            line, at = line + 1, at + len(code) + 1
            continue
        if inside[0] == "\\":
            raise _Unclear
        start = at + len(code) - len(inside)
        width = len(code[: start - at].expandtabs(8))
        if width != indents[-1]:
            yield from _indented(indents, width, line)
        yield token.NAME, "_", (line, 0), (line + _more_lines(text, start), 0), ""
        colons: Sequence[int]
        if _is_of_one_line(inside):
            colons, at = ((line,) if inside.endswith(":") else ()), at + len(code) + 1
        else:
            at, colons, line = _statement(text, start, line)
        for colon in colons:
            yield _made(token.OP, ":", colon)
        yield _made(token.NEWLINE, "\n", line)
        line += 1


def _is_of_one_line(code: str) -> bool:
    """Tell whether a statement ends with the line, and may open a block at its last character only: mostly so."""
    if _HIDING.search(code) or sum(map(code.count, "([{")) != sum(map(code.count, ")]}")):
        return False
    return ":" not in code[:-1]


def _indented(indents: list[int], width: int, line: int) -> Iterator[_Token]:
    if width > indents[-1]:
        indents.append(width)
        yield _made(token.INDENT, "", line)
    while width < indents[-1]:
        indents.pop()
        yield _made(token.DEDENT, "", line)


def _more_lines(text: str, at: int) -> int:
    """Return how many lines more than one the first token of a statement has: a string may have several."""
    string = _FIRST_STRING.match(text, at) if text[at] in _MAY_START else None
    if string is None or (_NESTED_QUOTES and set(string[1].lower()) & set("ft")):  # of which the start is a token
        return 0
    return string[0].count("\n")


def _made(kind: int, text: str, line: int) -> _Token:
    return kind, text, (line, 0), (line, 0), ""


def _statement(text: str, start: int, line: int) -> _Statement:
    """Return where the statement ends, the lines of colons outside of brackets, and its last line."""
    nesting = 0
    colons: list[int] = []
    for piece in _PIECES.finditer(text, start):
        found = piece[0]
        if found == "\n" and not nesting:
            return piece.end(), colons, line
        if found in _NESTING:
            nesting += _NESTING[found]
        elif found in _STRAY:
            raise _Unclear
        elif found == ":" and not nesting:
            colons.append(line)
        elif _NESTED_QUOTES and piece["string"]:
            _refuse_nested(text, start, piece)
        line += found.count("\n")
    raise _Unclear


def _refuse_nested(text: str, start: int, piece: re.Match[str]) -> None:
    """Raise _Unclear where an f-string seems to end between its braces: what follows is still of it."""
    if not _WITH_CODE.search(text, max(start, piece.start() - 2), piece.start()):
        return
    for inside in (piece[0][1:-1], _QUOTED.sub("", piece[0][1:-1])):
        if inside.count("{") != inside.count("}"):
            raise _Unclear
