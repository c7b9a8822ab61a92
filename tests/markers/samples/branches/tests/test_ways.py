from contextlib import nullcontext

import ways


def test_conditions():
    assert ways.always(1) == 2
    assert ways.never(9) == [9]
    assert ways.chained(1, 1) == 2
    ways.leaves(1)
    assert ways.one_line(1) == 2


def test_loops():
    assert ways.loops([]) == []
    assert ways.breaks([1]) == [1]
    assert ways.empties([]) == []
    assert ways.endless([]) == []
    assert ways.skips([1]) == []


def test_others():
    assert ways.matches(1) == "one"
    assert ways.matches("a") == "text"
    assert ways.opens(nullcontext("a"))
    assert ways.tries("1") == 1
    assert ways.comprehends([1]) == [1]
    assert ways.ternary(1) == 1
