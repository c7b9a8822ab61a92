"""Choices before any feedback: ordinary ones first, options in pairs; and small changes of them."""

from __future__ import annotations

import ast
import itertools
import random
import re
from typing import Any

import pytest

from greenline_probe.explore.rows import rows
from greenline_probe.explore.template import Slot, Template
from greenline_probe.explore.variations import Variations

FLAGS = [Slot("a", ["", "True"]), Slot("b", ["", "1", "2"]), Slot("text", [repr(f"t{i}") for i in range(30)])]


def template(slots: list[Slot], maker: str = "") -> Any:
    return Template(None, "f", slots, maker=maker)  # type: ignore[arg-type]


def test_the_ordinary_row_is_first_and_then_one_slot_differs() -> None:
    made = [c.chosen for c in itertools.islice(rows([template(FLAGS)], random.Random(1)), 5)]

    assert made[0] == ("", "", "'t0'")
    assert made[1:4] == [("True", "", "'t0'"), ("", "1", "'t0'"), ("", "", "'t1'")]


def test_options_come_in_pairs_and_every_value_of_a_pool_comes() -> None:
    made = [c.chosen for c in rows([template(FLAGS)], random.Random(1))]

    assert ("True", "1", "'t0'") in made
    assert ("True", "2", "'t0'") in made
    assert {c[2] for c in made} == set(FLAGS[2].pool)


def test_one_seed_gives_the_same_rows() -> None:
    first, again, other = ([c.chosen for c in rows([template(FLAGS)], random.Random(s))] for s in (1, 1, 2))

    assert first == again
    assert first != other


@pytest.mark.parametrize("constant", ["/etc/other", "a/b", "..", ".json"])
def test_a_file_stays_below_the_folder_of_its_test(constant: str) -> None:
    variations = Variations(random.Random(3), [constant])
    source = "str(tmp_path / 'missing' / 'data.txt')"
    made = {source}
    for _ in range(400):
        made.add(variations.of(variations.of(source)))

    assert len(made) > 10
    for each in made:
        names = [n.value for n in ast.walk(ast.parse(each)) if isinstance(n, ast.Constant)]
        assert all(re.fullmatch(r"[\w.-]+", name, re.ASCII) and set(name) != {"."} for name in names), each


@pytest.mark.parametrize(
    "source",
    ["'some text'", "[1, 2, 3]", "{'a': 1}", "7", "1.5", "b'ab'", "(1, 'b')", "True", "None", "name", "f('a')"],
)
def test_variations_are_expressions_too(source: str) -> None:
    variations = Variations(random.Random(3), ["word", 17])
    made = {variations.of(source) for _ in range(60)}

    assert all(ast.parse(m, mode="eval") for m in made)
    assert len(made) > 3 or source in {"True", "None", "name", "b'ab'"}


def test_texts_are_joined_and_other_things_are_not() -> None:
    variations = Variations(random.Random(3), [])
    made = {variations.joined("'head'", "'tail'") for _ in range(60)}

    assert {"'headtail'", "'head\\ntail'", "'head\\n    tail'"} <= made
    assert variations.joined("3", "'tail'") == "3"
    assert variations.joined("'head'", "name") == "'head'"


def test_another_object_is_made_as_the_receiver_was() -> None:
    variations = Variations(random.Random(3), [])
    slots = [Slot("size", ["1", "2"], "construct", "size="), Slot("other", ["Box(size=1)"])]
    made = {variations.like_the_receiver(template(slots, "Box"), ["7", "Box(size=1)"]) for _ in range(40)}

    assert made <= {"Box(size=7)", "Box(size=1)", "Box(size=2)"}
    assert "Box(size=7)" in made
