"""From cases to candidates: the tests as a person would write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.domain.code.parse import parse
from greenline.domain.generation.case_names import distinct, slug, special_about, value_slug
from greenline.domain.generation.model import Candidate
from greenline.domain.generation.wrap_source import double_quoted, wrapped

if TYPE_CHECKING:
    import ast
    from collections.abc import Mapping, Sequence

    from greenline.domain.code.model import Function
    from greenline.domain.generation.case import Case
    from greenline.domain.generation.model import Oracle

TABLE_FROM = 3
"""So many cases of one shape are a table."""
_CONSTANTS = frozenset({"True", "False", "None"})


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
    names = distinct([test.name for test in tests], set(taken))
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
    import ast as syntax  # noqa: PLC0415 - shadows the type-only import

    tree, _ = parse(text)
    for node in syntax.walk(tree) if tree else ():
        if isinstance(node, (syntax.FunctionDef, syntax.AsyncFunctionDef)) and node.lineno == function.line:
            return node
    return syntax.Module([], [])


# ---- groups of one shape -------------------------------------------------------------------------------------------


def _groups(named: Sequence[_Named]) -> list[list[_Named]]:
    """Put cases that differ in plain arguments alone together, in the order of their first."""
    groups: dict[object, list[_Named]] = {}
    for number, one in enumerate(named):
        case = one.case
        labels = tuple((a.parameter, a.label) for a in case.arguments)
        plain = not case.kept and not case.after and not case.details and case.arguments
        key = (case.call, case.arrange, case.shape, labels, case.raises and case.error) if plain else number
        groups.setdefault(key, []).append(one)
    return sorted(groups.values(), key=lambda g: (g[0].case.raises, -len(g)))


def _tests_of(group: Sequence[_Named], function: Function) -> list[_Test]:
    if len(group) >= TABLE_FROM and len({_row_key(n.case) for n in group}) == len(group):
        return [_table(group, function)]
    return [_single(one, function) for one in group]


def _row_key(case: Case) -> tuple[str, ...]:
    return tuple(a.source for a in case.arguments)


# ---- one test ------------------------------------------------------------------------------------------------------


def _single(named: _Named, function: Function) -> _Test:
    case = named.case
    lines, arguments = [], []
    for index, argument in enumerate(case.arguments):
        if index in case.kept:
            lines.append(f"{argument.parameter} = {argument.source}")
            arguments.append(f"{argument.label}{argument.parameter}")
        else:
            arguments.append(f"{argument.label}{argument.source}")
    arrange = [*case.arrange, *lines]
    call = case.call_with(arguments)
    act, check, extra = _act_and_check(case, call, case.expected)
    body = _steps(arrange, act, [*check, *(f"assert {a}" for a in case.after)])
    return _Test(
        name=f"test_{_subject(function)}{_ending(named, function)}",
        decorators=(),
        parameters=_fixtures(body),
        body=tuple(body),
        imports=_imports([case], extra, body),
        oracles=_oracles([case]),
    )


def _act_and_check(case: Case, call: str, expected: str | None) -> tuple[list[str], list[str], list[str]]:
    """Return the lines that act, those that check, and imports that they need."""
    before, taken, imports = _taken(case, call)
    if case.raises:
        return [*before, *_raising(case), *(f"    {line}" for line in wrapped(taken))], [], ["import pytest", *imports]
    if case.shape == "with":
        check = (
            [f"    assert {_equal('value', expected)}"]
            if expected
            else [f"    assert {d}" for d in _about(case, "value")]
        )
        head = f"with {call} as value:" if check else f"with {call}:"
        return [head, *(check or ["    pass"])], [], imports
    if case.details:
        name = _result_name(case)
        return [*before, *wrapped(f"{name} = {taken}")], [f"assert {d}" for d in _about(case, name)], imports
    if expected is None or (expected == "None" and case.after):
        return [*before, *wrapped(taken)], [], imports
    return before, [f"assert {_equal(taken, expected)}"], imports


def _taken(case: Case, call: str) -> tuple[list[str], str, list[str]]:
    """Return lines that come first, the expression that takes the result of the call as the case does, and imports."""
    if case.shape == "await":
        return [], f"asyncio.run({call})", ["import asyncio"]
    if case.shape == "iterate":
        return [], f"list({call})", []
    if case.shape == "take":
        return [], f"list(islice({call}, 5))", ["from itertools import islice"]
    if case.shape == "aiterate":
        collect = ["async def collect():", *wrapped(f"return [item async for item in {call}]", "    "), ""]
        return collect, "asyncio.run(collect())", ["import asyncio"]
    return [], call, []


def _equal(actual: str, expected: str) -> str:
    if expected in _CONSTANTS:
        return f"{actual} is {expected}"
    if re.fullmatch(r"-?\d+\.\d{4,}(e[+-]?\d+)?", expected):
        return f"{actual} == pytest.approx({expected})"
    return f"{actual} == {expected}"


def _raising(case: Case) -> list[str]:
    if not case.message:
        return [f"with pytest.raises({case.error}):"]
    escaped = re.escape(case.message).replace("\\ ", " ").replace("\\-", "-").replace('\\"', '"').replace("\\'", "'")
    raw = "r" if "\\" in escaped else ""
    quoted = f'{raw}"{escaped}"' if '"' not in escaped else f"{raw}'{escaped}'" if "'" not in escaped else repr(escaped)
    return wrapped(f"with pytest.raises({case.error}, match={quoted})", "", ":")


def _about(case: Case, name: str) -> list[str]:
    return [re.sub(r"\bresult\b", name, detail) for detail in case.details]


def _result_name(case: Case) -> str:
    """Name a made object after its class; anything else is the result."""
    made = re.match(r"([A-Za-z_][\w.]*)\(", case.call) if case.shape == "object" else None
    if made is None:
        return "result"
    words = (
        re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", made.group(1).rpartition(".")[2])
        .lower()
        .strip("_")
    )
    used = {a.source for a in case.arguments} | {name for name, _, _ in case.imports}
    return words if words.isidentifier() and words not in used else "result"


def _steps(arrange: Sequence[str], act: Sequence[str], check: Sequence[str]) -> list[str]:
    """Join the steps; where there are three, an empty line between them."""
    steps = [[line for statement in step for line in _fitted(statement)] for step in (arrange, act, check) if step]
    if len(steps) < TABLE_FROM:
        return [line for step in steps for line in step]
    return [line for number, step in enumerate(steps) for line in ([""] if number else []) + step]


def _fitted(statement: str) -> list[str]:
    """Break a line that would be too long inside a function."""
    if statement.startswith((" ", ")", "]", "}")) or statement.endswith((":", "(", "[", "{", ",")):
        return [statement]
    return [line[4:] for line in wrapped(statement, "    ")]


# ---- tables --------------------------------------------------------------------------------------------------------


def _table(group: Sequence[_Named], function: Function) -> _Test:
    cases = [n.case for n in group]
    first = cases[0]
    varying = [i for i in range(len(first.arguments)) if len({c.arguments[i].source for c in cases}) > 1]
    expectations = [c.message if c.raises else c.expected or "" for c in cases]
    same = len(set(expectations)) == 1
    columns = [first.arguments[i].parameter for i in varying]
    columns = list(distinct(columns, set(_reserved(first))))
    arguments = [
        f"{a.label}{columns[varying.index(i)]}" if i in varying else f"{a.label}{a.source}"
        for i, a in enumerate(first.arguments)
    ]
    call = first.call_with(arguments)
    if first.raises:
        column, body, extra = _raising_table(first, call, same)
    else:
        column = "" if same else "expected"
        before, taken, extra = _taken(first, call)
        check = _equal(taken, expectations[0]) if same else f"{taken} {_comparison(expectations)} expected"
        body = [*before, f"assert {check}"]
    names = [*columns, *([column] if column else [])]
    rows = [[*(c.arguments[i].source for i in varying), *([_expectation(c)] if column else [])] for c in cases]
    body = _steps(first.arrange, [], body)
    fixtures = _fixtures(body)
    return _Test(
        name=f"test_{_subject(function)}{_table_ending(group, function, same)}",
        decorators=tuple(_decorator(names, rows, _ids(group, varying))),
        parameters=(*names, *(f for f in fixtures if f not in names)),
        body=tuple(body),
        imports=_imports(cases, ["import pytest", *extra], body),
        oracles=_oracles(cases),
    )


def _reserved(case: Case) -> list[str]:
    return [
        "expected",
        "message",
        *(name for name, _, _ in case.imports),
        *re.findall(r"^(\w+) =", "\n".join(case.arrange), re.MULTILINE),
    ]


def _raising_table(first: Case, call: str, same: bool) -> tuple[str, list[str], list[str]]:
    before, taken, imports = _taken(first, call)
    inside = [f"    {line}" for line in wrapped(taken)]
    if same:
        return "", [*before, *_raising(first), *inside], imports
    head = f"with pytest.raises({first.error}, match=re.escape(message)):"
    return "message", [*before, head, *inside], ["import re", *imports]


def _expectation(case: Case) -> str:
    return repr(case.message) if case.raises else case.expected or "None"


def _comparison(expectations: Sequence[str]) -> str:
    return "is" if set(expectations) <= _CONSTANTS else "=="


def _decorator(names: Sequence[str], rows: Sequence[Sequence[str]], ids: Sequence[str]) -> list[str]:
    columns = f'"{names[0]}"' if len(names) == 1 else "(" + ", ".join(f'"{n}"' for n in names) + ")"
    lines = ["@pytest.mark.parametrize(", f"    {columns},", "    ["]
    for row, label in zip(rows, ids, strict=True):
        lines += wrapped(f'pytest.param({", ".join(row)}, id="{label}")', "        ", ",")
    return [*lines, "    ],", ")"]


def _ids(group: Sequence[_Named], varying: Sequence[int]) -> list[str]:
    labels = []
    for named in group:
        values = "_".join(value_slug(named.case.arguments[i].source) for i in varying)
        short = slug(values)
        labels.append((short if short and len(values) <= 30 else named.special or short or "case").replace("_", "-"))  # noqa: PLR2004
    return [name.replace("_", "-") for name in distinct(labels, set())]


# ---- names, fixtures, imports --------------------------------------------------------------------------------------


def _subject(function: Function) -> str:
    """Return what is tested, in words: ``shipment_dispatch``, ``parse_header``."""
    parts = [p.strip("_") for p in function.qualname.split(".")]
    if parts[-1] in {"init", "new", "post_init"}:
        parts = parts[:-1]
    words = [re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", p).lower() for p in parts if p]
    return "_".join(words)


def _ending(named: _Named, function: Function) -> str:
    case = named.case
    if case.raises:
        why = named.special or _argument_words(case)
        return f"_raises_{_error_words(case)}" + (f"_when_{why}" if why else "")
    special = named.special or _argument_words(case)
    outcome = {"None": "_returns_none", "True": "_is_true", "False": "_is_false"}.get(case.expected or "", "")
    if function.name == "__init__" or case.shape == "object":
        outcome = ""
    if case.after and outcome == "_returns_none":
        outcome = "_changes_" + slug(
            re.split(r" (?:==|is) ", case.after[0])[0].replace("capsys.readouterr().out", "output")
        )
        outcome = "_prints" if "output" in outcome else "" if special else outcome
    return outcome + (f"_{_joined(special)}" if special else "")


def _joined(special: str) -> str:
    return special if special.split("_", maxsplit=1)[0] in {"with", "without", "of"} else f"when_{special}"


def _argument_words(case: Case) -> str:
    words = [value_slug(a.source) for a in case.arguments]
    text = slug("_".join(w for w in words if w))
    return f"of_{text}" if text and len(text) <= 30 else ""  # noqa: PLR2004 - longer names say nothing more


def _error_words(case: Case) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", case.error.rpartition(".")[2]).lower()


def _table_ending(group: Sequence[_Named], function: Function, same: bool) -> str:
    case = group[0].case
    if case.raises:
        return f"_raises_{_error_words(case)}"
    if same and case.expected in _CONSTANTS:
        return {"None": "_returns_none", "True": "_is_true", "False": "_is_false"}[case.expected or ""]
    return ""


def _fixtures(body: Sequence[str]) -> tuple[str, ...]:
    text = "\n".join(body)
    return tuple(name for name in ("capsys", "tmp_path") if re.search(rf"\b{name}\b", text))


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
