"""From cases to candidates: the tests as a person would write them."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from greenline.domain.code.parse import parse
from greenline.domain.code.read_module import read_module
from greenline.domain.code.results import returns_no_value
from greenline.domain.generation.approximate import should_be_approximate
from greenline.domain.generation.case_names import distinct, special_about, subject_words
from greenline.domain.generation.given_by_fixtures import asked_by_name
from greenline.domain.generation.model import Brought, Candidate
from greenline.domain.generation.name_endings import is_plain, single_endings, table_endings, usual_words
from greenline.domain.generation.row_ids import row_ids
from greenline.domain.generation.statements import (
    CONSTANTS,
    act_and_check,
    asserted,
    called,
    equal,
    is_its_own_pattern,
    lines_of,
    raising,
    raising_lines,
    renamed,
    result_name,
    steps,
    taken,
)
from greenline.domain.generation.table_shape import FIXTURES, clusters, shape_of
from greenline.domain.generation.test_story import story_of, summary_of
from greenline.domain.generation.test_variables import columns_of, variables_of
from greenline.domain.generation.wrap_source import double_quoted, wrapped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from greenline.domain.code.model import Function, Parameter
    from greenline.domain.generation.case import Case
    from greenline.domain.generation.model import Oracle
    from greenline.domain.generation.table_shape import TableShape

TABLE_FROM = 3
"""So many cases of one shape are a table; fewer when nothing but their values sets them apart."""
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_SETTING = re.compile(r"\w+\.\w+ = \x000\x00")
_LONGEST_NAME = 80


def render_cases(
    cases: Sequence[Case],
    function: Function,
    text: str,
    first_line: Mapping[int, int],
    taken: frozenset[str] = frozenset(),
) -> tuple[Candidate, ...]:
    """Return the tests of one function, tables first, errors last; no name is in ``taken``."""
    return render_together([(function, cases)], text, first_line, taken)[function]


def render_together(
    found: Sequence[tuple[Function, Sequence[Case]]],
    text: str,
    first_line: Mapping[int, int],
    taken: frozenset[str] = frozenset(),
) -> dict[Function, tuple[Candidate, ...]]:
    """Return the tests of several functions of a text, no two of one name.

    Cases that call another of the functions (found for a private one) are among the tests of that one.
    """
    functions = {function.qualname: function for function, _ in found}
    named: dict[Function, list[_Named]] = {function: [] for function, _ in found}
    for function, cases in found:
        specials = special_about(cases, _definition(function, text), first_line)
        for case, special in zip(map(asked_by_name, cases), specials, strict=True):
            named[functions.get(case.tested, function)].append(_Named(case, special, (function.qualname,)))
    used = set(taken)
    return {function: _rendered(mine, function, text, used) for function, mine in named.items()}


def _rendered(named: Sequence[_Named], function: Function, text: str, used: set[str]) -> tuple[Candidate, ...]:
    # The function's own first: what is special about them is what their readers know.
    own = [n for n in named if function.qualname in n.found_for]
    others = [n for n in named if function.qualname not in n.found_for]
    writer = _Writer(function, text)
    shown = _without_what_the_first_shows(_once([*own, *others]))
    writer.usual = usual_words([n.case for n in shown])
    tests = [test for group in _groups(shown, writer.parameters_of) for test in writer.tests_of(group)]
    tests = _with_a_plain_one(tests, writer.bare_name)
    return tuple(test.candidate(_free_name(test, used)) for test in tests)


@dataclass(frozen=True, slots=True)
class _Named:
    case: Case
    special: str
    found_for: tuple[str, ...]
    """The functions that it is there for."""


def _once(named: Sequence[_Named]) -> list[_Named]:
    """Leave out what another says already, whatever way it took; that one is there for the functions of both."""
    seen: dict[Case, _Named] = {}
    for one in named:
        case = replace(one.case, edges=frozenset(), documented=False, tested="")
        first = seen.setdefault(case, one)
        seen[case] = replace(first, found_for=tuple(dict.fromkeys([*first.found_for, *one.found_for])))
    return list(seen.values())


def _without_what_the_first_shows(named: Sequence[_Named]) -> list[_Named]:
    """Leave out of later tests of a constructor what its first one asserts in the same words."""
    made = [n.case for n in named if n.case.shape == "object" and n.case.details]
    found = []
    for one in named:
        case = one.case
        own = tuple(detail for detail in case.details if case in made[1:] and detail not in made[0].details)
        found.append(replace(one, case=replace(case, details=own)) if own else one)
    return found


def _with_a_plain_one(tests: Sequence[_Test], bare: str) -> list[_Test]:
    """Give the first test of a plain value the bare name, where no other has the first right to it."""
    found = list(tests)
    plain = [n for n, test in enumerate(tests) if test.is_plain and bare in test.names]
    if plain and not any(test.names[0] == bare for test in tests):
        first = found[plain[0]]
        found[plain[0]] = replace(first, names=(bare, *first.names))
    return found


@dataclass(frozen=True, slots=True)
class _Test:
    names: tuple[str, ...]
    """What it could be called, the best first."""
    decorators: tuple[str, ...]
    parameters: tuple[str, ...]
    body: tuple[str, ...]
    imports: tuple[str, ...]
    oracles: tuple[Oracle, ...]
    found_for: tuple[str, ...]
    fixtures: tuple[Brought, ...] = ()
    qualname: str = ""
    cases: tuple[Case, ...] = ()
    is_plain: bool = False
    """It is of one case that ends with a value, and no branch makes special."""

    def candidate(self, name: str) -> Candidate:
        head = wrapped(f"def {name}({', '.join(self.parameters)})", "", ":")
        lines = [*self.decorators, *head, *(f"    {line}" if line else "" for line in self.body)]
        code = double_quoted("\n".join(lines)).rstrip("\n")
        return Candidate(
            name,
            code,
            self.imports,
            self.oracles,
            self.found_for,
            self.fixtures,
            shared=self.cases[0].shared if len({case.shared for case in self.cases}) == 1 else (),
            summary=summary_of(name, self.qualname, self.cases),
            story=story_of(self.cases),
        )


def _free_name(test: _Test, used: set[str]) -> str:
    short = [name for name in test.names if len(name) <= _LONGEST_NAME] or [test.names[-1][:_LONGEST_NAME].strip("_")]
    chosen = next((name for name in short if name not in used), None) or next(distinct(short[:1], used))
    used.add(chosen)
    return chosen


def _definition(function: Function, text: str) -> ast.AST:
    tree, _ = parse(text)
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.lineno == function.line:
            return node
    return ast.Module([], [])


# ---- groups of one shape -------------------------------------------------------------------------------------------


def _groups(
    named: Sequence[_Named], parameters_of: Callable[[Case], Sequence[Parameter]]
) -> list[tuple[Sequence[_Named], TableShape | None]]:
    """Put cases that differ in the cells of a row alone together: tables first, errors last."""
    groups: list[tuple[Sequence[_Named], TableShape | None]] = []
    for numbers in clusters([n.case for n in named], [parameters_of(n.case) for n in named]):
        group = _in_order([named[number] for number in numbers])
        if len(group) >= TABLE_FROM or (len(group) > 1 and not _are_told_apart(group)):
            groups.append((group, shape_of([n.case for n in group], parameters_of(group[0].case))))
        else:
            groups += [([one], None) for one in group]
    return sorted(groups, key=lambda g: (g[0][0].case.raises, -len(g[0])))


def _are_told_apart(group: Sequence[_Named]) -> bool:
    specials = {named.special for named in group}
    return len(specials) == len(group)


def _in_order(group: Sequence[_Named]) -> Sequence[_Named]:
    """Sort the rows of a table where all that differs is numbers."""
    if len({tuple((a.parameter, a.label) for a in n.case.arguments) for n in group}) > 1:
        return group
    columns = zip(*([a.source for a in n.case.arguments] for n in group), strict=True)
    varying = [column for column in columns if len(set(column)) > 1]
    if not varying or not all(_NUMBER.fullmatch(cell) for column in varying for cell in column):
        return group
    keys = zip(*([float(cell) for cell in column] for column in varying), strict=True)
    return [named for _, _, named in sorted(zip(keys, range(len(group)), group, strict=True), key=lambda row: row[:2])]


# ---- tests ---------------------------------------------------------------------------------------------------------


class _Writer:
    """Writes the tests of one function."""

    def __init__(self, function: Function, text: str) -> None:
        self._function = function
        self._text = text
        self._module, _ = read_module(text)
        self._own = {f.name for f in self._module.functions if f.name.startswith("__")}
        self.usual: frozenset[str] = frozenset()
        """What all cases pass: it sets none apart."""

    @property
    def bare_name(self) -> str:
        """The name of a test that says no more than what it tests."""
        return f"test_{subject_words(self._function.qualname)}"

    def parameters_of(self, case: Case) -> Sequence[Parameter]:
        """Return the parameters of what the case calls."""
        called = self._module.function(case.tested) if case.tested else self._function
        return called.parameters if called else ()

    def tests_of(self, group: tuple[Sequence[_Named], TableShape | None]) -> list[_Test]:
        """Return the table, or a test for each."""
        rows, shape = group
        return [self._single(one) for one in rows] if shape is None else [self._table(rows, shape)]

    def _single(self, named: _Named) -> _Test:
        case = named.case
        names = variables_of(case)
        lines, arguments = [], []
        for index, argument in enumerate(case.arguments):
            if argument.source in case.fixtures:
                names[index] = argument.source
            elif index in names and names[index] != argument.source:
                lines.append(f"{names[index]} = {argument.source}")
            arguments.append(f"{argument.label}{names.get(index, argument.source)}")
        arrange = [line for statement in (*case.arrange, *lines) for line in lines_of(statement)]
        act, check, extra = act_and_check(case, case.call_with(arguments), self._own, silent=self._is_silent(case))
        after = [renamed(assertion, case, names) for assertion in case.after]
        check += [line for assertion in after for line in asserted(assertion)]
        body = steps(arrange, act, check)
        makes = self._function.name == "__init__" or case.shape == "object"
        parameters = [p.name for p in self.parameters_of(case)]
        return _Test(
            names=self._names(case, single_endings(case, named.special, parameters, makes=makes, usual=self.usual)),
            decorators=tuple(f"@{decorator}" for decorator in case.decorators),
            parameters=(*case.fixtures, *_fixtures(body)),
            body=tuple(body),
            imports=_imports([case], extra, [*case.decorators, *body]),
            oracles=_oracles([case]),
            found_for=self._found_for([named]),
            fixtures=_brought([case]),
            qualname=case.tested or self._function.qualname,
            cases=(case,),
            is_plain=not named.special and is_plain(case, self.usual),
        )

    def _table(self, group: Sequence[_Named], shape: TableShape) -> _Test:
        cases = [n.case for n in group]
        first = cases[0]
        outcomes = [_expectation(case) for case in cases]
        same = len(set(outcomes)) == 1
        columns = columns_of(shape, cases)
        call = shape.filled(shape.call, columns)
        if first.raises:
            column, body, extra = _raising_table(cases, call, same)
        elif shape.checks:
            column = ""
            before, result, extra = taken(first, call)
            name = result_name(first)
            body = [*before, *lines_of(f"{name} = {result}")]
        else:
            column = "" if same else "expected"
            before, result, extra = taken(first, call)
            plain = set(outcomes) <= CONSTANTS
            silent = same and shape.after and (first.expected is None or self._is_silent(first))
            check = equal(result, first.expected or "") if same else f"{result} {'is' if plain else '=='} expected"
            body = [*before, *lines_of(result if silent else f"assert {check}")]
        told = outcomes if column else ["..." for _ in cases] if shape.checks else ()
        inputs = [cells[: shape.inputs] for cells in shape.cells]
        ids = row_ids(columns[: shape.inputs], inputs, told, [n.special for n in group])
        arrange = [shape.filled(statement, columns) for statement in shape.arrange]
        filled = [called(shape.filled(check, columns), result_name(first)) for check in shape.checks]
        filled += [shape.filled(check, columns) for check in shape.after]
        checks = [line for check in filled for line in asserted(check)]
        given = _as_compared(shape.cells, columns, shape.inputs, filled)
        rows = [[*cells, *([outcome] if column else [])] for cells, outcome in zip(given, outcomes, strict=True)]
        body = steps([line for statement in arrange for line in lines_of(statement)], body, checks)
        names = [*columns, *([column] if column else [])]
        return _Test(
            names=self._names(first, table_endings(cases, [n.special for n in group], shape.fixed)),
            decorators=tuple(_decorator(names, rows, ids)),
            parameters=(*names, *first.fixtures, *_fixtures(body)),
            body=tuple(body),
            imports=_imports(cases, ["import pytest", *extra], body),
            oracles=_oracles(cases),
            found_for=self._found_for(group),
            fixtures=_brought(cases),
            qualname=first.tested or self._function.qualname,
            cases=tuple(cases),
        )

    def _is_silent(self, case: Case) -> bool:
        """Tell whether what the case calls has no result: it is called for what it does."""
        called = self._module.function(case.tested) if case.tested else self._function
        return called is not None and returns_no_value(_definition(called, self._text))

    def _found_for(self, group: Sequence[_Named]) -> tuple[str, ...]:
        helped = (name for named in group for name in named.found_for)
        return tuple(dict.fromkeys(name for name in helped if name != self._function.qualname))

    def _names(self, case: Case, endings: Sequence[str]) -> tuple[str, ...]:
        owner, _, name = (case.tested or self._function.qualname).rpartition(".")
        subject = subject_words(f"{owner}.set_{name}" if _SETTING.fullmatch(case.call) else f"{owner}.{name}")
        return tuple(f"test_{subject}{ending}" for ending in endings)


def _raising_table(cases: Sequence[Case], call: str, same: bool) -> tuple[str, list[str], list[str]]:
    first = cases[0]
    head, imports = raising(first)
    if not same:
        is_plain = all(is_its_own_pattern(case.message) for case in cases)
        head = f"pytest.raises({first.error}, match={'message' if is_plain else 're.escape(message)'})"
        imports = [*imports, *([] if is_plain else ["import re"])]
    return "" if same else "message", raising_lines(first, call, head)[0], imports


def _expectation(case: Case) -> str:
    if case.raises:
        return repr(case.message)
    expected = case.expected or "None"
    return f"pytest.approx({expected})" if should_be_approximate(expected) else expected


def _as_compared(
    rows: Sequence[Sequence[str]], columns: Sequence[str], inputs: int, checks: Sequence[str]
) -> list[list[str]]:
    """Return the rows; floats that were calculated are approximate in columns that are nothing but compared with."""
    only_compared = {
        number
        for number, name in enumerate(columns)
        if number >= inputs
        and all(check.endswith(f" == {name}") for check in checks if re.search(rf"(?<![\w.]){name}\b", check))
    }
    return [
        [
            f"pytest.approx({cell})" if number in only_compared and should_be_approximate(cell) else cell
            for number, cell in enumerate(row)
        ]
        for row in rows
    ]


def _decorator(names: Sequence[str], rows: Sequence[Sequence[str]], ids: Sequence[str | None]) -> list[str]:
    columns = f'"{names[0]}"' if len(names) == 1 else "(" + ", ".join(f'"{n}"' for n in names) + ")"
    lines = ["@pytest.mark.parametrize(", *wrapped(columns, "    ", ","), "    ["]
    for row, name in zip(rows, ids, strict=True):
        plain = row[0] if len(row) == 1 else f"({', '.join(row)})"
        shown = plain if name is None else f'pytest.param({", ".join(row)}, id="{name}")'
        lines += wrapped(shown, "        ", ",")
    return [*lines, "    ],", ")"]


# ---- fixtures, imports ---------------------------------------------------------------------------------------------


def _fixtures(body: Sequence[str]) -> tuple[str, ...]:
    text = "\n".join(body)
    return tuple(name for name in FIXTURES if re.search(rf"\b{name}\b", text))


def _brought(cases: Sequence[Case]) -> tuple[Brought, ...]:
    found = dict.fromkeys(fixture for case in cases for fixture in case.brought)
    return tuple(
        Brought(
            each.name,
            double_quoted(f"@pytest.fixture\n{each.code}").rstrip("\n"),
            ("import pytest", *(_import(*names) for names in each.imports)),
        )
        for each in found
    )


def _imports(cases: Sequence[Case], extra: Sequence[str], body: Sequence[str]) -> tuple[str, ...]:
    found = dict.fromkeys(extra)
    if any("pytest." in line for line in body):
        found["import pytest"] = None
    for case in cases:
        for binding, module, attribute in case.imports:
            found[_import(binding, module, attribute)] = None
    return tuple(found)


def _import(binding: str, module: str, attribute: str) -> str:
    if not attribute:
        return f"import {module}" if binding == module else f"import {module} as {binding}"
    return f"from {module} import {attribute}" + (f" as {binding}" if binding != attribute else "")


def _oracles(cases: Sequence[Case]) -> tuple[Oracle, ...]:
    found: dict[Oracle, None] = {}
    for case in cases:
        found["documented" if case.documented else "declared-raise" if case.raises else "observed"] = None
    return tuple(found)
