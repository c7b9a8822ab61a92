"""``# pragma: no cover`` where tests run what it leaves out."""

from __future__ import annotations

import ast
import re
import tokenize
from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.domain.code.parse import all_statements, parse
from greenline.domain.code.text_lines import split_lines
from greenline.domain.coverage.marks import Mark
from greenline.domain.coverage.model import Span

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from greenline.domain.coverage.model import CoverageMap

_PRAGMA = re.compile(r"#\s*(?:pragma|PRAGMA)[:\s]?\s*(?:no|NO)\s*(?:cover|COVER)")
"""As coverage.py has it by default."""
_WORD = re.compile("pragma", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pragmas:
    """Of one text: the pragmas in its comments, and of those that may not be needed, by line, what each is about."""

    spans: tuple[Span, ...]
    regions: Mapping[int, range]


def pragmas_to_try(text: str, coverage: CoverageMap) -> Pragmas | None:
    """Return the pragmas when something that one of them leaves out ran, and more than a header; else None."""
    if not coverage.excluded_ran or not _PRAGMA.search(text):
        return None
    spans = _in_comments(text)
    tree, _ = parse(text)
    regions = _regions(tree, frozenset(span.start_line for span in spans)) if tree else {}
    tried = {line: part.all for line, part in regions.items() if coverage.excluded_ran.intersection(part.inside)}
    return Pragmas(spans, tried) if tried else None


def without_pragmas(text: str, pragmas: Pragmas) -> str:
    """Return the text with these comments meaning nothing, its lines where they are."""
    lines = split_lines(text)
    for span in reversed(pragmas.spans):
        line = lines[span.start_line - 1]
        said = _WORD.sub("------", line[span.start_column : span.end_column])
        lines[span.start_line - 1] = line[: span.start_column] + said + line[span.end_column :]
    return "\n".join(lines)


def marks_of_pragmas(coverage: CoverageMap, pragmas: Pragmas, counted: Collection[int]) -> tuple[Mark, ...]:
    """Return a mark for each pragma without which nothing would be missing: all that it leaves out ran.

    ``counted`` are the statements of the text without any pragma.
    """
    hidden = frozenset(counted) - coverage.statements.lines
    found = []
    for span in pragmas.spans:
        left_out = hidden.intersection(pragmas.regions.get(span.start_line, ()))
        if left_out and left_out <= coverage.excluded_ran:
            what = "the line that it leaves out runs" if len(left_out) == 1 else f"all {len(left_out)} lines run"
            words = f"`pragma: no cover` is not needed any more: {what} in tests"
            found.append(Mark("unneeded-pragma", span, words, ((span.start_line, span.start_line),)))
    return tuple(found)


def _in_comments(text: str) -> tuple[Span, ...]:
    found: list[Span] = []
    shift = 1 if text.startswith("\ufeff") else 0
    try:
        lines = iter([f"{line}\n" for line in split_lines(text.removeprefix("\ufeff"))])
        for token in tokenize.generate_tokens(lines.__next__):
            match = _PRAGMA.search(token.string) if token.type == tokenize.COMMENT else None
            if match:
                line, column = token.start
                column += shift if line == 1 else 0
                found.append(Span(line, column + match.start(), line, column + match.end()))
    except (tokenize.TokenError, SyntaxError):
        return ()
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Part:
    """What a pragma on one of the first lines leaves out: all lines, and those that are no header."""

    headers: range
    all: range
    inside: range


def _regions(tree: ast.Module, lines: frozenset[int]) -> dict[int, _Part]:
    found: dict[int, _Part] = {}
    unclear: set[int] = set()
    for node in all_statements(tree):
        blocks = _blocks(node)
        if blocks and _start(blocks[0][0]) <= _header(node):
            unclear.add(_header(node))  # on one line: whether more than the header ran, nobody can tell
        for part in _parts(node, blocks):
            for line in lines.intersection(part.headers):
                known = found.get(line)
                if known is None or (len(part.all), -len(part.inside)) < (len(known.all), -len(known.inside)):
                    found[line] = part
    return {line: part for line, part in found.items() if line not in unclear}


def _parts(node: ast.AST, blocks: Sequence[Sequence[ast.AST]]) -> Iterator[_Part]:
    start = _start(node)
    if not blocks:
        whole = range(start, _end(node) + 1)
        yield _Part(whole, whole, whole)
    for number, block in enumerate(blocks):
        first, last = _start(block[0]), _end(block[-1])
        below = max(first, start + 1)
        yield _Part(range(start, below), range(start, last + 1), range(below, last + 1))
        if number == 0 and getattr(node, "handlers", None):
            last = _end(node.handlers[-1])  # type: ignore[attr-defined]
        start = last + 1  # of `else:` or `finally:`, which has no place of its own in the tree


def _blocks(node: ast.AST) -> list[Sequence[ast.AST]]:
    if isinstance(node, ast.Match):
        return [node.cases]
    return [block for name in ("body", "orelse", "finalbody") if (block := getattr(node, name, None))]


def _header(node: ast.AST) -> int:
    """Return the line of ``def``, ``if``, ``case`` and the like."""
    line: int = (node.pattern if isinstance(node, ast.match_case) else node).lineno  # type: ignore[attr-defined]
    return line


def _start(node: ast.AST) -> int:
    decorators = getattr(node, "decorator_list", None)
    return _header(decorators[0] if decorators else node)


def _end(node: ast.AST) -> int:
    if isinstance(node, ast.match_case):
        return _end(node.body[-1])
    return node.end_lineno or _header(node)  # type: ignore[attr-defined]
