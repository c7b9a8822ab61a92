"""All that the text of a test file says about its tests."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from greenline.domain.auditing.assertions import empty_assertions
from greenline.domain.auditing.checking import Checking
from greenline.domain.auditing.model import Weakness
from greenline.domain.auditing.purposes import says_it_must_not_raise
from greenline.domain.auditing.repeated import repeated
from greenline.domain.auditing.stand_ins import about_stand_ins

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from greenline.domain.auditing.modules import Names
    from greenline.domain.auditing.read_tests import TestFunction

_EXPLAINED = {"always-true", "swallowed", "unreached", "forgotten-assert"}
"""Each says why the test checks nothing, where it does."""


class StaticFindings:
    """Reads tests; runs nothing."""

    def __init__(self, names: Names, most_patches: int) -> None:
        self._names = names
        self._checking = Checking(names)
        self._most_patches = most_patches

    def of_file(self, tests: Sequence[TestFunction]) -> Iterator[Weakness]:
        """Yield what is wrong with the tests of one file."""
        yield from repeated(tests)
        for test in tests:
            if not test.is_skipped:
                yield from self._of_test(test)

    def _of_test(self, test: TestFunction) -> Iterator[Weakness]:
        found = [*empty_assertions(test), *about_stand_ins(test, self._names, self._most_patches)]
        yield from found
        if any(one.kind in _EXPLAINED for one in found) or says_it_must_not_raise(test):
            return
        if not self._checking.checks(test) and not (_is_empty(test) and _says_why(test)):
            evidence = "It asserts nothing, and neither does what it calls in the tests' files."
            if _is_empty(test):
                evidence = "There is nothing in it."
            advice = "Assert what the code gives; if the point is that nothing raises, say so in its name."
            yield Weakness("no-assertion", test.node_id, test.path, test.line, evidence, advice)


def _is_empty(test: TestFunction) -> bool:
    return all(
        isinstance(each, ast.Pass) or (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))
        for each in test.node.body
    )


def _says_why(test: TestFunction) -> bool:
    """Tell whether a comment stands in it, as somebody left it empty on purpose, or examples for doctest."""
    if ">>> " in (ast.get_docstring(test.node) or ""):
        return True
    first, last = test.node.lineno, test.node.end_lineno or test.node.lineno
    return any("#" in line for line in test.module.lines[first - 1 : last])
