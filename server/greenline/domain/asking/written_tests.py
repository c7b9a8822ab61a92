"""The tests of a text that a model wrote as a whole file, each with what it needs of the rest."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from greenline.domain.asking.model import ProposedTest
from greenline.domain.asking.pytest_words import in_words_of_pytest
from greenline.domain.code.parse import parse
from greenline.domain.code.syntax_tree import module_of
from greenline.domain.code.text_lines import split_lines
from greenline.domain.generation.import_items import ImportItem, items_of, statements_for
from greenline.domain.generation.indentation import outdented
from greenline.domain.generation.test_style import is_fixture

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_Def: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
_TRIED = 20


@dataclass(frozen=True, slots=True)
class Written:
    """What one text defines, to be handed out to its tests."""

    tests: tuple[ProposedTest, ...] = ()
    problem: str = ""
    """Why there may be more than was read."""


def written_tests(code: str) -> Written:
    """Return each test of a text by itself, those of classes too; where the text breaks off, those before that.

    The code of a test is what it needs of the text, and then its function; a method becomes a function where it has
    no use for ``self``. Raises nothing.
    """
    tree, problems = parse(code)
    if tree is None:
        code = whole_part(code)
        tree, _ = parse(code)
    if tree is None:
        return Written(problem=problems[0])
    lines = split_lines(code.removeprefix("\ufeff"))
    shared = [node for node in tree.body if not _is_import(node) and not _has_tests(node) and not _is_main(node)]
    imports = [item for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom)) for item in items_of(node)]
    tests = [_test(source, shared, imports, lines) for node in tree.body for source in _functions(node, lines)]
    return Written(tuple(tests), problems[0] if problems else "")


def function_names(code: str) -> tuple[str, ...]:
    """Return the names of the tests that a text defines, those of classes included; none if it does not parse."""
    tree, _ = parse(code)
    if tree is None:
        return ()
    return tuple(test.name for node in tree.body for test in _tests_of(node))


def source_of(node: ast.stmt, lines: Sequence[str]) -> str:
    """Return the lines of a statement, with its decorators and the comments above it."""
    first = _first_line(node)
    while first > 1 and lines[first - 2].lstrip().startswith("#"):
        first -= 1
    return "\n".join(lines[first - 1 : node.end_lineno])


def whole_part(code: str) -> str:
    """Return what stands before the last statement at the left margin: the text may break off in it."""
    lines = code.split("\n")
    tops = [n for n, line in enumerate(lines) if line[:1] not in {"", " ", "\t", "#", ")", "]", "}"}]
    for at in reversed(tops[-_TRIED:]):
        part = "\n".join(lines[:at])
        if parse(part)[0] is not None:
            above = part.rstrip("\n").rpartition("\n")[2]
            return part if not above.startswith("@") else part.rstrip("\n").rpartition("\n")[0]
    return code


def _test(code: str, shared: Sequence[ast.stmt], imports: Sequence[ImportItem], lines: Sequence[str]) -> ProposedTest:
    needed: list[ast.stmt] = []
    used = _names(code)
    for node in reversed(shared):
        if _bound(node) & used or _is_for_all(node):
            needed.insert(0, node)
            used |= _names(source_of(node, lines))
    whole = "\n\n\n".join([*(source_of(node, lines) for node in needed), code]) + "\n"
    found = [item for item in imports if item.bound in used or item.bound == "*"]
    if "pytest" in used and not any(item.bound == "pytest" for item in found):
        found.append(ImportItem("pytest"))  # what unittest's words became
    (name,) = function_names(code)[:1] or ("",)
    return ProposedTest(name, whole, tuple(statements_for(found)), intent=_intent(code))


def _functions(node: ast.stmt, lines: Sequence[str]) -> Iterator[str]:
    """Yield the source of each test, as a function."""
    if isinstance(node, _FUNCTIONS):
        if _is_test(node):
            yield source_of(node, lines)
        return
    for test in _tests_of(node):
        yield _unbound(test, lines) or _in_its_class(node, test, lines)


def _unbound(test: _Def, lines: Sequence[str]) -> str:
    """Return a method as a function, without the words of unittest; empty where it needs its class."""
    arguments = [*test.args.posonlyargs, *test.args.args]
    if not arguments or arguments[0].arg != "self":
        return ""
    try:
        code = in_words_of_pytest(outdented(source_of(test, lines)))
        node = next(each for each in module_of(code).body if isinstance(each, _FUNCTIONS))
    except (SyntaxError, StopIteration, ValueError):
        return ""
    if any(isinstance(each, ast.Name) and each.id == "self" for part in node.body for each in ast.walk(part)):
        return ""
    at = sum(len(line) + 1 for line in code.split("\n")[: node.lineno - 1])
    start = code.index("self", code.index("(", at))
    rest = code[start + len("self") :].lstrip()
    rest = rest[1:].lstrip(" ") if rest.startswith(",") else rest
    return code[:start] + rest


def _in_its_class(node: ast.stmt, test: _Def, lines: Sequence[str]) -> str:
    """Return a class with everything that is in it but its other tests."""
    others = [each for each in _tests_of(node) if each is not test]
    gone = {n for each in others for n in range(_first_line(each), (each.end_lineno or each.lineno) + 1)}
    first, last = _first_line(node), node.end_lineno or node.lineno
    return "\n".join(lines[n - 1] for n in range(first, last + 1) if n not in gone).rstrip()


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(each.lineno for each in decorators)])


def _tests_of(node: ast.AST) -> list[_Def]:
    if isinstance(node, _FUNCTIONS):
        return [node] if _is_test(node) else []
    if isinstance(node, ast.ClassDef):
        return [each for each in node.body if isinstance(each, _FUNCTIONS) and _is_test(each)]
    return []


def _is_test(node: _Def) -> bool:
    return node.name.startswith("test") and not is_fixture(node)


def _has_tests(node: ast.stmt) -> bool:
    return bool(_tests_of(node))


def _is_import(node: ast.stmt) -> bool:
    return isinstance(node, (ast.Import, ast.ImportFrom))


def _is_main(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and "__main__" in ast.unparse(node.test)


def _is_for_all(node: ast.stmt) -> bool:
    """Tell whether it is a fixture that every test gets."""
    return is_fixture(node) and any("autouse=True" in ast.unparse(each) for each in getattr(node, "decorator_list", ()))


def _bound(node: ast.stmt) -> set[str]:
    """Return what a statement defines for others."""
    if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
        return {node.name}
    stored = (n for n in ast.walk(node) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load))
    return {n.id for n in stored}


def _names(code: str) -> set[str]:
    tree, _ = parse(code)
    if tree is None:
        return set()
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    return names | _named_fixtures(tree) | {"pytestmark"}


def _named_fixtures(tree: ast.AST) -> set[str]:
    """Names of fixtures in ``usefixtures("name")``."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "usefixtures":
            found |= {str(each.value) for each in node.args if isinstance(each, ast.Constant)}
    return found


def _intent(code: str) -> str:
    tree, _ = parse(code)
    for node in tree.body if tree else []:
        for test in _tests_of(node):
            return next(iter((ast.get_docstring(test) or "").strip().split("\n")), "")
    return ""
