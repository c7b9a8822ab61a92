"""What the names of contexts mean: which test one stands for, if any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenline.domain.coverage.contexts import union

if TYPE_CHECKING:
    from collections.abc import Mapping

_PHASES = ("|run", "|setup", "|teardown")
"""What pytest-cov writes behind a test's node id."""


def named_test(context: str) -> str | None:
    """Return the test that a context stands for, None for any other: what ran in no test, or a name for a whole run.

    Tests are named by pytest's node id (``--cov-context=test`` of pytest-cov), or with dots (``dynamic_context =
    test_function`` of coverage.py, whose functions begin with "test"). A name for the whole run stands before either,
    and a ``|`` between them.
    """
    for phase in _PHASES:
        context = context.removesuffix(phase)
    path, colons, rest = context.partition("::")
    if colons and rest:
        return f"{path.rpartition('|')[2]}::{rest}"
    name = context.rpartition("|")[2]
    module, _, function = name.rpartition(".")
    is_test = function.startswith("test") or function == "runTest"
    return name if module and is_test and all(part.isidentifier() for part in name.split(".")) else None


def by_test(contexts: Mapping[str, int]) -> tuple[dict[str, int], int]:
    """Return the lines of each test, and those that ran in what is none; all as bit sets."""
    tests: dict[str, int] = {}
    others: list[int] = []
    for context, bits in contexts.items():
        test = named_test(context)
        if test is None:
            others.append(bits)
        else:
            tests[test] = tests.get(test, 0) | bits
    return tests, union(others)
