"""A finished test, rewritten in the style of the tests around it: the same statements, another hand."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from greenline.domain.generation.rename import rename_globals
from greenline.domain.generation.source_text import SourceText
from greenline.domain.generation.table_style import tables_in_style
from greenline.domain.generation.types_of_rows import types_of_parameters
from greenline.domain.generation.wrap_source import single_quoted, wrapped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from greenline.domain.generation.model import Candidate
    from greenline.domain.generation.test_style import TestStyle

_COLLECT = re.compile(r" {4}async def collect\(\):\n {8}return (\[item async for item in .*\])\n\n")
_SETATTR = re.compile(r"\bmonkeypatch\.setattr\((?=[\w.]+, [\"'])")
_MARKS = {"asyncio": "@pytest.mark.asyncio", "anyio": "@pytest.mark.anyio", "plain": ""}
_Test = (ast.FunctionDef, ast.AsyncFunctionDef)


def in_style(candidate: Candidate, style: TestStyle, module: str = "", docstring: str = "") -> Candidate:
    """Return the candidate as the style has it; ``module`` is the dotted name of what is tested.

    A docstring that is given becomes the test's. What cannot be said in the style stays as it is. Raises nothing.
    """
    try:
        return _restyled(candidate, style, module, docstring)
    except (SyntaxError, ValueError, RecursionError):
        return candidate


def _restyled(candidate: Candidate, style: TestStyle, module: str, docstring: str) -> Candidate:
    code, imports = candidate.code, list(candidate.imports)
    if style.imports != "names" and module:
        code, imports = _by_module(code, imports, style, module)
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


def _by_module(code: str, imports: Sequence[str], style: TestStyle, module: str) -> tuple[str, list[str]]:
    """Reach what the tested module defines through the module."""
    package, _, last = module.rpartition(".")
    through = last if style.imports == "from" and package else module
    wanted = f"from {package} import {last}" if through == last and package else f"import {module}"
    names: dict[str, str] = {}
    kept: list[str] = []
    needed: list[str] = []
    for statement in imports:
        found = re.fullmatch(rf"from {re.escape(module)} import (\w+)(?: as (\w+))?", statement)
        top = f"{module.partition('.')[0]}.{found.group(1)}" if found else ""
        if found and top in style.reached:  # as the tests that are there reach it
            names[found.group(2) or found.group(1)] = top
            kept.append(f"import {top.partition('.')[0]}")
        elif found:
            names[found.group(2) or found.group(1)] = f"{through}.{found.group(1)}"
            needed = [wanted]
        else:
            kept.append(statement)
    if not names or _binds(code, through.partition(".")[0]):
        return code, list(imports)
    return _rewrapped(rename_globals(code, names)), [*kept, *needed]


def _binds(code: str, name: str) -> bool:
    """Tell whether the test has a variable or parameter of that name."""
    nodes = list(ast.walk(SourceText(code).parse()))
    stored = {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    return name in stored | {node.arg for node in nodes if isinstance(node, ast.arg)}


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
        ast.parse(f"{line}\n    pass" if line.endswith(":") else line)
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
