"""The tokens of a text that coverage.py's parser looks at, found without making the others: a tenth of the time.

It asks where each statement begins and ends, how deep it is indented, and where a colon stands that opens a block.
"""

from __future__ import annotations

import io
import re
import sys
import token
import tokenize
from functools import cached_property
from itertools import accumulate, islice
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

_Place = tuple[int, int]
_Token = tuple[int, str, _Place, _Place, str]
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


class TextLines:
    """A text with its lines, and where each of them begins."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.split("\n")

    @cached_property
    def starts(self) -> list[int]:
        """As many as lines, and the end."""
        return list(accumulate((len(line) + 1 for line in self.lines), initial=0))


class _Statement(NamedTuple):
    start: int
    """Where its first character is."""
    line: int
    width: int
    """Of what it is indented by."""
    colons: Sequence[int]
    """The lines of those that may open a block."""
    last: int
    """Its last line."""


class Unclear(Exception):
    """Only a whole tokenizer can tell."""


def skimmed_tokens(text: str) -> Iterable[_Token]:
    """Return them for a text that parses, with line ends of one kind and no form feed.

    Where a look from outside is not enough, all tokens are made. Raises what ``tokenize`` raises.
    """
    try:
        indents = [0]
        return [one for statement in _statements(TextLines(text), 1) for one in _tokens(text, statement, indents)]
    except Unclear:
        return tokenize.generate_tokens(io.StringIO(text).readline)


def tokens_below(lines: TextLines, wanted: Iterable[int]) -> Iterator[_Token]:
    """Yield those of the statements that begin in some lines, of what stands in their blocks, and of what follows.

    What coverage.py leaves out begins in such a line and ends with the block. Raises Unclear.
    """
    every, indents, behind = frozenset(wanted), [0], 0
    for line in sorted(every):
        if line < behind:
            continue
        yield from _indented(indents, 0, line)
        for statement in _with_blocks(lines, line, every):
            yield from _tokens(lines.text, statement, indents)
            behind = statement.last + 1


def _with_blocks(lines: TextLines, line: int, wanted: Collection[int]) -> Iterator[_Statement]:
    """Yield the statement in a line, what stands in its block, and what follows, until that is not wanted itself."""
    statements = _statements(lines, line)
    for first in islice(statements, 1):
        yield first
        width = first.width
        for statement in statements:
            yield statement
            if statement.width <= width:
                if not any(one in wanted for one in range(statement.line, statement.last + 1)):
                    return
                width = statement.width


def end_of_statement(lines: TextLines, line: int) -> int:
    """Return the last line of what is the first in a line: a statement, or the head of a block. Raises Unclear."""
    code = lines.lines[line - 1]
    return _whole(lines.text, lines.starts[line - 1] + len(code) - len(code.lstrip()), line)[2]


def _statements(lines: TextLines, line: int) -> Iterator[_Statement]:
    """Yield them from a line on."""
    while line < len(lines.lines):  # behind the last line end there is nothing
        code = lines.lines[line - 1]
        inside = code.lstrip(" \t")
        if not inside or inside[0] == "#":
            line += 1
            continue
        if inside[0] == "\\":
            raise Unclear
        start, first = lines.starts[line - 1] + len(code) - len(inside), line
        colons: Sequence[int]
        if _is_of_one_line(inside):
            colons = (line,) if inside.endswith(":") else ()
        else:
            _, colons, line = _whole(lines.text, start, line)
        yield _Statement(start, first, len(code[: len(code) - len(inside)].expandtabs(8)), colons, line)
        line += 1


def _tokens(text: str, statement: _Statement, indents: list[int]) -> Iterator[_Token]:
    line = statement.line
    if statement.width != indents[-1]:
        yield from _indented(indents, statement.width, line)
    yield token.NAME, "_", (line, 0), (line + _more_lines(text, statement.start), 0), ""
    for colon in statement.colons:
        yield _made(token.OP, ":", colon)
    yield _made(token.NEWLINE, "\n", statement.last)


def _is_of_one_line(code: str) -> bool:
    """Tell whether a statement ends with the line, and may open a block at its last character only: mostly so."""
    if _HIDING.search(code) or sum(map(code.count, "([{")) != sum(map(code.count, ")]}")):
        return False
    return ":" not in code[:-1]


def _indented(indents: list[int], width: int, line: int) -> Iterator[_Token]:
    while width < indents[-1]:
        indents.pop()
        yield _made(token.DEDENT, "", line)
    if width > indents[-1]:  # also behind a block that was begun in its middle
        indents.append(width)
        yield _made(token.INDENT, "", line)


def _more_lines(text: str, at: int) -> int:
    """Return how many lines more than one the first token of a statement has: a string may have several."""
    string = _FIRST_STRING.match(text, at) if text[at] in _MAY_START else None
    if string is None or (_NESTED_QUOTES and set(string[1].lower()) & set("ft")):  # of which the start is a token
        return 0
    return string[0].count("\n")


def _made(kind: int, text: str, line: int) -> _Token:
    return kind, text, (line, 0), (line, 0), ""


def _whole(text: str, start: int, line: int) -> tuple[int, Sequence[int], int]:
    """Return where a statement ends, the lines of colons outside of brackets, and its last line."""
    nesting = 0
    colons: list[int] = []
    for piece in _PIECES.finditer(text, start):
        found = piece[0]
        if found == "\n" and not nesting:
            return piece.end(), colons, line
        if found in _NESTING:
            nesting += _NESTING[found]
        elif found in _STRAY:
            raise Unclear
        elif found == ":" and not nesting:
            colons.append(line)
        elif _NESTED_QUOTES and piece["string"]:
            _refuse_nested(text, start, piece)
        line += found.count("\n")
    raise Unclear


def _refuse_nested(text: str, start: int, piece: re.Match[str]) -> None:
    """Raise Unclear where an f-string seems to end between its braces: what follows is still of it."""
    if not _WITH_CODE.search(text, max(start, piece.start() - 2), piece.start()):
        return
    for inside in (piece[0][1:-1], _QUOTED.sub("", piece[0][1:-1])):
        if inside.count("{") != inside.count("}"):
            raise Unclear
