from __future__ import annotations

import pytest

from greenline_probe.explore import sources

FILE = sources.with_prelude("p.write_text('a=1')", "p")


def test_a_choice_has_its_statements_and_its_expression() -> None:
    assert sources.prelude_of(FILE) == "p.write_text('a=1')"
    assert sources.expression_of(FILE) == "p"
    assert sources.prelude_of("3") == ""
    assert sources.expression_of("3") == "3"
    assert sources.plain(["3", FILE, "4"]) == ["3", "4"]


@pytest.mark.parametrize(("label", "source", "expected"), [("", "3", "3"), ("a=", "3", "a=3")])
def test_a_label_stands_before_the_expression(label: str, source: str, expected: str) -> None:
    assert sources.relabelled(label, source) == expected


def test_a_call_keeps_the_statements_of_its_arguments_once_and_in_front() -> None:
    made = sources.call("f", [FILE, "3", sources.relabelled("q=", FILE)])

    assert sources.prelude_of(made) == "p.write_text('a=1')"
    assert sources.expression_of(made) == "f(p, 3, q=p)"
    assert sources.call("f", ["1"]) == "f(1)"
    assert sources.call("f", []) == "f()"
