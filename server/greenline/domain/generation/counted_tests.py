"""How many tests there are, in the same words wherever it is told: a table of six rows is one test, with six cases."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from greenline.domain.generation.kept_tests import named_tests
from greenline.domain.generation.table_cells import row_counts

if TYPE_CHECKING:
    from collections.abc import Collection


def counted_tests(tests: int, cases: int) -> str:
    """Return "1 test", "2 tests", "1 test (6 cases)"."""
    words = f"{tests} {'test' if tests == 1 else 'tests'}"
    return words if cases <= tests else f"{words} ({cases} cases)"


def cases_in(code: str, tests: Collection[str]) -> int:
    """Return how many cases tests have by their source: rows of tables that are written out, else one each."""
    there = {name.rpartition("::")[2]: node for name, node in named_tests(code).items()}
    nodes = [there.get(test.rpartition("::")[2]) for test in tests]
    return sum(prod(row_counts(node)) if node else 1 for node in nodes)
