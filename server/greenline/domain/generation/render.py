"""From cases to candidates: the tests as a person would write them."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.domain.code.parse import parse
from greenline.domain.generation.case_names import (
    argument_words,
    distinct,
    joined,
    outcome_words,
    result_words,
    short_of,
    special_about,
    subject_words,
)
from greenline.domain.generation.model import Candidate
from greenline.domain.generation.value_words import snake
from greenline.domain.generation.wrap_source import double_quoted, wrapped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from greenline.domain.code.model import Function
    from greenline.domain.generation.case import Case
    from greenline.domain.generation.model import Oracle

TABLE_FROM = 3
"""So many cases of one shape are a table."""
_CONSTANTS = frozenset({"True", "False", "None"})
_APPROXIMATE = re.compile(r"-?\d+\.\d{4,}(e[+-]?\d+)?")
_FIXTURES = ("caplog", "capsys", "monkeypatch", "tmp_path")
_RESERVED = frozenset(
    # what the rendered code itself uses, what pytest keeps for itself, and what linters find hard to read
    {"list", "islice", "asyncio", "collect", "re", "pytest", "expected", "message", "result", "value"}
    | {"request", *_FIXTURES}
    | {"l", "O", "I"}
)
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_LONGEST_NAME = 80


def render_cases(
    cases: Sequence[Case],
    function: Function,
    text: str,
    first_line: Mapping[int, int],
    taken: frozenset[str] = frozenset(),
) -> tuple[Candidate, ...]:
    """Return the tests of one function, tables first, errors last; no name is in ``taken``."""
    specials = special_about(cases, _definition(function, text), first_line)
    named = [_Named(case, special) for case, special in zip(cases, specials, strict=True)]
    tests = [test for group in _groups(named) for test in _tests_of(group, function)]
    names = distinct([short_of(test.name, _LONGEST_NAME) for test in tests], set(taken))
    return tuple(test.candidate(name) for test, name in zip(tests, names, strict=True))


@dataclass(frozen=True, slots=True)
class _Named:
    case: Case
    special: str


@dataclass(frozen=True, slots=True)
class _Test:
    name: str
    decorators: tuple[str, ...]
    parameters: tuple[str, ...]
    body: tuple[str, ...]
    imports: tuple[str, ...]
    oracles: tuple[Oracle, ...]

    def candidate(self, name: str) -> Candidate:
        head = wrapped(f"def {name}({', '.join(self.parameters)})", "", ":")
        lines = [*self.decorators, *head, *(f"    {line}" if line else "" for line in self.body)]
        code = double_quoted("\n".join(lines)).rstrip("\n")
        return Candidate(name, code, self.imports, self.oracles)


def _definition(function: Function, text: str) -> ast.AST:
    tree, _ = parse(text)
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.lineno == function.line:
            return node
    return ast.Module([], [])


# ---- groups of one shape -------------------------------------------------------------------------------------------


def _groups(named: Sequence[_Named]) -> list[list[_Named]]:
    """Put cases that differ in plain arguments alone together, in the order of their first."""
    groups: dict[object, list[_Named]] = {}
    for number, one in enumerate(named):
        case = one.case
        labels = tuple((a.parameter, a.label) for a in case.arguments)
        plain = not (case.kept or case.after or case.details or case.decorators) and case.arguments
        key = (case.call, case.arrange, case.shape, labels, case.raises and case.error) if plain else number
        groups.setdefault(key, []).append(one)
    return sorted(groups.values(), key=lambda g: (g[0].case.raises, -len(g)))


def _tests_of(group: Sequence[_Named], function: Function) -> list[_Test]:
    rows = [tuple(a.source for a in n.case.arguments) for n in group]
    if len(group) >= TABLE_FROM and len(set(rows)) == len(group) and _stand_outside(group, rows):
        return [_table(_in_order(group), function)]
    return [_single(one, function) for one in group]


def _in_order(group: Sequence[_Named]) -> Sequence[_Named]:
    """Sort the rows of a table where all that differs is numbers."""
    columns = zip(*([a.source for a in n.case.arguments] for n in group), strict=True)
    varying = [column for column in columns if len(set(column)) > 1]
    if not all(_NUMBER.fullmatch(cell) for column in varying for cell in column):
        return group
    keys = zip(*([float(cell) for cell in column] for column in varying), strict=True)
    return [named for _, _, named in sorted(zip(keys, range(len(group)), group, strict=True), key=lambda row: row[:2])]


def _stand_outside(group: Sequence[_Named], rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether all cells of a table can be evaluated outside of a test: without fixtures and what is arranged."""
    varying = [column for column in zip(*rows, strict=True) if len(set(column)) > 1]
    cells = [*(cell for column in varying for cell in column), *(n.case.expected or "" for n in group)]
    arranged = re.findall(r"^(\w+) = ", "\n".join(group[0].case.arrange), re.MULTILINE)
    inside = "|".join([*_FIXTURES, *arranged])
    return not any(re.search(rf"(?<![\w.])({inside})\b", cell) for cell in cells)


# ---- one test ------------------------------------------------------------------------------------------------------


def _single(named: _Named, function: Function) -> _Test:
    case = named.case
    names = _variables(case)
    lines, arguments = [], []
    for index, argument in enumerate(case.arguments):
        if index in names:
            lines.append(f"{names[index]} = {argument.source}")
        arguments.append(f"{argument.label}{names.get(index, argument.source)}")
    arrange = [line for statement in (*case.arrange, *lines) for line in _lines(statement)]
    act, check, extra = _act_and_check(case, case.call_with(arguments))
    after = [_renamed(assertion, case, names) for assertion in case.after]
    check += [line for assertion in after for line in _lines(f"assert {assertion}")]
    body = _steps(arrange, act, check)
    return _Test(
        name=f"test_{subject_words(case.tested or function.qualname)}{_ending(named, function)}",
        decorators=tuple(f"@{decorator}" for decorator in case.decorators),
        parameters=_fixtures(body),
        body=tuple(body),
        imports=_imports([case], extra, body),
        oracles=_oracles([case]),
    )


def _variables(case: Case) -> dict[int, str]:
    """Name the variables of the arguments that need one: as the parameter, where that hides nothing."""
    kept = sorted(case.kept)
    wanted = [case.arguments[index].parameter for index in kept]
    return dict(zip(kept, _free(wanted, case), strict=True))


def _renamed(assertion: str, case: Case, names: Mapping[int, str]) -> str:
    for index, name in names.items():
        parameter = case.arguments[index].parameter
        if name != parameter:
            assertion = re.sub(rf"(?<![\w.]){parameter}\b", name, assertion)
    return assertion


def _act_and_check(case: Case, call: str) -> tuple[list[str], list[str], list[str]]:
    """Return the lines that act, those that check, and imports that they need."""
    if case.raises:
        head, imports = _raising(case)
        return *_raising_lines(case, call, head), imports
    if case.shape == "with":
        return _entering(case, call), [], []
    before, taken, imports = _taken(case, call)
    if case.details:
        name = _result_name(case)
        about = [line for detail in _about(case, name) for line in _lines(f"assert {detail}")]
        return [*before, *_lines(f"{name} = {taken}")], about, imports
    if case.expected is None or (case.expected == "None" and case.after):
        return [*before, *_lines(taken)], [], imports
    return before, _lines(f"assert {_equal(taken, case.expected)}"), imports


def _entering(case: Case, call: str) -> list[str]:
    """Return the lines of a test that looks at what a context manager gives."""
    checks = [_equal("value", case.expected)] if case.expected else _about(case, "value")
    head = f"with {call} as value" if checks else f"with {call}"
    inside = [line for check in checks for line in _lines(f"assert {check}", 2)]
    return [*_lines(head, suffix=":"), *(inside or ["    pass"])]


def _raising_lines(case: Case, call: str, head: str) -> tuple[list[str], list[str]]:
    """Return the lines that act (the block holds the one statement that raises), and no checks."""
    if case.shape == "with":
        return [*_lines(f"with {head}, {call}", suffix=":"), "    pass"], []
    before, taken, _ = _taken(case, call)
    return [*before, *_lines(f"with {head}", suffix=":"), *_lines(taken, 2)], []


def _taken(case: Case, call: str) -> tuple[list[str], str, list[str]]:
    """Return lines that come first, the expression that takes the result of the call as the case does, and imports."""
    if case.shape == "await":
        return [], f"asyncio.run({call})", ["import asyncio"]
    if case.shape == "iterate":
        return [], f"list({call})", []
    if case.shape == "take":
        return [], f"list(islice({call}, 5))", ["from itertools import islice"]
    if case.shape == "aiterate":
        collect = ["async def collect():", *_lines(f"return [item async for item in {call}]", 2), ""]
        return collect, "asyncio.run(collect())", ["import asyncio"]
    return [], call, []


def _equal(actual: str, expected: str) -> str:
    if expected in _CONSTANTS:
        return f"{actual} is {expected}"
    if _APPROXIMATE.fullmatch(expected):
        return f"{actual} == pytest.approx({expected})"
    return f"{actual} == {expected}"


def _raising(case: Case) -> tuple[str, list[str]]:
    """Return the head of the block and the imports that it and what it holds need."""
    imports = ["import pytest", *_taken(case, "")[2]]
    caught = " as caught" if any("caught.value" in a for a in case.after) else ""
    if not case.message:
        return f"pytest.raises({case.error}){caught}", imports
    escaped = "^" + re.escape(case.message).replace("\\ ", " ").replace("\\-", "-").replace('\\"', '"').replace(
        "\\'", "'"
    )
    if not case.message.isprintable() or ('"' in escaped and "'" in escaped):
        head = f"pytest.raises({case.error}, match=re.escape({case.message!r})){caught}"
        return head, [*imports, "import re"]
    quote = "'" if '"' in escaped else '"'
    return f"pytest.raises({case.error}, match=r{quote}{escaped}{quote}){caught}", imports


def _about(case: Case, name: str) -> list[str]:
    return [re.sub(r"(?<![\w.])result\b", name, detail) for detail in case.details]


def _result_name(case: Case) -> str:
    """Name a made object after its class; anything else is the result."""
    made = re.match(r"([A-Za-z_][\w.]*)\(", case.call) if case.shape == "object" else None
    name = snake(made.group(1).rpartition(".")[2]) if made else ""
    return name if name.isidentifier() and name not in _looked_up(case) else "result"


def _steps(arrange: Sequence[str], act: Sequence[str], check: Sequence[str]) -> list[str]:
    """Join the steps; where there are three, an empty line between them."""
    steps = [list(step) for step in (arrange, act, check) if step]
    body: list[str] = []
    for step in steps:
        if len(steps) >= TABLE_FROM and body and body[-1]:
            body.append("")
        body += step
    return body


def _lines(statement: str, depth: int = 1, suffix: str = "") -> list[str]:
    """Return the lines of a statement so many blocks deep in a module, as the body of a test holds them."""
    if "\n" in statement:  # a definition, or several statements, written out already
        written = [f"{'    ' * (depth - 1)}{line}" for line in statement.split("\n")]
        return [*written, ""] if statement.startswith(("def ", "async def ")) else written
    return [line[4:] for line in wrapped(statement, "    " * depth, suffix)]


def _free(wanted: Sequence[str], case: Case) -> list[str]:
    """Return names for variables: as wanted, with a word more where that hides something or is hard to read."""
    hidden = _looked_up(case) | _RESERVED
    return list(distinct([f"{name}_value" if name in hidden else name for name in wanted], hidden))


def _looked_up(case: Case) -> set[str]:
    """Return the names that the test needs as they are."""
    found = {name for name, _, _ in case.imports}
    for text in (re.sub(r"\x00\d+\x00", "0", case.call), *case.arrange, *case.details, case.expected or "0"):
        tree, _ = parse(text)
        found.update(node.id for node in ast.walk(tree or ast.Module([], [])) if isinstance(node, ast.Name))
    return found - {"result"}


# ---- tables --------------------------------------------------------------------------------------------------------


def _table(group: Sequence[_Named], function: Function) -> _Test:
    cases = [n.case for n in group]
    first = cases[0]
    varying = [i for i in range(len(first.arguments)) if len({c.arguments[i].source for c in cases}) > 1]
    expectations = [c.message if c.raises else c.expected or "" for c in cases]
    same = len(set(expectations)) == 1
    columns = dict(zip(varying, _free([first.arguments[i].parameter for i in varying], first), strict=True))
    arguments = [f"{a.label}{columns.get(i, a.source)}" for i, a in enumerate(first.arguments)]
    call = first.call_with(arguments)
    if first.raises:
        column, body, extra = _raising_table(first, call, same)
    else:
        column = "" if same else "expected"
        before, taken, extra = _taken(first, call)
        check = _equal(taken, expectations[0]) if same else f"{taken} {_comparison(expectations)} expected"
        body = [*before, *_lines(f"assert {check}")]
    names = [*columns.values(), *([column] if column else [])]
    rows = [[*(c.arguments[i].source for i in varying), *([_expectation(c)] if column else [])] for c in cases]
    body = _steps([line for statement in first.arrange for line in _lines(statement)], [], body)
    decorators = _decorator(names, rows, _ids(group, varying))
    return _Test(
        name=f"test_{subject_words(first.tested or function.qualname)}{_table_ending(group, same, varying)}",
        decorators=tuple(decorators),
        parameters=(*names, *_fixtures(body)),
        body=tuple(body),
        imports=_imports(cases, ["import pytest", *extra], body),
        oracles=_oracles(cases),
    )


def _raising_table(first: Case, call: str, same: bool) -> tuple[str, list[str], list[str]]:
    head, imports = _raising(first)
    if not same:
        head = f'pytest.raises({first.error}, match="^" + re.escape(message))'
        imports = [*imports, "import re"]
    return "" if same else "message", _raising_lines(first, call, head)[0], imports


def _expectation(case: Case) -> str:
    if case.raises:
        return repr(case.message)
    expected = case.expected or "None"
    return f"pytest.approx({expected})" if _APPROXIMATE.fullmatch(expected) else expected


def _comparison(expectations: Sequence[str]) -> str:
    return "is" if set(expectations) <= _CONSTANTS else "=="


def _decorator(names: Sequence[str], rows: Sequence[Sequence[str]], ids: Sequence[str]) -> list[str]:
    columns = f'"{names[0]}"' if len(names) == 1 else "(" + ", ".join(f'"{n}"' for n in names) + ")"
    lines = ["@pytest.mark.parametrize(", *wrapped(columns, "    ", ","), "    ["]
    for row, label in zip(rows, ids, strict=True):
        lines += wrapped(f'pytest.param({", ".join(row)}, id="{label}")', "        ", ",")
    return [*lines, "    ],", ")"]


def _ids(group: Sequence[_Named], varying: Sequence[int]) -> list[str]:
    labels = [
        argument_words([n.case.arguments[i] for i in varying]) or result_words(n.case) or n.special or "row"
        for n in group
    ]
    return [name.replace("_", "-") for name in distinct(labels, set())]


# ---- names, fixtures, imports --------------------------------------------------------------------------------------


def _ending(named: _Named, function: Function) -> str:
    case = named.case
    outcome = outcome_words(case)
    if function.name == "__init__" or case.shape == "object":
        outcome = f"raises_{snake(case.error.rpartition('.')[2])}" if case.raises else ""
    words = argument_words(case.arguments)
    special = joined(named.special) if named.special else words and f"{'for' if outcome else 'of'}_{words}"
    return "".join(f"_{part}" for part in (outcome, special) if part)


def _table_ending(group: Sequence[_Named], same: bool, varying: Sequence[int]) -> str:
    case = group[0].case
    outcome = outcome_words(case) if case.raises or (same and case.expected in _CONSTANTS) else ""
    words = argument_words([a for index, a in enumerate(case.arguments) if index not in varying])
    return "".join(f"_{part}" for part in (outcome, words and f"{'for' if outcome else 'of'}_{words}") if part)


def _fixtures(body: Sequence[str]) -> tuple[str, ...]:
    text = "\n".join(body)
    return tuple(name for name in _FIXTURES if re.search(rf"\b{name}\b", text))


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
