"""Cases of one shape: what stays the same in each, and what varies, as the columns of a table."""

from __future__ import annotations

import ast
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.domain.code.parse import parse
from greenline.domain.code.syntax_tree import literal_of
from greenline.domain.generation.case import Argument
from greenline.domain.generation.value_words import slug
from greenline.domain.generation.varied_statements import Holes, varied

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.domain.code.model import Parameter
    from greenline.domain.generation.case import Case

FIXTURES = ("caplog", "capsys", "monkeypatch", "tmp_path")
MOST_COLUMNS = 4
"""So many inputs fit into a row that is read at a glance."""
_ROWS_TO_KEEP_APART = 4
LONGEST_SEEN = 60
"""Characters in the cell of what is seen after a call."""
_CALL = re.compile(r"([\w.]+)\((?:\x00\d+\x00(?:, \x00\d+\x00)*)?\)")
_USED_UP = re.compile(r"(?<!\w)(StringIO|BytesIO|iter|open|map|filter|zip|enumerate)\(|\sfor\s.*\)")
"""What can be read once: a row's values are made once, and a test may run again."""
_PAIR = 2
_CONSTANTS = frozenset({"True", "False", "None"})
_ASPECTS = {"isinstance": "type", "len": "length", "str": "text", "list": "items"}


@dataclass(frozen=True, slots=True)
class TableShape:
    """Cases that differ in the cells of a row alone. Column number n stands in the texts as SOH n SOH."""

    arrange: tuple[str, ...]
    call: str
    columns: tuple[str, ...]
    """The names that they want."""
    cells: tuple[tuple[str, ...], ...]
    """Of each case, in the order of the columns."""
    fixed: tuple[Argument, ...] = ()
    """What is passed by every case alike."""
    checks: tuple[str, ...] = ()
    """What is asserted of ``result``, where no expression equals it."""
    after: tuple[str, ...] = ()
    """What is asserted of what the call did."""
    inputs: int = 0
    """So many columns come first that go into the call; the others are what is expected."""
    made: frozenset[int] = frozenset()
    """Columns that take the place of a variable: their names are in the call."""

    def filled(self, text: str, names: Sequence[str]) -> str:
        """Return a text of it with the columns' names."""
        return re.sub(r"\x01(\d+)\x01", lambda found: names[int(found.group(1))], text)


def clusters(cases: Sequence[Case], parameters: Sequence[Sequence[Parameter]]) -> list[tuple[int, ...]]:
    """Put the numbers of cases that fit into one table together, in the order of their first.

    ``parameters`` are, for each case, those of what is called; of one that is not passed, a row holds the default.
    """
    found: list[tuple[int, ...]] = []
    for number, case in enumerate(cases):
        for place, cluster in enumerate(found):
            if _key(cases[cluster[0]]) != _key(case) or _key(case) is None:
                continue
            wider = (*cluster, number)
            if shape_of([cases[n] for n in wider], parameters[number]):
                found[place] = wider
                break
        else:
            found.append((number,))
    return [part for cluster in found for part in _without_odd_rows(cluster, cases, parameters)]


def _without_odd_rows(
    cluster: tuple[int, ...], cases: Sequence[Case], parameters: Sequence[Sequence[Parameter]]
) -> list[tuple[int, ...]]:
    """Take rows out of a table for which alone it has the column of an option: they are tests of that option."""
    odd: list[tuple[int, ...]] = []
    while len(cluster) >= _ROWS_TO_KEEP_APART:
        shape = shape_of([cases[n] for n in cluster], parameters[cluster[-1]])
        row = _odd_row(shape) if shape else None
        if row is None:
            break
        odd.append((cluster[row],))
        cluster = cluster[:row] + cluster[row + 1 :]
    return [cluster, *odd]


def _odd_row(shape: TableShape) -> int | None:
    for column in range(shape.inputs):
        cells = [row[column] for row in shape.cells]
        usual, times = Counter(cells).most_common(1)[0]
        if times == len(cells) - 1 and f"=\x01{column}\x01" in shape.call:
            return next(number for number, cell in enumerate(cells) if cell != usual)
    return None


def shape_of(cases: Sequence[Case], parameters: Sequence[Parameter]) -> TableShape | None:
    """Return what the cases have in common, None where they do not fit into one table."""
    holes = Holes(len(cases))
    arrange = _arranged([case.arrange for case in cases], holes)
    call = _called(cases, parameters, holes)
    inputs = len(holes.columns)
    checks = _checked([case.details for case in cases], holes)
    seen = len(holes.columns)
    after = _checked([case.after for case in cases], holes)
    if arrange is None or call is None or checks is None or after is None or len(holes.columns) > MOST_COLUMNS:
        return None
    rows = tuple(zip(*holes.cells, strict=True))
    if any(len(cell) > LONGEST_SEEN for row in rows for cell in row[seen:]):
        return None  # a test of its own shows better what was done
    if len(set(rows)) < len(cases) or not _stands_outside(rows, cases, arrange):
        return None
    text, fixed = call
    return TableShape(arrange, text, tuple(holes.columns), rows, fixed, checks, after, inputs, frozenset(holes.made))


def _key(case: Case) -> object:
    """Return what cases of one table agree on, None for a case that has a test of its own."""
    if case.kept or case.decorators or case.shape == "object" or (case.raises and case.after):
        return None
    if any(set(case.fixtures) & _names_of(argument.source) for argument in case.arguments):
        return None  # a row cannot ask for a fixture
    if case.shape == "with" and not case.raises:  # what is entered is looked at inside of a block
        return None
    if not (case.raises or case.details or case.after) and case.expected is None:
        return None
    callee = _CALL.fullmatch(case.call)
    return (
        callee.group(1) if callee else case.call,
        case.shape,
        case.error,
        case.tested,
        case.fixtures,
        len(case.arrange),
        len(case.details),
        len(case.after),
        case.expected is None,
    )


def _names_of(source: str) -> set[str]:
    """Return the names that a piece of source mentions."""
    tree, _ = parse(source)
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} if tree else set()


def _arranged(all_statements: Sequence[Sequence[str]], holes: Holes) -> tuple[str, ...] | None:
    """Return the statements before the call, without those that a column takes the place of."""
    lines = []
    for statements in zip(*all_statements, strict=True):
        line = statements[0] if len(set(statements)) == 1 else varied(statements, holes)
        if line is None:
            return None
        lines += [line] if line else []
    return tuple(lines)


def _called(
    cases: Sequence[Case], parameters: Sequence[Parameter], holes: Holes
) -> tuple[str, tuple[Argument, ...]] | None:
    """Return the call with its columns, and the arguments that are the same in each."""
    callee = _CALL.fullmatch(cases[0].call)
    passed = _aligned(cases, parameters) if callee else _as_they_are(cases)
    if passed is None:
        return None
    texts, fixed = [], []
    for row in passed:
        source = holes.add(row[0].parameter, [argument.source for argument in row])
        texts.append(f"{row[0].label}{source}")
        fixed += [row[0]] if not source.startswith("\x01") else []
    if callee:
        return f"{callee.group(1)}({', '.join(texts)})", tuple(fixed)
    return cases[0].call_with(texts), tuple(fixed)


def _as_they_are(cases: Sequence[Case]) -> list[list[Argument]] | None:
    shown = {(case.call, tuple((a.parameter, a.label) for a in case.arguments)) for case in cases}
    return [list(row) for row in zip(*(case.arguments for case in cases), strict=True)] if len(shown) == 1 else None


def _aligned(cases: Sequence[Case], parameters: Sequence[Parameter]) -> list[list[Argument]] | None:
    """Return, for each argument that any case passes, that of every case: where it is not passed, the default."""
    by_place = [[a for a in case.arguments if not a.label] for case in cases]
    if len({tuple(a.parameter for a in row) for row in by_place}) > 1:
        return None
    by_name = [{a.label: a for a in case.arguments if a.label} for case in cases]
    order = [f"{parameter.name}=" for parameter in parameters]
    labels = list(dict.fromkeys(label for row in by_name for label in row))
    labels.sort(key=lambda label: order.index(label) if label in order else len(order))
    found = [list(row) for row in zip(*by_place, strict=True)]
    for label in labels:
        default = _default(label, parameters)
        row = [given.get(label, default) for given in by_name]
        if not all(row):
            return None
        found.append([argument for argument in row if argument])
    return found


def _default(label: str, parameters: Sequence[Parameter]) -> Argument | None:
    """Return what a parameter is when it is not passed, where the test can say that."""
    for parameter in parameters:
        if f"{parameter.name}=" == label and parameter.default is not None:
            try:
                literal_of(parameter.default)
            except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
                return None
            return Argument(parameter.name, label, parameter.default)
    return None


def _checked(all_details: Sequence[Sequence[str]], holes: Holes) -> tuple[str, ...] | None:
    """Return the assertions on the result, those that differ with a column for what is expected."""
    checks = []
    for details in zip(*all_details, strict=True):
        if len(set(details)) == 1:
            checks.append(details[0])
            continue
        sides = [_sides(detail) for detail in details]
        asked = {side[0] for side in sides}
        if len(asked) > 1 or "" in asked:
            return None
        cells = tuple(side[1] for side in sides)
        known = [f"\x01{number}\x01" for number, column in enumerate(holes.cells) if column == cells]
        (left,) = asked
        right = known[0] if known else holes.add(f"expected_{_aspect(left)}", cells)
        if left.startswith("isinstance("):
            checks.append(f"{left}{right})")
        elif left.startswith("in "):
            checks.append(f"{right} {left}")
        else:
            checks.append(f"{left} {'is' if set(cells) <= _CONSTANTS else '=='} {right}")
    return tuple(checks)


def _sides(detail: str) -> tuple[str, str]:
    """Return what is asked of the result, and the answer; empty for anything but a class or an equality."""
    tree, _ = parse(detail)
    node = tree.body[0].value if tree and isinstance(tree.body[0], ast.Expr) else None
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.Eq, ast.Is)) and len(node.ops) == 1:
        return ast.unparse(node.left), ast.unparse(node.comparators[0])
    if isinstance(node, ast.Compare) and isinstance(node.left, ast.Constant) and isinstance(node.ops[0], ast.In):
        return f"in {ast.unparse(node.comparators[0])}", ast.unparse(node.left)
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "isinstance" and len(node.args) == _PAIR:
        return f"isinstance({ast.unparse(node.args[0])}, ", ast.unparse(node.args[1])
    return "", ""


def _aspect(asked: str) -> str:
    """Return a word for what is asked of a result: ``result.size`` is "size"."""
    called, _, rest = asked.partition("(")
    if called.endswith(("json", "get_json")):
        return "json"
    last = asked.rpartition(".")[2]
    return (slug(last) if last.isidentifier() else _ASPECTS.get(called, "") if rest else slug(last)) or "part"


def _stands_outside(rows: Sequence[Sequence[str]], cases: Sequence[Case], arrange: Sequence[str]) -> bool:
    """Tell whether all cells can be evaluated outside of a test, once: without fixtures and what is arranged."""
    cells = [*(cell for row in rows for cell in row), *(case.expected or "" for case in cases)]
    text = "\n".join(arrange)
    arranged = re.findall(r"^(?:async )?def (\w+)|^(\w+) = ", text, re.MULTILINE)
    inside = "|".join([*FIXTURES, *(name for names in arranged for name in names if name)])
    return not any(re.search(rf"(?<![\w.])({inside})\b", cell) or _USED_UP.search(cell) for cell in cells)
