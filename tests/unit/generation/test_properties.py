"""Properties as tests: names that say the law, a few inputs, one assertion."""

from __future__ import annotations

from typing import Any

import pytest

from greenline.domain.generation.properties import Property, render_properties
from unit.generation.rendered import file_of


def held(**more: Any) -> Property:
    fields: dict[str, Any] = {
        "kind": "round-trip",
        "tested": "encode",
        "parameters": ("text",),
        "rows": (("'a'",), ("'b c'",), ("''",)),
        "steps": (),
        "checks": ("decode(encode(text)) == text",),
        "partner": "decode",
        "imports": (("decode", "shop", "decode"), ("encode", "shop", "encode")),
    }
    return Property(**{**fields, **more})


def test_a_round_trip_reads_as_a_person_writes_it() -> None:
    (candidate,) = render_properties([held()])
    assert candidate.oracles == ("property",)
    assert (
        file_of([candidate])
        == """\
import pytest

from shop import decode, encode


@pytest.mark.parametrize("text", ["a", "b c", ""])
def test_decode_reverses_encode(text):
    assert decode(encode(text)) == text
"""
    )


def test_steps_stand_apart_from_the_check_and_long_tables_are_broken() -> None:
    rows = tuple((repr(f"number {n} of a few long texts"),) for n in range(4))
    steps, checks = ("once = clean(text)",), ("clean(once) == once",)
    (candidate,) = render_properties([held(kind="idempotent", tested="clean", rows=rows, steps=steps, checks=checks)])
    assert (
        candidate.code
        == """\
@pytest.mark.parametrize(
    "text",
    [
        "number 0 of a few long texts",
        "number 1 of a few long texts",
        "number 2 of a few long texts",
        "number 3 of a few long texts",
    ],
)
def test_clean_is_idempotent(text):
    once = clean(text)

    assert clean(once) == once"""
    )


def test_several_parameters_are_rows_of_tuples() -> None:
    found = held(
        kind="commutative",
        tested="gcd",
        parameters=("a", "b"),
        rows=(("4", "6"), ("9", "3")),
        checks=("gcd(a, b) == gcd(b, a)",),
    )
    (candidate,) = render_properties([found])
    assert candidate.code.startswith(
        '@pytest.mark.parametrize(("a", "b"), [(4, 6), (9, 3)])\ndef test_gcd_is_commutative(a, b):'
    )


@pytest.mark.parametrize(
    ("tested", "partner", "name"),
    [
        ("Point.to_dict", "Point.from_dict", "test_point_from_dict_reverses_to_dict"),
        ("Point.__str__", "Point.parse", "test_point_is_read_back_from_its_text"),
        ("Point.__bytes__", "Point", "test_point_is_read_back_from_its_bytes"),
        ("to_roman", "from_roman", "test_from_roman_reverses_to_roman"),
        ("Point.to_json", "load_point", "test_load_point_reverses_point_to_json"),
    ],
)
def test_names_say_what_is_reversed(tested: str, partner: str, name: str) -> None:
    assert [c.name for c in render_properties([held(tested=tested, partner=partner)])] == [name]


def test_a_name_that_is_taken_gets_a_number() -> None:
    (candidate,) = render_properties([held()], frozenset({"test_decode_reverses_encode"}))
    assert candidate.name == "test_decode_reverses_encode_2"
    assert "def test_decode_reverses_encode_2(text)" in candidate.code


def test_with_strategies_hypothesis_finds_the_inputs() -> None:
    (candidate,) = render_properties([held(strategies=("st.text()",), examples=(("'aab'",), ("''",)))])
    assert (
        file_of([candidate])
        == """\
from hypothesis import example, given
from hypothesis import strategies as st

from shop import decode, encode


@given(text=st.text())
@example(text="aab")
@example(text="")
def test_decode_reverses_encode(text):
    assert decode(encode(text)) == text
"""
    )


def test_what_is_not_as_usual_stands_in_settings() -> None:
    found = held(tested="parse_price", strategies=("st.text(string.printable)",), slow=True)
    (candidate,) = render_properties([found])
    assert "@settings(max_examples=200, deadline=None)\ndef test_" in candidate.code
    assert candidate.imports[:3] == (
        "from hypothesis import given, settings",
        "from hypothesis import strategies as st",
        "import string",
    )


def test_long_strategies_are_broken_at_their_brackets() -> None:
    strategy = "st.builds(Point, " + ", ".join(f"coordinate_{n}=st.integers(0, 100)" for n in range(4)) + ")"
    (candidate,) = render_properties([held(strategies=(strategy,))])
    assert (
        candidate.code
        == """\
@given(
    text=st.builds(
        Point,
        coordinate_0=st.integers(0, 100),
        coordinate_1=st.integers(0, 100),
        coordinate_2=st.integers(0, 100),
        coordinate_3=st.integers(0, 100),
    )
)
def test_decode_reverses_encode(text):
    assert decode(encode(text)) == text"""
    )


def test_a_neutral_element_gives_the_name() -> None:
    found = held(kind="neutral", tested="merge", partner="{}", checks=("merge(text, {}) == text",))
    assert [c.name for c in render_properties([found])] == ["test_merge_with_an_empty_dict_changes_nothing"]
