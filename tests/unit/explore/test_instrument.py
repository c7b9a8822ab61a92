"""A module whose comparisons are recorded does what it did before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenline_probe.explore.instrument import MAX_RECORDED, Comparisons, Watch
from unit.explore.explored import module_of

SOURCE = '''
from __future__ import annotations

class Odd:
    """Comparisons may return anything, and be anything."""
    def __init__(self, n): self.n = n
    def __eq__(self, other): return [self.n, other]
    def __lt__(self, other): raise KeyError(self.n)
    def __contains__(self, item): return "yes"
    __hash__ = None

def ordinary(a, b):
    if a == b:
        return "same"
    if a != b and not (b in (1, 2, 3)):
        return "other"
    return [x for x in range(5) if x not in [a]]

def chained(a, b):
    return 1 < a <= b < 100

def nested(a, b):
    return (a < b) == (b > a), (a == b) is True, a is not b

def assigned(a, b):
    return (y := a >= b), y

def odd(a, b):
    return Odd(a) == b, b in Odd(a)

def failing(a, b):
    return Odd(a) < b

def lazy(a, b):
    return a == 1 or b == 2 or a / 0

def default(a, b, c=3 < 4, *, d=5 != 5):
    return c, d

def generated(a, b):
    return sorted(x for x in (a, b, 3) if x > 0), {x: x == a for x in (1, 2)}, (lambda q: q <= b)(a)

def matched(a, b):
    match a:
        case 0 | 1:
            return "small"
        case int() if a == b:
            return "equal"
        case _ if a > b:
            return "more"
    return "less"
'''
FUNCTIONS = "ordinary chained nested assigned odd failing lazy default generated matched".split()  # noqa: SIM905


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Give the module as it is, and rewritten."""
    folder = tmp_path_factory.mktemp("both")
    watches: list[Watch] = []
    with module_of(folder, SOURCE) as plain, module_of(folder, SOURCE, watches) as rewritten:
        yield plain, rewritten, watches[0]


def outcome(function: Any, *args: Any) -> Any:
    try:
        return repr(function(*args))
    except Exception as error:  # noqa: BLE001 - whatever it is, it must be the same
        return type(error), str(error)


@given(a=st.integers(-3, 7) | st.floats(-2, 2), b=st.integers(-3, 7), name=st.sampled_from(FUNCTIONS))
def test_results_are_the_same(both: Any, a: Any, b: Any, name: str) -> None:
    plain, rewritten, watch = both
    watch.comparisons.take()

    assert outcome(getattr(rewritten, name), a, b) == outcome(getattr(plain, name), a, b)


def test_operands_are_recorded_in_order(both: Any) -> None:
    _, rewritten, watch = both
    watch.comparisons.take()
    rewritten.ordinary(5, 2)

    seen = watch.comparisons.take()
    assert seen[:3] == [("Eq", 5, 2), ("NotEq", 5, 2), ("In", 2, (1, 2, 3))]
    assert watch.comparisons.take() == []


def test_lines_stay_where_they_are(both: Any) -> None:
    plain, rewritten, watch = both

    assert watch.code is not None
    assert [c.co_firstlineno for c in watch.code.co_consts if hasattr(c, "co_code")]
    for name in FUNCTIONS:
        ours, theirs = getattr(rewritten, name).__code__, getattr(plain, name).__code__
        assert {line for *_, line in ours.co_lines() if line} == {line for *_, line in theirs.co_lines() if line}


def test_a_loop_does_not_record_without_end() -> None:
    comparisons = Comparisons()
    for number in range(MAX_RECORDED * 2):
        assert comparisons.compare("Lt", number, number + 1) is True

    assert len(comparisons.take()) == MAX_RECORDED


def test_only_the_one_module_is_rewritten(tmp_path: Path) -> None:
    watches: list[Watch] = []
    with module_of(tmp_path, "import json.tool\nX = 1 == 1\n", watches):
        assert watches[0].comparisons.take() == [("Eq", 1, 1)]


def test_nothing_is_cached_on_disk(tmp_path: Path) -> None:
    with module_of(tmp_path, "X = 1 == 1\n", []):
        assert not (tmp_path / "__pycache__").exists()
