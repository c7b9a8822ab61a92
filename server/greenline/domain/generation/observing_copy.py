"""A copy of tests whose assertions tell what there is to see instead of failing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenline.domain.generation.revise import replaced

if TYPE_CHECKING:
    from collections.abc import Iterable

    from greenline.domain.generation.expected_values import Expectation, Expectations

_NOTED = '__import__("greenline_probe.noted", fromlist=["noted"])'
"""In the probe, whatever the project has imported by then."""
_IDENTICAL = frozenset({"is", "assertIs", "assertIsNone"})


def observing_copy(text: str, tests: Iterable[Expectations]) -> str:
    """Return the text with its expectations noted by their numbers."""
    found = [expectation for test in tests for expectation in test.found]
    return replaced(text, [(expectation.whole, _noting(text, expectation)) for expectation in found])


def _noting(text: str, expectation: Expectation) -> str:
    expected = text[expectation.expected.start : expectation.expected.end]
    if expectation.kind == "raises":
        match = f", match={text[expectation.match.start : expectation.match.end]}" if expectation.match else ""
        return f"{_NOTED}.raises({expectation.number}, globals(), {expected}{match})"
    whole = expectation.approximate or expectation.expected
    operator = expectation.operator
    identical = operator is not None and text[operator.start : operator.end] in _IDENTICAL
    method = "same" if identical else "equal"
    value = text[whole.start : whole.end] or "None"
    return f"{_NOTED}.{method}({expectation.number}, globals(), ({expectation.actual}), ({value}))"
