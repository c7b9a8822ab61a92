"""What a test says of its outcome besides asserting it - in its name, its docstring, the ids of rows - as it is now."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.domain.code.syntax_tree import literal_of
from greenline.domain.generation.case_names import distinct, short_of
from greenline.domain.generation.table_cells import column_names
from greenline.domain.generation.value_words import slug, snake, value_slug
from greenline.domain.generation.wrap_source import double_quoted, single_quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from greenline.domain.generation.kept_tests import Definition
    from greenline.domain.generation.text_spans import Span, Spans

_SHORT = 40
_LONGEST_WORDS = 30
_IN_NAMES = {"None": "returns_none", "True": "is_true", "False": "is_false"}


@dataclass(frozen=True, slots=True)
class Turn:
    """An outcome that is another now. ``raises``: the sources are of exceptions' classes, else of values."""

    old: str
    new: str
    raises: bool = False
    old_message: str = ""
    """Of a raise that is matched: a pattern."""
    new_message: str = ""
    column: str = ""
    row: int = 0


def renamed(name: str, turns: Sequence[Turn]) -> str:
    """Return the test's name with the outcome of now where it says the one of before. Without a class before it."""
    if "_" not in name:
        plain = snake(name)
        now = renamed(plain, turns) if "_" in plain else plain
        return name if now == plain else "".join(w if n == 0 else w.capitalize() for n, w in enumerate(now.split("_")))
    for turn in turns:
        if turn.raises:
            old, new = _message(turn.old_message), _message(turn.new_message)
            name = _worded(name, f"{_error(turn.old)}{old}", f"{_error(turn.new)}{new}")
            name = _worded(name, _error(turn.old), _error(turn.new))
        elif not turn.column:
            before = _worded(name, _in_name(turn.old), _in_name(turn.new))
            name = name if _is_condition(name, _in_name(turn.old)) else before
    return name


def docstring_of(definition: Definition, spans: Spans, turns: Sequence[Turn]) -> tuple[Span, str] | None:
    """Return where the docstring stands and its source with the outcomes of now; None where it says no other."""
    first = definition.body[0]
    if not isinstance(first, ast.Expr) or not isinstance(first.value, ast.Constant):
        return None
    if not isinstance(first.value.value, str):
        return None
    source = text = spans.source(first)
    for turn in turns:
        text = _raising(text, turn) if turn.raises else text if turn.column else _giving(text, turn)
    return (spans.of(first), text) if text != source and _is_text(text) else None


def row_ids_of(definition: Definition, spans: Spans, turns: Sequence[Turn]) -> Iterator[tuple[Span, str]]:
    """Yield where ids of rows stand, and their sources with the values of now where they say those of before."""
    rows = [row for row in _rows(definition) if row.id is not None]
    taken = {str(row.id.value) for row in rows if row.id}
    for turn in (turn for turn in turns if turn.column):
        for row in rows:
            if row.id is None or turn.column not in row.columns or turn.row != row.number:
                continue
            cells = zip(row.columns, row.cells, strict=False)
            inputs = [spans.source(cell) for name, cell in cells if name != turn.column]
            said, changed = str(row.id.value), _id(str(row.id.value), turn, inputs)
            if changed != said:
                (found,) = distinct([changed], taken, "-")
                quote = spans.source(row.id)[-1]
                yield spans.of(row.id), f"{quote}{found}{quote}"


def _error(source: str) -> str:
    return f"raises_{snake(source.rpartition('.')[2])}"


def _message(text: str) -> str:
    words = short_of(slug(text), _LONGEST_WORDS)
    return f"_{words}" if words else ""


def _in_name(source: str) -> str:
    words = _IN_NAMES.get(source) or value_slug(source)
    return words if source in _IN_NAMES else f"gives_{words}" if 0 < len(words) <= _LONGEST_WORDS else ""


def _worded(name: str, old: str, new: str) -> str:
    """Return the name with other words, whole ones, for those of before."""
    if not old:
        return name
    return re.sub(rf"_{re.escape(old)}(?=_|$)", f"_{new}" if new else "", name, count=1)


def _is_condition(name: str, words: str) -> bool:
    return "_when_" in name.partition(f"_{words}")[0] + "_"


def _raising(text: str, turn: Turn) -> str:
    old, new = turn.old.rpartition(".")[2], turn.new.rpartition(".")[2]
    return re.sub(rf"\b{re.escape(old)}\b", new, text)


def _giving(text: str, turn: Turn) -> str:
    for written in (str, double_quoted, single_quoted):
        old, new = written(turn.old), written(turn.new)
        new = new if len(new) <= _SHORT and not set(new) & set("\\\n") else ""
        result = "nothing is returned" if new == "None" else f"the result is {new or 'the expected one'}"
        said = rf"{re.escape(old)}(?=\.(?!\d)|\s)"
        text = _put(text, rf"\bthe result is {said}", result)
        if old == "None":
            text = _put(text, r"\bnothing is returned\b", result)
        if old in _IN_NAMES:
            text = re.sub(rf"([\w.]+) gives {said}", lambda m, new=new: _gives(m.group(1), new), text)  # type: ignore[misc]
    return text


def _put(text: str, pattern: str, words: str) -> str:
    return re.sub(pattern, lambda _: words, text)


def _gives(thing: str, new: str) -> str:
    return f"{thing} gives {new}" if new else f"What {thing} gives"


def _is_text(source: str) -> bool:
    try:
        return isinstance(literal_of(source), str)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return False


def _id(text: str, turn: Turn, inputs: Sequence[str]) -> str:
    """Return the id of a row in which the words of the value stand for nothing that the row passes."""
    old, new = value_slug(turn.old), value_slug(turn.new)
    if not old or any(old in value_slug(cell).split("_") or old == value_slug(cell) for cell in inputs):
        return text
    between = "-" if "-" in text else "_"
    said = rf"(?<![^\W_]){'[-_]'.join(map(re.escape, old.split('_')))}(?![^\W_])"
    return re.sub(said, new.replace("_", between) or "other", text, count=1)


@dataclass(frozen=True, slots=True)
class _Row:
    columns: Sequence[str]
    number: int
    cells: Sequence[ast.expr]
    id: ast.Constant | None


def _rows(definition: Definition) -> Iterator[_Row]:
    for table in definition.decorator_list:
        if not isinstance(table, ast.Call) or ast.unparse(table.func) != "pytest.mark.parametrize":
            continue
        if len(table.args) < 2 or not isinstance(table.args[1], (ast.List, ast.Tuple)):  # noqa: PLR2004 - names, rows
            continue
        columns = column_names(table.args[0])
        listed = next((k.value for k in table.keywords if k.arg == "ids"), None)
        ids = listed.elts if isinstance(listed, (ast.List, ast.Tuple)) else []
        for number, row in enumerate(table.args[1].elts):
            own = next((k.value for k in row.keywords if k.arg == "id"), None) if isinstance(row, ast.Call) else None
            found = own or (ids[number] if number < len(ids) else None)
            cells = row.args if isinstance(row, ast.Call) else [row] if len(columns) == 1 else getattr(row, "elts", [])
            is_text = isinstance(found, ast.Constant) and isinstance(found.value, str)
            yield _Row(columns, number, cells, found if is_text else None)  # type: ignore[arg-type]
