"""A module whose comparisons are recorded does what it did before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenline_probe.explore.comparisons import MAX_AT_PLACE, MAX_RECORDED, Comparisons
from greenline_probe.explore.instrument import Watch
from unit.explore.explored import module_of

SOURCE = '''
from __future__ import annotations
import re
from typing import Dict

PATTERN = re.compile("-?[12]")
PAIR = [1, 2]

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

def middle(a, b):
    return 0 < len(PAIR) < 9, 0 < a < b, 0 < b + a < 7, a < b == b

def questions(a, b):
    text, table = str(a), {1: "one", "1": 1}
    found = [text.startswith("-"), text.startswith(("1", "2"), 0), text.endswith("5"), table.get(a), table.get(text, b)]
    found += [bool(re.match("[0-4]", text)), bool(PATTERN.fullmatch(text)), PATTERN.search(text, 1) is None]
    return found

def looked_up(a: Dict[str, int], b: "int" = 3) -> Dict[str, int]:
    known: Dict[int, str] = {0: "no", 1: "yes"}
    return known[a], [10, 20, 30][b]

def numbers(a, b):
    return int(str(a)) + int(b), float(str(b)), int("z")

def truths(a, b):
    if a:
        return a and b, b or a
    while not b:
        return [x for x in (a, b, None) if x], (1 if b else 2)
    return a or b or None

def overridden(a, b):
    class Own(dict):
        def get(self, key): return "own"
        def __getitem__(self, key): return key
        def startswith(self, other): raise LookupError(other)
    own = Own()
    return own.get(a), own[b], own.startswith(b)

def unknown(a, b):
    return a.get(b)
'''
FUNCTIONS = """
ordinary chained nested assigned odd failing lazy default generated matched middle questions looked_up numbers truths
overridden unknown
""".split()  # noqa: SIM905


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
    assert [(a.name, a.left, a.right, a.answer) for a in seen[:3]] == [
        ("Eq", 5, 2, False),
        ("NotEq", 5, 2, True),
        ("In", 2, (1, 2, 3), True),
    ]
    assert watch.comparisons.take() == []


def asked(watch: Any, function: Any, *args: Any) -> list[tuple[str, Any, Any, Any]]:
    watch.comparisons.take()
    outcome(function, *args)
    return [(a.name, a.left, a.right, a.answer) for a in watch.comparisons.take()]


def test_questions_to_texts_tables_and_patterns_are_recorded(both: Any) -> None:
    _, rewritten, watch = both
    table = {1: "one", "1": 1}

    seen = asked(watch, rewritten.questions, 5, 2)
    assert seen[:5] == [
        ("startswith", "5", "-", False),
        ("startswith", "5", ("1", "2"), False),
        ("endswith", "5", "5", True),
        ("Key", 5, table, False),
        ("Key", "5", table, False),
    ]
    assert [(n, left, answer) for n, left, _, answer in seen[5:8]] == [("match", "5", False)] * 3
    assert asked(watch, rewritten.looked_up, 7)[0] == ("Key", 7, {0: "no", 1: "yes"}, False)


def test_what_is_asked_for_its_truth_or_number_is_recorded(both: Any) -> None:
    _, rewritten, watch = both

    assert asked(watch, rewritten.truths, 0, "") == [
        ("Truth", 0, None, None),
        ("Truth", "", None, None),
        ("Truth", 0, None, None),
        ("Truth", "", None, None),
        ("Truth", None, None, None),
        ("Truth", "", None, None),
    ]
    assert asked(watch, rewritten.numbers, 1, 2) == [
        ("Number", "1", None, None),
        ("Number", "2", None, None),
        ("Number", "z", None, None),
    ]


def test_chains_are_recorded_where_the_middle_can_be_asked_twice(both: Any) -> None:
    _, rewritten, watch = both

    assert asked(watch, rewritten.chained, 5, 2) == [("Lt", 1, 5, True), ("LtE", 5, 2, False)]
    assert [a[0:3] for a in asked(watch, rewritten.middle, 1, 2)] == [
        ("Lt", 0, 2),
        ("Lt", 2, 9),
        ("Lt", 0, 1),
        ("Lt", 1, 2),
        ("Lt", 0, 3),
        ("Lt", 3, 7),
        ("Lt", 1, 2),
        ("Eq", 2, 2),
    ]


def test_annotations_stay_types(both: Any) -> None:
    plain, rewritten, _ = both

    assert rewritten.looked_up.__annotations__ == plain.looked_up.__annotations__


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
        assert comparisons.compare((1, 0, "Lt"), number, number + 1) is True
    assert len(comparisons.take()) == MAX_AT_PLACE
    for number in range(MAX_RECORDED * 2):
        comparisons.compare((number, 0, "Lt"), number, number + 1)

    assert len(comparisons.take()) == MAX_RECORDED


def test_only_the_one_module_is_rewritten(tmp_path: Path) -> None:
    watches: list[Watch] = []
    with module_of(tmp_path, "import json.tool\nX = 1 == 1\n", watches):
        assert [a.name for a in watches[0].comparisons.take()] == ["Eq"]


def test_nothing_is_cached_on_disk(tmp_path: Path) -> None:
    with module_of(tmp_path, "X = 1 == 1\n", []):
        assert not (tmp_path / "__pycache__").exists()
