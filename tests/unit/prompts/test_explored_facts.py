from __future__ import annotations

import pytest

from greenline.domain.asking.explored_facts import explored_facts, observation
from greenline.domain.generation.case import Argument, Case
from greenline.domain.generation.model import Proposal, SuspectedBug

ONE = (Argument("text", "", '"2d"'), Argument("unit", "unit=", '"h"'))


@pytest.mark.parametrize(
    ("case", "line"),
    [
        pytest.param(
            Case("parse(\0000\000, \0001\000)", ONE, expected="48"), 'parse("2d", unit="h") == 48', id="value"
        ),
        pytest.param(
            Case(
                "cart.total()", arrange=('cart = Cart("a")', "cart.add(3)"), expected="3", after=("assert cart.open",)
            ),
            'cart = Cart("a"); cart.add(3); cart.total() == 3; then cart.open',
            id="on-an-object",
        ),
        pytest.param(
            Case("f()", error="ValueError", message="too\nlong"), "f() raises ValueError: 'too\\nlong'", id="raises"
        ),
        pytest.param(Case("f()", error="KeyError"), "f() raises KeyError", id="raises-without-words"),
        pytest.param(Case("f()", shape="await", expected="1"), "await f() == 1", id="awaited"),
        pytest.param(Case("f()", shape="iterate", expected="[1]"), "list(f()) == [1]", id="iterated"),
        pytest.param(Case("f()", details=("assert result.a == 1",)), "f(); then result.a == 1", id="in-parts"),
        pytest.param(Case("f()", expected='"""a\nb"""'), 'f() == """a b"""', id="one-line"),
    ],
)
def test_an_observation_is_one_line(case: Case, line: str) -> None:
    assert observation(case) == line


def test_what_exploring_found_is_told_once_and_bounded() -> None:
    cases = [Case(f"f({number // 2})", expected="1" * 900) for number in range(100)]
    found = explored_facts(
        Proposal(
            "explore",
            cases=tuple(cases),
            observations=500,
            reason="nothing can be called",
            suspected_bugs=(SuspectedBug("f(-1)", "IndexError: pop from empty list"),),
            hindered="it needs the network: api.test",
            refused=("it needs the network: api.test", "it started a process"),
            survivors=tuple(f"line {number // 2}: bound one higher" for number in range(100)),
        ),
        kept=["def test_f(): ..."],
    )
    assert len(found.observations) == 24
    assert found.observations[0].startswith("f(0) == 111")
    assert found.observations[0].endswith("1"), "it is cut when it is clean"
    assert (
        len(explored_facts(Proposal("explore", cases=(Case("f(1)", expected="1" * 9_000),))).observations[0]) == 3_000
    )
    assert found.suspected_bugs == ("`f(-1)` raises IndexError: pop from empty list",)
    assert found.hindered == ("nothing can be called", "it needs the network: api.test", "it started a process")
    assert (found.tests, found.survivors, found.calls) == (
        ("def test_f(): ...",),
        tuple(f"line {number}: bound one higher" for number in range(12)),
        500,
    )
