"""Take tests out of a suite by chance, with a fixed seed, until what is left reaches about as much as was asked for."""

from __future__ import annotations

import ast
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

SEED = "greenline"
_Function = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Test:
    """A test function, or a method of a test class."""

    file: Path
    name: str
    first: int
    last: int


def tests_in(files: Sequence[Path], root: Path) -> list[Test]:
    """Return all tests, in the order of SHA-256 of the seed, the file and the name."""
    found = [test for file in files for test in _tests(file)]
    return sorted(found, key=lambda test: _drawn(test, root))


def cut(files: Sequence[Path], root: Path, share: Callable[[], float], wanted: float) -> tuple[int, int, float]:
    """Leave the first tests of that order, as many as bring ``share`` nearest to ``wanted``.

    ``share`` measures the suite as it lies on disk, from 0 to 1. Returns how many tests are left, of how many, and what
    they reach.
    """
    whole = {file: file.read_text(encoding="utf-8") for file in files}
    order = tests_in(files, root)
    reached: dict[int, float] = {}

    def reached_by(number: int) -> float:
        if number not in reached:
            _leave(whole, set(order[:number]), order)
            reached[number] = share()
        return reached[number]

    low, high = 0, min(1, len(order))
    while high < len(order) and reached_by(high) < wanted:  # few tests reach much, and run in no time
        low, high = high + 1, min(2 * high, len(order))
    while low < high:
        middle = (low + high) // 2
        if reached_by(middle) < wanted:
            low = middle + 1
        else:
            high = middle
    reached_by(low)
    best = min(reached, key=lambda number: (abs(reached[number] - wanted), number))
    _leave(whole, set(order[:best]), order)
    return best, len(order), reached[best]


def _leave(whole: dict[Path, str], kept: set[Test], order: Sequence[Test]) -> None:
    """Write each file without the tests that are not kept; a file that has none left is taken away."""
    for file, text in whole.items():
        mine = [test for test in order if test.file == file]
        gone = [test for test in mine if test not in kept]
        if mine and len(gone) == len(mine):
            file.unlink(missing_ok=True)
        else:
            file.write_text(_without(text, gone), encoding="utf-8")


def _without(text: str, gone: Sequence[Test]) -> str:
    lines = text.splitlines(keepends=True)
    for test in gone:
        first = lines[test.first - 1]
        indent = first[: len(first) - len(first.lstrip())]
        lines[test.first - 1 : test.last] = [f"{indent}pass\n", *([""] * (test.last - test.first))]
    return "".join(lines)


def _tests(file: Path) -> list[Test]:
    found = []
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        inside = node.body if isinstance(node, ast.ClassDef) else [node]
        for each in inside:
            if isinstance(each, _Function) and each.name.startswith("test"):
                first = min([each.lineno, *(decorator.lineno for decorator in each.decorator_list)])
                name = f"{node.name}.{each.name}" if isinstance(node, ast.ClassDef) else each.name
                found.append(Test(file, name, first, each.end_lineno or each.lineno))
    return found


def _drawn(test: Test, root: Path) -> str:
    return hashlib.sha256(
        f"{SEED}:{test.file.relative_to(root).as_posix()}:{test.name}:{test.first}".encode()
    ).hexdigest()
