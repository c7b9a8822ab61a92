"""What a model is shown of the tests that are there: some whole ones, and the fixtures that new ones may ask for."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from greenline.domain.code.parse import parse
from greenline.domain.code.text_lines import split_lines
from greenline.domain.generation.test_style import is_fixture

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from greenline.domain.generation.lessons import SuiteFile

MOST_CHARACTERS = 6_000
"""Of example tests, about 1,700 tokens: enough to show a hand."""
MOST_FIXTURES = 20
_WHOLE_FIXTURE = 15
"""Lines up to which a fixture is shown as it is."""
_DEFS = (ast.FunctionDef, ast.AsyncFunctionDef)


def example_tests(files: Sequence[SuiteFile], most: int = MOST_CHARACTERS) -> tuple[SuiteFile, str] | None:
    """Return the first file with tests that fit, and them: imports and whole tests in their order, none cut.

    None where no file has a test of that length. Raises nothing.
    """
    for file in files:
        shown = whole_tests(file.text, most)
        if shown:
            return file, shown
    return None


def whole_tests(text: str, most: int) -> str:
    """Return the text, or as many whole parts of it as fit; empty where no test does. Raises nothing."""
    tree, _ = parse(text)
    if tree is None or not any(_holds_tests(node) for node in tree.body):
        return ""
    if len(text) <= most:
        return text.strip("\n")
    lines = split_lines(text)
    imports = [_source(node, lines) for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    room = most - sum(len(each) + 1 for each in imports)
    kept: dict[str, str] = {}
    tests = left_out = 0
    for head, part, is_test in _parts(tree, lines):
        begun = kept.get(head, head) if head else ""
        whole = f"{begun}\n\n{part}" if begun else part
        needed = len(whole) - len(kept.get(head, "")) + 2
        if needed > room:
            left_out += is_test
            continue
        room -= needed
        tests += is_test
        kept[head or part] = whole
    if not tests:
        return ""
    rest = [f"# ... and {left_out} more"] if left_out else []
    return "\n\n\n".join(["\n".join(imports), *kept.values(), *rest]).strip("\n")


def fixtures_in_scope(files: Sequence[SuiteFile], shown: str = "", most: int = MOST_FIXTURES) -> str:
    """Return the fixtures of these files, the first ones first; of a long one what it asks for and says of itself.

    Where two have the same name, the first counts, as for pytest with the nearest file first. What ``shown`` has is
    left out. Raises nothing.
    """
    told: dict[str, str] = {}
    for file in files:
        tree, _ = parse(file.text)
        lines = split_lines(file.text)
        for node in tree.body if tree else ():
            if isinstance(node, _DEFS) and is_fixture(node) and len(told) < most:
                told.setdefault(node.name, _fixture(node, lines))
    return "\n\n".join(source for source in told.values() if source not in shown)


def _parts(tree: ast.Module, lines: list[str]) -> Iterator[tuple[str, str, bool]]:
    """Yield what a test file defines, and whether it is a test; first, of a method, the head of its class."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and _holds_tests(node):
            methods = [each for each in node.body if _is_test(each)]
            head = "\n".join(lines[_first(node) - 1 : _first(methods[0]) - 1]).rstrip()
            yield from ((head, _source(method, lines), True) for method in methods)
        elif isinstance(node, (*_DEFS, ast.ClassDef)):
            yield "", _source(node, lines), _is_test(node)


def _holds_tests(node: ast.AST) -> bool:
    return any(_is_test(each) for each in (node.body if isinstance(node, ast.ClassDef) else [node]))


def _is_test(node: ast.AST) -> bool:
    return isinstance(node, _DEFS) and node.name.startswith("test") and not is_fixture(node)


def _fixture(node: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]) -> str:
    source = _source(node, lines)
    if source.count("\n") < _WHOLE_FIXTURE:
        return source
    head = lines[_first(node) - 1 : node.body[0].lineno - 1]
    said = ast.get_docstring(node)
    indent = " " * (node.col_offset + 4)
    about = [f'{indent}"""{said.splitlines()[0]}"""'] if said else []
    return "\n".join([*head, *about, f"{indent}..."])


def _source(node: ast.stmt, lines: list[str]) -> str:
    return "\n".join(lines[_first(node) - 1 : node.end_lineno])


def _first(node: ast.stmt) -> int:
    decorators = getattr(node, "decorator_list", None)
    return decorators[0].lineno if decorators else node.lineno
