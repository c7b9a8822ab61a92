"""Small steps lead to the other answer."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import pytest

from greenline_probe.explore.comparisons import Asked
from greenline_probe.explore.descent import MAX_CALLS, Descent
from greenline_probe.explore.template import Choice, Slot, Template

PLACE = (3, 4, "Gt")
TEMPLATE: Any = Template(None, "f", [Slot("a", ["1"])])  # type: ignore[arg-type]


def descended(source: str, measure: Callable[[Any], float], wanted: float) -> Descent:
    """Descend for ``measure(value) >= wanted``."""

    def call(choice: Choice) -> list[Asked]:
        try:
            value = measure(ast.literal_eval(choice.chosen[0]))
        except (ValueError, SyntaxError):
            return []
        return [Asked(PLACE, value, wanted, answer=value >= wanted)]

    apart = abs(measure(ast.literal_eval(source)) - wanted)
    descent = Descent(PLACE, False, apart, call)
    descent.run(Choice(TEMPLATE, (source,)))
    return descent


@pytest.mark.parametrize(
    ("source", "measure", "wanted"),
    [
        ("3", lambda n: n * n + n, 12_345),
        ("-900", lambda n: -abs(n), -1),
        ("[1, 2, 3]", sum, 500),
        ("[1, 2, 3]", len, 90),
        ("'abc'", len, 90),
        ("{'a': 1, 'b': {'c': 4}}", lambda d: d["b"]["c"] * 3, 400),
        ("'1.2.3'", lambda t: int(t.split(".")[1]), 77),
        ("'2024-01-05'", lambda t: int(t[8:]), 28),
    ],
)
def test_numbers_and_lengths_are_walked_down(source: str, measure: Any, wanted: float) -> None:
    descent = descended(source, measure, wanted)

    assert descent.is_there
    assert descent.calls < MAX_CALLS


def test_it_ends_where_no_step_helps() -> None:
    flat = descended("3", lambda _: 0, 10)
    assert not flat.is_there
    assert flat.calls <= 4


def test_it_takes_so_many_steps_and_no_more() -> None:
    endless = descended("[1, 1, 1, 1]", lambda items: sum(1 - 1 / max(abs(n), 1) for n in items), 100)
    assert not endless.is_there
    assert endless.calls <= MAX_CALLS
