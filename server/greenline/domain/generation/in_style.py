"""A finished test, rewritten in the style of the tests around it: the same statements, another hand."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from greenline.domain.code.syntax_tree import module_of
from greenline.domain.generation.reach import NOT_KNOWN
from greenline.domain.generation.rename import rename_globals
from greenline.domain.generation.source_text import SourceText
from greenline.domain.generation.table_style import tables_in_style
from greenline.domain.generation.types_of_rows import types_of_parameters
from greenline.domain.generation.wrap_source import single_quoted, wrapped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from greenline.domain.generation.model import Candidate
    from greenline.domain.generation.reach import Reach
    from greenline.domain.generation.test_style import TestStyle

_COLLECT = re.compile(r" {4}async def collect\(\):\n {8}return (\[item async for item in .*\])\n\n")
_SETATTR = re.compile(r"\bmonkeypatch\.setattr\((?=[\w.]+, [\"'])")
_MARKS = {"asyncio": "@pytest.mark.asyncio", "anyio": "@pytest.mark.anyio", "plain": ""}
_Test = (ast.FunctionDef, ast.AsyncFunctionDef)
_FROM = re.compile(r"from (?P<module>\S+) import (?P<name>\w+)(?: as (?P<alias>\w+))?")


def in_style(
    candidate: Candidate, style: TestStyle, module: str = "", docstring: str = "", reach: Reach = NOT_KNOWN
) -> Candidate:
    """Return the candidate as the style has it; ``module`` is the dotted name of what is tested.

    A docstring that is given becomes the test's. What cannot be said in the style stays as it is. Raises nothing.
    """
    try:
        return _restyled(candidate, style, _Tested(module, reach), docstring)
    except (SyntaxError, ValueError, RecursionError):
        return candidate


def _restyled(candidate: Candidate, style: TestStyle, tested: _Tested, docstring: str) -> Candidate:
    if style.imports == "names":
        candidate = _from_packages(candidate, style, tested.reach)
    code, imports = candidate.code, list(candidate.imports)
    if style.imports != "names" and tested.module:
        code, imports = _by_module(code, imports, style, tested)
    if style.waiting in _MARKS:
        code, imports = _awaited(code, imports, _MARKS[style.waiting])
    if style.patching == "mocker":
        code = _patched_by_mocker(code)
    code = tables_in_style(code, style)
    if style.annotated:
        code, imports = _annotated(code, imports)
    if docstring:
        code = _with_docstring(code, docstring)
    if style.quotes == "'":
        code = single_quoted(code)
    return replace(candidate, code=code, imports=tuple(dict.fromkeys(imports)))


def _test_in(code: str) -> ast.FunctionDef | ast.AsyncFunctionDef:
    """Return the test. Raises ValueError where there is not exactly one."""
    (found,) = [node for node in SourceText(code).parse().body if isinstance(node, _Test)]
    return found


# ---- what it calls -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Tested:
    module: str
    reach: Reach


def _from_packages(candidate: Candidate, style: TestStyle, reach: Reach) -> Candidate:
    """Import from a package what the file would import from there, also for the fixtures that come along."""

    def moved(statement: str) -> str:
        found = _FROM.fullmatch(statement)
        if not found or found["module"] in style.named_from:
            return statement
        package = reach.package_of(found["module"], found["name"], style.named_from)
        return statement.replace(found["module"], package, 1) if package else statement

    fixtures = tuple(replace(each, imports=tuple(map(moved, each.imports))) for each in candidate.fixtures)
    return replace(candidate, imports=tuple(map(moved, candidate.imports)), fixtures=fixtures)


def _by_module(code: str, imports: Sequence[str], style: TestStyle, tested: _Tested) -> tuple[str, list[str]]:
    """Reach what the tested module defines through the module, or through a package as the tests that are there do."""
    above, _, last = tested.module.rpartition(".")
    through = last if style.imports == "from" and above else tested.module
    wanted = f"from {above} import {last}" if through == last and above else f"import {tested.module}"
    names: dict[str, str] = {}
    kept: list[str] = []
    for statement in imports:
        found = _FROM.fullmatch(statement)
        if not found or found["module"] != tested.module:
            kept.append(statement)
            continue
        package = _reached_through(found["name"], style, tested)
        if not package and tested.reach.shadowed:
            kept.append(statement)
            continue
        bound = style.packages.get(package, "")
        names[found["alias"] or found["name"]] = f"{bound or through}.{found['name']}"
        kept.append(f"import {package} as {bound}" if bound != package else f"import {package}" if package else wanted)
    if not names or any(_binds(code, name.partition(".")[0]) for name in names.values()):
        return code, list(imports)
    return _rewrapped(rename_globals(code, names)), kept


def _reached_through(name: str, style: TestStyle, tested: _Tested) -> str:
    """Return the package that the file has the name from, or would have; empty for the module itself."""
    around = [each for each in style.packages if tested.module.startswith(f"{each}.")]
    given = {each: tested.reach.module_of(each, name) for each in around}
    used = [each for each in around if f"{each}.{name}" in style.reached and given[each] in {tested.module, None}]
    passing = [each for each in around if given[each] == tested.module and tested.module not in style.packages]
    return max(used or passing, key=len, default="")


def _binds(code: str, name: str) -> bool:
    """Tell whether the test gives the name to something of its own, in whatever way."""
    tables = [SourceText(code).symbols()]
    for table in tables:
        tables += table.get_children()
    return any(symbol.get_name() == name and symbol.is_local() for table in tables for symbol in table.get_symbols())


def _rewrapped(code: str) -> str:
    """Break lines that became too long, where one line is one statement."""
    lines = []
    for line in code.split("\n"):
        inside = line.lstrip(" ")
        suffix = ":" if inside.endswith(":") else ""
        plain = inside[: len(inside) - len(suffix)]
        lines += wrapped(plain, line[: len(line) - len(inside)], suffix) if _is_whole(inside) else [line]
    return "\n".join(lines)


def _is_whole(line: str) -> bool:
    try:
        module_of(f"{line}\n    pass" if line.endswith(":") else line)
    except SyntaxError:
        return False
    return bool(line)


def _patched_by_mocker(code: str) -> str:
    """Patch attributes by pytest-mock; what it has no short word for stays with monkeypatch."""
    patched = _SETATTR.sub("mocker.patch.object(", code)
    if patched == code:
        return code
    asked = _test_in(code).args.args
    still = "monkeypatch." in patched
    names = [a.arg for a in asked if still or a.arg != "monkeypatch"]
    return _with_head(patched, [*names, "mocker"], "")


# ---- coroutines ----------------------------------------------------------------------------------------------------


def _awaited(code: str, imports: Sequence[str], mark: str) -> tuple[str, list[str]]:
    """Make the test a coroutine that awaits what it would have run."""
    if "asyncio.run(" not in code:
        return code, list(imports)
    collected = _COLLECT.search(code)
    if collected and code.count("collect()") == 2:  # noqa: PLR2004 - defined and run
        code = code.replace(collected.group(0), "").replace("asyncio.run(collect())", collected.group(1))
        code = code.removeprefix("\n")
    source = SourceText(code)
    tree = source.parse()
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    edits = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "asyncio.run" and len(node.args) == 1:
            start, end = _span(source, node)
            inner_start, inner_end = _span(source, node.args[0])
            text = f"await {source.text[inner_start:inner_end]}"
            tight = isinstance(parents.get(node), (ast.Attribute, ast.Subscript, ast.Call)) and _is_head(parents, node)
            edits.append((start, end, f"({text})" if tight else text))
    for start, end, text in sorted(edits, reverse=True):
        code = code[:start] + text + code[end:]
    code = re.sub(r"^def ", "async def ", code, count=1, flags=re.MULTILINE)
    found = [i for i in imports if i != "import asyncio" or "asyncio." in code.replace("mark.asyncio", "")]
    if mark:
        code, found = f"{mark}\n{code}", [*found, "import pytest"]
    return _rewrapped(code), found


def _is_head(parents: Mapping[ast.AST, ast.AST], node: ast.AST) -> bool:
    parent = parents[node]
    return (parent.func if isinstance(parent, ast.Call) else getattr(parent, "value", None)) is node


def _span(source: SourceText, node: ast.expr) -> tuple[int, int]:
    end = source.offset(node.end_lineno or node.lineno, node.end_col_offset or 0)
    return source.offset(node.lineno, node.col_offset), end


# ---- its head ------------------------------------------------------------------------------------------------------


def _annotated(code: str, imports: Sequence[str]) -> tuple[str, list[str]]:
    """Annotate the test and those of its parameters whose types are certain."""
    test = _test_in(code)
    types, needed = types_of_parameters(test)
    names = [f"{a.arg}: {types[a.arg]}" if a.arg in types else a.arg for a in test.args.args]
    return _with_head(code, names, " -> None"), [*imports, *needed]


def _with_head(code: str, parameters: Sequence[str], returns: str) -> str:
    """Return the test with other parameters."""
    source, test = SourceText(code), _test_in(code)
    start = source.start(test.lineno)
    end = source.start(test.body[0].lineno)
    returned = f" -> {ast.unparse(test.returns)}" if test.returns else returns
    kind = "async def" if isinstance(test, ast.AsyncFunctionDef) else "def"
    plain = [re.sub(r": (.*)$", "", each) for each in parameters]
    head = wrapped(f"{kind} {test.name}({', '.join(plain)})", "", f"{returned}:")
    if plain != list(parameters):
        line = f"{kind} {test.name}({', '.join(parameters)}){returned}:"
        broken = [f"{kind} {test.name}(", *(f"    {each}," for each in parameters), f"){returned}:"]
        head = [line] if len(line) <= 88 else broken  # noqa: PLR2004 - as wide as formatters want it
    return code[:start] + "\n".join(head) + "\n" + code[end:]


def _with_docstring(code: str, docstring: str) -> str:
    source, test = SourceText(code), _test_in(code)
    if ast.get_docstring(test) is not None:
        return code
    at = source.start(test.body[0].lineno)
    lines = docstring.replace("\\", "\\\\").replace('"""', "'''").split("\n")
    text = "\n".join([f'    """{lines[0]}', *(f"    {line}".rstrip() for line in lines[1:])])
    ending = '\n    """\n' if len(lines) > 1 else '"""\n'
    return code[:at] + text + ending + code[at:]
