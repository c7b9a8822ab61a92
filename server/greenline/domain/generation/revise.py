"""From what a test saw to the same test with the values of now; in words, where it is more than a value."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from greenline.domain.generation.approximate import may_be_approximate, should_be_approximate
from greenline.domain.generation.case import Case
from greenline.domain.generation.filled_names import expression_in, filled
from greenline.domain.generation.kept_tests import named_tests
from greenline.domain.generation.retold import Turn, docstring_of, renamed, row_ids_of
from greenline.domain.generation.statements import CONSTANTS, raising
from greenline.domain.generation.test_style import style_of
from greenline.domain.generation.text_spans import Span, Spans
from greenline.domain.generation.wrap_source import double_quoted, single_quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from greenline.domain.generation.expected_values import Cell, Expectation, Expectations
    from greenline.domain.generation.noted import Noted

_NUMBER = re.compile(r"-?\d[\d_]*(\.\d+)?(e[+-]?\d+)?")
_LONGEST = 200
"""Characters of a message that a test asks for: it asks how the message begins."""


@dataclass(frozen=True, slots=True)
class Change:
    """One expected value, as it was and as it is now."""

    actual: str
    """What gives the value; in a table with the values of its row."""
    old: str
    new: str

    @property
    def words(self) -> str:
        """The change for a person, on one line: "label(1): 'one' -> 'two'"."""
        return f"{self.actual}: {self.old} -> {self.new}"


@dataclass(frozen=True, slots=True)
class Revised:
    """A test with the values of now. ``refusal`` says why there is none; without both the values are as expected."""

    test: str
    replacements: tuple[tuple[Span, str], ...] = ()
    changes: tuple[Change, ...] = ()
    refusal: str = ""
    renamed: str = ""
    """As pytest names it from then on, where its name said the outcome of before."""


class _Refused(Exception):
    """The test cannot be brought up to date; the message says why, for a person."""


def revise(test: Expectations, text: str, noted: Iterable[Noted]) -> Revised:
    """Return the test with what was noted as its expected values."""
    by_number: dict[int, list[Noted]] = defaultdict(list)
    for one in noted:
        by_number[one.number].append(one)
    replacements: dict[Span, str] = {}
    changes: list[Change] = []
    turns: list[Turn] = []
    name = ""
    try:
        for expectation in test.found:
            reviser = _Reviser(test, text, expectation)
            for span, new, change in reviser.revise(_in_rounds(test, expectation, by_number[expectation.number])):
                _put(replacements, span, new)
                changes += [change] if change else []
            turns += reviser.turns
        if turns:
            name = _retell(test.test, text, turns, replacements, changes)
    except _Refused as refused:
        return Revised(test.test, refusal=str(refused))
    places = tuple(sorted(replacements.items(), key=lambda r: r[0].start))
    return Revised(test.test, places, tuple(changes), renamed=name)


def _in_rounds(test: Expectations, expectation: Expectation, noted: Sequence[Noted]) -> list[Noted]:
    """Return what was noted with its rows, also where those are the rounds of a loop."""
    if not expectation.looped:
        return list(noted)
    return [replace(one, row=dict.fromkeys(test.loop, number)) for number, one in enumerate(noted)]


def _retell(test: str, text: str, turns: Sequence[Turn], replacements: dict[Span, str], changes: list[Change]) -> str:
    """Have the ids of rows, the docstring and the name say what is expected now; return the name if it is another."""
    definition, spans = named_tests(text)[test], Spans(text)
    for span, new in row_ids_of(definition, spans, turns):
        _put(replacements, span, new)
        changes.append(Change("the row's id", spans.slice(span), new))
    docstring = docstring_of(definition, spans, turns)
    if docstring is not None:
        _put(replacements, *docstring)
        changes.append(
            Change("its docstring", *(" ".join(s.split()) for s in (spans.slice(docstring[0]), docstring[1])))
        )
    owner, colons, name = test.rpartition("::")
    new_name = renamed(name, turns)
    if new_name == name:
        return ""
    new = f"{owner}{colons}{new_name}"
    if re.search(rf"(?<!def )\b{name}\b", text) or new in named_tests(text):
        raise _Refused(f"its name says {turns[0].old}, and it cannot be named {new_name} here: generate it anew")
    start = text.index(name, spans.of(definition).start)
    _put(replacements, Span(start, start + len(name)), new_name)
    changes.append(Change("its name", name, new_name))
    return new


def _put(replacements: dict[Span, str], span: Span, new: str) -> None:
    if replacements.setdefault(span, new) != new:
        raise _Refused("one expected value stands for several calls, which give different values now")


def replaced(text: str, replacements: Iterable[tuple[Span, str]]) -> str:
    """Return the text with other text in these places, which do not overlap."""
    for span, new in sorted(replacements, key=lambda r: r[0].start, reverse=True):
        text = text[: span.start] + new + text[span.end :]
    return text


_Found = tuple["Span", str, "Change | None"]


class _Reviser:
    def __init__(self, test: Expectations, text: str, expectation: Expectation) -> None:
        self._test = test
        self._text = text
        self._expectation = expectation
        self.turns: list[Turn] = []
        """What the outcome was and is, for whatever else says it."""

    def revise(self, noted: Sequence[Noted]) -> list[_Found]:
        """Return replacements; of those that belong together the first has the change. Raises _Refused."""
        expectation = self._expectation
        if all(one.same for one in noted):
            return []
        found: list[_Found] = []
        for group in self._groups(noted):
            seen = {(one.same, one.source, one.words) for one in group}
            if len(seen) > 1:
                raise _Refused(f"`{expectation.actual}` gives several values, and one is expected")
            one = group[0]
            if not one.same:
                found += self._raised(one) if expectation.kind == "raises" else self._valued(one)
        return found

    def _groups(self, noted: Sequence[Noted]) -> list[list[Noted]]:
        column, groups = self._expectation.column, defaultdict(list)
        for one in noted:
            groups[one.row.get(column, 0)].append(one)
        return list(groups.values())

    def _valued(self, one: Noted) -> list[_Found]:
        expectation = self._expectation
        if not one.source:
            raise _Refused(f"`{self._called(one)}` gives {one.words} now, which cannot be written down in this file")
        cell = self._cell(one)
        span = cell.span if cell else expectation.expected
        approximate = cell.approximate if cell else expectation.approximate
        old, new = self._slice(approximate or span), self._as_written(one.source, self._slice(span))
        if approximate is not None and not (may_be_approximate(new) or _NUMBER.fullmatch(new)):
            span = approximate
        elif approximate is None and should_be_approximate(new) and self._has("pytest"):
            new = f"pytest.approx({new})"
        old = old or "None"
        change = Change(self._called(one), old, new)
        self._turned(one, self._slice(cell.span if cell else expectation.expected) or "None", one.source)
        operator = self._operator(new, old, in_cell=cell is not None)
        if operator == "assertIsNone":  # which says already what it expects
            span, new = Span(self._end_of_actual, span.end), ""
        elif span.start == span.end:
            new = f", {new}"
        operators = [(expectation.operator, operator, None)] if expectation.operator and operator else []
        return [(span, new, change), *operators]

    @property
    def _end_of_actual(self) -> int:
        """Of ``unittest``: where the source of what is asserted of ends."""
        assert self._expectation.operator is not None
        start = self._text.index(self._expectation.actual, self._expectation.operator.end + 1)
        return start + len(self._expectation.actual)

    def _operator(self, new: str, old: str, *, in_cell: bool) -> str:
        """Return how it is to be asked, if in another way: whether it is None, True or False, or else is equal."""
        if self._expectation.operator is None:
            return ""
        asked = self._slice(self._expectation.operator)
        if asked in {"is", "=="}:
            identical, equal = "is", "=="
        else:
            apart = self._text[self._end_of_actual : self._expectation.expected.start].strip()
            identical = "assertIsNone" if new == "None" and apart in {"", ","} else "assertIs"
            equal = "assertEqual"
        wanted = asked
        if old in CONSTANTS and new not in CONSTANTS and asked != equal:
            wanted = equal
        elif new in CONSTANTS and not in_cell:
            wanted = identical
        return wanted if wanted != asked else ""

    def _raised(self, one: Noted) -> list[_Found]:
        expectation = self._expectation
        if not one.raised:
            raise _Refused(f"`{self._called(one)}` raises nothing any more")
        if not one.source:
            raise _Refused(f"`{self._called(one)}` raises another exception now, which this file does not import")
        old_error, message = self._slice(expectation.expected), (one.words.splitlines() or [""])[0][:_LONGEST]
        cell = self._cell(one)
        if cell is not None:
            if one.source != old_error:
                raise _Refused(f"some rows raise {one.source} now, and the table expects {old_error} of all")
            old = self._slice(cell.span)
            new = self._as_written(self._in_table(one, message), old)
            self._turned(one, old, new)
            return [(cell.span, new, Change(self._called(one), old, new))]
        head, imports = raising(Case("", error=one.source, message=message if expectation.match else ""))
        if "import re" in imports and not self._has("re"):
            raise _Refused(f"`{self._called(one)}` raises with a message now that needs an `import re` here")
        old = self._slice(expectation.whole)
        matched, named = head.partition("match=")[2][:-1], old.partition("(")[0]
        if not named.startswith("self."):
            new = f"{named}({head.partition('(')[2]}"
        else:
            new = f"self.assertRaisesRegex({one.source}, {matched})" if matched else f"self.assertRaises({one.source})"
        new = self._as_written(new, old)
        pattern = self._text_of(expectation.match) if expectation.match else ""
        self.turns.append(Turn(old_error, one.source, raises=True, old_message=pattern, new_message=message))
        return [(expectation.whole, new, Change(self._called(one), old, new))]

    def _in_table(self, one: Noted, message: str) -> str:
        """Return the cell of a message. Raises _Refused."""
        if not message:
            raise _Refused(f"`{self._called(one)}` raises without a message now")
        if not self._expectation.patterns:
            return repr(message)
        head, imports = raising(Case("", error=one.source, message=message))
        if "import re" in imports and not self._has("re"):
            raise _Refused(f"`{self._called(one)}` raises with a message now that needs an `import re` here")
        return head.partition("match=")[2][:-1]

    def _turned(self, one: Noted, old: str, new: str) -> None:
        column = self._expectation.column
        self.turns.append(Turn(old, new, column=column, row=one.row.get(column, 0)))

    def _text_of(self, span: Span) -> str:
        """Return the text that a literal is, empty for anything else."""
        node = expression_in(self._slice(span))
        return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""

    def _called(self, one: Noted) -> str:
        row = {
            column: self._slice(cells[one.row[column]].span)
            for column, cells in self._test.cells.items()
            if one.row.get(column, -1) in range(len(cells))
        }
        return " ".join(filled(self._expectation.actual, row).split())

    def _cell(self, one: Noted) -> Cell | None:
        column = self._expectation.column
        if not column:
            return None
        number = one.row.get(column, -1)
        if not 0 <= number < len(self._test.cells[column]):
            raise _Refused("the rows of its table are not those that ran")
        return self._test.cells[column][number]

    def _as_written(self, source: str, old: str) -> str:
        """Return the source with the quotes that this value had, or those of its file where it had none."""
        if "'" in old or '"' in old:
            return double_quoted(source) if '"' in old else single_quoted(source)
        return double_quoted(source) if style_of(self._text).quotes == '"' else single_quoted(source)

    def _has(self, module: str) -> bool:
        return re.search(rf"^import {module}\b", self._text, re.MULTILINE) is not None

    def _slice(self, span: Span) -> str:
        return self._text[span.start : span.end]
