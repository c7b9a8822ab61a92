"""Where in a test file new imports and new tests belong."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from greenline.domain.generation.import_items import group_of, items_of, statement_key, statements_for
from greenline.domain.generation.merge_names import extend_statements
from greenline.domain.generation.merge_scope import guarded_imports

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from greenline.domain.generation.import_items import ImportItem
    from greenline.domain.generation.source_text import SourceText
    from greenline.domain.generation.test_suite import Seat

_COOKIE = re.compile(r"^[ \t\f]*#(!|.*?coding[:=])")
_NEWLINE = re.compile(r"\r\n|\r|\n")
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def spaced(before: str, body: str, after: str, blank_lines: int, newline: str) -> str:
    """Return ``body`` as whole lines with at least so many blank lines around it, counting those that are there."""
    above = _NEWLINE.split(before.removeprefix("\ufeff"))
    unfinished = above.pop()
    lead = ""
    if unfinished:
        above.append(unfinished)
        lead = "\n"
    if any(line.strip() for line in above):
        lead += "\n" * max(0, blank_lines - _leading_blanks(reversed(above)))
    trail = "\n" * max(0, blank_lines - _leading_blanks(iter(_NEWLINE.split(after)))) if after.strip() else ""
    return (lead + body + "\n" + trail).replace("\n", newline)


class Layout:
    """An existing test file, seen as places to insert at. All places are offsets into its text."""

    def __init__(self, source: SourceText, tree: ast.Module, first_party: Collection[str]) -> None:
        self._source = source
        self._body = tree.body
        self._first_party = first_party
        self._guarded = list(guarded_imports(tree))
        header = self._body[: next((i for i, n in enumerate(self._body) if isinstance(n, _DEFINITIONS)), None)]
        self._imports = [(node, self._group(node)) for node in header if isinstance(node, (ast.Import, ast.ImportFrom))]

    def place_of(self, seat: Seat) -> int:
        """Return the place of a seat: a new class is at the end of the file."""
        if seat.owner and seat.method and isinstance(seat.after, ast.ClassDef):
            return self._behind_method(seat.after, seat.method)
        return self._behind(seat.after) if seat.after else self._end()

    def column_of(self, seat: Seat) -> str:
        """Return what the methods of the seat's class are indented by; empty for a new class."""
        if not seat.method:
            return ""
        line = self._source.line(_first_line(seat.method))
        return line[: len(line) - len(line.lstrip())]

    def imports(self, items: Sequence[ImportItem]) -> dict[int, str]:
        """Return what to insert where, so that the items are imported."""
        # A module whose import is tried is asked for in that place: above it, it could not be missing any more.
        statements = [*self._guarded, *(node for node, _ in self._imports)]
        pieces, left = extend_statements(self._source, statements, items)
        groups: dict[int, list[ImportItem]] = {}
        for item in left:
            groups.setdefault(group_of(item.module, self._first_party), []).append(item)
        if groups and not self._imports:
            self._add_first(["\n".join(statements_for(groups[group])) for group in sorted(groups)], pieces)
            return pieces
        for group in sorted(groups):
            self._add_group(group, statements_for(groups[group]), pieces)
        return pieces

    def _add_first(self, blocks: list[str], pieces: dict[int, str]) -> None:
        offset = self._top()
        after = self._source.text[offset:]
        body = "\n\n".join(blocks)
        text = spaced(self._source.text[:offset], body, after, 1, self._source.newline)
        if re.match(r"(@|def |async def |class )", after):
            text += self._source.newline
        pieces[offset] = text

    def _add_group(self, group: int, statements: list[str], pieces: dict[int, str]) -> None:
        run = self._sorted_run(group)
        blank_lines = 1 if self._separated() else 0
        if any(found == group for _, found in self._imports):
            blank_lines = 0
        if not run:
            self._put(self._place_of_group(group), "\n".join(statements), blank_lines, pieces)
            return
        for statement in statements:
            later = next((n for n in run if statement_key(ast.unparse(n)) > statement_key(statement)), None)
            offset = self._source.start(later.lineno) if later else self._behind(run[-1])
            self._put(offset, statement, 0, pieces)

    def _put(self, offset: int, body: str, blank_lines: int, pieces: dict[int, str]) -> None:
        before = self._source.text[:offset] + pieces.get(offset, "")
        text = spaced(before, body, self._source.text[offset:], blank_lines, self._source.newline)
        pieces[offset] = pieces.get(offset, "") + text

    def _sorted_run(self, group: int) -> list[ast.Import | ast.ImportFrom]:
        """Return the last block of that group if it is one statement per line, sorted, with nothing in between."""
        last = max((i for i, (_, found) in enumerate(self._imports) if found == group), default=None)
        if last is None:
            return []
        run = [self._imports[last][0]]
        for node, found in reversed(self._imports[:last]):
            if found != group or node.end_lineno != run[0].lineno - 1:
                break
            run.insert(0, node)
        keys = [statement_key(ast.unparse(node)) for node in run]
        whole_lines = all(node.col_offset == 0 and self._is_boundary(node.lineno) for node in run)
        return run if keys == sorted(keys) and whole_lines else []

    def _place_of_group(self, group: int) -> int:
        lower = [node for node, found in self._imports if found <= group]
        if lower:
            return self._behind(lower[-1])
        line = self._imports[0][0].lineno
        above = line
        while above > 1 and self._source.line(above - 1).startswith("#"):
            above -= 1
        return self._source.start(above if above > 1 else line)

    def _separated(self) -> bool:
        """Tell whether the groups of imports stand apart."""
        pairs = zip(self._imports, self._imports[1:], strict=False)
        return not any(a[1] != b[1] and b[0].lineno == (a[0].end_lineno or 0) + 1 for a, b in pairs)

    def _top(self) -> int:
        """Return the place below the docstring or the comments that a file starts with."""
        if self._body and isinstance(self._body[0], ast.Expr) and isinstance(self._body[0].value, ast.Constant):
            return self._behind(self._body[0])
        count = self._source.line_count
        line = 1
        while line <= count and self._source.line(line).startswith("#"):
            line += 1
        if line <= count and self._source.line(line).strip():
            # These comments belong to the statement below them; only what must come first stays above.
            line = max((n for n in (1, 2) if n < line and _COOKIE.match(self._source.line(n))), default=0) + 1
        return self._source.start(line)

    def _behind(self, node: ast.stmt) -> int:
        """Return the start of the first line below the statement, its trailing comments, and what shares its lines."""
        line = node.end_lineno or node.lineno
        for other in self._body:
            if _first_line(other) <= line:
                line = max(line, other.end_lineno or line)
        if isinstance(node, _DEFINITIONS):
            line += self._comments_inside(line)
        return self._source.start(line + 1)

    def _behind_method(self, owner: ast.ClassDef, method: ast.stmt) -> int:
        """Return the place below a statement of a class, with the comments that are deeper than it."""
        line = method.end_lineno or method.lineno
        for other in [*owner.body, *self._body]:
            if other is not owner and _first_line(other) <= line <= (other.end_lineno or 0):
                line = other.end_lineno or line
        count = self._source.line_count
        while line < count and re.match(rf"[ \t]{{{method.col_offset + 1},}}#", self._source.line(line + 1)):
            line += 1
        return self._source.start(line + 1)

    def _comments_inside(self, line: int) -> int:
        """Count the lines up to the last indented comment that follows: it belongs to the function above."""
        found = 0
        for number in range(line + 1, self._source.line_count + 1):
            text = self._source.line(number)
            if re.match(r"[ \t]+#", text):
                found = number - line
            elif text.strip():
                break
        return found

    def _end(self) -> int:
        """Return the end of the text, or the place above a closing ``if __name__ == "__main__":``."""
        last = self._body[-1] if self._body else None
        if isinstance(last, ast.If) and "__name__" in {n.id for n in ast.walk(last.test) if isinstance(n, ast.Name)}:
            line = last.lineno
            while line > 1 and self._source.line(line - 1).startswith("#"):
                line -= 1
            if line > 1 and self._is_boundary(line):
                return self._source.start(line)
        return len(self._source.text)

    def _is_boundary(self, line: int) -> bool:
        return not any(_first_line(node) < line <= (node.end_lineno or 0) for node in self._body)

    def _group(self, node: ast.Import | ast.ImportFrom) -> int:
        return group_of(items_of(node)[0].module, self._first_party)


def _leading_blanks(lines: Iterator[str]) -> int:
    count = 0
    for line in lines:
        if line.strip():
            break
        count += 1
    return count


def _first_line(node: ast.stmt) -> int:
    decorators = node.decorator_list if isinstance(node, _DEFINITIONS) else []
    return min([node.lineno, *(each.lineno for each in decorators)])
